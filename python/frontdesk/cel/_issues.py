"""Issues of an expression with their places, and the exceptions that carry them."""

import dataclasses
from typing import List, NamedTuple, Optional, Sequence, Tuple

from frontdesk import _core
from frontdesk.enums import IssueSeverity
from frontdesk.errors import Error, StatusCode

# (severity, code, line, column, begin, end, message, snippet), offsets in bytes of UTF-8.
IssueTuple = Tuple[int, str, int, int, int, int, str, str]


def text_index(source: str, offset: int) -> int:
    """The index in `source` of byte `offset` of its UTF-8 form."""
    return offset if source.isascii() else len(source.encode("utf-8")[:offset].decode("utf-8", "replace"))


@dataclasses.dataclass(frozen=True)
class Issue:
    """One finding in an expression.

    Attributes:
        severity: an error, or a warning.
        code: a stable word for programs, such as ``"UNKNOWN_FIELD"``; see :func:`issue_codes`.
        line: from 1; 0 when there is no place.
        column: in that line, from 1, in code points; 0 when there is no place.
        start: index in the expression where it begins.
        end: index behind its end: ``expression[start:end]`` is what is meant.
        message: for people; names fields, types and functions, never a value.
        snippet: the line and a caret below the place.
    """

    severity: IssueSeverity
    code: str
    line: int
    column: int
    start: int
    end: int
    message: str
    snippet: str

    def format(self, file: str = "") -> str:
        """``file:line:column: error: message [CODE]`` and the snippet below, as compilers print it."""
        place = f"{self.line}:{self.column}: " if self.line else ""
        prefix = f"{file}:" if file and place else (f"{file}: " if file else "")
        head = f"{prefix}{place}{self.severity.name.lower()}: {self.message} [{self.code}]"
        # No line of an author looks like one of these.
        return "\n".join([head, *(f"  | {line}" for line in self.snippet.splitlines())])

    def __str__(self) -> str:
        return self.format()


def make_issue(parts: IssueTuple, source: str) -> Issue:
    severity, code, line, column, begin, end, message, snippet = parts
    return Issue(
        IssueSeverity(severity), code, line, column, text_index(source, begin), text_index(source, end), message, snippet
    )


class CompileError(Error, ValueError):
    """An expression cannot be used. ``issues`` has every issue; ``reason`` is the code of the first error.

    >>> from frontdesk import cel
    >>> try:
    ...     cel.Environment(variables={"count": int}).compile("cuont > 3")
    ... except cel.CompileError as error:
    ...     print(error.issues[0].line, error.issues[0].column)
    1 1
    """

    code = StatusCode.INVALID_ARGUMENT

    def __init__(self, issues: Sequence[Issue]) -> None:
        errors = [issue for issue in issues if issue.severity == IssueSeverity.ERROR]
        super().__init__("\n".join(map(str, errors)), reason=errors[0].code if errors else "")
        self.issues: Tuple[Issue, ...] = tuple(issues)


class EvaluationError(Error, ValueError):
    """An expression has no value: a division by zero, a missing key, a limit. ``issue`` says where; ``reason`` is its code.

    When a Python function raised, that exception is the cause.
    """

    code = StatusCode.INVALID_ARGUMENT

    def __init__(self, issue: Issue) -> None:
        super().__init__(str(issue), reason=issue.code)
        self.issue = issue


class FunctionError(Exception):
    """For a user function to raise: the expression fails with that reason and text instead of ``FUNCTION_FAILED``.

    `reason` is a stable word, UPPER_SNAKE; `text` is for people and holds no values.
    """

    _cel_function_error = True

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.text = text


class IssueCode(NamedTuple):
    """A code that issues and evaluation errors can carry; `phase` is ``parse``, ``check`` or ``evaluate``."""

    code: str
    phase: str
    meaning: str


def issue_codes() -> List[IssueCode]:
    """Every code of the language, in a fixed order.

    >>> "DIVISION_BY_ZERO" in {each.code for each in issue_codes()}
    True
    """
    return [IssueCode(*each) for each in _core.cel_issue_codes()]


def first_error(issues: Sequence[Issue]) -> Optional[Issue]:
    return next((issue for issue in issues if issue.severity == IssueSeverity.ERROR), None)
