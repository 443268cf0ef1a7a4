#!/usr/bin/python3
"""Bring a rota that a tool gives away as a calendar only into oncall.

Reads one calendar (RFC 5545) a seat, each from a file ("-": standard input),
and calls oncall.import_schedule() with the shifts that it finds in them:

    curl -sf https://tool.example/primary.ics >primary.ics
    import_calendar.py --name SRE --zone Europe/Berlin primary.ics

Whose a shift is says its attendee, or else its summary: what comes after "On
Call - ", up to the next " - ", or all of it.

Stands beside leave_calendar.py and needs what that needs. Connects as psql
does: PGHOST, PGSERVICE and so on. Ends with 1 if nothing was imported.
"""

import argparse
import datetime
import json
import re
import sys

import psycopg

import leave_calendar

WHO = r"^On Call - (?P<who>.+?)( - .*)?$"


def address_of(event):
    """The e-mail address of whoever attends it, if it is one."""
    for attendee in leave_calendar.values_of(event, "ATTENDEE"):
        address = re.sub("^mailto:", "", str(attendee), flags=re.IGNORECASE)
        if "@" in address:
            return address
    return None


def name_of(event, pattern):
    """The name in its summary; folded lines may have doubled a space."""
    summary = " ".join(str(event.get("SUMMARY", "")).split())
    found = re.search(pattern, summary, re.IGNORECASE)
    if found and "who" in found.groupdict() and found.group("who"):
        return found.group("who").strip()
    return summary


def shifts_of(calendar, since, until, seat=1, only=None, pattern=WHO):
    """The shifts of a calendar that touch a time, as read_shifts() takes them."""
    for uid, event, start in leave_calendar.touching(calendar, since, until):
        if only and not re.search(only, str(event.get("SUMMARY", "")), re.IGNORECASE):
            continue
        told = leave_calendar.written(calendar, uid, event, start)
        told["seat"] = seat
        told["who"] = address_of(event) or name_of(event, pattern)
        yield told


def title_of(calendars):
    """What the first calendar is called."""
    for calendar in calendars:
        title = " ".join(str(calendar.get("X-WR-CALNAME", "")).split())
        if title:
            return re.sub("^On Call Schedule for ", "", title, flags=re.IGNORECASE)
    return None


def zone_of(calendars):
    for calendar in calendars:
        if calendar.get("X-WR-TIMEZONE"):
            return str(calendar["X-WR-TIMEZONE"])
    return None


def content_of(name):
    if name == "-":
        return sys.stdin.buffer.read()
    with open(name, "rb") as file:
        return file.read()


def document_of(asked):
    """What import_schedule() is given."""
    seats = [leave_calendar.read_calendars(content_of(name)) for name in asked.file]
    calendars = [calendar for seat in seats for calendar in seat]
    since = datetime.datetime.combine(asked.since, datetime.time())
    until = datetime.datetime.combine(asked.until, datetime.time())
    document = {
        "name": asked.name or title_of(calendars),
        "timezone": asked.zone or zone_of(calendars),
        "shifts": [shift for number, seat in enumerate(seats, 1) for calendar in seat
                   for shift in shifts_of(calendar, since, until, number, asked.only, asked.who)],
    }
    if not document["name"]:
        sys.exit("The calendar has no name: give one by --name.")
    if not document["timezone"]:
        sys.exit("The calendar has no time zone: give one by --zone, such as Europe/Berlin.")
    document["shifts"].sort(key=lambda shift: (shift["seat"], shift["starts"], shift["uid"]))
    return document


def read_arguments(arguments):
    today = datetime.date.today()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="*", default=["-"], help="the calendar of each seat; standard input if there is none")
    parser.add_argument("--name", help="name of the rotation; that of the calendar if there is none")
    parser.add_argument("--zone", help="time zone of the rotation and of whole days; that of the calendar if there is none")
    parser.add_argument("--who", metavar="PATTERN", default=WHO, help="where in a summary (?P<who>the name) stands (%(default)s)")
    parser.add_argument("--only", metavar="PATTERN", help="only events with such a summary")
    parser.add_argument("--since", type=datetime.date.fromisoformat, default=today, metavar="DATE", help="from when on (today)")
    parser.add_argument("--until", type=datetime.date.fromisoformat, default=today + datetime.timedelta(days=366),
                        metavar="DATE", help="until when (366 days on)")
    parser.add_argument("--people", type=json.loads, default={}, metavar="JSON",
                        help='who is who in oncall: {"ana@old.example": "Ana"}')
    parser.add_argument("--make-people", action="store_true", help="make those whom oncall does not know")
    parser.add_argument("--go-on", action="store_true", help="import what can be, even if something cannot")
    parser.add_argument("--past-reason", metavar="TEXT", help="why the past is written, if some of it is past")
    parser.add_argument("--dry-run", action="store_true", help="print the document and write nothing")
    return parser.parse_args(arguments)


def main():
    asked = read_arguments(sys.argv[1:])
    document = document_of(asked)
    if asked.dry_run:
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    try:
        with psycopg.connect() as connection:
            report = connection.execute(
                "SELECT level, what, object, detail FROM oncall.import_schedule('shifts', %s::jsonb, people => %s::jsonb,"
                " make_people => %s, go_on => %s, past_reason => %s)",
                (json.dumps(document), json.dumps(asked.people), asked.make_people, asked.go_on,
                 asked.past_reason)).fetchall()
    except psycopg.Error as refused:
        sys.exit(str(refused))
    for line in report:
        print(" | ".join("" if field is None else str(field) for field in line))
    if any(level == "error" for level, *_ in report):
        sys.exit(1)


if __name__ == "__main__":
    main()
