"""The verbs of a desk as tools for AI agents. The host runs the model; the desk's policy decides each call.

>>> import datetime, json
>>> import frontdesk
>>> from frontdesk import agents, v1
>>> policy = frontdesk.Policy.from_text('''rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }''')
>>> desk = frontdesk.Desk.open(policy)
>>> noon = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
>>> outcome = desk.execute(frontdesk.command(
...     v1.CreateCustomer(customer_id="c1", given_name="Ann"), actor=frontdesk.actor("anna"), now=noon))
>>> toolset = agents.Toolset.make(policy, tools=["open_case", "get_profile"])
>>> [tool.name for tool in toolset.tools]
['get_profile', 'open_case']
>>> [tool["name"] for tool in toolset.definitions(agents.Form.INPUT_SCHEMA)]
['get_profile', 'open_case']
>>> context = agents.Context(
...     actor=frontdesk.actor("ada", frontdesk.ActorKind.AGENT_AI), now=noon, call_id="call-1", customer_id="c1")
>>> answer = toolset.call(desk, "open_case", '{"case_id": "7", "customer_id": "c2", "kind": "question", "subject": "A mug"}', context)
>>> json.loads(answer.json)["reasons"][0]["reason"]
'AGENT_OUT_OF_SCOPE'

``docs/agents.md`` shows the tools by task.
"""

from __future__ import annotations

import dataclasses
import enum
import json
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

from google.protobuf import message

from frontdesk import _core, _guard, times, v1
from frontdesk._bridge import dump, load
from frontdesk.desk import Desk
from frontdesk.enums import EntityKind
from frontdesk.policy import Policy
from frontdesk.reader import Reader

__all__ = ["Answer", "Context", "Form", "Limits", "ReplayedCall", "Result", "Tool", "ToolKind", "Toolset", "call_of", "replay_calls"]


class Form(enum.IntEnum):
    """The forms in which vendors of models expect definitions."""

    #: ``{"type": "function", "function": {"name", "description", "parameters"}}``
    FUNCTION = 0
    #: ``{"name", "description", "input_schema"}``
    INPUT_SCHEMA = 1
    #: ``{"name", "description", "inputSchema", "annotations"}``: tools of the Model Context Protocol.
    MCP = 2


class ToolKind(enum.IntEnum):
    """The kinds of tools."""

    READ = 0
    PREVIEW = 1
    COMMAND = 2


class Result(enum.IntEnum):
    """The answer to a call in one word: ``v1.ToolCall.Result``."""

    DONE = 1
    REFUSED = 2
    HELD = 3
    SHOWN = 4
    FAILED = 5


@dataclasses.dataclass(frozen=True)
class Tool:
    """One tool: its name, what it does, its command ("" for reads), a text for the model, and the JSON Schema of its arguments."""

    name: str
    kind: ToolKind
    command: str
    description: str
    schema: Dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Limits:
    """How much of a call is accepted, and shown; every limit is positive.

    Args:
        max_arguments_bytes, max_depth, max_values: of the arguments; more is refused with ``AGENT_ARGUMENTS_TOO_LARGE``.
        max_violations: the most violations that one answer lists.
        max_page_size: the most entities of a kind, events and approvals in an answer.
        max_answer_bytes: of an answer; a larger read is refused with ``AGENT_ANSWER_TOO_LARGE``.
    """

    max_arguments_bytes: int = 64 << 10
    max_depth: int = 16
    max_values: int = 4096
    max_violations: int = 50
    max_page_size: int = 20
    max_answer_bytes: int = 64 << 10


@dataclasses.dataclass(frozen=True)
class Context:
    """The part of a call that the host knows. A model never sees or sets it.

    Args:
        actor: the actor, with the roles and authorities that the host has established.
        now: when; frontdesk reads no clock.
        call_id: the id that the model's client gives the call, at most 64 bytes. The same call with the same id is done once.
        customer_id: the customer whom the call serves: it reads and changes nothing of anybody else.
        interaction_id: the interaction in which the model speaks. Calls are recorded in it.
        whole_desk: whether the call may be about anything in the desk; then without a customer.
        facts: what the host knows, as for :meth:`frontdesk.Desk.execute`.
        note: why, for people.
    """

    actor: v1.Actor
    now: times.Instant
    call_id: str
    customer_id: str = ""
    interaction_id: str = ""
    whole_desk: bool = False
    facts: Optional[v1.Facts] = None
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Answer:
    """The answer to a call.

    Args:
        json: the answer for the model, one JSON object; ``docs/agents.md`` lists its members.
        result: the answer in one word.
        record_id: the journal record of the command; "" when it reached no policy.
        is_recorded: whether the interaction has the call as a part.
        record_error: why it is not recorded, where it should be.
        outcome: for the host, the outcome of the command with all events and effects; None for reads, and when there is none.
    """

    json: str
    result: Result
    record_id: str
    is_recorded: bool
    record_error: str
    outcome: Optional[v1.Outcome] = None

    @property
    def value(self) -> Dict[str, Any]:
        """The answer, read from its JSON."""
        value: Dict[str, Any] = json.loads(self.json)
        return value


@dataclasses.dataclass(frozen=True)
class ReplayedCall:
    """A call of the past, and its result under another policy."""

    call: v1.ToolCall
    result: Result
    reasons: Tuple[str, ...]


class Toolset:
    """Tools for models. Immutable; may be used by several threads. Made by :meth:`make`."""

    _core: _core.Toolset
    _tools: Tuple[Tool, ...]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError("use Toolset.make()")

    @classmethod
    def make(
        cls,
        policy: Policy,
        *,
        tools: Iterable[str] = (),
        entity_kinds: Iterable[EntityKind] = (),
        actor: Optional[v1.Actor] = None,
        include_reads: bool = True,
        include_previews: bool = False,
        include_host_commands: bool = False,
        limits: Optional[Limits] = None,
    ) -> Toolset:
        """Makes the tools that the options choose, in a stable order.

        Args:
            policy: its pack lists the words that arguments may have.
            tools: the names of tools; none: all that the other options leave.
            entity_kinds: only commands about entities of these kinds; none: of all.
            actor: only commands that the policy may allow, or hold, for an actor of this kind with these roles and authorities.
            include_reads, include_previews: whether the tools that read, and those that preview, are among them.
            include_host_commands: whether the commands are among them that report what a system or a person has established.
            limits: how much of a call is accepted.

        Raises:
            InvalidArgumentError: ``AGENT_OPTIONS_INVALID``.
        """
        if not isinstance(policy, Policy):
            raise TypeError(f"expected a Policy, not {_guard.type_name(policy)}")
        chosen = dataclasses.astuple(Limits() if limits is None else limits)
        core = _core.Toolset.make(
            policy._core,
            _guard.texts(tools, "tools"),
            [_guard.number(kind, "entity_kinds", "frontdesk.EntityKind") for kind in entity_kinds],
            None if actor is None else dump(actor, v1.Actor),
            _guard.flag(include_reads, "include_reads"),
            _guard.flag(include_previews, "include_previews"),
            _guard.flag(include_host_commands, "include_host_commands"),
            [_guard.integer(limit, "limits") for limit in chosen],
        )
        made = cls.__new__(cls)
        made._core = core
        made._tools = tuple(
            Tool(name, ToolKind(kind), command, description, json.loads(schema))
            for name, kind, command, description, schema in core.tools()
        )
        return made

    @property
    def tools(self) -> Tuple[Tool, ...]:
        """The tools, in their order."""
        return self._tools

    def definitions_json(self, form: Form = Form.FUNCTION) -> str:
        """All tools in one form, as compact JSON: the same bytes each time."""
        return self._core.definitions(_guard.number(form, "form", "frontdesk.agents.Form"))

    def definitions(self, form: Form = Form.FUNCTION) -> List[Dict[str, Any]]:
        """The same as objects."""
        made: List[Dict[str, Any]] = json.loads(self.definitions_json(form))
        return made

    def call(self, desk: Desk, tool: str, arguments_json: str, context: Context) -> Answer:
        """Calls a tool. Whatever the model asks has an answer; a refusal is a value.

        Args:
            desk: the desk; its active policy decides.
            tool: the name of the tool, as the model gave it.
            arguments_json: the arguments, as the model gave them.
            context: what the host knows.

        Raises:
            InvalidArgumentError: ``AGENT_CONTEXT_INVALID`` with all violations.
        """
        if not isinstance(desk, Desk):
            raise TypeError(f"expected a Desk, not {_guard.type_name(desk)}")
        now = times.timestamp(context.now)
        facts = b"" if context.facts is None else dump(context.facts, v1.Facts)
        made = self._core.call(
            desk._core,
            _guard.text(tool, "tool"),
            _guard.text(arguments_json, "arguments_json"),
            dump(context.actor, v1.Actor),
            now.SerializeToString(),
            _guard.text(context.call_id, "call_id"),
            _guard.text(context.customer_id, "customer_id"),
            _guard.text(context.interaction_id, "interaction_id"),
            _guard.flag(context.whole_desk, "whole_desk"),
            facts,
            _guard.text(context.note, "note"),
        )
        outcome = None if made[5] is None else load(made[5], v1.Outcome)
        return Answer(made[0], Result(made[1]), made[2], made[3], made[4], outcome)


def call_of(verb: message.Message) -> Tuple[str, str]:
    """The name of the tool that asks for the command, and its arguments as JSON: for tests, and examples for a model.

    Messages of type Actor are left out, as no argument holds one.

    >>> from frontdesk import agents, v1
    >>> agents.call_of(v1.CancelOrder(order_id="1001", reason="late"))
    ('cancel_order', '{"order_id":"1001","reason":"late"}')
    """
    if not isinstance(verb, message.Message):
        raise TypeError(f"expected the message of a command such as CancelOrder, not {_guard.type_name(verb)}")
    return _core.agents_describe_call(verb.DESCRIPTOR.full_name, dump(verb, type(verb)))


def replay_calls(reader: Reader, interaction_id: str, policy: Policy) -> Sequence[ReplayedCall]:
    """The tool calls of an interaction, decided again under `policy`, each on the input of then.

    A changed verdict would have changed the calls after it: that is not followed up.

    Raises:
        NotFoundError: ``ENTITY_NOT_FOUND``.
    """
    if not isinstance(reader, Reader):
        raise TypeError(f"expected a Desk or a Reader, not {_guard.type_name(reader)}")
    if not isinstance(policy, Policy):
        raise TypeError(f"expected a Policy, not {_guard.type_name(policy)}")
    rows = _core.agents_replay_calls(reader._core, _guard.text(interaction_id, "interaction_id"), policy._core)
    return [ReplayedCall(load(call, v1.ToolCall), Result(result), tuple(reasons)) for call, result, reasons in rows]
