"""frontdesk.cel and frontdesk.rules over messages that only Python knows."""

import pytest
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory, symbol_database
from google.protobuf import timestamp_pb2, wrappers_pb2

from frontdesk import cel, rules, v1
from frontdesk._bridge import MessageTypes, message_class

FIELD = descriptor_pb2.FieldDescriptorProto


def shop_file(name="shop/parcel.proto", package="shop") -> descriptor_pb2.FileDescriptorProto:
    """A file with a message of many kinds of field, importing ours and the well-known types."""
    file = descriptor_pb2.FileDescriptorProto(
        name=name,
        package=package,
        syntax="proto3",
        dependency=[
            "frontdesk/v1/money.proto",
            "google/protobuf/any.proto",
            "google/protobuf/timestamp.proto",
            "google/protobuf/wrappers.proto",
        ],
    )
    enum = file.enum_type.add(name="Size")
    enum.value.add(name="SIZE_UNSPECIFIED", number=0)
    enum.value.add(name="SIZE_LARGE", number=1)
    message = file.message_type.add(name="Parcel")

    def field(name, number, kind, type_name="", label=FIELD.LABEL_OPTIONAL):
        message.field.add(name=name, number=number, type=kind, type_name=type_name or None, label=label)

    field("id", 1, FIELD.TYPE_STRING)
    field("grams", 2, FIELD.TYPE_INT64)
    field("value", 3, FIELD.TYPE_MESSAGE, ".frontdesk.v1.Money")
    field("sent_time", 4, FIELD.TYPE_MESSAGE, ".google.protobuf.Timestamp")
    field("note", 5, FIELD.TYPE_MESSAGE, ".google.protobuf.StringValue")
    field("extra", 6, FIELD.TYPE_MESSAGE, ".google.protobuf.Any")
    field("size", 7, FIELD.TYPE_ENUM, f".{package}.Size")
    field("inner", 8, FIELD.TYPE_MESSAGE, f".{package}.Parcel", FIELD.LABEL_REPEATED)
    field("count", 9, FIELD.TYPE_UINT32)
    return file


@pytest.fixture(scope="module")
def parcel():
    """The class of shop.Parcel, known to Python's default pool only."""
    descriptor_pool.Default().AddSerializedFile(shop_file().SerializeToString())
    return message_class(descriptor_pool.Default().FindMessageTypeByName("shop.Parcel"))


def make(parcel):
    made = parcel(id="p1", grams=1200, size=1, count=3)
    made.value.units = 500
    made.value.currency_code = "EUR"
    made.sent_time.FromJsonString("2024-05-01T12:00:00Z")
    made.note.value = "fragile"
    made.extra.Pack(v1.Money(units=7))
    made.inner.add(id="p2")
    return made


@pytest.mark.parametrize(
    "text, expected",
    [
        ("grams > 1000 && id == 'p1'", True),
        ("value.units", 500),
        ("value == frontdesk.v1.Money{units: 500, currency_code: 'EUR'}", True),
        ("sent_time.getFullYear()", 2024),
        ("sent_time < timestamp('2024-05-02T00:00:00Z')", True),
        ("note + '!'", "fragile!"),
        ("inner[0].note == null", True),
        ("extra.units", 7),
        ("size == shop.Size.SIZE_LARGE", True),
        ("count == 3u", True),
        ("inner.map(p, p.id)", ["p2"]),
        ("has(value) && !has(inner[0].value)", True),
        ("shop.Parcel{id: 'x', note: 'y'}.note", "y"),
    ],
)
def test_root_of_a_python_message(parcel, text, expected):
    program = cel.Environment(root=parcel).compile(text)
    assert program.evaluate(make(parcel)) == expected


def test_results_are_of_the_python_class(parcel):
    result = cel.Environment(root=parcel).compile("inner[0]").evaluate(make(parcel))
    assert type(result) is parcel and result.id == "p2"
    money = cel.Environment(root=parcel).compile("value").evaluate(make(parcel))
    assert type(money) is v1.Money and money.units == 500
    built = cel.Environment(types=[parcel]).compile("shop.Parcel{grams: 5}").evaluate()
    assert built == parcel(grams=5)


def test_variables_and_functions_with_python_messages(parcel):
    def heavy(each: parcel) -> bool:
        assert type(each) is parcel
        return each.grams > 1000

    environment = cel.Environment(variables={"p": parcel}, functions=[cel.function(heavy)])
    assert environment.compile("heavy(p) && !heavy(p.inner[0])").evaluate({"p": make(parcel)}) is True
    assert cel.evaluate("p.grams", {"p": make(parcel)}) == 1200


def test_checking_knows_the_fields(parcel):
    with pytest.raises(cel.CompileError) as raised:
        cel.Environment(root=parcel).compile("gramms > 5")
    assert "grams" in str(raised.value)


def test_a_file_descriptor_set():
    """Files loaded at run time, with a package that no Python module declares; what they import is found."""
    files = descriptor_pb2.FileDescriptorSet(file=[shop_file("loaded/parcel.proto", "loaded")])
    environment = cel.Environment(types=[files], root="loaded.Parcel")
    kind = MessageTypes([files]).find("loaded.Parcel")
    parcel = message_class(kind)
    assert environment.compile("grams * 2").evaluate(parcel(grams=4)) == 8
    result = environment.compile("loaded.Parcel{id: 'x', value: frontdesk.v1.Money{units: 2}}").evaluate()
    assert (result.DESCRIPTOR.full_name, result.id, result.value.units) == ("loaded.Parcel", "x", 2)
    sent = parcel()
    sent.sent_time.seconds = 1
    assert environment.compile("sent_time").evaluate(sent).year == 1970


def test_own_messages_are_found_linked_in():
    assert MessageTypes([v1.Order]).core.is_generated
    assert MessageTypes([timestamp_pb2.Timestamp, wrappers_pb2]).core.is_generated


def test_python_only_messages_get_a_pool(parcel):
    assert not MessageTypes([parcel]).core.is_generated


def test_files_that_do_not_fit():
    broken = shop_file("broken/parcel.proto", "broken")
    broken.message_type[0].field[0].type_name = ".broken.Missing"
    broken.message_type[0].field[0].type = FIELD.TYPE_MESSAGE
    missing = shop_file("missing/parcel.proto", "missing")
    missing.dependency.append("missing/other.proto")
    cycle = shop_file("cycle/a.proto", "cycle")
    cycle.dependency.append("cycle/a.proto")
    for file in (broken, missing, cycle):
        with pytest.raises(ValueError):
            cel.Environment(types=[descriptor_pb2.FileDescriptorSet(file=[file])])
    with pytest.raises(TypeError):
        cel.Environment(types=["loaded.Parcel"])


def test_messages_of_unknown_types_are_refused(parcel):
    with pytest.raises(ValueError):
        cel.Environment(variables={"x": cel.DYN}).compile("x == x").evaluate({"x": make(parcel)})


RULES = """
id: "shipping" default_outcome: POLICY_OUTCOME_ALLOW
rules { id: "heavy" order: 1 condition: "grams > 1000" outcome: POLICY_OUTCOME_REFUSE reason: "TOO_HEAVY" }
rules { id: "large" order: 2 condition: "size == Size.SIZE_LARGE" outcome: POLICY_OUTCOME_HOLD reason: "LARGE" authority: "boss" }
"""


def test_rules_over_python_messages(parcel):
    shipping = rules.RuleSet.from_text(RULES, input=parcel)
    assert shipping.decide(make(parcel)).outcome == v1.POLICY_OUTCOME_REFUSE
    assert shipping.decide(parcel(size=1)).outcome == v1.POLICY_OUTCOME_HOLD
    assert shipping.decide(parcel(size=1), granted_authorities=["boss"]).outcome == v1.POLICY_OUTCOME_ALLOW
    with pytest.raises(TypeError):
        shipping.decide(v1.Order())


def test_text_without_a_class_is_masked_in_traces(parcel):
    secretive = rules.RuleSet.from_text(
        'id: "r" rules { id: "a" order: 1 condition: "id == \'x\'" outcome: POLICY_OUTCOME_ALLOW }', input=parcel
    )
    decision = secretive.decide(parcel(id="hunter2"))
    assert b"hunter2" not in decision.SerializeToString()


def test_factories_agree_about_classes(parcel):
    assert message_class(parcel.DESCRIPTOR) is parcel
    assert message_class(v1.Order.DESCRIPTOR) is v1.Order
    assert message_class(any_pb2.Any.DESCRIPTOR) is any_pb2.Any
    assert symbol_database.Default() is not None and message_factory is not None
