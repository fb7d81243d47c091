"""The options that a program is called with: each names a value, or is a flag."""

import pathlib
from typing import Dict, Optional, Sequence


def read_usage(program: str) -> str:
    """The options of the program with this file: usage.txt beside it, which `./dev` reads too."""
    return (pathlib.Path(program).resolve().parent / "usage.txt").read_text(encoding="utf-8")


def read_named_options(
    arguments: Sequence[str], names: Sequence[str], flags: Sequence[str] = ()
) -> Optional[Dict[str, pathlib.Path]]:
    """The value after "--name", or behind "--name="; of a flag that is there an empty path. None when anything else is there, or
    a value is missing."""
    options: Dict[str, pathlib.Path] = {}
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name[2:] in flags and argument == f"--{name[2:]}":
            options[name[2:]] = pathlib.Path()
            continue
        if not name.startswith("--") or name[2:] not in names:
            return None
        if not equals:
            following = next(rest, None)
            if following is None:
                return None
            value = following
        options[name[2:]] = pathlib.Path(value)
    return options
