"""frontdesk: the customer-service core that a product links in.

Commands go in, outcomes come out: done, refused with reasons, or held for approval, as the company's policy says.

>>> import datetime
>>> import frontdesk
>>> from frontdesk import v1
>>> policy = frontdesk.Policy.from_text('''
...     name: "shop"
...     rule_sets { id: "customers" decision_points: "CreateCustomer" default_outcome: POLICY_OUTCOME_ALLOW }
... ''')
>>> desk = frontdesk.Desk.open(policy)
>>> noon = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
>>> anna = frontdesk.actor("anna")
>>> outcome = desk.execute(frontdesk.command(
...     v1.CreateCustomer(customer_id="c1", given_name="Ann"), actor=anna, now=noon))
>>> frontdesk.Verdict(outcome.verdict).name
'DONE'
>>> outcome = desk.execute(frontdesk.command(
...     v1.ChangeAddress(customer_id="c1", address=v1.PostalAddress(lines=["1 Main St"])), actor=anna, now=noon))
>>> frontdesk.Verdict(outcome.verdict).name, outcome.refusals[0].reason
('REFUSED', 'POLICY_NO_RULE')

Messages are ordinary protobuf classes in :mod:`frontdesk.v1`. Times are aware datetimes, amounts :class:`frontdesk.v1.Money`
with ``Decimal`` at the edges (:mod:`frontdesk.money`). A refusal is a value; exceptions (:mod:`frontdesk.errors`) say that
nothing could be decided.
"""

import os
import sys

# The extension comes first: it brings the message types into this process, which Python's messages then share. The functions of the
# libraries that come with it are looked up when they are called: most of them never are.
_flags = sys.getdlopenflags()
sys.setdlopenflags(os.RTLD_LAZY | os.RTLD_LOCAL)
try:
    from frontdesk import _core
finally:
    sys.setdlopenflags(_flags)
from frontdesk import _guard
from frontdesk import enums

TYPE_CHECKING = False
if TYPE_CHECKING:
    from frontdesk import v1
    from frontdesk import errors
    from frontdesk import times
    from frontdesk import agents, attributes, backtest, calendar, cel, contact, domain, ids, money, policy_tests, rules
    from frontdesk.calendar import Calendar
    from frontdesk.commands import actor, command, entity_ref
    from frontdesk.desk import (
        Activation,
        ClaimedEffect,
        CommandLimits,
        Desk,
        FileLimits,
        FindLimits,
        ImportInput,
        PendingEffect,
        Result,
        decide,
        evolve,
        explain,
        explain_record,
    )
    from frontdesk.enums import *
    from frontdesk.errors import (
        AbortedError,
        AlreadyExistsError,
        DataLossError,
        Error,
        FailedPreconditionError,
        FieldTypeError,
        InternalError,
        InvalidArgumentError,
        LimitError,
        NotFoundError,
        OutOfRangeError,
        PermissionDeniedError,
        PolicyError,
        UnavailableError,
        UnimplementedError,
    )
    from frontdesk.messages import canonical_bytes
    from frontdesk.policy import CommandRule, Policy, PolicyLimits, check_policy
    from frontdesk.reader import Reader
    from frontdesk.subscription import Subscription
    from frontdesk.stores import (
        Durability,
        LogFormat,
        MemoryStore,
        PostgresStore,
        SqliteStore,
        Store,
        export_log,
        import_log,
    )

__all__ = [
    "AbortedError",
    "Activation",
    "AlreadyExistsError",
    "Calendar",
    "ClaimedEffect",
    "CommandLimits",
    "CommandRule",
    "DataLossError",
    "Desk",
    "Durability",
    "Error",
    "FailedPreconditionError",
    "FieldTypeError",
    "FileLimits",
    "FindLimits",
    "ImportInput",
    "InternalError",
    "InvalidArgumentError",
    "LimitError",
    "LogFormat",
    "MemoryStore",
    "NotFoundError",
    "OutOfRangeError",
    "PendingEffect",
    "PermissionDeniedError",
    "Policy",
    "PolicyError",
    "PolicyLimits",
    "PostgresStore",
    "Reader",
    "Result",
    "SqliteStore",
    "Store",
    "Subscription",
    "UnavailableError",
    "UnimplementedError",
    "actor",
    "agents",
    "attributes",
    "backtest",
    "calendar",
    "canonical_bytes",
    "cel",
    "check_policy",
    "command",
    "contact",
    "decide",
    "domain",
    "entity_ref",
    "enums",
    "errors",
    "evolve",
    "explain",
    "explain_record",
    "export_log",
    "ids",
    "import_log",
    "money",
    "policy_tests",
    "rules",
    "times",
    "v1",
]
__all__ += enums.__all__

if not TYPE_CHECKING:
    # Where the names come from. A module is imported when one of its names is asked for: a process that uses a few starts sooner.
    _PLACES = {
        "Calendar": "calendar",
        **dict.fromkeys(("actor", "command", "entity_ref"), "commands"),
        **dict.fromkeys(
            (
                "Activation",
                "ClaimedEffect",
                "CommandLimits",
                "Desk",
                "FileLimits",
                "FindLimits",
                "ImportInput",
                "PendingEffect",
                "Result",
                "decide",
                "evolve",
                "explain",
                "explain_record",
            ),
            "desk",
        ),
        **dict.fromkeys(("CommandRule", "Policy", "PolicyLimits", "check_policy"), "policy"),
        **dict.fromkeys(
            (
                "Durability",
                "LogFormat",
                "MemoryStore",
                "PostgresStore",
                "SqliteStore",
                "Store",
                "export_log",
                "import_log",
            ),
            "stores",
        ),
        "Reader": "reader",
        "Subscription": "subscription",
        "canonical_bytes": "messages",
        **dict.fromkeys(enums.__all__, "enums"),
    }

    _MODULES = ("commands", "desk", "messages", "policy", "reader", "store_contract", "stores", "subscription")

    def __getattr__(name: str) -> object:
        if name not in __all__ and name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import importlib

        place = _PLACES.get(name, "errors" if name.endswith("Error") else "")
        if place:
            value: object = getattr(importlib.import_module(f"{__name__}.{place}"), name)
        else:
            value = importlib.import_module(f"{__name__}.{name}")
        globals()[name] = value
        return value

    def __dir__() -> "list[str]":
        return sorted([*globals(), *__all__])
