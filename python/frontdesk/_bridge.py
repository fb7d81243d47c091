"""Messages across the border to the core: as bytes. Private."""

from typing import Any, Callable, Iterable, List, Optional, Type, TypeVar

from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import message_factory
from google.protobuf import symbol_database

from frontdesk import _core

M = TypeVar("M")


def dump(message: M, kind: Type[M]) -> bytes:
    """The bytes of `message`, which must be of the class `kind`."""
    if not isinstance(message, kind):
        expected = getattr(kind, "DESCRIPTOR").full_name
        raise TypeError(f"expected a {expected}, not {type(message).__name__}")
    data: bytes = getattr(message, "SerializePartialToString")()
    return data


def load(data: bytes, kind: Type[M]) -> M:
    """A message of the class `kind` from bytes of the core."""
    message: M = getattr(kind, "FromString")(data)
    return message


def load_all(data: Iterable[bytes], kind: Type[M]) -> List[M]:
    return [load(each, kind) for each in data]


def message_class(descriptor: Any) -> Any:
    """The Python class for a message descriptor: the generated one where there is one."""
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
        raise TypeError(f"expected a message class or a message descriptor, not {source!r}")
    return descriptor


class MessageTypes:
    """Message types that the core is to know: where their files come from and which Python classes they have."""

    def __init__(self, sources: Iterable[Any] = ()) -> None:
        self._files: "dict[str, bytes]" = {}
        self._pools: List[Any] = []
        self._classes: "dict[str, Any]" = {}
        for source in sources:
            self._add(source)
        if not any(pool is descriptor_pool.Default() for pool in self._pools):
            self._pools.append(descriptor_pool.Default())
        self.core = (
            _core.Descriptors.from_files(list(self._files.values())) if self._files else _core.Descriptors.generated()
        )

    def _add(self, source: Any) -> None:
        if isinstance(source, descriptor_pb2.FileDescriptorSet):
            self._add_set(source)
            return
        descriptor = getattr(source, "DESCRIPTOR", source)
        file = getattr(descriptor, "file", descriptor)
        if not hasattr(file, "serialized_pb"):
            raise TypeError(
                "expected a message class, a descriptor, a file descriptor, a module generated from a proto file or a "
                f"FileDescriptorSet, not {source!r}"
            )
        self._add_pool(file.pool)
        self._add_file(file)

    def _add_pool(self, pool: Any) -> None:
        if not any(known is pool for known in self._pools):
            self._pools.append(pool)

    def _add_file(self, file: Any) -> None:
        waiting = [file]
        while waiting:
            each = waiting.pop()
            if each.name in self._files:
                continue
            proto = descriptor_pb2.FileDescriptorProto()
            each.CopyToProto(proto)
            self._files[each.name] = proto.SerializeToString()
            waiting.extend(each.dependencies)

    def _add_set(self, files: Any) -> None:
        """Builds the files of a set in a pool of their own; what they import and lack is taken from the default pool."""
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
            except TypeError as error:
                raise ValueError(f"descriptors do not fit together: {name}: {error}") from error
            self._files.setdefault(name, proto.SerializeToString())
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
