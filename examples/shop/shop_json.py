"""JSON as it was written, and a reader that reports all errors by file and place.

Amounts must not pass through floating point, so numbers stay texts (`Number`); an id that occurs twice in an object
must be reported, so objects are read as pairs.
"""

import json
import pathlib
import re
from typing import Dict, Iterator, List, Optional, Sequence, Tuple, Union

from frontdesk import v1

CURRENCY = "USD"  # The shop's one currency: its files name none.
DECIMALS = 2  # Decimals of its minor unit,
NOISE_DIGITS = 4  # and digits beyond them that are read to distinguish floating-point noise from a finer amount.
MOST_DIGITS = 12  # Before the point.
MAX_DEPTH = 64  # Objects and lists inside each other; no file of a shop needs more.
MAX_PROBLEMS_TOLD = 100


class Number(str):
    """A JSON number as it was written."""


class _Pairs(List[Tuple[str, object]]):
    """The members of an object as they were read, names that occur twice included."""


class _NotJson(str):
    """NaN and Infinity, which Python's reader takes and JSON has not."""


Json = Union[None, bool, Number, str, List["Json"], Dict[str, "Json"]]


class Problems:
    """All errors in a text, in the order they were found, each once."""

    def __init__(self) -> None:
        self._lines: Dict[str, None] = {}

    def add(self, file: str, place: str, text: str) -> None:
        self._lines[f"{file}: {place}: {text}" if place else f"{file}: {text}"] = None

    def __len__(self) -> int:
        return len(self._lines)

    def text(self) -> str:
        """One line a problem, the first hundred; then how many more there are."""
        lines = list(self._lines)[:MAX_PROBLEMS_TOLD]
        if len(self._lines) > len(lines):
            lines.append(f"and {len(self._lines) - len(lines)} more")
        return "".join(line + "\n" for line in lines)


def kind_name(value: Json) -> str:
    """The kind of a value, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Number):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def same_value(a: Json, b: Json) -> bool:
    """Whether two values are equal: numbers by value, up to a millionth; lists in order; objects in any order."""
    if kind_name(a) != kind_name(b):
        return False
    if isinstance(a, Number) and isinstance(b, Number):
        # Only recorded expectations are compared so, and they carry the noise of floating point themselves.
        return str(a) == str(b) or abs(float(a) - float(b)) < 1e-6
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_value, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_value(a[name], b[name]) for name in a)
    return a == b


def to_line(value: Json) -> str:
    """A value as one line, members sorted by name, everything beyond ASCII escaped."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(to_line, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {to_line(value[name])}" for name in sorted(value)) + "}"
    return json.dumps(value)


def read_file(path: pathlib.Path, name: str, problems: Problems) -> Optional[str]:
    """The text of a file. If it cannot be read, or is not UTF-8, that is reported under `name`."""
    try:
        data = path.read_bytes()
    except OSError:
        problems.add(name, "", "cannot be read")
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        problems.add(f"{name}:{line}:{column}", "", "not valid JSON: not UTF-8")
        return None


def parse_json(text: str, file: str, first_line: int, root: str, problems: Problems) -> Tuple[bool, Json]:
    """Whether `text` is JSON, and its value. Errors are reported with line and column, or with the path below
    `root`."""
    try:
        pairs = json.loads(text, object_pairs_hook=_Pairs, parse_float=Number, parse_int=Number, parse_constant=_NotJson)
    except json.JSONDecodeError as error:
        place = f"{file.split(':')[0]}:{first_line + error.lineno - 1}:{error.colno}"
        problems.add(place, "", f"not valid JSON: {error.msg}")
        return False, None
    except RecursionError:
        problems.add(file, "", f"objects and lists more than {MAX_DEPTH} deep")
        return False, None
    before = len(problems)
    value = _checked(pairs, file, root, 0, problems)
    return len(problems) == before, value


def read_json_lines(path: pathlib.Path, problems: Problems) -> Iterator[Tuple[str, Dict[str, Json]]]:
    """The lines of a file with a JSON object each, less empty ones, with their places ("calls.jsonl:17"). Lines that
    are something else are reported and left out."""
    text = read_file(path, path.name, problems)
    for number, line in enumerate([] if text is None else text.split("\n"), start=1):
        if not line.strip(" \t\r"):
            continue
        place = f"{path.name}:{number}"
        good, value = parse_json(line, place, number, "", problems)
        if not good:
            continue
        if isinstance(value, dict):
            yield place, value
        else:
            problems.add(place, "", f"is {kind_name(value)} and has to be an object")


def _checked(value: object, file: str, place: str, depth: int, problems: Problems) -> Json:
    """`value` with its pairs as objects; values that JSON does not have are reported."""
    if depth > MAX_DEPTH:
        problems.add(file, "", f"objects and lists more than {MAX_DEPTH} deep")
        return None
    if isinstance(value, _Pairs):
        members: Dict[str, Json] = {}
        for name, member in value:
            if name in members:
                problems.add(file, place, f'the name "{name}" stands here twice')
            _check_text(name, file, place, problems)
            members[name] = _checked(member, file, f'{place}["{name}"]', depth + 1, problems)
        return members
    if isinstance(value, list):
        return [_checked(item, file, f"{place}[{index}]", depth + 1, problems) for index, item in enumerate(value)]
    if isinstance(value, _NotJson):
        problems.add(file, place, f"not valid JSON: {value}")
        return None
    if isinstance(value, str) and not isinstance(value, Number):
        _check_text(value, file, place, problems)
    assert value is None or isinstance(value, (bool, str))
    return value


def _check_text(text: str, file: str, place: str, problems: Problems) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        problems.add(file, place.encode("utf-8", "replace").decode("utf-8"), "not valid JSON: half of a surrogate pair")


class Node:
    """A place in a file with the value that is there, if any.

    Where there is none, or one of another kind, the functions return empty values and report the problem once.
    """

    def __init__(self, file: str, place: str, value: Json, problems: Problems, present: bool = True) -> None:
        self.file = file
        self.place = place
        self.value = value
        self.present = present
        self._problems = problems

    def problem(self, text: str) -> None:
        self._problems.add(self.file, self.place, text)

    def __getitem__(self, name: str) -> "Node":
        """The member, which has to be there."""
        member = self.optional(name)
        if isinstance(self.value, dict) and not member.present:
            member.problem("missing")
        return member

    def optional(self, name: str) -> "Node":
        """The member, which need not be there."""
        present = isinstance(self.value, dict) and name in self.value
        value = self.value[name] if isinstance(self.value, dict) and present else None
        if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
            place = f'{self.place}["{name}"]'
        else:
            place = f"{self.place}.{name}" if self.place else name
        return Node(self.file, place, value, self._problems, present)

    def expect_members(self, names: Sequence[str], optional_names: Sequence[str] = ()) -> None:
        """Reports a value that is no object, or has other members than these."""
        for name, _ in self.members():
            if name not in names and name not in optional_names:
                self.optional(name).problem("not known here")

    def members(self) -> Iterator[Tuple[str, "Node"]]:
        """The members of an object. Ids are quoted even where they look like names: users["anna_1"]."""
        if self._is(dict, "an object") and isinstance(self.value, dict):
            for name, value in self.value.items():
                yield name, Node(self.file, f'{self.place}["{name}"]', value, self._problems)

    def items(self) -> Iterator["Node"]:
        """The items of a list."""
        if self._is(list, "a list") and isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Node(self.file, f"{self.place}[{index}]", value, self._problems)

    def is_text(self) -> bool:
        return isinstance(self.value, str) and not isinstance(self.value, Number)

    def text(self) -> str:
        return str(self.value) if self._is(str, "a text") else ""

    def id(self) -> str:
        """A text of one line that is not empty."""
        text = self.text()
        if not text and self.is_text():
            self.problem("is empty")
        if "\n" in text:
            self.problem("holds a line feed")
        return text

    def flag(self) -> bool:
        """True or false."""
        return self._is(bool, "true or false") and self.value is True

    def texts(self) -> List[str]:
        return [item.text() for item in self.items()]

    def ids(self) -> List[str]:
        return [item.id() for item in self.items()]

    def amount(self, *, negative: bool = False) -> v1.Money:
        """An amount of CURRENCY; floating-point noise is rounded away, other decimals beyond the minor unit are a problem."""
        money = v1.Money(currency_code=CURRENCY)
        if not self._is(Number, "a number"):
            return money
        units = minor_units(str(self.value))
        if units is None:
            self.problem(f"{self.value} is no amount: it has more than two decimals, or is too large")
        elif units < 0 and not negative:
            self.problem(f"{self.value} is negative")
        else:
            money.units = units
        return money

    def price(self) -> v1.UnitPrice:
        return v1.UnitPrice(value=self.amount().units, scale=DECIMALS, currency_code=CURRENCY)

    def _is(self, kind: type, name: str) -> bool:
        if not self.present:
            return False
        if isinstance(self.value, kind) and (kind is not str or not isinstance(self.value, Number)):
            return True
        self.problem(f"is {kind_name(self.value)} and has to be {name}")
        return False


def minor_units(digits: str) -> Optional[int]:
    """The minor units of a JSON number, exactly, but for noise of less than a millionth; else None.

    >>> minor_units("26.570000000000014"), minor_units("26.5"), minor_units("1.005"), minor_units("-1e2")
    (2657, 2650, None, -10000)
    """
    match = re.fullmatch(r"(-?)(\d+)(?:\.(\d*))?(?:[eE]([-+]?\d+))?", digits)
    if match is None or len(digits) > 1_000 or abs(int(match[4] or "0")) > 1_000:
        return None
    # The digits without point, and the position of the point among them: at least one digit before it.
    point = len(match[2]) + int(match[4] or "0")
    every = match[2] + (match[3] or "")
    if point < 1:
        every = "0" * (1 - point) + every
        point = 1
    every = every.ljust(point + DECIMALS + NOISE_DIGITS, "0")
    if len(every[:point].lstrip("0")) > MOST_DIGITS:
        return None
    units = int(every[: point + DECIMALS])
    noise = every[point + DECIMALS :][:NOISE_DIGITS]
    if noise == "9" * NOISE_DIGITS:
        units += 1
    elif noise != "0" * NOISE_DIGITS:
        return None
    return -units if match[1] else units


def amount_json(units: int) -> Number:
    """The amount as a JSON number with no more decimals than it needs.

    >>> amount_json(2650), amount_json(-1), amount_json(4700)
    ('26.5', '-0.01', '47.0')
    """
    text = f"{'-' if units < 0 else ''}{abs(units) // 100}.{abs(units) % 100:02}".rstrip("0")
    return Number(text + "0" if text.endswith(".") else text)
