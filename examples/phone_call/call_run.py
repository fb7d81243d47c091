"""Carries a script out, step by step."""

from typing import Any, List, Set, Tuple

import frontdesk
from call_screen import (
    LISTS_OF_CASES,
    VERDICT_MARKS,
    count_text,
    effect_text,
    instant_text,
    show_customer_view,
    show_entity,
    show_file,
    show_refusals,
    verdict_text,
)
from call_script import Step
from frontdesk import v1
from shop_digest import MessageDigest
from shop_json import Problems


class Call:
    """A call at a desk. `lines` is what the agent's screen showed."""

    def __init__(self, desk: frontdesk.Desk, steps: List[Step]) -> None:
        self.lines: List[str] = []
        self.digest = MessageDigest()  # Of all outcomes.
        self.expected = 0  # How many steps say what is expected,
        self.as_expected = 0  # and of how many that came out.
        self._desk = desk
        self._steps = steps
        # By step; without a verdict where there was no command.
        self._outcomes: List[v1.Outcome] = []

    def run(self, problems: Problems) -> None:
        """Carries every step out. A step that the desk cannot decide or answer is reported with its place and ends the
        call."""
        for index, step in enumerate(self._steps):
            if index:
                self.lines.append("")
            self.lines.append(f"{index + 1:2}  {instant_text(step.at)}  {step.words}")
            self._outcomes.append(v1.Outcome())
            try:
                self._run_step(step)
            except frontdesk.Error as error:
                problems.add(step.place, "", error.text)
                return

    def summary(self) -> List[str]:
        """How many commands were done, refused and held; those that were refused, each with its reason; those that were held,
        each with the step that approved it."""
        counts = {verdict: 0 for verdict in frontdesk.Verdict}
        refused: List[str] = []
        held: List[str] = []
        for index, (step, outcome) in enumerate(zip(self._steps, self._outcomes)):
            if outcome.verdict == v1.VERDICT_UNSPECIFIED:
                continue
            counts[frontdesk.Verdict(outcome.verdict)] += 1
            head = f"  {index + 1:2}  {step.words}"
            if outcome.verdict == frontdesk.Verdict.REFUSED:
                refused += [head, f"      {outcome.refusals[0].reason}: {outcome.refusals[0].text}"]
            elif outcome.verdict == frontdesk.Verdict.HELD:
                resolution = self._resolution(index)
                held += [head, f"      {outcome.held.reason}: {outcome.held.text}", f"      {resolution}"]
        first = (
            f"Summary: {count_text(sum(counts.values()), 'command')}, {counts[frontdesk.Verdict.DONE]} done, "
            f"{counts[frontdesk.Verdict.REFUSED]} refused, {counts[frontdesk.Verdict.HELD]} held"
        )
        return [first, *(["Refused"] if refused else []), *refused, *(["Held"] if held else []), *held]

    def _resolution(self, held: int) -> str:
        """The resolution of the command that a step held: ``approved by carla in step 34``."""
        for index, (step, outcome) in enumerate(zip(self._steps, self._outcomes)):
            if step.command is not None and step.approval_of == held and outcome.verdict == frontdesk.Verdict.DONE:
                resolved = "approved" if step.command.desk.HasField("approve") else "declined"
                return f"{resolved} by {step.command.actor.actor_id} in step {index + 1}"
        return "still waits"

    def _run_step(self, step: Step) -> None:
        if step.command is not None:
            self._run_command(step, step.command)
        elif step.find is not None:
            self._find(step, step.find)
        elif step.open_file:
            file = self._desk.open_file(step.customer_id, now=step.at, interaction_id=step.interaction_id)
            self._show(show_file(file))
        elif step.entity is not None:
            self._show(show_customer_view(self._desk.customer_view(step.entity)))
        elif step.explained is not None:
            self._explain(step.explained)

    def _run_command(self, step: Step, command: v1.Command) -> None:
        if step.approval_of is not None:
            approval_id = self._outcomes[step.approval_of].held.approval_id
            getattr(command.desk, str(command.desk.WhichOneof("verb"))).approval_id = approval_id
        outcome = self._desk.execute(command, facts=step.facts)
        self.digest.add(outcome)
        self._outcomes[-1] = outcome
        self.lines.append(f"    {command.actor.actor_id}: {_verb_name(command)}")
        self._show_result(step, VERDICT_MARKS[frontdesk.Verdict(outcome.verdict)], verdict_text(outcome))
        self.lines += [f"      {line}" for line in show_refusals(outcome)]
        if outcome.record_id and outcome.events:
            self.lines += [f"      {line}" for line in self._desk.explain(outcome.record_id).event_texts]
        self.lines += [f"      to do: {effect_text(effect)}" for effect in outcome.effects]
        shown: Set[Tuple[int, str]] = set()
        for event in outcome.events:
            key = (event.entity.kind, event.entity.id)
            if key not in shown:
                shown.add(key)
                self._show_entity(event.entity)

    def _find(self, step: Step, request: v1.FindRequest) -> None:
        response = self._desk.find_page(request)
        self._show_result(step, " ", f"FOUND {len(response.found)}{' AND MORE' if response.next_page_token else ''}")
        for state in response.found:
            self._show_entity(state.entity)

    def _explain(self, explained: int) -> None:
        record_id = self._outcomes[explained].record_id
        if not record_id:
            self._show(["It did not reach policy: the reasons above are all there is."])
            return
        text = self._desk.explain(record_id).text.rstrip("\n")
        self.lines += [f"    | {line}" if line else "    |" for line in text.split("\n")]

    def _show_entity(self, entity: v1.EntityRef) -> None:
        lists = LISTS_OF_CASES if entity.kind == v1.ENTITY_KIND_CASE else ()
        self._show(show_entity(self._desk.get(entity, lists=lists)))

    def _show(self, lines: List[str]) -> None:
        self.lines += [f"    | {line}" for line in lines]

    def _show_result(self, step: Step, mark: str, result: str) -> None:
        line = f"  {mark} {result}"
        if step.expected:
            self.expected += 1
            if step.expected == result:
                self.as_expected += 1
            else:
                line += f"   not as expected: {step.expected}"
        self.lines.append(line)


def _verb_name(command: v1.Command) -> str:
    """``CancelOrder``; empty when nothing is asked."""
    asked: Any = command
    for oneof in ("command", "verb"):
        arm = asked.WhichOneof(oneof)
        if arm is None:
            return ""
        asked = getattr(asked, arm)
    return str(asked.DESCRIPTOR.name)
