#!/usr/bin/env python3
"""Fits the policy of the example on a file of requests, and prints it.

    fit_policy.py FILE > policy.textproto

A type of request gets the rule that explains most of its due times within a minute. A rule is a number of business days, or a number of
days, after the opening. Types with fewer dated requests than FEW have levels of their own, whose ids end in `_few`.
"""

import collections
import datetime
import pathlib
import sys
from typing import Counter, Dict, Final, Iterator, List, NamedTuple, Sequence, Tuple

import frontdesk
from request_file import Request, read_requests

FEW: Final = 5
MINUTE: Final = datetime.timedelta(minutes=1)
MOST_BUSINESS_DAYS: Final = 60  # Beyond that the city counts days.
YEARS: Final = range(2011, 2018)
# Requests that the city treats as a type of their own, without a type for them: the title has the material and the district.
TITLES: Final = {"Sidewalk Repair": "Sidewalk Repair/"}

# The braces of the text are doubled for str.format.
HEADER: Final = """\
# The policy of a city's desk for service requests: within which time each type of request is to be closed. fit_policy.py made it of
# the requests that the City of Boston got from {first} to {last}.
#
# The conditions of the levels list the types of request that the policy was fitted on, each with at least {few} dated requests. Levels
# whose ids end in `_few` are for types with fewer.
#
# proto-file: frontdesk/v1/policy.proto
# proto-message: frontdesk.v1.PolicyPack
name: "city_requests"
version: "1"

# A request can be opened and closed at any time; the owner of the desk decides everything else.
rule_sets {{ id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }}

attribute_definitions {{ entity_kind: ENTITY_KIND_CASE name: "request_type" type: TYPE_STRING description: "The type of request." }}

# Days, which keep the local time of day when the clocks change.
calendars {{ calendar_id: "days" time_zone: "America/New_York" weekly_hours {{ intervals {{ open: "00:00" close: "24:00" }} }} }}

# The offices, with the holidays of Massachusetts. One on a Sunday is kept on Monday, and one on a Saturday on no other day.
calendars {{
  calendar_id: "offices"
  time_zone: "America/New_York"
  weekly_hours {{
    days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY]
    intervals {{ open: "08:30" close: "17:00" }}
  }}
"""


class Rule(NamedTuple):
    """A time within which requests are due."""

    calendar_id: str
    days: int

    @property
    def level_id(self) -> str:
        return f"{'business_' if self.calendar_id == 'offices' else ''}days_{self.days}"


def nth(year: int, month: int, weekday: int, number: int) -> datetime.date:
    """The weekday of that number in the month, 0 being Monday; -1 is the last one."""
    days = [datetime.date(year, month, 1) + datetime.timedelta(day) for day in range(31)]
    return [day for day in days if day.month == month and day.weekday() == weekday][number - 1 if number > 0 else number]


def holidays(year: int) -> Iterator[Tuple[datetime.date, str]]:
    """The days on which the offices are closed."""
    found = [
        (datetime.date(year, 1, 1), "New Year's Day"),
        (nth(year, 1, 0, 3), "Martin Luther King Day"),
        (nth(year, 2, 0, 3), "Presidents' Day"),
        (nth(year, 4, 0, 3), "Patriots' Day"),
        (nth(year, 5, 0, -1), "Memorial Day"),
        (datetime.date(year, 7, 4), "Independence Day"),
        (nth(year, 9, 0, 1), "Labor Day"),
        (nth(year, 10, 0, 2), "Columbus Day"),
        (datetime.date(year, 11, 11), "Veterans Day"),
        (nth(year, 11, 3, 4), "Thanksgiving"),
        (datetime.date(year, 12, 25), "Christmas Day"),
    ]
    for day, name in found:
        if day.weekday() != 5:
            yield day + datetime.timedelta(day.weekday() == 6), name


def calendars_text(first: str, last: str) -> str:
    """The beginning of the policy, up to its calendars."""
    lines = [
        f'  exceptions {{ kind: KIND_HOLIDAY date: "{day}" name: "{name}" }}\n' for year in YEARS for day, name in holidays(year)
    ]
    return HEADER.format(first=first, last=last, few=FEW) + "".join(lines) + "}\n"


class Fit:
    """Finds rules for requests."""

    def __init__(self, calendars: frontdesk.Policy, requests: Sequence[Request]) -> None:
        self._calendars = {each.calendar_id: frontdesk.Calendar.from_message(each) for each in calendars.pack.calendars}
        # The number of each business day from the first opening on.
        self._numbers: Dict[datetime.date, int] = {}
        offices, last = self._calendars["offices"], requests[-1].opened + 2 * datetime.timedelta(MOST_BUSINESS_DAYS)
        day = offices.next_open(requests[0].opened)
        while day < last:
            self._numbers[day.date()] = len(self._numbers)
            day = offices.add_business_days(day, 1)

    def rules(self, request: Request) -> Iterator[Rule]:
        """The rules that explain the due time of a request."""
        assert request.due is not None
        for calendar_id, calendar in self._calendars.items():
            start = calendar.next_open(request.opened)
            days = (request.due.date() - start.date()).days
            if calendar_id == "offices":
                days = self._numbers.get(request.due.date(), 0) - self._numbers[start.date()]
                if days > MOST_BUSINESS_DAYS:
                    continue
            if days > 0 and abs(calendar.add_business_days(start, days) - request.due) <= MINUTE:
                yield Rule(calendar_id, days)


def key(request: Request) -> Tuple[str, bool]:
    """The type, and whether the title makes it one of its own."""
    return request.type, request.type in TITLES and request.title.startswith(TITLES[request.type])


def fit(requests: Sequence[Request], calendars: frontdesk.Policy) -> "Dict[Tuple[str, bool], Tuple[Rule, int]]":
    """The rule of each type that has one, and the number of its dated requests."""
    fitting = Fit(calendars, requests)
    counts: "Dict[Tuple[str, bool], Counter[Rule]]" = collections.defaultdict(collections.Counter)
    dated: "Counter[str]" = collections.Counter()
    for request in requests:
        if request.due is not None:
            dated[request.type] += 1
            counts[key(request)].update(fitting.rules(request))
    return {each: (max(rules, key=lambda rule: (rules[rule], rule)), dated[each[0]]) for each, rules in counts.items() if rules}


def quoted(text: str) -> str:
    """A literal of the rules language, inside of a text of the policy."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def level_text(level_id: str, rule: Rule, condition: Sequence[str]) -> str:
    lines = "\n    ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in condition)
    target = f'target_id: "closed" metric: SERVICE_METRIC_TOTAL_RESOLUTION business_days: {rule.days}'
    return (
        f'\nservice_levels {{\n  level_id: "{level_id}"\n  calendar_id: "{rule.calendar_id}"\n  condition:\n    {lines}\n'
        f"  targets {{ {target} }}\n}}\n"
    )


def list_condition(types: Sequence[str]) -> List[str]:
    rows, row = [], ""
    for number, name in enumerate(sorted(types)):
        item = quoted(name) + ("," if number + 1 < len(types) else "]")
        if len(row) + len(item) > 110:
            rows, row = rows + [row + " "], ""
        row += (" " if row else "") + item
    return ["case.attributes.text('request_type') in [", *rows, row]


def policy_text(requests: Sequence[Request]) -> str:
    """The policy fitted on the requests."""
    text = calendars_text(str(requests[0].opened.date()), str(requests[-1].opened.date()))
    types: Dict[Tuple[bool, Rule], List[str]] = collections.defaultdict(list)
    found = fit(requests, frontdesk.Policy.from_text(text))
    for (name, has_title), (rule, dated) in sorted(found.items()):
        if has_title:  # These come before the other requests of the type.
            condition = f"case.attributes.text('request_type') == {quoted(name)} && case.subject.startsWith({quoted(TITLES[name])})"
            text += level_text(f"titled_{rule.level_id}", rule, [condition])
        else:
            types[dated < FEW, rule].append(name)
    for (is_few, rule), names in sorted(types.items()):
        text += level_text(rule.level_id + ("_few" if is_few else ""), rule, list_condition(names))
    return text


if __name__ == "__main__":
    print(policy_text(read_requests(pathlib.Path(sys.argv[1]))[0]), end="")
