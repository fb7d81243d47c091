"""The content of personal fields never comes out in an exception, a refusal or an explanation."""

import datetime
import traceback

import pytest

import conftest
import frontdesk
from frontdesk import ContactPointKind, v1
from frontdesk.v1 import data_class_pb2

PLANTED = "Wilhelmina Quastenberg +1 415 555 0137 wilhelmina@quastenberg.example 4111 1111 1111 1111"
MARKERS = ["quastenberg", "+14155550137", "4111111111111111"]
SHOWN = (v1.DATA_CLASS_PUBLIC, v1.DATA_CLASS_INTERNAL)
VERBS = [
    verb
    for arm in v1.Command.DESCRIPTOR.oneofs_by_name["command"].fields
    for verb in arm.message_type.oneofs_by_name["verb"].fields
]


def plant(message, depth=0):
    """Sets every personal text of the message, and of every message in it, which is made."""
    for field in message.DESCRIPTOR.fields:
        repeated = field.label == field.LABEL_REPEATED
        if field.type == field.TYPE_STRING:
            if field.GetOptions().Extensions[data_class_pb2.data_class] in SHOWN:
                continue
            if repeated:
                getattr(message, field.name).append(PLANTED)
            else:
                setattr(message, field.name, PLANTED)
        elif field.type == field.TYPE_MESSAGE and depth < 6:
            value = getattr(message, field.name)
            plant(value.add() if repeated else value, depth + 1)


def found(text: str):
    squeezed = text.replace(" ", "").replace("-", "").lower()
    return [marker for marker in MARKERS if marker in squeezed]


def told(error: BaseException) -> str:
    """Everything that an exception shows, its traceback without the lines of this file included."""
    parts = [str(error), repr(error), repr(error.args), repr(getattr(error, "metadata", ""))]
    parts += [f"{one.field} {one.reason} {one.text}" for one in getattr(error, "violations", ())]
    parts += traceback.format_exception_only(type(error), error)
    return "\n".join(parts)


def test_plant_plants():
    verb = v1.ImportCustomer()
    plant(verb)
    assert found(verb.customer.family_name) == MARKERS
    assert found(verb.customer.addresses[0].address.lines[0]) == MARKERS
    assert found(verb.customer.payment_methods[0].gateway_token) == MARKERS
    assert verb.customer.tier == ""


@pytest.mark.parametrize("field", VERBS, ids=lambda field: field.message_type.name)
def test_refusals_and_exceptions_have_no_personal_data(desk, ask, field):
    verb = getattr(v1, field.message_type.name)()
    plant(verb)
    facts = conftest.catalog() if field.containing_type is v1.OrderCommand.DESCRIPTOR else None
    told_texts = []
    for options in ({}, {"key": "k", "note": PLANTED}, {"version": 99}):
        command = ask(verb, idempotency_key=options.get("key", ""), note=options.get("note", ""),
                      expected_version=options.get("version"))
        for ask_desk in (desk.preview, desk.execute):
            try:
                outcome = ask_desk(command, facts=facts)
            except frontdesk.Error as error:
                told_texts.append(told(error))
                continue
            outcome.ClearField("events")
            told_texts.append(str(outcome))
            told_texts.append(repr(outcome.refusals))
    command.actor.Clear()
    plant(command.actor)
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        desk.execute(command)
    told_texts.append(told(raised.value))
    assert [found(text) for text in told_texts if found(text)] == []


@pytest.mark.parametrize("kind", list(ContactPointKind))
def test_contact_points(kind):
    with pytest.raises(ValueError) as raised:
        frontdesk.contact.normalize(kind, "Quastenberg\n4155550137@")
    assert not found(told(raised.value))


@pytest.mark.parametrize(
    "call",
    [
        lambda: frontdesk.money.parse(PLANTED, "EUR"),
        lambda: frontdesk.money.parse("1", PLANTED),
        lambda: frontdesk.command(PLANTED, actor=v1.Actor(), now=conftest.NOON),
        lambda: frontdesk.command(v1.CancelOrder(), actor=v1.Actor(), now=datetime.datetime(2024, 5, 1), note=PLANTED),
    ],
    ids=["money", "currency", "verb", "naive time"],
)
def test_invalid_arguments_of_functions(call):
    with pytest.raises((ValueError, TypeError)) as raised:
        call()
    assert not found(told(raised.value))
