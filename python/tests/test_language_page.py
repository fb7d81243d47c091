"""The examples of docs/language.md: every line of its `cel` blocks has the value that is written after it."""

import re

import pytest

from conftest import source_dir
from frontdesk import cel, v1

PAGE = source_dir() / "docs" / "language.md"
BLOCK = re.compile(r"^```cel\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def examples():
    text = PAGE.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        for number, example in enumerate(block.group(1).splitlines(), line + 1):
            expression, _, wanted = example.rpartition(" // ")
            yield pytest.param(expression.strip(), wanted.strip(), id=f"line {number}")


ENVIRONMENT = cel.Environment(types=[v1.Money])


def outcome(expression: str) -> str:
    try:
        return ENVIRONMENT.compile(expression).evaluate_literal()
    except cel.CompileError as error:
        return f"refused {error.reason}"
    except cel.EvaluationError as error:
        return f"error {error.reason}"


@pytest.mark.parametrize("expression, wanted", examples())
def test_example(expression, wanted):
    assert expression and outcome(expression) == wanted


def test_every_function_has_an_example():
    shown = "\n".join(block.group(1) for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    text = PAGE.read_text(encoding="utf-8")
    for name in ("getFullYear", "getDayOfYear", "getSeconds"):
        assert name in text
    for name in (
        "size contains startsWith endsWith matches int uint double string bytes bool type dyn timestamp duration has all "
        "exists exists_one filter map charAt indexOf lastIndexOf join lowerAscii upperAscii replace reverse split substring "
        "trim strings.quote format math.greatest math.least math.abs math.sign math.ceil math.floor math.round math.trunc "
        "math.sqrt math.isNaN math.isInf math.isFinite math.bitAnd math.bitOr math.bitXor math.bitNot math.bitShiftLeft "
        "math.bitShiftRight optional.of optional.none optional.ofNonZeroValue hasValue value or orValue optMap optFlatMap "
        "cel.bind transformList transformMap transformMapEntry base64.encode base64.decode"
    ).split():
        assert re.search(rf"\b{re.escape(name)}\(", shown), name
