"""Custom attributes: typed values by name, as a policy pack defines them.

>>> from frontdesk import attributes
>>> attributes.of("visits", 7).int_value
7
>>> attributes.value(attributes.of("segment", "home"))
'home'

Rules read them with ``customer.attributes.text('segment')``, ``.number('visits')``, ``.flag('vip')``, ``.time('since')``,
``.money('spent')`` and ``.hasAttribute('vip')``; one that is absent, or of another type, reads as ``''``, 0, false,
1970-01-01T00:00:00Z, or an amount of 0 without a currency.
"""

import datetime
from typing import Dict, Iterable, Union

from google.protobuf import timestamp_pb2

from frontdesk import _guard
from frontdesk import times
from frontdesk import v1

__all__ = ["Value", "as_dict", "of", "value"]

# The Python types of an attribute's value.
Value = Union[str, int, bool, datetime.datetime, v1.Money]


def of(name: str, value: Union[Value, timestamp_pb2.Timestamp]) -> v1.Attribute:
    """An attribute of the type that fits `value`: text, whole number, true or false, instant, or amount.

    Raises:
        TypeError: a value of another type, also a float.
        ValueError: a naive datetime, or an int that does not fit into 64 bits.
    """
    attribute = v1.Attribute(name=_guard.text(name, "name"))
    if isinstance(value, bool):
        attribute.bool_value = value
    elif isinstance(value, int):
        if not -1 << 63 <= value < 1 << 63:
            raise ValueError("the value does not fit into 64 bits")
        attribute.int_value = value
    elif isinstance(value, str):
        attribute.string_value = _guard.text(value, "value")
    elif isinstance(value, (datetime.datetime, timestamp_pb2.Timestamp)):
        attribute.time_value.CopyFrom(times.timestamp(value))
    elif isinstance(value, v1.Money):
        attribute.money_value.CopyFrom(value)
    else:
        raise TypeError(f"an attribute holds str, int, bool, datetime or Money, not {type(value).__name__}")
    return attribute


def value(attribute: v1.Attribute) -> Value:
    """The value of an attribute; instants as datetimes in UTC. ``ValueError`` when it has no value."""
    field = attribute.WhichOneof("value")
    if field == "string_value":
        return attribute.string_value
    if field == "int_value":
        return attribute.int_value
    if field == "bool_value":
        return attribute.bool_value
    if field == "time_value":
        return times.to_datetime(attribute.time_value)
    if field == "money_value":
        return attribute.money_value
    raise ValueError("the attribute has no value")


def as_dict(attributes: Iterable[v1.Attribute]) -> Dict[str, Value]:
    """Values by name.

    >>> as_dict([of("vip", True), of("visits", 7)])
    {'vip': True, 'visits': 7}
    """
    return {attribute.name: value(attribute) for attribute in attributes}
