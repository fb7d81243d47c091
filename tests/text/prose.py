"""Finds the prose of a file: comments, docstrings, Markdown, literals, names of test cases. Code is left out."""

import ast
import io
import pathlib
import re
import tokenize
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

C_SUFFIXES = {".h", ".cc", ".proto"}
PYTHON_SUFFIXES = {".py", ".pyi"}
HASH_SUFFIXES = {".cmake", ".in", ".sh", ".toml", ".yaml", ".yml", ".textproto"}
HASH_NAMES = {"CMakeLists.txt", "dev"}

Line = Tuple[int, str]


class Block(NamedTuple):
    """Lines that belong together: a paragraph, a comment, a literal. Each line has its number in the file."""

    kind: str
    lines: List[Line]


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


def is_readable(name: str) -> bool:
    path = pathlib.PurePosixPath(name)
    return path.suffix in C_SUFFIXES | PYTHON_SUFFIXES | HASH_SUFFIXES | {".md"} or path.name in HASH_NAMES
