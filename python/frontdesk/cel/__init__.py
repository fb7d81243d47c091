"""The Common Expression Language, over Python values and any protobuf message.

>>> from frontdesk import cel
>>> cel.evaluate("1 + 2 * 3")
7

For more than one evaluation, compile once:

>>> environment = cel.Environment(variables={"total": int, "tags": list[str]})
>>> program = environment.compile("total > 100 && 'vip' in tags")
>>> program.evaluate({"total": 250, "tags": ["new", "vip"]})
True
>>> program.result_type == cel.BOOL
True

An issue of an expression has its place, and so has a failure when it runs:

>>> environment.compile("total > '100'")
Traceback (most recent call last):
    ...
frontdesk.cel.CompileError: ...
>>> cel.evaluate("10 / n", {"n": 0})
Traceback (most recent call last):
    ...
frontdesk.cel.EvaluationError: ...

The same language decides in policies: see :mod:`frontdesk.rules`.
"""

from frontdesk.cel import _values
from frontdesk._limits import Limits
from frontdesk.cel._environment import CheckResult, Environment, Extension, evaluate, literal
from frontdesk.cel._functions import Function, function
from frontdesk.cel._issues import CompileError, EvaluationError, FunctionError, Issue, IssueCode, issue_codes
from frontdesk.cel._program import (
    CostEstimate,
    Explanation,
    Expr,
    FieldReference,
    Program,
    Read,
    References,
    Skipped,
    Step,
    VariableReference,
)
from frontdesk.cel._types import (
    ANY,
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    TYPE,
    UINT,
    Type,
    TypeLike,
    list_of,
    map_of,
    message_of,
    nullable,
    opaque,
    optional_of,
    parameter,
    type_of,
    type_value_of,
)
from frontdesk.cel._values import OptionalValue, Uint

__all__ = [
    "ANY",
    "BOOL",
    "BYTES",
    "CheckResult",
    "CompileError",
    "CostEstimate",
    "DOUBLE",
    "DURATION",
    "DYN",
    "Environment",
    "EvaluationError",
    "Explanation",
    "Expr",
    "Extension",
    "FieldReference",
    "Function",
    "FunctionError",
    "INT",
    "Issue",
    "IssueCode",
    "Limits",
    "NULL",
    "OptionalValue",
    "Program",
    "Read",
    "References",
    "STRING",
    "Skipped",
    "Step",
    "TIMESTAMP",
    "TYPE",
    "Type",
    "TypeLike",
    "UINT",
    "Uint",
    "VariableReference",
    "evaluate",
    "function",
    "issue_codes",
    "list_of",
    "literal",
    "map_of",
    "message_of",
    "nullable",
    "opaque",
    "optional_of",
    "parameter",
    "type_of",
    "type_value_of",
]

# Exceptions and classes appear under the name that users import.
for _name in __all__:
    _object = globals()[_name]
    if isinstance(_object, type) and _object.__module__.startswith("frontdesk.cel."):
        _object.__module__ = "frontdesk.cel"
del _name, _object, _values
