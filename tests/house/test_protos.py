"""The words keep the laws that no linter knows: data classes, comments, no maps, no floating point."""

import importlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from typing import Iterator, List, Tuple

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
PROTO_ROOT = ROOT / "proto"


def load(root: pathlib.Path, files: List[str]) -> descriptor_pb2.FileDescriptorSet:
    """The descriptors of proto files, with their comments and with our field option readable."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder)
        subprocess.run(["protoc", f"-I{root}", f"-I{PROTO_ROOT}", f"--python_out={out}", "frontdesk/v1/data_class.proto"],
                       check=True)
        if "frontdesk.v1.data_class_pb2" not in sys.modules:
            sys.path.insert(0, str(out))
            try:
                importlib.import_module("frontdesk.v1.data_class_pb2")  # registers the option
            finally:
                sys.path.remove(str(out))
        target = out / "set.binpb"
        subprocess.run(["protoc", f"-I{root}", f"-I{PROTO_ROOT}", "--include_source_info",
                        f"--descriptor_set_out={target}", *files], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes())


def our_files() -> List[str]:
    return sorted(str(path.relative_to(PROTO_ROOT)) for path in PROTO_ROOT.rglob("*.proto"))


@pytest.fixture(scope="module", name="protos")
def fixture_protos() -> descriptor_pb2.FileDescriptorSet:
    return load(PROTO_ROOT, our_files())


def fields_of(file: descriptor_pb2.FileDescriptorProto) -> Iterator[Tuple[str, FieldDescriptorProto]]:
    def walk(prefix: str, messages) -> Iterator[Tuple[str, FieldDescriptorProto]]:
        for message in messages:
            name = f"{prefix}.{message.name}"
            for field in message.field:
                yield f"{name}.{field.name}", field
            yield from walk(name, message.nested_type)
    yield from walk(file.package, file.message_type)


def unclassified(protos: descriptor_pb2.FileDescriptorSet) -> List[str]:
    option = sys.modules["frontdesk.v1.data_class_pb2"].data_class
    return [name for file in protos.file for name, field in fields_of(file)
            if field.type in (FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.TYPE_BYTES)
            and not field.options.Extensions[option]]


def partly_classified(protos: descriptor_pb2.FileDescriptorSet) -> List[str]:
    """Values without a class where another of the same oneof has one: what may be a text or a number is as personal as both.
    Fields of our own messages have classes of their own."""
    option = sys.modules["frontdesk.v1.data_class_pb2"].data_class
    found = []

    def walk(prefix, messages):
        for message in messages:
            name = f"{prefix}.{message.name}"
            classes = {}
            for field in message.field:
                is_value = not field.type_name or field.type_name.startswith((".google.protobuf.", ".frontdesk.v1.Money"))
                if field.HasField("oneof_index") and is_value:
                    classes.setdefault(field.oneof_index, []).append((field.name, field.options.Extensions[option]))
            for fields in classes.values():
                if any(data_class for _, data_class in fields):
                    found.extend(f"{name}.{field}" for field, data_class in fields if not data_class)
            walk(name, message.nested_type)

    for file in protos.file:
        walk(file.package, file.message_type)
    return found


def uncommented(protos: descriptor_pb2.FileDescriptorSet) -> List[str]:
    """Messages, fields, oneofs, enums and values without a leading comment, by descriptor path."""
    missing = []
    for file in protos.file:
        commented = {tuple(place.path) for place in file.source_code_info.location if place.leading_comments.strip()}

        def need(path: Tuple[int, ...], name: str) -> None:
            if path not in commented:
                missing.append(f"{file.package}.{name}")

        def walk_enum(path, enum, prefix):
            need(path, prefix + enum.name)
            for index, value in enumerate(enum.value):
                need(path + (2, index), f"{prefix}{enum.name}.{value.name}")

        def walk_message(path, message, prefix):
            need(path, prefix + message.name)
            inner = f"{prefix}{message.name}."
            for index, field in enumerate(message.field):
                need(path + (2, index), inner + field.name)
            for index, oneof in enumerate(message.oneof_decl):
                if not oneof.name.startswith("_"):
                    need(path + (8, index), inner + oneof.name)
            for index, enum in enumerate(message.enum_type):
                walk_enum(path + (4, index), enum, inner)
            for index, nested in enumerate(message.nested_type):
                walk_message(path + (3, index), nested, inner)

        for index, message in enumerate(file.message_type):
            walk_message((4, index), message, "")
        for index, enum in enumerate(file.enum_type):
            walk_enum((5, index), enum, "")
    return missing


def inexact(protos: descriptor_pb2.FileDescriptorSet) -> List[str]:
    """Fields that cannot be hashed, compared or kept: maps have no order, floating point no exact value."""
    maps = {f".{name.rsplit('.', 1)[0]}" for file in protos.file for name, _ in fields_of(file) if name.endswith("Entry.key")}
    return [name for file in protos.file for name, field in fields_of(file)
            if field.type in (FieldDescriptorProto.TYPE_FLOAT, FieldDescriptorProto.TYPE_DOUBLE)
            or field.type_name in maps]


def misnamed_instants(protos: descriptor_pb2.FileDescriptorSet) -> List[str]:
    return [name for file in protos.file for name, field in fields_of(file)
            if field.type_name == ".google.protobuf.Timestamp"
            and not re.fullmatch(r"now|time|.*_time|time_value" + ("|.*_times" if field.label == field.LABEL_REPEATED else ""), field.name)]


def test_there_is_something_to_look_at(protos):
    assert len(protos.file) >= 20
    assert sum(1 for file in protos.file for _ in fields_of(file)) > 500


def test_every_text_has_a_data_class(protos):
    assert unclassified(protos) == []


def test_a_choice_is_classified_whole(protos):
    assert partly_classified(protos) == []


def test_everything_has_a_comment(protos):
    assert uncommented(protos) == []


# A number that an author's expression computes is kept as it is computed.
COMPUTED_NUMBERS = ["frontdesk.v1.ApprovalQuantity.double_value", "frontdesk.v1.OutputValue.double_value"]


def test_everything_is_exact(protos):
    assert inexact(protos) == COMPUTED_NUMBERS


def test_instants_are_named_so(protos):
    assert misnamed_instants(protos) == []


def commands_without_text(text: str) -> List[str]:
    """The messages whose options as a command do not say in words what they ask for."""
    blocks = re.finditer(r"^message (\w+) \{\n  option \(command\) = \{\n(.*?)^  \};", text, re.MULTILINE | re.DOTALL)
    return [block.group(1) for block in blocks if not re.search(r'^    request_text: "[a-z][^"]*[^".]"$', block.group(2), re.MULTILINE)]


def test_every_command_says_what_it_asks_for():
    files = sorted(PROTO_ROOT.rglob("*_commands.proto"))
    texts = [path.read_text(encoding="utf-8") for path in files]
    assert sum(text.count("option (command)") for text in texts) > 60
    assert [name for text in texts for name in commands_without_text(text)] == []
    assert commands_without_text('message A {\n  option (command) = {\n    reason_prefix: "A"\n  };\n}\n') == ["A"]


def test_the_image_holds_every_file():
    """Whether the protos broke what is published is buf's to say; that the image is whole is said here."""
    image = descriptor_pb2.FileDescriptorSet.FromString((PROTO_ROOT / "image.binpb").read_bytes())
    ours = {file.name for file in image.file if not file.name.startswith("google/protobuf/")}
    assert ours == set(our_files())


def test_each_breach_would_be_found(tmp_path):
    (tmp_path / "bad.proto").write_text("""
        syntax = "proto3";
        package bad;
        import "google/protobuf/timestamp.proto";
        import "frontdesk/v1/data_class.proto";
        // Commented.
        message Bad {
          // Commented.
          string classless = 1;
          bytes uncommented = 2 [(frontdesk.v1.data_class) = DATA_CLASS_PUBLIC];
          // Commented.
          map<string, int64> counts = 3;
          // Commented.
          double ratio = 4;
          // Commented.
          google.protobuf.Timestamp started = 5;
          // Commented.
          oneof value {
            // Commented.
            string text = 6 [(frontdesk.v1.data_class) = DATA_CLASS_PERSONAL];
            // Commented.
            int64 number = 7;
          }
        }
        """, encoding="utf-8")
    bad = load(tmp_path, ["bad.proto"])
    assert unclassified(bad) == ["bad.Bad.classless", "bad.Bad.CountsEntry.key"]
    assert partly_classified(bad) == ["bad.Bad.number"]
    assert uncommented(bad)[:1] == ["bad.Bad.uncommented"]
    assert inexact(bad) == ["bad.Bad.counts", "bad.Bad.ratio"]
    assert misnamed_instants(bad) == ["bad.Bad.started"]
