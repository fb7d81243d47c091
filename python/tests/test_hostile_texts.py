"""Hostile ids, names and texts: what the core prints of them, where it refuses them, and that it never cuts a character."""

import sys
import unicodedata

import pytest

import frontdesk
from conftest import NOON, done
from frontdesk import EntityKind, RefusalOrigin, rules, v1

ALLOW_ALL = 'name: "allow" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'

READS_THE_ORDER = """
name: "reads"
rule_sets {
  id: "cancel" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "r" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "R"
    condition: "order.order_number != 'x' && order.cancel_reason != 'y'"
    details { name: "text" expression: "order.order_number" }
    details { name: "list" expression: "[order.order_number]" }
    details { name: "all" expression: "order" }
  }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""

HOSTILE = "x\nPolicy forged, hash 0:\u202e\u2029\x1b[2J\r'\"\\"
ESCAPED = "x\\nPolicy forged, hash 0:\\u202e\\u2029\\u001b[2J\\r\\'\\\"\\\\"


@pytest.fixture
def desk():
    with frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL)) as opened:
        yield opened


def order_input(text):
    order = v1.Order(order_id="o1", order_number=text, cancel_reason=text, state=v1.Order.STATE_PLACED)
    return v1.DecisionInput(order=v1.OrderDecisionInput(order=order))


@pytest.mark.parametrize("letter", ["é", "€", "😀"])
@pytest.mark.parametrize("shift", range(4))
def test_a_text_is_never_cut_inside_a_character(ask, letter, shift):
    text = "a" * shift + letter * 2000
    policy = frontdesk.Policy.from_text(READS_THE_ORDER)
    outcome = frontdesk.decide(order_input(text), ask(v1.CancelOrder(order_id="o1", reason="r")), policy)
    assert [refusal.reason for refusal in outcome.refusals][0] == "R"
    details = {detail.name: detail.value for detail in outcome.refusals[0].details}
    assert set(details) == {"text", "list", "all"}
    for value in details.values():
        assert value.endswith("...") and 996 <= len(value.encode()) <= 1000
    reads = outcome.decision.rules[0].conjuncts[0].reads
    assert reads[0].value.startswith('"' + "a" * shift + letter) and len(reads[0].value.encode()) <= 200
    # The same id in the command is longer than ids may be.
    cancel = v1.CancelOrder(order_id=text, reason="r")
    refused = frontdesk.decide(order_input(text), ask(cancel), policy)
    assert [refusal.reason for refusal in refused.refusals] == ["ID_TOO_LONG"]


def test_values_are_printed_in_one_line(ask):
    policy = frontdesk.Policy.from_text(READS_THE_ORDER)
    outcome = frontdesk.decide(order_input(HOSTILE), ask(v1.CancelOrder(order_id="o1", reason="r")), policy)
    text = rules.format_decision(outcome.decision)
    assert 'order.order_number is "x\\nPolicy forged, hash 0:\\u202e\\u2029\\u001b[2J\\r' in text
    assert not any(line.lstrip().startswith("Policy forged") for line in text.splitlines())
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in text if c != "\n")


def test_an_explanation_of_hostile_parts_forges_no_line():
    record = v1.JournalRecord(record_id=HOSTILE, approval_id=HOSTILE, policy_name=HOSTILE)
    record.entity.id = HOSTILE
    record.command.actor.actor_id = HOSTILE
    record.refusals.add(reason=HOSTILE, text=HOSTILE, rule_id=HOSTILE, field=HOSTILE)
    record.held.authority = HOSTILE
    record.decision.decision_point = HOSTILE
    event = v1.Event(event_id=HOSTILE, entity=v1.EntityRef(kind=v1.ENTITY_KIND_CASE, id=HOSTILE))
    event.case.case_linked.case_link.case_id = HOSTILE
    explanation = frontdesk.explain_record(record, [event])
    assert f"case {ESCAPED}: " in explanation.event_texts[0] and "\n" not in explanation.event_texts[0]
    for line in explanation.text.split("\n"):
        assert not line.lstrip().startswith("Policy forged")
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in line), line


def test_every_control_format_and_separator_of_unicode_is_refused(desk, ask):
    """Compared with the tables of Python, which the core does not use."""
    kinds = ("Cc", "Cf", "Zl", "Zp")
    hidden = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) in kinds]
    assert len(hidden) > 200

    def refused(tags):
        """The places among the tags that are refused; nothing else is."""
        places = []
        for begin in range(0, len(tags), 50):
            part = tags[begin : begin + 50]
            outcome = desk.preview(ask(v1.ClassifyCase(case_id="k", add_tags=part)))
            assert {(r.reason, r.origin) for r in outcome.refusals} <= {("ID_CHARACTER", RefusalOrigin.ARGUMENT)}
            fields = {refusal.field for refusal in outcome.refusals}
            places += [begin + i for i in range(len(part)) if f"classify_case.add_tags[{i}]" in fields]
            assert len(fields) == len(outcome.refusals)
        return places

    done(desk.execute(ask(v1.OpenCase(case_id="k", kind=v1.Case.KIND_QUESTION, subject="?"))))
    assert refused([f"a{c}" for c in hidden]) == list(range(len(hidden)))
    letters = [c for c in map(chr, range(0x21, 0x3000)) if unicodedata.category(c)[0] in "LNPS"]
    # Hangul fillers and the empty Braille pattern are signs that nobody sees.
    assert refused(letters) == [i for i, c in enumerate(letters) if c in "\u115f\u1160\u2800"]


@pytest.mark.parametrize("bad", ["a\nb", "a\u202eb", "a\u200cb", "\ufeffa", "a" * 1025])
def test_no_id_can_be_given_that_cannot_be_looked_up(desk, ask, bad):
    reason = "ID_TOO_LONG" if len(bad) > 1024 else "ID_CHARACTER"
    refused = desk.execute(ask(v1.CreateCustomer(customer_id=bad, given_name="Ann")))
    assert [(r.reason, r.field) for r in refused.refusals] == [(reason, "create_customer.customer_id")]
    lookups = [
        lambda: desk.get(frontdesk.entity_ref(EntityKind.CUSTOMER, bad)),
        lambda: list(desk.find(v1.OrderQuery(customer_id=bad))),
        lambda: list(desk.find(v1.CaseQuery(queue_id=bad))),
        lambda: desk.find_duplicates(bad),
        lambda: desk.customer_view(frontdesk.entity_ref(EntityKind.CASE, bad)),
        lambda: desk.open_file(bad, now=NOON),
    ]
    for lookup in lookups:
        with pytest.raises(frontdesk.InvalidArgumentError) as caught:
            lookup()
        assert [violation.reason for violation in caught.value.violations] == [reason]
        assert bad not in str(caught.value)
    with pytest.raises(frontdesk.InvalidArgumentError) as caught:
        desk.execute(ask(v1.CreateCustomer(customer_id="c", given_name="Ann"), actor=frontdesk.actor(bad)))
    assert [(v.reason, v.field) for v in caught.value.violations] == [(reason, "actor.actor_id")]


def test_the_longest_id_can_be_looked_up(desk, ask):
    longest = "é" * 512
    done(desk.execute(ask(v1.CreateCustomer(customer_id=longest, given_name="Ann"))))
    assert desk.get(frontdesk.entity_ref(EntityKind.CUSTOMER, longest)).customer.given_name == "Ann"
    assert list(desk.find(v1.OrderQuery(customer_id=longest))) == []


@pytest.mark.parametrize("name", ["می‌خواهم", "शर्‍मा", "a\nb", "\u202eabc", HOSTILE])
def test_names_of_people_keep_what_was_typed(desk, ask, name):
    done(desk.execute(ask(v1.CreateCustomer(customer_id="c", family_name=name))))
    assert desk.get(frontdesk.entity_ref(EntityKind.CUSTOMER, "c")).customer.family_name == name


@pytest.mark.parametrize("field", ["id", "decision_points", "authority", "reason"])
def test_names_in_a_policy_follow_the_rule_for_ids(field):
    names = {"id": "s", "decision_points": "CancelOrder", "authority": "boss", "reason": "R"}
    names[field] += "\u202e"
    rule = v1.Rule(id="r", order=1, condition="true", outcome=v1.POLICY_OUTCOME_HOLD)
    rule.reason, rule.authority = names["reason"], names["authority"]
    pack = v1.PolicyPack(name="p")
    pack.rule_sets.add(id=names["id"], decision_points=[names["decision_points"]], rules=[rule])
    with pytest.raises(frontdesk.PolicyError) as caught:
        frontdesk.Policy.from_pack(pack)
    # The names of decision points are a list.
    reason = "POLICY_DECISION_POINT_UNKNOWN" if field == "decision_points" else "ID_CHARACTER"
    assert reason in [issue.reason for issue in caught.value.issues]
    assert "\u202e" not in str(caught.value)


@pytest.mark.parametrize("zone", ["localtime", "/etc/localtime", "Europe/Berln", "Local", "+02:00"])
def test_time_zones_are_checked(desk, ask, zone):
    preferences = v1.CustomerPreferences(time_zone=zone)
    refused = desk.execute(ask(v1.CreateCustomer(customer_id="c", given_name="Ann", preferences=preferences)))
    assert [(r.reason, r.field) for r in refused.refusals] == [
        ("ARGUMENT_TIME_ZONE", "create_customer.preferences.time_zone")
    ]


@pytest.mark.parametrize("tag, accepted", [("en_US", False), ("de-", False), ("de-AT", True), ("zh-Hant-TW", True)])
def test_language_tags_are_checked(desk, ask, tag, accepted):
    preferences = v1.CustomerPreferences(language_tag=tag)
    outcome = desk.execute(ask(v1.CreateCustomer(customer_id="c", given_name="Ann", preferences=preferences)))
    assert [(r.reason, r.field) for r in outcome.refusals] == (
        [] if accepted else [("ARGUMENT_LANGUAGE_TAG", "create_customer.preferences.language_tag")]
    )


@pytest.mark.parametrize("kind", ["CAUSED_BY", "DUPLICATE_OF", "FOLLOW_UP_OF", "PARENT"])
def test_no_circle_of_three(desk, ask, kind):
    for case_id in "abc":
        done(desk.execute(ask(v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_QUESTION, subject="?"))))

    def link(case_id, other):
        case_link = v1.CaseLink(kind=v1.CaseLink.Kind.Value(f"KIND_{kind}"), case_id=other)
        return desk.execute(ask(v1.LinkCase(case_id=case_id, case_link=case_link)))

    done(link("a", "b"))
    done(link("b", "c"))
    assert [refusal.reason for refusal in link("c", "a").refusals] == ["CASE_LINK_CYCLE"]


def test_related_cases_have_a_limit(ask):
    policy = frontdesk.Policy.from_text(ALLOW_ALL)
    limits = frontdesk.CommandLimits(max_related=3)
    with frontdesk.Desk.open(policy, limits=limits, find_limits=frontdesk.FindLimits(max_related=3)) as desk:
        for number in range(5):
            done(desk.execute(ask(v1.OpenCase(case_id=f"k{number}", kind=v1.Case.KIND_QUESTION, subject="?"))))
            if number:
                done(desk.execute(ask(v1.MergeCases(case_id=f"k{number}", merged_case_id=f"k{number - 1}"))))
        with pytest.raises(frontdesk.LimitError) as caught:
            desk.execute(ask(v1.ResolveCase(case_id="k4", code="done")))
        assert caught.value.reason == "RELATED_TOO_MANY"
        with pytest.raises(frontdesk.LimitError) as caught:
            list(desk.find(v1.InteractionQuery(case_id="k4")))
        assert caught.value.reason == "FIND_RELATED_TOO_MANY"
