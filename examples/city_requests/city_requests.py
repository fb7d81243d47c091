#!/usr/bin/env python3
"""Opens the service requests of a city as cases of a desk, by a policy that promises a time for each type. Compares the due times with
those that the city's own system computed.

    city_requests.py                     the small file that lies beside this program
    city_requests.py --log FILE          another file (columns: see request_file.py)
    city_requests.py --policy FILE       another policy; fit_policy.py makes one
    city_requests.py --report FILE       one JSON line for each request

Ends with 0 when the requests were compared, whatever the result. Rows that cannot be read are reported with their place and left out. Ends
with 1 when an input cannot be used. Ends with 2 when its arguments are not valid. Writes nothing to stderr.
"""

import datetime
import json
import pathlib
import sys
from typing import Dict, Final, List, Optional, Sequence

import frontdesk

HERE: Final = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "shop"))  # The options are read as those of the programs on the shop.

from request_file import ZONE, FileProblem, Request, read_requests
from request_run import Promise, Results, Tally, Verdicts, explain, run
from shop_options import read_named_options, read_usage

USAGE: Final = read_usage(__file__)
MOST_EXPLAINED: Final = 5
MOST_PROBLEMS: Final = 20


def in_zone(time: Optional[datetime.datetime]) -> str:
    return f"{time.astimezone(ZONE):%a %Y-%m-%d %H:%M:%S}" if time is not None else "never"


def apart(city: datetime.datetime, promise: datetime.datetime) -> str:
    """By how much the city's due time differs."""
    days, rest = divmod(int(abs(city - promise).total_seconds()), 86_400)
    hours, minutes, seconds = rest // 3600, rest // 60 % 60, rest % 60
    return f"{days} d {hours:02}:{minutes:02}:{seconds:02} {'later' if city > promise else 'earlier'}"


def print_problems(problems: Sequence[str]) -> None:
    """Prints the places of the first rows that are left out."""
    for problem in problems[:MOST_PROBLEMS]:
        print(problem)
    if problems:
        print(f"{len(problems)} problems; the rows that have them are left out\n")


def print_types(types: Dict[str, Tally]) -> List[str]:
    """Prints the types, the one with the smallest share first; returns their names in that order."""
    ordered = sorted(types, key=lambda name: (types[name].share, -types[name].dated, name))
    for name in ordered:
        tally = types[name]
        print(f"  {tally.share:6.2f} %  {tally.near:6} of {tally.dated:6}  {name}")
    return ordered


def print_worst(desk: frontdesk.Desk, types: Dict[str, Tally], ordered: Sequence[str]) -> None:
    """Explains one request that differs for each of the worst types."""
    worst = [name for name in ordered if types[name].missed][:MOST_EXPLAINED]
    for name in worst:
        request, promise = types[name].missed[0]
        if request.due is None or promise.due is None:
            continue
        print(f"\n  {name}: request {request.number}, line {request.line}")
        print(f"    opened           {in_zone(request.opened)}")
        print(f"    due by policy    {in_zone(promise.due)}, level {promise.level_id}")
        print(f"    due by the city  {in_zone(request.due)}, {apart(request.due, promise.due)}")
        for line in explain(desk, request):
            print(f"    | {line}")


def print_verdicts(verdicts: Verdicts) -> None:
    print(f"\nlate or on time equal: {verdicts.by_city} of {verdicts.closed} closed requests, {verdicts.dated} with a due time of the city")
    for request in verdicts.different[:MOST_EXPLAINED]:
        print(f"  differs: request {request.number}, line {request.line}, closed {in_zone(request.closed)}, due {in_zone(request.due)}")
    print(f"late or on time equal by the policy's due time: {verdicts.by_policy} of {verdicts.closed} closed requests")


def print_results(desk: frontdesk.Desk, results: Results) -> None:
    fitted, other = results.fitted, results.other
    for reason, count in sorted(results.refusals.items()):
        print(f"refused by the desk: {count} {reason}")
    print(f"within 60 s: {fitted.share:.2f} % of {fitted.dated}\n")
    print(f"other types: within 60 s {other.near} of {other.dated}, {len(results.other_types)} types")
    print_types(results.other_types)
    print(f"\n{len(results.by_type)} types that the policy was fitted on, the worst first")
    ordered = print_types(results.by_type)
    print_worst(desk, results.by_type, ordered)
    print_verdicts(results.verdicts)


def report_line(request: Request, promise: Promise) -> str:
    line = {
        "number": request.number,
        "type": request.type,
        "level": promise.level_id,
        "due": promise.due.isoformat() if promise.due else None,
        "city_due": request.due.astimezone(datetime.timezone.utc).isoformat() if request.due else None,
        "is_late": promise.is_late,
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


class Progress:
    """Signs of life on a terminal."""

    def __call__(self, commands: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{commands} commands", end="", flush=True)

    def end(self) -> None:
        if sys.stdout.isatty():
            print("\r" + " " * 30 + "\r", end="")


def main(arguments: Sequence[str]) -> int:
    if list(arguments) in (["--help"], ["-h"]):
        print(USAGE, end="")
        return 0
    options = read_named_options(arguments, ("log", "policy", "report"))
    if options is None:
        print(USAGE, end="")
        return 2
    options.setdefault("log", HERE / "requests.csv")
    options.setdefault("policy", HERE.parent / "policies" / "city_requests.textproto")
    try:
        policy = frontdesk.Policy.from_file(options["policy"])
        requests, problems = read_requests(options["log"])
    except (frontdesk.PolicyError, FileProblem) as error:
        print(error)
        return 1
    except OSError as error:
        print(f"{error.filename}: cannot be read")
        return 1
    print(frontdesk.rules.format_issues(policy.issues), end="")
    print(f"Log {options['log']}, policy {policy.name} {policy.version} {policy.hash[:6].hex()}, {len(requests)} requests\n")
    print_problems(problems)
    with frontdesk.Desk.open(policy) as desk:
        progress = Progress()
        results = run(desk, requests, progress)
        progress.end()
        print_results(desk, results)
    if "report" in options:
        try:
            lines = map(report_line, requests, results.promises)
            options["report"].write_text("".join(lines), encoding="utf-8")
        except OSError:
            print(f"{options['report']}: cannot be written")
            return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except frontdesk.Error as broken:  # Nothing in the files causes it.
        print(f"{broken.reason}: {broken}")
        sys.exit(1)
