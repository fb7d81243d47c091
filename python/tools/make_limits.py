"""Writes the module `frontdesk._limits`: Python's classes of limits, as the list of the extension names them.

    make_limits.py src/limit_table.inc OUTPUT

The defaults are not in the list: the module asks the extension for them when it is imported.
"""

import ast
import pathlib
import re
import sys
import textwrap
from typing import Dict, List, Match, NamedTuple

HEADER = '''# Generated from python/src/limit_table.inc. Do not edit.
"""The limits of the core, as dataclasses. Private: the modules that take them export them."""

import dataclasses
from typing import Any, Dict

from frontdesk import _core

'''

_WIDTH = 120
_TEXT = r'"(?:[^"\\]|\\.)*"'
_LINES = {
    "group": re.compile(rf"FRONTDESK_LIMITS\((?P<group>\w+), [\w:]+, (?P<meaning>{_TEXT})\)"),
    "limit": re.compile(rf"FRONTDESK_LIMIT\((?P<group>\w+), (?P<member>[\w.]+), (?P<meaning>{_TEXT})\)"),
    "nested": re.compile(
        rf"FRONTDESK_NESTED_LIMITS\((?P<group>\w+), (?P<name>\w+), [\w.]+, (?P<other>\w+), (?P<meaning>{_TEXT})\)"
    ),
}


class Field(NamedTuple):
    """One field of a class: `type` is ``int`` or another class of limits."""

    name: str
    type: str
    meaning: str


class Group(NamedTuple):
    """One class."""

    meaning: str
    fields: List[Field]


def _meaning(found: Match[str]) -> str:
    return str(ast.literal_eval(found["meaning"]))


def read_groups(table: str) -> Dict[str, Group]:
    """The classes that the text of the list names. A line that it cannot read stops the build."""
    groups: Dict[str, Group] = {}
    for number, line in enumerate(table.splitlines(), 1):
        if not line.strip() or line.startswith(("//", "#undef")):
            continue
        found = {kind: match for kind, pattern in _LINES.items() if (match := pattern.fullmatch(line))}
        if "group" in found:
            groups[found["group"]["group"]] = Group(_meaning(found["group"]), [])
        elif "limit" in found:
            match = found["limit"]
            field = Field(match["member"].rpartition(".")[2], "int", _meaning(match))
            groups[match["group"]].fields.append(field)
        elif "nested" in found:
            match = found["nested"]
            groups[match["group"]].fields.append(Field(match["name"], match["other"], _meaning(match)))
        else:
            raise SystemExit(f"limit_table.inc:{number}: expected one limit in one line: {line}")
    for name, group in groups.items():
        names = [field.name for field in group.fields]
        twice = sorted({each for each in names if names.count(each) > 1})
        if twice:
            raise SystemExit(f"limit_table.inc: {name} has two limits called {', '.join(twice)}")
    return groups


def _wrap(text: str, first: str, rest: str) -> List[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def class_lines(name: str, group: Group) -> List[str]:
    """The class of one group."""
    lines = ["", "", "@dataclasses.dataclass(frozen=True, kw_only=True)", f"class {name}:"]
    lines += _wrap(group.meaning, '    """', "    ")
    lines += ["", "    Attributes:"]
    for field in group.fields:
        lines += _wrap(f"{field.name}: {field.meaning}", " " * 8, " " * 12)
    lines += ['    """', ""]
    for field in group.fields:
        default = f'_DEFAULTS["{name}"]["{field.name}"]' if field.type == "int" else f"{field.type}()"
        lines.append(f"    {field.name}: {field.type} = {default}")
    return lines


def main() -> None:
    source, output = (pathlib.Path(argument) for argument in sys.argv[1:3])
    groups = read_groups(source.read_text(encoding="utf-8"))
    body = ["__all__ = [", *(f'    "{name}",' for name in sorted(groups)), "]", ""]
    body.append("_DEFAULTS: Dict[str, Dict[str, Any]] = {")
    body.extend(f'    "{name}": _core.limits_in_core("{name}", {{}}),' for name in groups)
    body.append("}")
    for name, group in groups.items():
        body += class_lines(name, group)
    output.write_text(HEADER + "\n".join(body) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
