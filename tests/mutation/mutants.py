"""The lists of mutants: one TOML file a room, `ROOM.toml`, of tables like this one.

    [[mutant]]
    name = "sum-forgets-the-last"       # unique in its list
    file = "src/base/money.cc"          # relative to the root of the tree
    text = '''sum += amount.units();''' # occurs once in the file, or `occurrences` times
    replacement = '''sum = amount.units();'''
    felt = "A bill of two lines asks for the second only."
    tests = "MoneyTest.Sum*"            # optional: what runs first; in python: files below python/tests

Every occurrence of the text is replaced. A mutant is killed by the tests of the room that its list is named for.
"""

import pathlib
import tomllib
from typing import Dict, List, NamedTuple, Tuple

HERE = pathlib.Path(__file__).resolve().parent
_REQUIRED = ("name", "file", "text", "replacement", "felt")
_OPTIONAL = ("tests", "occurrences")


class ListError(Exception):
    """A list that cannot be used, or a mutant that does not fit its file."""


class Mutant(NamedTuple):
    """One fault, with its effect on a user."""

    room: str
    name: str
    file: str
    text: str
    replacement: str
    felt: str
    tests: str
    occurrences: int


def rooms(folder: pathlib.Path = HERE) -> List[str]:
    """The rooms that have a list."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def read_list(path: pathlib.Path) -> List[Mutant]:
    """The mutants of one list. Raises ListError for a table with missing, unknown or repeated contents."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(document) != {"mutant"}:
        raise ListError(f"{path.name}: a list holds tables called mutant, and nothing else")
    mutants: Dict[str, Mutant] = {}
    for number, table in enumerate(document["mutant"], 1):
        place = f"{path.name}: mutant {number} ({table.get('name', 'without a name')})"
        missing = [key for key in _REQUIRED if not isinstance(table.get(key), str)]
        unknown = sorted(set(table) - set(_REQUIRED) - set(_OPTIONAL))
        if missing or unknown:
            raise ListError(f"{place}: missing {missing}, unknown {unknown}")
        if table["text"] == table["replacement"]:
            raise ListError(f"{place}: changes nothing")
        if table["name"] in mutants:
            raise ListError(f"{place}: the name occurs twice")
        mutants[table["name"]] = Mutant(
            room=path.stem, name=table["name"], file=table["file"], text=table["text"], replacement=table["replacement"],
            felt=table["felt"], tests=table.get("tests", ""), occurrences=table.get("occurrences", 1))
    return list(mutants.values())


def apply(mutant: Mutant, source: str) -> Tuple[str, int]:
    """The mutated source, and the line of the first change. Raises ListError where the text does not fit."""
    found = source.count(mutant.text)
    if found != mutant.occurrences:
        raise ListError(f"the text occurs {found} times in {mutant.file}, not {mutant.occurrences}")
    return source.replace(mutant.text, mutant.replacement), source.count("\n", 0, source.index(mutant.text)) + 1
