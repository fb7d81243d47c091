"""Messages across the border to the core: as bytes. Private."""

from __future__ import annotations

import functools

from google.protobuf import descriptor_pool

from frontdesk import _core
from frontdesk import _guard
from frontdesk import v1
from frontdesk.v1 import _classes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, FrozenSet, Iterable, List, Optional, Set, Type, TypeVar

    M = TypeVar("M")


def dump(message: M, kind: Type[M]) -> bytes:
    """The bytes of `message`, which must be of the class `kind`."""
    if not isinstance(message, kind):
        expected = getattr(kind, "DESCRIPTOR").full_name
        raise TypeError(f"expected a {expected}, not {_guard.type_name(message)}")
    data: bytes = getattr(message, "SerializePartialToString")()
    return data


def load(data: bytes, kind: Type[M]) -> M:
    """A message of the class `kind` from bytes of the core."""
    message: M = getattr(kind, "FromString")(data)
    return message


def load_outcome(data: bytes) -> v1.Outcome:
    """An outcome from bytes of the core."""
    outcome: v1.Outcome = _outcome_class().FromString(data)
    return outcome


@functools.lru_cache(maxsize=1)
def _outcome_class() -> Any:
    return _classes.class_to_read("Outcome")


def load_all(data: Iterable[bytes], kind: Type[M]) -> List[M]:
    return [load(each, kind) for each in data]


def limits_dict(limits: Any) -> Dict[str, Any]:
    """Limits for the core; None: its defaults."""
    if limits is None:
        return {}
    import dataclasses

    return dataclasses.asdict(limits)


def make_default_message(full_name: str, data: bytes) -> Any:
    """A Python message of the default pool from bytes of the core."""
    return _default_types().make_message(full_name, data)


@functools.lru_cache(maxsize=1)
def _default_types() -> MessageTypes:
    return MessageTypes()


def message_class(descriptor: Any) -> Any:
    """The Python class for a message descriptor: the generated one where there is one."""
    from google.protobuf import message_factory
    from google.protobuf import symbol_database

    if descriptor.file.pool is descriptor_pool.Default():
        if descriptor.file.package == "frontdesk.v1":
            return _classes.whole_class(descriptor)
        existing = _classes.existing_class(descriptor)
        if existing is not None:
            return existing
    get_message_class: Optional[Callable[[Any], Any]] = getattr(message_factory, "GetMessageClass", None)
    if get_message_class is not None:
        return get_message_class(descriptor)
    pool = descriptor.file.pool
    if pool is descriptor_pool.Default():
        return symbol_database.Default().GetPrototype(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


def descriptor_of(source: Any) -> Any:
    """The message descriptor of a message class, a message, or a descriptor."""
    descriptor = getattr(source, "DESCRIPTOR", source)
    if not hasattr(descriptor, "full_name") or not hasattr(descriptor, "fields_by_name"):
        raise TypeError(f"expected a message class or a message descriptor, not {_guard.type_name(source)}")
    return descriptor


@functools.lru_cache(maxsize=256)
def _default_closure(name: str) -> FrozenSet[str]:
    """The names of a file of the default pool and of all that it imports."""
    names: Set[str] = set()
    waiting = [descriptor_pool.Default().FindFileByName(name)]
    while waiting:
        file = waiting.pop()
        if file.name not in names:
            names.add(file.name)
            waiting.extend(file.dependencies)
    return frozenset(names)


def _file_bytes(file: Any) -> bytes:
    from google.protobuf import descriptor_pb2

    proto = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(proto)
    data: bytes = proto.SerializeToString()
    return data


@functools.lru_cache(maxsize=64)
def _default_core(names: FrozenSet[str]) -> _core.Descriptors:
    """The core's view of files of the default pool, in which files never change."""
    if not names:
        return _core.Descriptors.generated()
    pool = descriptor_pool.Default()
    return _core.Descriptors.from_files([_file_bytes(pool.FindFileByName(name)) for name in sorted(names)])


class MessageTypes:
    """Message types that the core is to know: where their files come from and which Python classes they have."""

    def __init__(self, sources: Iterable[Any] = ()) -> None:
        self._default_files: Set[str] = set()
        self._other_files: Dict[str, bytes] = {}
        self._pools: List[Any] = []
        self._classes: Dict[str, Any] = {}
        for source in sources:
            self._add(source)
        default = descriptor_pool.Default()
        if not any(pool is default for pool in self._pools):
            self._pools.append(default)
        if not self._other_files:
            self.core = _default_core(frozenset(self._default_files))
        else:
            files = {name: _file_bytes(default.FindFileByName(name)) for name in sorted(self._default_files)}
            files.update(self._other_files)
            self.core = _core.Descriptors.from_files(list(files.values()))

    def _add(self, source: Any) -> None:
        from google.protobuf import descriptor_pb2

        if isinstance(source, descriptor_pb2.FileDescriptorSet):
            self._add_set(source)
            return
        descriptor = getattr(source, "DESCRIPTOR", source)
        file = getattr(descriptor, "file", descriptor)
        if not hasattr(file, "serialized_pb"):
            raise TypeError(
                "expected a message class, a descriptor, a file descriptor, a module generated from a proto file or a "
                f"FileDescriptorSet, not {_guard.type_name(source)}"
            )
        if not any(pool is file.pool for pool in self._pools):
            self._pools.append(file.pool)
        if file.pool is descriptor_pool.Default():
            self._default_files |= _default_closure(file.name)
            return
        waiting = [file]
        while waiting:
            each = waiting.pop()
            if each.name not in self._other_files:
                self._other_files[each.name] = _file_bytes(each)
                waiting.extend(each.dependencies)

    def _add_set(self, files: Any) -> None:
        """Builds the files of a set in a pool of their own. Imports that the set lacks come from the default pool."""
        from google.protobuf import descriptor_pb2

        pool = descriptor_pool.DescriptorPool()
        by_name = {file.name: file for file in files.file}
        done = set()

        def build(name: str, importers: "tuple[str, ...]") -> None:
            if name in done:
                return
            if name in importers:
                raise ValueError(f"descriptors do not fit together: {name} takes part in an import cycle")
            proto = by_name.get(name)
            if proto is None:
                proto = descriptor_pb2.FileDescriptorProto()
                try:
                    descriptor_pool.Default().FindFileByName(name).CopyToProto(proto)
                except KeyError:
                    raise ValueError(f"descriptors do not fit together: {name} is imported and missing") from None
            for dependency in proto.dependency:
                build(dependency, importers + (name,))
            try:
                pool.AddSerializedFile(proto.SerializeToString())
            except (KeyError, TypeError) as error:
                raise ValueError(f"descriptors do not fit together: {name}: {error}") from error
            self._other_files.setdefault(name, proto.SerializeToString())
            done.add(name)

        for name in by_name:
            build(name, ())
        self._pools.append(pool)

    def find(self, full_name: str) -> Any:
        """The descriptor of that full name; ``ValueError`` when there is none."""
        for pool in self._pools:
            try:
                return pool.FindMessageTypeByName(full_name)
            except KeyError:
                continue
        raise ValueError(f"no message type {full_name}")

    def make_message(self, full_name: str, data: bytes) -> Any:
        """A Python message from bytes of the core."""
        kind = self._classes.get(full_name)
        if kind is None:
            kind = self._classes[full_name] = message_class(self.find(full_name))
        return kind.FromString(data)
