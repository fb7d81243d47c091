"""Snippets of a page, their output, and the files that a page shows."""

import extract

PAGE = """# A page

```textproto
# shop.textproto
name: "shop"
```

```cpp
#include <cstdio>
std::puts("one");
```
```python
print("one")
```
```text
one
```

Words.

```python
print("two")
```

```textproto
name: "shown, and no file"
```

```cpp
std::puts("two");
```

```text
two
```
"""


def page_of(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    return page


def test_neighbors_in_two_languages_have_one_output(tmp_path):
    snippets = extract.page_snippets(page_of(tmp_path, PAGE))
    assert [(each.language, each.prints) for each in snippets] == [
        ("cpp", "one\n"), ("python", "one\n"), ("python", None), ("cpp", "two\n")]


def test_words_between_end_the_neighborhood(tmp_path):
    page = page_of(tmp_path, PAGE.replace("```\n```python", "```\nWords.\n```python", 1))
    assert [each.prints for each in extract.page_snippets(page)][:2] == [None, "one\n"]


def test_one_program_has_all_blocks_of_a_language_at_their_lines(tmp_path):
    page = page_of(tmp_path, PAGE + "<!-- one program -->\n")
    cpp, python = extract.page_snippets(page)
    assert (cpp.language, cpp.prints) == ("cpp", "one\ntwo\n")
    assert (python.language, python.prints) == ("python", "one\n")
    lines = page.read_text(encoding="utf-8").splitlines()
    for snippet in (cpp, python):
        for number, line in enumerate(snippet.text.splitlines(), snippet.line):
            assert line in ("", lines[number - 1])
    assert "puts(\"two\")" in cpp.text and "print(\"two\")" in python.text


def test_a_named_block_is_a_file(tmp_path):
    page = page_of(tmp_path, PAGE)
    extract.write_files(page, tmp_path)
    assert (tmp_path / "shop.textproto").read_text(encoding="utf-8") == '# shop.textproto\nname: "shop"\n'
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.md", "shop.textproto"]
