"""docs/data/tickets.csv is the file that make_tickets.py makes."""

import csv
import pathlib

import make_tickets

FILE = pathlib.Path(__file__).parents[2] / "docs" / "data" / "tickets.csv"


def test_the_file_is_made_by_the_program():
    assert FILE.read_text(encoding="utf-8") == make_tickets.make_tickets(), "./dev docs makes it anew"


def test_the_tickets_are_plausible():
    with FILE.open(encoding="utf-8") as file:
        tickets = list(csv.DictReader(file))
    assert len(tickets) == make_tickets.TICKETS == 1_000
    assert [ticket["opened"] for ticket in tickets] == sorted(ticket["opened"] for ticket in tickets)
    assert all(ticket["email"].lower().endswith("@example.com") for ticket in tickets if ticket["email"])
    assert all(ticket["closed"] > ticket["opened"] for ticket in tickets if ticket["closed"])
    assert all(ticket["closed"] for ticket in tickets if ticket["refund"])
