"""The script of a call: the steps at the desk, one a line.

A line is a JSON object with

    "step"    what the agent does, in words; no two steps have the same
    "at"      the instant, RFC 3339; no earlier than that of the step before

one of

    "command"        a frontdesk.v1.Command in the protobuf JSON mapping, without `now`, which is "at"
    "find"           a frontdesk.v1.FindRequest in the protobuf JSON mapping
    "open_file"      {"customer_id": ..., "interaction_id": ...}; the interaction may be left out
    "customer_view"  a frontdesk.v1.EntityRef in the protobuf JSON mapping: what may its customer see of it?
    "explain"        the words of an earlier step with a command: why did it come out as it did?

and, optionally,

    "facts"        for a command: ids of items of the shop; what they are and cost is handed over with it
    "approval_of"  for a command that approves or declines: the words of an earlier step, which held a command
    "expect"       for a command or a find, what should come out: "DONE", "REFUSED ORDER_NOT_FOUND", "FOUND 2"
"""

import pathlib
from dataclasses import dataclass, field
from typing import Any, Dict, Final, List, Optional

from frontdesk import v1
from google.protobuf import json_format
from google.protobuf.timestamp_pb2 import Timestamp
from shop_json import Node, Problems, read_json_lines, to_line
from shop_reader import Shop

KINDS: Final = ("command", "find", "open_file", "customer_view", "explain")


@dataclass
class Step:
    """One step; exactly one of its kinds is there."""

    place: str  # "call.jsonl:17"
    words: str = ""
    at: Any = field(default_factory=Timestamp)
    command: Optional[v1.Command] = None  # Complete with `now`.
    facts: Optional[v1.Facts] = None
    approval_of: Optional[int] = None  # The place of the step whose approval the command is about; its id is known when it runs.
    find: Optional[v1.FindRequest] = None
    open_file: bool = False
    customer_id: str = ""
    interaction_id: str = ""
    entity: Optional[v1.EntityRef] = None
    explained: Optional[int] = None  # The place of the explained step in the script.
    expected: str = ""


def read_script(path: pathlib.Path, shop: Shop, problems: Problems) -> List[Step]:
    """Reads a script. All problems, in any line, are reported."""
    steps: List[Step] = []
    commands: Dict[str, int] = {}
    places: Dict[str, str] = {}
    for place, line in read_json_lines(path, problems):
        node = Node(place, "", line, problems)
        step = Step(place)
        _read_step(node, shop, commands, step)
        first = places.setdefault(step.words, place)
        if first != place and step.words:
            node["step"].problem(f"stands in {first} already")
        if steps and (step.at.seconds, step.at.nanos) < (steps[-1].at.seconds, steps[-1].at.nanos):
            node["at"].problem("is earlier than the step before")
        if step.command is not None:
            commands.setdefault(step.words, len(steps))
        steps.append(step)
    return steps


def _read_step(line: Node, shop: Shop, earlier: Dict[str, int], step: Step) -> None:
    """Reads a line. `earlier` has the steps with a command before it, by their words."""
    line.expect_members(("step", "at"), (*KINDS, "facts", "approval_of", "expect"))
    step.words = line["step"].id()
    _read_instant(line["at"], step)
    present = [kind for kind in KINDS if line.optional(kind).present]
    if len(present) != 1:
        line.problem('has to have one of "command", "find", "open_file", "customer_view", "explain"')
        return
    kind, node = present[0], line[present[0]]
    facts, expect = line.optional("facts"), line.optional("expect")
    if facts.present and kind != "command":
        facts.problem('stands only beside "command"')
    approval_of = line.optional("approval_of")
    if approval_of.present and kind != "command":
        approval_of.problem('stands only beside "command"')
    if expect.present:
        if kind not in ("command", "find"):
            expect.problem('stands only beside "command" or "find"')
        step.expected = expect.id()
    if kind == "command":
        _read_command(node, facts, shop, step)
        if approval_of.present:
            step.approval_of = _read_earlier(approval_of, earlier)
            assert step.command is not None
            if step.command.desk.WhichOneof("verb") not in ("approve", "decline"):
                approval_of.problem("stands only beside a command that approves or declines")
    elif kind == "find":
        step.find = v1.FindRequest()
        _read_message(node, step.find)
    elif kind == "open_file":
        step.open_file = True
        node.expect_members(("customer_id",), ("interaction_id",))
        step.customer_id = node["customer_id"].id()
        if node.optional("interaction_id").present:
            step.interaction_id = node["interaction_id"].id()
    elif kind == "customer_view":
        step.entity = v1.EntityRef()
        _read_message(node, step.entity)
    else:
        step.explained = _read_earlier(node, earlier)


def _read_earlier(node: Node, earlier: Dict[str, int]) -> Optional[int]:
    """The place of an earlier step with a command, by its words."""
    words = node.id()
    if words and words not in earlier:
        node.problem(f'no step with a command before this one is called "{words}"')
    return earlier.get(words)


def _read_command(node: Node, facts: Node, shop: Shop, step: Step) -> None:
    step.command = v1.Command()
    _read_message(node, step.command)
    if step.command.HasField("now"):
        node.problem('holds `now`, which stands in "at"')
    step.command.now.CopyFrom(step.at)
    if facts.present:
        for each in facts.items():
            text = each.text()
            if text and text not in shop.variants:
                each.problem(f'there is no item "{text}"')
        step.facts = shop.facts_for(facts.texts())


def _read_instant(node: Node, step: Step) -> None:
    text = node.text()
    if not node.is_text():
        return
    try:
        step.at.FromJsonString(text)
    except ValueError:
        node.problem("is no instant such as 2024-05-15T15:00:00Z")


def _read_message(node: Node, message: Any) -> None:
    """Reads a message in the protobuf JSON mapping."""
    try:
        json_format.Parse(to_line(node.value), message)
    except json_format.ParseError as error:
        node.problem(" ".join(str(error).split()))
