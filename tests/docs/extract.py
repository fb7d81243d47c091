#!/usr/bin/env python3
"""Extracts the examples from headers and docs, so that the build compiles them and the tests run them.

    extract.py headers INCLUDE_DIR TABLE OUT HEADER…   one C++ source with the example of every header
    extract.py list PAGE…                              the snippets of pages, one a line: page, number, language
    extract.py page PAGE NUMBER OUT                    one C++ snippet of a page as a program of its own
    extract.py block PAGE LANGUAGE NUMBER OUT          one fenced block of a language as it stands

The example of a header is the text that is indented by three spaces in its first comment. It becomes the body of a function;
its includes come before that function.
The parameters that it takes for granted are in TABLE (JSON: header to list of parameters). Lines of `...` are left out.

A snippet of a page is a fenced block of language `cpp` or `python`. Includes go to the top; the rest becomes main()
unless there is one. A fenced block of language `text` right after it is its output. When a C++ block and a Python block come one
right after the other, the output after them is that of both.

In a page with the comment `<!-- one program -->`, all blocks of a language are one program, and their outputs are one output. A block
of language `textproto` whose first line is `# NAME` is a file of that name: it is there when a snippet of the page runs.
"""

import itertools
import json
import pathlib
import re
import sys
from typing import Dict, List, NamedTuple, Optional


def header_example(text: str) -> List[str]:
    """The example's lines with their line numbers kept by empty ones. Lines indented after more words are no example."""
    lines: List[str] = []
    for line in text.splitlines():
        indented = line.startswith("//   ")
        if not line.startswith("//") or (any(lines) and line != "//" and not indented):
            break
        lines.append(line[5:] if indented and line.strip() != "//   ..." else "")
    return lines if any(lines) else []


def write_headers(include_dir: pathlib.Path, table: pathlib.Path, out: pathlib.Path, headers: List[str]) -> None:
    known = json.loads(table.read_text(encoding="utf-8"))
    parts = ["// The examples in the comments of public headers.\n#include \"header_examples.h\"\n"]
    for header in headers:
        path = include_dir / header
        example = header_example(path.read_text(encoding="utf-8"))
        name = re.sub(r"[^a-z0-9]", "_", header)
        if header in known["without_example"]:
            if example:
                raise SystemExit(f"{table}: {header} has an example now")
            continue
        if not example:
            raise SystemExit(f"{header} shows no example in its first comment")
        includes = [line for line in example if line.startswith("#include")]
        body = "\n".join("" if line in includes else line for line in example)
        returns = "absl::Status" if re.search(r"^(if .*\) )?return [^;]", body, re.MULTILINE) else "void"
        parameters = ", ".join(known["parameters"].get(header, []))
        parts.append("\n".join([f'#include "{header}"', *includes]))
        parts.append(f'namespace {name} {{\n{returns} Example({parameters}) {{\n#line 1 "{path}"\n{body}\n'
                     + ("return absl::OkStatus();\n" if returns == "absl::Status" else "")
                     + f'}}\n}}  // namespace {name}\n')
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(parts), encoding="utf-8")


class Snippet(NamedTuple):
    language: str
    line: int
    text: str
    prints: Optional[str]


FENCE = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
LANGUAGES = ("cpp", "python")


def page_snippets(page: pathlib.Path) -> List[Snippet]:
    text = page.read_text(encoding="utf-8")
    blocks = list(FENCE.finditer(text))
    # The block right after each, with nothing between.
    following = {before: after for before, after in itertools.pairwise(blocks) if not text[before.end():after.start()].strip()}
    snippets = []
    for block in blocks:
        language = block.group(1)
        if language not in LANGUAGES:
            continue
        after = following.get(block)
        if after is not None and after.group(1) in LANGUAGES and after.group(1) != language:
            after = following.get(after)
        prints = after.group(2) if after is not None and after.group(1) == "text" else None
        snippets.append(Snippet(language, text.count("\n", 0, block.start()) + 2, block.group(2), prints))
    return one_program_each(snippets) if "<!-- one program -->" in text else snippets


def one_program_each(snippets: List[Snippet]) -> List[Snippet]:
    """One snippet a language. Each line keeps its place in the page, by empty lines."""
    programs: Dict[str, Snippet] = {}
    for snippet in snippets:
        before = programs.get(snippet.language)
        if before is not None:
            gap = "\n" * (snippet.line - before.line - before.text.count("\n"))
            prints = None if before.prints is snippet.prints is None else (before.prints or "") + (snippet.prints or "")
            snippet = before._replace(text=before.text + gap + snippet.text, prints=prints)
        programs[snippet.language] = snippet
    return list(programs.values())


def write_files(page: pathlib.Path, folder: pathlib.Path) -> None:
    """Writes the files that a page shows: blocks of textproto that begin with `# NAME`."""
    for block in FENCE.finditer(page.read_text(encoding="utf-8")):
        name = re.match(r"# (\w+\.textproto)\n", block.group(2))
        if block.group(1) == "textproto" and name:
            (folder / name[1]).write_text(block.group(2), encoding="utf-8")


def cpp_program(page: pathlib.Path, snippet: Snippet) -> str:
    if re.search(r"^int main\(", snippet.text, re.MULTILINE):
        return f'#line {snippet.line} "{page}"\n{snippet.text}'
    includes, body = [], []
    for line in snippet.text.splitlines():
        target, other = (includes, body) if line.startswith("#include") else (body, includes)
        target.append(line)
        other.append("")
    return ("\n".join(includes).rstrip() + f'\nint main() {{\n#line {snippet.line} "{page}"\n' + "\n".join(body) + "\n}\n")


def main(arguments: List[str]) -> int:
    if len(arguments) >= 5 and arguments[1] == "headers":
        write_headers(pathlib.Path(arguments[2]), pathlib.Path(arguments[3]), pathlib.Path(arguments[4]), arguments[5:])
    elif len(arguments) >= 2 and arguments[1] == "list":
        for name in arguments[2:]:
            for number, snippet in enumerate(page_snippets(pathlib.Path(name))):
                print(name, number, snippet.language)
    elif len(arguments) == 5 and arguments[1] == "page":
        page = pathlib.Path(arguments[2])
        snippet = page_snippets(page)[int(arguments[3])]
        out = pathlib.Path(arguments[4])
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(cpp_program(page, snippet), encoding="utf-8")
    elif len(arguments) == 6 and arguments[1] == "block":
        text = pathlib.Path(arguments[2]).read_text(encoding="utf-8")
        blocks = [block.group(2) for block in FENCE.finditer(text) if block.group(1) == arguments[3]]
        pathlib.Path(arguments[5]).write_text(blocks[int(arguments[4])], encoding="utf-8")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
