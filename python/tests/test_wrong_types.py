"""The error for an argument of an invalid type names the type: no argument's value is ever shown."""

import re
import traceback

import pytest

import conftest
import frontdesk
from conftest import NOON
from frontdesk import ActorKind, ContactPointKind, EntityKind, Rounding, _core, attributes, cel, contact, domain, ids, money
from frontdesk import rules, v1

SECRET = "ann.secret@example.com"
EUR = v1.Money(units=1, currency_code="EUR")
PRICE = v1.UnitPrice(value=1, scale=0, currency_code="EUR")
ANNA = v1.Actor(actor_id="anna", kind=v1.Actor.KIND_AGENT)
SECRET_CUSTOMER = v1.Customer(customer_id="c1", given_name=SECRET)


class Shows:
    """Something that shows a secret wherever its value is shown."""

    def __repr__(self):
        return SECRET

    def __call__(self, n):
        return n


def chain(error):
    """The exception and all that hangs on it, suppressed or not."""
    waiting, seen = [error], []
    while waiting:
        each = waiting.pop()
        if each is not None and not any(each is other for other in seen):
            seen.append(each)
            waiting += [each.__cause__, each.__context__]
    return seen


def told(error):
    """Everything that an exception, its causes and its contexts say."""
    parts = []
    for each in chain(error):
        parts += [str(each), repr(each), repr(each.args), repr(getattr(each, "object", ""))]
        parts += traceback.format_exception_only(type(each), each)
    return "\n".join(parts)


def make_desk():
    allow_all = frontdesk.Policy.from_text(
        'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
    )
    return frontdesk.Desk.open(allow_all)


DESK = make_desk()
RULES = rules.RuleSet.from_text('id: "r" default_outcome: POLICY_OUTCOME_ALLOW', input=v1.Customer)
PROGRAM = cel.Environment(variables={"text": str}).compile("text")


def ask(verb=v1.CancelOrder(order_id="1"), **options):
    return frontdesk.command(verb, **{"actor": ANNA, "now": NOON, **options})


# (name of the callable, call with an argument of an invalid type and the secret in another one or in that one)
CALLS = [
    ("contact.normalize", lambda: contact.normalize(ContactPointKind.EMAIL, SECRET, region_code=None)),
    ("contact.normalize swapped", lambda: contact.normalize(SECRET, ContactPointKind.EMAIL)),
    ("contact.normalize list", lambda: contact.normalize(ContactPointKind.EMAIL, [SECRET])),
    ("actor id", lambda: frontdesk.actor([SECRET])),
    ("actor kind", lambda: frontdesk.actor("anna", SECRET)),
    ("actor no kind", lambda: frontdesk.actor(SECRET, None)),
    ("actor roles", lambda: frontdesk.actor("anna", roles=[[SECRET]])),
    ("actor one role", lambda: frontdesk.actor("anna", roles=SECRET)),
    ("actor authorities", lambda: frontdesk.actor("anna", authorities=[SECRET, 5])),
    ("actor teams", lambda: frontdesk.actor(SECRET, team_ids=5)),
    ("command verb", lambda: ask(SECRET)),
    ("command class", lambda: ask(v1.OpenCase, note=SECRET)),
    ("command no verb", lambda: ask(SECRET_CUSTOMER)),
    ("command actor", lambda: ask(actor=SECRET)),
    ("command other actor", lambda: ask(actor=SECRET_CUSTOMER)),
    ("command now", lambda: ask(now=SECRET)),
    ("command key", lambda: ask(idempotency_key=[SECRET])),
    ("command version", lambda: ask(expected_version=SECRET)),
    ("command interaction", lambda: ask(interaction_id={SECRET: 1})),
    ("command note", lambda: ask(note=SECRET.encode())),
    ("entity_ref kind", lambda: frontdesk.entity_ref(SECRET, "1")),
    ("entity_ref id", lambda: frontdesk.entity_ref(EntityKind.ORDER, [SECRET])),
    ("canonical_bytes", lambda: frontdesk.canonical_bytes(SECRET)),
    ("attributes.of name", lambda: attributes.of([SECRET], 1)),
    ("attributes.of value", lambda: attributes.of("mail", [SECRET])),
    ("ids.SequenceIds", lambda: ids.SequenceIds(SECRET, first="1")),
    ("ids.time_of", lambda: ids.time_of([SECRET])),
    ("money.from_units", lambda: money.from_units(SECRET, "EUR")),
    ("money.from_units code", lambda: money.from_units(1, [SECRET])),
    ("money.of", lambda: money.of(SECRET, "EUR")),
    ("money.of code", lambda: money.of(1, [SECRET])),
    ("money.parse", lambda: money.parse(SECRET, 5)),
    ("money.parse rounding", lambda: money.parse("1", "EUR", rounding=SECRET)),
    ("money.currency_exponent", lambda: money.currency_exponent([SECRET])),
    ("money.add", lambda: money.add(EUR, SECRET)),
    ("money.sum", lambda: money.sum([EUR], [SECRET])),
    ("money.multiply", lambda: money.multiply(EUR, SECRET, rounding=Rounding.UP)),
    ("money.multiply rounding", lambda: money.multiply(EUR, 2, rounding=SECRET)),
    ("money.allocate", lambda: money.allocate(EUR, [1, SECRET])),
    ("money.parse_unit_price", lambda: money.parse_unit_price(SECRET, None)),
    ("money.price_times", lambda: money.price_times(PRICE, SECRET, rounding=Rounding.UP)),
    ("money.price_lines code", lambda: money.price_lines([(PRICE, 1)], [SECRET], rounding=Rounding.UP)),
    ("money.price_lines level", lambda: money.price_lines([], "EUR", level=SECRET, rounding=Rounding.UP)),
    ("domain.transitions", lambda: domain.transitions(SECRET)),
    ("domain.assess_customer", lambda: domain.assess_customer(SECRET)),
    ("domain.assess_interaction", lambda: domain.assess_interaction(SECRET_CUSTOMER)),
    ("domain.assess_order", lambda: domain.assess_order(SECRET_CUSTOMER)),
    ("domain.match_customers", lambda: domain.match_customers(SECRET_CUSTOMER, SECRET)),
    ("domain.reached_identity_level", lambda: domain.reached_identity_level(SECRET_CUSTOMER, NOON, [SECRET])),
    ("domain.collect_case_parts", lambda: domain.collect_case_parts(v1.Case(), [SECRET])),
    ("domain.compute_case_clock_basis", lambda: domain.compute_case_clock_basis(v1.Case(), pausing_states=[SECRET])),
    ("Policy.from_text", lambda: frontdesk.Policy.from_text([SECRET])),
    ("Policy.from_text file", lambda: frontdesk.Policy.from_text(f"# {SECRET}", file=5)),
    ("Policy.from_text limits", lambda: frontdesk.Policy.from_text("", limits=frontdesk.PolicyLimits(max_rules=SECRET))),
    (
        "Policy.from_text expression limits",
        lambda: frontdesk.Policy.from_text("", limits=frontdesk.PolicyLimits(expression=SECRET)),
    ),
    ("Policy.from_pack", lambda: frontdesk.Policy.from_pack(SECRET)),
    ("Policy.decide", lambda: DESK.policy.decide(v1.DecisionInput(), granted_authorities=[SECRET, 5])),
    ("Policy.decide as_of", lambda: DESK.policy.decide(v1.DecisionInput(), as_of=SECRET)),
    ("RuleSet.from_text", lambda: rules.RuleSet.from_text([SECRET], input=v1.Order)),
    ("RuleSet.from_text input", lambda: rules.RuleSet.from_text("", input=SECRET)),
    ("RuleSet.from_text message", lambda: rules.RuleSet.from_text("", input=Shows())),
    ("RuleSet.from_text container", lambda: rules.RuleSet.from_text(f"# {SECRET}", input=v1.Order, container=5)),
    ("RuleSet.decide", lambda: RULES.decide(SECRET)),
    ("RuleSet.decide point", lambda: RULES.decide(SECRET_CUSTOMER, decision_point=5)),
    ("RuleSet.decide authorities", lambda: RULES.decide(SECRET_CUSTOMER, granted_authorities=[5])),
    ("rules.format_decision", lambda: rules.format_decision(v1.Decision(), max_rules=SECRET)),
    ("Desk policy", lambda: frontdesk.Desk.open(SECRET)),
    ("Desk store", lambda: frontdesk.Desk.open(DESK.policy, store=[SECRET])),
    ("Desk ids", lambda: frontdesk.Desk.open(DESK.policy, ids=Shows())),
    ("Desk cache", lambda: frontdesk.Desk.open(DESK.policy, max_cached_state_bytes=SECRET)),
    ("Desk attempts", lambda: frontdesk.Desk.open(DESK.policy, max_commit_attempts=SECRET)),
    ("Desk limits", lambda: frontdesk.Desk.open(DESK.policy, limits=frontdesk.CommandLimits(max_command_bytes=SECRET))),
    ("Desk find limits", lambda: frontdesk.Desk.open(DESK.policy, find_limits=frontdesk.FindLimits(max_scanned=SECRET))),
    ("Reader store", lambda: frontdesk.Reader.open([SECRET])),
    ("Reader find limits", lambda: frontdesk.Reader.open(frontdesk.MemoryStore(), find_limits=SECRET)),
    ("Reader cache", lambda: frontdesk.Reader.open(frontdesk.MemoryStore(), max_cached_state_bytes=SECRET)),
    ("Desk.execute", lambda: DESK.execute(SECRET)),
    ("Desk.execute facts", lambda: DESK.execute(ask(note=SECRET), facts=SECRET)),
    ("Desk.import_commands", lambda: DESK.import_commands([SECRET], [])),
    ("Desk.import_commands row", lambda: DESK.import_commands("i1", [SECRET])),
    ("Desk.import_commands facts", lambda: DESK.import_commands("i1", [(ask(note=SECRET), SECRET)])),
    ("Desk.import_commands reason", lambda: DESK.import_commands("i1", [frontdesk.ImportInput(reason=5, text=SECRET)])),
    ("Desk.import_rows", lambda: DESK.import_rows([SECRET])),
    ("Desk.imports", lambda: DESK.imports(after=[SECRET])),
    ("Desk.approve", lambda: DESK.approve([SECRET], actor=ANNA, now=NOON)),
    ("Desk.decline note", lambda: DESK.decline(SECRET, actor=ANNA, now=NOON, note=5)),
    ("Desk.get", lambda: DESK.get(SECRET)),
    ("Desk.find", lambda: next(DESK.find(SECRET))),
    ("Desk.find page size", lambda: next(DESK.find(v1.CustomerQuery(email=SECRET), page_size=SECRET))),
    ("Desk.find_duplicates", lambda: DESK.find_duplicates([SECRET])),
    ("Desk.open_file", lambda: DESK.open_file(SECRET, now=NOON, limits=frontdesk.FileLimits(max_orders="5"))),
    ("Desk.open_file interaction", lambda: DESK.open_file(SECRET, now=NOON, interaction_id=None)),
    ("Desk.history", lambda: next(DESK.history(v1.EntityRef(kind=v1.ENTITY_KIND_ORDER, id=SECRET), after="0"))),
    ("Desk.record", lambda: DESK.record([SECRET])),
    ("Desk.journal", lambda: next(DESK.journal(after=SECRET))),
    ("Desk.explain", lambda: DESK.explain([SECRET])),
    ("Desk.pending_effects", lambda: next(DESK.pending_effects(page_size=SECRET))),
    ("Desk.claim_effects", lambda: DESK.claim_effects(NOON, max_effects=SECRET)),
    ("Desk.acknowledge_effect", lambda: DESK.acknowledge_effect([SECRET])),
    ("Desk.acknowledge_effect attempt", lambda: DESK.acknowledge_effect(SECRET, SECRET)),
    ("Desk.retry_effect", lambda: DESK.retry_effect(SECRET, 1, now=NOON, code=[SECRET])),
    ("decide", lambda: frontdesk.decide(v1.DecisionInput(), ask(note=SECRET), SECRET)),
    ("evolve", lambda: frontdesk.evolve(v1.Event(), SECRET)),
    ("cel.evaluate", lambda: cel.evaluate("text", {"text": SECRET, 5: 1})),
    ("cel.evaluate value", lambda: cel.evaluate("text + other", {"text": SECRET, "other": Shows()})),
    ("cel.literal", lambda: cel.literal([SECRET, Shows()])),
    ("cel.Environment constant", lambda: cel.Environment(constants={5: SECRET})),
    ("cel.Environment container", lambda: cel.Environment(constants={"mail": SECRET}, container=5)),
    ("cel.Environment extensions", lambda: cel.Environment(extensions=SECRET)),
    ("cel.Environment limits", lambda: cel.Environment(limits=cel.Limits(max_cost=SECRET))),
    ("cel.Environment types", lambda: cel.Environment(types=[Shows()])),
    ("cel.Environment variable", lambda: cel.Environment(variables={"a": Shows()})),
    ("cel.Environment function", lambda: cel.Environment(functions=[cel.Function("f", None, [int], int, cost=SECRET)])),
    ("cel.function", lambda: cel.function(Shows().__call__)),
    ("compile", lambda: cel.Environment().compile(f"'{SECRET}'", check=SECRET)),
    ("Program.evaluate", lambda: PROGRAM.evaluate({"text": SECRET, None: 1})),
    ("Program.explain", lambda: PROGRAM.explain({"text": SECRET}, max_reads="5")),
    ("Program.estimate_cost", lambda: PROGRAM.estimate_cost({SECRET: "5"})),
    ("Program.literal", lambda: PROGRAM.evaluate_literal({"text": SECRET}, max_bytes="5")),
]


@pytest.mark.parametrize("call", [call for _, call in CALLS], ids=[name for name, _ in CALLS])
def test_the_error_names_the_type_and_no_value(call):
    with pytest.raises(TypeError) as raised:
        call()
    assert str(raised.value)
    assert SECRET not in told(raised.value)
    assert "Invoked with" not in told(raised.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: attributes.of("number", 4111_1111_1111_1111 << 20),
        lambda: ask(expected_version=4111_1111_1111_1111 << 20),
        lambda: money.from_units(4111_1111_1111_1111 << 20, "EUR"),
        lambda: frontdesk.entity_ref(4111_1111_1111_1111 << 20, "1"),
        lambda: next(DESK.journal(after=4111_1111_1111_1111 << 20)),
        lambda: frontdesk.Verdict(SECRET),
        lambda: frontdesk.Verdict.of(SECRET),
        lambda: ask(note=SECRET + "\ud800"),
        lambda: attributes.of("mail", SECRET + "\ud800"),
        lambda: contact.normalize(ContactPointKind.EMAIL, SECRET + "\ud800"),
        lambda: DESK.find_duplicates(SECRET + "\ud800"),
        lambda: PROGRAM.evaluate({"text": SECRET + "\ud800"}),
    ],
)
def test_values_that_do_not_fit_are_not_shown(call):
    with pytest.raises((TypeError, ValueError, OverflowError)) as raised:
        call()
    assert SECRET not in told(raised.value)
    assert str(4111_1111_1111_1111 << 20) not in told(raised.value)


def test_the_text_names_function_signature_and_types():
    with pytest.raises(TypeError) as raised:
        contact.normalize(ContactPointKind.EMAIL, SECRET, region_code=None)
    text = str(raised.value)
    assert text.startswith("frontdesk.contact.normalize(): ")
    assert "contact_normalize(int, str, str)" in text and "(int, str, None)" in text
    with pytest.raises(TypeError) as raised:
        DESK.policy.decide(v1.DecisionInput(), granted_authorities=["a", 5])
    text = str(raised.value)
    assert "Policy.decide(): " in text
    assert "decide(input: bytes, granted_authorities: List[str], as_of: " in text
    assert "(bytes, list[int | str], None)" in text
    with pytest.raises(TypeError) as raised:
        cel.Environment(constants={5: SECRET})
    assert str(raised.value).startswith("frontdesk.cel.Environment(): ")


def core_calls():
    """(name, callable) of every function, method and constructor of the extension, those that the stub lists."""
    source = (conftest.package_dir() / "frontdesk" / "_core.pyi").read_text(encoding="utf-8")
    owner = ""
    for line in source.splitlines():
        if found := re.match(r"class (\w+)", line):
            owner = found[1]
        elif found := re.match(r"( *)def (\w+)\(", line):
            path = [owner, found[2]] if found[1] else [found[2]]
            if path[0].startswith("_") or "@property" in before:
                continue
            thing = _core
            for part in path:
                thing = getattr(thing, part)
            yield ".".join(path), thing
        before = line


@pytest.mark.parametrize("name, thing", list(core_calls()))
def test_everything_of_the_core_is_guarded(name, thing):
    """Whatever is given to whatever function, also too many arguments and an invalid `self`, nothing is shown."""
    with pytest.raises(TypeError) as raised:
        thing(*[SECRET] * 15)
    assert SECRET not in told(raised.value)
    assert "Invoked with" not in told(raised.value)
    assert name.rsplit(".", 1)[-1] in str(raised.value)


def test_the_exception_of_a_users_function_comes_through():
    class Ids:
        def __init__(self, error):
            self.error = error

        def next_id(self, now):
            raise self.error

    verb = v1.CreateCustomer(customer_id="c1", given_name="Ann")
    for error in (
        TypeError("execute(): incompatible with my taste"),
        TypeError("mine"),
        RuntimeError("mine"),
        UnicodeEncodeError("utf-8", "mine", 0, 1, "mine"),
    ):
        desk = frontdesk.Desk.open(DESK.policy, ids=Ids(error))
        with pytest.raises(type(error)) as raised:
            desk.execute(ask(verb))
        assert raised.value is error


def test_an_id_that_is_no_text():
    class Ids:
        def next_id(self, now):
            return Shows()

    desk = frontdesk.Desk.open(DESK.policy, ids=Ids())
    with pytest.raises(TypeError) as raised:
        desk.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann")))
    assert SECRET not in told(raised.value) and "Shows" in str(raised.value)


def test_numbers_of_enums_are_accepted():
    assert frontdesk.actor("anna", 1) == frontdesk.actor("anna", ActorKind.AGENT)
    assert frontdesk.actor("anna", v1.Actor.KIND_BOT) == frontdesk.actor("anna", ActorKind.BOT)
    assert frontdesk.entity_ref(3, "1") == frontdesk.entity_ref(EntityKind.ORDER, "1")
    assert domain.transitions(3) == domain.transitions(EntityKind.ORDER)
    case = v1.Case(open_time={"seconds": 5})
    states = [frontdesk.CaseState.WAITING_ON_CUSTOMER, v1.Case.STATE_RESOLVED]
    assert domain.compute_case_clock_basis(case, pausing_states=states).start.timestamp() == 5
