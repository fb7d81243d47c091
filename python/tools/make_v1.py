"""Writes the module `frontdesk.v1`, which holds every message and enum of the generated modules in one namespace, with its stub,
and lets the generated modules take their classes from it.

    make_v1.py DESCRIPTOR_SET FOLDER

FOLDER is frontdesk/v1 of the package, with the generated modules in it.
"""

import pathlib
import sys
from typing import Dict, Iterator, List, Set, Tuple

from google.protobuf import descriptor_pb2

HEADER = '''# Generated from proto/frontdesk/v1. Do not edit.
"""The words: every message and enum of `frontdesk.v1`, as ordinary protobuf classes.

The comments in `proto/frontdesk/v1/*.proto` say what each field means, its unit, and what its absence means.

>>> from frontdesk import v1
>>> v1.Money(units=1234, currency_code="USD").units
1234
"""

'''

BODY = '''from frontdesk.v1 import _classes, _tables

__all__ = [*_tables.PLACES, *_tables.VALUES]


def __getattr__(name: str) -> object:
    """Makes a class when it is asked for the first time."""
    value = _tables.VALUES.get(name)
    if value is None:
        value = _classes.find(name)
    globals()[name] = value
    return value


def __dir__() -> "list[str]":
    return sorted([*globals(), *__all__])
'''

TABLES_HEADER = '''# Generated from proto/frontdesk/v1. Do not edit.
"""What `frontdesk` knows of its messages before it looks at them. Private."""

'''

TABLES = '''# All of these are read from text: a process starts sooner than with tables of as many names in its code.

# The messages, enums and extensions, with the name of the file that declares each.
PLACES = dict(line.split() for line in """\\
{places}""".splitlines())

# The values of enums.
VALUES = {{
    name: int(number)
    for name, number in (
        line.split()
        for line in """\\
{values}""".splitlines()
    )
}}

# The messages that are elements of a repeated field, and those that have a field for a time.
INSIDE = """\\
{inside}""".splitlines()

# The first of these two: bit 0 is the first of INSIDE.
REPEATED = {repeated}

# By a message: which of INSIDE it is, or are inside of it, in hexadecimal.
MASKS = dict(line.split() for line in """\\
{masks}""".splitlines())

# The messages that have a field for a time.
TIME_HOLDERS = frozenset("""\\
{holders}""".splitlines())

# Those, and the messages that have one of them inside.
TIME_REACHING = frozenset("""\\
{reaching}""".splitlines())

# By the message of a verb: the field of the command with the entity's command, and the verb's field in that.
VERB_PLACES = {{
    name: (arm, field)
    for name, arm, field in (
        line.split()
        for line in """\\
{verbs}""".splitlines()
    )
}}
'''

PACKAGE = "frontdesk.v1."
TIMES = (".google.protobuf.Timestamp", ".google.protobuf.Duration")


def top_level_names(file: descriptor_pb2.FileDescriptorProto) -> List[str]:
    """The names that one file declares at its top level."""
    names = [message.name for message in file.message_type]
    for enum in file.enum_type:
        names.append(enum.name)
        names.extend(value.name for value in enum.value)
    names.extend(extension.name for extension in file.extension)
    return sorted(names)


def import_lines(file: descriptor_pb2.FileDescriptorProto) -> List[str]:
    """The import statement for the names that one file declares."""
    names = top_level_names(file)
    if not names:
        return []
    module = file.name.removesuffix(".proto").replace("/", ".") + "_pb2"
    lines = [f"from {module} import ("]
    lines.extend(f"    {name} as {name}," for name in names)
    lines.append(")")
    return lines


def stub_text(files: List[descriptor_pb2.FileDescriptorProto]) -> str:
    """The stub: the names as type checkers see them."""
    body: List[str] = []
    names: List[str] = []
    for file in files:
        body.extend(import_lines(file))
        names.extend(top_level_names(file))
    body.extend(["", "__all__ = ["])
    body.extend(f'    "{name}",' for name in sorted(names))
    body.append("]")
    return HEADER + "\n".join(body) + "\n"


def lines_of(values: Dict[str, str]) -> str:
    return "".join(f"{name} {value}\n" for name, value in sorted(values.items()))


def names_text(files: List[descriptor_pb2.FileDescriptorProto]) -> Dict[str, str]:
    """The tables of names."""
    places: Dict[str, str] = {}
    values: Dict[str, str] = {}
    for file in files:
        stem = pathlib.PurePosixPath(file.name).stem
        for declared in (*file.message_type, *file.enum_type, *file.extension):
            places[declared.name] = stem
        for enum in file.enum_type:
            values.update({value.name: str(value.number) for value in enum.value})
    return {"places": lines_of(places), "values": lines_of(values)}


def messages_in(prefix: str, messages: object) -> Iterator[Tuple[str, descriptor_pb2.DescriptorProto]]:
    """The messages with their full names, nested ones too."""
    for message in messages:  # type: ignore[attr-defined]
        name = f"{prefix}{message.name}"
        yield name, message
        yield from messages_in(name + ".", message.nested_type)


def reached_from(name: str, inner: Dict[str, Set[str]]) -> Set[str]:
    """A message and those inside it."""
    reached: Set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in reached and each in inner:
            reached.add(each)
            waiting.extend(inner[each])
    return reached


def tables_text(files: List[descriptor_pb2.FileDescriptorProto]) -> str:
    """The classes to make with a class, and the place of each verb in a command."""
    messages = {name: each for file in files for name, each in messages_in(PACKAGE, file.message_type)}
    inner = {
        name: {field.type_name.removeprefix(".") for field in message.field if field.type_name}
        | {f"{name}.{nested.name}" for nested in message.nested_type}
        for name, message in messages.items()
    }
    repeated = {
        field.type_name.removeprefix(".")
        for message in messages.values()
        for field in message.field
        if field.label == field.LABEL_REPEATED and field.type == field.TYPE_MESSAGE
    }
    holders = {name for name, message in messages.items() if any(field.type_name in TIMES for field in message.field)}
    inside = sorted((repeated | holders) & set(messages))
    bits = {name: 1 << index for index, name in enumerate(inside)}
    masks: Dict[str, str] = {}
    reaching: List[str] = []
    for name in messages:
        reached = reached_from(name, inner)
        mask = sum(bits[each] for each in reached if each in bits)
        if mask:
            masks[name.removeprefix(PACKAGE)] = f"{mask:x}"
        if reached & holders:
            reaching.append(name.removeprefix(PACKAGE))
    verbs: Dict[str, str] = {}
    for arm in messages[PACKAGE + "Command"].field:
        if not arm.HasField("oneof_index") or arm.proto3_optional:
            continue
        for verb in messages[arm.type_name.removeprefix(".")].field:
            verbs[verb.type_name.removeprefix(".")] = f"{arm.name} {verb.name}"
    return TABLES_HEADER + TABLES.format(
        inside="".join(f"{name.removeprefix(PACKAGE)}\n" for name in inside),
        repeated=hex(sum(bits[name] for name in repeated if name in bits)),
        masks=lines_of(masks),
        holders="".join(f"{name.removeprefix(PACKAGE)}\n" for name in sorted(holders)),
        reaching="".join(f"{name}\n" for name in sorted(reaching)),
        verbs=lines_of(verbs),
        **names_text(files),
    )


def redirect_builder(module: pathlib.Path) -> None:
    """Lets a generated module take its classes from ours."""
    text = module.read_text(encoding="utf-8")
    theirs, ours = "from google.protobuf.internal import builder as _builder", "from frontdesk.v1 import _builder"
    if text.count(theirs) != 1:
        if ours in text:
            return
        raise SystemExit(f"make_v1.py: {module.name} does not import protobuf's builder as expected")
    module.write_text(text.replace(theirs, ours), encoding="utf-8")


def main() -> None:
    source, folder = (pathlib.Path(argument) for argument in sys.argv[1:3])
    unordered = descriptor_pb2.FileDescriptorSet.FromString(source.read_bytes()).file
    files = sorted(unordered, key=lambda each: str(each.name))
    (folder / "__init__.py").write_text(HEADER + BODY, encoding="utf-8")
    (folder / "__init__.pyi").write_text(stub_text(files), encoding="utf-8")
    (folder / "_tables.py").write_text(tables_text(files), encoding="utf-8")
    for file in files:
        redirect_builder(folder / (pathlib.PurePosixPath(file.name).stem + "_pb2.py"))


if __name__ == "__main__":
    main()
