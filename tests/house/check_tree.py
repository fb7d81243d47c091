#!/usr/bin/env python3
"""Checks the shape of the tree: includes between rooms, the length of headers, leftovers.

    check_tree.py ROOT      prints one line a finding, `path:line: what is wrong`; exit code 1 when there is one

The law is the table FLOORS below: a room includes its own room or a lower floor, never sideways or up. In domain/ each
entity has a folder, and no entity includes what is in another one's folder.
"""

import pathlib
import re
import subprocess
import sys
from typing import Iterator, List, NamedTuple, Optional, Sequence, Set


class Finding(NamedTuple):
    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


# The rooms by floor. Some are not built yet; they have their floor already. `proto` is the generated frontdesk/v1/*.pb.h,
# `accessors` the generated frontdesk/v1/accessors.h.
FLOORS = (
    ("proto", "internal"),
    ("base", "cel", "store"),
    ("calendar",),
    ("accessors", "rules", "domain"),
    ("policy", "event_log"),
    ("decide",),
    ("desk",),
    ("report", "interchange", "agents"),
    ("tool",),
)
# The rooms that a room may not know although they are on a lower floor.
UNKNOWN = {
    "cel": {"proto"},
    "store": {"proto"},
    "calendar": {"cel", "store"},
    "accessors": {"base", "calendar", "store"},
    "rules": {"store"},
    "domain": {"cel", "store"},
    "policy": {"store"},
    "event_log": {"cel", "accessors", "rules"},
    "decide": {"store", "event_log"},
}


def rooms_below(room: str) -> Set[str]:
    """The rooms that a room may include besides itself."""
    below: Set[str] = set()
    for floor in FLOORS:
        if room in floor:
            return below - UNKNOWN.get(room, set())
        below.update(floor)
    raise KeyError(room)


ROOMS = {room: rooms_below(room) for floor in FLOORS for room in floor}
# Private headers that rooms above may include too.
SHARED_HEADERS = {
    "base/money_arithmetic.h": {"domain"},
    "policy/input_arms.h": {"decide"},
    "rules/comparison.h": {"report"},
    "domain/merged_method_ids.h": {"decide"},
    "domain/row_lists.h": {"event_log", "decide", "desk"},
    "domain/searched_texts.h": {"event_log"},
    "store/check_batches.h": {"event_log"},
    "event_log/index_keys.h": {"desk"},
    "decide/command_run.h": {"desk"},
    "decide/load_totals.h": {"desk"},
    "decide/pipeline.h": {"desk"},
    "decide/explain_clock.h": {"desk"},
    "decide/rebuild.h": {"desk"},
    "decide/replay.h": {"desk"},
    "decide/state_source.h": {"desk"},
}
# Guests see public headers only: everything but internal/.
GUESTS = ("python", "examples", "tests/acceptance/retail")

# Rules know no entity: these words they may use.
WORDS_FOR_RULES = {"common", "data_class", "decision", "error", "money", "policy", "outcome", "replay"}

# Calendars know no entity either.
WORDS_FOR_CALENDARS = {"calendar", "data_class", "error"}

# The folders of domain/ that are no entity's: arithmetic over words that they share.
SHARED_FOLDERS = {"service_level"}

PUBLIC_HEADER_LINES = 400

# Written apart, so that this file does not find itself.
LEFTOVERS = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME")) + r")\b")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
TEXT_SUFFIXES = {".h", ".cc", ".py", ".pyi", ".proto", ".md", ".cmake", ".in", ".txt", ".yaml", ".toml", ".json",
                 ".textproto", ".sh", ""}
SKIPPED = {".git", "build", ".venv", "node_modules", "__pycache__", "dist"}


def tracked_files(root: pathlib.Path) -> List[pathlib.Path]:
    """The files of the tree: what git tracks or would track; every file where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True).stdout.decode().split("\0")
        paths = [root / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in root.rglob("*") if not SKIPPED.intersection(path.relative_to(root).parts)]
    return sorted(path for path in paths if path.is_file())


def room_of_file(relative: pathlib.PurePosixPath) -> Optional[str]:
    """The room that a source belongs to; None for a source in no room, such as tests."""
    parts = relative.parts
    for guest in GUESTS:
        if relative.is_relative_to(guest):
            return guest
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if parts[:2] == ("include", "frontdesk") and len(parts) > 3:
        return parts[2]
    return None


class Include(NamedTuple):
    room: str
    public: bool


def read_include(text: str) -> Optional[Include]:
    """The room that an include reaches into; None for other people's headers and for files beside the includer."""
    parts = text.split("/")
    if parts[0] == "frontdesk":
        if text == "frontdesk/v1/accessors.h":
            return Include("accessors", True)
        if len(parts) == 2:
            return Include("desk", True)  # frontdesk/frontdesk.h holds everything
        return Include("proto" if parts[1] == "v1" else parts[1], True)
    if len(parts) > 1 and parts[0] in ROOMS:
        return Include(parts[0], False)
    return None


def entity_of(parts: Sequence[str]) -> Optional[str]:
    """The entity whose folder in domain/ a path leads into; None outside domain/ and for the code that all entities share."""
    if "domain" not in parts[:3]:
        return None
    rest = parts[parts.index("domain") + 1:]
    return rest[0] if len(rest) > 1 else None


def check_include(relative: pathlib.PurePosixPath, room: str, included: str) -> Optional[str]:
    """The finding about one include of a file in `room`, or None."""
    include = read_include(included)
    if include is None:
        return None
    if relative.parts[0] == "include" and not include.public:
        return f"a public header includes the private {included}"
    if include.room not in ROOMS:
        return f"{included} is in no known room"
    if room in GUESTS:
        return None if include.public else f"{room} is a guest and may not include the private {included}"
    if include.room != room and include.room not in ROOMS[room]:
        return f"{room} may not include {included}: {include.room} is on no lower floor that it may know"
    if include.room not in (room, "internal") and not include.public and room not in SHARED_HEADERS.get(included, ()):
        return f"{included} is private to {include.room}"
    stem = pathlib.PurePosixPath(included).name.split(".")[0]
    if room == "rules" and include.room == "proto" and stem not in WORDS_FOR_RULES:
        return f"rules know no entity and may not include {included}"
    if room == "calendar" and include.room == "proto" and stem not in WORDS_FOR_CALENDARS:
        return f"calendars know no entity and may not include {included}"
    if room == "domain" and include.room == "domain":
        own, other = entity_of(relative.parts), entity_of(pathlib.PurePosixPath(included).parts)
        if own and other and own != other and other not in SHARED_FOLDERS:
            return f"entities meet only as messages: {own} may not include {included}"
        if other and not own and not include.public:
            return f"{included} is private to {other}"
    return None


def check_includes(root: pathlib.Path, files: List[pathlib.Path]) -> Iterator[Finding]:
    for path in files:
        relative = pathlib.PurePosixPath(path.relative_to(root).as_posix())
        room = room_of_file(relative)
        if path.suffix not in (".h", ".cc") or room is None:
            continue
        if room not in ROOMS and room not in GUESTS:
            yield Finding(str(relative), 1, f"{room} is no room of the house")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            wrong = match and check_include(relative, room, match.group(1))
            if wrong:
                yield Finding(str(relative), number, wrong)


def check_headers(root: pathlib.Path, files: List[pathlib.Path]) -> Iterator[Finding]:
    for path in files:
        relative = pathlib.PurePosixPath(path.relative_to(root).as_posix())
        if path.suffix != ".h" or relative.parts[0] not in ("include", "src"):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        public = relative.parts[0] == "include"
        if public and len(lines) > PUBLIC_HEADER_LINES:
            yield Finding(str(relative), len(lines), f"a public header has at most {PUBLIC_HEADER_LINES} lines")
        if not lines or not lines[0].startswith("// "):
            yield Finding(str(relative), 1, "a header begins with a comment that says what it is")
        under = relative.relative_to("include" if public else "src").as_posix()
        name = re.sub(r"[^A-Za-z0-9]", "_", under).upper() + "_"
        guards = {name} if public else {f"FRONTDESK_{name}", f"FRONTDESK_SRC_{name}"}
        if not any(f"#ifndef {guard}" in lines and f"#define {guard}" in lines for guard in guards):
            yield Finding(str(relative), 1, f"the include guard is to be {min(guards)}")


def check_leftovers(root: pathlib.Path, files: List[pathlib.Path]) -> Iterator[Finding]:
    for path in files:
        if path.suffix not in TEXT_SUFFIXES or path.name == "LICENSE" or "testdata" in path.parts:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            yield Finding(str(path.relative_to(root)), 1, "is not UTF-8")
            continue
        for number, line in enumerate(text.splitlines(), 1):
            match = LEFTOVERS.search(line)
            if match:
                yield Finding(str(path.relative_to(root)), number, f"{match.group(1)} in the tree")
            if re.search(r"[ \t]+$", line) and path.suffix in (".h", ".cc", ".py", ".proto", ".cmake", ""):
                yield Finding(str(path.relative_to(root)), number, "white space at the end of the line")


TOP_LEVEL: Set[str] = {
    "CMakeLists.txt", "include", "src", "proto", "python", "examples", "tests", "LICENSE", "README.md", "cmake", "docs",
    "dev", "CMakePresets.json", "pyproject.toml", "setup.py", "MANIFEST.in", "CHANGELOG.md", "CONTRIBUTING.md"}


def check_top_level(root: pathlib.Path, files: List[pathlib.Path]) -> Iterator[Finding]:
    for name in sorted({path.relative_to(root).parts[0] for path in files}):
        if not name.startswith(".") and name not in TOP_LEVEL:
            yield Finding(name, 1, "has no place at the top level")


def check_tree(root: pathlib.Path) -> List[Finding]:
    files = tracked_files(root)
    findings: List[Finding] = []
    for check in (check_top_level, check_includes, check_headers, check_leftovers):
        findings.extend(check(root, files))
    return findings


def main(arguments: List[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    findings = check_tree(pathlib.Path(arguments[1]).resolve())
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
