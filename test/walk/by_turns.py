"""Who is on call by rules that change, found turn by turn.

It follows the text of the manual, one sentence at a time: it goes from turn to
turn, asks at each handover what holds then, and knows no formula and no
arithmetic but counting. Tests of the engine compare with it.
"""

import bisect
import collections
import datetime
import zoneinfo

NOBEGIN, NOEND = -2**63, 2**63 - 1
NOW = NOEND  # known_at: what is believed now
SECOND, MINUTE, HOUR, DAY = 10**6, 60 * 10**6, 3600 * 10**6, 86400 * 10**6
EPOCH = datetime.datetime(2000, 1, 1)
STAGGERED, FOLLOWING, PRECEDING, FIXED, MIXED = range(5)
MONTHS, DAYS, MINUTES = range(3)
ZONES = ["UTC", "Europe/London", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe",
         "America/Havana", "America/Santiago", "Asia/Kolkata"]


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
