"""Functions that a host adds to the language."""

import dataclasses
import inspect
import typing
from typing import Any, Callable, Optional, Sequence, Tuple

from frontdesk.cel._types import Type, TypeLike, type_of

# How a function crosses the border: name, id, parameters, result, member, pure, cost, implementation.
FunctionTuple = Tuple[str, str, Sequence[Any], Any, bool, bool, int, str, Optional[Callable[..., Any]]]


@dataclasses.dataclass(frozen=True)
class Function:
    """One signature of a function that expressions may call. Make it with :func:`function` or directly.

    >>> from frontdesk import cel
    >>> twice = cel.Function("twice", lambda x: 2 * x, parameters=[int], result=int)
    >>> cel.Environment(functions=[twice]).compile("twice(21)").evaluate()
    42

    Attributes:
        name: as it is written in expressions; may be qualified (``"math.twice"``).
        implementation: called with Python values, from any thread. ``None``: can be checked and not called. It never sees
            an error inside a value: the call fails with it. All arguments together may be as large as
            ``Limits.max_result_bytes``. What it raises makes the call fail (:class:`EvaluationError` with that exception as the cause) unless the rest of the
            expression makes up for it, as ``||`` may. It must have no side effect that an expression could see.
        parameters: types in order, the receiver first for members.
        result: type of the result.
        member: called as ``receiver.name(...)`` instead of ``name(...)``.
        pure: same arguments, same result, always: it may then be called while compiling.
        cost: cost units of one call.
        version: another one when the results change. It is part of the hash of a policy that may call the function.
        id: unique in an environment; empty: made from name and parameters.
    """

    name: str
    implementation: Optional[Callable[..., Any]]
    parameters: Sequence[TypeLike]
    result: TypeLike
    member: bool = dataclasses.field(default=False, kw_only=True)
    pure: bool = dataclasses.field(default=False, kw_only=True)
    cost: int = dataclasses.field(default=1, kw_only=True)
    version: str = dataclasses.field(default="", kw_only=True)
    id: str = dataclasses.field(default="", kw_only=True)

    def _types(self) -> "list[Type]":
        return [type_of(each) for each in (*self.parameters, self.result)]

    def _tuple(self) -> FunctionTuple:
        *parameters, result = self._types()
        made_id = "_".join([self.name, "member" if self.member else "global", *map(str, parameters)])
        return (
            self.name,
            self.id or made_id,
            [each._tuple() for each in parameters],
            result._tuple(),
            self.member,
            self.pure,
            self.cost,
            self.version,
            self.implementation,
        )


def function(
    implementation: Callable[..., Any],
    *,
    name: str = "",
    member: bool = False,
    pure: bool = False,
    cost: int = 1,
    version: str = "",
) -> Function:
    """A function of the language from a Python function whose annotations say its types.

    >>> import datetime
    >>> from frontdesk import cel
    >>> def is_weekend(when: datetime.datetime) -> bool:
    ...     return when.weekday() >= 5
    >>> environment = cel.Environment(
    ...     variables={"now": datetime.datetime},
    ...     functions=[cel.function(is_weekend, name="isWeekend", member=True)],
    ... )
    >>> saturday = datetime.datetime(2024, 5, 4, tzinfo=datetime.timezone.utc)
    >>> environment.compile("now.isWeekend()").evaluate({"now": saturday})
    True

    ``TypeError`` when an annotation is missing or means no type of the language.
    """
    hints = typing.get_type_hints(implementation)
    told = getattr(implementation, "__qualname__", type(implementation).__name__)
    parameters = []
    for parameter in inspect.signature(implementation).parameters.values():
        if parameter.name not in hints:
            raise TypeError(f"parameter {parameter.name} of {told} has no annotation")
        if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            raise TypeError(f"parameter {parameter.name} of {told} is not positional")
        parameters.append(type_of(hints[parameter.name]))
    if "return" not in hints:
        raise TypeError(f"{told} has no annotation for its result")
    return Function(
        name or implementation.__name__,
        implementation,
        parameters,
        type_of(hints["return"]),
        member=member,
        pure=pure,
        cost=cost,
        version=version,
    )
