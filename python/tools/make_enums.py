"""Writes the module `frontdesk.enums`, which holds every enum of the messages as a Python enum.

    make_enums.py DESCRIPTOR_SET OUTPUT            the classes as they are
    make_enums.py DESCRIPTOR_SET OUTPUT --on-demand  the same, each made when it is asked for; the first form is its stub
"""

import ast
import pathlib
import sys
import textwrap
from typing import List

import proto_enums

HEADER = '''# Generated from proto/frontdesk/v1. Do not edit.
"""The numbers that messages hold, as Python enums: every enum of `frontdesk.v1`.

An enum keeps its name; one inside a message gets the message's name in front: ``v1.Case.State`` is ``CaseState``. Every
member equals the number that the message holds, so the two compare directly:

>>> from frontdesk import v1, Verdict
>>> v1.Outcome(verdict=v1.VERDICT_DONE).verdict == Verdict.DONE
True

``of`` reads a number that a message holds. What is not set is ``None``; a number that this version does not know is kept:

>>> Verdict.of(2)
<Verdict.REFUSED: 2>
>>> Verdict.of(0) is None
True
>>> Verdict.of(77) == 77
True
"""

from frontdesk._number import Number

'''

_WIDTH = 120


def _text(comment: str) -> str:
    """A comment as it is written inside a docstring."""
    return comment.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _wrap(text: str, first: str, rest: str) -> List[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def class_lines(enum: proto_enums.ProtoEnum) -> List[str]:
    """The class of one enum."""
    lines = ["", "", f"class {enum.name}(Number):"]
    lines += _wrap(_text(enum.comment or f"{enum.name}."), '    """', "    ")
    lines += ["", f"    The messages call it ``v1.{enum.path}``.", "", "    Attributes:"]
    for member in enum.members:
        lines += _wrap(f"{member.name}: {_text(member.comment)}".rstrip(": "), " " * 8, " " * 12)
    lines += ['    """', ""]
    lines += [f"    {member.name} = {member.number}" for member in enum.members]
    return lines


ON_DEMAND = '''
# By name: the documentation, and the members.
_ENUMS = {enums}


def __getattr__(name: str) -> object:
    """Makes an enum when it is asked for the first time."""
    if name not in _ENUMS:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    text, members = _ENUMS[name]
    kind = Number(name, members, module=__name__, qualname=name)
    kind.__doc__ = text
    # Another thread may have made it meanwhile.
    return globals().setdefault(name, kind)


def __dir__() -> "list[str]":
    return sorted([*globals(), *__all__])
'''


def on_demand_text(enums: List[proto_enums.ProtoEnum]) -> str:
    """The module whose classes are made when they are asked for."""
    entries: List[str] = []
    for enum in enums:
        # The documentation as Python reads it from the class.
        parsed = ast.parse("\n".join(class_lines(enum))).body[0]
        text = ast.get_docstring(parsed, clean=False)  # type: ignore[arg-type]
        members = ", ".join(f'("{member.name}", {member.number})' for member in enum.members)
        entries.append(f'    "{enum.name}": ({text!r}, [{members}]),\n')
    return ON_DEMAND.format(enums="{\n" + "".join(entries) + "}")


def main() -> None:
    source, output = (pathlib.Path(argument) for argument in sys.argv[1:3])
    enums = proto_enums.read_enums(source.read_bytes())
    if sys.argv[3:] == ["--on-demand"]:
        names = "".join(f'    "{enum.name}",\n' for enum in enums)
        output.write_text(f"{HEADER}__all__ = [\n{names}]\n{on_demand_text(enums)}", encoding="utf-8")
        return
    body = ["__all__ = [", *(f'    "{enum.name}",' for enum in enums), "]"]
    for enum in enums:
        body += class_lines(enum)
    output.write_text(HEADER + "\n".join(body) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
