"""Leave calendars as people keep them, read by doc/leave_calendar.py, and rotas
that tools give away as calendars, read by doc/import_calendar.py.

What is read of each event is told by hand, or by the tool; a server then has
the absences or the shifts that follow from it. Prints TAP.
"""

import datetime
import json
import os
import pathlib
import subprocess
import sys

import icalendar
import psycopg

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
CLIENT = TOP / "doc" / "leave_calendar.py"
IMPORTER = TOP / "doc" / "import_calendar.py"
FEEDS = TOP / "test" / "data" / "import"
sys.path.insert(0, str(CLIENT.parent))
sys.dont_write_bytecode = True
import import_calendar  # noqa: E402 (where it stands is told above)
import leave_calendar  # noqa: E402

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


def feed_of(name):
    return (FEEDS / name).read_bytes(), json.loads((FEEDS / name.replace(".ics", ".expected.json")).read_text())


def check_feeds():
    """The shifts that a tool itself finds in its feeds."""
    content, expected = feed_of("ical-1-pagerduty-feed.ics")
    calendars = leave_calendar.read_calendars(content)
    read = [{"calendar": import_calendar.title_of(calendars), "attendee": shift["who"] if "@" in shift["who"] else None,
             "start": shift["starts"], "end": shift["ends"]}
            for shift in import_calendar.shifts_of(calendars[0], datetime.datetime(2025, 1, 1), datetime.datetime(2026, 1, 1))]
    wanted = [{key: value for key, value in shift.items() if key != "summary"} for shift in expected]
    tell("a feed says who by attendee and when, and its name is that of the schedule", read == wanted, read, wanted)

    content, expected = feed_of("ical-2-recurring-edited.ics")
    calendar, = leave_calendar.read_calendars(content)
    read = sorted((shift["starts"], shift["ends"], shift["who"]) for shift in import_calendar.shifts_of(
        calendar, datetime.datetime(2021, 1, 26), datetime.datetime(2021, 1, 29)))
    # the last second of a day is not where the next begins
    wanted = sorted((shift["start"][:10], str(datetime.date.fromisoformat(shift["end"][:10]) + datetime.timedelta(days=1)), shift["user"])
                    if shift["all_day"] else (shift["start"], shift["end"], shift["user"]) for shift in expected)
    tell("shifts that recur, one of them edited, and whole days to their midnight", read == wanted, read, wanted)

    event, = leave_calendar.read_calendars(calendar_of("BEGIN:VEVENT\nUID:a\nDTSTART:20261224T090000Z\nSUMMARY:Primary: Ana Doe (SRE)\n"
                                                       "ATTENDEE;CN=Ana:MAILTO:ana@example.org\nATTENDEE:mailto:ben@example.org\nEND:VEVENT"))[0].walk("VEVENT")
    tell("the first attendee is who it is", import_calendar.address_of(event) == "ana@example.org", event)
    found = [import_calendar.name_of(event, pattern) for pattern in (import_calendar.WHO, r"^Primary: (?P<who>.*?) \(", "nothing")]
    tell("and a pattern says where in a summary the name stands", found == ["Primary: Ana Doe (SRE)", "Ana Doe", "Primary: Ana Doe (SRE)"], found)


def run_client(content, *arguments, client=CLIENT):
    ran = subprocess.run([sys.executable, "-B", str(client), *arguments], input=content, capture_output=True,
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
    check_import(connection)
    connection.close()


def check_import(connection):
    def roster(name, during):
        return connection.execute("""
            SELECT seat, person, (lower(period) AT TIME ZONE 'UTC')::text, (upper(period) AT TIME ZONE 'UTC')::text
            FROM oncall.roster(%s, %s) WHERE person IS NOT NULL ORDER BY seat, period""", (during, name)).fetchall()

    def run_importer(*arguments):
        return run_client(feed_of("ical-1-pagerduty-feed.ics")[0], "--since", "2025-01-01", "--until", "2026-01-01", *arguments, client=IMPORTER)

    connection.execute("UPDATE oncall.person SET email = 'Ana@Example.org'")
    ran = run_importer()
    tell("a feed without a zone is refused", ran[0] == 1 and "--zone" in ran[2], ran)
    ran = run_importer("--zone", "America/Los_Angeles")
    tell("so is one that names nobody who is known, and nothing is written",
         ran[0] == 1 and "Next Week" in ran[1] and "nothing was written" in ran[1]
         and connection.execute("SELECT count(*) FROM oncall.rotation").fetchone() == (0,), ran)
    ran = run_importer("--zone", "America/Los_Angeles", "--only", "^On Call - .+ - ", "--past-reason", "moved here")
    shifts = roster("On-Call Team", "[2025-01-01, 2026-01-01)") if ran[0] == 0 else []
    tell("its shifts are who is on call, the person found by address",
         shifts == [(1, "Ana", "2025-07-31 15:00:00", "2025-08-07 15:00:00")], ran, shifts)

    feed = str(FEEDS / "ical-2-recurring-edited.ics")
    second = calendar_of("BEGIN:VEVENT\nUID:a\nDTSTART:20210126T080000Z\nDTEND:20210126T170000Z\nSUMMARY:Eve\nEND:VEVENT")
    ran = run_client(second, "--name", "Two", "--since", "2021-01-26", "--until", "2021-01-29", "--make-people", "--people", '{"Ana": "Ana", "Ben": "Ana"}',
                     "--past-reason", "moved here", feed, "-", client=IMPORTER)
    shifts = roster("Two", "[2021-01-01, 2021-02-01)") if ran[0] == 0 else []
    tell("two feeds are two seats, and who is on call at once has further ones", shifts == [
        (1, "Ana", "2021-01-26 08:00:00", "2021-01-26 17:00:00"), (1, "Cho", "2021-01-26 19:00:00", "2021-01-27 19:00:00"),
        (1, "Ana", "2021-01-28 08:00:00", "2021-01-28 17:00:00"), (2, "Eve", "2021-01-26 08:00:00", "2021-01-26 17:00:00"),
        (3, "Dai", "2021-01-26 19:00:00", "2021-01-28 19:00:00"), (4, "Ana", "2021-01-27 08:00:00", "2021-01-27 17:00:00")], ran, shifts)
    ran = run_client(b"", "--name", "Two", "--dry-run", "--since", "2021-01-26", "--until", "2021-01-27", feed, client=IMPORTER)
    tell("a dry run prints the document", ran[0] == 0 and [shift["who"] for shift in json.loads(ran[1])["shifts"]] == ["Ana", "Cho", "Dai"], ran)
    ran = run_client(b"<html>Not found</html>", "--name", "x", "--zone", "UTC", client=IMPORTER)
    tell("a page of a web server is no feed", ran[0] == 1 and "no calendar" in ran[2], ran)


def main():
    check_reading()
    check_feeds()
    check_server()
    print("# python3-icalendar %s" % getattr(icalendar, "__version__", "of Debian"))
    print("1..%d" % number)
    sys.exit(failed > 0)


main()
