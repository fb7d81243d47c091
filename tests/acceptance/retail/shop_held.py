"""A refund that the shop's policy holds, and its approval. No request of the files is held, so this one is made up, on a desk
of its own: it is in no count and in no digest."""

from typing import NamedTuple, Optional

import frontdesk
from frontdesk import v1
from google.protobuf.timestamp_pb2 import Timestamp
from shop_desk import ShopDesk
from shop_reader import Shop
from shop_words import NOW, agent_command


class HeldRefund(NamedTuple):
    """`Desk.explain` of the command that was held, and of its approval."""

    held: v1.Explanation
    approved: v1.Explanation


def approve_held_refund(desk: ShopDesk, shop: Shop) -> Optional[HeldRefund]:
    """Asks to refund the first order, in the order of the files, of which the policy holds the whole refund, and approves that
    with the authority that it needs. None when the policy holds no such refund, or one approval is not enough."""
    with desk.fork() as fork:
        for each in shop.imports:
            if not each.command.order.HasField("import_order"):
                continue
            refund = _refund_command(fork.desk, each.command.order.import_order.order.order_id)
            if fork.desk.preview(refund).verdict != frontdesk.Verdict.HELD:
                continue
            held = fork.desk.execute(refund)
            approve = v1.Approve(approval_id=held.held.approval_id)
            supervisor = frontdesk.actor("supervisor", authorities=[held.held.authority])
            approved = fork.desk.execute(frontdesk.command(approve, actor=supervisor, now=Timestamp(seconds=NOW)))
            if approved.verdict != frontdesk.Verdict.DONE:
                return None
            return HeldRefund(fork.desk.explain(held.record_id), fork.desk.explain(approved.record_id))
    return None


def _refund_command(desk: frontdesk.Desk, order_id: str) -> v1.Command:
    """Asks to refund all that an order holds."""
    order = desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ORDER, order_id)).order
    return agent_command(
        v1.RefundOrder(
            order_id=order_id, cause=v1.REFUND_CAUSE_GOODWILL, amount=frontdesk.domain.held_amount(order)
        )
    )
