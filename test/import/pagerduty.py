"""Schedules of PagerDuty, imported, are what its documents say they are.

The oracle knows what is published about schedules and nothing of oncall: of the
layers the first wins that counts, that is not over, and whose restrictions
are open on the clock of the schedule's zone; its turns are counted from
rotation_virtual_start on that clock, to both sides; an override beats them all,
the later in the list the earlier. It answers for random instants, and renders
final schedules, with which the import compares the roster. Prints TAP.

    pagerduty.py [seed [cases]]
"""

import datetime
import json
import sys
import zoneinfo

from oracle import SEED, Database, cases, rnd

TOGETHER = 50            # schedules in a document
INSTANTS = 30            # at which each schedule is asked
WINDOW = 8               # days of a final schedule
UTC = datetime.timezone.utc
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "UTC",
         "Pacific/Auckland", "America/St_Johns", "Africa/Casablanca", "Asia/Kathmandu"]
PEOPLE = ["Ana", "Ben <b>", "Cho's", 'Dee "D"', "Eve\\", "Fox, F."]
BEGIN = datetime.datetime(2022, 1, 1, tzinfo=UTC)


def seconds(n):
    return datetime.timedelta(seconds=n)


class Clock:
    """The clock on the wall of a zone."""

    def __init__(self, name):
        self.zone = zoneinfo.ZoneInfo(name)

    def local(self, at):
        return at.astimezone(self.zone).replace(tzinfo=None)

    def both(self, local):
        """When the clock shows a time, or would: in a doubled hour twice."""
        return [local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)]

    def instant(self, local):
        """A handover comes with the second pass of a doubled hour; in a gap,
        as long after its start as the clock would have been."""
        return max(self.both(local))

    def written(self, at):
        return at.astimezone(self.zone).isoformat()

    def changes(self, begins, ends):
        at = begins
        while at < ends:
            after = at + seconds(900)
            if self.local(after) - self.local(at) != seconds(900):
                yield after
            at = after


class Restriction:
    def __init__(self):
        self.weekday = rnd.choice([None, rnd.randint(1, 7)])
        self.start = rnd.randrange(0, 86400, rnd.choice([60, 3600]))
        most = 86400 if self.weekday is None else 7 * 86400
        self.lasts = rnd.randrange(60, most + 1, rnd.choice([60, 3600]))

    def written(self):
        return {"type": "daily_restriction" if self.weekday is None else "weekly_restriction",
                "start_day_of_week": self.weekday,
                "start_time_of_day": "%02d:%02d:%02d" % (self.start // 3600, self.start // 60 % 60, self.start % 60),
                "duration_seconds": self.lasts}

    def spans(self, around):
        """On the clock, those that begin in the week before a time or that day."""
        day = around.replace(hour=0, minute=0, second=0, microsecond=0)
        for before in range(0, 9):
            begins = day + datetime.timedelta(1 - before)
            if self.weekday in (None, begins.isoweekday()):
                yield begins + seconds(self.start), begins + seconds(self.start + self.lasts)

    def open(self, local):
        return any(begins <= local < ends for begins, ends in self.spans(local))


class Layer:
    def __init__(self, clock, name):
        self.clock, self.name = clock, name
        self.start = BEGIN + seconds(rnd.randrange(0, 400 * 86400))
        self.end = rnd.choice([None, None, self.start + seconds(rnd.randrange(1, 300 * 86400))])
        self.virtual_start = self.start + seconds(60 * rnd.choice([0, rnd.randrange(-90000, 90000), rnd.randrange(-3000, 0)]))
        self.virtual_start = self.virtual_start.replace(second=0)
        self.turn = rnd.choice([86400, 604800, 1209600, 86400 * rnd.randint(1, 40), 3600 * rnd.randint(1, 60),
                                60 * rnd.randint(1, 5000)])
        if self.turn % 86400 and self.turn < 1800:
            self.end = self.start + seconds(rnd.randrange(1, 30 * 86400))
        self.users = [rnd.choice(PEOPLE) for _ in range(rnd.randint(1, 5))]
        self.restrictions = [Restriction() for _ in range(rnd.choice([0, 0, 1, 1, 2, 3]))]

    def written(self):
        return {"name": self.name, "start": self.clock.written(self.start), "end": self.end and self.clock.written(self.end),
                "rotation_virtual_start": self.clock.written(self.virtual_start), "rotation_turn_length_seconds": self.turn,
                "users": [{"user": {"id": "P" + str(PEOPLE.index(u)), "summary": u}} for u in self.users],
                "restrictions": [r.written() for r in self.restrictions]}

    def handover(self, number):
        return self.clock.instant(self.clock.local(self.virtual_start) + seconds(self.turn * number))

    def number(self, at):
        number = (self.clock.local(at) - self.clock.local(self.virtual_start)) // seconds(self.turn)
        while self.handover(number) > at:
            number -= 1
        while self.handover(number + 1) <= at:
            number += 1
        return number

    def holder(self, at):
        if at < self.start or self.end and at >= self.end:
            return None
        if self.restrictions and not any(r.open(self.clock.local(at)) for r in self.restrictions):
            return None
        return self.users[self.number(at) % len(self.users)]

    def edges(self, begins, ends):
        yield self.start
        if self.end:
            yield self.end
        number = self.number(begins)
        while self.handover(number) < ends:
            yield self.handover(number)
            number += 1
        day = begins
        while day < ends + datetime.timedelta(1):
            for restriction in self.restrictions:
                for span in restriction.spans(self.clock.local(day)):
                    for edge in span:
                        yield from self.clock.both(edge)
            day += datetime.timedelta(1)


class Schedule:
    def __init__(self, number):
        self.name = f"Schedule {number}"
        self.zone = rnd.choice(ZONES)
        self.clock = Clock(self.zone)
        self.layers = [Layer(self.clock, f"Layer {n}") for n in range(rnd.choice([0, 1, 1, 2, 3]))]
        self.overrides = []
        for _ in range(rnd.choice([0, 1, 2, 5])):
            starts = self.some_instant()
            self.overrides.append((starts, starts + seconds(rnd.randrange(1, 10 * 86400)), rnd.choice(PEOPLE)))
        if self.overrides and rnd.random() < 0.3:
            self.overrides.append(self.overrides[0])
        if not self.layers and not self.overrides:
            self.layers = [Layer(self.clock, "Layer")]
        self.instants = [self.some_instant() for _ in range(INSTANTS)] + [
            edge + seconds(by) for edge in
            [o[0] for o in self.overrides] + [o[1] for o in self.overrides] + [layer.start for layer in self.layers]
            for by in (-1, 0)]
        self.window = self.some_instant()
        self.wrong = rnd.random() < 0.3

    def some_instant(self):
        layer = rnd.choice(self.layers) if self.layers else None
        begins = layer.start if layer else BEGIN
        return begins + seconds(rnd.randrange(-86400, 30 * 86400 if layer and layer.end else 600 * 86400))

    def holder(self, at):
        for starts, ends, who in reversed(self.overrides):
            if starts <= at < ends:
                return who
        for layer in self.layers:
            who = layer.holder(at)
            if who:
                return who
        return None

    def final(self):
        """What the window shows: (from, to, who), without gaps."""
        begins, ends = self.window, self.window + datetime.timedelta(WINDOW)
        edges = {begins, ends} | set(self.clock.changes(begins, ends))
        for layer in self.layers:
            edges |= set(layer.edges(begins, ends))
        for starts, stops, _ in self.overrides:
            edges |= {starts, stops}
        edges = sorted(e for e in edges if begins <= e <= ends)
        shown = []
        for a, b in zip(edges, edges[1:]):
            who = self.holder(a)
            if who and shown and shown[-1][1:] == (a, who):
                shown[-1] = (shown[-1][0], b, who)
            elif who:
                shown.append((a, b, who))
        if self.wrong and shown:
            starts, stops, who = shown[0]
            shown[0] = (starts, stops, rnd.choice([p for p in PEOPLE if p != who]))
        else:
            self.wrong = False
        return shown

    def written(self):
        def entries(rows):
            return [{"start": self.clock.written(a), "end": self.clock.written(b),
                     "user": {"id": "P" + str(PEOPLE.index(who)), "summary": who}} for a, b, who in rows]
        return {"id": self.name, "name": self.name, "time_zone": self.zone,
                "schedule_layers": [layer.written() for layer in self.layers], "overrides": entries(self.overrides),
                "final_schedule": {"rendered_schedule_entries": entries(self.final())}}


def holders(database, schedules):
    """Who holds the seat at their instants."""
    asked = ",".join(f"('{s.name}', '{at.isoformat()}'::timestamptz)" for s in schedules for at in s.instants)
    return database.ask(f"""SELECT p.name FROM (SELECT v.*, row_number() OVER () AS number FROM (VALUES {asked}) v(rotation, at)) a
        LEFT JOIN oncall.person p ON p.person_id = oncall.seat_holder(a.rotation, 1, a.at) ORDER BY a.number""").split("\n")


def main():
    count = cases(200)
    print(f"# seed {SEED}, {count} cases")
    wrong, differ, surprises = [], [], []
    with Database("oncall_import_pagerduty") as database:
        for first in range(0, count, TOGETHER):
            schedules = [Schedule(n) for n in range(first, min(first + TOGETHER, count))]
            report = database.report("pagerduty", {"schedules": [s.written() for s in schedules]})
            answers = holders(database, schedules)
            for schedule in schedules:
                for at in schedule.instants:
                    answer = answers.pop(0)
                    if answer != (schedule.holder(at) or ""):
                        wrong.append((schedule, at.isoformat(), answer, schedule.holder(at)))
                rows = [row for row in report if row["object"] == schedule.name]
                found = [row["detail"] for row in rows if row["what"] == "difference"]
                if bool(found) != schedule.wrong:
                    differ.append((schedule, schedule.wrong, found[:3], [r["detail"] for r in rows if r["what"] == "comparison"]))
                if not any(row["what"] in ("comparison", "rotation") for row in rows):
                    surprises.append((schedule, rows))
    for number, name, bad in ((1, f"whoever holds the seat is whom PagerDuty's documents name (seed {SEED})", wrong),
                              (2, "what is shown differs where it was made to, and nowhere else", differ),
                              (3, "each schedule is reported", surprises)):
        print(f"{'not ok' if bad else 'ok'} {number} - {name}")
        for row in bad[:3]:
            print("#  ", row[1:], "\n#     ", json.dumps(row[0].written())[:1500])
    print("1..3")
    return 1 if wrong or differ or surprises else 0


sys.exit(main())
