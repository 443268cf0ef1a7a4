"""What python3-icalendar reads in calendars is the roster.

Rosters are random; see feeds.py. Each change is looked at as a client sees it
that subscribes to the calendar. Prints TAP.

    check.py [seed [cases]]
"""

import datetime
import sys

import icalendar

from feeds import UTC, WINDOW, Company, cases_of, make_database, plain, seed_of, summary

MONTH = datetime.timedelta(days=30)
checks = {}


def check(name, fine, why):
    passed, failed = checks.setdefault(name, [0, 0])
    checks[name] = [passed + bool(fine), failed + (not fine)]
    if not fine and failed < 3:
        print("# %s: %s" % (name, str(why())[:3000]))
    return fine


class Calendar:
    """A calendar as a client has read it."""

    def __init__(self, text):
        self.text = text
        self.holidays = []
        self.shifts = {}
        lines = text.encode().split(b"\r\n")
        check("lines end in CR LF and have at most 75 octets",
              lines.pop() == b"" and all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines),
              lambda: [line for line in lines if len(line) > 75 or b"\n" in line])
        check("no line is cut within a character", all(decodes(line) for line in lines), lambda: lines)
        events = icalendar.Calendar.from_ical(text).walk("VEVENT")
        uids = [str(event["UID"]) for event in events]
        check("uids are unique", len(uids) == len(set(uids)), lambda: sorted(uids))
        for event in events:
            self.read(event)

    def read(self, event):
        starts, ends = event.decoded("DTSTART"), event.decoded("DTEND", event.decoded("DTSTART"))
        if str(event["UID"]).startswith("holiday-"):
            self.holidays.append((starts, (ends - starts).days, str(event["SUMMARY"])))
            return
        self.shifts[str(event["UID"])] = (starts, ends, str(event["SUMMARY"]), str(event["STATUS"])), int(event["SEQUENCE"]), event.decoded("DTSTAMP")

    def confirmed(self):
        return {uid: shift for uid, (shift, _, _) in self.shifts.items() if shift[3] == "CONFIRMED"}


def decodes(line):
    try:
        return line.decode() is not None
    except UnicodeDecodeError:
        return False


def clip(starts, ends):
    return max(starts, WINDOW[0]), min(ends, WINDOW[1])


def read_by_library(words):
    # which takes a backslash before an n for the end of a line, though the
    # backslash is escaped
    return words.replace("\\n", "\n")


def check_roster(company, calendar, own, **whose):
    # those that are over before were longer once
    read = sorted(clip(starts, ends) + (words,) for starts, ends, words, _ in calendar.confirmed().values() if ends > WINDOW[0])
    expected = sorted((shift[0], shift[1], read_by_library(summary(shift, own))) for shift in company.shifts(**whose))
    check("what is read is the roster", read == expected,
          lambda: ("only read", set(read) - set(expected), "only in roster", set(expected) - set(read), company.done))
    days = sorted((day, 1, read_by_library(plain(name))) for day, name in company.holidays(company.zone(**whose)))
    check("public holidays last all day", sorted(calendar.holidays) == days, lambda: (calendar.holidays, days))


def check_change(company, before, after):
    """What a change does to events that a client has."""
    for uid in before.shifts.keys() & after.shifts.keys():
        was, sequence, stamp = before.shifts[uid]
        now, later_sequence, later_stamp = after.shifts[uid]
        check("SEQUENCE and DTSTAMP never go back", later_sequence >= sequence and later_stamp >= stamp,
              lambda: (uid, before.shifts[uid], after.shifts[uid]))
        if was != now:
            check("an event that has changed has a higher SEQUENCE", later_sequence > sequence,
                  lambda: (uid, was, now, sequence, later_sequence, company.done))
    for uid in before.confirmed().keys() - after.shifts.keys():
        starts, ends = before.shifts[uid][0][:2]
        check("what vanishes is cancelled", starts < WINDOW[0] - MONTH or ends <= WINDOW[0], lambda: (uid, before.shifts[uid], company.done))


def check_gone(company, calendar, gone):
    """gone: what was removed, and how long ago."""
    for uid, age in gone.items():
        if uid in calendar.confirmed():
            continue
        if age > MONTH + datetime.timedelta(days=2):
            check("after a month it is gone", uid not in calendar.shifts, lambda: (uid, age, company.done))
        elif age < MONTH - datetime.timedelta(days=3):
            check("for a month it is cancelled", uid in calendar.shifts, lambda: (uid, age, company.done))


def run_case(connection, seed):
    company = Company(connection, seed)
    rotation = company.rotations[0]
    company.age()
    calendar = Calendar(company.feed(rotation=rotation))
    gone = {}
    for _ in range(company.rnd.randint(0, 6)):
        if not company.change():
            continue
        later = Calendar(company.feed(rotation=rotation))
        check_change(company, calendar, later)
        for uid in calendar.confirmed().keys() - later.confirmed().keys():
            if calendar.shifts[uid][0][0] > WINDOW[0]:
                gone[uid] = datetime.timedelta()
        by = company.age()
        gone = {uid: age + by for uid, age in gone.items() if uid not in later.confirmed()}
        calendar = Calendar(company.feed(rotation=rotation))
        check_gone(company, calendar, gone)
    check("the same facts give the same bytes", company.feed(rotation=rotation) == calendar.text, lambda: calendar.text)
    check_roster(company, calendar, False, rotation=rotation)
    for person in company.people:
        check_roster(company, Calendar(company.feed(person=person)), True, person=person)


def main():
    seed, cases = seed_of(sys.argv), cases_of(sys.argv, 40)
    print("# calendars: seed %d, %d cases, python3-icalendar" % (seed, cases), flush=True)
    connection = make_database("oncall_calendars")
    for case in range(cases):
        run_case(connection, seed + case)
        connection.rollback()
    for number, (name, (passed, failed)) in enumerate(checks.items(), 1):
        print("%s %d - %s (%d)" % ("not ok" if failed else "ok", number, name, passed + failed))
    print("1..%d" % len(checks))
    print("%d passed, %d failed" % (sum(p for p, _ in checks.values()), sum(f for _, f in checks.values())))
    sys.exit(any(failed for _, failed in checks.values()))


main()
