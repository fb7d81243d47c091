"""A datetime or timedelta in a field of a message: an error that names the field and says what to write. Private.

protobuf's own error for a constructor names neither the field nor what it takes. Constructors of the messages that can hold
a time, and assignments to their fields, raise ours instead; all else is protobuf's, and the classes stay the generated ones.
"""

import datetime
import functools
from typing import Any, Dict, Iterator, NamedTuple, Optional, Set, Tuple

from frontdesk import v1
from frontdesk.errors import FieldTypeError

_TIMES = (datetime.date, datetime.timedelta)  # A datetime is a date.

_TIMESTAMP = "google.protobuf.Timestamp"
_DURATION = "google.protobuf.Duration"

# The value to write for a field of that type, by the Python type that was given.
_WRITE: Dict[Tuple[str, type], str] = {
    (_TIMESTAMP, datetime.datetime): "frontdesk.times.timestamp(...)",
    (_DURATION, datetime.timedelta): "frontdesk.times.duration(...)",
}


class _Misfit(NamedTuple):
    """A time where it does not fit: the path of the field, its type, and the value to write, if there is one."""

    path: str
    field: Any
    given: type
    write: str


def _misfit(field: Any, path: str, value: object) -> _Misfit:
    name = field.message_type.full_name if field.message_type is not None else ""
    given = type(value)
    write = next((text for (full_name, kind), text in _WRITE.items() if name == full_name and issubclass(given, kind)), "")
    return _Misfit(path, field, given, write)


def _find(descriptor: Any, values: Dict[str, Any], outer: str = "") -> Optional[_Misfit]:
    """The first time among the arguments of a message's constructor."""
    for name, value in values.items():
        field = descriptor.fields_by_name.get(name)
        if field is None:
            continue
        path = f"{outer}{name}"
        elements = enumerate(value) if isinstance(value, (list, tuple)) else [(None, value)]
        for index, each in elements:
            place = path if index is None else f"{path}[{index}]"
            if isinstance(each, _TIMES):
                return _misfit(field, place, each)
            if isinstance(each, dict) and field.message_type is not None:
                found = _find(field.message_type, each, f"{place}.")
                if found is not None:
                    return found
    return None


def _type_of(field: Any) -> str:
    """The type of a field, in the words of its proto file."""
    if field.message_type is not None:
        return str(field.message_type.full_name)
    if field.enum_type is not None:
        return str(field.enum_type.full_name)
    return str(_SCALARS[field.type])


_FIELD = v1.Money.DESCRIPTOR.fields[0]
_SCALARS = {
    getattr(_FIELD, name): name.removeprefix("TYPE_").lower() for name in dir(_FIELD) if name.startswith("TYPE_")
}


def _error(descriptor: Any, misfit: _Misfit, write: str) -> FieldTypeError:
    name = descriptor.full_name.removeprefix("frontdesk.")
    takes = _type_of(misfit.field)
    article = "an" if takes.startswith("i") else "a"
    text = f"{name}.{misfit.path} takes {article} {takes}, not a {misfit.given.__name__}"
    if misfit.write:
        text += f": write {write.format(misfit.write)}"
    detail = v1.ErrorDetail(violations=[v1.FieldViolation(field=misfit.path, text=text)])
    return FieldTypeError(text, detail=detail)


def _replace_constructor(kind: Any) -> None:
    descriptor, original = kind.DESCRIPTOR, kind.__init__

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original(self, *args, **kwargs)
            return
        except TypeError:
            misfit = _find(descriptor, kwargs)
            if misfit is None:
                raise
        # Behind the handler: protobuf's error may show the value.
        leaf = misfit.path.rpartition(".")[2]
        given = "[{}]" if leaf.endswith("]") else "{}"
        raise _error(descriptor, misfit, f"{leaf.partition('[')[0]}={given}")

    kind.__init__ = __init__


def _replace_assignment(kind: Any) -> None:
    descriptor, original = kind.DESCRIPTOR, kind.__setattr__

    @functools.wraps(original)
    def __setattr__(self: Any, name: str, value: Any) -> None:
        try:
            original(self, name, value)
            return
        except (AttributeError, TypeError):
            misfit = _find(descriptor, {name: value})
            if misfit is None:
                raise
        place = "extend([{}])" if misfit.path.endswith("]") else "CopyFrom({})"
        raise _error(descriptor, misfit, f"message.{name}.{place}")

    kind.__setattr__ = __setattr__


def _message_types() -> Iterator[Any]:
    """Every message class of `frontdesk.v1`, nested ones too."""

    def walk(kind: Any) -> Iterator[Any]:
        yield kind
        for nested in kind.DESCRIPTOR.nested_types:
            yield from walk(getattr(kind, nested.name))

    for name in v1.__all__:
        if hasattr(getattr(v1, name), "DESCRIPTOR") and hasattr(getattr(v1, name), "FromString"):
            yield from walk(getattr(v1, name))


def _holds_a_time(field: Any) -> bool:
    return field.message_type is not None and field.message_type.full_name in (_TIMESTAMP, _DURATION)


def _reaches_a_time(descriptor: Any, seen: Set[str]) -> bool:
    """Whether a message, or one inside it, has a field for a time."""
    if descriptor.full_name in seen:
        return False
    seen.add(descriptor.full_name)
    inner = [field.message_type for field in descriptor.fields if field.message_type is not None]
    return any(map(_holds_a_time, descriptor.fields)) or any(_reaches_a_time(each, seen) for each in inner)


def _replace_all() -> None:
    for kind in _message_types():
        if _reaches_a_time(kind.DESCRIPTOR, set()):
            _replace_constructor(kind)
        if any(map(_holds_a_time, kind.DESCRIPTOR.fields)):
            _replace_assignment(kind)


_replace_all()
