"""The common part of policies and rule sets: their written forms, and the errors in their text. Private."""

from __future__ import annotations

import os

from frontdesk import _core
from frontdesk import v1
from frontdesk._bridge import load_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, List, Sequence, Tuple, Union

    PathLike = Union[str, "os.PathLike[str]"]


class Form:
    """As the core numbers them."""

    BYTES = 0
    TEXT = 1
    JSON = 2


def read_file(path: PathLike) -> Tuple[bytes, int]:
    """A file's bytes; ``.json`` is JSON, anything else text format."""
    name = os.fspath(path)
    form = Form.JSON if name.endswith(".json") else Form.TEXT
    with open(name, "rb") as file:
        return file.read(), form


def format_issues(issues: Iterable[v1.Issue]) -> str:
    """The issues as compilers print them: ``file:line:column: error: text [REASON]`` and the line with a caret."""
    return "".join(_core.rules_format_issue(issue.SerializeToString()) for issue in issues)


def load_issues(found: Sequence[bytes]) -> Tuple[v1.Issue, ...]:
    return tuple(load_all(found, v1.Issue)) if found else ()


def raise_issues(issues: Tuple[v1.Issue, ...]) -> None:
    """Raises the errors of a text that cannot be used."""
    from frontdesk.enums import IssueSeverity
    from frontdesk.errors import PolicyError

    errors: List[v1.Issue] = [issue for issue in issues if issue.severity == IssueSeverity.ERROR]
    detail = v1.ErrorDetail(reason="POLICY_INVALID", domain="frontdesk", issues=issues)
    raise PolicyError(format_issues(errors).rstrip("\n"), detail=detail)
