"""The common part of policies and rule sets: their written forms, and the errors in their text. Private."""

import enum
import os
import pathlib
from typing import Iterable, List, Sequence, Tuple, Union

from frontdesk import _core
from frontdesk import v1
from frontdesk._bridge import load_all
from frontdesk.enums import IssueSeverity
from frontdesk.errors import PolicyError

PathLike = Union[str, "os.PathLike[str]"]


class Form(enum.IntEnum):
    """As the core numbers them."""

    BYTES = 0
    TEXT = 1
    JSON = 2


def read_file(path: PathLike) -> Tuple[bytes, Form]:
    """A file's bytes; ``.json`` is JSON, anything else text format."""
    file = pathlib.Path(path)
    return file.read_bytes(), Form.JSON if file.suffix == ".json" else Form.TEXT


def format_issues(issues: Iterable[v1.Issue]) -> str:
    """The issues as compilers print them: ``file:line:column: error: text [REASON]`` and the line with a caret."""
    return "".join(_core.rules_format_issue(issue.SerializeToString()) for issue in issues)


def load_issues(found: Sequence[bytes]) -> Tuple[v1.Issue, ...]:
    return tuple(load_all(found, v1.Issue))


def raise_issues(issues: Tuple[v1.Issue, ...]) -> None:
    """Raises the errors of a text that cannot be used."""
    errors: List[v1.Issue] = [issue for issue in issues if issue.severity == IssueSeverity.ERROR]
    detail = v1.ErrorDetail(reason="POLICY_INVALID", domain="frontdesk", issues=issues)
    raise PolicyError(format_issues(errors).rstrip("\n"), detail=detail)
