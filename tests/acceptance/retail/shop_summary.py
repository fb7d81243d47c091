"""The results of a run, for people: counts, reasons, money, one explanation of each kind, and the digests of all
outcomes and of all records."""

import collections
from typing import Dict, Iterable, List, Tuple

import frontdesk
from frontdesk import v1
from shop_digest import MessageDigest
from shop_requests import Task
from shop_run import TaskResult
from shop_words import money

# The movements of money, in the order of the report.
_CHARGED = "charged"
_PAID_BACK = "paid back"
_FROM_GIFT_CARDS = "taken from gift cards"
_TO_GIFT_CARDS = "put on gift cards"
_RETURNS = "due when returns arrive"


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
        self.done_explanation = ""
        self.refused_explanation = ""

    def add(self, task: Task, result: TaskResult) -> None:
        for request, outcome in zip(task.requests, result.outcomes):
            self._digest.add(outcome)
            verdict = frontdesk.Verdict(outcome.verdict)
            self._by_operation.setdefault(request.operation, collections.Counter())[verdict] += 1
            if verdict == frontdesk.Verdict.DONE:
                for event in outcome.events:
                    self._add_event(event)
            elif verdict == frontdesk.Verdict.HELD:
                self._held[outcome.held.reason] += 1
                self._texts[outcome.held.reason] = outcome.held.text
            else:
                leading = outcome.refusals[0]
                self._refused[leading.reason] += 1
                self._texts[leading.reason] = leading.text
        self.add_log(result.log)
        self.done_explanation = self.done_explanation or result.done_explanation
        self.refused_explanation = self.refused_explanation or result.refused_explanation

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

    def text(self) -> str:
        """Several lines, without the digests."""
        done, refused, held = frontdesk.Verdict.DONE, frontdesk.Verdict.REFUSED, frontdesk.Verdict.HELD
        lines = [f"{'Requests':<34} {'done':>8} {'refused':>8} {'held':>8}"]
        every: "collections.Counter[frontdesk.Verdict]" = collections.Counter()
        for operation, counts in sorted(self._by_operation.items()):
            lines.append(f"  {operation:<32} {counts[done]:>8} {counts[refused]:>8} {counts[held]:>8}")
            every.update(counts)
        lines.append(f"  {'all':<32} {every[done]:>8} {every[refused]:>8} {every[held]:>8}")
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
            ("Why one was done", self.done_explanation),
            ("Why one was refused", self.refused_explanation),
        ):
            if explanation:
                lines += ["", title, explanation.rstrip("\n")]
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
