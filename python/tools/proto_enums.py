"""The enums of a descriptor set, with the names that they have in Python. The other tools share this module.

An enum keeps its name; one inside a message gets the message's name in front: ``Case.State`` is ``CaseState``. A value
loses the prefix that the protos' style guide demands, and zero, "not set", is no member.
"""

import re
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from google.protobuf import descriptor_pb2

# Field numbers of FileDescriptorProto, DescriptorProto and EnumDescriptorProto, of which the places of comments are made.
_FILE_MESSAGE, _FILE_ENUM = 4, 5
_MESSAGE_MESSAGE, _MESSAGE_ENUM = 3, 4
_ENUM_VALUE = 2


class Member(NamedTuple):
    """One value, without the prefix of its enum."""

    name: str
    number: int
    comment: str


class ProtoEnum(NamedTuple):
    """One enum: `path` is its name within the package (``Case.State``), `name` the one in Python (``CaseState``)."""

    path: str
    name: str
    comment: str
    members: Tuple[Member, ...]


def python_name(path: Sequence[str]) -> str:
    """The name in Python of an enum that is declared at `path`: the names of its messages, then its own."""
    return "".join(path)


def value_prefix(enum_name: str) -> str:
    """The prefix of every value of an enum.

    >>> value_prefix("EntityKind")
    'ENTITY_KIND_'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum_name).upper() + "_"


def _comments(file: descriptor_pb2.FileDescriptorProto) -> Dict[Tuple[int, ...], str]:
    """Leading comments by place, each as one line."""
    return {
        tuple(location.path): " ".join(location.leading_comments.split()) for location in file.source_code_info.location
    }


def _enums_of(file: descriptor_pb2.FileDescriptorProto) -> Iterator[ProtoEnum]:
    comments = _comments(file)

    def convert(enum: Any, outer: Sequence[str], place: Tuple[int, ...]) -> ProtoEnum:
        path = [*outer, enum.name]
        prefix = value_prefix(enum.name)
        members = []
        for index, value in enumerate(enum.value):
            if value.number == 0:
                continue
            if not value.name.startswith(prefix):
                raise SystemExit(f"{file.name}: {value.name} does not begin with {prefix}")
            comment = comments.get((*place, _ENUM_VALUE, index), "")
            members.append(Member(value.name.removeprefix(prefix), value.number, comment))
        return ProtoEnum(".".join(path), python_name(path), comments.get(place, ""), tuple(members))

    def walk(message: Any, outer: Sequence[str], place: Tuple[int, ...]) -> Iterator[ProtoEnum]:
        path = [*outer, message.name]
        for index, enum in enumerate(message.enum_type):
            yield convert(enum, path, (*place, _MESSAGE_ENUM, index))
        for index, nested in enumerate(message.nested_type):
            yield from walk(nested, path, (*place, _MESSAGE_MESSAGE, index))

    for index, enum in enumerate(file.enum_type):
        yield convert(enum, [], (_FILE_ENUM, index))
    for index, message in enumerate(file.message_type):
        yield from walk(message, [], (_FILE_MESSAGE, index))


def read_enums(descriptor_set: bytes) -> List[ProtoEnum]:
    """All enums of a serialized FileDescriptorSet, by their names in Python, of which each is there once."""
    enums: Dict[str, ProtoEnum] = {}
    for file in descriptor_pb2.FileDescriptorSet.FromString(descriptor_set).file:
        for enum in _enums_of(file):
            other = enums.setdefault(enum.name, enum)
            if other is not enum:
                raise SystemExit(f"{other.path} and {enum.path} are both called {enum.name} in Python")
    return sorted(enums.values(), key=lambda each: each.name)
