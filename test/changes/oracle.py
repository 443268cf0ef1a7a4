"""Changes compose, and each of them can be taken back.

Random rotas are changed by the functions of the extension and by plain
statements, some of them several in one transaction; changes are undone, and
undos are. Beside it stands a model that knows which changes have been made and
which of them stand: a fact holds if the change that wrote it stands, and none
that stands has closed it; at each instant of a seat the last word that stands
about a cover counts. Who is on call by what holds is told by ../walk/by_turns.py.
Prints TAP.

    oracle.py [seed [cases]]
"""

import collections
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "walk"))
from by_turns import (  # noqa: E402 (where it stands is told above)
    DAY, DAYS, HOUR, MINUTE, MINUTES, MONTHS, NOBEGIN, NOEND, NOW, ZONES,
    Cadence, Cover, Layer, Leave, Roster, Rotation, Row, Rule, instant)

DATABASE = "oncall_changes"
SEED = int(sys.argv[1]) if len(sys.argv) > 1 else int(time.time())
CASES = int(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("ONCALL_CASES", 270))
PEOPLE = 12
PAIRINGS = ["staggered", "following", "preceding", "fixed", "mixed"]
FOREVER = (0, NOEND)
ALWAYS = [(0, 1440)]
HOURS = ["Mo-Fr 08:00-18:00", "24/7", "Sa-Su 00:00-24:00", "Mo-Su 20:00-08:00"]
WEEKS = [[[(480, 1080)]] * 5 + [[]] * 2, [ALWAYS] * 7, [[]] * 5 + [ALWAYS] * 2, [[(1200, 1920)]] * 7]
WEEKS = [week * 2 for week in WEEKS]    # public holidays, of which there are none
UNITS = {MONTHS: "P%dM", DAYS: "P%dD", MINUTES: "PT%dM"}

rnd = random.Random(SEED)

SETUP = """
CREATE EXTENSION oncall;
SELECT oncall.setup() \\g /dev/null
CREATE SCHEMA test;
CREATE FUNCTION test.at(us bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
RETURN CASE us WHEN -9223372036854775808 THEN '-infinity'::timestamptz WHEN 9223372036854775807 THEN 'infinity'
	ELSE timestamptz '2000-01-01 00:00Z' + us / 86400000000 * interval '24 hours' + us % 86400000000 * interval '1 microsecond' END;
CREATE FUNCTION test.us(at timestamptz, unbounded bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN CASE WHEN isfinite(at) THEN (extract(epoch FROM at) * 1000000)::bigint - 946684800000000 ELSE unbounded END;
CREATE FUNCTION test.us(period tstzrange) RETURNS text LANGUAGE sql IMMUTABLE
RETURN coalesce(test.us(lower(period), NULL), -9223372036854775808) || ' ' || coalesce(test.us(upper(period), NULL), 9223372036854775807);
CREATE FUNCTION test.period(a bigint, b bigint) RETURNS tstzrange LANGUAGE sql IMMUTABLE
RETURN tstzrange(nullif(test.at(a), '-infinity'), nullif(test.at(b), 'infinity'));
-- what a change has written and closed
CREATE FUNCTION test.written(c integer) RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC
	SELECT concat_ws(' ', 'member', layer_member_id, layer_id, coalesce(person_id, 0), test.us(valid), position)
	FROM oncall.layer_member WHERE change_id = c AND copy_of IS NULL
	UNION ALL
	SELECT concat_ws(' ', 'leave', layer_leave_id, layer_member_id, test.us(period))
	FROM oncall.layer_leave WHERE change_id = c AND copy_of IS NULL
	UNION ALL
	SELECT concat_ws(' ', 'rule', layer_rule_id, layer_id, test.us(since, 0)) FROM oncall.layer_rule WHERE change_id = c AND copy_of IS NULL
	UNION ALL
	SELECT concat_ws(' ', 'layer', layer_id) FROM oncall.layer WHERE change_id = c AND copy_of IS NULL
	UNION ALL
	SELECT concat_ws(' ', 'standing', rotation_member_id) FROM oncall.rotation_member WHERE change_id = c AND copy_of IS NULL
	UNION ALL
	SELECT concat_ws(' ', 'closed', 'layer', layer_id) FROM oncall.layer WHERE closed_by = c AND copy_of IS NULL
	UNION ALL
	SELECT concat_ws(' ', 'closed', 'standing', rotation_member_id) FROM oncall.rotation_member WHERE closed_by = c AND copy_of IS NULL;
END;
-- what is believed of a rotation's facts
CREATE FUNCTION test.believed(r integer) RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC
	SELECT concat_ws(' ', 'layer', layer_id) FROM oncall.layer WHERE rotation_id = r AND upper_inf(recorded)
	UNION ALL
	SELECT concat_ws(' ', 'member', layer_member_id) FROM oncall.layer_member m JOIN oncall.layer l USING (layer_id)
	WHERE l.rotation_id = r AND l.copy_of IS NULL AND upper_inf(m.recorded)
	UNION ALL
	SELECT concat_ws(' ', 'leave', layer_leave_id) FROM oncall.layer_leave v JOIN oncall.layer_member m USING (layer_member_id)
	JOIN oncall.layer l USING (layer_id)
	WHERE l.rotation_id = r AND upper_inf(v.recorded)
	UNION ALL
	SELECT concat_ws(' ', 'rule', layer_rule_id) FROM oncall.layer_rule u JOIN oncall.layer l USING (layer_id)
	WHERE l.rotation_id = r AND upper_inf(u.recorded)
	UNION ALL
	SELECT concat_ws(' ', 'standing', rotation_member_id) FROM oncall.rotation_member WHERE rotation_id = r AND upper_inf(recorded);
END;
CREATE FUNCTION test.roster(r integer, during tstzrange, k timestamptz) RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC
	SELECT concat_ws(' ', s.seat, test.us(s.period), coalesce(s.person_id, 0), coalesce(s.layer_id, 0), coalesce(s.cover_id, 0))
	FROM oncall.roster(during, r, k) s ORDER BY s.seat, s.period;
END;
"""


class Server:
    """A session that answers one statement at a time."""

    def __init__(self, database):
        self.psql = subprocess.Popen(
            ["psql", "-XAtq", "-v", "ON_ERROR_ROLLBACK=on", "-v", "VERBOSITY=verbose", "-d", database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", bufsize=1)
        self.log = []

    def run(self, sql):
        """(SQLSTATE, lines)"""
        self.log.append(sql)
        self.psql.stdin.write(sql + ";\n\\echo :SQLSTATE done\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            line = line.rstrip("\n")
            if line.endswith(" done") and len(line) == 10:
                if line[:5] != "00000":
                    self.log.append("-- " + line[:5])
                return line[:5], lines
            lines.append(line)
        sys.exit("Bail out! psql ended: %s" % lines)

    def get(self, sql):
        state, lines = self.run(sql)
        if state != "00000":
            sys.exit("Bail out! %s\n%s" % (sql, "\n".join(lines)))
        return lines


class Disagreement(Exception):
    pass


def expect(what, wanted, got):
    if wanted != got:
        raise Disagreement("%s: %s, not %s" % (what, wanted, got))


def one_in(n):
    return rnd.randrange(n) == 0


def overlap(a, b):
    return max(a[0], b[0]) < min(a[1], b[1])


def contains(period, t):
    return period[0] <= t < period[1]


# ---------------------------------------------------------------- the model

class Change:
    """What a change said. words: (seat, period, person; None: no cover)."""

    def __init__(self, number, undoes=None):
        self.number, self.undoes = number, undoes
        self.facts, self.closed, self.words = {}, [], []


class Model:
    """Which changes of a rotation have been made, in order."""

    def __init__(self, nseats):
        self.nseats = nseats
        self.changes = {}

    def copy(self):
        other = Model(self.nseats)
        other.changes = dict(self.changes)
        return other

    def stands(self, change):
        return not any(u.undoes == change.number and self.stands(u) for u in self.changes.values())

    def standing(self):
        return [change for change in self.changes.values() if self.stands(change)]

    def facts(self):
        """(kind, id) -> fact, of those that hold"""
        standing = self.standing()
        closed = {key for change in standing for key in change.closed}
        return {key: fact for change in standing for key, fact in change.facts.items() if key not in closed}

    def layers(self):
        facts = self.facts()
        rows = [fact for (kind, _), fact in facts.items() if kind == "member"]
        leaves = [fact for (kind, _), fact in facts.items() if kind == "leave"]
        rules = [fact for (kind, _), fact in facts.items() if kind == "rule"]
        result = []
        for (kind, number), layer in facts.items():
            if kind == "layer":
                own = [row for owner, row in rows if owner == number]
                result.append(layer._replace(rows=own, leaves=[v for v in leaves if v.row in {row.id for row in own}],
                                             rules=[rule for owner, rule in rules if owner == number]))
        return result

    def covers(self):
        """The last word at each instant."""
        words = [word for change in self.standing() for word in change.words]
        result = []
        for seat in range(self.nseats):
            mine = [word for word in words if word[0] == seat]
            edges = sorted({t for word in mine for t in word[1]})
            for begin, end in zip(edges, edges[1:]):
                last = [word for word in mine if contains(word[1], begin)][-1:]
                if last and last[0][2] is not None:
                    result.append(Cover(1, seat, last[0][2], (begin, end), FOREVER))
        return result

    def roster(self, until):
        return Roster(Rotation(self.nseats, [], WEEKS, self.layers(), self.covers()), NOW, until)


def list_at(layer, t):
    """The rows on a layer's list, in order."""
    return [row for row in sorted(layer.rows, key=lambda row: (row.position, row.id))
            if contains(row.valid, t) and not any(v.row == row.id and contains(v.period, t) for v in layer.leaves)]


def common(a, b):
    """The length of a longest common subsequence."""
    best = [0] * (len(b) + 1)
    for x in a:
        row = [0]
        for j, y in enumerate(b):
            row.append(best[j] + 1 if x == y else max(row[j], best[j + 1]))
        best = row
    return best[-1]


def turned(items):
    return [items[i:] + items[:i] for i in range(len(items))] or [[]]


# ---------------------------------------------------------------- rotas made up

def cadence_text(cadence):
    at = (instant(2000, 1, 1), cadence.anchor)[1]
    days, rest = divmod(at, DAY)
    date = time.strftime("%Y-%m-%d", time.gmtime(946684800 + days * 86400))
    return "R/%sT%02d:%02d[%s]/%s" % (date, rest // HOUR, rest % HOUR // MINUTE, cadence.zone,
                                      ",".join(UNITS[cadence.unit] % step for step in cadence.steps))


class Rota:
    """One random rotation, in the server and in the model."""

    def __init__(self, server, number):
        self.server, self.number = server, number
        self.span = rnd.choice([30, 90, 200]) * DAY
        self.begin = instant(2035, 1, 1) + rnd.randrange(3650) * DAY
        self.until = self.begin + self.span
        self.zone = rnd.choice(ZONES)
        self.nseats = rnd.randint(1, 3)
        self.moments = [self.begin]
        self.model = Model(self.nseats)
        self.in_transaction = self.plain_is_over = False
        self.refused = collections.Counter()
        self.done = collections.Counter()
        self.everybody = range((number - 1) * PEOPLE + 1, number * PEOPLE + 1)
        server.get("INSERT INTO oncall.person (person_id, name, zone) SELECT i, 'P' || i, 'UTC' FROM generate_series(%d, %d) i" % (
            self.everybody[0], self.everybody[-1]))
        server.get("INSERT INTO oncall.rotation (rotation_id, name, zone, seats, max_consecutive, exclusive)"
                   " VALUES (%d, 'R%d', '%s', '{%s}', NULL, false)"
                   % (number, number, self.zone, ",".join("abc"[:self.nseats])))
        server.get("INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)"
                   " SELECT %d, p, 'reserve', '(,)' FROM generate_series(%d, %d) p" % (number, self.everybody[0], self.everybody[-1]))
        self.read(Change(int(server.get("SELECT max(change_id) FROM oncall.change")[0])))
        self.model.changes.clear()      # nobody takes this back
        self.first = self.facts_of_setup
        self.add_layer()

    def cadence(self):
        unit = rnd.choice([DAYS, DAYS, DAYS, MINUTES] + [MONTHS] * (self.span > 100 * DAY))
        steps = [rnd.choice({MONTHS: [1], DAYS: [1, 2, 3, 7, 7], MINUTES: [720, 1440, 1000]}[unit])
                 for _ in range(rnd.choice([1, 1, 2, 5]))]
        anchor = self.begin - rnd.randint(-5, 30) * DAY
        return Cadence(self.zone if one_in(2) else rnd.choice(ZONES), anchor + rnd.randrange(96) * 15 * MINUTE, unit, steps)

    def moment(self):
        """Some time in the window, often one had before."""
        if one_in(3):
            return rnd.choice(self.moments)
        t = self.begin + rnd.randrange(self.span // HOUR) * HOUR
        self.moments.append(t)
        return t

    def period(self):
        a, b = sorted([self.moment(), self.moment()])
        return (a, b if a < b else a + rnd.choice([HOUR, DAY, 10 * DAY]))

    def pairing(self, seats):
        return rnd.choice(PAIRINGS[:5 if seats == 2 else 4])

    def people(self):
        people = rnd.sample(self.everybody, rnd.randint(1, 7))
        if one_in(5):
            people.append(rnd.choice(people))
        if one_in(8):
            people.insert(rnd.randrange(len(people) + 1), 0)
        return people

    # to the server

    def read(self, change, facts=()):
        """What a change has just written; the model makes it believed."""
        given = dict(facts)
        for line in self.server.get("SELECT test.written(%d)" % change.number):
            kind, *words = line.split()
            if kind == "closed":
                change.closed.append((words[0], int(words[1])))
                continue
            key = (kind, int(words[0]))
            if kind == "member":
                row = Row(key[1], float(words[5]), int(words[2]), (int(words[3]), int(words[4])), FOREVER)
                change.facts[key] = (int(words[1]), row)
            elif kind == "leave":
                change.facts[key] = Leave(int(words[1]), (int(words[2]), int(words[3])), FOREVER)
            elif kind == "rule":
                change.facts[key] = (int(words[1]), given["rule"]._replace(id=key[1]))
            elif kind == "layer":
                change.facts[key] = given["layer"]._replace(id=key[1])
            else:
                change.facts[key] = None
        self.facts_of_setup = change.facts
        self.model.changes[change.number] = change

    def call(self, name, sql, facts=(), words=(), undoes=None):
        """A statement that makes a change; its id, None if it is refused."""
        plain = not sql.startswith("SELECT")
        if plain and self.plain_is_over:
            return None     # all plain statements of a transaction are one change, made when the first was
        state, lines = self.server.run(sql)
        if state != "00000":
            self.refused[name, state] += 1
            if state not in ("22023", "55000", "23514", "23P01"):
                raise Disagreement("%s: %s" % (sql, "; ".join(lines)))
            return None
        self.done[name] += 1
        number = int(self.server.get("SELECT max(change_id) FROM oncall.change WHERE (kind = 'rows') = %s" % plain)[0])
        if number in self.model.changes and not plain:
            return None     # nothing was to be done
        self.plain_is_over = self.in_transaction and not plain
        if number in self.model.changes:
            words = self.model.changes[number].words + list(words)
        change = Change(number, undoes)
        change.words = list(words)
        if undoes:
            self.model.changes[number] = change
        else:
            self.read(change, facts)
        return number

    def layer_of(self, t):
        layers = self.model.layers()
        return rnd.choice(layers) if layers else None

    # changes

    def add_layer(self):
        seats = rnd.randint(1, self.nseats)
        first_seat = rnd.randint(1, self.nseats - seats + 1)
        cadence, pairing = self.cadence(), self.pairing(seats)
        spread = one_in(3) and pairing in PAIRINGS[:3]
        valid = (NOBEGIN, NOEND) if one_in(2) else (self.moment(), NOEND)
        first = not self.model.changes
        rank = 0 if first else rnd.randint(-1, 1)
        hours = None if first or one_in(2) else rnd.randrange(len(HOURS))
        layer = Layer(0, rank, valid, FOREVER, cadence, hours, PAIRINGS.index(pairing), spread, first_seat - 1, seats, [], [], [])
        people = self.people()
        self.call("add_layer", "SELECT oncall.add_layer('R%d', %s, '%s', %d, test.period(%d, %d), %s, '%s', %d, %d, %s)" % (
            self.number, self.names(people), cadence_text(cadence), rank, *valid,
            "NULL" if hours is None else "'%s'" % HOURS[hours], pairing, first_seat, seats, spread), {"layer": layer})

    @staticmethod
    def names(people):
        return "ARRAY[%s]::text[]" % ", ".join("'P%d'" % p if p else "NULL" for p in people)

    def join(self):
        since = self.moment()
        layer = self.layer_of(since)
        if layer is None:
            return
        entries = [row.person for row in list_at(layer, since) if row.person]
        after = rnd.choice(entries) if entries and one_in(2) else None
        until = max(since + DAY, self.moment()) if one_in(4) else NOEND
        person = rnd.choice(self.everybody)
        before = sorted(layer.rows, key=lambda row: (row.position, row.id))
        number = self.call("join", "SELECT oncall.join_rotation('R%d', 'P%d', %s, test.at(%d), nullif(test.at(%d), 'infinity'), %d)" % (
            self.number, person, "'P%d'" % after if after else "NULL", since, until, layer.id))
        if number is None:
            return
        rows = [fact[1] for (kind, _), fact in self.model.changes[number].facts.items() if kind == "member"]
        expect("rows of who joins", [(person, (since, until))], [(row.person, row.valid) for row in rows])
        ahead = [row for row in before if (row.position, row.id) < (rows[0].position, rows[0].id)]
        if after:
            # nothing fits between those who share a position
            sharing = [row.person for row in ahead if row.position == ahead[-1].position]
            expect("who stands before who joins", after, after if after in sharing else ahead[-1].person)
        else:
            expect("how many stand before who joins at the end", len(before), len(ahead))

    def leave(self):
        since = self.moment()
        layer = self.layer_of(since)
        if layer is None:
            return
        people = [row.person for row in layer.rows if row.person]
        if not people:
            return
        person = rnd.choice(people)
        until = max(since + DAY, self.moment()) if one_in(2) else NOEND
        becomes = rnd.choice(["'reserve'", "'volunteer'", "NULL", "NULL"])
        own = [row for row in layer.rows if row.person == person and overlap(row.valid, (since, until))]
        number = self.call("leave", "SELECT oncall.leave_rotation('R%d', 'P%d', test.at(%d), nullif(test.at(%d), 'infinity'), %s, %d)" % (
            self.number, person, since, until, becomes, layer.id))
        if number is None:
            return
        leaves = [fact for (kind, _), fact in self.model.changes[number].facts.items() if kind == "leave"]
        expect("periods of who leaves", {(since, until)}, {v.period for v in leaves})
        expect("entries of who leaves", True, {v.row for v in leaves} <= {row.id for row in own})
        after = next(l for l in self.model.layers() if l.id == layer.id)
        for t in self.moments:
            if since <= t < until:
                expect("who has left is on the list", False, person in [row.person for row in list_at(after, t)])

    def set_members(self):
        since = self.moment()
        layer = self.layer_of(since)
        if layer is None:
            return
        old = [row.person for row in list_at(layer, since)]
        people = rnd.choice([old, self.people()])
        people = rnd.choice(turned(people)) if one_in(3) else list(people)
        for _ in range(rnd.choice([0, 1, 1, 2])):
            what = rnd.randrange(3)
            if what == 0 and people:
                people.pop(rnd.randrange(len(people)))
            elif what == 1:
                people.insert(rnd.randint(0, len(people)), rnd.choice(self.everybody))
            elif people:
                people.insert(rnd.randrange(len(people)), people.pop(rnd.randrange(len(people))))
        if not any(people):
            people.append(self.everybody[0])
        turn = Roster(Rotation(self.nseats, [], WEEKS, [layer], []), NOW, self.until + 400 * DAY).walks[layer.id].at(since)
        circular = bool(turn and turn.number)
        number = self.call("set_members", "SELECT oncall.set_members('R%d', %s, test.at(%d), %d)" % (
            self.number, self.names(people), since, layer.id))
        news = turned(people) if circular else [people]
        kept = max(common(old, new) for new in news)
        if number is None:
            if self.server.log[-1].startswith("--"):    # refused
                return
            expect("what changes where nothing is said to", len(old) + len(people), 2 * kept)
            return
        facts = self.model.changes[number].facts
        # nobody fits in before a row that shares its position: that one is written anew
        leaves = sum(kind == "leave" for kind, _ in facts)
        tied = len(layer.rows) - len({row.position for row in layer.rows})
        anew = leaves - (len(old) - kept)
        expect("entries that leave, %d and up to %d anew" % (len(old) - kept, tied), True, 0 <= anew <= tied)
        expect("entries that join", len(people) - kept + anew, sum(kind == "member" for kind, _ in facts))
        after = next(l for l in self.model.layers() if l.id == layer.id)
        now = [row.person for row in list_at(after, since)]
        expect("the list %s (was %s, circular %s)" % (people, old, circular), True, now in news)
        expect("periods of what set_members() writes", {(since, NOEND)}, {
            (fact[1].valid if kind == "member" else fact.period) for (kind, _), fact in facts.items() if kind in ("member", "leave")})

    def rule(self):
        since = self.moment()
        layer = self.layer_of(since)
        if layer is None:
            return
        rule = Rule(0, since, None, None, None, None, False, FOREVER)
        what = rnd.choice(["cadence", "hours", "pairing", "pairing", "end"])
        if what == "cadence":
            rule = rule._replace(cadence=self.cadence())
            sql = "SELECT oncall.set_cadence('R%d', '%s', test.at(%d), %d)" % (
                self.number, cadence_text(rule.cadence), since, layer.id)
        elif what == "hours":
            rule = rule._replace(hours=rnd.randrange(len(HOURS)))
            sql = "SELECT oncall.set_hours('R%d', '%s', test.at(%d), %d)" % (self.number, HOURS[rule.hours], since, layer.id)
        elif what == "pairing":
            pairing = self.pairing(layer.nseats)
            rule = rule._replace(pairing=PAIRINGS.index(pairing), spread=rnd.choice([None, True, False]))
            sql = "SELECT oncall.set_pairing('R%d', '%s', test.at(%d), %d, %s)" % (
                self.number, pairing, since, layer.id, "NULL" if rule.spread is None else rule.spread)
        else:
            if not one_in(4) or since <= layer.valid[0]:
                return
            rule = rule._replace(ends=True)
            sql = "SELECT oncall.end_layer(%d, test.at(%d))" % (layer.id, since)
        self.call(what, sql, {"rule": rule})

    def withdraw_layer(self):
        layer = self.layer_of(self.begin)
        if layer is not None and one_in(8):
            self.call("withdraw_layer", "SELECT oncall.withdraw_layer(%d)" % layer.id)

    def plain(self):
        """Rows written by hand."""
        since = self.moment()
        layer = self.layer_of(since)
        if layer is None or not layer.rows:
            return
        if one_in(2):
            period = self.period() if one_in(2) else (since, NOEND)
            self.call("plain leave", "INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (%d, test.period(%d, %d))" % (
                rnd.choice(layer.rows).id, *period))
        else:
            self.call("plain join", "INSERT INTO oncall.layer_member (layer_id, position, person_id, valid)"
                      " VALUES (%d, %d.5, %d, test.period(%d, %d))" % (
                          layer.id, rnd.randint(-1, 8), rnd.choice(self.everybody), since, NOEND))

    # covers

    def shift_at(self, t):
        """Somebody's shift: (seat, period, person)."""
        lines = [list(map(int, line.split())) for line in self.server.get(
            "SELECT test.roster(%d, test.period(%d, %d), NULL)" % (self.number, t, t + 14 * DAY))]
        lines = [line for line in lines if line[3]]
        return rnd.choice(lines) if lines else None

    def cover(self):
        shift = self.shift_at(self.moment())
        if shift is None:
            return
        seat, begin, end, person = shift[:4]
        length = (end - begin) // (15 * MINUTE)
        if length > 2 and one_in(2):
            a, b = sorted(rnd.sample(range(length), 2))
            begin, end = begin + a * 15 * MINUTE, begin + b * 15 * MINUTE
        other = rnd.choice(self.everybody)
        self.moments += [begin, end]
        self.call("cover", "SELECT oncall.cover_shift('R%d', test.period(%d, %d), 'P%d', 'P%d', seat => '%s')" % (
            self.number, begin, end, person, other, "abc"[seat - 1]), words=[(seat - 1, (begin, end), other)])

    def swap(self):
        a, b = self.shift_at(self.moment()), self.shift_at(self.moment())
        if a is None or b is None or a[3] == b[3] or overlap(a[1:3], b[1:3]):
            return
        words = []
        for shift, person in ((a, b[3]), (b, a[3])):
            # as much of it as there is, which begins and ends outside what was looked at
            line = [list(map(int, line.split())) for line in self.server.get(
                "SELECT test.roster(%d, test.period(%d, %d), NULL)" % (self.number, shift[1] - 400 * DAY, shift[2] + 400 * DAY))]
            whole = next(l for l in line if l[0] == shift[0] and contains(l[1:3], shift[1]))
            words.append((shift[0] - 1, tuple(whole[1:3]), person))
        if sum(w[1][1] - w[1][0] for w in words) > 200 * DAY or overlap(words[0][1], words[1][1]):
            return
        self.call("swap", "SELECT oncall.swap_shifts('R%d', 'P%d', test.at(%d), 'P%d', test.at(%d))" % (
            self.number, a[3], a[1], b[3], b[1]), words=words)

    def covers_now(self):
        return [tuple(map(int, line.split())) for line in self.server.get(
            "SELECT concat_ws(' ', cover_id, seat, test.us(period), coalesce(person_id, 0), oncall_internal.is_own(recorded, xmin)::integer)"
            " FROM oncall.cover WHERE rotation_id = %d AND upper_inf(recorded) ORDER BY cover_id" % self.number)]

    def edit_cover(self):
        covers = self.covers_now()
        if not covers:
            seat, period = rnd.randrange(self.nseats), self.period()
            self.call("empty seat", "INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (%d, %d, test.period(%d, %d))" % (
                self.number, seat + 1, *period), words=[(seat, period, 0)])
            return
        cover, seat, begin, end, person, fresh = rnd.choice(covers)
        middle = begin + (end - begin) // 2 // (15 * MINUTE) * (15 * MINUTE)
        what = rnd.randrange(4)
        if what == 0:
            self.call("withdraw_cover", "SELECT oncall.withdraw_cover(%d)" % cover, words=[(seat - 1, (begin, end), None)])
        elif middle == begin or fresh:
            pass        # what this transaction wrote is put right in place
        elif what == 1:
            self.call("end_cover", "SELECT oncall.end_cover(%d, test.at(%d))" % (cover, middle), words=[(seat - 1, (middle, end), None)])
        elif what == 2:
            self.call("shorten", "UPDATE oncall.cover SET period = test.period(%d, %d) WHERE cover_id = %d" % (middle, end, cover),
                      words=[(seat - 1, (begin, middle), None)])
        else:
            other = rnd.choice(self.everybody)
            if other != person:
                self.call("other person", "UPDATE oncall.cover SET person_id = %d WHERE cover_id = %d" % (other, cover),
                          words=[(seat - 1, (begin, end), other)])

    def undo(self):
        changes = self.model.standing()[1:]
        if changes:
            change = rnd.choice(changes if one_in(2) else changes[-3:])
            self.call("undo of an undo" if change.undoes else "undo", "SELECT oncall.undo(%d)" % change.number, undoes=change.number)

    def step(self):
        rnd.choice([self.join, self.join, self.leave, self.leave, self.set_members, self.set_members, self.rule, self.rule,
                    self.plain, self.cover, self.cover, self.cover, self.swap, self.edit_cover, self.edit_cover,
                    self.undo, self.undo, self.undo, self.undo, self.add_layer, self.withdraw_layer])()

    # comparisons

    def roster_text(self, known_at="NULL"):
        return self.server.get("SELECT test.roster(%d, test.period(%d, %d), %s)" % (
            self.number, self.begin - 3 * DAY, self.until, known_at))

    def check_believed(self):
        wanted = {"%s %d" % key for key in self.model.facts()}
        got = set(self.server.get("SELECT test.believed(%d)" % self.number)) - {"%s %d" % key for key in self.first}
        closed = {"%s %d" % key for change in self.model.standing() for key in change.closed}
        expect("facts that hold", sorted(wanted), sorted(got))
        return closed

    def check_roster(self, lines):
        roster = self.model.roster(self.until)
        edges = set()
        for line in lines:
            edges |= set(map(int, line.split()[1:3]))
        edges |= {t for cover in roster.rotation.covers for t in cover.period}
        for walk in roster.walks.values():
            edges |= set(walk.begins)
        edges = sorted(t + d for t in edges if self.begin - 3 * DAY < t < self.until for d in (-1, 0))
        shifts = collections.defaultdict(list)
        for line in lines:
            seat, begin, end, person, layer, cover = map(int, line.split())
            shifts[seat - 1].append((begin, end, person, layer, cover > 0))
        places = [0] * self.nseats
        for t in edges:
            for seat, (person, layer, cover) in enumerate(roster.cells(t)):
                while shifts[seat][places[seat]][1] <= t:
                    places[seat] += 1
                expect("seat %d at %d" % (seat + 1, t), (person, layer, cover > 0), shifts[seat][places[seat]][2:])


# ---------------------------------------------------------------- the tests

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
                print("# %s: case %d: %s" % (self.name, seed, str(why)[:2000]), flush=True)
            return False


class History:
    """A rota that is changed, and what was believed in between."""

    def __init__(self, server, number):
        self.server = server
        self.rota = Rota(server, number)
        self.then = []          # (clock, roster)

    def change(self):
        """One transaction, which may be of several changes."""
        rota = self.rota
        self.server.get("SELECT 1")     # the clock goes on
        if one_in(4):
            model = rota.model.copy()
            self.server.get("BEGIN")
            rota.in_transaction = True
            for _ in range(rnd.randint(2, 4)):
                rota.step()
            rota.in_transaction = rota.plain_is_over = False
            state, lines = self.server.run("COMMIT")
            if state != "00000":
                rota.refused["commit", state] += 1
                if state != "23514":
                    raise Disagreement("COMMIT: %s" % lines)
                rota.model = model
        else:
            rota.step()
        rota.check_believed()
        self.remember()
        return True

    def remember(self):
        self.then.append((self.server.get("SELECT clock_timestamp()")[0], self.rota.roster_text()))

    def check_now(self):
        self.rota.check_roster(self.then[-1][1])
        return True

    def check_then(self):
        for clock, lines in rnd.sample(self.then, min(4, len(self.then))):
            expect("roster known at %s" % clock, lines, self.rota.roster_text("'%s'" % clock))
        return True


def run_history(server, number, seed, checks, totals):
    made, now, then = checks
    history = History(server, number)
    history.remember()
    for i in range(rnd.choice([3, 8, 15, 30])):
        if not made.run(seed, history.change):
            return False
        if one_in(4) and not now.run(seed, history.check_now):
            return False
    fine = now.run(seed, history.check_now)
    fine = then.run(seed, history.check_then) and fine
    totals[0].update(history.rota.done)
    totals[1].update(history.rota.refused)
    return fine


class Order:
    """Facts that are planned, entered as they come, in two orders."""

    def __init__(self, server, number):
        self.rota = Rota(server, number)
        self.facts = []         # (kind, what is to be written, of which entry)
        self.layer = self.rota.model.layers()[0]
        self.joins, self.cadences = set(), 0
        entries = [row.position for row in self.layer.rows]
        sinces = set()
        for _ in range(rnd.choice([3, 8, 15, 30])):
            kind = rnd.choice(["join", "leave", "rule"])
            since = self.rota.moment()
            if kind == "join":
                position = rnd.choice([i / 8 for i in range(-8, 80) if i / 8 not in entries])
                until = NOEND if one_in(2) else since + rnd.randint(1, 60) * DAY
                self.facts.append((kind, (position, rnd.choice(self.rota.everybody), since, until)))
                entries.append(position)
                self.joins.add(position)
            elif kind == "leave":
                until = NOEND if one_in(2) else since + rnd.randint(1, 60) * DAY
                self.facts.append((kind, (rnd.choice(entries), since, until)))
            elif since not in sinces:       # of two at once the later row decides
                sinces.add(since)
                cadence = self.rota.cadence() if one_in(3) else None
                pairing = None if cadence and one_in(2) else self.rota.pairing(self.layer.nseats)
                self.facts.append((kind, (since, cadence, pairing, rnd.choice([None, True, False]))))

    def enter(self, layer):
        """All of them, in an order of their own; a leave after its entry."""
        entered, todo = {row.position for row in self.layer.rows}, rnd.sample(self.facts, len(self.facts))
        while todo:
            kind, words = todo.pop(0)
            if kind == "leave":
                if words[0] not in entered:
                    todo.append((kind, words))
                    continue
                sql = ("INSERT INTO oncall.layer_leave (layer_member_id, period) SELECT layer_member_id, test.period(%d, %d)"
                       " FROM oncall.layer_member WHERE layer_id = %d AND position = %s AND copy_of IS NULL" % (
                           *words[1:], layer, words[0]))
            elif kind == "join":
                sql = ("INSERT INTO oncall.layer_member (layer_id, position, person_id, valid)"
                       " VALUES (%d, %s, %d, test.period(%d, %d))" % (layer, *words))
                entered.add(words[0])
            else:
                sql = "INSERT INTO oncall.layer_rule (layer_id, since, cadence, pairing, spread) VALUES (%d, test.at(%d), %s, %s, %s)" % (
                    layer, words[0], "'%s'" % cadence_text(words[1]) if words[1] else "NULL",
                    "'%s'" % words[2] if words[2] else "NULL", "NULL" if words[3] is None else words[3])
            self.rota.server.get(sql)

    def check(self):
        """The first rota and another one; who was on call in the first."""
        server, rota, layer = self.rota.server, self.rota, self.layer
        server.get("INSERT INTO oncall.rotation (rotation_id, name, zone, seats, max_consecutive, exclusive)"
                   " SELECT 1000000 + rotation_id, 'other ' || name, zone, seats, max_consecutive, exclusive"
                   " FROM oncall.rotation WHERE rotation_id = %d" % rota.number)
        server.get("BEGIN")
        other = int(server.get("INSERT INTO oncall.layer (rotation_id, rank, valid, cadence, pairing, first_seat, seats, spread)"
                               " SELECT 1000000 + rotation_id, rank, valid, cadence, pairing, first_seat, seats, spread"
                               " FROM oncall.layer WHERE layer_id = %d RETURNING layer_id" % layer.id)[0])
        server.get("INSERT INTO oncall.layer_member (layer_id, position, person_id, valid)"
                   " SELECT %d, position, person_id, valid FROM oncall.layer_member WHERE layer_id = %d ORDER BY position" % (
                       other, layer.id))
        server.get("COMMIT")
        self.enter(layer.id)
        self.enter(other)
        lines = rota.roster_text()
        again = server.get("SELECT test.roster(%d, test.period(%d, %d), NULL)" % (
            1000000 + rota.number, rota.begin - 3 * DAY, rota.until))
        expect("the roster of facts entered otherwise", [line.split()[:4] for line in lines], [line.split()[:4] for line in again])
        return lines

    def check_roster(self, lines):
        """What was entered is what the model makes of it."""
        ids = {}
        for line in self.rota.server.get("SELECT concat_ws(' ', position, layer_member_id) FROM oncall.layer_member"
                                         " WHERE layer_id = %d" % self.layer.id):
            position, number = line.split()
            ids[float(position)] = int(number)
        change = Change(NOEND)
        for number, (kind, words) in enumerate(self.facts):
            if kind == "join":
                change.facts["member", ids[words[0]]] = (
                    self.layer.id, Row(ids[words[0]], words[0], words[1], words[2:], FOREVER))
            elif kind == "leave":
                change.facts["leave", number] = Leave(ids[words[0]], words[1:], FOREVER)
            else:
                pairing = None if words[2] is None else PAIRINGS.index(words[2])
                change.facts["rule", number] = (
                    self.layer.id, Rule(number, words[0], words[1], None, pairing, words[3], False, FOREVER))
        self.rota.model.changes[NOEND] = change
        self.rota.check_roster(lines)
        return True

    def check_fairness(self, lines):
        """Between two turns of somebody in the first seat everybody else who
        is on the list all that time has exactly one. By nature that does not
        hold of who stands on the list more than once or moves, of spread,
        mixed and fixed, and where a turn is empty."""
        walk = self.rota.model.roster(self.rota.until).walks[self.layer.id]
        persons = collections.Counter(row.person for row in walk.circle)
        shifts = [list(map(int, line.split())) for line in lines]
        shifts = [shift for shift in shifts if shift[0] == self.layer.first_seat + 1]
        last, passes = {}, []
        for turn in walk.turns:
            if turn.spread or turn.pairing > 2 or turn.begins == turn.ends:
                last, passes = {}, []
                continue
            holder = [shift[3] for shift in shifts if contains(shift[1:3], turn.begins)]
            if not holder or not contains(self.layer.valid, turn.begins):
                continue        # outside of what was looked at
            there = {walk.circle[i].person for i in turn.list} - {0}
            passes.append((holder[0], {person for person in there if persons[person] == 1}))
            person = holder[0]
            if person in last and persons[person] == 1:
                between = passes[last[person]:]
                stay = set.intersection(*(people for _, people in between))
                if person in stay:
                    count = collections.Counter(who for who, _ in between)
                    for somebody in stay - {person}:
                        expect("turns of %d between two of %d" % (somebody, person), 1, count[somebody])
                    self.rota.done["turn and next"] += 1
            last[person] = len(passes) - 1
        return True


def run_order(server, number, seed, checks, totals):
    order, now, fair = checks
    rota = Order(server, number)
    lines = order.run(seed, rota.check)
    fine = lines and now.run(seed, rota.check_roster, lines)
    fine = lines and fair.run(seed, rota.check_fairness, lines) and fine
    totals[0].update(rota.rota.done)
    return fine


def psql(database, sql):
    ran = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database],
                         input=sql, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    if ran.returncode:
        sys.exit("Bail out! %s" % ran.stdout)


def main():
    global rnd
    print("# changes: seed %d, %d cases" % (SEED, CASES), flush=True)
    psql("postgres", "SET client_min_messages = error; DROP DATABASE IF EXISTS %s;\nCREATE DATABASE %s;" % (DATABASE, DATABASE))
    psql(DATABASE, SETUP)
    server = Server(DATABASE)
    server.get("SET client_min_messages = error; SET synchronous_commit = off; SET oncall.past_reason = 'random'; SET timezone = 'UTC'")
    made = Check("each change writes what it is asked for, and each undo leaves the facts that stand")
    now = Check("rosters are what goes from turn to turn by the changes that stand")
    then = Check("the roster known before a change is the roster of then")
    order = Check("the order in which facts are entered does not matter")
    fair = Check("nobody who stays is passed over or called twice in the first seat")
    totals = collections.Counter(), collections.Counter()
    for number in range(CASES):
        rnd = random.Random(SEED + number)  # a case can be had again by itself
        server.log = []
        if one_in(3):
            fine = run_order(server, number + 1, SEED + number, (order, now, fair), totals)
        else:
            fine = run_history(server, number + 1, SEED + number, (made, now, then), totals)
        if not fine and "ONCALL_LOG" in os.environ:
            with open(os.environ["ONCALL_LOG"] + ".%d" % (SEED + number), "w", encoding="utf-8") as log:
                log.write(";\n".join(server.log))
    checks = [made, now, then, order, fair]
    for name, counts in zip(("done", "refused"), totals):
        print("# %s: %s" % (name, ", ".join("%s %d" % (k if isinstance(k, str) else " ".join(k), n) for k, n in sorted(counts.items()))))
    for i, check in enumerate(checks):
        print("%s %d - %s" % ("not ok" if check.failed else "ok", i + 1, check.name))
    print("1..%d" % len(checks))
    print("%d passed, %d failed" % (sum(check.n - check.failed for check in checks), sum(check.failed for check in checks)))
    sys.exit(any(check.failed for check in checks))


main()
