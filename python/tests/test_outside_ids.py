"""One outside id, one case: a second one is refused, or the existing one is named, as the policy pack says."""

import datetime

import pytest

import frontdesk
from frontdesk import v1

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.timezone.utc)
PACK = '''
rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
unique_external_ids { entity_kind: ENTITY_KIND_CASE systems: "crm" duplicate: DUPLICATE_EXISTING }
unique_external_ids { entity_kind: ENTITY_KIND_CASE systems: "erp" duplicate: DUPLICATE_REFUSE }
unique_external_ids { entity_kind: ENTITY_KIND_CASE of_parts: true systems: "mail" duplicate: DUPLICATE_EXISTING }
'''


def open_case(case_id, system, number):
    return v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_TROUBLE, subject="No signal",
                       external_ids=[v1.ExternalId(system=system, id=number)])


def mail(case_id, part_id, message_id):
    return v1.AddCasePart(case_id=case_id, part=v1.InteractionPart(
        part_id=part_id, kind=v1.InteractionPart.KIND_MESSAGE, text="Hello",
        external_ids=[v1.ExternalId(system="mail", id=message_id)]))


@pytest.fixture
def ask():
    with frontdesk.Desk.open(frontdesk.Policy.from_text(PACK)) as desk:
        def asked(verb, **options):
            return desk.execute(frontdesk.command(verb, actor=frontdesk.actor("gateway"), now=NOON, **options))

        asked.desk = desk
        yield asked


def test_a_repeated_delivery_gets_the_case_that_exists(ask):
    assert ask(open_case("k1", "crm", "7")).verdict == frontdesk.Verdict.DONE
    again = ask(open_case("k2", "crm", "7"), idempotency_key="delivery-2")
    assert again.verdict == frontdesk.Verdict.DONE
    assert (again.existing_entity.id, len(again.events)) == ("k1", 0)
    assert ask(open_case("k2", "crm", "7"), idempotency_key="delivery-2") == again
    assert "the outside id belongs to case k1" in ask.desk.explain(again.record_id).text


def test_a_second_case_is_refused_and_the_first_is_named(ask):
    ask(open_case("k1", "erp", "7"))
    refused = ask(open_case("k2", "erp", "7"))
    assert refused.verdict == frontdesk.Verdict.REFUSED
    (refusal,) = refused.refusals
    assert (refusal.reason, refusal.field) == ("CASE_EXTERNAL_ID_TAKEN", "open_case.external_ids[0]")
    assert [(detail.name, detail.value) for detail in refusal.details] == [("existing_id", "k1")]


def test_a_message_is_recorded_once_and_leads_to_its_case(ask):
    ask(open_case("k1", "crm", "7"))
    ask(open_case("k2", "crm", "8"))
    assert len(ask(mail("k1", "p1", "<1@example.com>")).events) == 1
    again = ask(mail("k2", "p9", "<1@example.com>"))
    assert (again.verdict, again.existing_entity.id, again.existing_part_id) == (frontdesk.Verdict.DONE, "k1", "p1")
    query = v1.CaseQuery(external_id=v1.ExternalId(system="mail", id="<1@example.com>"))
    assert [state.case.case_id for state in ask.desk.find(query)] == ["k1"]


def test_a_policy_with_entries_that_overlap_shows_where():
    with pytest.raises(frontdesk.PolicyError) as caught:
        frontdesk.Policy.from_text(PACK + '''
unique_external_ids { entity_kind: ENTITY_KIND_CASE systems: "tel" systems: "crm" }
unique_external_ids { entity_kind: ENTITY_KIND_CUSTOMER }''')
    assert [(issue.reason, issue.field) for issue in caught.value.issues] == [
        ("POLICY_UNIQUE_IDS_OVERLAP", "unique_external_ids[3].systems[1]"),
        ("POLICY_UNIQUE_IDS_KIND", "unique_external_ids[4].entity_kind")]
