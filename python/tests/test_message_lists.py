"""Lists and iterators of messages: parsed when they are looked at."""

import pytest

import frontdesk
from conftest import NOON
from frontdesk import v1
from frontdesk.messages import MessageIterator, MessageList

ALL = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'


class Parsed:
    """A message class that counts how often it parses."""

    count = 0

    @classmethod
    def FromString(cls, data):
        cls.count += 1
        return v1.Money.FromString(data)


@pytest.fixture(name="parsed")
def fixture_parsed():
    Parsed.count = 0
    return Parsed


def money(*units):
    return [v1.Money(units=each).SerializeToString() for each in units]


def test_a_list_parses_what_is_looked_at(parsed):
    found = MessageList(money(1, 2, 3), parsed)
    assert len(found) == 3 and bool(found) and parsed.count == 0
    assert found[1].units == 2 and found[-1].units == 3 and parsed.count == 2
    assert found[1] is found[1] and parsed.count == 2
    assert [each.units for each in found] == [1, 2, 3] and parsed.count == 3
    assert [each.units for each in found[1:]] == [2, 3]
    for place in (3, -4):
        with pytest.raises(IndexError):
            found[place]
    assert not MessageList([], parsed)


def test_a_list_equals_a_list_of_equal_messages():
    found = MessageList(money(1, 2), v1.Money)
    assert found == [v1.Money(units=1), v1.Money(units=2)] == found
    assert found != [v1.Money(units=1)] and found != [v1.Money(units=1), v1.Money(units=3)] and found != 5
    with pytest.raises(TypeError):
        hash(found)


def test_an_iterator_counts_what_is_left_without_parsing(parsed):
    pages = iter([money(1, 2), [], money(3, 4, 5)])
    found = MessageIterator(pages, parsed)
    assert next(found).units == 1 and parsed.count == 1
    assert found.count() == 4 and parsed.count == 1
    assert found.count() == 0 and list(found) == []
    assert [each.units for each in MessageIterator(iter([money(1), money(2)]), parsed)] == [1, 2]


@pytest.fixture(name="desk")
def fixture_desk():
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALL))
    anna = frontdesk.actor("anna")
    for number in range(7):
        desk.execute(frontdesk.command(
            v1.CreateCustomer(customer_id=f"c{number}", given_name="Ann", family_name="Lee"), actor=anna, now=NOON))
    for number in range(5):
        desk.execute(frontdesk.command(
            v1.OpenCase(case_id=f"case-{number}", customer_id="c1", kind=frontdesk.CaseKind.COMPLAINT, subject="Lamp"),
            actor=anna, now=NOON))
    for number in range(4):
        desk.execute(frontdesk.command(
            v1.ChangeAddress(customer_id="c0", address=v1.PostalAddress(lines=[str(number)], country_code="US")), actor=anna, now=NOON))
    return desk


@pytest.mark.parametrize("page_size", [1, 2, 3, 1000])
def test_counts_of_a_desk_are_those_of_its_lists(desk, page_size):
    customer = frontdesk.entity_ref(frontdesk.EntityKind.CUSTOMER, "c0")
    journal = list(desk.journal(page_size=page_size))
    assert [record.sequence for record in journal] == list(range(2, len(journal) + 2))
    assert desk.journal(page_size=page_size).count() == len(journal) == desk.journal().count()
    assert desk.journal(after=6, page_size=page_size).count() == len(journal) - 5
    history = list(desk.history(customer, page_size=page_size))
    assert [event.version for event in history] == [1, 2, 3, 4, 5]
    assert desk.history(customer, page_size=page_size).count() == 5
    assert desk.history(customer, after=2, page_size=page_size).count() == 3
    cases = v1.CaseQuery(customer_id="c1")
    assert desk.find(cases, page_size=page_size).count() == len(list(desk.find(cases, page_size=page_size))) == 5
    duplicates = desk.find_duplicates("c1")
    assert isinstance(duplicates, MessageList) and len(duplicates) == len(list(duplicates))
