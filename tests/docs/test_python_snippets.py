"""Every Python snippet of README and docs runs and prints the output below it. Needs the installed package."""

import contextlib
import io
import os
import pathlib

import pytest

import extract

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
SNIPPETS = [pytest.param(page, snippet, id=f"{page.stem}:{snippet.line}")
            for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))] if page.exists()
            for snippet in extract.page_snippets(page) if snippet.language == "python"]


def test_there_are_snippets():
    assert SNIPPETS


@pytest.mark.parametrize("page, snippet", SNIPPETS)
def test_snippet(page, snippet, monkeypatch, tmp_path):
    # The files of the project are there, and those that a snippet makes are new each time.
    for path in ROOT.iterdir():
        (tmp_path / path.name).symlink_to(path)
    extract.write_files(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile("\n" * (snippet.line - 1) + snippet.text, str(page), "exec"), {"__name__": "__main__"})
    if snippet.prints is not None:
        assert printed.getvalue() == snippet.prints
