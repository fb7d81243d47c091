"""`rules.replay` and the progress of a backtest."""

import collections
import datetime
import random
from typing import Any, Iterator, List

import pytest

import frontdesk
from frontdesk import rules, v1

NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
RULES = """
id: "returns" default_outcome: POLICY_OUTCOME_ALLOW
rules { id: "late" order: 10 outcome: POLICY_OUTCOME_REFUSE reason: "TOO_LATE" condition: "order.item_change_count > 30" }
rules { id: "large" order: 20 outcome: POLICY_OUTCOME_HOLD reason: "LARGE" authority: "returns"
        condition: "order.totals.total.units > 500" }
"""
POLICY = """
rule_sets { id: "customers" decision_points: "CreateCustomer" default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: "no_bots" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "BOTS" condition: "actor.kind == Actor.Kind.KIND_BOT" } }
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""


def rule_set(days: int = 30, units: int = 500) -> rules.RuleSet:
    return rules.RuleSet.from_text(
        RULES.replace("> 30", f"> {days}").replace("> 500", f"> {units}"), input=v1.OrderDecisionInput
    )


def asked(days: int, units: int = 0) -> v1.OrderDecisionInput:
    message = v1.OrderDecisionInput()
    message.order.item_change_count = days
    message.order.totals.total.units = units
    return message


def test_a_replay_equals_a_recount() -> None:
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    before, after = rule_set(), rule_set(days=14, units=800)
    inputs: List[rules.ReplayInput] = []
    pairs: Any = collections.Counter()
    for number in range(600):
        granted = ("returns",) if chance.random() < 0.3 else ()
        message = asked(chance.randrange(40), chance.randrange(1000))
        inputs.append(rules.ReplayInput(message, id=f"i{number}", decision_point="Return", granted_authorities=granted))
        pairs[tuple(each.decide(message, granted_authorities=granted).outcome for each in (before, after))] += 1
    report = rules.replay(iter(inputs), before, after, group_size=50)
    assert {(row.before, row.after): row.count for row in report.outcomes} == dict(pairs)
    assert report.input_count == report.decided_count == 600
    assert (report.before_hash, report.after_hash) == (before.hash, after.hash)
    assert [row.decision_point for row in report.decision_points] == ["Return"]
    assert all(len(row.example_ids) <= 5 for row in report.outcomes)


def test_messages_alone_have_their_number() -> None:
    report = rules.replay([asked(1), asked(20), asked(25)], rule_set(), rule_set(days=14), max_examples=1)
    assert [list(row.example_ids) for row in report.outcomes if row.before != row.after] == [["1"]]
    assert report.reasons[0].reason == "TOO_LATE" and report.reasons[0].rule_id == "late"


def test_policies_are_compared_too() -> None:
    before = frontdesk.Policy.from_text(POLICY)
    after = frontdesk.Policy.from_text(POLICY.replace("KIND_BOT", "KIND_AGENT"))
    desk = frontdesk.Desk.open(before)
    inputs = []
    for number, actor in enumerate((frontdesk.actor("anna"), frontdesk.actor("robot", kind=v1.Actor.KIND_BOT))):
        verb = v1.CreateCustomer(customer_id=f"c{number}", given_name="Ann")
        outcome = desk.execute(frontdesk.command(verb, actor=actor, now=NOON))
        inputs.append(desk.decision_input_of(outcome.record_id).input)
    report = rules.replay(inputs, before, after)
    assert [(row.before, row.after, list(row.example_ids)) for row in report.outcomes] == [
        (v1.POLICY_OUTCOME_ALLOW, v1.POLICY_OUTCOME_REFUSE, ["0"]),
        (v1.POLICY_OUTCOME_REFUSE, v1.POLICY_OUTCOME_ALLOW, ["1"]),
    ]
    assert [row.decision_point for row in report.decision_points] == ["CreateCustomer"]
    assert report.before_hash == b""


def test_messages_of_another_pool() -> None:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    def box() -> Any:
        file = descriptor_pb2.FileDescriptorProto(name="box.proto", package="box", syntax="proto3")
        message = file.message_type.add(name="Box")
        message.field.add(name="weight", number=1, type=3, label=1)
        pool = descriptor_pool.DescriptorPool()
        pool.Add(file)
        return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("box.Box"))

    def heavy(kind: Any, weight: int) -> rules.RuleSet:
        return rules.RuleSet.from_text(
            'id: "box" default_outcome: POLICY_OUTCOME_ALLOW '
            f'rules {{ id: "r" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "HEAVY" condition: "weight > {weight}" }}',
            input=kind,
        )

    first, second = box(), box()
    report = rules.replay([first(weight=5), first(weight=15)], heavy(first, 10), heavy(second, 3))
    assert [(row.before, row.after, row.count) for row in report.outcomes] == [(1, 2, 1), (2, 2, 1)]


def test_progress_of_a_replay() -> None:
    seen: List[int] = []

    def endless() -> Iterator[v1.OrderDecisionInput]:
        while True:
            yield asked(20)

    def enough(count: int) -> bool:
        seen.append(count)
        return count < 30

    report = rules.replay(endless(), rule_set(), rule_set(days=14), group_size=10, progress=enough)
    assert seen == [10, 20, 30] and report.input_count == report.changed_count == 30


def test_exceptions_of_the_caller_are_raised() -> None:
    def broken() -> Iterator[v1.OrderDecisionInput]:
        yield asked(1)
        raise KeyError("the file ends in the middle")

    with pytest.raises(KeyError, match="in the middle"):
        rules.replay(broken(), rule_set(), rule_set())
    with pytest.raises(ZeroDivisionError):
        rules.replay([asked(1)], rule_set(), rule_set(), progress=lambda count: 1 // 0)


@pytest.mark.parametrize("wrong", [None, "text", v1.Command()])
def test_arguments_of_other_types_are_errors(wrong: Any) -> None:
    with pytest.raises(TypeError):
        rules.replay([wrong], rule_set(), rule_set())
    with pytest.raises(TypeError):
        rules.replay([], rule_set(), wrong)
    with pytest.raises(TypeError):
        rules.replay([], rule_set(), frontdesk.Policy.from_text(POLICY))
    with pytest.raises(TypeError):
        rules.replay([rules.ReplayInput(asked(1), id=1)], rule_set(), rule_set())  # type: ignore[arg-type]


def test_limits() -> None:
    with pytest.raises(frontdesk.InvalidArgumentError) as error:
        rules.replay([], rule_set(), rule_set(), group_size=0)
    assert error.value.reason == "RULES_REPLAY_OPTIONS_INVALID"
    many = (rules.ReplayInput(asked(1), decision_point=f"point {number}") for number in range(10_001))
    with pytest.raises(frontdesk.LimitError) as limit:
        rules.replay(many, rule_set(), rule_set())
    assert limit.value.reason == "RULES_REPLAY_LIMIT_DECISION_POINTS"


def worked_desk(count: int) -> frontdesk.Desk:
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY))
    for number in range(count):
        verb = v1.CreateCustomer(customer_id=f"c{number}", given_name="Ann")
        desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON))
    return desk


def test_progress_of_a_backtest() -> None:
    desk = worked_desk(25)
    seen: List[int] = []
    report = frontdesk.backtest.run(desk, desk.policy, group_size=10, progress=seen.append)
    assert seen == [10, 20, 25] and report.record_count == 25
    report = frontdesk.backtest.run(desk, desk.policy, group_size=10, progress=lambda count: count < 20)
    assert report.record_count == 20
    with pytest.raises(ZeroDivisionError):
        frontdesk.backtest.run(desk, desk.policy, progress=lambda count: 1 // 0)
    # The desk can be used inside.
    states: List[Any] = []
    frontdesk.backtest.run(desk, desk.policy, progress=lambda count: states.append(desk.get(v1.EntityRef(kind=v1.ENTITY_KIND_CUSTOMER, id="c1"))))
    assert states[0].customer.given_name == "Ann"


def test_each_form_says_what_a_backtest_does_not_follow_up() -> None:
    from google.protobuf import json_format

    desk = worked_desk(1)
    report = frontdesk.backtest.run(desk, desk.policy)
    assert len(report.notes) == 2
    later, approvals = report.notes
    assert "would have changed the commands after it" in later and "The approval counts under both" in approvals
    text = frontdesk.backtest.format_report(report)
    html = frontdesk.backtest.format_html(report)
    for note in report.notes:
        assert note in text.splitlines() and f"<p>{note}</p>" in html
    assert json_format.MessageToDict(report)["notes"] == list(report.notes)
