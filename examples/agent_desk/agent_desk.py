#!/usr/bin/env python3
"""A scripted conversation of an AI agent with tools. No model is called. agent_desk.cc does the same in C++, and prints the same."""

import datetime
import pathlib
import sys
from typing import Any

import frontdesk
from frontdesk import agents, v1

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(EXAMPLES / "shop"))  # For the digest alone.

from shop_digest import MessageDigest, opened_change

POLICY = EXAMPLES / "policies" / "agent_desk.textproto"
CONVERSATION = pathlib.Path(__file__).resolve().parent / "conversation.txt"
TOOLS = [
    "cancel_order", "end_interaction", "find_customer", "get_profile", "get_timeline", "list_approvals",
    "preview_refund_order", "refund_order",
]
ANNA = frontdesk.actor("anna")
CARLA = frontdesk.actor("carla", authorities=["refunds"])
ADA = frontdesk.actor("ada", frontdesk.ActorKind.AGENT_AI)
MONA = frontdesk.actor("c1", frontdesk.ActorKind.CUSTOMER)


class AgentDesk:
    """One conversation at a desk of its own."""

    def __init__(self, policy: frontdesk.Policy) -> None:
        self.desk = frontdesk.Desk.open(policy)
        self.toolset = agents.Toolset.make(policy, tools=TOOLS)
        self.now = datetime.datetime(2024, 5, 15, 14, tzinfo=datetime.timezone.utc)
        self.parts = 0

    def do(self, actor: v1.Actor, verb: Any, interaction_id: str = "", facts: v1.Facts = v1.Facts()) -> None:
        """Carries out a command of the host, which must be done."""
        self.now += datetime.timedelta(seconds=30)
        command = frontdesk.command(verb, actor=actor, now=self.now, interaction_id=interaction_id)
        outcome = self.desk.execute(command, facts=facts)
        assert outcome.verdict == frontdesk.Verdict.DONE, outcome

    def open_shop(self) -> None:
        """Two customers with an order each, and a conversation with the first."""
        price = v1.UnitPrice(value=3000, scale=2, currency_code="EUR")
        facts = v1.Facts(catalog=v1.CatalogFacts(
            products=[v1.Product(product_id="mug", name="mug")],
            variants=[v1.Variant(variant_id="mug", product_id="mug", name="mug", available=True, unit_price=price)]))
        for customer_id, order_id, name in (("c1", "o1", "Mona"), ("c2", "o2", "Nils")):
            self.do(ANNA, v1.CreateCustomer(customer_id=customer_id, given_name=name, family_name="Quist"))
            address = v1.PostalAddress(lines=["1 Mill Lane"], country_code="IE")
            self.do(ANNA, v1.ChangeAddress(customer_id=customer_id, address=address))
            card = v1.PaymentMethod(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD)
            self.do(ANNA, v1.AddPaymentMethod(customer_id=customer_id, payment_method=card))
            order = v1.PlaceOrder(order_id=order_id, customer_id=customer_id, currency_code="EUR")
            order.payment_method_id, order.settlement = "card", v1.SETTLEMENT_DONE
            order.lines.add(variant_id="mug", quantity=3)
            self.do(ANNA, order, facts=facts)
        self.do(ANNA, v1.StartInteraction(
            interaction_id="chat-1", customer_id="c1", channel=v1.CHANNEL_CHAT, direction=v1.DIRECTION_INBOUND))

    def hear(self, text: str) -> None:
        """Records a message of the customer."""
        self.parts += 1
        part = v1.InteractionPart(part_id=f"m{self.parts}", kind=v1.InteractionPart.KIND_MESSAGE, text=text)
        part.visibility = v1.VISIBILITY_PUBLIC
        self.do(MONA, v1.AddInteractionPart(interaction_id="chat-1", part=part))

    def verify(self, level: int) -> None:
        """The host knows who writes."""
        self.do(ANNA, v1.VerifyIdentity(customer_id="c1", level=level, method="one-time code"), "chat-1")

    def approve(self) -> None:
        """Approves whatever waits."""
        for found in self.desk.find(v1.ApprovalQuery(states=[v1.Approval.STATE_PENDING])):
            self.do(CARLA, v1.Approve(approval_id=found.approval.approval_id))

    def call(self, call_id: str, tool: str, arguments: str) -> str:
        """Calls a tool: whatever decides comes from the context."""
        self.now += datetime.timedelta(seconds=30)
        context = agents.Context(
            actor=ADA, now=self.now, call_id=call_id, customer_id="c1", interaction_id="chat-1")
        return self.toolset.call(self.desk, tool, arguments, context).json

    def run(self, line: str) -> None:
        """Carries out a line of the conversation."""
        print(line)
        step, _, rest = line.partition(" ")
        if step == "customer":
            self.hear(rest)
        elif step == "verify":
            self.verify(int(rest))
        elif step == "approve":
            self.approve()
        else:
            call_id, tool, arguments = rest.split(" ", 2)
            print("  " + self.call(call_id, tool, arguments))


def main() -> int:
    if len(sys.argv) > 1:
        print((CONVERSATION.parent / "usage.txt").read_text(encoding="utf-8"), end="")
        return 1
    run = AgentDesk(frontdesk.Policy.from_text(POLICY.read_text(encoding="utf-8"), file=POLICY.name))
    run.open_shop()
    for line in CONVERSATION.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            run.run(line)
    left = run.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ORDER, "o1")).order
    print("refunds", left.refund_count)
    print("the same calls, if everything were allowed:")
    everything = frontdesk.Policy.from_text('rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }')
    for replayed in agents.replay_calls(run.desk, "chat-1", everything):
        before = agents.Result(replayed.call.result)
        if before != replayed.result:
            print(f"  {replayed.call.call_id} {replayed.call.tool}: {before.name}, then {replayed.result.name}")
    digest = MessageDigest()
    for change in run.desk.read_log():
        digest.add(opened_change(change))
    print("sha256", digest.text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
