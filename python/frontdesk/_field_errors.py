"""A datetime or timedelta in a field of a message: an error that names the field and says what to write. Private.

protobuf's own error for a constructor names neither the field nor what it takes. Constructors of the messages that can hold
a time, and assignments to their fields, raise ours instead; all else is protobuf's, and the classes stay the generated ones.
"""

from __future__ import annotations

import datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Tuple

    from frontdesk.errors import FieldTypeError

_TIMES = (datetime.date, datetime.timedelta)  # A datetime is a date.

_TIMESTAMP = "google.protobuf.Timestamp"
_DURATION = "google.protobuf.Duration"

# The value to write for a field of that type, by the Python type that was given.
_WRITE: Dict[Tuple[str, type], str] = {
    (_TIMESTAMP, datetime.datetime): "frontdesk.times.timestamp(...)",
    (_DURATION, datetime.timedelta): "frontdesk.times.duration(...)",
}


class _Misfit:
    """A time where it does not fit: the path of the field, its type, and the value to write, if there is one."""

    __slots__ = ("path", "field", "given", "write")

    def __init__(self, path: str, field: Any, given: type, write: str) -> None:
        self.path = path
        self.field = field
        self.given = given
        self.write = write


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
    names = [name for name in dir(field) if name.startswith("TYPE_") and getattr(field, name) == field.type]
    return names[0].removeprefix("TYPE_").lower()


def _error(descriptor: Any, misfit: _Misfit, write: str) -> FieldTypeError:
    from frontdesk import v1
    from frontdesk.errors import FieldTypeError

    name = descriptor.full_name.removeprefix("frontdesk.")
    takes = _type_of(misfit.field)
    article = "an" if takes.startswith("i") else "a"
    text = f"{name}.{misfit.path} takes {article} {takes}, not a {misfit.given.__name__}"
    if misfit.write:
        text += f": write {write.format(misfit.write)}"
    detail = v1.ErrorDetail(violations=[v1.FieldViolation(field=misfit.path, text=text)])
    return FieldTypeError(text, detail=detail)


def watch_constructor(kind: Any) -> None:
    """For the class of a message that can hold a time, or of one with such a message inside."""
    descriptor, original = kind.DESCRIPTOR, kind.__init__

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

    __init__.__doc__ = original.__doc__
    kind.__init__ = __init__


def watch_assignment(kind: Any) -> None:
    """For the class of a message that has a field for a time."""
    descriptor, original = kind.DESCRIPTOR, kind.__setattr__

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
