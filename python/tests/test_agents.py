"""Tools for AI agents: definitions that are schemas, calls, records and their replay."""

import datetime
import json
from typing import Any, Dict, List

import pytest

import frontdesk
from frontdesk import agents, v1
from frontdesk.v1 import _tables

NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
ALL = 'name: "all" version: "1" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
ADA = frontdesk.actor("ada", frontdesk.ActorKind.AGENT_AI)


@pytest.fixture
def desk() -> frontdesk.Desk:
    made = frontdesk.Desk.open(frontdesk.Policy.from_text(ALL))
    for verb in (
        v1.CreateCustomer(customer_id="c1", given_name="Mona", family_name="Quist"),
        v1.CreateCustomer(customer_id="c2", given_name="Nils"),
        v1.OpenCase(case_id="1", customer_id="c1", kind=v1.Case.KIND_COMPLAINT, subject="A broken mug"),
        v1.OpenCase(case_id="2", customer_id="c2", kind=v1.Case.KIND_COMPLAINT, subject="Another mug"),
        v1.StartInteraction(
            interaction_id="chat", customer_id="c1", channel=v1.CHANNEL_CHAT, direction=v1.DIRECTION_INBOUND),
    ):
        outcome = made.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON))
        assert outcome.verdict == frontdesk.Verdict.DONE, outcome
    return made


@pytest.fixture
def toolset(desk: frontdesk.Desk) -> agents.Toolset:
    return agents.Toolset.make(desk.policy, include_previews=True, include_host_commands=True)


def context(call_id: str, **changes: Any) -> agents.Context:
    given: Dict[str, Any] = {"customer_id": "c1", "interaction_id": "chat", **changes}
    return agents.Context(actor=ADA, now=NOON + datetime.timedelta(seconds=1), call_id=call_id, **given)


def reasons(answer: agents.Answer) -> List[str]:
    return [each["reason"] for each in answer.value.get("reasons", [])]


def test_every_definition_is_a_schema_of_2020_12(toolset: agents.Toolset) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for tool in toolset.tools:
        jsonschema.Draft202012Validator.check_schema(tool.schema)


def test_each_command_has_a_tool_whose_arguments_are_its_message(toolset: agents.Toolset) -> None:
    by_command = {tool.command: tool for tool in toolset.tools if tool.kind == agents.ToolKind.COMMAND}
    assert len(by_command) == len(_tables.VERB_PLACES)
    for full_name in _tables.VERB_PLACES:
        message = getattr(v1, full_name.rpartition(".")[2])
        tool = by_command[message.DESCRIPTOR.name]
        assert tool.name == agents.call_of(message())[0]
        assert set(tool.schema["properties"]) <= set(message.DESCRIPTOR.fields_by_name)
        assert set(tool.schema.get("required", [])) <= set(tool.schema["properties"])


def example(schema: Dict[str, Any], definitions: Dict[str, Any]) -> Any:
    """A value that the schema allows: of each object what is required, and one more member."""
    if "$ref" in schema:
        return example(definitions[schema["$ref"].rpartition("/")[2]], {})
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        required = schema.get("required", [])
        properties = schema.get("properties", {})
        names = [*required, *[name for name in properties if name not in required][:1]]
        return {name: example(properties[name], definitions) for name in names}
    if schema["type"] == "array":
        return [example(schema["items"], definitions)]
    if schema["type"] == "string":
        if "pattern" in schema:
            return "3600s"
        return {"date-time": "2024-05-15T12:00:00Z"}.get(schema.get("format", ""), "YWJj" if "contentEncoding" in schema else "x1")
    return {"integer": 1, "number": 1.5, "boolean": True}[schema["type"]]


def test_an_example_of_each_tool_validates_and_runs(desk: frontdesk.Desk, toolset: agents.Toolset) -> None:
    """Arguments that a schema allows pass the check of arguments: the desk decides about them."""
    for number, tool in enumerate(toolset.tools):
        arguments = example(tool.schema, tool.schema.get("$defs", {}))
        jsonschema = pytest.importorskip("jsonschema")
        jsonschema.Draft202012Validator(tool.schema).validate(arguments)
        whole = context(f"call-{number}", customer_id="", interaction_id="", whole_desk=True)
        answer = toolset.call(desk, tool.name, json.dumps(arguments), whole)
        wrong = [reason for reason in reasons(answer) if reason.startswith("AGENT_")]
        assert not wrong or wrong == ["AGENT_ARGUMENT_CONFLICT"], (tool.name, arguments, answer.json)


def test_a_call_that_breaks_its_schema_breaks_it_for_the_library_too(toolset: agents.Toolset, desk: frontdesk.Desk) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schemas = {tool.name: tool.schema for tool in toolset.tools}
    for tool, arguments in (
        ("cancel_case", {"case_id": 1, "reason": "x"}),
        ("cancel_case", {"reason": "x"}),
        ("cancel_case", {"case_id": "1", "reason": "x", "actor": {}}),
        ("open_case", {"case_id": "9", "kind": "KIND_COMPLAINT", "subject": "x"}),
        ("add_case_part", {"case_id": "1", "part": {"part_id": "p", "kind": "tool_call"}}),
        ("prioritize_case", {"case_id": "1", "impact": "1"}),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(schemas[tool]).validate(arguments)
        assert reasons(toolset.call(desk, tool, json.dumps(arguments), context("x")))[0].startswith("AGENT_ARGUMENT_")


def test_a_call_is_bound_done_recorded_and_replayed(desk: frontdesk.Desk, toolset: agents.Toolset) -> None:
    done = toolset.call(desk, "change_case_subject", '{"case_id": "1", "subject": "Two broken mugs"}', context("a"))
    assert done.result == agents.Result.DONE and done.is_recorded and not done.record_error
    assert done.outcome is not None and done.outcome.record_id == done.record_id
    assert [each.command.tool_call_id for each in desk.journal() if each.record_id == done.record_id] == ["a"]
    other = toolset.call(desk, "cancel_case", '{"case_id": "2", "reason": "x"}', context("b"))
    assert reasons(other) == ["AGENT_OUT_OF_SCOPE"] and other.outcome is None
    strict = frontdesk.Policy.from_text(ALL.replace("ALLOW", "REFUSE"))
    replayed = agents.replay_calls(desk, "chat", strict)
    assert [(each.call.call_id, each.result, each.reasons) for each in replayed] == [
        ("a", agents.Result.REFUSED, ("POLICY_DEFAULT",)), ("b", agents.Result.REFUSED, ("AGENT_OUT_OF_SCOPE",))]


def test_definitions_have_each_form_and_the_same_bytes(desk: frontdesk.Desk) -> None:
    toolset, again = (agents.Toolset.make(desk.policy, tools=["explain", "cancel_case"]) for _ in range(2))
    for form in agents.Form:
        assert toolset.definitions_json(form) == again.definitions_json(form)
    assert [each["function"]["name"] for each in toolset.definitions()] == ["explain", "cancel_case"]
    assert [each["annotations"] for each in toolset.definitions(agents.Form.MCP)] == [{"readOnlyHint": True}, {"readOnlyHint": False}]
    assert "input_schema" in toolset.definitions(agents.Form.INPUT_SCHEMA)[0]


def test_an_invalid_context_or_option_is_an_error(desk: frontdesk.Desk, toolset: agents.Toolset) -> None:
    with pytest.raises(frontdesk.InvalidArgumentError, match="AGENT_CONTEXT_INVALID"):
        toolset.call(desk, "get_profile", "{}", context("a", customer_id="nobody"))
    with pytest.raises(frontdesk.InvalidArgumentError, match="AGENT_OPTIONS_INVALID"):
        agents.Toolset.make(desk.policy, tools=["nothing"])
    with pytest.raises(frontdesk.InvalidArgumentError, match="AGENT_OPTIONS_INVALID"):
        agents.Toolset.make(desk.policy, limits=agents.Limits(max_depth=0))
    with pytest.raises(TypeError):
        agents.Toolset()
    with pytest.raises(TypeError):
        toolset.call(None, "get_profile", "{}", context("a"))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        agents.call_of("x")  # type: ignore[arg-type]
