"""Each limit, set to a value of its own, is the one that is reached: at its value a case is accepted, below it refused.

All other limits of its class have values of their own, which the case does not reach. So two limits that are swapped on
their way to the core are found.
"""

import dataclasses
import itertools

import pytest

import conftest
import frontdesk
from conftest import NOON, done, reason_of
from frontdesk import cel, rules, v1

ANNA = frontdesk.actor("anna")
ALLOW_ALL = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'


def ask(verb, **options):
    return frontdesk.command(verb, actor=ANNA, now=NOON, **options)


def limits_of(kind, name, value):
    """Limits whose member `name` is `value`. All others are far above what a case here reaches, each another one."""
    numbers = itertools.count(1, 7)
    return kind(**{
        field.name: value if field.name == name else getattr(kind(), field.name) + next(numbers)
        for field in dataclasses.fields(kind)
        if field.type is int
    })


def names_of(kind):
    return {field.name for field in dataclasses.fields(kind) if field.type is int}


# Expressions: the limit, an expression that needs `value` of it, the code below that.
EXPRESSIONS = [
    ("max_expression_bytes", "x + 1234", 8, "LIMIT_EXPRESSION_BYTES"),
    ("max_nesting", "[[[[1]]]]", 5, "LIMIT_NESTING"),
    ("max_ast_nodes", "[1, 2, 3, 4, 5, 6]", 7, "LIMIT_AST_NODES"),
    ("max_comprehension_nesting", "l.all(a, l.all(b, l.all(c, a + b + c > 0)))", 3, "LIMIT_COMPREHENSION_NESTING"),
    ("max_comprehension_iterations", "l.all(a, a > 0) && l.all(a, a > 0)", 6, "LIMIT_COMPREHENSION_ITERATIONS"),
    ("max_cost", "l.all(a, a > 0)", None, "LIMIT_COST"),
    ("max_regex_bytes", "s.matches('a|b|c|d')", 7, "LIMIT_REGEX_SIZE"),
    ("max_regex_program_size", "s.matches('[a-c]{1,40}')", None, "LIMIT_REGEX_SIZE"),
    ("max_result_size", "s + s", 8, "LIMIT_RESULT_SIZE"),
    ("max_result_bytes", "[x, x]", 48, "LIMIT_RESULT_SIZE"),
    ("max_memory_bytes", "[s + s + s + s + s, s + s + s + s]", None, "LIMIT_MEMORY"),
    ("max_value_depth", "dyn([[x]]) == dyn([[x]])", None, "LIMIT_VALUE_DEPTH"),
]


def evaluate(text, limits):
    environment = cel.Environment(variables={"x": int, "l": cel.list_of(int), "s": str}, limits=limits)
    return environment.compile(text).evaluate({"x": 1, "l": [1, 2, 3], "s": "abcd"})


def least(accepted, highest):
    """The least value up to `highest` that is accepted."""
    low, high = 0, highest
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if accepted(middle) else (middle + 1, high)
    return low


def test_every_limit_of_expressions_is_tried():
    assert {name for name, *_ in EXPRESSIONS} | {"max_issues"} == names_of(cel.Limits)


@pytest.mark.parametrize("name, text, value, code", EXPRESSIONS)
def test_limits_of_expressions(name, text, value, code):
    def outcome(limit):
        return reason_of(lambda: evaluate(text, limits_of(cel.Limits, name, limit)))

    # Where the language does not say how much it is: the least that will do.
    needed = value or least(lambda limit: outcome(limit) == "OK", 1 << 16)
    assert 1 < needed < 1 << 16
    assert (outcome(needed), outcome(needed - 1)) == ("OK", code)


def test_limit_of_issues():
    def codes(limit):
        with pytest.raises(cel.CompileError) as raised:
            evaluate("[u, v, w, y]", limits_of(cel.Limits, "max_issues", limit))
        return [issue.code for issue in raised.value.issues]

    assert codes(4) == ["UNKNOWN_NAME"] * 4
    assert codes(3) == ["UNKNOWN_NAME"] * 3 + ["LIMIT_ISSUES"]


def test_limits_of_expressions_hold_in_policies_and_rule_sets():
    rule = 'id: "a" decision_points: "CancelOrder" rules { id: "r" outcome: POLICY_OUTCOME_ALLOW condition: "1 + 1 == 2" }'
    for limit, compiles in ((10, True), (9, False)):
        limits = limits_of(cel.Limits, "max_expression_bytes", limit)
        outcomes = [
            reason_of(lambda: rules.RuleSet.from_text(rule, input=v1.OrderDecisionInput, limits=limits)),
            reason_of(
                lambda: frontdesk.Policy.from_text(
                    f"rule_sets {{ {rule} }}", limits=frontdesk.PolicyLimits(expression=limits)
                )
            ),
        ]
        assert [outcome == "OK" for outcome in outcomes] == [compiles] * 2


# Packs with exactly two of each.
PACKS = {
    "max_rule_sets": ('rule_sets { id: "a" decision_points: "CancelOrder" } rule_sets { id: "b" decision_points: "ReturnOrder" }',
                      "POLICY_LIMIT_RULE_SETS"),
    "max_attribute_definitions": (
        'attribute_definitions { entity_kind: ENTITY_KIND_CASE name: "watts" type: TYPE_INT } '
        'attribute_definitions { entity_kind: ENTITY_KIND_CASE name: "volts" type: TYPE_INT }',
        "POLICY_LIMIT_ATTRIBUTES"),
    "max_escalation_steps": (
        'cases { escalation_chains { name: "lamps" basis: ESCALATION_BASIS_SKILL steps { queue_id: "second" } } }',
        "POLICY_LIMIT_ESCALATION_STEPS"),
    "max_remedies": ('cases { remedies { name: "a" code: "b" } remedies { name: "c" code: "d" } }',
                     "POLICY_LIMIT_REMEDIES"),
    "max_vocabulary_words": ('vocabulary { roles { name: "agent" } queues { name: "second_line" } }', "POLICY_LIMIT_VOCABULARY"),
    "max_totals": ('totals { name: "a" commands: "RefundOrder" } totals { name: "b" commands: "RefundOrder" }', "POLICY_LIMIT_TOTALS"),
    "max_total_lists": ('totals { name: "a" commands: "RefundOrder" commands: "CancelOrder" }', "POLICY_LIMIT_TOTAL_LISTS"),
    "max_service_targets": (
        'service_levels { level_id: "a" targets { target_id: "t" metric: SERVICE_METRIC_FIRST_REPLY duration { seconds: 9 } } }',
        "POLICY_LIMIT_SERVICE_TARGETS"),
    "max_milestones": ('milestones { name: "a" } milestones { name: "b" }', "POLICY_LIMIT_MILESTONES"),
    "max_rules": ('rule_sets { id: "a" decision_points: "CancelOrder" '
                  'rules { id: "r" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "true" } '
                  'rules { id: "s" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "true" } }',
                  "RULE_SET_LIMIT_RULES"),
}


def test_every_limit_of_policies_is_tried():
    assert set(PACKS) | {"max_text_bytes", "max_decision_cost"} == names_of(frontdesk.PolicyLimits)


def policy_issues(text, name, value):
    try:
        frontdesk.Policy.from_text(text, limits=limits_of(frontdesk.PolicyLimits, name, value))
    except frontdesk.PolicyError as error:
        return [issue.reason for issue in error.issues]
    return []


@pytest.mark.parametrize("name", PACKS)
def test_limits_of_policies(name):
    text, reason = PACKS[name]
    assert reason not in policy_issues(text, name, 2)
    assert reason in policy_issues(text, name, 1)


def test_limits_of_calendars_hold_in_policies():
    text = ALLOW_ALL + 'calendars { calendar_id: "a" time_zone: "UTC" } calendars { calendar_id: "b" time_zone: "UTC" }'
    for limit, reasons in ((2, []), (1, ["CALENDAR_TOO_LARGE"])):
        limits = frontdesk.PolicyLimits(calendars=frontdesk.calendar.CalendarLimits(max_calendars=limit))
        assert [issue.reason for issue in frontdesk.check_policy(text, limits=limits)] == reasons


def test_limit_of_the_text_of_policies():
    size = len(ALLOW_ALL)
    assert policy_issues(ALLOW_ALL, "max_text_bytes", size) == []
    assert policy_issues(ALLOW_ALL, "max_text_bytes", size - 1) == ["POLICY_TEXT_LIMIT_BYTES"]


PLACE = v1.PlaceOrder(
    order_id="o2",
    customer_id="c1",
    currency_code="EUR",
    lines=[v1.PlaceOrderLine(variant_id="mug", quantity=2)],
    payment_method_id="card",
    settlement=v1.SETTLEMENT_DONE,
)


def test_every_limit_of_commands_is_tried():
    tried = {
        "max_command_bytes", "max_facts_bytes", "max_events_per_command", "max_case_ancestors", "max_approval_rounds",
        "max_approval_findings",
    }
    assert tried | {"max_policy_cost", "max_related"} == names_of(frontdesk.CommandLimits)


@pytest.mark.parametrize(
    "name, command, reason",
    [
        # A command that is larger than its facts, and one that is smaller.
        ("max_command_bytes", ask(PLACE, note="x" * 10_000), "COMMAND_TOO_LARGE"),
        ("max_command_bytes", ask(PLACE), "COMMAND_TOO_LARGE"),
        ("max_facts_bytes", ask(PLACE, note="x" * 10_000), "FACTS_TOO_LARGE"),
        ("max_facts_bytes", ask(PLACE), "FACTS_TOO_LARGE"),
    ],
)
def test_limits_of_the_bytes_of_commands(shop_policy, name, command, reason):
    facts = conftest.catalog()
    size = (command if name == "max_command_bytes" else facts).ByteSize()
    for limit, expected in ((size, "OK"), (size - 1, reason)):
        limits = limits_of(frontdesk.CommandLimits, name, limit)
        desk = frontdesk.Desk.open(shop_policy, limits=limits)
        assert reason_of(lambda: desk.preview(command, facts=facts)) == expected
        assert reason_of(lambda: frontdesk.Desk(shop_policy, limits=limits).execute(command, facts=facts)) == expected


def test_limits_of_the_bytes_of_a_pure_decision(shop_policy):
    command = ask(v1.CancelOrder(order_id="o1"), note="x" * 500)
    question = v1.DecisionInput(order=v1.OrderDecisionInput(order=v1.Order(order_id="o1", currency_code="EUR")))
    for name, size, reason in (
        ("max_command_bytes", command.ByteSize(), "COMMAND_TOO_LARGE"),
        ("max_facts_bytes", question.ByteSize(), "FACTS_TOO_LARGE"),
    ):
        for limit, expected in ((size, "OK"), (size - 1, reason)):
            limits = limits_of(frontdesk.CommandLimits, name, limit)
            assert reason_of(lambda: frontdesk.decide(question, command, shop_policy, limits=limits)) == expected


def test_limit_of_the_events_of_a_command(shop_policy):
    link = v1.CaseLink(kind=v1.CaseLink.KIND_RELATED, case_id="b")
    for limit, expected in ((2, "OK"), (1, "EVENTS_TOO_MANY")):
        limits = limits_of(frontdesk.CommandLimits, "max_events_per_command", limit)
        with frontdesk.Desk.open(shop_policy, limits=limits) as desk:
            for case_id in ("a", "b"):
                done(desk.execute(ask(v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_QUESTION, subject="why"))))
            # It changes both cases.
            assert reason_of(lambda: desk.execute(ask(v1.LinkCase(case_id="a", case_link=link)))) == expected


def test_limit_of_the_ancestors_of_a_case(shop_policy):
    for limit, accepted in ((2, True), (1, False)):
        limits = limits_of(frontdesk.CommandLimits, "max_case_ancestors", limit)
        with frontdesk.Desk.open(shop_policy, limits=limits) as desk:
            for case_id in ("a", "b", "c", "d"):
                done(desk.execute(ask(v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_QUESTION, subject="why"))))
            outcomes = []
            for child, parent in (("b", "c"), ("a", "b")):
                link = v1.CaseLink(kind=v1.CaseLink.KIND_PARENT, case_id=parent)
                outcomes.append(desk.execute(ask(v1.LinkCase(case_id=child, case_link=link))))
            done(outcomes[0])
            assert (not outcomes[1].refusals) == accepted


HOLDING = """
rule_sets { id: "opening" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "a" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "A" authority: "x" condition: "true" }
  rules { id: "b" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "B" authority: "x" condition: "true" } }
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""


def test_limits_of_approvals():
    policy = frontdesk.Policy.from_text(HOLDING)
    boss = frontdesk.actor("boss", authorities=["x"])
    for findings, rounds, expected in ((2, 1, ["DONE"]), (1, 2, ["HELD", "DONE"]), (1, 1, ["REFUSED"])):
        limits = frontdesk.CommandLimits(max_approval_findings=findings, max_approval_rounds=rounds)
        with frontdesk.Desk.open(policy, limits=limits) as desk:
            held = desk.execute(ask(v1.OpenCase(case_id="a", kind=v1.Case.KIND_QUESTION, subject="why")))
            # With one finding a round, the second rule asks in a round of its own.
            verdicts = [
                frontdesk.Verdict(desk.approve(held.held.approval_id, actor=boss, now=NOON, round=number + 1).verdict).name
                for number in range(len(expected))
            ]
            assert verdicts == expected


COUNTING = """
rule_sets {
  id: "opening" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "r" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "R"
    condition: "[1, 2, 3, 4, 5, 6, 7, 8].exists(i, size(command.open_case.subject) == i)"
  }
}
"""


@pytest.mark.parametrize("kind, name", [(frontdesk.PolicyLimits, "max_decision_cost"), (frontdesk.CommandLimits, "max_policy_cost")])
def test_limits_of_the_cost_of_rules(kind, name):
    def error(limit):
        limits = limits_of(kind, name, limit)
        of_policy = {"limits": limits} if kind is frontdesk.PolicyLimits else {}
        of_desk = {} if kind is frontdesk.PolicyLimits else {"limits": limits}
        with frontdesk.Desk.open(frontdesk.Policy.from_text(COUNTING, **of_policy), **of_desk) as desk:
            outcome = desk.preview(ask(v1.OpenCase(case_id="a", kind=v1.Case.KIND_QUESTION, subject="why not now")))
        return outcome.decision.rules[0].error if outcome.refusals else ""

    needed = least(lambda limit: error(limit) == "", 1 << 16)
    assert 8 < needed < 1 << 16
    assert "CEL_LIMIT_BUDGET" in error(needed - 1)


def test_limit_of_related_cases(shop_policy):
    for limit, in_command, in_search in ((3, "OK", "OK"), (2, "RELATED_TOO_MANY", "FIND_RELATED_TOO_MANY")):
        options = {
            "limits": limits_of(frontdesk.CommandLimits, "max_related", limit),
            "find_limits": limits_of(frontdesk.FindLimits, "max_related", limit),
        }
        with frontdesk.Desk.open(shop_policy, **options) as desk:
            for number in range(3):
                done(desk.execute(ask(v1.OpenCase(case_id=f"k{number}", kind=v1.Case.KIND_QUESTION, subject="?"))))
            for number in range(2):
                done(desk.execute(ask(v1.MergeCases(case_id=f"k{number + 1}", merged_case_id=f"k{number}"))))
            assert reason_of(lambda: desk.preview(ask(v1.ResolveCase(case_id="k2", code="done")))) == in_command
            assert reason_of(lambda: list(desk.find(v1.InteractionQuery(case_id="k2")))) == in_search


@pytest.fixture(scope="module")
def store():
    """Six customers with one telephone. The first has four open cases, one of them in a queue, interactions and orders."""
    kept = frontdesk.MemoryStore()
    with frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL), store=kept) as desk:
        for number in range(1, 7):
            customer_id = f"c{number}"
            done(desk.execute(ask(v1.CreateCustomer(customer_id=customer_id, given_name="Ann"))))
            add = v1.AddContactPoint(
                customer_id=customer_id,
                contact_point_id="phone",
                kind=v1.ContactPoint.KIND_PHONE,
                as_typed="+1 650 253 0000",
            )
            done(desk.execute(ask(add)))
        address = v1.PostalAddress(lines=["1 Main St"], locality="Springfield")
        done(desk.execute(ask(v1.ChangeAddress(customer_id="c1", address=address))))
        method = v1.PaymentMethod(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD)
        done(desk.execute(ask(v1.AddPaymentMethod(customer_id="c1", payment_method=method))))
        for number in range(4):
            opened = v1.OpenCase(
                case_id=f"k{number}", kind=v1.Case.KIND_QUESTION, subject="?", customer_id="c1",
                queue_id="rare" if number == 0 else ""
            )
            done(desk.execute(ask(opened)))
            started = v1.StartInteraction(
                interaction_id=f"i{number}",
                channel=v1.CHANNEL_VOICE,
                direction=v1.DIRECTION_INBOUND,
                customer_id="c1",
            )
            done(desk.execute(ask(started)))
            order = v1.PlaceOrder()
            order.CopyFrom(PLACE)
            order.order_id = f"o{number}"
            done(desk.execute(ask(order), facts=conftest.catalog()))
    holding = frontdesk.Policy.from_text(HOLDING)
    with frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL), store=kept) as desk:
        done(desk.activate(holding, frontdesk.Activation(frontdesk.actor("root"), NOON)))
        for number in range(2):
            held = v1.OpenCase(case_id=f"h{number}", kind=v1.Case.KIND_QUESTION, subject="?", customer_id="c1")
            assert desk.execute(ask(held)).verdict == frontdesk.Verdict.HELD
        allowing = frontdesk.Policy.from_text(ALLOW_ALL)
        done(desk.activate(allowing, frontdesk.Activation(frontdesk.actor("root"), NOON)))
    return kept


def finder(store, name, value):
    limits = limits_of(frontdesk.FindLimits, name, value)
    return frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL), store=store, find_limits=limits)


def test_every_limit_of_searches_is_tried():
    tried = {"max_text_bytes", "max_scanned", "max_compared", "max_duplicates", "max_counted"}
    assert tried | {"max_related", "max_rows", "max_prefix_words"} == names_of(frontdesk.FindLimits)


def test_limit_of_the_elements_that_are_read_at_once(store):
    case = frontdesk.entity_ref(frontdesk.EntityKind.CASE, "k1")
    with finder(store, "max_rows", 1) as desk:
        assert reason_of(lambda: desk.get(case, lists=["state_spans"])) == "OK"
        done(desk.execute(ask(v1.AssignCase(case_id="k1", assignee_id="anna"))))
        assert reason_of(lambda: desk.get(case, lists=["state_spans"])) == "FIND_ROWS_TOO_MANY"
        assert len(list(desk.rows(case, "state_spans"))) == 2


def test_limit_of_the_words_of_a_beginning(store):
    with finder(store, "max_prefix_words", 1) as desk:
        done(desk.execute(ask(v1.ChangeCaseSubject(case_id="k1", subject="lamp"))))
        query = v1.TextQuery(words="l*", entity_kind=v1.ENTITY_KIND_CASE)
        assert [found.case.case_id for found in desk.find(query)] == ["k1"]
        done(desk.execute(ask(v1.ChangeCaseSubject(case_id="k2", subject="light"))))
        assert reason_of(lambda: desk.find_page(query)) == "FIND_ROWS_TOO_MANY"


def test_limit_of_the_texts_of_searches(store):
    query = v1.CustomerQuery(email="ann@example.com")
    assert reason_of(lambda: finder(store, "max_text_bytes", 15).find_page(query)) == "OK"
    assert reason_of(lambda: finder(store, "max_text_bytes", 14).find_page(query)) == "FIND_MALFORMED"


def test_limit_of_entities_looked_at(store):
    query = v1.CaseQuery(customer_id="c1", queue_id="rare")
    for limit, is_whole in ((4, True), (3, False)):
        page = finder(store, "max_scanned", limit).find_page(query)
        assert (len(page.found) == 1 and not page.next_page_token) == is_whole


def test_limit_of_entities_counted(store):
    query = v1.CaseQuery(customer_id="c1")
    assert finder(store, "max_counted", 4).count(query) == 4
    assert reason_of(lambda: finder(store, "max_counted", 3).count(query)) == "FIND_COUNT_TOO_MANY"


def test_limits_of_duplicates(store):
    def found(name, value):
        return [each.customer_id for each in finder(store, name, value).find_duplicates("c1")]

    # The customer itself is among those with the number.
    assert found("max_compared", 6) == ["c2", "c3", "c4", "c5", "c6"]
    assert found("max_compared", 3) == ["c2", "c3", "c4"]
    assert found("max_duplicates", 5) == ["c2", "c3", "c4", "c5", "c6"]
    assert found("max_duplicates", 3) == ["c2", "c3", "c4"]


def test_limits_of_a_file(store):
    def sizes(limits):
        desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL), store=store)
        file = desk.open_file("c1", now=NOON, limits=limits)
        return {
            "max_open_cases": len(file.open_cases),
            "max_interactions": len(file.recent_interactions),
            "max_orders": len(file.recent_orders),
            "max_pending_approvals": len(file.pending_approvals),
            "max_duplicates": len(file.duplicates),
        }

    whole = sizes(frontdesk.FileLimits())
    assert set(whole) == names_of(frontdesk.FileLimits)
    assert whole == {
        "max_open_cases": 4, "max_interactions": 4, "max_orders": 4, "max_duplicates": 5, "max_pending_approvals": 2}
    less = frontdesk.FileLimits(
        max_open_cases=1, max_interactions=2, max_orders=3, max_duplicates=4, max_pending_approvals=0)
    assert sizes(less) == {
        "max_open_cases": 1,
        "max_interactions": 2,
        "max_orders": 3,
        "max_duplicates": 4,
        "max_pending_approvals": 0,
    }
    for name in whole:
        assert sizes(limits_of(frontdesk.FileLimits, name, 1)) == {**whole, name: 1}
