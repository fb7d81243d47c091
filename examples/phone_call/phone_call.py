#!/usr/bin/env python3
"""A phone call at a shop's service desk: what the agent does is a script, and this shows what the agent's screen would show.

    phone_call.py                              the call in examples/phone_call on the small shop in examples/shop
    phone_call.py --script FILE --db DIR       another call, another shop
    phone_call.py --policy FILE                another policy
    phone_call.py --store sqlite:FILE          the desk stays in a file

Ends with 0 when every step was answered, whatever the answers. Ends with 1 when an input cannot be used, and reports
all places of its problems. Ends with 2 when its arguments are not valid. Writes nothing to stderr.
"""

import pathlib
import sys
from typing import Final, Sequence

import frontdesk

EXAMPLES: Final = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(EXAMPLES / "shop"))  # Where the shop is taken over.

from call_run import Call
from call_script import read_script
from shop_desk import ShopDesk, read_policy
from shop_json import Problems
from shop_options import read_named_options, read_usage
from shop_reader import Shop, read_shop
from shop_store import read_store_choice

USAGE: Final = read_usage(__file__)


def main(arguments: Sequence[str]) -> int:
    if list(arguments) in (["--help"], ["-h"]):
        print(USAGE, end="")
        return 0
    options = read_named_options(arguments, ("script", "db", "policy", "store"))
    if options is None:
        print(USAGE, end="")
        return 2
    problems = Problems()
    policy = read_policy(options.get("policy", EXAMPLES / "policies" / "phone_call.textproto"), problems)
    shop = read_shop(options.get("db", EXAMPLES / "shop"), problems)
    steps = read_script(options.get("script", EXAMPLES / "phone_call" / "call.jsonl"), shop or Shop(), problems)
    choice = read_store_choice(str(options.get("store", "memory")), problems)
    desk = None
    if policy is not None and shop is not None and not len(problems):
        desk = ShopDesk.open(shop, policy, problems, choice=choice)
    if policy is None or desk is None or len(problems):
        print(problems.text(), end="")
        return 1
    call = Call(desk.desk, steps)
    with desk:
        call.run(problems)
    if len(problems):
        print(problems.text(), end="")
        return 1
    print(f"Policy {policy.name} {policy.version} {policy.hash[:6].hex()}, {len(steps)} steps\n")
    print("\n".join(call.lines) + "\n")
    print("\n".join(call.summary()) + "\n")
    if call.expected:
        print(f"as expected {call.as_expected}/{call.expected}")
    print("sha256", call.digest.text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
