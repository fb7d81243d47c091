"""The agent's screen: states in a few lines each."""

import datetime
from typing import Any, Callable, List, Sequence, Union

import frontdesk
from frontdesk import v1


def instant_text(instant: Any) -> str:
    """``2024-05-15 15:00:00``, in UTC."""
    epoch = datetime.datetime(1970, 1, 1)
    return (epoch + datetime.timedelta(seconds=instant.seconds)).strftime("%Y-%m-%d %H:%M:%S")


# The lists of a case that are shown, and that a desk returns when they are asked for.
LISTS_OF_CASES = ("links", "further_case_links", "tasks")


def show_entity(state: v1.EntityState) -> List[str]:
    """An entity: the first line has its id and state, the others have the data that an agent needs."""
    show = _SHOWN.get(state.WhichOneof("state") or "")
    if show is None:
        return [_ref(state.entity)]
    lines: List[str] = show(getattr(state, str(state.WhichOneof("state"))))
    return lines


def show_file(file: v1.CustomerFile) -> List[str]:
    """The customer's file."""
    lines = _show_customer(file.customer)
    lines.append(f"version {file.version}, identity level {file.identity_level}")
    _show_some("open cases", file.open_cases, file.has_more_open_cases, _show_case, lines)
    _show_some("interactions", file.recent_interactions, file.has_more_interactions, _show_interaction, lines)
    _show_some("orders", file.recent_orders, file.has_more_orders, _show_order, lines)
    _show_some("accounts", file.accounts, False, _show_account, lines)
    lines.append(f"may be the same: {len(file.duplicates)}")
    for candidate in file.duplicates:
        kinds = (v1.DuplicateEvidence.Kind.Name(each.kind) for each in candidate.evidence)
        evidence = ", ".join(_words(kind, "KIND_") for kind in kinds)
        lines.append(f"  customer {candidate.customer_id}: {candidate.score} of 1000 ({evidence})")
    return lines


def show_customer_view(view: v1.CustomerView) -> List[str]:
    """The view that a customer may have."""
    if view.HasField("interaction"):
        seen: Any = view.interaction
        lines = [f"interaction {seen.interaction_id}: {_words(v1.Interaction.State.Name(seen.state), 'STATE_')}"]
    else:
        seen = view.case
        lines = [f"case {seen.case_id}: {_words(v1.Case.State.Name(seen.state), 'STATE_')}: {seen.subject}"]
    for part in seen.parts:
        author = _words(v1.Actor.Kind.Name(part.author_kind), "KIND_")
        kind = _words(v1.InteractionPart.Kind.Name(part.kind), "KIND_")
        text = part.media.title if part.HasField("media") else part.text
        lines.append(f"  {instant_text(part.time)} {author}, {kind}: {text}")
    return lines


def effect_text(effect: v1.Effect) -> str:
    """The work that somebody has to do outside."""
    asked = effect.order
    if asked.HasField("capture_payment"):
        amount = frontdesk.money.format(asked.capture_payment.amount)
        return f"take {amount} from {asked.capture_payment.route.payment_method_id}"
    if asked.HasField("void_payment"):
        return f"give up payment {asked.void_payment.payment_id}"
    if asked.HasField("send_refund"):
        amount = frontdesk.money.format(asked.send_refund.amount)
        return f"pay {amount} back to {asked.send_refund.route.payment_method_id}"
    if effect.case.HasField("propose_resolution"):
        return f"look at case {effect.case.propose_resolution.case_id}"
    if effect.case.HasField("notify_referral_party"):
        return f"inform the party of referral {effect.case.notify_referral_party.referral_id}"
    return "something not known here"


# A mark before the verdict.
VERDICT_MARKS = {frontdesk.Verdict.DONE: " ", frontdesk.Verdict.REFUSED: "!", frontdesk.Verdict.HELD: "~"}


def verdict_text(outcome: v1.Outcome) -> str:
    """``DONE``, ``HELD`` with the reason, or ``REFUSED`` with the leading reason."""
    if outcome.verdict == frontdesk.Verdict.DONE:
        return "DONE"
    if outcome.verdict == frontdesk.Verdict.HELD:
        return f"HELD {outcome.held.reason}"
    return f"REFUSED {outcome.refusals[0].reason}"


def show_refusals(outcome: v1.Outcome) -> List[str]:
    """Every refusal with who says so, and the authority needed where it is held."""
    lines = []
    for refusal in outcome.refusals:
        origin = _words(v1.Refusal.Origin.Name(refusal.origin), "ORIGIN_")
        field = f", {refusal.field}" if refusal.field else ""
        lines.append(f"{refusal.reason} ({origin}{field}): {refusal.text}")
    if outcome.HasField("held"):
        held = outcome.held
        lines.append(f"needs {held.authority}, approval {held.approval_id}: {held.text}")
    return lines


def _words(name: str, prefix: str) -> str:
    """``STATE_NEW`` without the prefix, in words: ``new``."""
    return name.removeprefix(prefix).lower().replace("_", " ")


def _ref(entity: v1.EntityRef) -> str:
    return f"{_words(v1.EntityKind.Name(entity.kind), 'ENTITY_KIND_')} {entity.id}"


def count_text(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _parts(holder: Union[v1.Interaction, v1.Case]) -> str:
    internal = sum(each.count for each in holder.part_counts if each.visibility != v1.VISIBILITY_PUBLIC)
    return f"{count_text(holder.part_count, 'part')}, {internal} internal"


def _show_links(links: Sequence[v1.EntityRef], lines: List[str]) -> None:
    if links:
        lines.append("about " + ", ".join(map(_ref, links)))


def _show_customer(customer: v1.Customer) -> List[str]:
    names = filter(None, (customer.given_name, customer.family_name, customer.organization_name))
    state = _words(v1.Customer.State.Name(customer.state), "STATE_")
    lines = [f"customer {customer.customer_id}: {' '.join(names)}, {state}"]
    reach = [point.canonical for point in customer.contact_points]
    reach += [f"{each.address.postal_code} {each.address.locality}" for each in customer.addresses]
    if reach:
        lines.append("; ".join(reach))
    return lines


def _show_interaction(interaction: v1.Interaction) -> List[str]:
    state = _words(v1.Interaction.State.Name(interaction.state), "STATE_")
    channel = _words(v1.Channel.Name(interaction.channel), "CHANNEL_")
    direction = _words(v1.Direction.Name(interaction.direction), "DIRECTION_")
    lines = [
        f"interaction {interaction.interaction_id}: {state}, {channel} {direction}, "
        f"with {interaction.customer_id or 'nobody known'}, {_parts(interaction)}"
    ]
    _show_links(interaction.links, lines)
    if interaction.HasField("wrap_up"):
        lines.append(f"came out: {interaction.wrap_up.disposition}")
    return lines


def _show_order(order: v1.Order) -> List[str]:
    state = _words(v1.Order.State.Name(order.state), "STATE_")
    held = frontdesk.money.format(frontdesk.domain.held_amount(order))
    return [f"order {order.order_id}: {state}, {count_text(len(order.lines), 'line')}, held {held}"]


def _show_account(account: v1.Account) -> List[str]:
    return [f"account {account.account_id}: balance {frontdesk.money.format(account.balance)}"]


def _show_case(case: v1.Case) -> List[str]:
    name = f" ({case.state_name})" if case.state_name else ""
    priority = f", priority {case.priority}" if case.priority else ""
    work = f"queue {case.queue_id or 'none'}, with {case.assignee_id or 'nobody'}, {_parts(case)}"
    if case.HasField("transfer_offer"):
        work += f", offered to {case.transfer_offer.assignee_id or case.transfer_offer.queue_id}"
    if case.reopen_count:
        work += f", reopened {count_text(case.reopen_count, 'time')}"
    state = _words(v1.Case.State.Name(case.state), "STATE_")
    kind = _words(v1.Case.Kind.Name(case.kind), "KIND_")
    lines = [f"case {case.case_id}: {state}{name}, {kind}{priority}: {case.subject}", work]
    _show_links(case.links, lines)
    for link in (*case.case_links, *case.further_case_links):
        lines.append(f"{_words(v1.CaseLink.Kind.Name(link.kind), 'KIND_')} case {link.case_id}")
    for each in case.consultations:
        answered = "answered" if each.HasField("answer_time") else "no answer yet"
        lines.append(f"asked {each.consultant_id}: {answered}")
    for task in case.tasks:
        lines.append(f"task {task.task_id}: {task.title}, {'done' if task.HasField('complete_time') else 'to do'}")
    for resolution in case.resolutions:
        text = f"resolved: {resolution.code}"
        if resolution.remedy:
            text += f", {resolution.remedy}"
        if resolution.HasField("remedy_amount"):
            text += f" {frontdesk.money.format(resolution.remedy_amount)}"
        lines.append(text)
    return lines


_SHOWN = {
    "customer": _show_customer,
    "interaction": _show_interaction,
    "order": _show_order,
    "account": _show_account,
    "case": _show_case,
}


def _show_some(
    title: str, entities: Sequence[Any], has_more: bool, show: Callable[[Any], List[str]], lines: List[str]
) -> None:
    """Shows some entities and whether there are more."""
    lines.append(f"{title}: {len(entities)}{' and more' if has_more else ''}")
    lines += [f"  {show(each)[0]}" for each in entities]
