"""Schedules of GoAlert, imported, call whom its documents say.

The oracle knows GoAlert's rules and nothing of oncall: every rule that is
active on the clock of the schedule's zone calls its user, or whoever's turn
it is in its rotation; a turn passes on by the clock on the wall, counted from
the turn and the position that GoAlert remembers; overrides replace or remove
those whom rules name, and add others; a temporary schedule stands for all of
it. It answers for random instants. On the days on which clocks change GoAlert
hands over up to an hour earlier or later, so none lies near one. Prints TAP.

    goalert.py [seed [cases]]
"""

import datetime
import sys
import zoneinfo

from oracle import compare, rnd

TOGETHER = 50            # schedules in a document
INSTANTS = 30            # at which each schedule is asked
UTC = datetime.timezone.utc
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Pacific/Auckland"]
FIXED = ["Asia/Kolkata", "UTC", "Asia/Kathmandu"]       # whose clocks never change
PEOPLE = {"u1": "Ana", "u2": "ben@example.org", "u3": "Cho's", "u4": 'Dee "D"', "u5": "Eve"}
BEGIN = datetime.datetime(2022, 1, 1, tzinfo=UTC)


def minutes(n):
    return datetime.timedelta(minutes=n)


def local(at, zone):
    return at.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)


def written(at):
    return at.isoformat().replace("+00:00", "Z")


class Rotation:
    def __init__(self, number, zone, as_of):
        self.id = f"r{number}"
        # where clocks change, both change alike
        self.zone = rnd.choice(FIXED) if zone in FIXED else zone
        self.type = rnd.choice(["hourly", "daily", "weekly", "monthly"])
        self.length = rnd.choice([1, 1, 1, 2, 3, 5, 12] if self.type != "hourly" else [2, 5, 8, 12, 24, 100])
        self.start = (as_of + minutes(rnd.randrange(-600000, 50000, 30))).replace(hour=rnd.randrange(24))
        while local(self.start, self.zone).day > 28:
            self.start -= datetime.timedelta(5)
        self.shift_start = as_of - minutes(rnd.randrange(0, 90000)) - datetime.timedelta(seconds=rnd.randrange(60))
        self.participants = [rnd.choice(sorted(PEOPLE)) for _ in range(rnd.randint(1, 5))]
        self.position = rnd.randrange(len(self.participants))

    def turn(self, at):
        """Which turn it is, counted from the rotation's start."""
        began = local(self.start, self.zone).replace(second=0, microsecond=0)
        now = local(at, self.zone).replace(second=0, microsecond=0)
        if self.type == "monthly":
            months = (now.year - began.year) * 12 + now.month - began.month
            if (now.day, now.time()) < (began.day, began.time()):
                months -= 1
            return months // self.length
        hours = {"hourly": 1, "daily": 24, "weekly": 168}[self.type] * self.length
        return (now - began) // datetime.timedelta(hours=hours)

    def holder(self, at):
        turns = self.turn(at) - self.turn(self.shift_start)
        return self.participants[(self.position + turns) % len(self.participants)]

    def written(self):
        return {"id": self.id, "type": self.type, "shift_length": self.length, "start_time": written(self.start),
                "time_zone": self.zone, "participants": self.participants,
                "state": {"position": self.position, "shift_start": written(self.shift_start)}}


class Rule:
    def __init__(self, rotations):
        self.days = rnd.choice(["1111111", "0111110", "1000001", "".join(rnd.choice("01") for _ in range(7))])
        self.start = rnd.choice([0, rnd.randrange(0, 1440, 15)])
        self.end = rnd.choice([0, self.start, rnd.randrange(0, 1440, 15)])
        self.rotation = rnd.choice(rotations) if rotations and rnd.random() < 0.7 else None
        self.user = rnd.choice(sorted(PEOPLE))

    def active(self, clock):
        minute = clock.hour * 60 + clock.minute
        today = self.days[clock.isoweekday() % 7] == "1"
        yesterday = self.days[(clock.isoweekday() - 1) % 7] == "1"
        if self.start < self.end:
            return today and self.start <= minute < self.end
        return today and minute >= self.start or yesterday and minute < self.end

    def written(self):
        return {"days": self.days, "start": "%02d:%02d" % divmod(self.start, 60), "end": "%02d:%02d" % divmod(self.end, 60),
                "tgt_rotation_id": self.rotation and self.rotation.id, "tgt_user_id": None if self.rotation else self.user}


class Schedule:
    SOURCE = "goalert"

    def __init__(self, number):
        self.name = f"Schedule {number}"
        self.zone = rnd.choice(ZONES)
        self.as_of = BEGIN + minutes(rnd.randrange(0, 600000))
        self.rotations = [Rotation(n, self.zone, self.as_of) for n in range(rnd.choice([0, 1, 2, 3]))]
        self.rules = [Rule(self.rotations) for _ in range(rnd.randint(1, 5))]
        if all(rule.days == "0000000" for rule in self.rules):
            self.rules[0].days = "1111111"
        self.temporary = None
        if rnd.random() < 0.3:
            starts, ends = self.period(3000)
            self.temporary = (starts, ends, [self.within(starts, ends) for _ in range(rnd.choice([0, 1, 2, 4]))])
        self.overrides = []
        for _ in range(rnd.choice([0, 0, 1, 3, 6])):
            override = (*self.period(9000), *rnd.choice([("u1", None), (None, "u2"), (None, "u3"), ("u4", "u2"), ("u5", "u3"), ("u2", "u3")]))
            # GoAlert refuses a second one for the same user
            if not any(override[0] < o[1] and o[0] < override[1] and set(override[2:]) & set(o[2:]) - {None} for o in self.overrides):
                self.overrides.append(override)
        edges = [edge for o in self.overrides for edge in o[:2]]
        if self.temporary:
            edges += [self.temporary[0], self.temporary[1]] + [edge for s in self.temporary[2] for edge in s[:2]]
        self.instants = [at for at in [self.instant() for _ in range(INSTANTS)] + [e + minutes(by) for e in edges for by in (-1, 0)]
                         if local(at + minutes(1800), self.zone) - local(at - minutes(1800), self.zone) == minutes(3600)]

    def instant(self):
        return self.as_of.replace(second=0) + minutes(rnd.randrange(0, rnd.choice([10000, 600000])))

    def period(self, most):
        starts = self.instant()
        return starts, starts + minutes(rnd.randrange(1, most))

    def within(self, starts, ends):
        lasts = int((ends - starts) / minutes(1))
        begins = starts + minutes(rnd.randrange(0, lasts))
        return begins, begins + minutes(rnd.randrange(1, lasts + 1)), rnd.choice(sorted(PEOPLE))

    def on_call(self, at):
        if self.temporary and self.temporary[0] <= at < self.temporary[1]:
            return {PEOPLE[s[2]] for s in self.temporary[2] if s[0] <= at < s[1]}
        people = set()
        active = [o for o in self.overrides if o[0] <= at < o[1]]
        for rule in self.rules:
            if rule.active(local(at, self.zone)):
                user = rule.rotation.holder(at) if rule.rotation else rule.user
                for _, _, add, remove in active:
                    if remove == user:
                        user = add
                        break
                people.add(user)
        people |= {add for _, _, add, remove in active if remove is None}
        return {PEOPLE[user] for user in people - {None}}

    def written(self):
        return {"as_of": written(self.as_of), "schedule": {"name": self.name, "time_zone": self.zone},
                "users": [{"id": k, "name": v, "email": v if "@" in v else ""} for k, v in PEOPLE.items()],
                "rotations": [r.written() for r in self.rotations], "rules": [r.written() for r in self.rules],
                "overrides": [{"start_time": written(a), "end_time": written(b), "add_user_id": add, "remove_user_id": remove}
                              for a, b, add, remove in self.overrides],
                "temporary_schedules": [{"Start": written(t[0]), "End": written(t[1]), "Shifts": [
                    {"Start": written(a), "End": written(b), "UserID": u} for a, b, u in t[2]]} for t in [self.temporary] if t]}


sys.exit(compare([Schedule], 100, TOGETHER))
