#!/usr/bin/env python3
"""Evaluates an expression over a message that this program knows from a file of descriptors alone.

    protoc --include_imports --descriptor_set_out=claim.binpb shop/claim.proto
    evaluate.py claim.binpb shop.Claim 'items.exists(i, i.cents > 5000)' < claim.json

The message is read as JSON from the standard input. An error in the expression is reported with its place (exit code
2), and so is a failure when it runs (exit code 1). Otherwise the value is printed as a literal of the language.
"""

import argparse
import pathlib
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from frontdesk import cel


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("descriptors", type=pathlib.Path, help="a serialized FileDescriptorSet")
    parser.add_argument("message", help="the full name of the message whose fields are the variables")
    parser.add_argument("expression")
    arguments = parser.parse_args()

    files = descriptor_pb2.FileDescriptorSet.FromString(arguments.descriptors.read_bytes())
    environment = cel.Environment(
        types=[files], root=arguments.message, container=arguments.message.rpartition(".")[0]
    )
    try:
        program = environment.compile(arguments.expression)
    except cel.CompileError as error:
        print(error, file=sys.stderr)
        return 2

    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    kind = message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName(arguments.message))
    message = json_format.Parse(sys.stdin.read(), kind(), descriptor_pool=pool)
    try:
        print(program.evaluate_literal(message))
    except cel.EvaluationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
