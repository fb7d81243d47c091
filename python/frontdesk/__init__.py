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

# The extension comes first: it brings the message types into this process, which Python's messages then share.
from frontdesk import _core
from frontdesk import _guard
from frontdesk import v1
from frontdesk import errors
from frontdesk import _field_errors
from frontdesk import times
from frontdesk import attributes, cel, contact, domain, enums, ids, money, rules
from frontdesk.commands import actor, command, entity_ref
from frontdesk.desk import (
    Activation,
    CommandLimits,
    Desk,
    FileLimits,
    FindLimits,
    MemoryStore,
    PendingEffect,
    Result,
    decide,
    evolve,
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
from frontdesk.policy import Policy, PolicyLimits

__all__ = [
    "AbortedError",
    "Activation",
    "AlreadyExistsError",
    "CommandLimits",
    "DataLossError",
    "Desk",
    "Error",
    "FailedPreconditionError",
    "FieldTypeError",
    "FileLimits",
    "FindLimits",
    "InternalError",
    "InvalidArgumentError",
    "LimitError",
    "MemoryStore",
    "NotFoundError",
    "OutOfRangeError",
    "PendingEffect",
    "PermissionDeniedError",
    "Policy",
    "PolicyError",
    "PolicyLimits",
    "Result",
    "UnavailableError",
    "UnimplementedError",
    "actor",
    "attributes",
    "canonical_bytes",
    "cel",
    "command",
    "contact",
    "decide",
    "domain",
    "entity_ref",
    "enums",
    "errors",
    "evolve",
    "explain_record",
    "ids",
    "money",
    "rules",
    "times",
    "v1",
]
__all__ += enums.__all__
