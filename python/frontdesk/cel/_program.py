"""Programs: compiled expressions, and how to look into them."""

import dataclasses
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple, Union

from frontdesk import _core
from frontdesk.cel._issues import EvaluationError, Issue, make_issue, text_index
from frontdesk.cel._types import Type, from_tuple


@dataclasses.dataclass(frozen=True)
class Expr:
    """A node of an expression, to look at. Immutable.

    Attributes:
        kind: one of ``constant identifier select has call list map message comprehension bind``.
        operator: of operators its name in the specification (``"_&&_"``, ``"_==_"``, ``"!_"``), else empty.
        macro: which macro made a comprehension or bind (``"all"``, ``"map"``, ...), else empty.
        reference: what an identifier stands for: ``variable``, ``root_field``, ``local``, ``constant``, ``type``, or empty.
        name: of identifiers the resolved name, of selections the field, of calls the function, of messages the type.
        text: the node as it is written.
        start: index in the whole expression where it begins.
        end: index behind its end.
        type: deduced by the checker; dyn in an expression that was only parsed.
        is_member: called as ``receiver.name(...)``.
        path: ``"order.total.units"`` for a variable and selections of it, else empty.
        field: full name of the protobuf field that is read, when it is known, else empty.
        is_constant: whether the value is known without evaluating.
        constant: that value.
        variables: names that a comprehension or bind introduces.
        field_names: of messages, the name of each child's field.
        children: the parts, in order; of a map key, value, key, value, ...
        optional_children: whether each child of a list, map or message is written with a ``?``.
    """

    id: int
    kind: str
    operator: str
    macro: str
    reference: str
    name: str
    text: str
    start: int
    end: int
    type: Type
    is_member: bool
    path: str
    field: str
    is_constant: bool
    constant: Any
    variables: Tuple[str, ...]
    field_names: Tuple[str, ...]
    children: "Tuple[Expr, ...]"
    optional_children: Tuple[bool, ...]


def make_expr(node: Dict[str, Any], source: str) -> Expr:
    begin, end = node["range"]
    return Expr(
        id=node["id"],
        kind=node["kind"],
        operator=node["operator"],
        macro=node["macro"],
        reference=node["reference"],
        name=node["name"],
        text=node["text"],
        start=text_index(source, begin),
        end=text_index(source, end),
        type=from_tuple(node["type"]),
        is_member=node["is_member"],
        path=node["path"],
        field=node["field"],
        is_constant=node["is_constant"],
        constant=node["constant"],
        variables=tuple(node["variables"]),
        field_names=tuple(node["field_names"]),
        children=tuple(make_expr(child, source) for child in node["children"]),
        optional_children=tuple(node["optional_children"]),
    )


class FieldReference(NamedTuple):
    """A field or variable that a program reads.

    `path` is as it is written, `field` the full name of the last protobuf field (empty: none). `origin` is the path with
    the origin of a macro's variable, elements and values as ``[]`` and keys of a map as ``{}``
    (``"order.lines[].quantity"``); empty when that is computed.
    """

    path: str
    field: str
    origin: str


class VariableReference(NamedTuple):
    """A variable, or a field of the root message, that a program reads."""

    name: str
    type: Type


class References(NamedTuple):
    """The reads and calls of a program, found without running it: longest paths, their variables, functions, operators."""

    fields: Tuple[FieldReference, ...]
    variables: Tuple[VariableReference, ...]
    functions: Tuple[str, ...]


class Read(NamedTuple):
    """A value that was read. `value` is an :class:`EvaluationError` when it could not be."""

    path: str
    field: str
    value: Any


class Step(NamedTuple):
    """A sub-expression that was evaluated, with its value, or with the :class:`EvaluationError` that it came to."""

    id: int
    text: str
    value: Any


class Skipped(NamedTuple):
    """A sub-expression that was not evaluated, for example behind a deciding term of ``&&`` or ``||``."""

    id: int
    text: str


class Explanation(NamedTuple):
    """How an expression came to its value.

    `value` is that of :meth:`Program.evaluate`, or the :class:`EvaluationError` that it raises. `reads` and `steps` are in
    order of evaluation, `skipped` in that of the text. `truncated` says that more than asked for were dropped.
    """

    value: Any
    reads: Tuple[Read, ...]
    steps: Tuple[Step, ...]
    skipped: Tuple[Skipped, ...]
    truncated: bool


class CostEstimate(NamedTuple):
    """Bounds of the cost of an evaluation, both inclusive; `max` is ``None`` when nothing bounds it."""

    min: int
    max: Optional[int]


# The input of an evaluation: nothing, variables by name, the root message, or both.
Input = Union[None, Mapping[str, Any], Any]


class Program:
    """A compiled expression. Immutable and safe to use from many threads; the GIL is released while it runs.

    Made by :meth:`Environment.compile`.
    """

    def __init__(self, core: _core.CelProgram, root_name: str, issues: Tuple[Issue, ...]) -> None:
        self._core = core
        self._quick = _core.cel_quick_evaluate(core)
        self._root_name = root_name
        self.issues = issues
        """Warnings that compiling gave."""
        self.text: str = core.text
        """The text of this program; of a conjunct its part of the whole."""

    @property
    def source(self) -> str:
        """The text of the whole expression."""
        return self._core.source

    def evaluate(self, on: Input = None, variables: Optional[Mapping[str, Any]] = None) -> Any:
        """The value of the expression.

        Args:
            on: the root message, or the variables as a dict when the environment has no root message.
            variables: values of the declared variables. An int becomes what the variable's type says: int, uint or double.

        Values are bool, int, :class:`Uint`, float, str, bytes, aware ``datetime``, ``timedelta``, list, dict, protobuf
        messages, ``None``, :class:`Type` and :class:`OptionalValue`; results have the same types. Times are rounded down to
        the microsecond; :meth:`evaluate_literal` keeps the nanoseconds. A list, dict, text or message that occurs several
        times in the input is read once. A result is as large as ``Limits.max_result_bytes`` at most.

        A variable is read as far as the expression reads it, whichever branches are evaluated: of ``x.a == 1`` the entry ``"a"`` of
        ``x``, of ``x.all(e, e.a > 1)`` the same entry of every element. The rest of a dict costs nothing. Values that are not read
        may be of any type: the errors below are those of values that are read. :meth:`explain` reads everything.

        Raises:
            EvaluationError: the expression has no value for this input.
            NotFoundError: a variable that the environment does not declare.
            InvalidArgumentError: a value that does not fit its variable's type.
            TypeError: something that no value can be made of, or a root message of another type.
            ValueError: a naive datetime; a map whose keys a dict cannot tell apart.
            OverflowError: a number that does not fit into 64 bits.

        >>> from frontdesk import cel
        >>> cel.Environment(variables={"n": int}).compile("n * n").evaluate({"n": 12})
        144
        """
        if variables is None:
            value = self._quick(on)
            if value is not NotImplemented:
                return value
        return self._evaluate(on, variables, 0)

    def evaluate_literal(
        self, on: Input = None, variables: Optional[Mapping[str, Any]] = None, *, max_bytes: int = 1 << 20
    ) -> str:
        """The value as an exact literal of the language, of at most about `max_bytes`. Otherwise as :meth:`evaluate`.

        >>> from frontdesk import cel
        >>> cel.Environment().compile("[1u, 2.5, b'x']").evaluate_literal()
        '[1u, 2.5, b"x"]'
        """
        if max_bytes < 1:
            raise ValueError("max_bytes is at least 1")
        text: str = self._evaluate(on, variables, max_bytes)
        return text

    def explain(
        self,
        on: Input = None,
        variables: Optional[Mapping[str, Any]] = None,
        *,
        max_reads: int = 64,
        max_steps: int = 256,
    ) -> Explanation:
        """Evaluates once more, slowly, and reports the values read and the result of every part. All values together are as
        large as ``Limits.max_result_bytes`` at most: the value comes first, then the reads, then the steps. Those that do
        not fit are errors ``LIMIT_RESULT_SIZE``. All variables are read whole.

        >>> from frontdesk import cel
        >>> program = cel.Environment(variables={"n": int}).compile("n > 3 && n < 9")
        >>> [(read.path, read.value) for read in program.explain({"n": 5}).reads]
        [('n', 5)]
        """
        root, values = self._input(on, variables)
        result, reads, steps, skipped, truncated = self._core.explain(
            root, values, max_reads=max_reads, max_steps=max_steps
        )
        return Explanation(
            self._value(result),
            tuple(Read(path, field, self._value(value)) for path, field, value in reads),
            tuple(Step(number, text, self._value(value)) for number, text, value in steps),
            tuple(Skipped(*part) for part in skipped),
            truncated,
        )

    @property
    def result_type(self) -> Type:
        """The type that the checker deduced."""
        return from_tuple(self._core.result_type)

    @property
    def fixed_cost(self) -> int:
        """Cost units of one evaluation, as far as they do not depend on data."""
        return self._core.fixed_cost

    def estimate_cost(self, sizes: Optional[Mapping[str, int]] = None, *, other: Optional[int] = None) -> CostEstimate:
        """The least and the most cost units that one evaluation can take, for data that keep to the sizes given.

        Args:
            sizes: the largest sizes by path: bytes of a string, elements of a list, entries of a map. ``[]`` behind a path
                are its elements or values, ``{}`` the keys of a map: ``{"order.lines": 50, "order.lines[].product": 40}``.
            other: the size of every other path; ``None``: unbounded.

        Raises:
            ValueError: a negative size.

        >>> from frontdesk import cel
        >>> program = cel.Environment(variables={"n": list[int]}).compile("n.all(x, x > 3)")
        >>> program.estimate_cost().max is None
        True
        >>> program.estimate_cost({"n": 10}).max < 100
        True
        """
        hints = dict(sizes or {})
        if any(size < 0 for size in hints.values()) or (other is not None and other < 0):
            raise ValueError("a size is never negative")
        return CostEstimate(*self._core.estimate_cost(hints, other))

    @property
    def expression(self) -> Expr:
        """The checked expression; a conjunct's is its part of the whole."""
        return make_expr(self._core.expression(), self.source)

    @property
    def references(self) -> References:
        """The fields and variables that the expression reads, and the functions that it calls.

        >>> from frontdesk import cel
        >>> references = cel.Environment(variables={"n": list[int]}).compile("n.all(x, x > 3)").references
        >>> [(field.path, field.origin) for field in references.fields]
        [('n', 'n'), ('x', 'n[]')]
        >>> [(variable.name, str(variable.type)) for variable in references.variables]
        [('n', 'list(int)')]
        >>> references.functions
        ('_>_',)
        """
        fields, variables, functions = self._core.references()
        return References(
            tuple(FieldReference(*field) for field in fields),
            tuple(VariableReference(name, from_tuple(type_)) for name, type_ in variables),
            tuple(functions),
        )

    @property
    def conjuncts(self) -> "List[Program]":
        """The terms of the outermost chain of ``&&``, each a program of its own; the program itself when there is none.

        >>> from frontdesk import cel
        >>> program = cel.Environment(variables={"n": int}).compile("n > 3 && (n < 9 && n != 5)")
        >>> [term.text for term in program.conjuncts]
        ['n > 3', 'n < 9', 'n != 5']
        """
        return [Program(core, self._root_name, ()) for core in self._core.conjuncts()]

    def __repr__(self) -> str:
        return f"<frontdesk.cel.Program {self.text!r}>"

    def _input(
        self, on: Input, variables: Optional[Mapping[str, Any]]
    ) -> Tuple[Optional[bytes], Optional[Dict[str, Any]]]:
        if isinstance(on, Mapping):
            if variables is not None:
                raise TypeError("variables are given twice")
            on, variables = None, on
        root: Optional[bytes] = None
        if on is not None:
            descriptor = getattr(on, "DESCRIPTOR", None)
            if descriptor is None or descriptor.full_name != self._root_name:
                wanted = f"a {self._root_name}" if self._root_name else "variables"
                raise TypeError(f"expected {wanted}, not {type(on).__name__}")
            root = on.SerializePartialToString()
        if variables is None:
            return root, None if root is not None else {}
        return root, dict(variables)

    def _evaluate(self, on: Input, variables: Optional[Mapping[str, Any]], literal_bytes: int) -> Any:
        root, values = self._input(on, variables)
        (ok, value), cause = self._core.evaluate(root, values, literal_bytes)
        if ok:
            return value
        error = EvaluationError(make_issue(value, self.source))
        raise error from cause

    def _value(self, result: Tuple[bool, Any]) -> Any:
        ok, value = result
        return value if ok else EvaluationError(make_issue(value, self.source))
