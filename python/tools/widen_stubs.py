"""Lets type checkers take the enums of `frontdesk` wherever the constructor of a message takes the message's own.

    widen_stubs.py ENUMS_MODULE STUB...

protobuf's stubs name the message's own enum only; at run time the numbers are one and the same. Which enum of
`frontdesk.enums` is which of the messages stands in its docstring, as ``v1.Name``.
"""

import ast
import pathlib
import re
import sys
from typing import Dict

_OWN_NAME = re.compile(r"``v1\.([\w.]+)``")
_ENUM_ARGUMENT = re.compile(r"_Union\[((?:_\w+_pb2\.)?([\w.]+)), str\]")


def python_enums(source: str) -> Dict[str, str]:
    """The classes of the module of enums, by the names of the messages' enums."""
    enums = {}
    for node in ast.parse(source).body:
        named = isinstance(node, ast.ClassDef) and _OWN_NAME.search(ast.get_docstring(node) or "")
        if named:
            enums[named[1]] = node.name
    return enums


def widen(stub: str, enums: Dict[str, str]) -> str:
    """The stub, with our enum beside protobuf's in every argument that has one."""

    def both(found: "re.Match[str]") -> str:
        ours = enums.get(found[2])
        return f"_Union[{found[1]}, _enums.{ours}, str]" if ours else found[0]

    widened = _ENUM_ARGUMENT.sub(both, stub)
    return widened if widened == stub else "from frontdesk import enums as _enums\n" + widened


def main() -> None:
    enums = python_enums(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    for name in sys.argv[2:]:
        path = pathlib.Path(name)
        path.write_text(widen(path.read_text(encoding="utf-8"), enums), encoding="utf-8")


if __name__ == "__main__":
    main()
