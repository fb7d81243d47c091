"""Types of the language, as Python values."""

import collections.abc
import dataclasses
import datetime
import typing
from typing import Any, Dict, Sequence, Tuple, Union

from frontdesk import _guard
from frontdesk._bridge import descriptor_of

# (kind, name, [parameter]): how a type crosses the border.
TypeTuple = Tuple[str, str, Sequence[Any]]

_DISPLAY = {
    "null": "null_type",
    "timestamp": "google.protobuf.Timestamp",
    "duration": "google.protobuf.Duration",
    "any": "google.protobuf.Any",
    "optional": "optional_type",
}


@dataclasses.dataclass(frozen=True)
class Type:
    """A type of the language. Immutable; equal types compare equal.

    Use the constants (``cel.INT``, ``cel.STRING``, ...) and functions (``cel.list_of``, ``cel.map_of``, ...) of the
    package to make one. ``str()`` writes it as error texts do:

    >>> from frontdesk import cel
    >>> str(cel.map_of(cel.STRING, cel.list_of(cel.INT)))
    'map(string, list(int))'

    Attributes:
        kind: one of ``dyn null bool int uint double string bytes timestamp duration wrapper any list map message type
            optional opaque parameter``.
        name: of messages the full name, of opaque types and type parameters their name; otherwise empty.
        parameters: of lists the element, of maps key and value, of wrappers and optionals what they hold.
    """

    kind: str
    name: str = ""
    parameters: "Tuple[Type, ...]" = ()

    def __str__(self) -> str:
        text = self._value_name()
        if not self.parameters:
            return text
        return f"{text}({', '.join(str(parameter) for parameter in self.parameters)})"

    def _value_name(self) -> str:
        """The name of the type as a value of the language: without parameters."""
        return self.name or _DISPLAY.get(self.kind, self.kind)

    def _tuple(self) -> TypeTuple:
        return (self.kind, self.name, [parameter._tuple() for parameter in self.parameters])


_NAMED = frozenset({"message", "opaque", "parameter"})


def from_tuple(parts: TypeTuple) -> Type:
    """A type that comes from the core."""
    kind, name, parameters = parts
    return Type(kind, name if kind in _NAMED else "", tuple(from_tuple(parameter) for parameter in parameters))


ANY = Type("any")
BOOL = Type("bool")
BYTES = Type("bytes")
DOUBLE = Type("double")
DURATION = Type("duration")
DYN = Type("dyn")
INT = Type("int")
NULL = Type("null")
STRING = Type("string")
TIMESTAMP = Type("timestamp")
TYPE = Type("type")
UINT = Type("uint")

_BY_VALUE_NAME: Dict[str, Type] = {
    each._value_name(): each
    for each in (BOOL, BYTES, DOUBLE, DURATION, INT, NULL, STRING, TIMESTAMP, TYPE, UINT)
}
_BY_VALUE_NAME["list"] = Type("list", "", (DYN,))
_BY_VALUE_NAME["map"] = Type("map", "", (DYN, DYN))
_BY_VALUE_NAME["optional_type"] = Type("optional", "", (DYN,))


def make_type_value(name: str) -> Type:
    """The type that a type value of the language names; lists and maps have no parameters there."""
    return _BY_VALUE_NAME.get(name) or Type("message", name)


# The forms of a type that functions accept: one of ours, a Python class or annotation with such a type, a message class.
TypeLike = Union[Type, type, Any]

_BY_CLASS: Dict[object, Type] = {
    None: NULL,
    type(None): NULL,
    bool: BOOL,
    int: INT,
    float: DOUBLE,
    str: STRING,
    bytes: BYTES,
    datetime.datetime: TIMESTAMP,
    datetime.timedelta: DURATION,
    object: DYN,
    Any: DYN,
    list: _BY_VALUE_NAME["list"],
    dict: _BY_VALUE_NAME["map"],
    Type: TYPE,
}
_LISTS = frozenset({list, collections.abc.Sequence, tuple})
_MAPS = frozenset({dict, collections.abc.Mapping})


def type_of(source: TypeLike) -> Type:
    """The type of `source`: a :class:`Type`, a Python class or annotation, or a protobuf message class.

    >>> from frontdesk import v1
    >>> str(type_of(float)), str(type_of(v1.Order))
    ('double', 'frontdesk.v1.Order')
    >>> import typing
    >>> str(type_of(typing.Dict[str, typing.List[int]]))
    'map(string, list(int))'

    ``TypeError`` for anything else.
    """
    if isinstance(source, Type):
        return source
    try:
        known = _BY_CLASS.get(source)
    except TypeError:  # Not hashable.
        known = None
    if known is not None:
        return known
    origin = typing.get_origin(source)
    arguments = typing.get_args(source)
    if origin in _LISTS and arguments:
        return list_of(arguments[0])
    if origin in _MAPS and len(arguments) == 2:
        return map_of(arguments[0], arguments[1])
    if origin is Union and len(arguments) == 2 and type(None) in arguments:
        return nullable(arguments[0] if arguments[1] is type(None) else arguments[1])
    if hasattr(source, "DESCRIPTOR") or hasattr(source, "fields_by_name"):
        return message_of(source)
    raise TypeError(f"no type of the language stands for {_guard.type_name(source)}")


def list_of(element: TypeLike = DYN) -> Type:
    """The type of lists of `element`."""
    return Type("list", "", (type_of(element),))


def map_of(key: TypeLike = DYN, value: TypeLike = DYN) -> Type:
    """The type of maps from `key` to `value`."""
    return Type("map", "", (type_of(key), type_of(value)))


def optional_of(value: TypeLike = DYN) -> Type:
    """The type of optional values."""
    return Type("optional", "", (type_of(value),))


def nullable(scalar: TypeLike) -> Type:
    """The type of `scalar` or null, as of protobuf's wrapper messages; of a type that is no scalar, dyn."""
    inner = type_of(scalar)
    scalars = (BOOL, INT, UINT, DOUBLE, STRING, BYTES)
    return Type("wrapper", "", (inner,)) if inner in scalars else DYN


def message_of(source: Any) -> Type:
    """The type of a protobuf message: by class, descriptor, or full name.

    >>> str(message_of("google.protobuf.Timestamp"))
    'google.protobuf.Timestamp'
    """
    return Type("message", source if isinstance(source, str) else descriptor_of(source).full_name)


def opaque(name: str, *parameters: TypeLike) -> Type:
    """An abstract type of the host's, by name."""
    return Type("opaque", name, tuple(type_of(parameter) for parameter in parameters))


def parameter(name: str) -> Type:
    """A type variable of a function's signature: any type, the same one throughout."""
    return Type("parameter", name)


def type_value_of(inner: TypeLike) -> Type:
    """The type of `inner` as a value: ``type(int)``."""
    return Type("type", "", (type_of(inner),))
