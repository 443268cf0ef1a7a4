"""Pay is what the manual says, of any company.

Random companies (see company.py) are written to a server; what it says that
their people have earned is compared with what earned.py works out, which takes
from the server nothing but who was on call. Then windows are cut: the parts
have to sum to the whole. Prints TAP.

    oracle.py [seed [cases]]
"""

import collections
import fractions
import functools
import json
import os
import random
import re
import sys
import time

from closings import History
from company import Company, date, period, utc
from earned import DAY, DIGITS, EPOCH, USEC, Earned, Window, report
from server import DATABASE, SETUP, TEMPLATE, Check, Disagreement, Server, decimals, expect, psql, shown

SEED = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ONCALL_SEED", time.time()))
CASES = int(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("ONCALL_CASES", 300))
CLOSINGS = 40   # of so many cases one is closed
SESSION_ZONES = ["UTC", "Pacific/Auckland", "America/New_York", "Europe/London", "Pacific/Honolulu"]

REPORT = """SELECT json_build_array(person_id, employee_number, person, pay_policy_id, policy, rotation_id, rotation, kind, band,
	pay_code, test.us(hours), paid_hours::text, units::text, test.per(per), rate::text, amount::text, currency, lieu_hours::text)
FROM oncall.pay_report(%s, %s)"""
EXPLAIN = """SELECT json_build_array(kind, policy, rotation, seat_name, test.us(lower(callout)), test.us(upper(callout)), responses::text,
	test.us(worked), test.us(minimum_callout), test.us(round_to), band, pay_code, test.wall(starts), test.wall(ends), zone, test.us(hours),
	paid, paid_hours::text, rate::text, test.per(per), amount::text, currency, lieu_factor::text, lieu_hours::text)
FROM oncall.explain_pay(%d, tstzrange '%s')"""
CALLOUTS = """SELECT json_build_array(person_id, person, pay_policy_id, policy, test.us(lower(period)), test.us(upper(period)),
	test.us(ended), responses::text, (SELECT json_object_agg(band, test.us(duration)) FROM oncall.each(hours)), test.us(lieu))
FROM oncall.callouts('%s', %s)"""


# ---------------------------------------------------------------- a case

class Case:
    def __init__(self, server, rnd):
        self.server, self.rnd = server, rnd
        self.company = company = Company(rnd)
        self.session = rnd.choice(SESSION_ZONES)
        server.get("BEGIN", "SET LOCAL timezone = '%s'" % self.session, *company.sql(),
                   *[sql for _, sql in company.facts()])
        duties = server.duties(company.begin, company.end)
        company.moments += [t for duty in duties for t in (duty.begin, duty.end) if company.since <= t <= company.until]
        self.whole = self.some_window(company.since, company.until)
        cuts = sorted({company.moment() for _ in range(rnd.randint(1, 3))})
        cuts = [company.since] + [t for t in cuts if company.since < t < company.until] + [company.until]
        self.parts = [self.some_window(a, b) for a, b in zip(cuts, cuts[1:])]
        self.dates = [self.some_dates() for _ in range(2)]
        a, b = sorted([company.moment(), company.moment()])
        self.others = [self.some_text(a, b)] if a < b else []
        windows = [self.whole] + self.parts + self.dates + self.others
        edges = {t for window in windows for span in window.spans.values() for t in span}
        self.earned = {p.id: Earned(company, p, duties, company.begin, company.end, edges) for p in company.people}

    # windows

    def some_window(self, begin, end):
        return Window("tstzrange '%s'" % period(begin, end),
                      {policy.id: (begin, end) for policy in self.company.policies})

    def some_text(self, begin, end):
        """As text without an offset, on the clock of the session."""
        zone = self.company.zone(self.session)
        spans, words = [], []
        for at in (begin, end):
            wall = zone.local(at)
            words.append(str(EPOCH + wall * USEC))
            spans.append(zone.utc(wall))
        return Window("'[%s, %s)'" % tuple(words), {policy.id: tuple(spans) for policy in self.company.policies})

    def some_dates(self):
        company, rnd = self.company, self.rnd
        first = rnd.randrange(company.since // DAY, company.until // DAY)
        last = rnd.randrange(first + 1, company.until // DAY + 1)
        spans = {}
        for policy in company.policies:
            zone = company.zone(policy.zone)
            spans[policy.id] = zone.day_start(first, 0), zone.day_start(last, 0)
        begin, end = [str((EPOCH + date * DAY * USEC).date()) for date in (first, last)]
        if rnd.randrange(3) == 0:
            end = str((EPOCH + (last - 1) * DAY * USEC).date())
            written = "[%s, %s]" % (begin, end)
        else:
            written = "[%s,%s)" % (begin, end)
        return Window(rnd.choice(["daterange '%s'", "'%s'"]) % written, spans)

    # what is expected

    def lines(self, window, only=None):
        return report(self.company, self.earned, window, only)

    def report(self, window, policy="NULL"):
        return [decimals(row, (11, 12, 14, 15, 17)) for row in self.server.rows(REPORT % (window.argument, policy))]

    # comparisons

    def check_instants(self):
        for window in [self.whole] + self.parts:
            expect("pay_report %s" % window.argument, self.lines(window), self.report(window))
        policy = self.rnd.choice(self.company.policies)
        expect("pay_report of %s" % policy.name, self.lines(self.whole, policy),
               self.report(self.whole, self.rnd.choice(["%d", "'policy %d'"]) % policy.id))

    def check_wages(self):
        """A wage that is missing where a band wants it is an error which says
        whose it is, and of which day; where it is wanted in vain it may be."""
        names = {p.id: p.name for p in self.company.people}
        for window in [self.whole] + self.parts:
            begin, end = window.spans[1]
            wanted = [at for earned in self.earned.values() for at, _, paid in earned.wageless if paid and begin <= at < end]
            may = {"%s\" is known on %s" % (names[person], date(day).strip("'"))
                   for person, earned in self.earned.items() for _, day, _ in earned.wageless}
            self.server.get("SAVEPOINT wage")
            try:
                expect("pay_report %s" % window.argument, self.lines(window), self.report(window))
            except Disagreement as why:
                if "ERROR:  55000: no wage of" not in str(why) or not any(words in str(why) for words in may):
                    raise
                self.server.get("ROLLBACK TO wage")
            else:
                if wanted:
                    raise Disagreement("pay_report %s: no word of missing wages" % window.argument)

    def check_forms(self):
        for window in self.dates + self.others:
            expect("pay_report %s" % window.argument, self.lines(window), self.report(window))

    def check_parts(self):
        """Whatever the parts are, nothing is lost and nothing doubled."""
        sums = collections.defaultdict(lambda: [0] * 6)
        for sign, windows in ((1, [self.whole]), (-1, self.parts)):
            for window in windows:
                for row in self.report(window):
                    line = sums[row[:10] + row[13:15] + row[16:17]]
                    for i, j in enumerate((10, 11, 12, 15, 17)):
                        line[i] += sign * (row[j] or 0)
                    line[5] += 1
        for line, (hours, paid, units, amount, lieu, n) in sums.items():
            unit = fractions.Fraction(1, 10**DIGITS[line[-1]])
            if hours or abs(paid) > n * 5e-7 or abs(units) > n * 5e-7 or abs(amount) > n * unit / 2 or abs(lieu) > n * 5e-7:
                raise Disagreement("parts cut at %s: %s: whole - parts = %s" % (
                    ", ".join(utc(w.spans[1][1]) for w in self.parts), shown(line), shown((hours, paid, units, amount, lieu))))

    def check_callouts(self):
        for window in [self.whole] + self.parts:
            wanted = [
                (person.id, person.name, c.policy.id, c.policy.name, c.begin, c.end, c.ended,
                 json.dumps(sorted({p.response for p in c.parts})), json.dumps(c.hours, sort_keys=True), c.lieu)
                for person in self.company.people for c in self.earned[person.id].callouts
                if c.policy and window.has(c.policy, c.begin)]
            got = [row[:7] + (json.dumps(sorted(map(int, re.findall(r"\d+", row[7])))), json.dumps(row[8], sort_keys=True), row[9])
                   for row in self.server.rows(CALLOUTS % (period(*window.spans[1]), "NULL"))]
            expect("callouts %s" % window.argument, wanted, got)

    def pieces(self, person, window):
        """The pieces that explain_pay() shows as paid. A day in lieu may stand
        in a piece of its own, without hours."""
        earned = self.earned[person.id]
        sums = {}
        last = {}
        for piece in earned.pieces:
            if not window.has(piece.policy, piece.at):
                continue
            place = piece.place
            if piece.callout:
                begins, day = piece.begin, None
            else:
                begins, day = piece.begin, place.zone.day(piece.begin, piece.policy.day_starts)[0]
            key = (piece.line, piece.duty and (piece.duty.rotation, piece.duty.seat),
                   piece.callout and piece.callout.begin, place.zone.name, day)
            if key in last and sums[last[key]][0] == begins:
                key2 = last[key]
            else:
                key2 = last[key] = key + (begins,)
                sums[key2] = [begins, 0, 0, 0]
            entry = sums[key2]
            entry[0] = piece.end
            entry[1] += piece.hours
            entry[2] += piece.counted
            entry[3] += piece.lieu
        return sums

    def check_explained(self):
        window = self.rnd.choice([self.whole] + self.parts)
        for person in self.company.people:
            self.explain(person, window)

    def explain(self, person, window):
        policies = {p.name: p for p in self.company.policies}
        callouts = {c.begin: c for c in self.earned[person.id].callouts}
        sums = collections.defaultdict(lambda: [0] * 5)
        got = []
        for row in self.server.rows(EXPLAIN % (person.id, period(*window.spans[1]))):
            (kind, policy, rotation, seat, begin, end, responses, worked, minimum, round_to, band, code, starts, ends, zone,
             hours, paid, paid_hours, rate, per, amount, currency, _, lieu) = row
            if not paid:
                continue
            policy = policies[policy]
            rate, paid_hours, amount, lieu = [x and fractions.Fraction(x) for x in (rate, paid_hours, amount, lieu)]
            line = sums[person.id, policy.id, rotation if policy.by_rotation else None, kind, band, code, per, rate, currency]
            for i, x in enumerate((hours, paid_hours, amount, lieu, 1)):
                line[i] += x or 0
            if kind == "callout":
                c = callouts[begin]
                cut = all(p.cut for p in c.parts)
                expect("call-out of a piece", [(c.end, sorted({p.response for p in c.parts}), c.ended - c.begin,
                                                0 if cut else policy.minimum, policy.round_to).__repr__()],
                       [(end, sorted(map(int, re.findall(r"\d+", responses))), worked, minimum, round_to).__repr__()])
            if hours:
                got.append((kind, policy.name, rotation, seat, begin, band, code, rate, per, zone, starts, ends, hours))
        # sums
        wanted = collections.defaultdict(lambda: [0] * 4)
        for row in self.lines(window):
            if row[0] == person.id:
                line = wanted[row[0], row[3], row[6], row[7], row[8], row[9], row[13], row[14], row[16]]
                for i, j in enumerate((10, 11, 15, 17)):
                    line[i] += row[j] or 0
        if set(wanted) != set(sums):
            expect("lines of explain_pay %d %s" % (person.id, window.argument), list(wanted), list(sums))
        for key, row in wanted.items():
            hours, paid_hours, amount, lieu, n = sums[key]
            unit = fractions.Fraction(1, 10**DIGITS[key[-1]])
            if (hours != row[0] or abs(paid_hours - row[1]) > n * 1e-6 or abs(lieu - row[3]) > n * 1e-6
                    or abs(amount - row[2]) > unit / 2 + n * fractions.Fraction(1, 2 * 10**6)):
                raise Disagreement("explain_pay %d %s: %s sums to %s, not to %s" % (
                    person.id, window.argument, shown(key), shown(sums[key]), shown(row)))
        # pieces
        seats = "abc"
        wanted = []
        for key, (end, hours, _, _) in self.pieces(person, window).items():
            line, duty, begin, zone, _, starts = key
            clock = self.company.zone(zone)
            rotation = duty[0] if duty else line.rotation
            wanted.append((line.kind, "policy %d" % line.policy, rotation and "rotation %d" % rotation,
                           duty and seats[duty[1] - 1], begin, line.band, line.pay_code, line.rate, "%d %d" % line.per,
                           zone, clock.local(starts), clock.local(end), hours))
        expect("pieces of explain_pay %d %s" % (person.id, window.argument), self.merged(wanted), self.merged(got))

    def merged(self, pieces):
        """Pieces without those ends at which nothing changes but the shift;
        without those either that are one time on the clock and two in fact."""
        policies = {p.name: p for p in self.company.policies}
        result, last = [], {}
        for piece in pieces:
            policy, zone, starts = policies[piece[1]], self.company.zone(piece[9]), piece[10]
            # the clock may have shown it twice
            at = zone.utc(piece[11]) - piece[12]
            if zone.local(at) != starts:
                at = zone.utc(starts)
            key = piece[:10] + (piece[0] == "standby" and zone.day(at, policy.day_starts)[0],)
            if key in last and result[last[key]][11] == starts:
                before = result[last[key]]
                result[last[key]] = before[:11] + (piece[11], before[12] + piece[12])
            else:
                last[key] = len(result)
                result.append(piece)
        return result


# ---------------------------------------------------------------- the tests

def keep_log(server, seed, fine):
    if not fine and "ONCALL_LOG" in os.environ:
        with open("%s.%d" % (os.environ["ONCALL_LOG"], seed), "w", encoding="utf-8") as log:
            log.write(";\n".join(server.log) + ";\n")


def main():
    print("# payroll: seed %d, %d cases" % (SEED, CASES), flush=True)
    psql("postgres", "".join("SET client_min_messages = error; DROP DATABASE IF EXISTS %s;\n" % name for name in (DATABASE, TEMPLATE)))
    psql("postgres", "CREATE DATABASE %s" % TEMPLATE)
    psql(TEMPLATE, SETUP)
    psql("postgres", "CREATE DATABASE %s TEMPLATE %s" % (DATABASE, TEMPLATE))
    server = Server(DATABASE)
    server.get("SET client_min_messages = error", "SET oncall.past_reason = 'random'", "SET jit = off")
    checks = [
        (Check("pay_report says of any window what is earned in it"), Case.check_instants),
        (Check("so it does of dates, in the zone of each policy, and of text"), Case.check_forms),
        (Check("no cut of time loses or doubles anything"), Case.check_parts),
        (Check("callouts says which call-outs begin in a window"), Case.check_callouts),
        (Check("explain_pay shows the pieces of which the lines are sums"), Case.check_explained)]
    wages = Check("a wage that is missing is an error that says whose and when")
    closing = Check("runs have paid what was earned, whenever it was recorded")
    for number in range(CASES):
        seed = SEED + number    # a case can be had again by itself
        server.log = []
        try:
            case = Case(server, random.Random(seed))
        except Disagreement as why:
            sys.exit("Bail out! case %d: %s" % (seed, why))
        fine = True
        for check, function in [(wages, Case.check_wages)] if case.company.wageless else checks:
            server.get("SAVEPOINT sound")
            if not check.run(seed, functools.partial(function, case)):
                server.get("ROLLBACK TO sound")
                fine = False
        server.get("ROLLBACK")
        keep_log(server, seed, fine)
        if seed % CLOSINGS == 0 and not case.company.wageless:
            history = History(random.Random(seed))
            keep_log(history.server, seed, closing.run(seed, history.run))
            history.end()
    checks = [check for check, _ in checks] + [wages, closing]
    for i, check in enumerate(checks):
        print("%s %d - %s" % ("not ok" if check.failed else "ok", i + 1, check.name))
    print("1..%d" % len(checks))
    print("%d passed, %d failed" % (sum(check.n - check.failed for check in checks), sum(check.failed for check in checks)))
    sys.exit(any(check.failed for check in checks))


main()
