"""Rosters by rules that change, turn by turn and without a formula.

Random rotations whose lists, cadences, pairings, hours and ends change, with
facts that are taken back and rosters of the past; the rosters that the engine
compiles (driver.c, outside a server) against those of by_turns.py. Prints TAP.

    oracle.py DRIVER [seed [cases]]
"""

import bisect
import collections
import os
import random
import subprocess
import sys
import time

from by_turns import (
    DAY, DAYS, FIXED, FOLLOWING, HOUR, MINUTE, MINUTES, MIXED, MONTHS, NOBEGIN, NOEND, NOW, PRECEDING, STAGGERED, ZONES,
    Cadence, Cover, Layer, Leave, Roster, Rotation, Row, Rule, believed, instant, zones)

DRIVER = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
CASES = int(sys.argv[3] if len(sys.argv) > 3 else os.environ.get("ONCALL_CASES", 5000))

rnd = random.Random(SEED)


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
    with the walk; 1: a new one that knows nothing from limit on; 2: when a
    person is on the list, from t on."""
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
    return {later.number: any(walk.circle[i].person == person for i in later.list)
            for later in walk.turns[turn.number:] if later.begins < limit}


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

    answers = [line for line in lines if line.split(" ")[0] in ("at", "before", "listed")]
    expect("number of answers", len(questions), len(answers))
    for question, got in zip(questions, answers):
        want = expected_answer(roster, question)
        if isinstance(want, list):
            got = got.split()[1:]
            want = [got[i] if word is None else str(word) for i, word in enumerate(want)]
        elif isinstance(want, dict):
            words = list(map(int, got.split()[1:]))
            starts = words[0::2]
            got = {number: bool(words[2 * bisect.bisect(starts, number) - 1]) for number in want}
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
