#!/usr/bin/env python3
"""Makes docs/data/tickets.csv: 1,000 tickets of a help desk that does not exist, for docs/frames.md.

    make_tickets.py [FILE]    writes the file, or prints the tickets

Some people have two records of a customer. Some lines are faulty, as in the files of real help desks. Names and numbers are invented:
the domain is reserved for examples, and the telephone numbers for fiction.
"""

import csv
import datetime
import io
import math
import pathlib
import random
import sys
from typing import Dict, List, NamedTuple, Sequence

SEED = 20
TICKETS = 1_000
PEOPLE = 420
WEEKS = 26
FIRST = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
GIVEN = "Ada Ann Ben Bea Carl Cleo Dan Dora Eli Eva Finn Gina Hugo Ida Jack Kim Lea Max Nora Omar Pia Ruth Sam Tom Una Vera".split()
FAMILY = "Abel Baker Cole Drake Evans Frost Grant Hill Irwin Jones Kerr Lowe Mason North Owen Price Quinn Reed Stone Ward".split()
# Subject, kind, share of tickets, share of these that ask for a refund, and its median in EUR.
TOPICS = (
    ("Parcel is late", "trouble", 0.30, 0.25, 12.0),
    ("Lamp arrived broken", "trouble", 0.25, 0.85, 45.0),
    ("Wrong item in the parcel", "complaint", 0.15, 0.75, 38.0),
    ("Charged twice", "complaint", 0.08, 0.95, 70.0),
    ("Which bulb fits?", "question", 0.22, 0.06, 15.0),
)
AGENTS = ("ben", "eva", "omar")
# A trainee works from this week on.
TRAINEE, TRAINEE_WEEK = "tim", 14


class Person(NamedTuple):
    customer: str
    name: str
    email: str
    phone: str


class Chance:
    """Numbers by chance, from those alone that are the same in every version of Python."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def happens(self, share: float) -> bool:
        return self._random.random() < share

    def of(self, values: Sequence[str]) -> str:
        return values[self.below(len(values))]

    def spread(self, median: float, width: float) -> float:
        """Log-normal."""
        normal = math.sqrt(-2 * math.log(1 - self._random.random())) * math.cos(2 * math.pi * self._random.random())
        return median * math.exp(width * normal)


def make_people(chance: Chance) -> List[Person]:
    people = []
    for number in range(PEOPLE):
        given, family = chance.of(GIVEN), chance.of(FAMILY)
        people.append(Person(f"c{number + 1:04}", f"{given} {family}", f"{given}.{family}{number}@example.com".lower(),
                             f"+44 20 7946 0{number:03}"))
    # The same people once more, as another agent has typed them.
    for number in range(0, PEOPLE, 10):
        known = people[number]
        again = known._replace(customer=f"c{len(people) + 1:04}")
        if number % 3 == 0:
            again = again._replace(email=known.email.upper(), phone="")
        elif number % 3 == 1:
            again = again._replace(email="", phone=known.phone.replace(" ", "").replace("+44", "0"))
        else:
            again = again._replace(name=known.name.upper(), phone=known.phone.replace("+44 20", "(020)"))
        people.append(again)
    return people


def make_ticket(chance: Chance, people: List[Person], opened: datetime.datetime, week: int) -> Dict[str, str]:
    left = chance.below(1_000) / 1_000
    for subject, kind, share, asks, median in TOPICS:
        left -= share
        if left < 0:
            break
    # In two weeks of spring a batch of lamps broke.
    if week in (11, 12) and chance.happens(0.6):
        subject, kind, _, asks, median = TOPICS[1]
    trainee = week >= TRAINEE_WEEK and chance.happens(0.3)
    closed = opened + datetime.timedelta(minutes=int(chance.spread(20 * 60, 1.4)) + 4)
    is_closed = closed < FIRST + datetime.timedelta(weeks=WEEKS) and not chance.happens(0.04)
    return {
        "opened": opened.strftime("%Y-%m-%d %H:%M"),
        "closed": closed.strftime("%Y-%m-%d %H:%M") if is_closed else "",
        **people[chance.below(len(people))]._asdict(),
        "kind": kind,
        "subject": subject,
        "agent": TRAINEE if trainee else chance.of(AGENTS),
        "refund": f"{max(1.0, chance.spread(median, 0.8)):.2f}" if is_closed and chance.happens(asks) else "",
    }


def make_tickets() -> str:
    chance = Chance(SEED)
    people = make_people(chance)
    minutes = sorted(chance.below(WEEKS * 7 * 24 * 60) for _ in range(TICKETS))
    out = io.StringIO()
    writer = None
    for number, minute in enumerate(minutes, 1):
        ticket = {"ticket": f"t{number:04}"}
        ticket.update(make_ticket(chance, people, FIRST + datetime.timedelta(minutes=minute), minute // (7 * 24 * 60)))
        if number % 211 == 0:
            ticket["kind"] = "other"
        if number == 500:
            ticket.update(ticket="t0499", closed="", refund="")
        if writer is None:
            writer = csv.DictWriter(out, list(ticket), lineterminator="\n")
            writer.writeheader()
        writer.writerow(ticket)
    return out.getvalue()


def main() -> int:
    if len(sys.argv) > 1:
        pathlib.Path(sys.argv[1]).write_text(make_tickets(), encoding="utf-8")
    else:
        sys.stdout.write(make_tickets())
    return 0


if __name__ == "__main__":
    sys.exit(main())
