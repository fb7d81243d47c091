"""frontdesk.v1: the messages, in one namespace, sharing a process with protobuf."""

import os
import subprocess
import sys
import textwrap

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.internal import api_implementation

import conftest
import frontdesk
from frontdesk import v1
from frontdesk.v1 import order_pb2

PROTO_DIR = conftest.source_dir() / "proto"


def test_every_top_level_name_is_in_the_namespace():
    pool = descriptor_pool.Default()
    count = 0
    for path in sorted((PROTO_DIR / "frontdesk" / "v1").glob("*.proto")):
        file = pool.FindFileByName(str(path.relative_to(PROTO_DIR)))
        for name in file.message_types_by_name:
            assert getattr(v1, name).DESCRIPTOR.full_name == f"frontdesk.v1.{name}"
            assert name in v1.__all__
            count += 1
        for name, enum in file.enum_types_by_name.items():
            assert getattr(v1, name).DESCRIPTOR.full_name == f"frontdesk.v1.{name}"
            for value in enum.values:
                assert getattr(v1, value.name) == value.number
    assert count > 100
    assert v1.Order is order_pb2.Order


def test_messages_are_ordinary():
    order = v1.Order(order_id="1", lines=[v1.OrderLine(line_id="1")])
    assert v1.Order.FromString(order.SerializeToString()) == order


def test_data_class_of_a_field():
    options = v1.PostalAddress.DESCRIPTOR.fields_by_name["lines"].GetOptions()
    assert frontdesk.DataClass(options.Extensions[v1.data_class]) == frontdesk.DataClass.PERSONAL


def test_canonical_bytes_do_not_depend_on_how_a_message_was_made():
    a = v1.Money(units=1, currency_code="EUR")
    b = v1.Money(currency_code="EUR")
    b.units = 1
    assert frontdesk.canonical_bytes(a) == frontdesk.canonical_bytes(b) == bytes.fromhex("08011203455552")


SCRIPT = """
    import sys
    {first}
    from google.protobuf.internal import api_implementation
    import frontdesk
    from frontdesk import v1
    from google.protobuf import timestamp_pb2, descriptor_pb2, json_format, text_format
    policy = frontdesk.Policy.from_text('rule_sets {{ id: "a" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }}')
    desk = frontdesk.Desk.open(policy)
    command = frontdesk.command(
        v1.CreateCustomer(customer_id="c", given_name="Zoë"), actor=frontdesk.actor("a"),
        now=timestamp_pb2.Timestamp(seconds=1700000000))
    outcome = desk.execute(command)
    assert outcome.verdict == v1.VERDICT_DONE, outcome
    again = json_format.Parse(json_format.MessageToJson(outcome), v1.Outcome())
    assert again == outcome
    assert frontdesk.cel.evaluate("c.customer.create_customer.given_name == 'Zoë'", {{"c": command}})
    print(api_implementation.Type(), frontdesk.canonical_bytes(outcome).hex())
"""


def run(first: str, **environment: str):
    return subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(SCRIPT).format(first=first)],
        env={**os.environ, "PYTHONPATH": str(conftest.package_dir()), **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("implementation", ["cpp", "python"])
@pytest.mark.parametrize("first", ["pass", "import google.protobuf.descriptor_pb2, google.protobuf.struct_pb2"])
def test_same_bytes_whatever_protobuf_python_uses(implementation, first):
    expected = run("pass").stdout.split()[-1:]
    assert expected
    result = run(first, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=implementation)
    if implementation == "cpp" and api_implementation.Type() != "cpp":
        pytest.skip("this protobuf has no C++ implementation")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.split() == [implementation, *expected]


def test_messages_from_elsewhere_in_the_process_do_not_clash(tmp_path):
    """Another package that generated the same files registered them before ours were imported."""
    files = descriptor_pb2.FileDescriptorSet()
    for name in ("data_class", "money"):
        descriptor_pool.Default().FindFileByName(f"frontdesk/v1/{name}.proto").CopyToProto(files.file.add())
    path = tmp_path / "files.binpb"
    path.write_bytes(files.SerializeToString())
    first = (
        "import google.protobuf.timestamp_pb2, google.protobuf.descriptor_pb2 as d, google.protobuf.descriptor_pool as p; "
        f"files = d.FileDescriptorSet.FromString(open({str(path)!r}, 'rb').read()).file; "
        "[p.Default().AddSerializedFile(f.SerializeToString()) for f in files]"
    )
    for implementation in ("cpp", "python"):
        result = run(first, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=implementation)
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""


def fresh(script: str) -> subprocess.CompletedProcess:
    """Runs a script in a process in which no class was made."""
    return subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(script)],
        env={**os.environ, "PYTHONPATH": str(conftest.package_dir())},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "script",
    [
        # The first class that is made has repeated fields in it, and in the messages of its fields.
        """
        import frontdesk
        policy = frontdesk.Policy.from_text('name: "shop"')
        now = frontdesk.times.timestamp(__import__("datetime").datetime(2024, 5, 1, tzinfo=__import__("datetime").timezone.utc))
        outcome = frontdesk.Desk.open(policy).execute(frontdesk.command(
            frontdesk.v1.CreateCustomer(customer_id="c"), actor=frontdesk.actor("a"), now=now))
        assert [refusal.reason for refusal in outcome.refusals], outcome
        assert len(outcome.events) == len(outcome.decision.rules) == 0
        """,
        # A class that a field has made before is the one in v1, with its nested classes.
        """
        from frontdesk import v1
        order = type(v1.Command().order)  # Neither in a list nor with a time.
        assert v1.OrderCommand is order and type(v1.Command(order=v1.OrderCommand()).order) is order
        assert order.__module__ == "frontdesk.v1.order_commands_pb2"
        state = v1.EntityState()
        case = type(state.case)
        customer = type(state.customer)
        assert v1.Case is case and v1.Customer is customer
        assert v1.Case.State.Name(v1.Case.STATE_NEW) == "STATE_NEW" and case.__module__ == "frontdesk.v1.case_pb2"
        """,
        # So it is when the generated module comes first, or last.
        """
        from frontdesk.v1 import order_pb2
        from frontdesk import v1
        assert v1.Order is order_pb2.Order and v1.order_pb2 is order_pb2
        assert type(v1.EntityState().order) is v1.Order and v1.Verdict is v1.outcome_pb2.Verdict
        from frontdesk.v1 import case_pb2, customer_pb2
        assert case_pb2.Case is v1.Case and customer_pb2.Customer is type(v1.EntityState().customer)
        """,
        # An unknown name is an error, and so in the package.
        """
        import frontdesk
        from frontdesk import v1
        for place in (v1, frontdesk, frontdesk.enums, frontdesk.times, frontdesk.desk, frontdesk.policy):
            for name in ("NoSuchThing", "no_such_pb2", "__wrapped__"):
                assert not hasattr(place, name), (place, name)
        assert {"Order", "VERDICT_DONE", "Verdict", "data_class"} <= set(dir(v1)) and {"Desk", "cel"} <= set(dir(frontdesk))
        """,
        # A time in a message inside of another one is a readable error, whichever class was asked for first.
        """
        import datetime
        from frontdesk import v1
        import frontdesk
        event = v1.JournalRecord()
        try:
            event.command.now = datetime.datetime(2024, 5, 1)
        except frontdesk.FieldTypeError as error:
            assert "v1.Command.now" in str(error)
        else:
            raise AssertionError("no error")
        """,
    ],
)
def test_classes_are_made_when_they_are_asked_for(script):
    result = fresh(script)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_process_loads_what_it_uses():
    script = """
        import sys
        flags = sys.getdlopenflags()
        import frontdesk
        assert sys.getdlopenflags() == flags
        before = set(sys.modules)
        assert not {name for name in before if name.startswith(("google.protobuf", "frontdesk.v1", "frontdesk.cel"))}, before
        frontdesk.v1.Money
        assert not {name for name in sys.modules if name.endswith("_pb2") and name.startswith("frontdesk")}
    """
    result = fresh(script)
    assert (result.returncode, result.stderr) == (0, "")


def test_threads_that_ask_first_get_one_class():
    script = """
        import sys
        import threading
        import frontdesk
        sys.setswitchinterval(1e-6)
        found, start = [], threading.Barrier(6)

        def ask(turn):
            start.wait()
            from frontdesk import v1
            names = ["Order", "Case", "Command", "Outcome", "Verdict"]
            names = names[turn % 5:] + names[:turn % 5]
            classes = {name: getattr(v1, name) for name in names}
            if turn % 2:
                from frontdesk.v1 import case_pb2
                classes["Case"] = case_pb2.Case
            classes["CaseState"] = frontdesk.CaseState
            found.append(classes)

        threads = [threading.Thread(target=ask, args=(turn,)) for turn in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len(found) == 6 and all(classes == found[0] for classes in found), found
    """
    for _ in range(3):
        result = fresh(script)
        assert (result.returncode, result.stderr) == (0, "")
