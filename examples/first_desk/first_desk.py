"""A first desk, kept in first_desk.db. One command is done, one is refused and says why, and one is held until somebody approves it.
Run it again: it finds them in the file. first_desk.cc does the same in C++ and prints the same."""

import datetime
from typing import Any

import frontdesk
from frontdesk import money, v1

POLICY = """
  name: "first desk" version: "1"
  rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  rule_sets {
    id: "resolve" decision_points: "ResolveCase" default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "too_much" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "REMEDY_TOO_LARGE"
      text: "A remedy is at most 500.00 EUR."
      condition: "has(command.resolve_case.remedy_amount) && command.resolve_case.remedy_amount > money('500 EUR')" }
    rules {
      id: "much" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "REMEDY_LARGE" authority: "goodwill"
      text: "A supervisor approves a remedy of more than 50.00 EUR."
      condition: "has(command.resolve_case.remedy_amount) && command.resolve_case.remedy_amount > money('50 EUR')" }
  }"""
# The desk reads no clock: whoever asks says when.
NOW = datetime.datetime(2024, 5, 15, 15, tzinfo=datetime.timezone.utc)


def ask(desk: frontdesk.Desk, verb: Any) -> v1.Outcome:
    """Carries out a command of the agent anna."""
    return desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOW))


def resolve(desk: frontdesk.Desk, amount: v1.Money) -> v1.Outcome:
    """Resolves the case with store credit."""
    return ask(desk, v1.ResolveCase(case_id="case-1", code="refunded", remedy="store credit", remedy_amount=amount))


def show(desk: frontdesk.Desk, record: v1.JournalRecord) -> None:
    """Prints a command that the file has, and why it was refused."""
    print("kept:", record.decision.decision_point, v1.Verdict.Name(record.verdict))
    if record.verdict == frontdesk.Verdict.REFUSED:
        print(desk.explain(record.record_id).text, end="")


def work(desk: frontdesk.Desk) -> None:
    """The first run."""
    # Done.
    done = ask(desk, v1.OpenCase(case_id="case-1", kind=v1.Case.KIND_COMPLAINT, subject="The lamp arrived broken"))
    print(v1.Verdict.Name(done.verdict))
    # Refused, and explained.
    refused = resolve(desk, money.of(600, "EUR"))
    print(v1.Verdict.Name(refused.verdict), refused.refusals[0].reason)
    print(desk.explain(refused.record_id).text, end="")
    # Held until somebody with the authority approves.
    held = resolve(desk, money.of(60, "EUR"))
    print(v1.Verdict.Name(held.verdict), "for", held.held.authority)
    carla = frontdesk.actor("carla", authorities=["goodwill"])
    approved = desk.approve(held.held.approval_id, actor=carla, now=NOW)
    print(v1.Verdict.Name(approved.verdict))


def main() -> None:
    policy = frontdesk.Policy.from_text(POLICY, file="first_desk")
    with frontdesk.Desk.open(policy, "first_desk.db") as desk:
        kept = list(desk.journal())
        for record in kept:
            show(desk, record)
        if not kept:
            work(desk)


if __name__ == "__main__":
    main()
