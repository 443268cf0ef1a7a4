#!/usr/bin/python3
"""Let somebody's absences in oncall follow a leave calendar that they keep.

Reads a calendar (RFC 5545) from a file or from standard input, and calls
oncall.sync_leave(), which adds, moves and removes the absences that came from
it. Run it from a timer, for each person, as a role with access "manager":

    curl -sf https://calendar.example/ana.ics | leave_calendar.py Ana

Needs python3-icalendar and python3-psycopg, as Debian calls them. Connects as psql does: PGHOST, PGSERVICE and so on.
"""

import argparse
import datetime
import json
import re
import sys

import dateutil.rrule
import icalendar
import psycopg


def is_day(value):
    return not isinstance(value, datetime.datetime)


def wall(value, zone):
    """What a clock in a zone (None: wherever it is) shows then."""
    if is_day(value):
        return datetime.datetime(value.year, value.month, value.day)
    if value.tzinfo is not None and zone is not None:
        value = value.astimezone(zone)
    return value.replace(tzinfo=None, microsecond=0)


def like(clock, value):
    """What a clock shows, as the same kind of time as another value."""
    if is_day(value):
        return clock.date()
    if value.tzinfo is None:
        return clock
    # zones of pytz have offsets of their own for each time
    localize = getattr(value.tzinfo, "localize", None)
    return localize(clock) if localize else clock.replace(tzinfo=value.tzinfo)


def text_of(value):
    """A time as sync_leave() reads it: a date, an instant, or a local time."""
    if not is_day(value) and value.tzinfo is not None:
        return value.astimezone(datetime.timezone.utc).replace(tzinfo=None).isoformat() + "Z"
    return value.isoformat()


def length_of(event):
    """How long it is, on the clock; an event of whole days lasts one."""
    start = event.decoded("DTSTART")
    zone = getattr(start, "tzinfo", None)
    if "DTEND" in event:
        return wall(event.decoded("DTEND"), zone) - wall(start, zone)
    if "DURATION" in event:
        return event.decoded("DURATION")
    return datetime.timedelta(days=1 if is_day(start) else 0)


def values_of(event, name):
    """All values of a property that may stand there more than once."""
    value = event.get(name, [])
    return value if isinstance(value, list) else [value]


def dates_of(event, name):
    for dates in values_of(event, name):
        for date in dates.dts:
            # an added date may be a period
            yield date.dt[0] if isinstance(date.dt, tuple) else date.dt


def rule_of(recur, start):
    """A rule whose end is told on the same clock as its start."""
    recur = dict(recur)
    last = recur.pop("UNTIL", None)
    text = icalendar.vRecur(recur).to_ical().decode()
    zone = getattr(start, "tzinfo", None)
    if last:
        ends = wall(last[0], zone)
        if is_day(last[0]):
            ends += datetime.timedelta(days=1, seconds=-1)
        text += ends.strftime(";UNTIL=%Y%m%dT%H%M%S")
    return dateutil.rrule.rrulestr(text, dtstart=wall(start, zone))


def starts_of(event, since, until):
    """When an event that recurs begins, on its own clock, in a time."""
    start = event.decoded("DTSTART")
    zone = getattr(start, "tzinfo", None)
    times = dateutil.rrule.rruleset()
    times.rdate(wall(start, zone))
    for recur in values_of(event, "RRULE"):
        times.rrule(rule_of(recur, start))
    for date in dates_of(event, "RDATE"):
        times.rdate(wall(date, zone))
    for date in dates_of(event, "EXDATE"):
        times.exdate(wall(date, zone))
    return times.between(since, until, inc=True)


def occurrences_of(calendar, since, until):
    """Events and their occurrences: uid, the event, when it starts."""
    masters = {}
    moved = set()
    events = calendar.walk("VEVENT")
    for event in events:
        if "RECURRENCE-ID" not in event:
            masters[str(event.get("UID", ""))] = event
    for event in events:
        if "RECURRENCE-ID" in event:
            uid = str(event.get("UID", ""))
            zone = getattr(masters.get(uid, event).decoded("DTSTART"), "tzinfo", None)
            # where it was tells which one it is
            place = wall(event.decoded("RECURRENCE-ID"), zone)
            moved.add((uid, place))
            yield "%s/%s" % (uid, place.isoformat()), event, event.decoded("DTSTART")
    for event in events:
        uid, start = str(event.get("UID", "")), event.decoded("DTSTART")
        if "RECURRENCE-ID" in event:
            continue
        if "RRULE" not in event and "RDATE" not in event:
            yield uid, event, start
            continue
        for place in starts_of(event, since - length_of(event), until):
            if (uid, place) not in moved:
                yield "%s/%s" % (uid, place.isoformat()), event, like(place, start)


def written(calendar, uid, event, start):
    """An event, or one occurrence of it, as sync_leave() takes it."""
    zone = getattr(start, "tzinfo", None)
    ends = like(wall(start, zone) + length_of(event), start)
    told = {"uid": uid, "starts": text_of(start), "ends": text_of(ends)}
    # local times: a zone that the library does not know the server may know
    local = event["DTSTART"].params.get("TZID") or calendar.get("X-WR-TIMEZONE")
    if local and zone is None and not is_day(start):
        told["zone"] = str(local)
    return told


def touching(calendar, since, until):
    """What of a calendar touches a time: uid, the event, when it starts."""
    for uid, event, start in occurrences_of(calendar, since, until):
        zone = getattr(start, "tzinfo", None)
        begins, ends = wall(start, zone), wall(start, zone) + length_of(event)
        cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
        if not cancelled and ends > begins and ends >= since and begins <= until:
            yield uid, event, start


def events_of(calendar, since, until, only=None, notes=False):
    """What of a calendar touches a time, as sync_leave() takes it."""
    for uid, event, start in touching(calendar, since, until):
        summary = str(event.get("SUMMARY", ""))
        if only and not re.search(only, summary, re.IGNORECASE):
            continue
        told = written(calendar, uid, event, start)
        if notes:
            told["note"] = summary
        yield told


def read_calendars(content):
    """An error page of a web server is no calendar without events."""
    try:
        calendars = [c for c in icalendar.Calendar.from_ical(content, multiple=True) if c.name == "VCALENDAR"]
    except (ValueError, IndexError) as why:
        sys.exit("This is no calendar: %s" % why)
    if not calendars:
        sys.exit("This is no calendar: it has no BEGIN:VCALENDAR.")
    return calendars


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("person", help="whose leave it is: name or id in oncall.person")
    parser.add_argument("file", nargs="?", default="-", help="the calendar; standard input if there is none")
    parser.add_argument("--calendar", default="leave", help="tells several calendars of one person apart (%(default)s)")
    parser.add_argument("--kind", default="leave", help="leave, opt_out, keep_free or sick (%(default)s)")
    parser.add_argument("--only", metavar="PATTERN", help="only events with such a summary")
    parser.add_argument("--notes", action="store_true", help="keep summaries as remarks")
    parser.add_argument("--back", type=int, default=31, metavar="DAYS", help="how far back to read (%(default)s)")
    parser.add_argument("--ahead", type=int, default=550, metavar="DAYS", help="how far ahead to read (%(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="print the events and write nothing")
    return parser.parse_args(arguments)


def main():
    asked = read_arguments(sys.argv[1:])
    today = datetime.datetime.combine(datetime.date.today(), datetime.time())
    since, until = today - datetime.timedelta(days=asked.back), today + datetime.timedelta(days=asked.ahead)
    if asked.file == "-":
        content = sys.stdin.buffer.read()
    else:
        with open(asked.file, "rb") as file:
            content = file.read()
    events = [event for calendar in read_calendars(content)
              for event in events_of(calendar, since, until, asked.only, asked.notes)]
    if asked.dry_run:
        for event in sorted(events, key=lambda event: event["starts"]):
            print(json.dumps(event, ensure_ascii=False))
        return
    try:
        with psycopg.connect() as connection:
            added, moved, removed = connection.execute("SELECT * FROM oncall.sync_leave(%s, %s, %s, %s)", (
                asked.person, json.dumps(events), asked.calendar, asked.kind)).fetchone()
    except psycopg.Error as refused:
        sys.exit(str(refused))
    print("%s: %d added, %d moved, %d removed" % (asked.person, added, moved, removed))


if __name__ == "__main__":
    main()
