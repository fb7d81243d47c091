"""A company's policy as data, compiled."""

from __future__ import annotations

from typing import NamedTuple

from frontdesk import _core
from frontdesk import _guard
from frontdesk import v1
from frontdesk._bridge import dump, limits_dict, load, make_default_message
from frontdesk._texts import Form, load_issues, raise_issues, read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Optional, Tuple

    from frontdesk import cel, times
    from frontdesk._limits import PolicyLimits
    from frontdesk._texts import PathLike
    from frontdesk.enums import PolicyOutcome
else:
    # Made when it is asked for.
    def __getattr__(name: str) -> object:
        if name != "PolicyLimits":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from frontdesk import _limits

        return _limits.PolicyLimits


__all__ = ["CommandRule", "Policy", "PolicyLimits", "check_policy"]


def _as_of(as_of: Optional[times.Instant]) -> Optional[Tuple[int, int]]:
    if as_of is None:
        return None
    from frontdesk import times  # A process that decides as of now does not need it.

    return times._instant(as_of)


class CommandRule(NamedTuple):
    """One line of :meth:`Policy.rules_of`: something that can refuse a command, or a rule that allows it.

    `check` is ``"argument"``, ``"reference"``, ``"rule"`` or ``"invariant"``. The fields from `outcome` on are of rules: `outcome` is
    None for the other checks, and `authority` is for HOLD who can approve.
    """

    check: str
    reason: str
    text: str
    outcome: Optional[PolicyOutcome]
    rule_set_id: str
    rule_id: str
    condition: str
    authority: str


def check_policy(
    text: str,
    *,
    file: str = "",
    functions: Iterable[cel.Function] = (),
    limits: Optional[PolicyLimits] = None,
) -> Tuple[v1.Issue, ...]:
    """All issues of a policy, errors and warnings, in the order of the text; the same as ``frontdesk check``.

    >>> from frontdesk import check_policy
    >>> [issue.reason for issue in check_policy('rule_sets { id: "a" decision_points: "CancelOrders" }')]
    ['POLICY_DECISION_POINT_UNKNOWN', 'RULE_SET_EMPTY']

    Args:
        text: protobuf text format, or JSON when `file` ends in ``.json``.
        file: the name of the text, for issues.
        functions: functions that rules may call beside the language's own.
        limits: how large the policy may be; None: the defaults of :class:`PolicyLimits`.
    """
    form = Form.JSON if _guard.text(file, "file").endswith(".json") else Form.TEXT
    _, issues, _ = Policy._read(_guard.text(text, "text").encode("utf-8"), form, file, functions, limits)
    return issues


class Policy:
    """A compiled policy pack: what each verb may do, and who may approve what is held. Immutable, safe to use from many
    threads.

    Made by :meth:`from_text`, :meth:`from_json`, :meth:`from_file` or :meth:`from_pack`, all of which raise
    :class:`frontdesk.PolicyError` with every issue and its place.

    >>> from frontdesk import Policy
    >>> policy = Policy.from_text('''
    ...     name: "shop" version: "1"
    ...     rule_sets {
    ...       id: "cancel" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
    ...       rules {
    ...         id: "placed_only" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NOT_PLACED"
    ...         condition: "order.state != Order.State.STATE_PLACED"
    ...       }
    ...     }
    ... ''', file="shop.textproto")
    >>> policy.name, len(policy.hash)
    ('shop', 32)

    The variables of a rule are the fields of the decision input of the verbs that it decides
    (``v1.OrderDecisionInput`` for ``CancelOrder``); custom attributes are read as :mod:`frontdesk.attributes` says. Common
    arguments:

        file: the name of the text, for issues.
        functions: functions that rules may call beside the language's own. They see what rules see and must be pure.
        limits: how large the policy may be; None: the defaults of :class:`PolicyLimits`.
    """

    def __init__(self, core: _core.Policy, issues: Tuple[v1.Issue, ...], notes: Tuple[v1.Issue, ...] = ()) -> None:
        self._core = core
        self._decide = _core.policy_quick_decide(core)
        self.issues = issues
        """Warnings that compiling gave."""
        self.notes = notes
        """The rules that the checks have no answer about, each as ``RULE_NOT_DECIDED`` at the part that is the cause. They have no
        severity: such a rule is not doubtful."""

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        file: str = "",
        functions: Iterable[cel.Function] = (),
        limits: Optional[PolicyLimits] = None,
    ) -> "Policy":
        """Reads protobuf text format. Issues carry line and column, also inside expressions.

        A text that sets no field, as that of an empty file, has the issue ``POLICY_TEXT_EMPTY``.
        """
        return cls._compile(_guard.text(text, "text").encode("utf-8"), Form.TEXT, file, functions, limits)

    @classmethod
    def from_json(
        cls,
        text: str,
        *,
        file: str = "",
        functions: Iterable[cel.Function] = (),
        limits: Optional[PolicyLimits] = None,
    ) -> "Policy":
        """Reads protobuf JSON. Issues carry the field's path and the place inside expressions; ``POLICY_TEXT_EMPTY`` as above."""
        return cls._compile(_guard.text(text, "text").encode("utf-8"), Form.JSON, file, functions, limits)

    @classmethod
    def from_file(
        cls, path: PathLike, *, functions: Iterable[cel.Function] = (), limits: Optional[PolicyLimits] = None
    ) -> "Policy":
        """Reads a file: JSON when its name ends in ``.json``, else text format. ``OSError`` when it cannot be read."""
        data, form = read_file(path)
        return cls._compile(data, form, str(path), functions, limits)

    @classmethod
    def from_pack(
        cls,
        pack: v1.PolicyPack,
        *,
        functions: Iterable[cel.Function] = (),
        limits: Optional[PolicyLimits] = None,
    ) -> "Policy":
        """Compiles a pack that was built in memory. Positions of issues are field paths."""
        return cls._compile(dump(pack, v1.PolicyPack), Form.BYTES, "", functions, limits)

    @classmethod
    def _compile(
        cls, data: bytes, form: int, file: str, functions: Iterable[cel.Function], limits: Optional[PolicyLimits]
    ) -> "Policy":
        core, issues, notes = cls._read(data, form, file, functions, limits)
        if core is None:
            raise_issues(issues)
            raise AssertionError("unreachable")
        return cls(core, issues, notes)

    @staticmethod
    def _read(
        data: bytes, form: int, file: str, functions: Iterable[cel.Function], limits: Optional[PolicyLimits]
    ) -> Tuple[Optional[_core.Policy], Tuple[v1.Issue, ...], Tuple[v1.Issue, ...]]:
        core, found, notes = _core.policy_compile(
            data,
            form,
            file,
            limits_dict(limits),
            [function._tuple() for function in functions],
            make_default_message,
        )
        return core, load_issues(found), load_issues(notes)

    @property
    def pack(self) -> v1.PolicyPack:
        """The pack as it was compiled."""
        return load(self._core.pack, v1.PolicyPack)

    @property
    def name(self) -> str:
        """The name in the pack."""
        return self.pack.name

    @property
    def version(self) -> str:
        """The version in the pack."""
        return self.pack.version

    @property
    def hash(self) -> bytes:
        """SHA-256 of the pack's canonical bytes: 32 bytes."""
        return self._core.hash

    def rules_of(self, verb: str, *, as_of: Optional[times.Instant] = None) -> Tuple[CommandRule, ...]:
        """Everything that can refuse the command of that name, in the order of the checks: arguments, references, rules,
        invariants. The rules of the policy are by order number, with those that allow. The same as ``frontdesk rules``.

        Args:
            verb: the name, for example ``"CancelOrder"``.
            as_of: only the rules that are in effect then; None: all, also disabled ones.

        Raises:
            InvalidArgumentError: ``POLICY_DECISION_POINT_UNKNOWN``.
        """
        from frontdesk.enums import PolicyOutcome

        return tuple(
            CommandRule(check, reason, text, PolicyOutcome(outcome) if outcome else None, *rest)
            for check, reason, text, outcome, *rest in self._core.rules_of(_guard.text(verb, "verb"), _as_of(as_of))
        )

    def totals_of(self, verb: str) -> Tuple[v1.TotalDefinition, ...]:
        """The totals that the rules read which decide the command of that name, in the order of the pack. For ``"AddCasePart"``
        they include those of ``ReopenOnMessage``. A host that calls :func:`frontdesk.decide` fills these in.

        >>> from frontdesk import Policy
        >>> policy = Policy.from_text('''
        ...     totals { name: "refunds_30d" commands: "RefundOrder" per: TOTAL_SUBJECT_CUSTOMER days: 30 }
        ...     rule_sets {
        ...       id: "refund" decision_points: "RefundOrder" default_outcome: POLICY_OUTCOME_ALLOW
        ...       rules {
        ...         id: "limit" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "LIMIT"
        ...         condition: "totals.given('refunds_30d') + assessment.refund_amount > money('100 EUR')"
        ...       }
        ...     }
        ... ''')
        >>> [total.name for total in policy.totals_of("RefundOrder")]
        ['refunds_30d']

        Raises:
            InvalidArgumentError: ``POLICY_DECISION_POINT_UNKNOWN``.
        """
        names = set(self._core.totals_of(_guard.text(verb, "verb")))
        return tuple(total for total in self.pack.totals if total.name in names)

    def decide(
        self,
        input: v1.DecisionInput,
        *,
        granted_authorities: Iterable[str] = (),
        as_of: Optional[times.Instant] = None,
    ) -> v1.Decision:
        """The policy's decision on `input`, whose arm is the one that the verb of its command reads.

        Args:
            input: with its command set: the verb is the decision point, `now` selects the rules in effect.
            granted_authorities: a HOLD for one of them is satisfied.
            as_of: selects the rules in effect at another instant than `now`, which stays what they read.

        Raises:
            InvalidArgumentError: ``DECISION_INPUT_MISMATCH``.
        """
        if as_of is None and not granted_authorities:
            made = v1.Decision()
            if self._decide(input, made):
                return made
        return load(
            self._core.decide(dump(input, v1.DecisionInput), list(granted_authorities), _as_of(as_of)), v1.Decision
        )

    def decide_reopen_on_message(
        self, input: v1.DecisionInput, *, as_of: Optional[times.Instant] = None
    ) -> Optional[v1.Decision]:
        """Whether the message that the ``AddCasePart`` in `input` adds reopens its case, or ends its waiting for the customer.
        It does when the decision point ``ReopenOnMessage`` allows it. None when no rule set names that point: then it does not.
        `as_of` is as of :meth:`decide`.

        Raises:
            InvalidArgumentError: ``DECISION_INPUT_MISMATCH``, ``COMMAND_MALFORMED``.
        """
        decision = self._core.decide_reopen_on_message(dump(input, v1.DecisionInput), _as_of(as_of))
        return None if decision is None else load(decision, v1.Decision)

    def __repr__(self) -> str:
        return f"<frontdesk.Policy {self.name!r} {self.hash.hex()[:12]}>"
