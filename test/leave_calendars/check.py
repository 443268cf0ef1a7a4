"""Leave calendars as people keep them, read by doc/leave_calendar.py.

What is read of each event is told by hand; a server then has the absences that
follow from it. Prints TAP.
"""

import datetime
import json
import os
import pathlib
import subprocess
import sys

import icalendar
import psycopg

CLIENT = pathlib.Path(__file__).resolve().parent.parent.parent / "doc" / "leave_calendar.py"
sys.path.insert(0, str(CLIENT.parent))
sys.dont_write_bytecode = True
import leave_calendar  # noqa: E402 (where it stands is told above)

DATABASE = "oncall_leave_calendars"
SINCE, UNTIL = datetime.datetime(2026, 11, 1), datetime.datetime(2027, 3, 1)
number = 0
failed = 0

# a name, the events, and what is read of them: uid, starts, ends, zone
CASES = [
    ("the day on which whole days end is not part of them", """
BEGIN:VEVENT
UID:a
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261227
END:VEVENT""", [("a", "2026-12-24", "2026-12-27", None)]),
    ("a day without an end is one day, and calendars call it free", """
BEGIN:VEVENT
UID:a
DTSTART;VALUE=DATE:20261224
TRANSP:TRANSPARENT
END:VEVENT""", [("a", "2026-12-24", "2026-12-25", None)]),
    ("instants, and a duration in days of whole days", """
BEGIN:VEVENT
UID:a
DTSTART:20261224T090000Z
DTEND:20261224T170000Z
END:VEVENT
BEGIN:VEVENT
UID:b
DTSTART;VALUE=DATE:20261224
DURATION:P2D
END:VEVENT
BEGIN:VEVENT
UID:c
DTSTART:20261224T090000Z
DURATION:PT90M
END:VEVENT""", [("a", "2026-12-24T09:00:00Z", "2026-12-24T17:00:00Z", None), ("b", "2026-12-24", "2026-12-26", None),
                ("c", "2026-12-24T09:00:00Z", "2026-12-24T10:30:00Z", None)]),
    ("local times of a zone, over a change of clocks", """
BEGIN:VEVENT
UID:a
DTSTART;TZID=America/New_York:20261101T000000
DTEND;TZID=America/New_York:20261102T000000
END:VEVENT""", [("a", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", None)]),
    ("a zone that the calendar describes itself", """
BEGIN:VTIMEZONE
TZID:Our Office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0545
TZOFFSETTO:+0545
TZNAME:OFF
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:a
DTSTART;TZID=Our Office:20261224T090000
DTEND;TZID=Our Office:20261224T100000
END:VEVENT""", [("a", "2026-12-24T03:15:00Z", "2026-12-24T04:15:00Z", None)]),
    ("floating times are left to the zone of the person", """
BEGIN:VEVENT
UID:a
DTSTART:20261224T090000
DTEND:20261224T170000
END:VEVENT""", [("a", "2026-12-24T09:00:00", "2026-12-24T17:00:00", None)]),
    ("or to that of the calendar; days and instants are not", """X-WR-TIMEZONE:Asia/Tokyo
BEGIN:VEVENT
UID:a
DTSTART:20261224T090000
DTEND:20261224T170000
END:VEVENT
BEGIN:VEVENT
UID:b
DTSTART;VALUE=DATE:20261224
END:VEVENT
BEGIN:VEVENT
UID:c
DTSTART:20261224T090000Z
DTEND:20261224T170000Z
END:VEVENT""", [("a", "2026-12-24T09:00:00", "2026-12-24T17:00:00", "Asia/Tokyo"), ("b", "2026-12-24", "2026-12-25", None),
                ("c", "2026-12-24T09:00:00Z", "2026-12-24T17:00:00Z", None)]),
    ("a zone that is not known is the server's to refuse", """
BEGIN:VEVENT
UID:a
DTSTART;TZID=Nowhere/Land:20261224T090000
DTEND;TZID=Nowhere/Land:20261224T170000
END:VEVENT""", [("a", "2026-12-24T09:00:00", "2026-12-24T17:00:00", "Nowhere/Land")]),
    ("what is cancelled or has no length is no leave", """
BEGIN:VEVENT
UID:a
DTSTART;VALUE=DATE:20261224
STATUS:CANCELLED
END:VEVENT
BEGIN:VEVENT
UID:b
DTSTART:20261224T090000Z
END:VEVENT""", []),
    ("only what touches the time that is asked for", """
BEGIN:VEVENT
UID:a
DTSTART;VALUE=DATE:20261001
DTEND;VALUE=DATE:20261002
END:VEVENT
BEGIN:VEVENT
UID:b
DTSTART;VALUE=DATE:20261001
DTEND;VALUE=DATE:20261115
END:VEVENT
BEGIN:VEVENT
UID:c
DTSTART;VALUE=DATE:20270401
END:VEVENT""", [("b", "2026-10-01", "2026-11-15", None)]),
    ("days that recur, one left out, one moved, one added", """
BEGIN:VEVENT
UID:a
DTSTART;VALUE=DATE:20261204
RRULE:FREQ=WEEKLY;UNTIL=20261225
EXDATE;VALUE=DATE:20261211
RDATE;VALUE=DATE:20261229
END:VEVENT
BEGIN:VEVENT
UID:a
RECURRENCE-ID;VALUE=DATE:20261218
DTSTART;VALUE=DATE:20261217
END:VEVENT""", [("a/2026-12-04T00:00:00", "2026-12-04", "2026-12-05", None), ("a/2026-12-18T00:00:00", "2026-12-17", "2026-12-18", None),
                ("a/2026-12-25T00:00:00", "2026-12-25", "2026-12-26", None), ("a/2026-12-29T00:00:00", "2026-12-29", "2026-12-30", None)]),
    ("an occurrence that is cancelled", """
BEGIN:VEVENT
UID:a
DTSTART;VALUE=DATE:20261204
RRULE:FREQ=WEEKLY;COUNT=2
END:VEVENT
BEGIN:VEVENT
UID:a
RECURRENCE-ID;VALUE=DATE:20261211
DTSTART;VALUE=DATE:20261211
STATUS:CANCELLED
END:VEVENT""", [("a/2026-12-04T00:00:00", "2026-12-04", "2026-12-05", None)]),
    ("times that recur stay the same on the clock, and end by an instant", """
BEGIN:VEVENT
UID:a
DTSTART;TZID=Europe/London:20261023T160000
DTEND;TZID=Europe/London:20261023T230000
RRULE:FREQ=WEEKLY;UNTIL=20261113T160000Z
EXDATE;TZID=Europe/London:20261106T160000
END:VEVENT""", [("a/2026-11-13T16:00:00", "2026-11-13T16:00:00Z", "2026-11-13T23:00:00Z", None)]),
    ("one that recurs for ever, and began long ago", """
BEGIN:VEVENT
UID:a
DTSTART;VALUE=DATE:20000101
DTEND;VALUE=DATE:20000103
RRULE:FREQ=YEARLY
END:VEVENT""", [("a/2027-01-01T00:00:00", "2027-01-01", "2027-01-03", None)]),
]


def tell(name, fine, *why):
    global number, failed
    number += 1
    failed += not fine
    print("%s %d - %s" % ("ok" if fine else "not ok", number, name))
    for line in why if not fine else ():
        print("#   %s" % (line,))


def calendar_of(events):
    return ("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n%s\nEND:VCALENDAR\n" % events.strip("\n")).replace("\n", "\r\n").encode()


def check_reading():
    for name, events, expected in CASES:
        calendar, = leave_calendar.read_calendars(calendar_of(events))
        read = sorted((event["uid"], event["starts"], event["ends"], event.get("zone"))
                      for event in leave_calendar.events_of(calendar, SINCE, UNTIL))
        tell(name, read == sorted(expected), "read: %s" % read, "expected: %s" % sorted(expected))


def run_client(content, *arguments):
    ran = subprocess.run([sys.executable, "-B", str(CLIENT), *arguments], input=content, capture_output=True,
                         env={**os.environ, "PGDATABASE": DATABASE})
    return ran.returncode, ran.stdout.decode(), ran.stderr.decode()


def make_database():
    with psycopg.connect("dbname=postgres", autocommit=True) as connection:
        connection.execute("SET client_min_messages = error")
        connection.execute("DROP DATABASE IF EXISTS %s" % DATABASE)
        connection.execute("CREATE DATABASE %s" % DATABASE)
    connection = psycopg.connect("dbname=%s" % DATABASE, autocommit=True)
    connection.execute("SET client_min_messages = error")
    connection.execute("CREATE EXTENSION oncall; SELECT oncall.setup(); SELECT oncall.add_person('Ana', 'Asia/Kolkata')")
    return connection


def check_server():
    connection = make_database()
    first = datetime.date.today() + datetime.timedelta(days=60)

    def days(uid, start, length, summary="away"):
        return "BEGIN:VEVENT\nUID:%s\nDTSTART;VALUE=DATE:%s\nDTEND;VALUE=DATE:%s\nSUMMARY:%s\nEND:VEVENT\n" % (
            uid, (first + datetime.timedelta(days=start)).strftime("%Y%m%d"),
            (first + datetime.timedelta(days=start + length)).strftime("%Y%m%d"), summary)

    def absences():
        return connection.execute("""
            SELECT uid, (lower(period) AT TIME ZONE 'Asia/Kolkata')::text, (upper(period) AT TIME ZONE 'Asia/Kolkata')::text, note
            FROM oncall.absence ORDER BY uid""").fetchall()

    def expected(uid, start, length, note=None):
        return (uid, "%s 00:00:00" % (first + datetime.timedelta(days=start)), "%s 00:00:00" % (first + datetime.timedelta(days=start + length)), note)

    ran = run_client(calendar_of(days("a", 0, 3) + days("b", 10, 1)), "Ana")
    tell("events become absences, in the zone of the person",
         ran == (0, "Ana: 2 added, 0 moved, 0 removed\n", "") and absences() == [expected("leave/a", 0, 3), expected("leave/b", 10, 1)], ran, absences())
    ran = run_client(calendar_of(days("a", 1, 3)), "Ana", "--notes")
    tell("an event that moves moves its absence, one that goes removes it",
         ran == (0, "Ana: 0 added, 1 moved, 1 removed\n", "") and absences() == [expected("leave/a", 1, 3, "away")], ran, absences())
    for name, content in ("a page of a web server", b"<html>Not found</html>"), ("nothing at all", b""), ("half a file", calendar_of(days("a", 1, 3))[:60]):
        ran = run_client(content, "Ana")
        tell("%s removes nothing" % name, ran[0] == 1 and len(absences()) == 1 and "no calendar" in ran[2], ran, absences())
    ran = run_client(calendar_of(days("x", 0, 1, "Meeting") + days("y", 0, 1, "Leave")), "Ana", "--only", "^leave", "--calendar", "work")
    tell("only what is leave is read, and another calendar is left alone",
         ran[0] == 0 and [row[0] for row in absences()] == ["leave/a", "work/y"], ran, absences())
    ran = run_client(calendar_of(days("a", 0, 1)), "Anna")
    tell("an unknown person is refused, with near names", ran[0] == 1 and 'Perhaps you meant "Ana"' in ran[2], ran)
    ran = run_client(calendar_of("BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Nowhere/Land:%s\nDURATION:PT1H\nEND:VEVENT" % first.strftime("%Y%m%dT090000")), "Ana")
    tell("so is an unknown zone", ran[0] == 1 and "Nowhere/Land" in ran[2], ran)
    ran = run_client(calendar_of(days("a", 0, 1)), "Ana", "--dry-run")
    tell("a dry run writes nothing", ran[0] == 0 and json.loads(ran[1])["uid"] == "a" and absences()[0] == expected("leave/a", 1, 3, "away"), ran, absences())
    connection.close()


def main():
    check_reading()
    check_server()
    print("# python3-icalendar %s" % getattr(icalendar, "__version__", "of Debian"))
    print("1..%d" % number)
    sys.exit(failed > 0)


main()
