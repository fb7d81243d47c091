"""Writes the module `frontdesk.enums`, which holds every enum of the messages as a Python enum.

    make_enums.py DESCRIPTOR_SET OUTPUT
"""

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


def main() -> None:
    source, output = (pathlib.Path(argument) for argument in sys.argv[1:3])
    enums = proto_enums.read_enums(source.read_bytes())
    body = ["__all__ = [", *(f'    "{enum.name}",' for enum in enums), "]"]
    for enum in enums:
        body += class_lines(enum)
    output.write_text(HEADER + "\n".join(body) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
