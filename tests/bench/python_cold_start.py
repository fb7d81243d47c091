"""A process from its start to its first decision; cpp_bench.cc does the same.

    python_cold_start.py POLICY_FILE
"""

import datetime
import sys

import frontdesk
from frontdesk import v1

with open(sys.argv[1], "rb") as file:
    policy = frontdesk.Policy.from_text(file.read().decode(), file="policy")
desk = frontdesk.Desk.open(policy)
outcome = desk.execute(frontdesk.command(
    v1.ImportCustomer(
        customer=v1.Customer(customer_id="customer-1", state=v1.Customer.STATE_CUSTOMER, given_name="Ann"),
        source=v1.ImportSource(system="shop")),
    actor=frontdesk.actor("import", frontdesk.ActorKind.SYSTEM),
    now=datetime.datetime.fromtimestamp(1_700_000_000, datetime.timezone.utc)))
print("VERDICT_" + frontdesk.Verdict(outcome.verdict).name, policy.hash.hex())
