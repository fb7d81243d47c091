"""Cases that hang together: links, tasks, merges and splits, from Python."""

import pytest

import frontdesk
from conftest import done, happened
from frontdesk import EntityKind, RefusalOrigin, domain, v1


@pytest.fixture
def cases(desk, ask):
    """The shop's desk with three cases of its customer, each with one public message."""
    for case_id in ("a", "b", "c"):
        done(
            desk.execute(
                ask(v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_TROUBLE, subject="no light", customer_id="c1"))
            )
        )
        add_part(desk, ask, case_id, "m1")
    return desk


def add_part(desk, ask, case_id, part_id):
    part = v1.InteractionPart(
        part_id=part_id,
        kind=v1.InteractionPart.KIND_MESSAGE,
        text="It does not light.",
        visibility=v1.VISIBILITY_PUBLIC,
    )
    done(desk.execute(ask(v1.AddCasePart(case_id=case_id, part=part))))


def get(desk, case_id):
    lists = ["parts", "links", "further_case_links", "state_spans", "tasks", "merged_cases"]
    return desk.get(frontdesk.entity_ref(EntityKind.CASE, case_id), lists=lists).case


def facts(outcome):
    return [(happened(event), event.entity.id) for event in outcome.events]


def seen(desk, case_id):
    collected = domain.collect_case_parts(get(desk, case_id), [get(desk, each) for each in ("a", "b", "c")])
    assert collected.missing_case_ids == ()
    return [f"{each.case_id}/{each.part.part_id}" for each in collected.parts]


def test_links(cases, ask):
    link = v1.CaseLink(kind=v1.CaseLink.KIND_PARENT, case_id="b")
    outcome = done(cases.execute(ask(v1.LinkCase(case_id="a", case_link=link))))
    assert facts(outcome) == [("case_linked", "a"), ("case_linked", "b")]
    assert get(cases, "b").further_case_links[0] == v1.CaseLink(kind=v1.CaseLink.KIND_CHILD, case_id="a")
    assert facts(done(cases.execute(ask(v1.LinkCase(case_id="a", case_link=link))))) == []
    nowhere = v1.CaseLink(kind=v1.CaseLink.KIND_RELATED, case_id="nowhere")
    missing = cases.execute(ask(v1.LinkCase(case_id="a", case_link=nowhere)))
    assert (missing.refusals[0].reason, missing.refusals[0].origin) == ("CASE_NOT_FOUND", RefusalOrigin.NOT_FOUND)
    done(cases.execute(ask(v1.UnlinkCase(case_id="a", case_link=link))))
    assert not get(cases, "b").further_case_links
    order = frontdesk.entity_ref(EntityKind.ORDER, "o1")
    done(cases.execute(ask(v1.LinkCase(case_id="a", entity=order))))
    assert list(get(cases, "a").links) == [order]


def test_a_limit_on_ancestors(shop_policy, ask):
    limits = frontdesk.CommandLimits(max_case_ancestors=1)
    with frontdesk.Desk.open(shop_policy, limits=limits) as desk:
        for case_id in ("a", "b", "c"):
            done(desk.execute(ask(v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_QUESTION, subject="why"))))

        def parent(child, of):
            link = v1.CaseLink(kind=v1.CaseLink.KIND_PARENT, case_id=of)
            return desk.execute(ask(v1.LinkCase(case_id=child, case_link=link)))

        done(parent("b", "c"))
        assert parent("a", "b").refusals[0].reason == "CASE_LINK_DEPTH"
        assert parent("c", "b").refusals[0].reason == "CASE_LINK_CYCLE"


def test_tasks(cases, ask):
    task = v1.FollowUpTask(task_id="t1", title="call back", assignee_id="bob")
    done(cases.execute(ask(v1.AddCaseTask(case_id="a", task=task))))
    done(cases.execute(ask(v1.CompleteCaseTask(case_id="a", task_id="t1", outcome_note="was glad"), minutes=5)))
    assert get(cases, "a").tasks[0].outcome_note == "was glad"
    removed = cases.execute(ask(v1.RemoveCaseTask(case_id="a", task_id="t1"), minutes=5))
    assert removed.refusals[0].reason == "CASE_REMOVE_TASK_DONE"


def test_merge_and_unmerge(cases, ask):
    before = get(cases, "a"), get(cases, "b")
    merge = v1.MergeCases(case_id="a", merged_case_id="b")
    assert facts(done(cases.execute(ask(merge)))) == [("case_merged", "a"), ("case_merged_away", "b")]
    assert seen(cases, "a") == ["a/m1", "b/m1"]
    assert facts(done(cases.execute(ask(merge)))) == []
    refused = cases.execute(ask(v1.CloseCase(case_id="b")))
    details = {detail.name: detail.value for detail in refused.refusals[0].details}
    assert refused.refusals[0].reason == "CASE_CLOSE_STATE" and details["survivor_case_id"] == "a"
    done(cases.execute(ask(v1.UnmergeCases(case_id="a", merged_case_id="b"))))
    assert get(cases, "a") == before[0]
    after = get(cases, "b")
    assert [total.count for total in after.state_totals] == [2, 1]
    for state in (after, before[1]):
        del state.state_spans[1:], state.state_totals[:]
        state.ClearField("state_time")
    assert after == before[1]


def test_split_and_unsplit(cases, ask):
    add_part(cases, ask, "a", "m2")
    split = v1.SplitCase(case_id="a", new_case_id="s", subject="the fan", part_ids=["m2"])
    assert facts(done(cases.execute(ask(split)))) == [("case_opened", "s"), ("case_split", "a")]
    assert seen(cases, "a") == ["a/m1"] and seen(cases, "s") == ["a/m2"]
    done(cases.execute(ask(v1.UnsplitCase(case_id="a", split_case_id="s"))))
    collected = domain.collect_case_parts(get(cases, "a"), [get(cases, "s")])
    assert [each.part.part_id for each in collected.parts] == ["m1", "m2"]
    assert get(cases, "s").survivor_case_id == "a"


def test_resolving_a_cause_proposes(cases, ask):
    link = v1.CaseLink(kind=v1.CaseLink.KIND_CAUSE_OF, case_id="b")
    done(cases.execute(ask(v1.LinkCase(case_id="a", case_link=link))))
    outcome = done(cases.execute(ask(v1.ResolveCase(case_id="a", code="repaired"))))
    assert [effect.case.propose_resolution for effect in outcome.effects] == [
        v1.ProposeResolution(case_id="b", cause_case_id="a", code="repaired")
    ]
    assert get(cases, "b").state == v1.Case.STATE_NEW
