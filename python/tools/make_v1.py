"""Writes the module `frontdesk.v1`, which holds every message and enum of the generated modules in one namespace.

    make_v1.py DESCRIPTOR_SET OUTPUT
"""

import pathlib
import sys
from typing import List

from google.protobuf import descriptor_pb2

HEADER = '''# Generated from proto/frontdesk/v1. Do not edit.
"""The words: every message and enum of `frontdesk.v1`, as ordinary protobuf classes.

The comments in `proto/frontdesk/v1/*.proto` say what each field means, its unit, and what its absence means.

>>> from frontdesk import v1
>>> v1.Money(units=1234, currency_code="USD").units
1234
"""

'''


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


def main() -> None:
    source, output = (pathlib.Path(argument) for argument in sys.argv[1:3])
    files = descriptor_pb2.FileDescriptorSet.FromString(source.read_bytes()).file
    body: List[str] = []
    names: List[str] = []
    for file in sorted(files, key=lambda each: each.name):
        body.extend(import_lines(file))
        names.extend(top_level_names(file))
    body.extend(["", "__all__ = ["])
    body.extend(f'    "{name}",' for name in sorted(names))
    body.append("]")
    output.write_text(HEADER + "\n".join(body) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
