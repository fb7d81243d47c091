"""Business time: datetimes, timestamps and columns go in and come out as the core computes them."""

import datetime
import pathlib
import zoneinfo

import pytest
from google.protobuf import duration_pb2, timestamp_pb2

import frontdesk
from frontdesk import calendar, v1

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
UTC = datetime.timezone.utc
HOUR = datetime.timedelta(hours=1)
WEEKDAYS = [v1.DAY_OF_WEEK_MONDAY, v1.DAY_OF_WEEK_TUESDAY, v1.DAY_OF_WEEK_WEDNESDAY, v1.DAY_OF_WEEK_THURSDAY, v1.DAY_OF_WEEK_FRIDAY]


def office_message(**more):
    hours = v1.WeeklyHours(days=WEEKDAYS, intervals=[v1.TimeInterval(open="09:00", close="17:00")])
    return v1.Calendar(calendar_id="office", time_zone="Europe/Berlin", weekly_hours=[hours], **more)


@pytest.fixture(name="office")
def fixture_office():
    return frontdesk.Calendar.from_message(office_message())


def at(day, hour, minute=0, tzinfo=BERLIN):
    """June 8, 2026 is a Monday."""
    return datetime.datetime(2026, 6, day, hour, minute, tzinfo=tzinfo)


def test_a_calendar_shows_itself(office):
    assert (office.calendar_id, office.time_zone) == ("office", "Europe/Berlin")
    assert list(office.zone_hashes) == ["Europe/Berlin"] and len(office.zone_hashes["Europe/Berlin"]) == 64
    assert repr(office) == "<frontdesk.Calendar 'office' in Europe/Berlin>"
    with pytest.raises(TypeError):
        frontdesk.Calendar()


def test_datetimes_keep_their_zone(office):
    assert office.add(at(12, 16, 30), HOUR) == at(15, 9, 30)
    assert office.add(at(12, 16, 30), HOUR).tzinfo is BERLIN
    assert office.add(at(12, 14, 30, UTC), HOUR) == at(15, 9, 30)
    assert office.add(at(12, 14, 30, UTC), HOUR).tzinfo is UTC
    assert office.subtract(at(15, 9, 30), HOUR) == at(12, 16, 30)
    assert office.add(at(15, 9, 30), -HOUR) == at(12, 16, 30)
    assert office.next_open(at(12, 17)) == at(15, 9)
    assert office.next_close(at(12, 16)) == at(12, 17)
    assert office.between(at(12, 16), at(15, 10)) == 2 * HOUR
    assert office.between(at(15, 10), at(12, 16)) == -2 * HOUR
    assert office.is_open(at(12, 16, 59)) and not office.is_open(at(12, 17))
    assert office.add_business_days(at(12, 19), 1) == at(15, 19)
    assert office.add_business_days(at(12, 19), -1) == at(11, 19)


def test_timestamps_have_nanoseconds(office):
    stamp = timestamp_pb2.Timestamp(seconds=1781274600, nanos=999_999_999)  # Friday, 16:30.
    moved = office.add(stamp, duration_pb2.Duration(seconds=1800, nanos=2))
    assert (moved.seconds, moved.nanos) == (1781506801, 1)  # Monday, 9:00.
    assert office.between(stamp, moved) == datetime.timedelta(seconds=1800)
    back = office.subtract(moved, duration_pb2.Duration(seconds=1800, nanos=2))
    assert back == stamp


def test_segments_name_holidays():
    message = office_message(exceptions=[v1.CalendarException(
        kind=v1.CalendarException.KIND_HOLIDAY, date="2026-06-09", name="A day")])
    found = frontdesk.Calendar.from_message(message).segments(at(8, 16), at(10, 10))
    assert [(each.is_open, each.kind, each.name) for each in found] == [
        (True, None, ""), (False, None, ""), (False, frontdesk.CalendarExceptionKind.HOLIDAY, "A day"), (False, None, ""), (True, None, "")]
    assert found[0].start == at(8, 16) and found[-1].end == at(10, 10)
    assert all(before.end == after.start for before, after in zip(found, found[1:]))
    with pytest.raises(frontdesk.LimitError) as raised:
        frontdesk.Calendar.from_message(message).segments(at(8, 16), at(10, 10), max_segments=4)
    assert raised.value.reason == "CALENDAR_SEGMENTS_TOO_MANY"


def test_calendars_combine(office):
    lunch = frontdesk.Calendar.from_text(
        'calendar_id: "lunch" time_zone: "UTC" weekly_hours { intervals { open: "10:00" close: "11:00" } }')
    day = (at(8, 0), at(9, 0))
    assert (office | lunch).between(*day) == 8 * HOUR
    assert (office & lunch).between(*day) == HOUR
    assert (office - lunch).between(*day) == 7 * HOUR
    assert (lunch - office).between(*day) == 0 * HOUR
    assert list((office | lunch).zone_hashes) == ["Europe/Berlin", "UTC"]
    with pytest.raises(TypeError):
        office | 5  # pylint: disable=pointless-statement
    both = v1.Calendar(calendar_id="both", combination=v1.CalendarCombination(
        operation=v1.CalendarCombination.OPERATION_UNION, calendar_ids=["office"]))
    listed = frontdesk.Calendar.compile_all([office_message(), both])
    assert listed[1].between(*day) == 8 * HOUR


def test_errors_have_reasons(office):
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        frontdesk.Calendar.from_message(v1.Calendar(time_zone="Mars/Olympus"))
    assert raised.value.reason == "CALENDAR_INVALID"
    assert [(each.field, each.reason) for each in raised.value.violations] == [
        ("[0].calendar_id", "CALENDAR_FIELD_REQUIRED"), ("[0].time_zone", "CALENDAR_ZONE_UNKNOWN")]
    never = frontdesk.Calendar.from_text('calendar_id: "never" time_zone: "UTC"')
    with pytest.raises(frontdesk.OutOfRangeError) as raised:
        never.add(at(8, 9), HOUR)
    assert raised.value.reason == "CALENDAR_NEVER_OPENS"
    with pytest.raises(frontdesk.OutOfRangeError) as raised:
        office.add(at(8, 9), datetime.timedelta.max)
    assert raised.value.reason == "CALENDAR_TIME_RANGE"
    with pytest.raises(ValueError, match="naive"):
        office.is_open(datetime.datetime(2026, 6, 8))
    with pytest.raises(TypeError):
        office.add(at(8, 9), 3600)
    with pytest.raises(ValueError):
        frontdesk.Calendar.from_text("no calendar")
    with pytest.raises(frontdesk.LimitError) as raised:
        frontdesk.Calendar.from_message(office_message(), limits=calendar.CalendarLimits(max_weekly_intervals=4))
    assert raised.value.reason == "CALENDAR_TOO_LARGE"


def test_zones_of_the_host():
    data = pathlib.Path("/usr/share/zoneinfo/America/New_York").read_bytes()
    other = frontdesk.Calendar.from_message(office_message(), zones={"Europe/Berlin": data})
    assert other.next_open(at(8, 0, tzinfo=UTC)) == at(8, 13, tzinfo=UTC)
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        frontdesk.Calendar.from_message(office_message(), zones={})
    assert raised.value.violations[0].reason == "CALENDAR_ZONE_UNKNOWN"
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        frontdesk.Calendar.from_message(office_message(), zones={"Europe/Berlin": b"TZif"})
    assert raised.value.reason == "CALENDAR_ZONE_INVALID"


# ---- Columns ----

INSTANTS = [at(12, 16, 30), at(10, 7), at(13, 12)]


def test_columns_of_pandas(office):
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(pandas.to_datetime(INSTANTS), index=["a", "b", "c"], name="opened")
    for span in (HOUR, -HOUR):
        added = office.add(series, span)
        assert added.dt.tz == series.dt.tz and list(added.index) == ["a", "b", "c"] and added.name == "opened"
        assert [each.to_pydatetime() for each in added] == [office.add(each, span) for each in INSTANTS]
    assert list(office.is_open(series)) == [office.is_open(each) for each in INSTANTS]
    assert list(office.next_open(series)) == [office.next_open(each) for each in INSTANTS]
    assert list(office.next_close(series)) == [office.next_close(each) for each in INSTANTS]
    end = at(17, 12)
    assert list(office.between(series, end)) == [office.between(each, end) for each in INSTANTS]
    assert list(office.between(end, series)) == [office.between(end, each) for each in INSTANTS]
    assert list(office.between(series, office.add(series, HOUR))) == [HOUR] * 3
    spans = pandas.Series([HOUR, 2 * HOUR, 3 * HOUR], index=series.index)
    assert list(office.add(series, spans)) == [office.add(*each) for each in zip(INSTANTS, spans)]
    assert list(office.subtract(series, spans)) == [office.subtract(*each) for each in zip(INSTANTS, spans)]
    days = pandas.Series([1, -1, 5], index=series.index)
    assert list(office.add_business_days(series, days)) == [office.add_business_days(*each) for each in zip(INSTANTS, [1, -1, 5])]
    index = pandas.DatetimeIndex(series)
    assert isinstance(office.add(index, HOUR), pandas.DatetimeIndex) and office.add(index, HOUR).tz == index.tz
    # One instant, several spans.
    assert list(office.add(INSTANTS[0], spans)) == [office.add(INSTANTS[0], each) for each in spans]
    with pytest.raises(ValueError, match="time zone"):
        office.is_open(pandas.Series(pandas.to_datetime(["2026-06-12 16:30"])))


def test_columns_of_numpy(office):
    numpy = pytest.importorskip("numpy")
    array = numpy.array([each.astimezone(UTC).replace(tzinfo=None) for each in INSTANTS], dtype="datetime64[s]").reshape(3, 1)
    added = office.add(array, numpy.array([1, 2], dtype="timedelta64[h]"))
    assert added.shape == (3, 2) and added.dtype == "datetime64[ns]"
    for row, instant in zip(added, INSTANTS):
        for value, hours in zip(row, (1, 2)):
            expected = office.add(instant, hours * HOUR).astimezone(UTC).replace(tzinfo=None)
            assert value == numpy.datetime64(expected)
    assert office.is_open(array).dtype == bool and office.is_open(array).ravel().tolist() == [True, False, False]
    assert office.add_business_days(array, 1).shape == (3, 1)


def test_missing_and_far_values_of_columns(office):
    numpy = pytest.importorskip("numpy")
    array = numpy.array(["2026-06-12T14:30", "NaT"], dtype="datetime64[m]")
    assert numpy.isnat(office.add(array, HOUR)).tolist() == [False, True]
    assert office.is_open(array).tolist() == [True, False]
    assert numpy.isnat(office.between(array, array)).tolist() == [False, True]
    assert office.between(array[:0], array[:0]).shape == (0,)
    for far in ("1500-01-01", "2500-01-01"):
        with pytest.raises(OverflowError):
            office.is_open(numpy.array([far], dtype="datetime64[D]"))
    with pytest.raises(frontdesk.OutOfRangeError) as raised:
        office.add(array[:1], numpy.array([90_000], dtype="timedelta64[D]"))
    assert raised.value.reason == "CALENDAR_TIME_RANGE"
    for wrong in (numpy.array([1.5]), numpy.array(["a"])):
        with pytest.raises(TypeError):
            office.is_open(wrong)
        with pytest.raises(TypeError):
            office.add(array, wrong)
        with pytest.raises(TypeError):
            office.add_business_days(array, wrong)


# ---- Holidays ----

YEARS = {"first_date": datetime.date(2026, 1, 1), "last_date": datetime.date(2027, 12, 31)}
ICALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART:20260701T140000Z
DTEND:20260701T160000Z
RRULE:FREQ=YEARLY
SUMMARY:Meeting
END:VEVENT
END:VCALENDAR
"""


def test_holidays_from_json():
    text = '[{"date": "2026-12-25", "name": "a", "type": "bank"}, {"date": "2028-12-25", "name": "b", "type": "bank"}]'
    assert calendar.holidays_from_json(text, **YEARS) == []
    closure = frontdesk.CalendarExceptionKind.CLOSURE
    assert calendar.holidays_from_json(text.encode(), types=["bank"], kind=closure, **YEARS) == [
        v1.CalendarException(kind=v1.CalendarException.KIND_CLOSURE, date="2026-12-25", name="a")]
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        calendar.holidays_from_json("{", **YEARS)
    assert raised.value.reason == "CALENDAR_HOLIDAYS_SYNTAX"
    with pytest.raises(frontdesk.LimitError):
        calendar.holidays_from_json(text, limits=calendar.HolidayLimits(max_events=1), **YEARS)


@pytest.mark.skipif(not calendar.has_icalendar_library(), reason="this build has no libical")
def test_holidays_from_icalendar():
    found = calendar.holidays_from_icalendar(ICALENDAR, time_zone="Europe/Berlin", **YEARS)
    assert [(each.date, each.intervals[0].open, each.intervals[0].close, each.name) for each in found] == [
        ("2026-07-01", "16:00", "18:00", "Meeting"), ("2027-07-01", "16:00", "18:00", "Meeting")]
    data = pathlib.Path("/usr/share/zoneinfo/UTC").read_bytes()
    found = calendar.holidays_from_icalendar(ICALENDAR, time_zone="Europe/Berlin", zones={"Europe/Berlin": data}, **YEARS)
    assert found[0].intervals[0].open == "14:00"
    with pytest.raises(frontdesk.NotFoundError) as raised:
        calendar.holidays_from_icalendar(ICALENDAR, **YEARS)
    assert raised.value.reason == "CALENDAR_ZONE_UNKNOWN"
