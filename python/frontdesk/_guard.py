"""Errors for arguments of an invalid type name the types, never the values, which may be personal data. Private.

The extension's own text for such an argument shows all arguments. So every function, method and constructor of it is
replaced, once. The replacement raises a ``TypeError`` of ours, which neither shows the values nor keeps the other error
as its context. Here are also the checks of values for a protobuf message, whose errors show values too.
"""

from __future__ import annotations

import sys

from frontdesk import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Iterable, List, Optional, Tuple

# How many elements of a list or dict are looked at for the types that it holds.
_LOOKED_AT = 100


def type_name(value: object) -> str:
    """The type of a value, for the text of an error."""
    if value is None:
        return "None"
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


def _is_unicode(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)


def text(value: str, name: str) -> str:
    """`value`, which must be a str of valid Unicode: ``TypeError``, ``ValueError``."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is a str, not {type_name(value)}")
    if not _is_unicode(value):
        raise ValueError(f"{name} is not valid Unicode: it holds a surrogate")
    return value


def texts(values: Iterable[str], name: str) -> List[str]:
    """`values` as a list. A str alone is refused, because it would be read as a list of its letters."""
    if isinstance(values, str):
        raise TypeError(f"{name} are several str, such as a list, not one str")
    listed = list(values)
    for value in listed:
        text(value, f"each of {name}")
    return listed


def integer(value: int, name: str) -> int:
    """`value`, which must be an int that fits into 64 bits: ``TypeError``, ``OverflowError``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is an int, not {type_name(value)}")
    if not -0x8000_0000_0000_0000 <= value <= 0x7FFF_FFFF_FFFF_FFFF:
        raise OverflowError(f"{name} does not fit into 64 bits")
    return value


def flag(value: bool, name: str) -> bool:
    """`value`, which must be a bool: ``TypeError``."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} is a bool, not {type_name(value)}")
    return value


def number(value: int, name: str, enum: str) -> int:
    """The number of a member of the enum called `enum`, for which an int will do: ``TypeError``, ``OverflowError``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} takes {enum}, not {type_name(value)}")
    plain = int(value)
    if not -0x8000_0000 <= plain <= 0x7FFF_FFFF:
        raise OverflowError(f"{name} does not fit into 32 bits")
    return plain


def _types_in(values: Iterable[object]) -> str:
    names = {type_name(value) for value, _ in zip(values, range(_LOOKED_AT))}
    return " | ".join(sorted(names))


def _given(value: object) -> str:
    """The type of an argument, with the types that it holds."""
    if isinstance(value, (list, tuple)) and value:
        return f"{type(value).__name__}[{_types_in(value)}]"
    if isinstance(value, dict) and value:
        return f"dict[{_types_in(value)}, {_types_in(value.values())}]"
    return type_name(value)


def _called(frame: Optional[FrameType]) -> str:
    """The function of the package that was called from outside and led here."""
    found = ""
    while frame is not None and str(frame.f_globals.get("__name__", "")).split(".")[0] == "frontdesk":
        module = ".".join(part for part in frame.f_globals["__name__"].split(".") if not part.startswith("_"))
        name = getattr(frame.f_code, "co_qualname", frame.f_code.co_name)
        found = f"{module}.{name}".removesuffix(".__init__")
        frame = frame.f_back
    return found


def _may_be_unfit(value: object) -> bool:
    """Whether the core may refuse a value whose type is right."""
    if isinstance(value, int):
        return not 0 <= value < 1 << 31
    return isinstance(value, str) and not _is_unicode(value)


def _given_types(given: Tuple[object, ...]) -> str:
    types = f"({', '.join(map(_given, given))})"
    if any(_may_be_unfit(each) for each in given):
        types += "; an int that does not fit, and a str that is not valid Unicode, are not accepted"
    return types


def _signature(name: str, function: Callable[..., Any]) -> str:
    """The signature that pybind11 writes into the documentation, without what is not to be given."""
    import re

    line = (function.__doc__ or name).splitlines()[0]
    line = re.sub(r"\(self: [\w.]+(, )?", "(", line).replace("frontdesk._core.", "")
    return re.sub(r"\barg\d+: ", "", line)


def _about_arguments(name: str, error: BaseException) -> str:
    """The error that the extension found in arguments or in parts of them; empty when `error` has another cause."""
    if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
        return ""  # Raised by a user's function that the core called.
    if isinstance(error, UnicodeEncodeError):  # Its `object` is the whole text.
        return "a str is not valid Unicode"
    if isinstance(error, TypeError):
        wrong = str(error).startswith(f"{name}(): incompatible ")
    else:
        wrong = str(error).startswith("Unable to cast Python instance")
    return "an argument has an unexpected type" if wrong else ""


def _guarded(name: str, function: Callable[..., Any], first: int) -> Callable[..., Any]:
    """`function`, whose arguments before `first` are not the caller's."""

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs) if kwargs else function(*args)
        except (TypeError, RuntimeError, UnicodeEncodeError) as error:
            wrong = _about_arguments(name, error)
            if not wrong:
                raise
            kind = ValueError if isinstance(error, UnicodeEncodeError) else TypeError
        # Behind the handler, so that the error of the extension does not become the context.
        given = (*args[first:], *kwargs.values())
        place = _called(sys._getframe(1)) or name
        raise kind(f"{place}(): {wrong}: {_signature(name, function)} was given {_given_types(given)}")

    call.__name__ = name
    call.__qualname__ = function.__qualname__
    call.__module__ = _core.__name__
    call.__doc__ = function.__doc__
    call.__wrapped__ = function  # type: ignore[attr-defined]
    return call


def _guard_class(kind: type) -> None:
    for name, member in list(vars(kind).items()):
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, staticmethod):
            if type(member.__func__).__name__ == "builtin_function_or_method":
                setattr(kind, name, staticmethod(_guarded(name, member.__func__, 0)))
        elif type(member).__name__ == "instancemethod":
            setattr(kind, name, _guarded(name, getattr(kind, name), 1))


def _guard_all() -> None:
    for name, member in list(vars(_core).items()):
        if isinstance(member, type):
            if member.__module__ == _core.__name__:
                _guard_class(member)
        elif type(member).__name__ == "builtin_function_or_method" and not name.startswith("_"):
            setattr(_core, name, _guarded(name, member, 0))


_guard_all()
