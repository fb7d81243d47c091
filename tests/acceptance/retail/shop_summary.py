"""The results of a run, for people: counts, reasons, money, an explanation of each kind, and the digests of all
outcomes and of all records."""

import collections
from typing import Dict, Iterable, List, Optional, Tuple

import frontdesk
from frontdesk import v1
from shop_digest import MessageDigest
from shop_held import HeldRefund
from shop_requests import Request, Task
from shop_run import TaskResult
from shop_words import money

# The movements of money, in the order of the report.
_CHARGED = "charged"
_PAID_BACK = "paid back"
_FROM_GIFT_CARDS = "taken from gift cards"
_TO_GIFT_CARDS = "put on gift cards"
_RETURNS = "due when returns arrive"

_HELD_TITLE = "Why one was held, beside the recorded requests"


class Summary:
    """Collects results as they come."""

    def __init__(self) -> None:
        self._digest = MessageDigest()
        self._record_digest = MessageDigest()
        self.record_count = 0
        self._by_operation: Dict[str, "collections.Counter[frontdesk.Verdict]"] = {}
        self._refused: "collections.Counter[str]" = collections.Counter()
        self._held: "collections.Counter[str]" = collections.Counter()
        self._texts: Dict[str, str] = {}
        self._money: Dict[str, List[int]] = {}
        self._done_explanation: Optional[v1.Explanation] = None
        self._refused_explanation: Optional[v1.Explanation] = None
        # A refund that was held and approved. It is in no count and in no digest.
        self.held_refund: Optional[HeldRefund] = None

    def wants_explanation(self, request: Request, outcome: v1.Outcome) -> bool:
        """Whether an outcome is worth an explanation: the first request of an operation that is done, and the first that is
        refused for a reason. The most readable explanation of each kind is kept."""
        if outcome.verdict == frontdesk.Verdict.DONE:
            return not self._by_operation.get(request.operation, {}).get(frontdesk.Verdict.DONE)
        return outcome.verdict == frontdesk.Verdict.REFUSED and outcome.refusals[0].reason not in self._refused

    def add(self, task: Task, result: TaskResult) -> None:
        for request, outcome, explanation in zip(task.requests, result.outcomes, result.explanations):
            self._digest.add(outcome)
            verdict = frontdesk.Verdict(outcome.verdict)
            self._by_operation.setdefault(request.operation, collections.Counter())[verdict] += 1
            if verdict == frontdesk.Verdict.DONE:
                for event in outcome.events:
                    self._add_event(event)
                self._done_explanation = _more_readable(explanation, self._done_explanation)
            elif verdict == frontdesk.Verdict.HELD:
                self._held[outcome.held.reason] += 1
                self._texts[outcome.held.reason] = outcome.held.text
            else:
                leading = outcome.refusals[0]
                self._refused[leading.reason] += 1
                self._texts[leading.reason] = leading.text
                self._refused_explanation = _more_readable(explanation, self._refused_explanation)
        self.add_log(result.log)

    def add_log(self, log: Iterable[v1.LogChange]) -> None:
        """Adds changes of a log that are of no task: the imports."""
        for change in log:
            self._record_digest.add(change)
            self.record_count += 1

    def record_digest(self) -> str:
        """The digest of the changes of all logs."""
        return self._record_digest.text()

    def digest(self) -> str:
        """The digest of all outcomes."""
        return self._digest.text()

    def _requests(self) -> List[str]:
        done, refused, held = frontdesk.Verdict.DONE, frontdesk.Verdict.REFUSED, frontdesk.Verdict.HELD
        lines = [f"{'Requests':<34} {'done':>8} {'refused':>8} {'held':>8}"]
        every: "collections.Counter[frontdesk.Verdict]" = collections.Counter()
        for operation, counts in sorted(self._by_operation.items()):
            lines.append(f"  {operation:<32} {counts[done]:>8} {counts[refused]:>8} {counts[held]:>8}")
            every.update(counts)
        lines.append(f"  {'all':<32} {every[done]:>8} {every[refused]:>8} {every[held]:>8}")
        return lines

    def text(self) -> str:
        """Several lines, without the digests."""
        lines = self._requests()
        for title, reasons in (("Refused by reason", self._refused), ("Held by reason", self._held)):
            if reasons:
                lines += ["", title]
            for reason, count in sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0])):
                lines.append(f"  {count:>6}  {reason:<48} {self._texts[reason]}")
        lines += ["", "Money moved"]
        for name in (_CHARGED, _PAID_BACK, _FROM_GIFT_CARDS, _TO_GIFT_CARDS, _RETURNS):
            if name in self._money:
                count, units = self._money[name]
                lines.append(f"  {name:<26} {count:>6} {frontdesk.money.format(money(units)):>20}")
        for title, explanation in (
            ("Why one was refused", self._refused_explanation),
            ("Why one was done", self._done_explanation),
        ):
            if explanation is not None:
                lines += ["", title, explanation.text.rstrip("\n")]
        if self.held_refund is not None:
            lines += ["", _HELD_TITLE, self.held_refund.held.text.rstrip("\n"), "Approved:"]
            lines += [f"  {event}" for event in self.held_refund.approved.event_texts]
        return "".join(line + "\n" for line in lines)

    def short_text(self) -> str:
        """The same on one screen: the requests, and why one was refused and one was held."""
        lines = self._requests()
        refused = self._refused_explanation
        if refused is not None:
            lines += ["", "Why one was refused", f"  {_head(refused)}", f"  {refused.refusals[0].text}"]
            lines += _leading_rule(refused)
        if self.held_refund is not None:
            held = self.held_refund.held
            lines += ["", _HELD_TITLE, f"  {_head(held)}", f"  {held.held.text}"]
            lines += [f"  {event}" for event in self.held_refund.approved.event_texts]
        return "".join(line + "\n" for line in lines)

    def _add_event(self, event: v1.Event) -> None:
        moved: List[Tuple[str, v1.Money]] = []
        payment = event.order.payment_recorded.payment
        if payment.state == v1.Payment.STATE_CAPTURED:
            moved.append((_CHARGED, payment.captured_amount))
        if event.order.HasField("order_refunded"):
            moved.append((_PAID_BACK, event.order.order_refunded.refund.amount))
        if event.account.HasField("account_credited"):
            moved.append((_TO_GIFT_CARDS, event.account.account_credited.entry.amount))
        if event.account.HasField("account_debited"):
            moved.append((_FROM_GIFT_CARDS, money(-event.account.account_debited.entry.amount.units)))
        if event.order.HasField("return_requested"):
            moved.append((_RETURNS, event.order.return_requested.return_request.refund_amount))
        for name, amount in moved:
            entry = self._money.setdefault(name, [0, 0])
            entry[0] += 1
            entry[1] += amount.units


def _more_readable(explanation: Optional[v1.Explanation], kept: Optional[v1.Explanation]) -> Optional[v1.Explanation]:
    """The more readable one: a rule was looked at, the text has fewer lines, or as many and fewer bytes."""
    if explanation is None or kept is None:
        return kept or explanation
    return min(
        kept, explanation, key=lambda each: (not each.decision.rules, each.text.count("\n"), len(each.text.encode()))
    )


def _head(explanation: v1.Explanation) -> str:
    """The first line of an explanation: the command, the entity and the verdict."""
    return str(explanation.text.partition("\n")[0])


def _leading_rule(explanation: v1.Explanation) -> List[str]:
    """The condition of the leading rule, the values that it read, and the condition under which it would not hold."""
    lines = []
    for rule in explanation.decision.rules:
        if rule.rule_id not in explanation.decision.fired_rule_ids[:1]:
            continue
        for operand in rule.conjuncts:
            lines.append(f"    {operand.text}")
            lines += [f"      {read.path} is {read.value}" for read in operand.reads]
            if operand.counterfactual:
                lines.append(f"      would not hold if {operand.counterfactual}")
    return lines
