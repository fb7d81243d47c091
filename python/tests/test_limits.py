"""Limits: each reaches the member of the core's options that bears its name."""

import dataclasses
import datetime
import inspect
import itertools
import re
import subprocess
import sys

import pytest

import conftest
import frontdesk
from frontdesk import _core, _limits, calendar, cel

CLASSES = [getattr(_limits, name) for name in _limits.__all__]

# The options of the core that each class fills whole.
OPTIONS = {
    cel.Limits: "Limits",
    frontdesk.CommandLimits: "CommandLimits",
    frontdesk.FindLimits: "FindLimits",
    frontdesk.FileLimits: "FileOptions",
    frontdesk.PolicyLimits: "PolicyOptions",
    calendar.CalendarLimits: "CalendarLimits",
    calendar.HolidayLimits: "HolidayOptions",
}


def distinct(kind, numbers):
    """Limits of that class, none of which equals another one or its default."""
    return kind(**{field.name: next(numbers) if field.type is int else distinct(field.type, numbers)
                   for field in dataclasses.fields(kind)})


@pytest.mark.parametrize("kind", CLASSES)
def test_each_limit_is_read_by_its_name(kind):
    given = dataclasses.asdict(distinct(kind, itertools.count(7_000_001)))
    defaults = dataclasses.asdict(kind())
    assert all(given[name] != defaults[name] for name in given)
    assert _core.limits_in_core(kind.__name__, given) == given
    for name in given:
        assert _core.limits_in_core(kind.__name__, {name: given[name]}) == {**defaults, name: given[name]}


@pytest.mark.parametrize("kind", CLASSES)
def test_each_limit_has_a_meaning(kind):
    assert all(re.search(rf"^ +{field.name}: \w", kind.__doc__, re.MULTILINE) for field in dataclasses.fields(kind))


@pytest.mark.parametrize("kind, options", OPTIONS.items())
def test_defaults_and_names_are_those_of_the_header(kind, options):
    """Reads the C++ header itself, which the classes are not made from."""
    found = []
    for header in sorted((conftest.source_dir() / "include").rglob("*.h")):
        text = header.read_text(encoding="utf-8")
        found += re.findall(rf"^struct {options} {{\n(.*?)^}};", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    declared = re.findall(r"^ *[\w:]+ (max_\w+) = ([^;]+);", found[0], re.MULTILINE)
    assert declared
    ours = dataclasses.asdict(kind())
    for name, value in declared:
        assert ours.get(name) == eval(value.replace("'", "_")), name


def test_every_class_is_compared():
    assert set(OPTIONS) == set(CLASSES)


def test_defaults_of_a_desk():
    signature = inspect.signature(frontdesk.Desk.open)
    assert signature.parameters["max_commit_attempts"].default == _core.desk_default_commit_attempts() == 100
    assert signature.parameters["max_cached_state_bytes"].default is None
    assert signature.parameters["remember_for"].default == datetime.timedelta(days=7)


def test_numbers_outside_the_range_are_clamped():
    read = _core.limits_in_core("Limits", {"max_nesting": 1 << 40, "max_cost": -1})
    assert (read["max_nesting"], read["max_cost"]) == ((1 << 31) - 1, 0)


def test_other_names_are_refused():
    with pytest.raises(ValueError):
        _core.limits_in_core("FindLimits", {"max_scaned": 1})
    with pytest.raises(ValueError):
        _core.limits_in_core("SeekLimits", {})


@pytest.mark.parametrize(
    "line, told",
    [
        ('FRONTDESK_LIMIT(Limits, max_rows "rows.")', "expected one limit in one line"),
        ('FRONTDESK_LIMIT(Limits, max_rows, "rows.")', ""),
        ('FRONTDESK_LIMIT(Limits, other.max_cost, "cost.")', "two limits called max_cost"),
    ],
)
def test_a_new_limit_is_one_line(tmp_path, line, told):
    python = conftest.source_dir() / "python"
    table = (python / "src" / "limit_table.inc").read_text(encoding="utf-8")
    source, output = tmp_path / "limit_table.inc", tmp_path / "_limits.py"
    source.write_text(table + line + "\n", encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-B", str(python / "tools" / "make_limits.py"), str(source), str(output)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode == 0) == (told == "") and told in result.stderr
    if not told:
        assert "    max_rows: int = " in output.read_text(encoding="utf-8")
