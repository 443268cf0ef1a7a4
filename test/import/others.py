"""Schedules of Opsgenie, Grafana OnCall, incident.io and ilert, imported, call
whom their documents say.

Each has an oracle of its own, which knows the rules of its system and nothing
of oncall: whose turn it is by the clock on the wall, within which hours, what
wins of what overlaps, and what adds up. It answers for random instants. None
lies near a change of clocks, about which the systems say nothing. Prints TAP.

    others.py [seed [cases]]
"""

import datetime
import sys
import zoneinfo

from oracle import compare, rnd

TOGETHER = 25            # schedules in a document
INSTANTS = 20            # at which each schedule is asked
UTC = datetime.timezone.utc
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Pacific/Auckland"]
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
PEOPLE = ["Ana", "Ben Bo", "Cho's", 'Dee "D"', "<script>Eve</script>", "Fay \\ %s"]
WEEK = 7 * 1440


def minutes(n):
    return datetime.timedelta(minutes=n)


def written(at):
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Schedule:
    """What all have in common. Times without a zone are local."""
    SOURCE = None

    def __init__(self, number):
        self.zone = rnd.choice(ZONES)
        self.name = f"{self.SOURCE} {number}"
        # a Monday
        self.begin = datetime.datetime(2022, 1, 3) + datetime.timedelta(rnd.randrange(0, 50) * 7)
        self.overrides = []
        self.make()
        edges = [e + minutes(by) for o in self.overrides for e in o[:2] for by in (-1, 0)]
        self.instants = [at for at in [self.utc(self.moment()) for _ in range(INSTANTS)] + edges
                         if self.local(at + minutes(1800)) - self.local(at - minutes(1800)) == minutes(3600)]

    def utc(self, local):
        return local.replace(tzinfo=zoneinfo.ZoneInfo(self.zone)).astimezone(UTC)

    def local(self, at):
        return at.astimezone(zoneinfo.ZoneInfo(self.zone)).replace(tzinfo=None)

    def moment(self, step=1):
        return self.begin + minutes(rnd.randrange(0, rnd.choice([10000, 400000]), step))

    def people(self, most=5):
        return [rnd.choice(PEOPLE) for _ in range(rnd.randint(1, most))]

    def add_override(self, *more):
        """Overrides do not overlap, unless it is said how they do."""
        starts = self.utc(self.moment())
        new = (starts, starts + minutes(rnd.randrange(1, 5000)), *more)
        if not any(new[0] < o[1] and o[0] < new[1] for o in self.overrides):
            self.overrides.append(new)


def week_minute(local):
    return local.weekday() * 1440 + local.hour * 60 + local.minute


def in_spans(local, spans):
    """Is it within one of the spans [from, to) of the week, which may pass its end?"""
    return any((week_minute(local) - a) % WEEK < ((b - a) % WEEK or WEEK) for a, b in spans)


class Opsgenie(Schedule):
    SOURCE = "opsgenie"

    def make(self):
        self.rotations = []
        for n in range(rnd.randint(1, 3)):
            kind = rnd.choice(["hourly", "daily", "weekly"])
            restriction, spans = None, [(0, WEEK)]
            if rnd.random() < 0.3:
                a, b = rnd.randrange(0, 1440, 30), rnd.randrange(0, 1440, 30)
                restriction = {"type": "time-of-day", "restriction": {"startHour": a // 60, "startMin": a % 60, "endHour": b // 60, "endMin": b % 60}}
                spans = [(a + 1440 * d, a + 1440 * d + ((b - a) % 1440 or 1440)) for d in range(7)]
            elif rnd.random() < 0.5:
                spans = [(rnd.randrange(0, WEEK, 30), rnd.randrange(0, WEEK, 30)) for _ in range(rnd.randint(1, 3))]
                restriction = {"type": "weekday-and-time-of-day", "restrictions": [
                    {"startDay": DAYS[a // 1440], "startHour": a % 1440 // 60, "startMin": a % 60,
                     "endDay": DAYS[b // 1440], "endHour": b % 1440 // 60, "endMin": b % 60} for a, b in spans]}
            people = self.people()
            if rnd.random() < 0.2:
                people[rnd.randrange(len(people))] = None
            length = rnd.choice([1, 2, 3, 12])
            self.rotations.append({"id": f"{self.name}-{n}", "name": f"r/{n}'", "start": self.moment(30), "type": kind, "length": length,
                                   "turn": minutes(length * {"hourly": 60, "daily": 1440, "weekly": WEEK}[kind]),
                                   "people": people, "restriction": restriction, "spans": spans})
        for _ in range(rnd.choice([0, 1, 3])):
            self.add_override(rnd.choice(PEOPLE), rnd.choice([[], rnd.sample([r["id"] for r in self.rotations], 1)]))

    def on_call(self, at):
        people = set()
        local = self.local(at)
        for r in self.rotations:
            over = [o for o in self.overrides if o[0] <= at < o[1] and (not o[3] or r["id"] in o[3])]
            if over:
                people.add(over[0][2])
            elif at >= self.utc(r["start"]) and in_spans(local, r["spans"]):
                people.add(r["people"][(local - r["start"]) // r["turn"] % len(r["people"])])
        return people - {None}

    def written(self):
        user = lambda p: {"type": "user", "username": p} if p else {"type": "none"}
        return {"schedule": {"id": self.name, "name": self.name, "timezone": self.zone, "enabled": True, "rotations": [
            {"id": r["id"], "name": r["name"], "startDate": written(self.utc(r["start"])), "type": r["type"], "length": r["length"],
             "participants": [user(p) for p in r["people"]], **({"timeRestriction": r["restriction"]} if r["restriction"] else {})}
            for r in self.rotations]},
            "overrides": [{"alias": f"o{n}", "user": user(o[2]), "startDate": written(o[0]), "endDate": written(o[1]),
                           "rotations": [{"id": i} for i in o[3]]} for n, o in enumerate(self.overrides)]}


class Grafana(Schedule):
    SOURCE = "grafana"

    def make(self):
        self.shifts = [self.shift(n) for n in range(rnd.randint(1, 4))]
        for shift in self.shifts:
            # that lower levels are called in turns which are nobody's cannot be said, and is reported
            if (not shift["by_day"] or shift["frequency"] == "weekly") and (shift["interval"] > 1 or shift["frequency"] == "hourly"):
                shift["level"] = 0
        for n in range(rnd.choice([0, 1, 3])):
            starts = self.utc(self.moment())
            self.overrides.append((starts, starts + minutes(rnd.randrange(1, 5000)), rnd.sample(PEOPLE, rnd.randint(1, 2)), rnd.randint(0, 1)))

    def shift(self, n):
        frequency = rnd.choice(["hourly", "daily", "daily", "weekly", "weekly"])
        interval = rnd.choice([1, 1, 2, 3])
        start = self.begin + minutes(rnd.randrange(0, 20 * 1440, 30))
        by_day = []
        if frequency != "hourly" and rnd.random() < 0.5:
            by_day = sorted({start.weekday()} | set(rnd.sample(range(7), rnd.randint(1, 3))))
            most = 1440
        else:
            most = interval * {"hourly": 60, "daily": 1440, "weekly": WEEK}[frequency]
        groups = [rnd.sample(PEOPLE, rnd.choice([1, 1, 2])) for _ in range(rnd.randint(1, 4))]
        return {"name": f"shift {n}", "start": start, "frequency": frequency, "interval": interval, "by_day": by_day,
                "duration": rnd.choice([most, most, rnd.randrange(30, most + 1, 30)]), "groups": groups, "level": rnd.randint(0, 2),
                "index": rnd.choice([0, 0, rnd.randrange(len(groups))]), "week_start": rnd.randrange(7)}

    def turn(self, shift, local):
        """Which group's event lasts at a local time; None: none's."""
        start, length = shift["start"], minutes(shift["duration"])
        if not shift["by_day"]:
            every = minutes(shift["interval"] * {"hourly": 60, "daily": 1440, "weekly": WEEK}[shift["frequency"]])
            if local < start:
                return None
            return (local - start) // every if (local - start) % every < length else None
        # events last a day at most: that of today, or that of yesterday
        for back in (0, 1):
            event = datetime.datetime.combine(local.date(), start.time()) - datetime.timedelta(back)
            if event < start or event.weekday() not in shift["by_day"] or not event <= local < event + length:
                continue
            if shift["frequency"] == "daily":
                days = (event - start).days
                before = sum((start + datetime.timedelta(d)).weekday() in shift["by_day"] for d in range(days))
                return before // shift["interval"]
            first = start.date() - datetime.timedelta((start.weekday() - shift["week_start"]) % 7)
            weeks = (event.date() - first).days // 7
            if weeks % shift["interval"] == 0:
                return weeks // shift["interval"]
        return None

    def on_call(self, at):
        over = [o for o in self.overrides if o[0] <= at < o[1]]
        if over:
            return {p for o in over if o[3] == max(o[3] for o in over) for p in o[2]}
        local = self.local(at)
        active = []
        for shift in self.shifts:
            turn = self.turn(shift, local)
            if turn is not None:
                active.append((shift["level"], shift["groups"][(turn + shift["index"]) % len(shift["groups"])]))
        return {p for level, group in active if level == max(a[0] for a in active) for p in group}

    def written(self):
        codes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        return {"schedule": {"id": self.name, "name": self.name, "type": "calendar", "time_zone": self.zone}, "shifts": [
            {"id": s["name"], "name": s["name"], "type": "rolling_users", "time_zone": self.zone, "level": s["level"], "start": s["start"].isoformat(),
             "duration": s["duration"] * 60, "frequency": s["frequency"], "interval": s["interval"], "by_day": [codes[d] for d in s["by_day"]] or None,
             "week_start": codes[s["week_start"]], "rolling_users": s["groups"], "start_rotation_from_user_index": s["index"]} for s in self.shifts]
            + [{"id": f"o{n}", "name": f"o{n}", "type": "override", "time_zone": "UTC", "level": o[3], "users": o[2],
                "start": written(o[0])[:-1], "duration": int((o[1] - o[0]).total_seconds())} for n, o in enumerate(self.overrides)]}


class IncidentIo(Schedule):
    SOURCE = "incident_io"

    def make(self):
        self.rotations = []
        for n in range(rnd.randint(1, 2)):
            since, versions = None, []
            for _ in range(rnd.randint(1, 3)):
                unit = rnd.choice(["hourly", "daily", "weekly"])
                steps = [(rnd.randint(1, 5), rnd.choice(["daily", "weekly"]) if unit != "hourly" else unit) for _ in range(rnd.randint(1, 3))]
                # the first comes on when the version does, or before
                start = self.begin if since is None else since - minutes(rnd.randrange(0, 50000, 15))
                spans = []
                if rnd.random() < 0.4:
                    for day in rnd.sample(range(7), rnd.randint(1, 7)):
                        a = rnd.randrange(0, 1440, 30)
                        spans.append((day * 1440 + a, day * 1440 + a + (rnd.randrange(30, 1441, 30))))
                versions.append({"since": since, "start": start, "steps": steps, "people": self.people(), "spans": spans})
                since = (since or self.begin) + minutes(rnd.randrange(15, 100000, 15))
            self.rotations.append({"id": f"R{n}", "name": f"rotation {n}", "versions": versions})
        for _ in range(rnd.choice([0, 1, 3])):
            self.add_override(rnd.choice(PEOPLE + [None]), rnd.choice(self.rotations)["id"])

    def on_call(self, at):
        people, local = set(), self.local(at)
        for rotation in self.rotations:
            over = [o for o in self.overrides if o[0] <= at < o[1] and o[3] == rotation["id"]]
            if over:
                people.add(over[0][2])
                continue
            version = [v for v in rotation["versions"] if v["since"] is None or self.utc(v["since"]) <= at][-1]
            if local < version["start"] or version["spans"] and not in_spans(local, version["spans"]):
                continue
            steps = [minutes(n * {"hourly": 60, "daily": 1440, "weekly": WEEK}[t]) for n, t in version["steps"]]
            rounds, rest = divmod(local - version["start"], sum(steps, minutes(0)))
            turn = rounds * len(steps)
            for step in steps:
                if rest < step:
                    break
                rest -= step
                turn += 1
            people.add(version["people"][turn % len(version["people"])])
        return people - {None}

    def written(self):
        clock = lambda m: "%02d:%02d" % divmod(m % 1440, 60)
        return {"schedule": {"id": self.name, "name": self.name, "timezone": self.zone, "config": {"rotations": [
            {"id": r["id"], "name": r["name"], "effective_from": written(self.utc(v["since"])) if v["since"] else None,
             "handover_start_at": written(self.utc(v["start"])), "handovers": [{"interval": n, "interval_type": t} for n, t in v["steps"]],
             "layers": [{"id": r["id"] + "L"}], "users": [{"id": p, "name": p} for p in v["people"]],
             "working_intervals": [{"weekday": DAYS[a // 1440], "start_time": clock(a), "end_time": clock(b)} for a, b in v["spans"]]}
            for r in self.rotations for v in r["versions"]]}},
            "schedule_entries": {"final": [], "scheduled": [], "overrides": [
                {"rotation_id": o[3], "layer_id": o[3] + "L", "user": {"id": o[2], "name": o[2]} if o[2] else None,
                 "start_at": written(o[0]), "end_at": written(o[1])} for o in self.overrides]}}


class Ilert(Schedule):
    SOURCE = "ilert"

    def make(self):
        self.layers = []
        for n in range(rnd.randint(1, 4)):
            length, name = rnd.choice([(WEEK, "P7D"), (WEEK, "P1W"), (1440, "P1D"), (480, "PT8H"), (2 * WEEK, "P14D"), (90, "PT1H30M"), (36 * 60, "P1DT12H")])
            starts = self.moment(15)
            self.layers.append({"name": f"layer {n}", "start": starts, "end": rnd.choice([None, starts + minutes(rnd.randrange(1, 200000, 15))]),
                                "turn": length, "rotation": name, "people": self.people(),
                                "spans": [(rnd.randrange(0, WEEK, 15), rnd.randrange(0, WEEK, 15)) for _ in range(rnd.choice([0, 0, 1, 2]))]})
        for _ in range(rnd.choice([0, 1, 3])):
            self.add_override(rnd.choice(PEOPLE))

    def on_call(self, at):
        for o in self.overrides:
            if o[0] <= at < o[1]:
                return {o[2]}
        local = self.local(at)
        for layer in reversed(self.layers):
            if at >= self.utc(layer["start"]) and (layer["end"] is None or at < self.utc(layer["end"])) \
                    and (not layer["spans"] or in_spans(local, layer["spans"])):
                return {layer["people"][(local - layer["start"]) // minutes(layer["turn"]) % len(layer["people"])]}
        return set()

    def written(self):
        point = lambda m: {"dayOfWeek": DAYS[m // 1440].upper(), "time": "%02d:%02d" % divmod(m % 1440, 60)}
        user = lambda p: {"id": PEOPLE.index(p), "firstName": p, "lastName": ""}
        return {"id": 1, "name": self.name, "timezone": self.zone, "type": "RECURRING", "scheduleLayers": [
            {"name": x["name"], "startsOn": x["start"].isoformat(), "endsOn": x["end"] and x["end"].isoformat(), "rotation": x["rotation"],
             "users": [user(p) for p in x["people"]], "restrictionType": "TIMES_OF_WEEK" if x["spans"] else None,
             "restrictions": [{"from": point(a), "to": point(b)} for a, b in x["spans"]]} for x in self.layers],
            "overrides": [{"user": user(o[2]), "start": written(o[0]), "end": written(o[1])} for o in self.overrides]}


sys.exit(compare([Opsgenie, Grafana, IncidentIo, Ilert], 25, TOGETHER))
