#!/usr/bin/env python3
"""Writes the logs of the examples into this folder: what their desks decided, event by event.

    PYTHONPATH=build/release/python python3 tests/logs/keep_logs.py

Each log is NAME.events: serialized events in the order of the journal, each behind its length as a varint. Run
FRONTDESK_UPDATE_LOGS=1 with the test KeptLogsTest afterwards, which writes states.txt.
"""

import contextlib
import datetime
import io
import pathlib
import runpy
import sys
from typing import Any, Dict, Final, List

import frontdesk
from google.protobuf.internal.encoder import _VarintBytes

LOGS: Final = pathlib.Path(__file__).resolve().parent
EXAMPLES: Final = LOGS.parents[1] / "examples"
PROGRAMS: Final = {
    "first_desk": EXAMPLES / "first_desk" / "first_desk.py",
    "phone_call": EXAMPLES / "phone_call" / "phone_call.py",
    "incident_replay": EXAMPLES / "incident_replay" / "incident_replay.py",
}


def events_of(desk: frontdesk.Desk, outcomes: List[Any]) -> List[Any]:
    """The events of a desk in the order of its journal: of all entities that its outcomes name."""
    entities: Dict[Any, Any] = {}
    for outcome in outcomes:
        for event in outcome.events:
            entities[(event.entity.kind, event.entity.id)] = event.entity
        if outcome.held.approval_id:
            approval = frontdesk.entity_ref(frontdesk.EntityKind.APPROVAL, outcome.held.approval_id)
            entities[(approval.kind, approval.id)] = approval
    order = {record.record_id: record.sequence for record in desk.journal()}
    events = [event for entity in entities.values() for event in desk.history(entity)]
    # The first activation of a policy has no record.
    return sorted(events, key=lambda event: (order.get(event.record_id, 0), int(event.event_id.rpartition("-")[2] or 0)))


def keep(name: str, program: pathlib.Path) -> None:
    outcomes: Dict[int, List[Any]] = {}
    desks: Dict[int, frontdesk.Desk] = {}

    def watched(function: Any) -> Any:
        def call(desk: frontdesk.Desk, *arguments: Any, **options: Any) -> Any:
            outcome = function(desk, *arguments, **options)
            desks[id(desk)] = desk
            outcomes.setdefault(id(desk), []).append(outcome)
            return outcome

        return call

    functions = {each: getattr(frontdesk.Desk, each) for each in ("execute", "approve", "decline")}
    for each, function in functions.items():
        setattr(frontdesk.Desk, each, watched(function))
    sys.argv = [str(program)]
    sys.path.insert(0, str(program.parent))
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            runpy.run_path(str(program), run_name="__main__")
    finally:
        sys.path.remove(str(program.parent))
        for each, function in functions.items():
            setattr(frontdesk.Desk, each, function)
    write(name, desks, outcomes)


def write(name: str, desks: Dict[int, frontdesk.Desk], outcomes: Dict[int, List[Any]]) -> None:
    written = 0
    with open(LOGS / f"{name}.events", "wb") as log:
        for key, desk in desks.items():
            for event in events_of(desk, outcomes[key]):
                data = event.SerializeToString(deterministic=True)
                log.write(_VarintBytes(len(data)) + data)
                written += 1
    print(f"{name}: {written} events of {len(desks)} desks")


def keep_activations() -> None:
    """Two policies, one after the other and back."""
    policies = [
        frontdesk.Policy.from_text(
            f'name: "shop" version: "{version}" rule_sets {{ id: "a" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }}'
        )
        for version in (1, 2)
    ]
    desk = frontdesk.Desk.open(policies[0])
    noon = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.timezone.utc)
    outcomes = [
        desk.activate(policies[version % 2], frontdesk.Activation(frontdesk.actor("anna"), noon + datetime.timedelta(hours=version)))
        for version in (1, 2, 3)
    ]
    write("activated_policy", {0: desk}, {0: outcomes})


def main() -> None:
    keep_activations()
    for name, program in PROGRAMS.items():
        keep(name, program)


if __name__ == "__main__":
    main()
