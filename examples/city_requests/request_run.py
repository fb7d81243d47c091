"""Opens and closes the requests of a city as cases of a desk, and compares the due times of their clocks with those of the city."""

import dataclasses
import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Final, List, Optional, Sequence, Tuple

import frontdesk
from frontdesk import v1
from request_file import Request

NEAR: Final = datetime.timedelta(seconds=60)
FEW: Final = "_few"  # The end of the ids of the levels that were fitted on few requests.
REQUEST_TYPE: Final = "request_type"


@dataclass(frozen=True)
class Promise:
    """The clock of a request."""

    level_id: str
    due: Optional[datetime.datetime]  # None: nothing is due; its type has no level.
    is_late: bool = False  # Whether the request was closed after that.

    @property
    def is_fitted(self) -> bool:
        """Whether the level was fitted on enough requests."""
        return bool(self.level_id) and not self.level_id.endswith(FEW)

    def is_near(self, request: Request) -> bool:
        """Whether it is due within a minute of the city's due time."""
        return self.due is not None and request.due is not None and abs(self.due - request.due) <= NEAR


@dataclass
class Tally:
    """The requests of a type, or of all types."""

    near: int = 0
    dated: int = 0
    missed: List[Tuple[Request, Promise]] = field(default_factory=list)

    def add(self, request: Request, promise: Promise) -> None:
        self.dated += 1
        if promise.is_near(request):
            self.near += 1
        else:
            self.missed.append((request, promise))

    @property
    def share(self) -> float:
        """In percent."""
        return 100 * self.near / self.dated if self.dated else 0.0


@dataclass
class Verdicts:
    """How often late or on time is as the city's flag says."""

    closed: int = 0  # Requests that are closed and have a flag,
    dated: int = 0  # and of these the ones with a due time.
    by_city: int = 0  # Equal by the city's due time,
    by_policy: int = 0  # and by that of the clock.
    different: List[Request] = field(default_factory=list)

    def add(self, request: Request, promise: Promise) -> None:
        if request.closed is None or request.is_late is None:
            return
        self.closed += 1
        self.dated += request.due is not None
        self.by_policy += promise.is_late == request.is_late
        if is_late(request) == request.is_late:
            self.by_city += 1
        else:
            self.different.append(request)


@dataclass
class Results:
    """The results of all requests."""

    fitted: Tally = field(default_factory=Tally)
    other: Tally = field(default_factory=Tally)
    by_type: Dict[str, Tally] = field(default_factory=dict)  # Of the types that the policy was fitted on.
    other_types: Dict[str, Tally] = field(default_factory=dict)
    verdicts: Verdicts = field(default_factory=Verdicts)
    promises: List[Promise] = field(default_factory=list)  # In the order of the requests.
    refusals: "Counter[str]" = field(default_factory=Counter)  # The commands that the desk refused, by reason.

    def add(self, request: Request, promise: Promise) -> None:
        self.promises.append(promise)
        self.verdicts.add(request, promise)
        if request.due is None:
            return
        types = self.by_type if promise.is_fitted else self.other_types
        (self.fitted if promise.is_fitted else self.other).add(request, promise)
        types.setdefault(request.type, Tally()).add(request, promise)


def is_late(request: Request) -> bool:
    """Whether it was closed after the city's due time. One without a due time is never late."""
    return request.due is not None and request.closed is not None and request.closed > request.due


def openings(requests: Sequence[Request]) -> List[v1.Command]:
    """The commands that open the cases, in the order of the requests."""
    return [
        _command(
            request.opened,
            v1.OpenCase(
                case_id=request.number,
                kind=v1.Case.KIND_REQUEST,
                subject=request.title or request.type,
                queue_id=request.queue,
                attributes=[frontdesk.attributes.of(REQUEST_TYPE, request.type)],
            ),
        )
        for request in requests
    ]


def endings(requests: Sequence[Request]) -> List[v1.Command]:
    """The commands that resolve the cases of closed requests, in the order of their times. Some are closed before they were opened."""
    timed = [(max(request.opened, request.closed), request.number) for request in requests if request.closed is not None]
    timed.sort(key=lambda each: each[0].timestamp())
    return [_command(now, v1.ResolveCase(case_id=number, code="closed")) for now, number in timed]


def _command(now: datetime.datetime, verb: Any) -> v1.Command:
    return frontdesk.command(verb, actor=frontdesk.actor("city", frontdesk.ActorKind.SYSTEM), now=now)


def run(desk: frontdesk.Desk, requests: Sequence[Request], progress: Optional[Callable[[int], Any]] = None) -> Results:
    """Opens all cases, reads their clocks, ends them, and compares with the file."""
    results = Results()
    _execute(desk, openings(requests), results, progress)
    promises = {request.number: _promise(_case(desk, request)) for request in requests}
    _execute(desk, endings(requests), results, progress)
    for request in requests:
        promise = promises[request.number]
        results.add(request, dataclasses.replace(promise, is_late=_has_late_end(_case(desk, request))))
    return results


def _execute(
    desk: frontdesk.Desk, asked: Sequence[v1.Command], results: Results, progress: Optional[Callable[[int], Any]]
) -> None:
    for result in desk.execute_all(asked, progress=progress):
        if result.verdict != frontdesk.Verdict.DONE:
            results.refusals.update({refusal.reason for refusal in result.outcome.refusals})


def _case(desk: frontdesk.Desk, request: Request) -> v1.Case:
    """The case; an empty one when the desk refused to open it."""
    try:
        return desk.get(frontdesk.entity_ref(frontdesk.EntityKind.CASE, request.number)).case
    except frontdesk.NotFoundError:
        return v1.Case()


def _promise(case: v1.Case) -> Promise:
    for clock in case.clocks:
        if clock.metric == v1.SERVICE_METRIC_TOTAL_RESOLUTION and clock.HasField("due_time"):
            return Promise(case.service_level_id, frontdesk.times.to_datetime(clock.due_time))
    return Promise(case.service_level_id, None)


def _has_late_end(case: v1.Case) -> bool:
    return any(total.met_late_count for total in case.clock_totals if total.metric == v1.SERVICE_METRIC_TOTAL_RESOLUTION)


def explain(desk: frontdesk.Desk, request: Request) -> List[str]:
    """Says why the request is due when its clock says, in some lines."""
    found = desk.explain_clock(request.number, v1.SERVICE_METRIC_TOTAL_RESOLUTION)
    return list(found.agent_lines)
