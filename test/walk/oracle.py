"""Rosters by rules that change, turn by turn and without a formula.

Random rotations whose lists, cadences, pairings, hours and ends change, with
facts that are taken back and rosters of the past; the rosters that the engine
compiles (driver.c, outside a server) against an evaluation that goes from
turn to turn and asks at each handover what holds then. It follows the text of
the manual, one sentence at a time, and knows no arithmetic but counting.
Prints TAP.

    oracle.py DRIVER [seed [cases]]
"""

import bisect
import collections
import datetime
import os
import random
import subprocess
import sys
import time
import zoneinfo

DRIVER = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
CASES = int(sys.argv[3] if len(sys.argv) > 3 else os.environ.get("ONCALL_CASES", 5000))

NOBEGIN, NOEND = -2**63, 2**63 - 1
NOW = NOEND  # known_at: what is believed now
SECOND, MINUTE, HOUR, DAY = 10**6, 60 * 10**6, 3600 * 10**6, 86400 * 10**6
EPOCH = datetime.datetime(2000, 1, 1)
STAGGERED, FOLLOWING, PRECEDING, FIXED, MIXED = range(5)
MONTHS, DAYS, MINUTES = range(3)
ZONES = ["UTC", "Europe/London", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe",
         "America/Havana", "America/Santiago", "Asia/Kolkata"]

rnd = random.Random(SEED)


# ---------------------------------------------------------------- zones

class Zone:
    """The clock of a zone: instants are microseconds since 2000-01-01 UTC,
    local times microseconds since 2000-01-01 00:00."""

    def __init__(self, name):
        self.info = zoneinfo.ZoneInfo(name)
        at = instant(2016, 1, 1)
        self.first = self.offset(at)
        self.changes = []
        while at < instant(2038, 1, 1):
            low, high = at, at + 7 * DAY
            if self.offset(low) != self.offset(high):
                while high - low > SECOND:
                    middle = (low + high) // 2 // SECOND * SECOND
                    low, high = (middle, high) if self.offset(middle) == self.offset(low) else (low, middle)
                self.changes.append((high, self.offset(high)))
            at += 7 * DAY
        self.known = {}

    def offset(self, at):
        utc = (EPOCH + datetime.timedelta(microseconds=at)).replace(tzinfo=datetime.timezone.utc)
        return utc.astimezone(self.info).utcoffset() // datetime.timedelta(microseconds=1)

    def to_utc(self, local):
        """In a gap the offset before it counts, in an overlap the one after:
        the lower one both times."""
        if local not in self.known:
            wall = (EPOCH + datetime.timedelta(microseconds=local)).replace(tzinfo=self.info)
            self.known[local] = local - min(wall.replace(fold=fold).utcoffset() for fold in (0, 1)) \
                // datetime.timedelta(microseconds=1)
        return self.known[local]


def instant(*date):
    return (datetime.datetime(*date) - EPOCH) // datetime.timedelta(microseconds=1)


zones = {name: Zone(name) for name in ZONES}


# ---------------------------------------------------------------- facts

Row = collections.namedtuple("Row", "id position person valid recorded")
Leave = collections.namedtuple("Leave", "row period recorded")
Rule = collections.namedtuple("Rule", "id since cadence hours pairing spread ends recorded")
Cover = collections.namedtuple("Cover", "id seat person period recorded")
Layer = collections.namedtuple(
    "Layer", "id rank valid recorded cadence hours pairing spread first_seat nseats rows leaves rules")
Rotation = collections.namedtuple("Rotation", "nseats holidays weeks layers covers")


class Cadence:
    def __init__(self, zone, anchor, unit, steps):
        self.zone, self.anchor, self.unit, self.steps = zone, anchor, unit, steps
        self.instants = []

    def handover(self, n):
        while len(self.instants) <= n:
            m = len(self.instants)
            cycles, rest = divmod(m, len(self.steps))
            units = cycles * sum(self.steps) + sum(self.steps[:rest])
            if self.unit == MONTHS:
                at = EPOCH + datetime.timedelta(microseconds=self.anchor)
                year, month = divmod(at.year * 12 + at.month - 1 + units, 12)
                following = datetime.date(year + month // 11, (month + 1) % 12 + 1, 1)
                day = min(at.day, (following - datetime.timedelta(days=1)).day)
                at = at.replace(year=year, month=month + 1, day=day)
                local = (at - EPOCH) // datetime.timedelta(microseconds=1)
            else:
                local = self.anchor + units * (DAY if self.unit == DAYS else MINUTE)
            at = zones[self.zone].to_utc(local)
            # no handover is earlier than the one before
            self.instants.append(max(at, self.instants[-1]) if m else at)
        return self.instants[n]


def contains(period, t):
    return period[0] <= t < period[1]


def believed(facts, known_at):
    if known_at == NOW:
        return [f for f in facts if f.recorded[0] < f.recorded[1] == NOEND]
    return [f for f in facts if contains(f.recorded, known_at)]


# ---------------------------------------------------------------- the walk, turn by turn

Turn = collections.namedtuple("Turn", "number begins ends cadence list first seats pairing spread taken")


def cadences_over_time(layer, rules):
    """(start, first handover's number, cadence) of those that count."""
    changes = [(NOBEGIN, layer.cadence)] + [(r.since, r.cadence) for r in rules if r.cadence]
    result = []
    for i, (since, cadence) in enumerate(changes):
        n = 0
        while cadence.handover(n) < since:
            n += 1
        while i > 0 and cadence.handover(n + 1) == cadence.handover(n):
            n += 1
        # unless the next cadence's since comes first
        if i + 1 < len(changes) and changes[i + 1][0] <= cadence.handover(n):
            continue
        result.append((cadence.handover(n), n, cadence))
    return result


def tournament(k):
    """The pairs of places, turn by turn, for ever."""
    cycle = 0
    while True:
        q = k - 1
        for r in range(k if k % 2 else q):
            for j in range(k // 2):
                if k % 2:
                    pair = [(r + j + 1) % k, (r - j - 1) % k]
                elif j == 0:
                    pair = [q, r] if r % 2 == 0 else [r, q]
                else:
                    pair = [(r + j) % q, (r - j) % q]
                yield pair[::-1] if cycle % 2 else pair
        if k == 1:
            yield [0]
        cycle += 1


class Walk:
    """A layer's turns that begin before an instant."""

    def __init__(self, layer, known_at, until):
        self.layer = layer
        self.circle = sorted(believed(layer.rows, known_at), key=lambda row: (row.position, row.id))
        self.leaves = collections.defaultdict(list)
        for leave in believed(layer.leaves, known_at):
            self.leaves[leave.row].append(leave.period)
        self.rules = sorted(believed(layer.rules, known_at), key=lambda rule: (rule.since, rule.id))
        self.ends = min([r.since for r in self.rules if r.ends] + [NOEND])
        self.cadences = cadences_over_time(layer, self.rules)
        self.place = None       # index into the circle of the entry taken last
        self.round = None       # and of the one that began the round
        self.counted = self.c = 0
        self.games = None
        self.last_sat = {}
        self.turns = []
        self.go(until)
        self.begins = [turn.begins for turn in self.turns]

    def list_at(self, t):
        return [i for i, row in enumerate(self.circle)
                if contains(row.valid, t) and not any(contains(p, t) for p in self.leaves.get(row.id, ()))]

    def rule_at(self, t, column, value):
        for rule in self.rules:
            if rule.since <= t and getattr(rule, column) is not None:
                value = getattr(rule, column)
        return value

    def go(self, until):
        for i, (start, n, cadence) in enumerate(self.cadences):
            end = self.cadences[i + 1][0] if i + 1 < len(self.cadences) else NOEND
            while cadence.handover(n) < min(end, until):
                self.turn(cadence.handover(n), min(cadence.handover(n + 1), end), cadence)
                n += 1

    def turn(self, begins, ends, cadence):
        entries = self.list_at(begins)
        pairing = self.rule_at(begins, "pairing", self.layer.pairing)
        spread = self.rule_at(begins, "spread", self.layer.spread)
        spread = spread and pairing in (STAGGERED, FOLLOWING, PRECEDING)
        former = self.turns[-1] if self.turns else None
        if not spread:
            self.round = None
        if pairing == MIXED and entries and not (
                former and former.pairing == MIXED and former.list == entries):
            self.begin_tournament(entries)

        seats, taken, first = [0] * self.layer.nseats, [], None
        if entries:
            if pairing == MIXED:
                pair = [self.places[p] for p in next(self.games)]
                self.place = first = pair[0]
                seats = self.seat([pair[s] if s < len(pair) else None for s in range(self.layer.nseats)],
                                  entries, None)
            elif pairing == FIXED:
                common = len(entries)
                while common % self.layer.nseats:
                    common += len(entries)
                while self.counted >= common:
                    self.counted -= common
                    self.c += 1
                for _ in range(self.layer.nseats):
                    taken.append(self.take(entries))
                    self.counted += 1
                first = taken[0]
                seats = self.seat([taken[(s + self.c) % self.layer.nseats] for s in range(self.layer.nseats)],
                                  entries, 1)
            else:
                first = self.take_spread(entries) if spread else self.take(entries)
                taken = [first]
                seats = self.seat([self.ahead(entries, first, pairing, s) for s in range(self.layer.nseats)],
                                  entries, -1 if pairing == PRECEDING else 1)
        number = len(self.turns)
        for person in seats:
            if person:
                self.last_sat[person] = number
        self.turns.append(Turn(number, begins, ends, cadence, entries, first, seats, pairing, spread, taken))

    def take(self, entries):
        """The first entry after the place of the one taken last."""
        after = [i for i in entries if self.place is None or i > self.place]
        self.place = (after or entries)[0]
        return self.place

    def take_spread(self, entries):
        if self.round is None:
            self.round = self.take(entries)
            return self.round
        at = self.place
        while True:
            at = (at + 1) % len(self.circle)
            if at == self.round:  # come round: one later, then
                self.place = at
                self.round = self.take(entries)
                return self.round
            if at in entries:
                self.place = at
                return at

    def ahead(self, entries, first, pairing, seat):
        k = len(entries)
        steps = {STAGGERED: max(seat, seat * k // self.layer.nseats), FOLLOWING: seat, PRECEDING: -seat}
        return entries[(entries.index(first) + steps[pairing]) % k]

    def seat(self, wanted, entries, step):
        """Who sits, given each seat's entry; a step to the next one where
        that one's person sits already."""
        seats = []
        for entry in wanted:
            person = self.circle[entry].person if entry is not None else 0
            if person and person in seats:
                person = 0
                around = entries.index(entry)
                for i in range(1, len(entries)) if step else ():
                    other = self.circle[entries[(around + step * i) % len(entries)]].person
                    if other and other not in seats:
                        person = other
                        break
            seats.append(person)
        return seats

    def begin_tournament(self, entries):
        k = len(entries)
        if self.games is None:
            self.places = dict(enumerate(entries))
        else:
            come_on = []
            for pair in tournament(k):
                come_on += [place for place in pair if place not in come_on]
                if len(come_on) == k:
                    break
            waited = sorted(entries, key=lambda i: (self.last_sat.get(self.circle[i].person, -1), i))
            self.places = dict(zip(come_on, waited))
        self.games = tournament(k)

    def at(self, t):
        """The turn that contains t."""
        i = bisect.bisect_right(self.begins, t) - 1
        return self.turns[i] if i >= 0 else None


# ---------------------------------------------------------------- who is on call

def is_open(week, holidays, zone, t):
    local = t + zones[zone].offset(t)
    for back in (0, 1):
        day = local // DAY - back
        spans = week[(day + 5) % 7 + (7 if day in holidays else 0)]
        if any(day * DAY + a * MINUTE <= local < day * DAY + b * MINUTE for a, b in spans):
            return True
    return False


class Roster:
    def __init__(self, rotation, known_at, until):
        self.rotation, self.known_at = rotation, known_at
        self.walks = {layer.id: Walk(layer, known_at, until) for layer in rotation.layers}
        self.layers = sorted(believed(rotation.layers, known_at), reverse=True,
                             key=lambda layer: (layer.rank, layer.valid[0], layer.id))
        self.covers = sorted(believed(rotation.covers, known_at), reverse=True,
                             key=lambda cover: (cover.recorded[0], cover.id))

    def counts(self, layer, t):
        walk = self.walks[layer.id]
        turn = walk.at(t)
        if not contains(layer.valid, t) or t >= walk.ends or turn is None:
            return False
        hours = walk.rule_at(t, "hours", layer.hours)
        return hours is None or is_open(self.rotation.weeks[hours], self.rotation.holidays, turn.cadence.zone, t)

    def cells(self, t):
        """(person, layer, cover) of each seat."""
        open_layers = [layer for layer in self.layers if self.counts(layer, t)]
        result = []
        for seat in range(self.rotation.nseats):
            cell = (0, 0, 0)
            for layer in open_layers:
                if 0 <= seat - layer.first_seat < layer.nseats:
                    cell = (self.walks[layer.id].at(t).seats[seat - layer.first_seat], layer.id, 0)
                    break
            for cover in self.covers:
                if cover.seat == seat and contains(cover.period, t):
                    cell = (cover.person, 0, cover.id)
                    break
            result.append(cell)
        return result


# ---------------------------------------------------------------- chance

def one_in(n):
    return rnd.randrange(n) == 0


def random_recorded():
    """Moments of knowing lie between 0 and 100."""
    begin = rnd.randint(0, 90) if one_in(2) else 0
    return (begin, rnd.randint(begin, 100) if one_in(4) else NOEND)


def random_cadence(zone, focus, span):
    unit = rnd.choice([MONTHS, DAYS, DAYS, DAYS, MINUTES]) if span > 100 * DAY else \
        rnd.choice([DAYS, MINUTES]) if span > 10 * DAY else MINUTES
    steps = [rnd.choice({MONTHS: [1, 1, 2], DAYS: [1, 2, 3, 7, 7, 14],
                         MINUTES: [15, 20, 30, 60, 90, 240] if span <= 10 * DAY else [720, 1440, 1000]}[unit])
             for _ in range(rnd.choice([1, 1, 2, 5]))]
    length = sum(steps) * {MONTHS: 30 * DAY, DAYS: DAY, MINUTES: MINUTE}[unit]
    anchor = focus + rnd.randint(0, span // 8) - rnd.randint(0, min(12, 20 * span // 10 // length + 1)) * length
    return Cadence(zone, anchor // (15 * MINUTE) * (15 * MINUTE), unit, steps)


def random_week():
    def spans():
        edges = sorted(rnd.sample(range(0, 96), 2 * rnd.choice([1, 1, 2])))
        result = [(15 * edges[i], 15 * edges[i + 1]) for i in range(0, len(edges), 2)]
        if one_in(3):
            result[-1] = (result[-1][0], rnd.randint(result[-1][1] // 15, 96 + edges[0]) * 15)
        return result
    usual, holiday = spans(), rnd.choice([[], spans()])
    week = [usual if one_in(2) else rnd.choice([[], spans()]) for _ in range(7)]
    return week + [holiday if one_in(2) else week[day] for day in range(7)]


class Maker:
    """One random rotation: what was entered about it, in random order."""

    def __init__(self):
        self.focus = instant(2024, 1, 1) + rnd.randrange(8 * 365) * DAY
        self.zones, self.instants = ZONES, []
        if one_in(2):  # a change of summer time in the middle, when handovers may coincide
            zone = rnd.choice([name for name in ZONES if zones[name].changes])
            self.focus = rnd.choice([at for at, _ in zones[zone].changes
                                     if instant(2024, 1, 1) < at < instant(2032, 1, 1)])
            self.zones = [zone] * len(ZONES) + ZONES
            self.instants = [self.focus + i * 15 * MINUTE for i in range(5)]
        self.span = rnd.choice([2 * DAY, 2 * DAY, 40 * DAY, 40 * DAY, 200 * DAY, 700 * DAY])
        self.focus -= self.span // 2
        self.until = self.focus + self.span
        self.grain = rnd.choice([15 * MINUTE, HOUR, 12 * HOUR]) if self.span < 100 * DAY else rnd.choice([HOUR, DAY])
        self.weeks = [random_week() for _ in range(rnd.randint(1, 3))]
        self.people = rnd.choice([3, 9, 30])

    def moment(self):
        """Some time around the window, often a handover or one had before."""
        if self.instants and one_in(2):
            return rnd.choice(self.instants) + rnd.choice([0, 0, 0, -1, 1])
        t = self.focus - self.span // 10 + rnd.randrange(self.span * 6 // 5)
        t -= t % self.grain
        self.instants.append(t)
        return t

    def cadence(self):
        return random_cadence(rnd.choice(self.zones), self.focus, self.span)

    def period(self, open_ended):
        a, b = self.moment(), self.moment()
        while a == b:
            a, b = self.moment(), self.moment() + self.grain
        return (min(a, b), NOEND if open_ended else max(a, b))

    def person(self):
        return 0 if one_in(12) else rnd.randint(1, self.people)

    def pairing(self, nseats):
        return rnd.choice([STAGGERED, STAGGERED, FOLLOWING, PRECEDING, FIXED, FIXED] +
                          ([MIXED] * 3 if nseats == 2 else []))

    def layer(self, number, nseats, nchanges):
        seats = rnd.choice([1, 2, 2, 2, 3, 4])
        first_seat = rnd.choice([0, 0, 0, 1, 2])
        cadence = self.cadence()
        self.instants += [cadence.handover(n) for n in range(8)]
        rows, leaves, rules = [], [], []
        ids = list(range(1, 200))
        rnd.shuffle(ids)
        distinct = rnd.sample(range(1, self.people + 30), self.people + 20)
        for i in range(rnd.randint(1, rnd.choice([3, 6, 12]))):
            rows.append(Row(ids.pop(), i * 8, distinct.pop() if not one_in(6) else self.person(),
                            (NOBEGIN, NOEND), (0, NOEND)))
        for _ in range(nchanges):
            recorded = random_recorded()
            what = rnd.choice(["join", "leave", "away", "move", "join", "leave", "away", "move",
                               "cadence", "pairing", "spread", "hours", "rule", "ends"])
            row = rnd.choice(rows)
            if what == "join":
                valid = self.period(one_in(2))
                rows.append(Row(ids.pop(), rnd.randint(-1, 12 * 8),
                                distinct.pop() if distinct and one_in(2) else self.person(), valid, recorded))
            elif what == "leave":
                leaves.append(Leave(row.id, self.period(True), recorded))
            elif what == "away":
                leaves.append(Leave(row.id, self.period(False), recorded))
            elif what == "move":
                t = self.moment()
                leaves.append(Leave(row.id, (t, NOEND), recorded))
                rows.append(Row(ids.pop(), rnd.randint(-1, 12 * 8), row.person, (t, NOEND), recorded))
            elif what != "ends" or one_in(4):
                every = what == "rule"
                new = self.cadence() if what == "cadence" or every and one_in(2) else None
                since = self.moment()
                if new:
                    handovers = [new.handover(n) for n in range(12 if self.span > 2 * DAY else 150)]
                    self.instants += handovers[:12]
                    coincide = [a for a, b in zip(handovers, handovers[1:]) if a == b]
                    if coincide and one_in(2):
                        since = rnd.choice(coincide)
                rules.append(Rule(
                    ids.pop(), since, new,
                    rnd.randrange(len(self.weeks)) if what == "hours" or every and one_in(2) else None,
                    self.pairing(seats) if what == "pairing" or every and one_in(2) else None,
                    one_in(2) if what == "spread" or every and one_in(2) else None,
                    what == "ends", recorded))
        # one copy of a fact that was closed and believed again
        for facts in (rows, leaves, rules):
            for i, fact in enumerate(facts):
                if one_in(20) and 0 < fact.recorded[0] < 90 and fact.recorded[1] == NOEND:
                    facts.append(fact._replace(recorded=(fact.recorded[0] // 2, fact.recorded[0] * 3 // 4)))
                    break
        valid = (NOBEGIN if one_in(2) else self.moment(), NOEND if not one_in(4) else self.moment() + self.span // 4)
        return Layer(number, rnd.randint(0, 1), valid, (0, NOEND) if not one_in(8) else random_recorded(),
                     cadence, rnd.randrange(len(self.weeks)) if one_in(6) else None,
                     self.pairing(seats), one_in(3), first_seat, seats, rows, leaves, rules)

    def rotation(self):
        nseats = rnd.randint(1, 4)
        layers = [self.layer(i + 1, nseats, rnd.choice([0, 3, 8, 15, 30]) if i == 0 else rnd.randint(0, 4))
                  for i in range(rnd.choice([1, 1, 1, 2, 3]))]
        covers = []
        for i in range(rnd.choice([0, 0, 2, 5])):
            covers.append(Cover(i + 1, rnd.randrange(nseats), self.person(), self.period(False),
                                (i, random_recorded()[1])))
        holidays = sorted({self.focus // DAY + rnd.randrange(self.span // DAY + 1) for _ in range(rnd.choice([0, 4]))})
        return Rotation(nseats, holidays, self.weeks, layers, covers)


# ---------------------------------------------------------------- to the driver and back

def as_list(items, numbers):
    result = [len(items)]
    for item in items:
        result += numbers(item)
    return result


def cadence_numbers(cadence):
    return [ZONES.index(cadence.zone), cadence.anchor, cadence.unit, len(cadence.steps), *cadence.steps]


def zone_numbers(name):
    zone = zones[name]
    return [len(zone.changes), zone.first] + [x for change in zone.changes for x in change]


def layer_numbers(layer):
    """Rows in order, leaves and rules as they come."""
    def nothing(value):
        return -1 if value is None else int(value)
    rows = sorted(layer.rows, key=lambda row: (row.position, row.id))
    return [layer.id, layer.rank, *layer.valid, *layer.recorded, *cadence_numbers(layer.cadence),
            nothing(layer.hours), layer.pairing, int(layer.spread), layer.first_seat, layer.nseats,
            *as_list(rows, lambda row: [row.id, row.person, *row.valid, *row.recorded]),
            *as_list(layer.leaves, lambda leave: [leave.row, *leave.period, *leave.recorded]),
            *as_list(layer.rules, lambda rule: [
                rule.id, rule.since, *([1, *cadence_numbers(rule.cadence)] if rule.cadence else [0]),
                nothing(rule.hours), nothing(rule.pairing), nothing(rule.spread), int(rule.ends), *rule.recorded])]


def case_text(rotation, window, known_at, questions):
    numbers = [*window, known_at, *as_list(ZONES, zone_numbers),
               *as_list(rotation.weeks, lambda week: [x for day in week for x in
                                                      as_list(day, lambda span: list(span))]),
               rotation.nseats, *as_list(rotation.holidays, lambda day: [day]),
               *as_list(rotation.layers, layer_numbers),
               *as_list(rotation.covers, lambda c: [c.id, c.seat, c.person, *c.period, *c.recorded]),
               *as_list(questions, list)]
    return " ".join(map(str, numbers))


def run_driver(texts):
    text = "%d\n%s\n" % (len(texts), "\n".join(texts))
    ran = subprocess.run([DRIVER], input=text, stdout=subprocess.PIPE, encoding="ascii")
    if ran.returncode:
        sys.exit("Bail out! the driver failed: %d" % ran.returncode)
    return [case.split("\n") for case in ran.stdout.split("end\n")[:-1]]


# ---------------------------------------------------------------- the comparison

def ask(maker, rotation):
    """Questions about single turns: (kind, layer, t, limit, person). 0: go on
    with the walk; 1: a new one that knows nothing from limit on; 2: the first
    turn of a person from t on."""
    questions = []
    for _ in range(6):
        t = maker.moment()
        kind = rnd.randrange(3)
        questions.append((kind, rnd.randrange(len(rotation.layers)), t,
                          t + 1 if kind == 1 else maker.until, maker.person() or 1))
    return questions


def turn_words(walk, turn):
    rows = walk.circle
    return [turn.number, turn.begins, turn.ends, walk.layer.id, rows[turn.first].id if turn.first is not None else 0,
            *turn.seats, ":", *(rows[i].id for i in turn.list)]


def expected_answer(roster, question):
    kind, layer, t, limit, person = question
    walk = roster.walks[roster.rotation.layers[layer].id]
    turn = walk.at(t)
    if turn is None:
        return "before"
    if kind < 2:
        words = turn_words(walk, turn)
        if kind == 1:
            words[2] = None  # where it ends may not be known yet
        return words
    for turn in walk.turns[turn.number:]:
        if turn.begins >= limit:
            break
        if turn.begins < turn.ends and person in turn.seats:
            listed = any(walk.circle[i].person == person for i in turn.list)
            return "first %d %d %d" % (turn.number, turn.seats.index(person), listed)
    return "first never"


class Disagreement(Exception):
    pass


def expect(what, wanted, got):
    if wanted != got:
        raise Disagreement("%s: %s, not %s" % (what, wanted, got))


def check_case(rotation, window, known_at, questions, lines):
    until = max([window[1]] + [q[2] for q in questions]) + 1
    roster = Roster(rotation, known_at, until)
    turns = [line.split()[1:] for line in lines if line.startswith("turn ")]
    wanted = [turn_words(walk, turn) for walk in roster.walks.values() for turn in walk.turns
              if turn.begins < window[1]]
    expect("number of turns", len(wanted), len(turns))
    for want, got in zip(wanted, turns):
        expect("turn", list(map(str, want)), got)

    answers = [line for line in lines if line.split(" ")[0] in ("at", "before", "first")]
    expect("number of answers", len(questions), len(answers))
    for question, got in zip(questions, answers):
        want = expected_answer(roster, question)
        if isinstance(want, list):
            got = got.split()[1:]
            want = [got[i] if word is None else str(word) for i, word in enumerate(want)]
        expect("question %s" % (question,), want, got)

    segments = [list(map(int, line.split()[1:])) for line in lines if line.startswith("segment ")]
    expect("beginning", window[0], segments[0][0])
    edges = [segment[0] for segment in segments] + [window[1]]
    for i, segment in enumerate(segments):
        expect("order of segments", True, edges[i] < edges[i + 1])
        expect("a change at %d" % edges[i], True, i == 0 or segment[1:] != segments[i - 1][1:])
        if len(segments) > 15 and rnd.randrange(len(segments)) > 15:
            continue
        for t in {edges[i], edges[i + 1] - 1, rnd.randrange(edges[i], edges[i + 1])}:
            expect("at %d" % t, [x for cell in roster.cells(t) for x in cell], segment[1:])
    for _ in range(3):
        t = rnd.randrange(*window)
        segment = segments[bisect.bisect_right(edges[:-1], t) - 1]
        expect("at %d" % t, [x for cell in roster.cells(t) for x in cell], segment[1:])
    return roster


def check_fairness(lines, roster):
    """From the driver's own turns: between two turns of an entry in the first
    seat, everybody else who is on the list all that time has exactly one; of
    the entries that fixed takes the same is true. Not for spread and mixed."""
    checked = 0
    for walk in roster.walks.values():
        passes = []             # entries taken, with the list of then
        for line in lines:
            words = line.split()
            if not line.startswith("turn ") or int(words[4]) != walk.layer.id:
                continue
            turn = walk.turns[int(words[1])]
            entries = list(map(int, words[words.index(":") + 1:]))
            if turn.spread or turn.pairing == MIXED:
                passes = []
            elif entries:
                first = entries.index(int(words[5]))
                nseats = walk.layer.nseats if turn.pairing == FIXED else 1
                passes += [(entries[(first + i) % len(entries)], set(entries)) for i in range(nseats)]
        last = {}
        for i, (entry, entries) in enumerate(passes):
            if entry in last:
                between = passes[last[entry]:i + 1]
                stay = set.intersection(*(there for _, there in between))
                if entry in stay:
                    count = collections.Counter(who for who, _ in between)
                    for other in stay - {entry}:
                        expect("turns of %d between two of %d" % (other, entry), 1, count[other])
                    checked += 1
            last[entry] = i
    return checked


def in_another_order(rotation):
    """The same facts, entered in another order: other ids where they decide
    nothing, other sequence everywhere."""
    layers = []
    for layer in rotation.layers:
        sinces = [rule.since for rule in layer.rules]
        positions = {row.id: row.position for row in layer.rows}
        new_ids = {row.id: row.id for row in layer.rows}
        if len(set(positions.values())) == len(positions):
            ids = list(new_ids)
            rnd.shuffle(ids)
            new_ids = dict(zip(new_ids, ids))
        rows = [row._replace(id=new_ids[row.id]) for row in layer.rows]
        leaves = [leave._replace(row=new_ids[leave.row]) for leave in layer.leaves]
        rules = layer.rules
        if len(set(sinces)) == len(sinces):
            rules = [rule._replace(id=i) for i, rule in enumerate(rnd.sample(rules, len(rules)))]
        layers.append(layer._replace(rows=rnd.sample(rows, len(rows)), leaves=rnd.sample(leaves, len(leaves)),
                                     rules=rnd.sample(rules, len(rules))))
    return rotation._replace(layers=layers, covers=rnd.sample(rotation.covers, len(rotation.covers)))


def only_believed(rotation, known_at):
    """The roster of then: the facts of then, and nothing else ever written."""
    def keep(facts):
        return [fact._replace(recorded=(0, NOEND)) for fact in believed(facts, known_at)]
    covers = [cover._replace(recorded=(cover.recorded[0], NOEND)) for cover in believed(rotation.covers, known_at)]
    layers = [layer._replace(rows=keep(layer.rows), leaves=keep(layer.leaves), rules=keep(layer.rules))
              for layer in keep(rotation.layers)]
    return rotation._replace(layers=layers, covers=covers)


def segments_of(lines):
    return [line for line in lines if line.startswith("segment ")]


class Check:
    def __init__(self, name):
        self.name, self.n, self.failed = name, 0, 0

    def run(self, seed, function, *args):
        self.n += 1
        try:
            return function(*args)
        except Disagreement as why:
            self.failed += 1
            if self.failed <= 3:
                print("# %s: case %d: %s" % (self.name, seed, why))
        return None


def main():
    global rnd
    print("# walks: seed %d, %d cases" % (SEED, CASES), flush=True)
    turns = Check("rosters are what goes from turn to turn")
    fair = Check("nobody who stays is passed over or called twice")
    order = Check("the order in which facts were entered does not matter")
    known = Check("the roster of then is that of the facts of then")
    intervals = 0
    for batch in range(0, CASES, 100):
        cases = []
        for number in range(batch, min(batch + 100, CASES)):
            rnd = random.Random(SEED + number)  # a case can be had again by itself
            maker = Maker()
            rotation = maker.rotation()
            window = (maker.focus + rnd.randrange(maker.span // 3), maker.until)
            known_at = NOW if one_in(2) else rnd.randint(0, 100)
            cases.append((SEED + number, rotation, window, known_at, ask(maker, rotation)))
        texts = []
        for seed, rotation, window, known_at, questions in cases:
            texts += [case_text(rotation, window, known_at, questions),
                      case_text(in_another_order(rotation), window, known_at, []),
                      case_text(only_believed(rotation, known_at), window, NOW, [])]
        outputs = run_driver(texts)
        for i, (seed, rotation, window, known_at, questions) in enumerate(cases):
            lines, shuffled, then = outputs[3 * i:3 * i + 3]
            roster = turns.run(seed, check_case, rotation, window, known_at, questions, lines)
            if roster:
                intervals += fair.run(seed, check_fairness, lines, roster) or 0
            order.run(seed, expect, "segments", segments_of(lines), segments_of(shuffled))
            known.run(seed, expect, "segments", segments_of(lines), segments_of(then))
    checks = [turns, fair, order, known]
    print("# %d times from one turn of somebody to their next" % intervals)
    for i, check in enumerate(checks):
        print("%s %d - %s" % ("not ok" if check.failed else "ok", i + 1, check.name))
    print("1..%d" % len(checks))
    print("%d passed, %d failed" % (sum(check.n - check.failed for check in checks),
                                    sum(check.failed for check in checks)))
    sys.exit(any(check.failed for check in checks))


main()
