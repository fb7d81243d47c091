"""The generated modules call this in place of protobuf's own builder, so that each message has one class. Private."""

from __future__ import annotations

from google.protobuf.internal import builder as _builder

from frontdesk.v1 import _classes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

BuildMessageAndEnumDescriptors = _builder.BuildMessageAndEnumDescriptors


def BuildTopDescriptorsAndMessages(file: Any, module_name: str, module: Dict[str, Any]) -> None:
    """Puts the enums, extensions and message classes of a file into the module generated from it."""
    for name, enum in file.enum_types_by_name.items():
        module["_" + name.upper()] = enum
        module[name] = _classes.enum_class(enum)
        for value in enum.values:
            module[value.name] = value.number
    for name, extension in file.extensions_by_name.items():
        module[name.upper() + "_FIELD_NUMBER"] = extension.number
        module[name] = extension
    for name, message in file.message_types_by_name.items():
        module[name] = _classes.message_class(message)
