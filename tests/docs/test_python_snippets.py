"""Every Python snippet of README and docs runs and prints the output below it. Needs the installed package."""

import contextlib
import io
import os
import pathlib
import re

import pytest

import extract

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
SNIPPETS = [pytest.param(page, snippet, id=f"{page.stem}:{snippet.line}")
            for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))] if page.exists()
            for snippet in extract.page_snippets(page) if snippet.language == "python"]


def test_there_are_snippets():
    assert SNIPPETS


@pytest.fixture(name="drawing", autouse=True)
def fixture_drawing(monkeypatch):
    """Where there is matplotlib, the same plot is the same file each time."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    try:
        import matplotlib
        from matplotlib import pyplot
    except ImportError:
        yield
        return
    matplotlib.use("svg")
    with matplotlib.rc_context({"svg.hashsalt": "frontdesk"}):
        yield
    pyplot.close("all")


@pytest.mark.parametrize("page, snippet", SNIPPETS)
def test_snippet(page, snippet, monkeypatch, tmp_path):
    # The files of the project are there, and those that a snippet makes are new each time.
    for path in ROOT.iterdir():
        (tmp_path / path.name).symlink_to(path)
    extract.write_files(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile("\n" * (snippet.line - 1) + snippet.text, str(page), "exec"), {"__name__": "__main__"})
    except ImportError as error:
        if "matplotlib" not in str(error):
            raise
        assert snippet.prints is None or snippet.prints.startswith(printed.getvalue())
        pytest.skip("matplotlib is not installed: the snippet ran up to its first plot")
    if snippet.prints is not None:
        assert printed.getvalue() == snippet.prints
    check_pictures(page, sorted(tmp_path.glob("*.svg")))


def creator(picture):
    """The version of matplotlib that has made a picture."""
    return re.search(r"<dc:title>([^<]*)</dc:title>", picture)[1]


def check_pictures(page, made):
    """The pictures that the program of a page makes are those that it shows."""
    if not made:
        return
    kept = page.parent / "pictures"
    if os.environ.get("FRONTDESK_UPDATE_GOLDEN"):
        kept.mkdir(exist_ok=True)
        for picture in made:
            (kept / picture.name).write_text(picture.read_text(encoding="utf-8"), encoding="utf-8")
    assert {picture.name for picture in made} == set(re.findall(r"\]\(pictures/(\w+\.svg)\)", page.read_text(encoding="utf-8")))
    for picture in made:
        new, old = picture.read_text(encoding="utf-8"), (kept / picture.name).read_text(encoding="utf-8")
        if creator(new) != creator(old):
            pytest.skip(f"the pictures were made by {creator(old)}, and here is {creator(new)}")
        assert new == old, f"{picture.name}: ./dev docs makes it anew"
