"""A desk that a shop was taken over into, and the policy that it decides by."""

import pathlib
from typing import Optional

import frontdesk
from shop_json import Problems
from shop_reader import Shop


def read_policy(path: pathlib.Path, problems: Problems) -> Optional[frontdesk.Policy]:
    """Reads and compiles the policy; None when that cannot be done, which is then reported."""
    try:
        policy = frontdesk.Policy.from_file(path)
        print(frontdesk.rules.format_issues(policy.issues), end="")
        return policy
    except OSError:
        problems.add(str(path), "", "cannot be read")
    except frontdesk.PolicyError as error:
        print(error)
    return None


def open_desk(shop: Shop, policy: frontdesk.Policy, problems: Problems) -> frontdesk.Desk:
    """A desk with the shop in it. All imports that are refused are reported with the place that they were read
    from."""
    # Ids that depend on nothing but the order of the commands: the same run gives the same bytes.
    desk = frontdesk.Desk.open(policy, ids=frontdesk.ids.SequenceIds("r"))
    for each in shop.imports:
        try:
            outcome = desk.execute(each.command)
        except frontdesk.Error as error:
            problems.add(each.file, each.place, error.text)
            continue
        for refusal in outcome.refusals:
            where = f" ({refusal.field})" if refusal.field else ""
            problems.add(each.file, each.place, f"{refusal.reason}{where}: {refusal.text}")
        if outcome.verdict == frontdesk.Verdict.HELD:
            problems.add(each.file, each.place, f"is held for {outcome.held.authority}")
    return desk
