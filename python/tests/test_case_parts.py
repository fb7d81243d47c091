"""The parts that cases hold together when some were merged and some split."""

import datetime

import pytest
from google.protobuf import timestamp_pb2

from frontdesk import domain, v1


def at(seconds: int) -> timestamp_pb2.Timestamp:
    return timestamp_pb2.Timestamp(seconds=seconds)


def part(part_id: str, seconds: int, corrects: str = "") -> v1.InteractionPart:
    return v1.InteractionPart(part_id=part_id, corrects_part_id=corrects, time=at(seconds))


def span(state: "v1.Case.State", seconds: int) -> v1.CaseStateSpan:
    return v1.CaseStateSpan(state=state, start_time=at(seconds))


def ids(collected: domain.CaseParts) -> list:
    return [(each.case_id, each.part.part_id) for each in collected.parts]


def test_parts_of_merged_and_split_cases():
    main = v1.Case(
        case_id="main",
        parts=[part("1", 10), part("2", 20), part("3", 30, corrects="2")],
        merged_cases=[v1.MergedCase(case_id="merged")],
        split_offs=[v1.CaseSplitOff(case_id="split", part_ids=["2"])],
    )
    merged = v1.Case(case_id="merged", parts=[part("1", 5)])
    split = v1.Case(case_id="split", part_refs=[v1.CasePartRef(case_id="main", part_id="2")], parts=[part("1", 25)])
    assert ids(domain.collect_case_parts(main, [merged, split])) == [("merged", "1"), ("main", "1")]
    assert ids(domain.collect_case_parts(split, [main])) == [("main", "2"), ("split", "1"), ("main", "3")]
    alone = domain.collect_case_parts(main)
    assert ids(alone) == [("main", "1")] and alone.missing_case_ids == ("merged",)
    with pytest.raises(TypeError):
        domain.collect_case_parts(v1.Order())
    with pytest.raises(TypeError):
        domain.collect_case_parts(main, [v1.Order()])


def test_clock_basis_of_merged_cases():
    state = v1.Case
    main = v1.Case(
        case_id="main",
        open_time=at(50),
        merged_cases=[v1.MergedCase(case_id="merged")],
        state_spans=[span(state.STATE_OPEN, 50), span(state.STATE_WAITING_ON_CUSTOMER, 60)],
    )
    merged = v1.Case(
        case_id="merged",
        open_time=at(10),
        state_spans=[
            span(state.STATE_NEW, 10),
            span(state.STATE_WAITING_ON_THIRD_PARTY, 20),
            span(state.STATE_OPEN, 30),
            span(state.STATE_MERGED, 55),
        ],
    )

    def instant(seconds: int) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)

    basis = domain.compute_case_clock_basis(main, [merged])
    assert basis == domain.CaseClockBasis(
        instant(10),
        (domain.CasePause(instant(20), instant(30)), domain.CasePause(instant(60), None)),
        (),
    )
    customer_only = domain.compute_case_clock_basis(main, pausing_states=[state.STATE_WAITING_ON_CUSTOMER])
    assert customer_only.start == instant(50) and len(customer_only.pauses) == 1
    assert customer_only.missing_case_ids == ("merged",)
