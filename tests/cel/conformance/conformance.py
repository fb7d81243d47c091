#!/usr/bin/env python3
"""Runs the cases of the CEL specification through frontdesk.cel and prints a table by file.

    conformance.py --descriptors FILE [--skip FILE] FOLDER

FILE of --descriptors is a FileDescriptorSet that holds cel.expr.conformance.test.SimpleTestFile and the messages that the
cases use: they are known from it alone. A skip file has one entry a line: file/section or file/section/test, then the
reason. Exit code 0 when no case failed. The counterpart in C++ is conformance_main.cc.
"""

import argparse
import collections
import math
import pathlib
import re
import sys
from typing import Any, Dict, List, Tuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

from frontdesk import cel

SCALARS = {"BOOL": cel.BOOL, "INT64": cel.INT, "UINT64": cel.UINT, "DOUBLE": cel.DOUBLE, "STRING": cel.STRING,
           "BYTES": cel.BYTES}
WELL_KNOWN = {"ANY": cel.ANY, "TIMESTAMP": cel.TIMESTAMP, "DURATION": cel.DURATION}
WRAPPERS = {"BoolValue": cel.BOOL, "Int32Value": cel.INT, "Int64Value": cel.INT, "UInt32Value": cel.UINT,
            "UInt64Value": cel.UINT, "FloatValue": cel.DOUBLE, "DoubleValue": cel.DOUBLE, "StringValue": cel.STRING,
            "BytesValue": cel.BYTES}
UNPACKED = {"google.protobuf.Any": cel.ANY, "google.protobuf.Timestamp": cel.TIMESTAMP,
            "google.protobuf.Duration": cel.DURATION, "google.protobuf.Struct": cel.map_of(cel.STRING, cel.DYN),
            "google.protobuf.ListValue": cel.list_of(cel.DYN), "google.protobuf.Value": cel.DYN,
            **{f"google.protobuf.{name}": cel.nullable(kind) for name, kind in WRAPPERS.items()}}


class Runner:
    def __init__(self, descriptors: descriptor_pb2.FileDescriptorSet):
        self.descriptors = descriptors
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptors.file:
            self.pool.Add(file)
        self.factory = message_factory.MessageFactory(self.pool)
        self.environments: Dict[Tuple[str, bytes], cel.Environment] = {}

    def message_class(self, name: str) -> Any:
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))

    def type_of(self, proto: Any) -> cel.Type:
        kind = proto.WhichOneof("type_kind")
        if kind == "dyn":
            return cel.DYN
        if kind == "null":
            return cel.NULL
        if kind in ("primitive", "wrapper"):
            number = getattr(proto, kind)
            scalar = SCALARS[proto.DESCRIPTOR.fields_by_name[kind].enum_type.values_by_number[number].name]
            return cel.nullable(scalar) if kind == "wrapper" else scalar
        if kind == "well_known":
            values = proto.DESCRIPTOR.fields_by_name[kind].enum_type.values_by_number
            return WELL_KNOWN[values[proto.well_known].name]
        if kind == "list_type":
            return cel.list_of(self.type_of(proto.list_type.elem_type))
        if kind == "map_type":
            return cel.map_of(self.type_of(proto.map_type.key_type), self.type_of(proto.map_type.value_type))
        if kind == "message_type":
            return UNPACKED.get(proto.message_type) or cel.message_of(proto.message_type)
        if kind == "type_param":
            return cel.parameter(proto.type_param)
        if kind == "type":
            return cel.type_value_of(self.type_of(proto.type))
        if kind == "abstract_type":
            parameters = [self.type_of(each) for each in proto.abstract_type.parameter_types]
            if proto.abstract_type.name == "optional_type":
                return cel.optional_of(*parameters)
            return cel.opaque(proto.abstract_type.name, *parameters)
        raise ValueError(f"a type that this runner does not know: {kind}")

    def value_of(self, proto: Any) -> Any:
        """A cel.expr.Value as a Python value; a type is its name."""
        kind = proto.WhichOneof("kind")
        if kind == "null_value":
            return None
        if kind == "uint64_value":
            return cel.Uint(proto.uint64_value)
        if kind == "object_value":
            name = proto.object_value.type_url.rpartition("/")[2]
            message = self.message_class(name)()
            message.MergeFromString(proto.object_value.value)
            return message
        if kind == "list_value":
            return [self.value_of(each) for each in proto.list_value.values]
        if kind == "map_value":
            return {self.value_of(each.key): self.value_of(each.value) for each in proto.map_value.entries}
        if kind == "type_value":
            return TypeName(proto.type_value)
        return getattr(proto, kind)

    def environment(self, test: Any) -> cel.Environment:
        key = (test.container, b"\0".join(each.SerializeToString(deterministic=True) for each in test.type_env))
        known = self.environments.get(key)
        if known is not None:
            return known
        variables, functions = {}, []
        for declared in test.type_env:
            if declared.WhichOneof("decl_kind") == "ident":
                variables[declared.name] = self.type_of(declared.ident.type)
                continue
            for overload in declared.function.overloads:
                functions.append(cel.Function(
                    declared.name, None, [self.type_of(each) for each in overload.params],
                    self.type_of(overload.result_type), member=overload.is_instance_function, id=overload.overload_id))
        made = cel.Environment(variables=variables, functions=functions, container=test.container,
                               types=[self.descriptors], extensions=cel.Extension.DEFAULT | cel.Extension.BLOCK)
        self.environments[key] = made
        return made

    def run(self, test: Any) -> str:
        """The failure; empty when the case passes."""
        wants_error = test.WhichOneof("result_matcher") in ("eval_error", "any_eval_errors")
        environment = self.environment(test)
        try:
            program = environment.compile(test.expr, check=not test.disable_check, macros=not test.disable_macros)
        except cel.CompileError as error:
            return "" if wants_error else str(error)
        if test.WhichOneof("result_matcher") == "typed_result" and test.typed_result.HasField("deduced_type"):
            wanted = self.type_of(test.typed_result.deduced_type)
            if program.result_type != wanted:
                return f"expected type {wanted}, deduced {program.result_type}"
        if test.check_only:
            return ""
        declared = {each.name for each in test.type_env}
        bindings = {}
        for name, binding in test.bindings.items():
            if name in declared:
                value = self.value_of(binding.value)
                bindings[name] = cel.INT if isinstance(value, TypeName) else value
        try:
            result = program.evaluate(bindings)
        except cel.EvaluationError as error:
            return "" if wants_error else str(error)
        if wants_error:
            return f"expected an error, got {result!r}"
        matcher = test.WhichOneof("result_matcher")
        if matcher is None:
            wanted = True
        elif matcher == "value":
            wanted = self.value_of(test.value)
        elif matcher == "typed_result":
            wanted = self.value_of(test.typed_result.result)
        else:
            return f"a matcher that this runner does not know: {matcher}"
        return "" if same(unpacked(wanted), result) else f"expected {wanted!r}, got {result!r}"


class TypeName(str):
    """A type as a value, by its name."""


def unpacked(value: Any) -> Any:
    """A value as the language has it: messages of well-known types become their values."""
    if isinstance(value, list):
        return [unpacked(each) for each in value]
    if isinstance(value, dict):
        return {key: unpacked(each) for key, each in value.items()}
    if hasattr(value, "DESCRIPTOR") and value.DESCRIPTOR.full_name in UNPACKED:
        return cel.evaluate("x", {"x": value})
    return value


def same(wanted: Any, actual: Any) -> bool:
    """Strict sameness: types too, and NaN like NaN."""
    if isinstance(wanted, TypeName):
        return isinstance(actual, cel.Type) and str(actual).partition("(")[0] == wanted
    if hasattr(wanted, "DESCRIPTOR"):
        return (hasattr(actual, "DESCRIPTOR") and wanted.DESCRIPTOR.full_name == actual.DESCRIPTOR.full_name
                and wanted.SerializeToString(deterministic=True) == actual.SerializeToString(deterministic=True))
    if type(wanted) is not type(actual):
        return False
    if isinstance(wanted, float):
        return wanted == actual or (math.isnan(wanted) and math.isnan(actual))
    if isinstance(wanted, list):
        return len(wanted) == len(actual) and all(map(same, wanted, actual))
    if isinstance(wanted, dict):
        types = {(type(key), key) for key in wanted} == {(type(key), key) for key in actual}
        return types and all(same(each, actual[key]) for key, each in wanted.items())
    return bool(wanted == actual)


ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\?|.)", re.DOTALL)


def plain_escapes(text: str) -> str:
    """The same text format with the escapes that the distribution's Python parser does not know (\\u, \\U, \\?) as octal."""

    def octal(match: "re.Match[str]") -> str:
        escape = match.group(1)
        if escape == "?":
            return "?"
        if escape[0] in "uU" and len(escape) > 1:
            return "".join(f"\\{byte:03o}" for byte in chr(int(escape[1:], 16)).encode("utf-8"))
        return match.group(0)

    return ESCAPE.sub(octal, text)


def read_skips(path: pathlib.Path) -> Dict[str, str]:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    entries = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    return {entry[0]: entry[1] for entry in entries}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--descriptors", type=pathlib.Path, required=True)
    parser.add_argument("--skip", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    runner = Runner(descriptor_pb2.FileDescriptorSet.FromString(arguments.descriptors.read_bytes()))
    file_class = runner.message_class("cel.expr.conformance.test.SimpleTestFile")
    skips = read_skips(arguments.skip) if arguments.skip else {}
    used = set()
    table: List[Tuple[str, collections.Counter]] = []
    for path in sorted(arguments.folder.glob("*.textproto")):
        file = text_format.Parse(plain_escapes(path.read_text(encoding="utf-8")), file_class(), descriptor_pool=runner.pool)
        counts: collections.Counter = collections.Counter()
        for section in file.section:
            for test in section.test:
                names = [path.stem, f"{path.stem}/{section.name}", f"{path.stem}/{section.name}/{test.name}"]
                skipped = skips.keys() & set(names)
                used |= skipped
                if skipped:
                    counts["skipped"] += 1
                    continue
                wrong = runner.run(test)
                counts["failed" if wrong else "passed"] += 1
                if wrong:
                    print(f"FAILED {names[2]}: {test.expr}\n  {wrong}")
        table.append((path.stem, counts))
    total = sum((counts for _, counts in table), collections.Counter())
    print(f"{'file':20} {'passed':>7} {'failed':>7} {'skipped':>8}")
    for name, counts in table:
        print(f"{name:20} {counts['passed']:7} {counts['failed']:7} {counts['skipped']:8}")
    print(f"passed {total['passed']}, failed {total['failed']}, skipped {total['skipped']}")
    # An entry of a file that is there has to be of use.
    unused = sorted(entry for entry in skips.keys() - used if entry.split("/")[0] in dict(table))
    for entry in unused:
        print(f"skip list: no case '{entry}'")
    return 0 if total["passed"] > 0 and total["failed"] == 0 and not unused else 1


if __name__ == "__main__":
    sys.exit(main())
