"""The way of a command in CONTRIBUTING.md is the one that the sources walk."""

import os
import pathlib
import re

import check_tree

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))


def steps():
    """The rows of the table, as pairs of a room and a function."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.split("## The way of a command", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| \d+ \| (\w+) \| ([^|]+) \|", section, re.M)
    return [(room, function) for room, cell in rows for function in re.findall(r"`(\w+)`", cell)]


def defines(room, function):
    """Whether a source of the room defines the function."""
    pattern = re.compile(r"^\S[^;\n]*\b(?:\w+::)?%s\((?:[^;{}]|\n)*\)(?: const)?(?: override)? \{" % function, re.M)
    inside = re.compile(r"^ +(?!if|for|while|switch|return)\S[^;\n]*\b%s\((?:[^;{}]|\n)*\)(?: const)?(?: override)? \{" % function, re.M)
    sources = (ROOT / "src" / room).rglob("*.cc")
    return any(pattern.search(text) or inside.search(text) for text in (each.read_text(encoding="utf-8") for each in sources))


def test_each_step_is_a_function_of_its_room():
    found = steps()
    assert len(found) == 17
    missing = [(room, function) for room, function in found if not defines(room, function)]
    assert not missing


def test_no_function_is_a_step_twice():
    found = steps()
    assert len(set(found)) == len(found)


def test_no_room_is_entered_twice():
    rooms = [room for room, _ in steps()]
    entered = [room for room, before in zip(rooms, [None, *rooms]) if room != before]
    assert entered == ["desk", "decide", "policy", "domain"]


def body(text, name):
    """The body of the function of that name."""
    start = re.search(r"^\S[^;\n]*\b%s\((?:[^;{}]|\n)*\) \{\n" % re.escape(name), text, re.M)
    return text[start.end():text.index("\n}\n", start.end())]


def test_decide_calls_its_steps_in_the_order_of_the_table():
    text = (ROOT / "src" / "decide" / "command_run.cc").read_text(encoding="utf-8")
    way = body(text, "CommandRun::Run") + body(text, "CommandRun::Judge")
    expected = [function for room, function in steps() if room == "decide"]
    places = [re.search(r"\b%s\(" % function, way) for function in expected]
    assert None not in places
    assert [place.start() for place in places] == sorted(place.start() for place in places)


def test_decide_asks_policy_before_domain():
    text = (ROOT / "src" / "decide" / "decide.cc").read_text(encoding="utf-8")
    decided = body(text, "DecideFilled")
    assert decided.index("Assess(") < decided.index("policy.Decide(") < decided.index("DecideEvents(")
    # With the outputs of policy, or without.
    assert "DecideWithOutputs(" in body(text, "DecideEvents") and "->decide(" in body(text, "DecideEvents")


def test_the_desk_has_one_door_into_decide():
    """CommandRun, and the interface that the desk implements for it. RankRemedies checks the command that it is about, and
    the input of a record is made again without being decided, as are the states of an entry of the log. A total is read
    as a decision reads it."""
    doors = {"command_run", "state_source"}
    others = {"explain_clock.cc": {"explain_clock"}, "remedies.cc": {"pipeline"}, "records.cc": {"rebuild"}, "replay_change.cc": {"replay"},
              "totals.cc": {"load_totals"}}
    for source in (ROOT / "src" / "desk").glob("*.[hc]*"):
        included = set(re.findall(r'#include "decide/(\w+)\.h"', source.read_text(encoding="utf-8")))
        assert included <= doors | others.get(source.name, set()), source


def test_no_room_of_the_way_includes_one_above_it():
    way = {room for room, _ in steps()}
    for room in way:
        above = {other for other in way if other not in check_tree.ROOMS[room] and other != room}
        for source in (ROOT / "src" / room).rglob("*.[hc]*"):
            included = set(re.findall(r'#include "(?:frontdesk/)?(\w+)/', source.read_text(encoding="utf-8")))
            assert not included & above, (source, included & above)
