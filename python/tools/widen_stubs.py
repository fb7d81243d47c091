"""Lets type checkers take the enums of `frontdesk` wherever the constructor of a message takes the message's own.

    widen_stubs.py DESCRIPTOR_SET STUB...

protobuf's stubs name the message's own enum only; at run time the numbers are one and the same.
"""

import pathlib
import re
import sys
from typing import Dict

import proto_enums

_ENUM_ARGUMENT = re.compile(r"_Union\[((?:_\w+_pb2\.)?([\w.]+)), str\]")


def widen(stub: str, enums: Dict[str, str]) -> str:
    """The stub, with our enum beside protobuf's in every argument that has one."""

    def both(found: "re.Match[str]") -> str:
        ours = enums.get(found[2])
        return f"_Union[{found[1]}, _enums.{ours}, str]" if ours else found[0]

    widened = _ENUM_ARGUMENT.sub(both, stub)
    return widened if widened == stub else "from frontdesk import enums as _enums\n" + widened


def main() -> None:
    enums = {enum.path: enum.name for enum in proto_enums.read_enums(pathlib.Path(sys.argv[1]).read_bytes())}
    for name in sys.argv[2:]:
        path = pathlib.Path(name)
        path.write_text(widen(path.read_text(encoding="utf-8"), enums), encoding="utf-8")


if __name__ == "__main__":
    main()
