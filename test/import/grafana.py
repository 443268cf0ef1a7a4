"""Schedules of Grafana OnCall, imported, call whom its documents say.

The oracle knows what is documented of shifts and nothing of oncall: an event
each n hours, days or weeks, on days of the week if it names some, each of
which, or the week, is a turn; of the shifts that have an event the highest
level calls, all of it; an override calls its users alone. It answers for
random instants. Shifts whose turns are partly nobody's stand on the lowest
level only. Prints TAP.

    grafana.py [seed [cases]]
"""

import datetime
import sys
import zoneinfo

from oracle import compare, rnd

TOGETHER = 50            # schedules in a document
INSTANTS = 40            # at which each schedule is asked
ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "UTC", "Pacific/Auckland"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
PEOPLE = ["Ana", "ben@example.org", "Cho's", 'Dee "D"', "Eve", "Fox"]
BEGIN = datetime.datetime(2022, 1, 1)


def days(n):
    return datetime.timedelta(days=n)


class Shift:
    def __init__(self, number):
        self.name = f"shift {number}"
        self.rolls = rnd.random() < 0.8
        self.frequency = rnd.choice(["hourly", "daily", "daily", "weekly", "weekly"])
        self.interval = rnd.choice([1, 1, 2, 3]) if self.frequency != "hourly" else rnd.choice([4, 6, 12, 24, 9])
        self.by_day = sorted(rnd.sample(range(7), rnd.randint(1, 7))) if self.frequency != "hourly" and rnd.random() < 0.5 else []
        if self.by_day and self.frequency == "daily":
            self.interval = rnd.randint(1, len(self.by_day)) if self.rolls else 1
        self.start = BEGIN + datetime.timedelta(minutes=rnd.randrange(0, 300000, 30))
        if self.by_day:
            # Grafana moves a start on another day in a way of its own
            while self.start.weekday() not in self.by_day:
                self.start += days(1)
        self.every = {"hourly": datetime.timedelta(hours=1), "daily": days(1), "weekly": days(7)}[self.frequency] * self.interval
        most = days(1) if self.by_day else self.every
        self.duration = most if rnd.random() < 0.3 else datetime.timedelta(minutes=rnd.randrange(30, int(most.total_seconds() / 60) + 1, 30))
        self.until = rnd.choice([None, None, self.start + datetime.timedelta(minutes=rnd.randrange(1, 200000))])
        self.week_start = rnd.randrange(7)
        self.groups = [rnd.sample(PEOPLE, rnd.choice([1, 1, 1, 2, 3])) for _ in range(rnd.randint(1, 4) if self.rolls else 1)]
        self.first = rnd.randrange(len(self.groups)) if self.rolls else 0
        # hours cannot say gaps of turns that are no part of a week
        self.gaps = bool(self.interval > 1 and self.frequency == "weekly" or len({len(g) for g in self.groups}) > 1
                         or self.duration < self.every and days(7) % self.every)
        self.level = rnd.randint(1, 3) if not self.gaps else 0

    def on_call(self, now):
        """By the clock of its zone."""
        if now < self.start:
            return set()
        if not self.by_day:
            turn, into = divmod(now - self.start, self.every)
            return self.group(turn) if into < self.duration else set()
        clock = datetime.timedelta(hours=self.start.hour, minutes=self.start.minute)
        for day in (now.date(), now.date() - days(1)):
            begins = datetime.datetime.combine(day, datetime.time()) + clock
            if day.weekday() in self.by_day and begins <= now < begins + self.duration and begins >= self.start:
                if self.frequency == "daily":
                    before = sum((self.start.date() + days(n)).weekday() in self.by_day for n in range((day - self.start.date()).days))
                    return self.group(before // self.interval)
                monday = [d - days((d.weekday() - self.week_start) % 7) for d in (day, self.start.date())]
                turn, rest = divmod((monday[0] - monday[1]).days // 7, self.interval)
                return set() if rest else self.group(turn)
        return set()

    def group(self, turn):
        return set(self.groups[(self.first + turn) % len(self.groups)])

    def written(self):
        shift = {"name": self.name, "type": "rolling_users" if self.rolls else "recurrent_event", "level": self.level,
                 "start": self.start.isoformat(), "rotation_start": self.start.isoformat(),
                 "duration": int(self.duration.total_seconds()), "frequency": self.frequency, "interval": self.interval,
                 "by_day": [DAYS[d] for d in self.by_day], "week_start": DAYS[self.week_start],
                 "until": self.until and self.until.isoformat()}
        if self.rolls:
            return shift | {"rolling_users": self.groups, "start_rotation_from_user_index": self.first}
        return shift | {"users": self.groups[0]}


class Schedule:
    SOURCE = "grafana"

    def __init__(self, number):
        self.name = f"Schedule {number}"
        self.zone = rnd.choice(ZONES)
        self.clock = zoneinfo.ZoneInfo(self.zone)
        self.shifts = [Shift(n) for n in range(rnd.randint(1, 4))]
        self.overrides = []
        for _ in range(rnd.choice([0, 0, 1, 3])):
            self.overrides.append((self.instant(), datetime.timedelta(minutes=rnd.randrange(1, 5000)),
                                   rnd.sample(PEOPLE, rnd.choice([1, 1, 2, 4])), rnd.randint(0, 2)))
        self.instants = []
        for at in [self.instant() for _ in range(INSTANTS)] + [s.start for s in self.shifts] + [o[0] + b for o in self.overrides for b in (days(0), o[1])]:
            # not where clocks change, and not where an event ends that was under way
            near = [(at + days(n)).replace(tzinfo=self.clock).utcoffset() for n in (-2, 0, 2)]
            if len(set(near)) == 1:
                self.instants.append(at)

    def instant(self):
        return rnd.choice(self.shifts).start + datetime.timedelta(minutes=rnd.randrange(-1000, 150000))

    def on_call(self, at):
        active = [o for o in self.overrides if o[0] <= at < o[0] + o[1]]
        if active:
            return {p for o in active if o[3] == max(a[3] for a in active) for p in o[2]}
        found = {}
        for shift in self.shifts:
            # until is in UTC
            if shift.until is None or at.replace(tzinfo=self.clock) < shift.until.replace(tzinfo=datetime.timezone.utc):
                found.setdefault(shift.level, set()).update(shift.on_call(at))
        found = {level: people for level, people in found.items() if people}
        return found[max(found)] if found else set()

    def written(self):
        return {"schedule": {"id": self.name, "name": self.name, "type": "calendar", "time_zone": self.zone},
                "shifts": [s.written() for s in self.shifts] + [
                    {"name": f"o{n}", "type": "override", "level": level, "start": a.isoformat(), "rotation_start": a.isoformat(),
                     "duration": int(d.total_seconds()), "users": people} for n, (a, d, people, level) in enumerate(self.overrides)]}


sys.exit(compare([Schedule], 50, TOGETHER))
