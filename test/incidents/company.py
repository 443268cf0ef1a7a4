"""Random companies: people, rotations, services, steps of escalation.

Times are seconds since 1970, in UTC.
"""

import collections
import datetime
import zoneinfo

MINUTE, HOUR, DAY = 60, 3600, 86400
ZONES = ["Europe/Berlin", "Asia/Kolkata", "America/New_York", "UTC", "Australia/Lord_Howe"]
INFINITY = 1 << 50

Person = collections.namedtuple("Person", "id name zone left")
Team = collections.namedtuple("Team", "id name zone manager")
Rotation = collections.namedtuple("Rotation", "id name seats members cadence hours")
Severity = collections.namedtuple(
    "Severity", "name rank pages hours hours_of answers within at_handover stale_after")
Step = collections.namedtuple("Step", "step wait rotation seat holder person hours when_empty strategy repeat")


def utc(at):
    return None if at is None else datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else "'%s'" % value


def span(seconds):
    return None if seconds is None else "%d seconds" % seconds


class Hours:
    """Hours of the week: the same ones on some days, past midnight or not."""

    def __init__(self, text, days, begin, end):
        self.text, self.days, self.begin, self.end = text, days, begin, end

    def opens(self, zone, at):
        """The first instant from one on at which they are open in a zone."""
        zone = zoneinfo.ZoneInfo(zone)
        day = datetime.datetime.fromtimestamp(at, zone).date() - datetime.timedelta(days=2)
        for _ in range(12):
            if day.weekday() in self.days:
                begin, end = [(datetime.datetime.combine(day, datetime.time()) + datetime.timedelta(minutes=m))
                              .replace(tzinfo=zone).timestamp() for m in (self.begin, self.end)]
                if end > at:
                    return max(at, int(begin))
            day += datetime.timedelta(days=1)
        return INFINITY


WEEK, WEEKDAYS, WEEKEND = range(7), range(5), (5, 6)
HOURS = [
    Hours("Mo-Fr 08:00-18:00", WEEKDAYS, 480, 1080),
    Hours("Mo-Su 07:00-22:00", WEEK, 420, 1320),
    Hours("Mo-Fr 09:00-17:00", WEEKDAYS, 540, 1020),
    Hours("Sa-Su 10:00-16:00", WEEKEND, 600, 960),
    Hours("Mo-Su 20:00-06:00", WEEK, 1200, 1800),
    Hours("Mo-Fr 12:00-13:00", WEEKDAYS, 720, 780)]
BY_DAY = Hours("Mo-Su 09:00-17:00", WEEK, 540, 1020)


class Service:
    def __init__(self, ident, team, seats, ack_timeout, reopen_within, steps):
        self.id, self.team, self.seats = ident, team, seats
        self.ack_timeout, self.reopen_within, self.steps = ack_timeout, reopen_within, steps
        self.manager_step = max(self.steps, default=0) + 1
        self.maintenance = []    # [begin, end]

    def step_after(self, step):
        return min((s for s in self.steps if s > step), default=self.manager_step)

    def wait(self, step, severity):
        if step in self.steps:
            return self.steps[step].wait
        if self.steps:
            return self.steps[max(self.steps)].wait
        return severity.within or 15 * MINUTE


class Company:
    def __init__(self, rnd, base):
        """Keys are greater than base."""
        self.rnd, self.base = rnd, base
        # often about the days on which clocks are set
        self.begin = rnd.choice([
            rnd.randrange(1737000000, 1763000000), 1743260400 - rnd.randrange(2 * DAY), 1761440400 - rnd.randrange(2 * DAY),
            1741474800 - rnd.randrange(2 * DAY), 1762063200 - rnd.randrange(2 * DAY)]) // MINUTE * MINUTE
        zones = rnd.sample(ZONES, rnd.randint(1, 3))
        self.people = [
            Person(base + i, "P%d" % (base + i), rnd.choice(zones),
                   self.begin + rnd.randint(-2 * DAY, 8 * DAY) // HOUR * HOUR if rnd.randrange(6) == 0 else None)
            for i in range(1, rnd.randint(5, 9))]
        self.teams = [Team(base + i, "T%d" % (base + i), rnd.choice(zones), rnd.choice(self.people).id if rnd.randrange(8) else None)
                      for i in range(1, rnd.randint(2, 3))]
        self.rotations = [self.some_rotation(base + i, rnd.choice(zones)) for i in range(1, rnd.randint(3, 4))]
        self.severities = [self.some_severity(rank) for rank in range(1, 5)]
        self.services = [self.some_service(base + i) for i in range(1, rnd.randint(2, 3))]
        self.shifts = {}

    def some_rotation(self, ident, zone):
        rnd = self.rnd
        begin = datetime.datetime.fromtimestamp(self.begin - 30 * DAY, datetime.timezone.utc).date()
        return Rotation(
            ident, "R%d" % ident, rnd.choice([1, 2, 2, 2, 3]),
            [p.name for p in rnd.sample(self.people, rnd.randint(1, 4))],
            "R/%sT%02d:00[%s]/%s" % (begin, rnd.randrange(6, 20), zone, rnd.choice(["P7D", "P1D", "P1D", "PT8H"])),
            rnd.choice([None, None, HOURS[0], HOURS[1]]))

    def some_severity(self, rank):
        rnd = self.rnd
        return Severity(
            "SEV%d" % rank, rank, rnd.randrange(5) > 0, rnd.choice([None, None] + HOURS), rnd.choice(["team", "holder"]),
            rnd.choice([1, 1, 2, 3]), rnd.choice([None, 5 * MINUTE, HOUR]), rnd.choice(["note", "page"]),
            rnd.choice([3 * HOUR, DAY, 7 * DAY, 7 * DAY]))

    def some_step(self, number):
        rnd = self.rnd
        rotation = rnd.choice(self.rotations) if rnd.randrange(4) else None
        return Step(
            number, rnd.choice([0, 5 * MINUTE, 10 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR]),
            rotation and rotation.id, rotation and rnd.choice([None] + list(range(1, rotation.seats + 1))),
            rnd.choice(["now", "now", "next"]) if rotation else "now",
            None if rotation else rnd.choice(self.people).id,
            rnd.choice([None, None, None] + HOURS), rnd.choice(["skip", "wait", "hold"]),
            rnd.choice(["all", "all", "in_turn"]), rnd.choice([1, 1, 2, 3]))

    def some_service(self, ident):
        rnd = self.rnd
        numbers = sorted(rnd.sample(range(1, 9), rnd.randint(0, 4)))
        service = Service(
            ident, rnd.choice(self.teams),
            {r.id: sorted(rnd.sample(range(1, r.seats + 1), rnd.randint(1, r.seats)))
             for r in rnd.sample(self.rotations, rnd.randint(0 if rnd.randrange(5) == 0 else 1, len(self.rotations)))},
            rnd.choice([None, 30 * MINUTE, 2 * HOUR]), rnd.choice([0, 30 * MINUTE, 5 * HOUR]),
            {n: self.some_step(n) for n in numbers})
        for _ in range(rnd.choice([0, 0, 1, 2])):
            begin = self.begin + rnd.randrange(2 * DAY) // MINUTE * MINUTE
            service.maintenance.append([begin, begin + rnd.choice([HOUR, 5 * HOUR, 20 * MINUTE])])
        return service

    def sql(self):
        """Statements that write it."""
        for p in self.people:
            yield "INSERT INTO oncall.person (person_id, name, zone, active) VALUES (%d, '%s', '%s', %s)" % (
                p.id, p.name, p.zone, "'(,\"%s\")'" % utc(p.left) if p.left else "'(,)'")
        for t in self.teams:
            yield "INSERT INTO oncall.team (team_id, name, zone, manager_id) VALUES (%d, '%s', '%s', %s)" % (
                t.id, t.name, t.zone, literal(t.manager))
        for r in self.rotations:
            yield "SELECT oncall.add_rotation('%s', '{%s}', '%s', 'T%d', %s, hours => %s) \\g /dev/null" % (
                r.name, ",".join(r.members), r.cadence, self.base + 1,
                "'{%s}'" % ",".join("s%d" % i for i in range(1, r.seats + 1)), literal(r.hours and r.hours.text))
        for s in self.severities:
            yield "UPDATE oncall.severity SET (pages, page_hours, page_hours_of, answers, acknowledge_within, at_handover," \
                " stale_after) = (%s) WHERE name = '%s'" % (", ".join(map(literal, (
                    s.pages, s.hours and s.hours.text, s.hours_of, s.answers, span(s.within), s.at_handover,
                    span(s.stale_after)))), s.name)
        for s in self.services:
            yield "INSERT INTO oncall.service (service_id, name, team_id, ack_timeout, reopen_within) VALUES (%s)" % ", ".join(
                map(literal, (s.id, "S%d" % s.id, s.team.id, span(s.ack_timeout), span(s.reopen_within))))
            for rotation, seats in s.seats.items():
                yield "INSERT INTO oncall.service_rotation VALUES (%d, %d, '{%s}')" % (s.id, rotation, ",".join(map(str, seats)))
            for e in s.steps.values():
                yield "INSERT INTO oncall.escalation_step (service_id, step, wait, rotation_id, seat, holder, person_id, hours," \
                    " when_empty, strategy, repeat) VALUES (%s)" % ", ".join(map(literal, (
                        s.id, e.step, span(e.wait), e.rotation, e.seat, e.holder, e.person, e.hours and e.hours.text,
                        e.when_empty, e.strategy, e.repeat)))

    def maintenance(self, service, window):
        return "INSERT INTO oncall.maintenance (service_id, period) VALUES (%d, '[\"%s\",\"%s\")')" % (
            service.id, utc(window[0]), utc(window[1]))

    # who is there

    def person(self, ident):
        return self.people[ident - self.base - 1]

    def rotation(self, ident):
        return self.rotations[ident - self.base - 1]

    def present(self, ident, at):
        return ident is not None and (self.person(ident).left is None or at < self.person(ident).left)

    def holder(self, rotation, seat, at):
        for begin, end, person in self.shifts.get((rotation, seat), []):
            if begin <= at < end:
                return person
        return None

    def next_holder(self, rotation, seat, at):
        """Who comes on the seat next: not who holds it already."""
        now = self.holder(rotation, seat, at)
        for begin, _, person in self.shifts.get((rotation, seat), []):
            if begin > at and person is not None and person != now:
                return person if begin <= at + 90 * DAY else None
        return None
