"""Months are closed, and what is recorded later is paid by the next run.

The facts of a random company are recorded in any order, before and after runs
are closed, and edited; runs are taken back and closed again. In the end the
lines of each run and what others have put right of it are what earned.py makes
of all the facts, and so is the time in lieu.
"""

import collections
import fractions

from company import Company, date, number, period
from earned import DAY, MINUTE, Earned, Window, report
from server import DATABASE, TEMPLATE, Disagreement, Server, decimals, expect, psql, shown

LINES = """SELECT json_build_array(person_id, employee_number, person, pay_policy_id, policy, rotation_id, rotation, kind, band,
	pay_code, test.us(hours), paid_hours::text, units::text, test.per(per), rate::text, amount::text, currency, lieu_hours::text)
FROM %s"""
NUMBERS = (11, 12, 14, 15, 17)


class History:
    def __init__(self, rnd):
        self.rnd = rnd
        self.company = Company(rnd)
        self.database = DATABASE + "_closing"
        psql("postgres", "SET client_min_messages = error; DROP DATABASE IF EXISTS %s WITH (FORCE);\nCREATE DATABASE %s TEMPLATE %s" % (
            self.database, self.database, TEMPLATE))
        self.server = Server(self.database)
        self.paying, self.replaced = list(self.company.policies), set()
        self.late, self.recorded = [], []
        self.has_history = self.one_in(2)   # holidays are corrected without one
        self.runs = []          # (id, policy, dates)

    def begin(self):
        """Some facts are known before the first run."""
        self.do("SET client_min_messages = error")
        self.do("SET oncall.past_reason = 'random'")
        self.do("SET timezone = '%s'" % self.rnd.choice(["UTC", "Pacific/Auckland"]))
        self.server.get("BEGIN", *self.company.sql(), "COMMIT")
        facts = list(self.company.facts())
        self.rnd.shuffle(facts)
        late = self.rnd.randint(0, len(facts))
        self.late = [fact for fact in facts[:late] if not (self.has_history and "oncall.holiday" in fact[1])]
        for fact in facts:
            if fact not in self.late:
                self.record(*fact)

    def one_in(self, n):
        return self.rnd.randrange(n) == 0

    def do(self, sql):
        return self.server.get(sql)

    def record(self, what, sql):
        try:
            self.do(sql)
        except Disagreement as why:
            # who holds two seats of a rotation at once gets no cover of one
            if "oncall.cover" not in sql or "ERROR:  23514" not in str(why):
                raise
        self.recorded.append(what)

    # what happens

    def raise_rates(self, policy, day):
        """A copy with other rates replaces a policy from a day on."""
        company, rnd = self.company, self.rnd
        share = fractions.Fraction(rnd.choice(["0", "0.03", "-0.1", "0.125"]))
        new = int(self.do("SELECT oncall.copy_pay_policy(%d, 'policy %d, new', %s, %s)" % (
            policy.id, policy.id, date(day), number(share)))[0])
        self.replaced.add(policy.id)
        bands = []
        for band in policy.bands:
            more = 1 if band.of_wage else 1 + share
            callout_rate = band.callout_rate
            bands.append(band._replace(
                id=band.id + 1000 * new, standby_rate=band.standby_rate * more,
                callout_rate=None if callout_rate is None else callout_rate * more))
        copy = policy._replace(id=new, name="policy %d, new" % policy.id, bands=bands)
        company.policies.append(copy)
        midnight = company.zone(policy.zone).day_start(day, 0)
        for person in company.people:
            for i, a in reversed(list(enumerate(person.assignments))):
                if a.policy is not policy or a.end is not None and a.end <= midnight:
                    continue
                later = a._replace(policy=copy)
                if a.begin is None or a.begin < midnight:
                    person.assignments[i] = a._replace(end=midnight)
                    person.assignments.append(later._replace(begin=midnight))
                else:
                    person.assignments[i] = later
        if self.one_in(2):
            self.paying.remove(policy)
        self.paying.append(copy)

    def window(self, dates):
        spans = {}
        for policy in self.company.policies:
            zone = self.company.zone(policy.zone)
            spans[policy.id] = tuple(zone.day_start(day, 0) for day in dates)
        return Window("daterange '[%s,%s)'" % tuple(date(day).strip("'") for day in dates), spans)

    def close_run(self, policy, dates):
        window = self.window(dates)
        # what a zone skips cannot be closed
        if window.spans[policy.id][0] == window.spans[policy.id][1]:
            return
        run = int(self.do("SELECT oncall.close_pay_run(%d, %s, true)" % (policy.id, window.argument))[0])
        self.runs.append((run, policy, dates))
        expect("lines of run %d" % run,
               self.lines("oncall.pay_report(%s, %d)" % (window.argument, policy.id)),
               self.lines("oncall.pay_line WHERE corrects IS NULL AND pay_run_id = %d" % run))

    def lines(self, source):
        return [decimals(row, NUMBERS) for row in self.server.rows(LINES % source)]

    def close(self, policy, dates):
        self.close_run(policy, dates)
        if self.runs and self.runs[-1][1:] == (policy, dates) and self.one_in(4):
            self.do("SELECT oncall.reopen_pay_run(%d, 'too early')" % self.runs.pop()[0])
            self.happens()
            self.close_run(policy, dates)
        if self.runs and self.one_in(4):
            self.do("SELECT oncall.mark_sent(%d) WHERE NOT EXISTS (SELECT FROM oncall.pay_run WHERE pay_run_id = %d"
                    " AND sent_at IS NOT NULL)" % (self.runs[-1][0], self.runs[-1][0]))

    def happens(self):
        """Some facts are recorded, some turn out to be otherwise."""
        for _ in range(self.rnd.choice([0, 1, 1, 3])):
            if self.late:
                self.record(*self.late.pop())
        if self.recorded and self.one_in(2):
            i = self.rnd.randrange(len(self.recorded))
            fact = self.recorded[i]
            if isinstance(fact, list):
                self.edit_response(fact)
            elif hasattr(fact, "units"):
                self.recorded[i] = self.edit_entry(fact)
        if self.one_in(4):
            self.undo()

    def undo(self):
        """Some cover is taken back, if what comes then keeps the rules."""
        changes = self.do("SELECT change_id FROM oncall.cover WHERE upper_inf(recorded) AND copy_of IS NULL ORDER BY cover_id")
        if changes:
            try:
                self.do("SELECT oncall.undo(%s)" % self.rnd.choice(changes))
            except Disagreement as why:
                if "ERROR:  23514" not in str(why):
                    raise

    def edit_response(self, response):
        begin, end = response[1:]
        if self.one_in(2):
            begin = max(begin - self.rnd.choice([10, 180, 1000]) * MINUTE, self.company.since - 3 * DAY)
        else:
            end += self.rnd.choice([10, 180, 1000]) * MINUTE
        self.do("UPDATE oncall.response SET period = '%s' WHERE response_id = %d" % (period(begin, end), response[0]))
        response[1:] = begin, end

    def edit_entry(self, entry):
        entries = self.company.entries
        i = entries.index(entry)
        if self.one_in(3):
            self.do("SELECT oncall.withdraw_pay_entry(%d)" % entry.id)
            del entries[i]
            return None
        entries[i] = entry._replace(units=None, rate=None, amount=fractions.Fraction(self.rnd.randint(1, 50)))
        self.do("UPDATE oncall.pay_entry SET units = NULL, rate = NULL, amount = %s WHERE pay_entry_id = %d" % (
            entries[i].amount, entry.id))
        return entries[i]

    def run(self):
        rnd, company = self.rnd, self.company
        self.begin()
        first, last = company.since // DAY, company.until // DAY
        cuts = sorted({first, last, *(rnd.randint(first, last) for _ in range(rnd.randint(0, 3)))})
        for dates in zip(cuts, cuts[1:]):
            for policy in rnd.sample(self.paying, len(self.paying)):
                if self.one_in(4) and policy.id not in self.replaced:
                    self.raise_rates(policy, rnd.choice([dates[0], rnd.randint(*dates)]))
            for policy in rnd.sample(self.paying, len(self.paying)):
                self.close(policy, dates)
                self.happens()
        while self.late:
            self.record(*self.late.pop())
        for policy in rnd.sample(self.paying, len(self.paying)):
            self.close_run(policy, (last, last + 1))
        self.check()
        if self.has_history and self.runs:
            self.check_explained()

    # what is expected

    def check(self):
        company = self.company
        windows = {run: self.window(dates) for run, _, dates in self.runs}
        edges = {t for window in windows.values() for span in window.spans.values() for t in span}
        duties = self.server.duties(company.begin, company.end)
        earned = {p.id: Earned(company, p, duties, company.begin, company.end, edges) for p in company.people}
        lieu = collections.Counter()
        for run, policy, dates in self.runs:
            sums = collections.defaultdict(lambda: [0] * 6)
            rows = self.lines("oncall.pay_line l WHERE coalesce(corrects, pay_run_id) = %d AND EXISTS ("
                              "SELECT FROM oncall.pay_run r WHERE r.pay_run_id = l.pay_run_id AND r.reopened_at IS NULL)" % run)
            for sign, lines in ((1, report(company, earned, windows[run], policy)), (-1, rows)):
                for row in lines:
                    line = sums[row[:10] + row[13:15] + row[16:17]]
                    for i, j in enumerate((10, 11, 12, 15, 17)):
                        line[i] += sign * (row[j] or 0)
                    line[5] += 1
                    if sign == 1:
                        lieu[row[0]] += row[17]
            for line, (hours, paid, units, amount, time_off, n) in sums.items():
                if hours or abs(paid) > n * 1e-6 or abs(units) > n * 1e-6 or amount or abs(time_off) > n * 1e-6:
                    raise Disagreement("run %d of %s and what corrects it, %s: earned - paid = %s" % (
                        run, windows[run].argument, shown(line), shown((hours, paid, units, amount, time_off))))
        got = {person: fractions.Fraction(hours) for person, hours in self.server.rows(
            "SELECT json_build_array(person_id, (sum(extract(epoch FROM amount)) / 3600)::text) FROM oncall.lieu_entry"
            " JOIN oncall.pay_run USING (pay_run_id) WHERE kind = 'accrued' AND reopened_at IS NULL GROUP BY person_id")}
        for person in company.people:
            if abs(lieu[person.id] - got.get(person.id, 0)) > 1e-3:
                raise Disagreement("time in lieu of person %d: %s earned, %s accrued" % (
                    person.id, float(lieu[person.id]), float(got.get(person.id, 0))))

    def check_explained(self):
        """explain_pay() still shows what a run has been made of."""
        run, policy, dates = self.rnd.choice(self.runs)
        sums = collections.Counter()
        columns = "policy, kind, band, pay_code, test.per(per), rate::text, test.us(hours), lieu_hours::text"
        for person in self.company.people:
            for row in self.server.rows(
                    "SELECT json_build_array(person_id, %s) FROM oncall.pay_line WHERE pay_run_id = %d AND corrects IS NULL"
                    " AND person_id = %d" % (columns, run, person.id)):
                self.add(sums, row, 1)
            for row in self.server.rows(
                    "SELECT json_build_array(%d, %s) FROM oncall.explain_pay(%d, %s, (SELECT closed_at FROM oncall.pay_run"
                    " WHERE pay_run_id = %d)) WHERE paid AND policy = '%s'" % (
                        person.id, columns, person.id, self.window(dates).argument, run, policy.name)):
                self.add(sums, row, -1)
        wrong = ["%s: %s" % (shown(key), shown([x])) for key, x in sums.items() if abs(x) > 1e-3]
        if wrong:
            raise Disagreement("run %d, as explain_pay knows it: paid - explained = %s" % (run, "; ".join(wrong)))

    @staticmethod
    def add(sums, row, sign):
        row = decimals(row, (6,))
        sums[row[:7] + ("hours",)] += sign * row[7]
        sums[row[:7] + ("lieu",)] += sign * fractions.Fraction(row[8])

    def end(self):
        self.server.end()
