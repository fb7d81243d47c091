"""Environments: what an expression may use, and the compiler from text to program."""

import dataclasses
import enum
from typing import Any, Iterable, List, Mapping, NamedTuple, Optional, Tuple

from frontdesk import _core
from frontdesk import _guard
from frontdesk._bridge import MessageTypes, descriptor_of
from frontdesk._limits import Limits
from frontdesk.cel._functions import Function
from frontdesk.cel._issues import CompileError, Issue, first_error, make_issue
from frontdesk.cel._program import Expr, Program, make_expr
from frontdesk.cel._types import DYN, TypeLike, type_of


class Extension(enum.IntFlag):
    """Function libraries beyond the standard one."""

    NONE = 0
    STRINGS = 1
    MATH = 2
    OPTIONALS = 4
    BINDINGS = 8
    TWO_VARIABLES = 16
    ENCODERS = 32
    BLOCK = 64
    PROTOS = 128
    DURATIONS = 256
    AGGREGATES = 512
    DEFAULT = 959


class CheckResult(NamedTuple):
    """The result of :meth:`Environment.check` and :meth:`Environment.parse`: `expression` is None when an issue is an error."""

    expression: Optional[Expr]
    issues: Tuple[Issue, ...]


class Environment:
    """The environment of expressions: variables, messages, functions, limits. Immutable and safe to use from many threads.

    Args:
        variables: types by name. A type is one of this package, a Python class or annotation (``int``, ``list[str]``,
            ``datetime.datetime``) or a protobuf message class. Names may be qualified (``"request.auth"``).
        root: a message class or descriptor, every field of which is a variable; or its full name when it is in `types`.
        constants: names with a fixed value, known while compiling.
        container: the scope of names: with ``"shop"``, ``TIER_GOLD`` means ``shop.TIER_GOLD``.
        functions: functions beside the language's own.
        types: more message types that expressions may name: message classes, descriptors, generated modules, or a
            ``FileDescriptorSet``. The types of `root` and `variables`, and those linked into frontdesk, are known anyway.
        opaque_types: names of abstract types that functions take and return.
        extensions: function libraries beyond the standard one.
        limits: how much an expression may be and do.

    Time zones are looked up in the system's data base.

    Raises:
        InvalidArgumentError: a name that is no identifier or is declared twice, functions whose signatures overlap.
        ValueError: descriptors that do not fit together; a message type that is not known.
        TypeError: something that stands for no type.

    >>> from frontdesk import cel, v1
    >>> environment = cel.Environment(root=v1.OrderDecisionInput, container="frontdesk.v1")
    >>> program = environment.compile("order.state == Order.State.STATE_PLACED && order.totals.total.units > 10000")
    >>> order = v1.Order(state=v1.Order.STATE_PLACED)
    >>> order.totals.total.units = 12000
    >>> program.evaluate(v1.OrderDecisionInput(order=order))
    True
    """

    def __init__(
        self,
        *,
        variables: Optional[Mapping[str, TypeLike]] = None,
        root: Any = None,
        constants: Optional[Mapping[str, Any]] = None,
        container: str = "",
        functions: Iterable[Function] = (),
        types: Iterable[Any] = (),
        opaque_types: Iterable[str] = (),
        extensions: Extension = Extension.DEFAULT,
        limits: Limits = Limits(),
    ) -> None:
        functions = list(functions)
        declared = dict(variables or {})
        if hasattr(types, "DESCRIPTOR"):
            types = [types]
        sources: List[Any] = list(types)
        if root is not None and not isinstance(root, str):
            sources.append(root)
        annotations = [*declared.values(), *(each for one in functions for each in (*one.parameters, one.result))]
        sources += [each for each in annotations if hasattr(each, "DESCRIPTOR") or hasattr(each, "fields_by_name")]
        self._types = MessageTypes(sources)
        builder = _core.CelBuilder(self._types.core, self._types.make_message)
        self._root_name = ""
        if root is not None:
            self._root_name = root if isinstance(root, str) else descriptor_of(root).full_name
            builder.set_root(self._root_name)
        builder.set_container(container)
        builder.set_extensions(_guard.number(extensions, "extensions", "cel.Extension"))
        builder.set_limits(dataclasses.asdict(limits))
        builder.set_system_time_zones()
        for name in opaque_types:
            builder.add_opaque_type(name)
        for name, kind in declared.items():
            builder.add_variable(name, type_of(kind)._tuple())
        for name, value in (constants or {}).items():
            builder.add_constant(name, value, DYN._tuple())
        for each in functions:
            builder.add_function(each._tuple())
        self._core = builder.build()
        self.limits = limits
        """How much an expression may be and do."""
        self.container = container
        """The scope of names."""

    def compile(
        self, text: str, *, check: bool = True, macros: bool = True, expected_type: Optional[TypeLike] = None
    ) -> Program:
        """The program of an expression.

        Args:
            text: the expression.
            check: ``False`` resolves names only; what does not fit is an error when it runs.
            macros: ``False`` makes ``has``, ``all``, ``exists`` and so on ordinary function names.
            expected_type: when given, an expression of another type is an issue ``TYPE_MISMATCH`` (dyn is taken).

        Raises:
            CompileError: with every issue found.
        """
        expected = None if expected_type is None else type_of(expected_type)._tuple()
        core, found = self._core.compile(text, check, macros, expected)
        issues = tuple(make_issue(each, text) for each in found)
        if core is None:
            raise CompileError(issues)
        return Program(core, self._root_name, issues)

    def check(self, text: str, *, macros: bool = True) -> CheckResult:
        """Parses and checks, for tools: the typed expression, or the issues as values instead of an exception."""
        return self._parse(text, True, macros)

    def parse(self, text: str, *, macros: bool = True) -> CheckResult:
        """Parses only: names are not resolved and all types are dyn."""
        return self._parse(text, False, macros)

    def _parse(self, text: str, check: bool, macros: bool) -> CheckResult:
        tree, found = self._core.parse(text, check, macros)
        issues = tuple(make_issue(each, text) for each in found)
        if tree is None and first_error(issues) is None:
            raise RuntimeError("an expression without a tree and without an error")
        return CheckResult(None if tree is None else make_expr(tree, text), issues)


def evaluate(text: str, variables: Optional[Mapping[str, Any]] = None, **options: Any) -> Any:
    """Compiles and evaluates an expression once. Variables are of type dyn.

    Args:
        text: the expression.
        variables: values by name.
        options: those of :class:`Environment`, for example ``functions`` or ``container``.

    Raises:
        CompileError, EvaluationError: see :meth:`Environment.compile` and :meth:`Program.evaluate`.

    >>> from frontdesk import cel
    >>> cel.evaluate("names.exists(n, n.startsWith('A'))", {"names": ["Bob", "Ann"]})
    True
    >>> cel.evaluate("timestamp('2024-05-01T12:00:00Z') + duration('90m')")
    datetime.datetime(2024, 5, 1, 13, 30, tzinfo=datetime.timezone.utc)
    """
    values = dict(variables or {})
    messages = [value for value in values.values() if hasattr(value, "DESCRIPTOR")]
    options["types"] = [*options.get("types", ()), *messages]
    environment = Environment(variables={name: DYN for name in values}, **options)
    return environment.compile(text).evaluate(values)


def literal(value: Any, *, types: Iterable[Any] = (), max_bytes: int = 1 << 20) -> str:
    """The literal of the language for a Python value, of about `max_bytes` at most; ``"..."`` marks omitted parts.

    >>> literal({"a": [1, 2.5, None]})
    '{"a": [1, 2.5, null]}'
    """
    if max_bytes < 1:
        raise ValueError("max_bytes is at least 1")
    sources = [*types, *([value] if hasattr(value, "DESCRIPTOR") else [])]
    return _core.cel_literal(value, MessageTypes(sources).core, max_bytes)
