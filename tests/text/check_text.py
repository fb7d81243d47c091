#!/usr/bin/env python3
"""Lists what is hard to read: sentences over 30 words, and the phrases of phrases.txt.

    check_text.py [--root ROOT] [--kinds comments,texts,names] [--count] [PATH …]

One line a finding, `path:line: finding: hint`; exit code 1 when there is one. PATH restricts the files to a file or a
folder, relative to ROOT. `--count` prints findings a folder.

Prose has three kinds:
  comments  comments, docstrings and Markdown, without code, tables and indented examples
  texts     string literals of the product that hold words of a sentence: reasons, refusals, explanations
  names     names of test cases, for phrases only
"""

import argparse
import collections
import pathlib
import re
import subprocess
import sys
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

from prose import Block, is_readable, read_file

HERE = pathlib.Path(__file__).resolve().parent
MAX_WORDS = 30
KINDS = ("comments", "texts", "names")
# Made from code and checked by tests/docs.
GENERATED = {"docs/errors.md", "docs/lifecycle.md", "docs/commands.md"}
# They hold the patterns and sentences that must be found.
OWN = {"tests/text/phrases.txt", "tests/text/test_check_text.py"}
SKIPPED_FOLDERS = {".git", "build", ".venv", "node_modules", "__pycache__", "dist"}


class Finding(NamedTuple):
    path: str
    line: int
    text: str
    hint: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}: {self.hint}"


class Phrase(NamedTuple):
    pattern: "re.Pattern[str]"
    hint: str
    contexts: List["re.Pattern[str]"]


def read_phrases(text: str) -> List[Phrase]:
    """The patterns of phrases.txt; its first lines describe the form."""
    phrases: List[Phrase] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("  "):
            if not phrases:
                raise ValueError(f"phrases.txt:{number}: a context without a pattern")
            phrases[-1].contexts.append(re.compile(line.strip(), re.IGNORECASE))
            continue
        pattern, arrow, hint = line.partition(" => ")
        if not arrow or not hint.strip():
            raise ValueError(f"phrases.txt:{number}: the form is `pattern => hint`")
        phrases.append(Phrase(re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE), hint.strip(), []))
    return phrases


# ---- From blocks to findings ----------------------------------------------------------------------------------------

IDENTIFIER = r"(?:\w+::[\w:~]+|\w*[a-z]\w*[A-Z]\w*|\w+_\w*|[A-Z]{2,}[A-Z0-9]*|\w+\(\)|¤)"
# A list of identifiers counts as one word.
IDENTIFIERS = re.compile(rf"{IDENTIFIER}(?:(?:,\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+){IDENTIFIER})+")
SENTENCE_END = re.compile(r"(?<=[.!?])[)\"'”’*_]*\s+|(?<=[.!?]\))\s+|(?<=[.!?][\"'”])\s+")
ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|etc|No|approx|resp)|\.\.|\b[A-Z])\.$")
WORD = re.compile(r"[A-Za-z]")
CODE_IN_TEXT = re.compile(r"[{}\\=<>|&\[\]]|\w\(|::|//")
PLAIN_WORD = re.compile(r"^[\"'(]*[A-Za-z][a-z'’-]*[.,;:!?)\"']*$")


def mask(text: str) -> str:
    """Replaces code and quotations by marks of the same length, so that they count and are not searched."""
    def marks(found: "re.Match[str]") -> str:
        return "¤" + "\x00" * (len(found[0]) - 1)
    text = re.sub(r"``[^`]+``|:\w+:`[^`]+`|`[^`]+`", marks, text)
    text = re.sub(r"(?<=\])\([^)\s]*\)", lambda found: "\x00" * len(found[0]), text)  # the target of a link
    text = re.sub(r"https?://\S+", marks, text)
    return re.sub(r"(?<!\w)\"[^\"]{1,60}\"|(?<!\w)“[^”]{1,60}”|(?<!\w)'[^'\s]{1,60}'(?!\w)",
                  lambda found: re.sub(r"\w(?=\w*)", "¤", found[0]), text)


def is_text(text: str) -> bool:
    """Whether a literal holds words of a sentence, and is no expression, key, path or format."""
    words = text.split()
    plain = [word for word in words if PLAIN_WORD.match(word)]
    if CODE_IN_TEXT.search(text):
        return False
    return len(plain) >= 2 and len(plain) * 3 >= len(words) * 2


class Prose:
    """A block as one line, with the way back to the lines of the file."""

    def __init__(self, block: Block) -> None:
        self.kind = block.kind
        self._offsets: List[Tuple[int, int]] = []
        pieces: List[str] = []
        length = 0
        for number, text in block.lines:
            piece = text if block.kind == "texts" else text.strip() + " "
            self._offsets.append((length, number))
            pieces.append(piece)
            length += len(piece)
        self.text = "".join(pieces)

    def line(self, offset: int) -> int:
        return next(number for start, number in reversed(self._offsets) if start <= offset)

    def sentences(self) -> Iterator[Tuple[int, str]]:
        """Each sentence with its offset."""
        masked = mask(self.text)
        start = 0
        for end in SENTENCE_END.finditer(masked):
            if ABBREVIATION.search(masked[start:end.start()]):
                continue
            yield start, masked[start:end.start()]
            start = end.end()
        if masked[start:].strip():
            yield start, masked[start:]


def count_words(sentence: str) -> int:
    sentence = IDENTIFIERS.sub("¤", sentence.replace("\x00", ""))
    return sum(1 for word in sentence.split() if WORD.search(word) or "¤" in word)


def is_identifier(sentence: str, start: int, end: int) -> bool:
    """Whether what was found is a part of a name, a path or an option."""
    while start > 0 and not sentence[start - 1].isspace():
        start -= 1
    while end < len(sentence) and not sentence[end].isspace():
        end += 1
    token = sentence[start:end].rstrip(".,;:)")
    return " " not in token and bool(re.search(r"_|::|/\w|\w\.\w|\w\(|--\w|@", token))


def check_block(block: Block, phrases: Sequence[Phrase]) -> Iterator[Tuple[int, str, str]]:
    prose = Prose(block)
    if block.kind == "texts" and not is_text(prose.text):
        return
    for start, sentence in prose.sentences():
        words = count_words(sentence)
        if words > MAX_WORDS and block.kind != "names":
            beginning = " ".join(prose.text[start:].split()[:6])
            yield prose.line(start), f"{words} words (\"{beginning} …\")", f"at most {MAX_WORDS} in a sentence"
        for phrase in phrases:
            for found in phrase.pattern.finditer(sentence):
                allowed = any(context.start() < found.end() and found.start() < context.end()
                              for pattern in phrase.contexts for context in pattern.finditer(sentence))
                if not allowed and not is_identifier(sentence, found.start(), found.end()):
                    yield prose.line(start + found.start()), f'"{" ".join(found[0].split())}"', phrase.hint


def has_texts(relative: str) -> bool:
    """Whether the literals of a file are the product's; those of tests, benchmarks and examples are data."""
    parts = pathlib.PurePosixPath(relative).parts
    return parts[0] in ("src", "include", "proto", "python") and "tests" not in parts


def check_file(relative: str, text: str, phrases: Sequence[Phrase], kinds: Sequence[str] = KINDS) -> List[Finding]:
    findings = []
    for block in read_file(relative, text):
        if block.kind in kinds and (block.kind != "texts" or has_texts(relative)):
            findings += [Finding(relative, *found) for found in check_block(block, phrases)]
    return sorted(set(findings), key=lambda finding: (finding.line, finding.text))


# ---- The tree -------------------------------------------------------------------------------------------------------

def tracked_files(root: pathlib.Path) -> List[str]:
    """The files of the tree: what git tracks or would track; every file where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True).stdout.decode().split("\0")
        names = [name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path.relative_to(root) for path in root.rglob("*")]
        names = [path.as_posix() for path in paths if not SKIPPED_FOLDERS.intersection(path.parts)]
    return sorted(name for name in names if (root / name).is_file() and name not in GENERATED | OWN)


class Target(NamedTuple):
    path: str
    kinds: Tuple[str, ...]


def check_tree(root: pathlib.Path, targets: Sequence[Target], phrases: Sequence[Phrase]) -> List[Finding]:
    """The findings in the files of the targets. A target that names no file is a finding."""
    names = tracked_files(root)
    chosen: Dict[str, Set[str]] = collections.defaultdict(set)
    findings = []
    for target in targets:
        matching = [name for name in names if target.path in (".", name) or name.startswith(target.path.rstrip("/") + "/")]
        if not matching and target.path not in GENERATED | OWN:
            findings.append(Finding(target.path, 0, "no such file or folder", "correct the path"))
        for name in matching:
            chosen[name].update(target.kinds)
    for name in sorted(chosen):
        if is_readable(name):
            text = (root / name).read_text(encoding="utf-8", errors="replace")
            findings += check_file(name, text, phrases, sorted(chosen[name]))
    return findings


def folder_of(name: str) -> str:
    """The folder that findings are counted by: a room, a folder of tests, or the file at the top."""
    parts = pathlib.PurePosixPath(name).parts[:-1]
    depth = 3 if parts[:2] in (("include", "frontdesk"), ("python", "frontdesk")) else 2
    return "/".join(parts[:depth]) or name


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file or a folder, relative to the root")
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parents[1])
    parser.add_argument("--kinds", default=",".join(KINDS), help="comments, texts, names (default: all)")
    parser.add_argument("--count", action="store_true", help="findings a folder")
    options = parser.parse_args(arguments)
    kinds = tuple(options.kinds.split(","))
    if not set(kinds) <= set(KINDS):
        parser.error(f"--kinds has {', '.join(KINDS)}")
    phrases = read_phrases((HERE / "phrases.txt").read_text(encoding="utf-8"))
    targets = [Target(path, kinds) for path in options.paths]
    findings = check_tree(options.root, targets or [Target(".", kinds)], phrases)
    if options.count:
        counts = collections.Counter(folder_of(finding.path) for finding in findings)
        for folder, count in sorted(counts.items()):
            print(f"{count:6}  {folder}")
        print(f"{len(findings):6}  in all")
    else:
        for finding in findings:
            print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
