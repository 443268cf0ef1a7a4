"""Calendars of random rosters, as clients fetch them.

A case is a company of some people with names that are hard to write, and two
rotations that are changed several times. Between the changes time goes by: what
has been recorded is made older. Each case is rolled back.

    feeds.py [seed [cases]]     prints one a line, as JSON, with what is to be
                                read in it
"""

import datetime
import json
import os
import random
import sys

import psycopg

UTC = datetime.timezone.utc
WINDOW = datetime.datetime(2031, 3, 10, 7, tzinfo=UTC), datetime.datetime(2031, 5, 20, 19, tzinfo=UTC)
ZONES = ["Pacific/Auckland", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
NAMES = ["Ana", "Ben, the second", "Chloé; née Дарья", "back\\slash", "new\nline", "CR\r\nLF", "tab\tbell\x07", "雪" * 40,
         "🙂" * 30, "é" * 37 + "x", "quo\"te:colon", "x" * 200, "next\u0085line\u2028sep", "\\n is no line", "<script>&amp;"]
STEPS = ["P7D", "P1D", "P3D,P4D", "P14D", "PT12H", "P1M", "PT1H30M"]
HOURS = [None, None, None, "Mo-Fr 09:00-17:00", "Mo-Su 22:00-06:00", "Sa-Su 00:00-24:00; PH off"]
SEATS = [["primary", "secondary"], ["primary"], ["first, of all", "se;cond", "shadow\\"]]

SETUP = """
CREATE EXTENSION oncall;
SELECT oncall.setup();
CREATE SCHEMA test;
-- Time goes by: all that has been recorded was recorded earlier.
CREATE FUNCTION test.age(by interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	fact regclass;
BEGIN
	SET LOCAL session_replication_role = replica;
	FOREACH fact IN ARRAY '{oncall.cover,oncall.layer,oncall.layer_member,oncall.layer_leave,oncall.layer_rule}'::regclass[] LOOP
		EXECUTE format('UPDATE %s SET recorded = tstzrange(lower(recorded) - $1, upper(recorded) - $1) WHERE NOT isempty(recorded)', fact)
		USING by;
	END LOOP;
	UPDATE oncall.change SET made_at = made_at - by;
	SET LOCAL session_replication_role = origin;
END
$$;
"""


def make_database(name):
    with psycopg.connect("dbname=postgres", autocommit=True) as connection:
        connection.execute("SET client_min_messages = error")
        connection.execute("DROP DATABASE IF EXISTS %s" % name)
        connection.execute("CREATE DATABASE %s ENCODING 'UTF8' TEMPLATE template0" % name)
    connection = psycopg.connect("dbname=%s" % name)
    connection.execute("SET client_min_messages = error")
    connection.execute(SETUP)
    connection.execute("SET timezone = 'UTC'")
    connection.execute("SET oncall.past_reason = 'random'")
    connection.commit()
    return connection


class Company:
    def __init__(self, connection, seed):
        self.connection = connection
        self.rnd = random.Random(seed)
        self.people = []
        self.rotations = []
        self.done = []
        calendar = self.get("INSERT INTO oncall.calendar (name) VALUES ('some') RETURNING calendar_id")
        for _ in range(self.rnd.randint(0, 4)):
            self.run("INSERT INTO oncall.holiday (calendar_id, day, name, observes) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                     calendar, datetime.date(2031, 2, 1) + datetime.timedelta(days=self.rnd.randrange(140)),
                     self.rnd.choice(NAMES), self.rnd.choice([None, datetime.date(2031, 1, 1)]))
        for name in self.rnd.sample(NAMES, self.rnd.randint(2, 5)):
            self.people.append(self.get("SELECT oncall.add_person(%s, %s, calendar => %s)", name, self.rnd.choice(ZONES), calendar))
        for name in self.rnd.sample(NAMES, 2):
            self.add_rotation(name, calendar)

    def run(self, sql, *arguments):
        return self.connection.execute(sql, arguments)

    def get(self, sql, *arguments):
        return self.run(sql, *arguments).fetchone()[0]

    def add_rotation(self, name, calendar):
        members = self.rnd.sample(self.people, self.rnd.randint(1, len(self.people)))
        self.rotations.append(self.get(
            "SELECT oncall.add_rotation(%s, %s::text[], %s, seats => %s, hours => %s, calendar => %s, zone => %s)",
            name, [str(m) for m in members], self.cadence(), self.rnd.choice(SEATS), self.rnd.choice(HOURS), calendar,
            self.rnd.choice(ZONES)))

    def cadence(self):
        return "R/20%d-0%d-1%dT%02d:00[%s]/%s" % (self.rnd.choice([30, 31, 31]), self.rnd.randint(1, 4), self.rnd.randint(0, 9),
                                                 self.rnd.randrange(24), self.rnd.choice(ZONES), self.rnd.choice(STEPS))

    def instant(self):
        # some before the window, where shifts begin that reach into it
        return WINDOW[0] + datetime.timedelta(minutes=self.rnd.randrange(-20 * 1440, 70 * 1440))

    def change(self):
        """One random change; False if it was refused."""
        how = self.rnd.choice([self.cover, self.cover, self.cover, self.recover, self.withdraw, self.hours, self.leave, self.layer, self.end])
        try:
            with self.connection.transaction():
                made = how(self.rnd.choice(self.rotations)) is not False
        except psycopg.Error as refused:
            if refused.sqlstate in ("XX000", None):
                raise
            made = False
        if made:
            self.done.append(how.__name__)
        return made

    def cover(self, rotation):
        starts = self.instant()
        ends = starts + datetime.timedelta(minutes=self.rnd.choice([1, 60, 600, 1440, 3 * 1440, 9 * 1440]))
        # at a border of a shift, so that it takes all of what stands there
        if self.rnd.random() < 0.5:
            found = self.run("SELECT starts_at, ends_at FROM oncall.roster(tstzrange(%s, %s), %s) ORDER BY 1, 2", *WINDOW, str(rotation)).fetchall()
            starts, ends = self.rnd.choice(found)
        self.begin(rotation)
        self.run("INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (%s, %s, tstzrange(%s, %s), %s)",
                 rotation, self.rnd.randint(1, 2), starts, ends, self.rnd.choice(self.people + [None]))
        self.run("SELECT oncall_internal.end_change()")

    def begin(self, rotation):
        # plain statements of one transaction would be one change
        self.run("SELECT oncall_internal.begin_change('rows', %s, NULL::integer, 'random')", rotation)

    def some_cover(self, rotation):
        found = self.run("SELECT cover_id FROM oncall.cover_now WHERE rotation_id = %s ORDER BY 1", rotation).fetchall()
        return self.rnd.choice(found)[0] if found else None

    def recover(self, rotation):
        cover = self.some_cover(rotation)
        if cover is None:
            return False
        self.begin(rotation)
        self.run("UPDATE oncall.cover SET person_id = %s, period = tstzrange(lower(period), upper(period) + %s) WHERE cover_id = %s",
                 self.rnd.choice(self.people), datetime.timedelta(minutes=self.rnd.choice([0, 0, 90])), cover)
        self.run("SELECT oncall_internal.end_change()")

    def withdraw(self, rotation):
        cover = self.some_cover(rotation)
        if cover is None:
            return False
        self.run("SELECT oncall.withdraw_cover(%s)", cover)

    def hours(self, rotation):
        self.run("SELECT oncall.set_hours(%s, %s, %s)", str(rotation), self.rnd.choice(["24/7", "Mo-Fr 06:00-20:00"]), self.instant())

    def leave(self, rotation):
        self.run("SELECT oncall.leave_rotation(%s, %s, %s)", str(rotation), str(self.rnd.choice(self.people)), self.instant())

    def layer(self, rotation):
        self.run("SELECT oncall.add_layer(%s, %s::text[], %s, rank => %s, valid => tstzrange(%s, NULL))", str(rotation),
                 [str(self.rnd.choice(self.people))], self.cadence(), self.rnd.choice([-1, 0, 1]), self.instant())

    def end(self, rotation):
        found = self.run("SELECT layer_id FROM oncall.layer_now WHERE rotation_id = %s ORDER BY 1", rotation).fetchall()
        self.run("SELECT oncall.end_layer(%s, %s)", self.rnd.choice(found)[0], self.instant())

    def age(self):
        by = datetime.timedelta(minutes=self.rnd.choice([2, 90, 1500, 5 * 1440, 20 * 1440]))
        self.run("SELECT test.age(%s)", by)
        return by

    def feed(self, person=None, rotation=None):
        return self.get("SELECT oncall.icalendar(%s, %s, tstzrange(%s, %s))",
                        person and str(person), rotation and str(rotation), *WINDOW)

    def shifts(self, person=None, rotation=None):
        """What the calendar is to show within the window, in order of time."""
        return self.run("""
            SELECT date_trunc('second', s.starts_at), date_trunc('second', s.ends_at), s.rotation, s.seat_name, s.person,
                s.cover_id IS NOT NULL, i.name
            FROM oncall.roster(tstzrange(%s, %s), %s) s
            LEFT JOIN oncall.cover c USING (cover_id)
            LEFT JOIN oncall.person i ON i.person_id = c.instead_of
            WHERE s.person_id = coalesce(%s, s.person_id)""", *WINDOW, rotation and str(rotation), person).fetchall()

    def holidays(self, zone):
        return self.run("""
            SELECT h.day, h.name || CASE WHEN h.observes IS NULL THEN '' ELSE ' (observed)' END FROM oncall.holiday h
            WHERE h.day BETWEEN (%s AT TIME ZONE %s)::date AND (%s AT TIME ZONE %s)::date""",
                        WINDOW[0], zone, WINDOW[1], zone).fetchall()

    def zone(self, person=None, rotation=None):
        if person:
            return self.get("SELECT zone FROM oncall.person WHERE person_id = %s", person)
        return self.get("SELECT zone FROM oncall.rotation WHERE rotation_id = %s", rotation)


def plain(name):
    """A name as one reads it in a calendar."""
    for end in ("\r\n", "\r", "\u0085", "\u2028"):
        name = name.replace(end, "\n")
    return "".join(c if c >= " " or c == "\n" else " " for c in name)


def summary(shift, own):
    """What a shift is called in somebody's own calendar, or the rotation's."""
    _, _, rotation, seat, person, is_cover, instead_of = shift
    words = "%s %s" % (rotation, seat)
    if not own:
        words += ": %s" % person
    if is_cover:
        words += " (cover for %s)" % instead_of if instead_of else " (cover)"
    return plain(words)


def seed_of(arguments):
    return int(arguments[1]) if len(arguments) > 1 else int(os.environ.get("ONCALL_SEED", random.randrange(10 ** 6)))


def cases_of(arguments, usual):
    return int(arguments[2]) if len(arguments) > 2 else int(os.environ.get("ONCALL_CASES", usual))


def in_json(company, own, **whose):
    expected = [[shift[0].isoformat(), shift[1].isoformat(), summary(shift, own)] for shift in company.shifts(**whose)]
    holidays = [[day.isoformat(), plain(name)] for day, name in company.holidays(company.zone(**whose))]
    return json.dumps({"feed": company.feed(**whose), "window": [end.isoformat() for end in WINDOW],
                       "shifts": expected, "holidays": holidays})


def main():
    connection = make_database("oncall_ical_js")
    for case in range(cases_of(sys.argv, 60)):
        company = Company(connection, int(sys.argv[1]) + case)
        for _ in range(company.rnd.randint(0, 6)):
            company.age()
            company.change()
        print(in_json(company, False, rotation=company.rotations[0]))
        print(in_json(company, True, person=company.people[0]))
        connection.rollback()


if __name__ == "__main__":
    main()
