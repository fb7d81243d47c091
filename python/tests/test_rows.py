"""Lists whose elements are rows of their own."""

import conftest
import frontdesk
import pytest
from frontdesk import EntityKind, v1

CASE = frontdesk.entity_ref(EntityKind.CASE, "case-1")


@pytest.fixture
def desk():
    text = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
    with frontdesk.Desk.open(frontdesk.Policy.from_text(text)) as opened:
        yield opened


def add_parts(desk, ask, count):
    conftest.done(desk.execute(ask(v1.OpenCase(case_id="case-1", kind=v1.Case.KIND_TROUBLE, subject="a lamp"))))
    for number in range(count):
        part = v1.InteractionPart(
            part_id=f"p{number}", kind=v1.InteractionPart.KIND_MESSAGE, visibility=v1.VISIBILITY_PUBLIC, text="hello"
        )
        conftest.done(desk.execute(ask(v1.AddCasePart(case_id="case-1", part=part), minutes=number)))


def test_elements_come_in_both_directions_whatever_the_page(desk, ask):
    add_parts(desk, ask, 5)
    ids = [f"p{number}" for number in range(5)]
    for page_size in (1, 2, 5, 1000):
        assert [part.part_id for part in desk.rows(CASE, "parts", page_size=page_size)] == ids
        backwards = desk.rows(CASE, "parts", page_size=page_size, descending=True)
        assert [part.part_id for part in backwards] == ids[::-1]


def test_a_state_has_counts_and_the_lists_asked_for(desk, ask):
    add_parts(desk, ask, 3)
    state = desk.get(CASE)
    assert not state.case.parts and state.case.part_count == 3
    (count,) = state.case.part_counts
    assert (count.visibility, count.count) == (v1.VISIBILITY_PUBLIC, 3)
    assert (count.last_time.seconds - count.first_time.seconds) == 120
    whole = desk.get(CASE, lists=("parts", "state_spans"))
    assert len(whole.case.parts) == 3 and len(whole.case.state_spans) == 1
    assert [part.text for part in desk.customer_view(CASE).case.parts] == ["hello"] * 3


def test_the_fold_of_the_history_has_every_element(desk, ask):
    add_parts(desk, ask, 3)
    folded = v1.EntityState()
    for event in desk.history(CASE):
        folded = frontdesk.evolve(event, folded)
    assert folded == desk.get(CASE, lists=["parts", "links", "further_case_links", "state_spans", "tasks"])


def test_errors(desk, ask):
    add_parts(desk, ask, 1)
    with pytest.raises(frontdesk.InvalidArgumentError) as unknown:
        desk.get(CASE, lists=["subject"])
    assert unknown.value.reason == "ROW_LIST_UNKNOWN"
    with pytest.raises(frontdesk.InvalidArgumentError) as wrong:
        list(desk.rows(CASE, "entries"))
    assert wrong.value.reason == "ROW_LIST_UNKNOWN"
    with pytest.raises(frontdesk.NotFoundError):
        list(desk.rows(frontdesk.entity_ref(EntityKind.CASE, "nothing"), "parts"))


def test_a_rule_does_not_read_a_list_of_rows():
    with pytest.raises(frontdesk.PolicyError) as refused:
        frontdesk.Policy.from_text(
            'rule_sets { id: "close" decision_points: "CloseCase" default_outcome: POLICY_OUTCOME_ALLOW '
            'rules { id: "r" order: 1 condition: "size(case.parts) > 1" outcome: POLICY_OUTCOME_REFUSE reason: "R" } }'
        )
    (issue,) = refused.value.issues
    assert issue.reason == "POLICY_LIST_IN_ROWS" and "case.part_count" in issue.text
