#!/usr/bin/env python3
"""The fault desk of a broadband company: an outage and the 50 faults that it caused. fault_desk.cc does the same in C++, and prints the same."""

import datetime
import pathlib
import sys
from collections import Counter
from typing import Any

import frontdesk
from frontdesk import money, v1

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(EXAMPLES / "shop"))  # For the digest alone.

from shop_digest import MessageDigest

POLICY = EXAMPLES / "policies" / "fault_desk.textproto"
MONITOR = frontdesk.actor("monitor", frontdesk.ActorKind.SYSTEM)
ANNA = frontdesk.actor("anna")
CARLA = frontdesk.actor("carla", authorities=["credits"])  # A supervisor.
FAULTS = 50


class FaultDesk:
    """One day of the desk. The digest covers every outcome."""

    def __init__(self, desk: frontdesk.Desk) -> None:
        self.desk = desk
        self.digest = MessageDigest()
        self.now = datetime.datetime(2024, 5, 15, 14, tzinfo=datetime.timezone.utc)

    def ask(self, actor: v1.Actor, verb: Any) -> v1.Outcome:
        """Carries a command out."""
        outcome = self.desk.execute(frontdesk.command(verb, actor=actor, now=self.now))
        self.digest.add(outcome)
        return outcome

    def say(self, actor: v1.Actor, verb: Any) -> v1.Outcome:
        """Carries a command out and prints what came of it."""
        outcome = self.ask(actor, verb)
        print(f"{self.now:%H:%M} {actor.actor_id}: {verb.DESCRIPTOR.name} {frontdesk.Verdict(outcome.verdict).name}")
        explanation = self.desk.explain(outcome.record_id)
        for line in explanation.event_texts if outcome.verdict == frontdesk.Verdict.DONE else explanation.agent_lines:
            print("     ", line)
        return outcome

    def case(self, case_id: str) -> v1.Case:
        return self.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.CASE, case_id)).case

    def wait(self, minutes: int) -> None:
        self.now += datetime.timedelta(minutes=minutes)

    def begin_outage(self) -> None:
        """The monitoring sees it first, before any customer calls."""
        outage = v1.OpenCase(case_id="outage-1", kind=v1.Case.KIND_TROUBLE, subject="No line in the district of Holm")
        outage.queue_id, outage.impact, outage.urgency = "first line", 1, 1
        self.say(MONITOR, outage)
        self.say(MONITOR, v1.ClassifyCase(case_id="outage-1", add_tags=["outage"]))

    def take_faults(self) -> None:
        """Fifty customers call. Each gets a case of their own, which is caused by the outage."""
        cause = v1.CaseLink(kind=v1.CaseLink.KIND_CAUSED_BY, case_id="outage-1")
        priorities: Counter[int] = Counter()
        for number in range(1, FAULTS + 1):
            self.ask(ANNA, v1.CreateCustomer(customer_id=f"c-{number}", family_name=f"Holm {number}"))
            fault = v1.OpenCase(case_id=f"fault-{number}", kind=v1.Case.KIND_TROUBLE, subject="No line")
            fault.customer_id, fault.impact, fault.urgency = f"c-{number}", 2, 1 if number % 5 == 0 else 2
            self.ask(ANNA, fault)
            self.ask(ANNA, v1.LinkCase(case_id=fault.case_id, case_link=cause))
            priorities[self.case(fault.case_id).priority] += 1
        for priority, count in sorted(priorities.items()):
            print(f"{self.now:%H:%M} {count} faults of priority {priority}")

    def escalate(self) -> None:
        """Along the chain of the policy. Nobody answers within the time of the first step; nobody is at the second."""
        self.say(ANNA, v1.EscalateCase(case_id="outage-1", chain="network"))
        self.wait(30)
        due = frontdesk.times.to_datetime(self.case("outage-1").escalation.due_time)
        if due <= self.now:  # A worker of the host looks for those.
            self.say(MONITOR, v1.EscalateCase(case_id="outage-1", chain="network", unavailable_queue_ids=["field crews"]))

    def refer(self) -> None:
        """A digger of the carrier found the cable. The case stays here and waits for them."""
        refer = v1.ReferCase(case_id="outage-1", referral_id="carrier-1", party="Nordic Fibre", reference="NF-77")
        refer.state_name = "with the carrier"
        self.say(ANNA, refer)

    def resolve(self) -> None:
        """Refused without a cause. With it, the desk proposes to look at each fault that it caused."""
        resolve = v1.ResolveCase(case_id="outage-1", code="repaired")
        self.say(ANNA, resolve)
        resolve.root_cause = "cable cut"
        outcome = self.say(ANNA, resolve)
        print(f"      {len(outcome.effects)} faults to look at, the first: {outcome.effects[0].case.propose_resolution.case_id}")

    def credit(self) -> None:
        """One customer lost a day of work. The credit is held until a supervisor has seen what it pays."""
        resolve = v1.ResolveCase(case_id="fault-7", code="repaired", remedy="credit_50", remedy_amount=money.of(50, "EUR"))
        held = self.say(ANNA, resolve).held
        preview = self.desk.preview_approval(held.approval_id, now=self.now)
        resolution = preview.outcome.events[-1].case.case_resolved.resolution
        print(f"      would resolve it with {resolution.remedy}, {money.format(resolution.remedy_amount)}")
        self.say(CARLA, v1.Approve(approval_id=held.approval_id, round=held.round))

    def carry_out_effects(self) -> None:
        """The worker: resolves each fault that is not resolved yet, and reports that."""
        resolved = 0
        while claimed := self.desk.claim_effects(self.now):
            for each in claimed:
                proposal = each.effect.case.propose_resolution
                if self.case(proposal.case_id).state == v1.Case.STATE_NEW:
                    resolve = v1.ResolveCase(case_id=proposal.case_id, code=proposal.code, remedy="credit_5")
                    resolve.remedy_amount.CopyFrom(money.of(5, "EUR"))
                    resolved += self.ask(MONITOR, resolve).verdict == frontdesk.Verdict.DONE
                report = v1.ReportEffect(entity=each.effect.entity, effect_id=each.effect.effect_id)
                report.result = v1.EFFECT_RESULT_DONE
                self.ask(MONITOR, report)
        print(f"{self.now:%H:%M} {resolved} faults resolved with a credit of 5.00 EUR")

    def hear_customers(self) -> None:
        """One says thanks, one still has no line."""
        for number, text in ((12, "Thank you!"), (13, "It is still dead.")):
            part = v1.InteractionPart(part_id="mail-1", kind=v1.InteractionPart.KIND_MESSAGE, text=text)
            part.visibility = v1.VISIBILITY_PUBLIC
            customer = frontdesk.actor(f"c-{number}", frontdesk.ActorKind.CUSTOMER)
            self.say(customer, v1.AddCasePart(case_id=f"fault-{number}", part=part))

    def count(self) -> None:
        for state in (v1.Case.STATE_NEW, v1.Case.STATE_OPEN, v1.Case.STATE_RESOLVED):
            print(f"{v1.Case.State.Name(state)} {self.desk.count(v1.CaseQuery(states=[state]))}")


def main() -> None:
    if len(sys.argv) > 1:
        sys.exit("usage: fault_desk")
    with frontdesk.Desk.open(frontdesk.Policy.from_file(POLICY)) as desk:
        day = FaultDesk(desk)
        day.begin_outage()
        day.wait(5)
        day.take_faults()
        day.escalate()
        day.wait(10)
        day.refer()
        day.wait(45)
        day.resolve()
        day.credit()
        day.carry_out_effects()
        day.wait(60)
        day.hear_customers()
        day.count()
        print("sha256", day.digest.text())


if __name__ == "__main__":
    main()
