"""A first desk: a policy as text, one command that is done, one that is refused and says why, and one that is held until
somebody approves it. first_desk.cc does the same in C++ and prints the same."""

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
      condition: "command.resolve_case.remedy_amount.units > 50000" }
    rules {
      id: "much" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "REMEDY_LARGE" authority: "goodwill"
      text: "A supervisor approves a remedy of more than 50.00 EUR."
      condition: "command.resolve_case.remedy_amount.units > 5000" }
  }"""
# The desk reads no clock: whoever asks says when.
NOW = datetime.datetime(2024, 5, 15, 15, tzinfo=datetime.timezone.utc)


def ask(desk: frontdesk.Desk, verb: Any) -> v1.Outcome:
    """Carries out a command of the agent anna."""
    return desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOW))


def resolve(desk: frontdesk.Desk, amount: v1.Money) -> v1.Outcome:
    """Resolves the case with store credit."""
    return ask(desk, v1.ResolveCase(case_id="case-1", code="refunded", remedy="store credit", remedy_amount=amount))


def main() -> None:
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY, file="first_desk"))
    # Done.
    done = ask(desk, v1.OpenCase(case_id="case-1", kind=v1.Case.KIND_COMPLAINT, subject="The lamp arrived broken"))
    print(v1.Verdict.Name(done.verdict))
    # Refused. Every decision is kept and can be explained.
    refused = resolve(desk, money.of(600, "EUR"))
    print(v1.Verdict.Name(refused.verdict), refused.refusals[0].reason)
    print(desk.explain(refused.record_id).text, end="")
    # Held until somebody with the authority approves.
    held = resolve(desk, money.of(60, "EUR"))
    print(v1.Verdict.Name(held.verdict), "for", held.held.authority)
    carla = frontdesk.actor("carla", authorities=["goodwill"])
    approved = desk.approve(held.held.approval_id, actor=carla, now=NOW + datetime.timedelta(minutes=1))
    print(v1.Verdict.Name(approved.verdict))


if __name__ == "__main__":
    main()
