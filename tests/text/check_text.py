#!/usr/bin/env python3
"""Lists what is hard to read: sentences over 30 words, and the phrases of phrases.txt.

    check_text.py [--root ROOT] [--kinds comments,texts,names] [--count] [PATH …]

One line a finding, `path:line: finding: hint`; exit code 1 when there is one. PATH restricts the files to a file or a
folder, relative to ROOT. `--clean` reads the paths from clean_folders.txt. `--count` prints findings a folder.

Prose has three kinds:
  comments  comments, docstrings and Markdown, without code, tables and indented examples
  texts     string literals of the product that hold words of a sentence: reasons, refusals, explanations
  names     names of test cases, for phrases only
"""

import argparse
import ast
import collections
import io
import pathlib
import re
import subprocess
import sys
import tokenize
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

HERE = pathlib.Path(__file__).resolve().parent
MAX_WORDS = 30
KINDS = ("comments", "texts", "names")
# Made from code and checked by tests/docs.
GENERATED = {"docs/errors.md", "docs/lifecycle.md", "docs/commands.md"}
# They hold the patterns and sentences that must be found.
OWN = {"tests/text/phrases.txt", "tests/text/test_check_text.py"}
SKIPPED_FOLDERS = {".git", "build", ".venv", "node_modules", "__pycache__", "dist"}
C_SUFFIXES = {".h", ".cc", ".proto"}
PYTHON_SUFFIXES = {".py", ".pyi"}
HASH_SUFFIXES = {".cmake", ".in", ".sh", ".toml", ".yaml", ".yml", ".textproto"}
HASH_NAMES = {"CMakeLists.txt", "dev"}

Line = Tuple[int, str]


class Block(NamedTuple):
    """Lines that belong together: a paragraph, a comment, a literal. Each line has its number in the file."""

    kind: str
    lines: List[Line]


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


# ---- From a file to blocks of prose ---------------------------------------------------------------------------------

ITEM = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
RULER = re.compile(r"^\W*$")
# A title between rulers, as in `---- Reading ----`.
TITLE = re.compile(r"^\s*[-=]{3,}.*[-=]{3,}\s*$")
# A name, a gap and its description.
ROW = re.compile(r"^\S+(?: \S+)? {2,}(?=\S)")


def split_comment(lines: Sequence[Line]) -> Iterator[List[Line]]:
    """The paragraphs of a comment whose marks are removed; what is indented outside of a list is code or a table."""
    paragraph: List[Line] = []
    in_list = False
    for number, text in lines:
        if RULER.match(text) or TITLE.match(text):
            if paragraph:
                yield paragraph
            paragraph = []
            in_list = in_list and not text.strip()
            continue
        indent = len(text) - len(text.lstrip())
        if ITEM.match(text) and indent < 6:
            if paragraph:
                yield paragraph
            paragraph = [(number, ITEM.sub("", text))]
            in_list = True
            continue
        if ROW.match(text):
            if paragraph:
                yield paragraph
            paragraph = [(number, ROW.sub("", text))]
            continue
        if indent >= 2 and not (in_list and paragraph):
            if paragraph:
                yield paragraph
            paragraph = []
            continue
        if indent < 2 and in_list:
            if paragraph:
                yield paragraph
            paragraph = []
            in_list = False
        paragraph.append((number, text))
    if paragraph:
        yield paragraph


def dedent(lines: Sequence[Line]) -> List[Line]:
    """Removes the indentation that all lines share."""
    indents = [len(text) - len(text.lstrip()) for _, text in lines if text.strip()]
    common = min(indents, default=0)
    return [(number, text[common:]) for number, text in lines]


C_TOKEN = re.compile(
    r'(?P<raw>R"(?P<mark>[^()\s]{0,16})\(.*?\)(?P=mark)")'
    r'|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<char>(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+')"
    r"|(?P<line>//[^\n]*)"
    r"|(?P<block>/\*.*?\*/)",
    re.DOTALL)
TEST_NAME = re.compile(r"^(?:TYPED_TEST|TEST|TEST_F|TEST_P)\(\s*\w+,\s*(\w+)\)", re.MULTILINE)


def join_comments(comments: Sequence[Tuple[int, int, bool, str]]) -> Iterator[List[Line]]:
    """A comment (line, column, alone on its line, text) belongs to the one above it in the same column."""
    group: List[Line] = []
    last = (-2, -1)
    for line, column, alone, text in comments:
        if not (alone and (line, column) == (last[0] + 1, last[1])):
            if group:
                yield group
            group = []
        group.append((line, text))
        last = (line, column)
    if group:
        yield group


def read_c(text: str) -> Iterator[Block]:
    starts = line_starts(text)
    comments = []
    literals: List[Line] = []
    literal_end = -1
    blocks: List[Block] = []
    for token in C_TOKEN.finditer(text):
        line, column = position(starts, token.start())
        if token["line"] is not None:
            before = text[starts[line - 1]:token.start()]
            comments.append((line, column, not before.strip(), token["line"][2:].lstrip("/")))
        elif token["block"] is not None:
            body = [(line + i, re.sub(r"^\s*\* ?", "", part))
                    for i, part in enumerate(token["block"][2:-2].split("\n"))]
            blocks.extend(Block("comments", paragraph) for paragraph in split_comment(dedent(body)))
        elif token["string"] is not None:
            before = text[starts[line - 1]:token.start()]
            if re.match(r"\s*(?:#\s*include|import|syntax|package)\b", before):
                continue
            if literals and text[literal_end:token.start()].strip(" \t\n\\"):
                blocks.append(Block("texts", literals))
                literals = []
            literals.append((line, unescape(token["string"][1:-1])))
            literal_end = token.end()
    if literals:
        blocks.append(Block("texts", literals))
    for group in join_comments(comments):
        blocks.extend(Block("comments", paragraph) for paragraph in split_comment(dedent(group)))
    for name in TEST_NAME.finditer(text):
        blocks.append(Block("names", [(position(starts, name.start())[0], split_camel(name[1]))]))
    yield from blocks


def read_hash(text: str) -> Iterator[Block]:
    """CMake, shell, TOML, YAML, protobuf text: comments begin with #."""
    comments = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#!"):
            continue
        found = re.match(r"^((?:[^#\"']|\"(?:[^\"\\]|\\.)*\"|'[^']*')*?)#(?: |$)(.*)$", line)
        if found and (not found[1].strip() or found[1].endswith(" ")):
            comments.append((number, len(found[1]), not found[1].strip(), " " + found[2]))
    for group in join_comments(comments):
        for paragraph in split_comment(dedent(group)):
            yield Block("comments", paragraph)


def split_docstring(lines: Sequence[Line]) -> Iterator[List[Line]]:
    """The paragraphs of a docstring without its doctests."""
    if not lines:
        return
    kept: List[Line] = []
    in_doctest = False
    rest = dedent(lines[1:])
    for number, text in [lines[0], *rest]:
        if text.lstrip().startswith(">>>"):
            in_doctest = True
        elif not text.strip():
            in_doctest = False
        kept.append((number, "" if in_doctest else text))
    yield from split_comment(kept)


def read_python(text: str) -> Iterator[Block]:
    comments = []
    literals: List[Line] = []
    docstrings = {}
    for node in ast.walk(ast.parse(text)):
        body = getattr(node, "body", None)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
            yield Block("names", [(node.lineno, node.name[5:].replace("_", " "))])
        # A string that is a statement documents a module, class or function, or the attribute above it.
        for child in body if isinstance(body, list) else []:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant) and isinstance(child.value.value, str):
                docstrings[(child.value.lineno, child.value.col_offset)] = child.value.value
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line, column = token.start
        if token.type == tokenize.COMMENT:
            if token.string.startswith("#!"):
                continue
            comments.append((line, column, not lines[line - 1][:column].strip(), token.string[1:]))
        elif token.type == tokenize.STRING:
            value = docstrings.get(token.start)
            if value is not None:
                parts = [(line + i, part) for i, part in enumerate(value.split("\n"))]
                for paragraph in split_docstring(parts):
                    yield Block("comments", paragraph)
                continue
            body = re.sub(r"^\w*", "", token.string)
            if not body.startswith(('"""', "'''")):
                literals.append((line, unescape(body[1:-1])))
                continue
        elif token.type in (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            if token.type != tokenize.NEWLINE:
                continue
        if literals and token.type != tokenize.STRING:
            yield Block("texts", literals)
            literals = []
    for group in join_comments(comments):
        for paragraph in split_comment(dedent(group)):
            yield Block("comments", paragraph)


def read_markdown(text: str) -> Iterator[Block]:
    """The paragraphs, items and headings of a page without its code and tables."""
    paragraph: List[Line] = []
    fence: Optional[str] = None
    in_list = False

    def end() -> Iterator[Block]:
        nonlocal paragraph
        if paragraph:
            yield Block("comments", paragraph)
        paragraph = []

    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"^\s*(```+|~~~+)", line)
        if fence is not None:
            if mark and mark[1].startswith(fence):
                fence = None
            continue
        if mark:
            yield from end()
            fence = mark[1]
        elif not line.strip():
            yield from end()
        elif re.match(r"^\s*(?:\||<!--|<[a-z/]|\[[^\]]*\]:)", line):
            yield from end()
        elif line.startswith("#"):
            yield from end()
            yield Block("comments", [(number, line.lstrip("#"))])
            in_list = False
        elif ITEM.match(line):
            yield from end()
            paragraph = [(number, ITEM.sub("", line))]
            in_list = True
        elif line.startswith("    ") and not paragraph and not in_list:
            continue
        else:
            in_list = in_list and line.startswith(" ")
            paragraph.append((number, line.lstrip("> ")))
    yield from end()


def line_starts(text: str) -> List[int]:
    return [0] + [found.end() for found in re.finditer("\n", text)]


def position(starts: Sequence[int], offset: int) -> Tuple[int, int]:
    """Line from 1 and column from 0."""
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= offset else (low, middle)
    return low + 1, offset - starts[low]


def unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: " " if found[1] in "nrt" else found[1], text)


def split_camel(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ")


def read_file(relative: str, text: str) -> Iterator[Block]:
    path = pathlib.PurePosixPath(relative)
    if path.suffix in C_SUFFIXES:
        yield from read_c(text)
    elif path.suffix in PYTHON_SUFFIXES:
        yield from read_python(text)
    elif path.suffix == ".md":
        yield from read_markdown(text)
    elif path.suffix in HASH_SUFFIXES or path.name in HASH_NAMES:
        yield from read_hash(text)


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


def read_targets(text: str) -> List[Target]:
    """The lines of clean_folders.txt: a path, then the kinds of prose that are clean there (default all)."""
    targets = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words:
            targets.append(Target(words[0], tuple(words[1:]) or KINDS))
    return targets


def check_tree(root: pathlib.Path, targets: Sequence[Target], phrases: Sequence[Phrase]) -> List[Finding]:
    """The findings in what the targets name. A target that names no file is a finding."""
    names = tracked_files(root)
    chosen: Dict[str, set] = collections.defaultdict(set)
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


def is_readable(name: str) -> bool:
    path = pathlib.PurePosixPath(name)
    return path.suffix in C_SUFFIXES | PYTHON_SUFFIXES | HASH_SUFFIXES | {".md"} or path.name in HASH_NAMES


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
    parser.add_argument("--clean", action="store_true", help="what clean_folders.txt lists")
    parser.add_argument("--count", action="store_true", help="findings a folder")
    options = parser.parse_args(arguments)
    kinds = tuple(options.kinds.split(","))
    if not set(kinds) <= set(KINDS):
        parser.error(f"--kinds has {', '.join(KINDS)}")
    phrases = read_phrases((HERE / "phrases.txt").read_text(encoding="utf-8"))
    targets = [Target(path, kinds) for path in options.paths]
    if options.clean:
        targets += read_targets((HERE / "clean_folders.txt").read_text(encoding="utf-8"))
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
