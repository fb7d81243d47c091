"""The classes of our messages, made when they are asked for. Private.

Where Python's protobuf is over the same C++ library as the extension, the extension has brought the message types, and a class is made
from its descriptor. Elsewhere the generated modules bring the descriptors: a wheel has a C++ library of its own.
"""

from __future__ import annotations

import os
import threading

from google.protobuf import descriptor_pool
from google.protobuf import message
from google.protobuf import reflection
from google.protobuf import symbol_database

# The messages of protobuf's own that ours hold: a field would make a second class of one that is not there yet.
from google.protobuf import duration_pb2, timestamp_pb2  # pylint: disable=unused-import
from google.protobuf.internal import api_implementation
from google.protobuf.internal import enum_type_wrapper

from frontdesk import _field_errors
from frontdesk.v1 import _tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

_PACKAGE = "frontdesk.v1."

_pool = descriptor_pool.Default()
_database = symbol_database.Default()
_made: Dict[str, Any] = {}
# Held while classes are made, so that no two threads make one twice. No module is imported meanwhile: the import may wait for a thread
# that makes classes.
_lock = threading.RLock()
_inside = 0  # Those of INSIDE whose classes were made, as in MASKS.


def _has_types() -> bool:
    """Whether the extension has brought the message types."""
    if api_implementation.Type() != "cpp":
        return False
    try:
        _pool.FindFileByName("frontdesk/v1/common.proto")
    except KeyError:
        return False
    return True


_HAS_TYPES = _has_types()


def _renew_lock() -> None:
    """In a child of the process, where the thread that held the lock does not exist."""
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_renew_lock)


def find(name: str) -> Any:
    """The message class, enum or extension called `name`, or the generated module; ``AttributeError``."""
    place = _tables.PLACES.get(name)
    if place is None:
        if name.endswith("_pb2") and name.removesuffix("_pb2") in _tables.PLACES.values():
            return _import(name)
        raise AttributeError(f"module 'frontdesk.v1' has no attribute '{name}'")
    if not _HAS_TYPES:
        return getattr(_import(f"{place}_pb2"), name)
    file = _pool.FindFileByName(f"frontdesk/v1/{place}.proto")
    if name in file.message_types_by_name:
        return whole_class(file.message_types_by_name[name])
    if name in file.enum_types_by_name:
        return enum_class(file.enum_types_by_name[name])
    return file.extensions_by_name[name]


def class_to_read(name: str) -> Any:
    """The class of a message that the core hands out, to be read: times in it are not watched."""
    if not _HAS_TYPES:
        return find(name)
    kind = message_class(_pool.FindMessageTypeByName(_PACKAGE + name))
    _make_inside(name, _tables.REPEATED)
    return kind


def whole_class(descriptor: Any) -> Any:
    """The class of a message, with the classes that its fields need."""
    kind = message_class(descriptor)
    if _HAS_TYPES:
        _make_inside(descriptor.full_name.removeprefix(_PACKAGE), -1)
    return kind


def _import(module: str) -> Any:
    import importlib

    return importlib.import_module(f"{__package__}.{module}")


def enum_class(descriptor: Any) -> Any:
    """The enum of a descriptor, as protobuf's generated modules have it."""
    kind = _made.get(descriptor.full_name)
    return _made.setdefault(descriptor.full_name, kind or enum_type_wrapper.EnumTypeWrapper(descriptor))


def message_class(descriptor: Any) -> Any:
    """The class of a message, with those nested in it. One that protobuf has made for a field is completed."""
    kind = _made.get(descriptor.full_name)
    if kind is not None:
        return kind
    with _lock:
        return _made.get(descriptor.full_name) or _make_class(descriptor)


def _make_class(descriptor: Any) -> Any:
    attributes = {nested.name: message_class(nested) for nested in descriptor.nested_types}
    module = f"frontdesk.v1.{descriptor.file.name.rpartition('/')[2].removesuffix('.proto')}_pb2"
    kind = existing_class(descriptor)
    if kind is None:
        attributes["DESCRIPTOR"] = descriptor
        attributes["__module__"] = module
        kind = reflection.GeneratedProtocolMessageType(descriptor.name, (message.Message,), attributes)
    else:
        kind.__module__ = module
        for name, nested in attributes.items():
            setattr(kind, name, nested)
    _database.RegisterMessage(kind)
    name = descriptor.full_name.removeprefix(_PACKAGE)
    if name in _tables.TIME_REACHING:
        _field_errors.watch_constructor(kind)
    if name in _tables.TIME_HOLDERS:
        _field_errors.watch_assignment(kind)
    _made[descriptor.full_name] = kind
    return kind


def existing_class(descriptor: Any) -> Any:
    """The class that a message has already, or None."""
    try:
        return descriptor._concrete_class
    except (AttributeError, TypeError):
        return None


def _make_inside(name: str, wanted: int) -> None:
    """Makes the classes of `wanted` messages inside of a message.

    A field makes the class of its message when it is read, but a repeated field does not. And nobody watches the times of a class
    that a field has made.
    """
    global _inside
    with _lock:
        missing = int(_tables.MASKS.get(name, "0"), 16) & wanted & ~_inside
        while missing:
            lowest = missing & -missing
            missing ^= lowest
            message_class(_pool.FindMessageTypeByName(_PACKAGE + _tables.INSIDE[lowest.bit_length() - 1]))
            _inside |= lowest
