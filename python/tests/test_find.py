"""Finding, duplicates, the customer's file and the customer's view, as a stranger would use them."""

import datetime

import pytest

import frontdesk
from conftest import NOON, done
from frontdesk import EntityKind, domain, v1

ALLOW_ALL = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'


@pytest.fixture
def many(ask):
    """A desk with five customers on one telephone, two of them on one e-mail address, and cases and interactions of c1."""
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL))
    for number in range(1, 6):
        customer = f"c{number}"
        done(desk.execute(ask(v1.CreateCustomer(customer_id=customer, given_name="Ann", family_name=f"Strauß {number}"))))
        add(desk, ask, customer, "phone", v1.ContactPoint.KIND_PHONE, "+1 650 253 0000")
        address = v1.PostalAddress(lines=["1 Main St"], postal_code="SW1A 1AA")
        done(desk.execute(ask(v1.ChangeAddress(customer_id=customer, address=address))))
    for customer in ("c1", "c3"):
        add(desk, ask, customer, "mail", v1.ContactPoint.KIND_EMAIL, "Ann@Example.com")
        done(desk.execute(ask(v1.VerifyContactPoint(customer_id=customer, contact_point_id="mail", method="link"))))
    for number in range(1, 5):
        opened = v1.OpenCase(case_id=f"k{number}", kind=v1.Case.KIND_QUESTION, subject="?", customer_id="c1")
        done(desk.execute(ask(opened, minutes=number)))
    started = v1.StartInteraction(
        interaction_id="i1", channel=v1.CHANNEL_VOICE, direction=v1.DIRECTION_INBOUND, customer_id="c1"
    )
    done(desk.execute(ask(started)))
    case = frontdesk.entity_ref(EntityKind.CASE, "k1")
    done(desk.execute(ask(v1.LinkInteraction(interaction_id="i1", entity=case))))
    return desk


def add(desk, ask, customer, contact_point_id, kind, as_typed):
    verb = v1.AddContactPoint(customer_id=customer, contact_point_id=contact_point_id, kind=kind, as_typed=as_typed)
    done(desk.execute(ask(verb)))


def ids(found):
    return [state.entity.id for state in found]


@pytest.mark.parametrize("page_size", [1, 2, 5, 50])
def test_find_goes_through_all_pages(many, page_size):
    by_phone = v1.CustomerQuery(phone=v1.PhoneQuery(phone="+16502530000"))
    assert ids(many.find(by_phone, page_size=page_size)) == ["c1", "c2", "c3", "c4", "c5"]
    assert ids(many.find(v1.CaseQuery(customer_id="c1"), page_size=page_size)) == ["k4", "k3", "k2", "k1"]


def test_find_by_everything(many):
    assert ids(many.find(v1.CustomerQuery(email="ANN@example.COM"))) == ["c1", "c3"]
    by_name = v1.NameAndPostcodeQuery(name="STRAUSS2", postal_code="sw1a1aa")
    assert ids(many.find(v1.CustomerQuery(name_and_postcode=by_name))) == ["c2"]
    assert ids(many.find(v1.InteractionQuery(case_id="k1"))) == ["i1"]
    assert ids(many.find(v1.InteractionQuery(customer_id="c1"))) == ["i1"]
    assert ids(many.find(v1.OrderQuery(customer_id="c1"))) == []
    assert ids(many.find(v1.CaseQuery(customer_id="c1", states=[v1.Case.STATE_CLOSED]))) == []
    found = next(many.find(v1.CustomerQuery(email="ann@example.com")))
    assert found == many.get(found.entity)


def test_find_by_words(many, ask):
    part = v1.InteractionPart(
        part_id="p1", kind=v1.InteractionPart.KIND_MESSAGE, visibility=v1.VISIBILITY_PUBLIC, text="Wie heißt die Straße?"
    )
    done(many.execute(ask(v1.AddCasePart(case_id="k2", part=part), minutes=9)))
    note = v1.InteractionPart(part_id="p2", kind=v1.InteractionPart.KIND_NOTE, text="Not from our STRASSE")
    for case_id in ("k2", "k3"):
        done(many.execute(ask(v1.AddCasePart(case_id=case_id, part=note), minutes=9)))
    by_words = v1.TextQuery(words="strasse", entity_kind=v1.ENTITY_KIND_CASE)
    assert ids(many.find(by_words, page_size=1)) == ["k3", "k2"]
    by_words.customer_id = "c1"
    by_words.customer_view = True
    assert ids(many.find(by_words)) == ["k2"]
    by_words.words = "str* wie"
    assert ids(many.find(v1.FindRequest(texts=by_words))) == ["k2"]
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        many.find_page(v1.TextQuery(words="?"))
    assert [violation.field for violation in raised.value.violations] == ["texts.words", "texts.entity_kind"]


def test_pages_one_by_one(many):
    request = v1.FindRequest(cases=v1.CaseQuery(customer_id="c1"), page_size=3)
    first = many.find_page(request)
    assert ids(first.found) == ["k4", "k3", "k2"] and first.next_page_token
    request.page_token = first.next_page_token
    second = many.find_page(request)
    assert ids(second.found) == ["k1"] and not second.next_page_token
    assert ids(many.find(request)) == ["k1"], "goes on where the token says"
    request.cases.customer_id = "c2"
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        many.find_page(request)
    assert raised.value.reason == "FIND_PAGE_TOKEN_INVALID"


def test_all_violations_are_listed(many):
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        many.find_page(v1.FindRequest(orders=v1.OrderQuery(), page_size=1001))
    assert raised.value.reason == "FIND_MALFORMED"
    assert [violation.field for violation in raised.value.violations] == ["orders.customer_id", "page_size"]
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        list(many.find(v1.CustomerQuery(phone=v1.PhoneQuery(phone="+1 call Ann"))))
    assert raised.value.reason == "CONTACT_POINT_SYNTAX" and "Ann" not in str(raised.value)
    for wrong in (None, "c1", v1.Customer()):
        with pytest.raises(TypeError):
            many.find_page(wrong)


def test_find_limits(many, shop_policy):
    small = frontdesk.Desk(shop_policy, find_limits=frontdesk.FindLimits(max_text_bytes=3))
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        small.find_page(v1.CustomerQuery(email="a@bc"))
    assert raised.value.violations[0].reason == "FIND_FIELD_TOO_LONG"
    with pytest.raises(frontdesk.InvalidArgumentError):
        frontdesk.Desk(shop_policy, find_limits=frontdesk.FindLimits(max_compared=0))


def test_an_external_id_is_one_customers(many, ask):
    crm = v1.ExternalId(system="crm", id="7")
    done(many.execute(ask(v1.CreateCustomer(customer_id="x1", family_name="Lee", external_ids=[crm]))))
    refused = many.execute(ask(v1.CreateCustomer(customer_id="x2", family_name="Lee", external_ids=[crm])))
    assert refused.refusals[0].reason == "CUSTOMER_EXTERNAL_ID_TAKEN"
    assert ids(many.find(v1.CustomerQuery(external_id=crm))) == ["x1"]


def test_duplicates(many):
    candidates = many.find_duplicates("c1")
    assert [candidate.customer_id for candidate in candidates] == ["c3", "c2", "c4", "c5"]
    assert [candidate.is_certain for candidate in candidates] == [True, False, False, False]
    kinds = [evidence.kind for evidence in candidates[0].evidence]
    assert kinds == [
        v1.DuplicateEvidence.KIND_EMAIL,
        v1.DuplicateEvidence.KIND_PHONE,
        v1.DuplicateEvidence.KIND_ADDRESS,
    ]
    one, other = (many.get(frontdesk.entity_ref(EntityKind.CUSTOMER, each)).customer for each in ("c1", "c3"))
    assert domain.match_customers(one, other) == candidates[0]
    assert domain.match_customers(v1.Customer(), other) is None
    with pytest.raises(frontdesk.NotFoundError):
        many.find_duplicates("nobody")


def test_the_file(many):
    file = many.open_file("c1", now=NOON, limits=frontdesk.FileLimits(max_open_cases=3, max_duplicates=1))
    assert file.customer.customer_id == "c1"
    assert file.version == many.get(frontdesk.entity_ref(EntityKind.CUSTOMER, "c1")).version
    assert [case.case_id for case in file.open_cases] == ["k4", "k3", "k2"] and file.has_more_open_cases
    assert [each.interaction_id for each in file.recent_interactions] == ["i1"] and not file.has_more_interactions
    assert [each.customer_id for each in file.duplicates] == ["c3"]
    assert file.identity_level == 0
    with pytest.raises(frontdesk.NotFoundError):
        many.open_file("nobody", now=NOON)
    with pytest.raises(frontdesk.InvalidArgumentError):
        many.open_file("", now=NOON)
    with pytest.raises(ValueError):
        many.open_file("c1", now=datetime.datetime(2024, 5, 1))


def test_the_customers_view(many, ask):
    inside = v1.InteractionPart(
        part_id="p1", kind=v1.InteractionPart.KIND_NOTE, visibility=v1.VISIBILITY_INTERNAL, text="difficult customer"
    )
    said = v1.InteractionPart(
        part_id="p2", kind=v1.InteractionPart.KIND_MESSAGE, visibility=v1.VISIBILITY_PUBLIC, text="It is on its way."
    )
    for part in (inside, said):
        done(many.execute(ask(v1.AddInteractionPart(interaction_id="i1", part=part))))
        done(many.execute(ask(v1.AddCasePart(case_id="k1", part=part), minutes=9)))
    for kind, entity_id in ((EntityKind.INTERACTION, "i1"), (EntityKind.CASE, "k1")):
        entity = frontdesk.entity_ref(kind, entity_id)
        view = many.customer_view(entity)
        seen = getattr(view, view.WhichOneof("view"))
        assert [part.text for part in seen.parts] == ["It is on its way."]
        assert "difficult" not in str(view)
        state = many.get(entity, lists=["parts"])
        if kind is EntityKind.CASE:
            assert domain.view_case(state.case) == seen
        else:
            assert domain.view_interaction(state.interaction) == seen
    with pytest.raises(frontdesk.InvalidArgumentError):
        many.customer_view(frontdesk.entity_ref(EntityKind.CUSTOMER, "c1"))
    with pytest.raises(frontdesk.NotFoundError):
        many.customer_view(frontdesk.entity_ref(EntityKind.CASE, "nothing"))


def test_the_view_of_a_case_with_merged_ones():
    said = v1.InteractionPart(part_id="p", kind=v1.InteractionPart.KIND_MESSAGE, visibility=v1.VISIBILITY_PUBLIC, text="hello")
    merged = v1.Case(case_id="k2", state=v1.Case.STATE_MERGED, survivor_case_id="k1", parts=[said])
    survivor = v1.Case(case_id="k1", state=v1.Case.STATE_OPEN, merged_cases=[v1.MergedCase(case_id="k2")])
    assert [part.source.id for part in domain.view_case(survivor, [merged]).parts] == ["k2"]
    assert not domain.view_case(survivor).parts


def test_timeline_reads_page_after_page() -> None:
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(
        'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'))
    noon = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
    for verb in (v1.CreateCustomer(customer_id="c1", given_name="Ann"),
                 v1.OpenCase(case_id="k1", kind=v1.Case.KIND_TROUBLE, customer_id="c1", subject="broken"),
                 v1.OpenCase(case_id="k2", kind=v1.Case.KIND_TROUBLE, customer_id="c1", subject="broken")):
        desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=noon))
    entries = list(desk.timeline("c1", page_size=1))
    assert [(entry.verb, entry.event.entity.id) for entry in entries] == [
        ("OpenCase", "k2"), ("OpenCase", "k1"), ("CreateCustomer", "c1")]
    oldest = desk.timeline("c1", entity_kinds=[frontdesk.EntityKind.CASE], oldest_first=True)
    assert [entry.event.entity.id for entry in oldest] == ["k1", "k2"]
    with pytest.raises(frontdesk.NotFoundError):
        next(iter(desk.timeline("nobody")))
