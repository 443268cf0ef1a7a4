"""What people have earned, worked out piece by piece.

It follows the text of the manual: time is cut wherever anything may change
(hours of the week, dates, policy days, assignments, shifts, responses), and
each of these pieces, in order, is asked what holds in it. Instants are
microseconds since 1970-01-01 UTC, local times the same on the clock of a wall;
what is counted in proportion is a fraction.
"""

import bisect
import collections
import datetime
import fractions
import zoneinfo

SECOND, MINUTE, HOUR, DAY = 10**6, 60 * 10**6, 3600 * 10**6, 86400 * 10**6
EPOCH = datetime.datetime(1970, 1, 1)
UTC = datetime.timezone.utc
USEC = datetime.timedelta(microseconds=1)
DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"]
PH = 7
DIGITS = {"NZD": 2, "GBP": 2, "JPY": 0, "KWD": 3}


def instant(*date):
    return (datetime.datetime(*date) - EPOCH) // USEC


# ---------------------------------------------------------------- clocks

class Zone:
    """The clock of a zone between two instants."""

    def __init__(self, name, begin, end):
        self.name, self.info = name, zoneinfo.ZoneInfo(name)
        self.begins, self.offsets = [begin], [self.offset(begin)]
        at = begin
        while at < end:
            low, high = at, at + DAY
            if self.offset(low) != self.offset(high):
                while high - low > SECOND:
                    middle = (low + high) // 2 // SECOND * SECOND
                    low, high = (middle, high) if self.offset(middle) == self.offset(low) else (low, middle)
                self.begins.append(high)
                self.offsets.append(self.offset(high))
            at += DAY
        self.starts = {}

    def offset(self, at):
        utc = (EPOCH + datetime.timedelta(microseconds=at)).replace(tzinfo=UTC)
        return utc.astimezone(self.info).utcoffset() // USEC

    def local(self, at):
        return at + self.offsets[max(bisect.bisect_right(self.begins, at) - 1, 0)]

    def utc(self, local):
        """As PostgreSQL has it: in a gap the offset before it counts, in an
        overlap the one after, which is the lower one both times."""
        wall = (EPOCH + datetime.timedelta(microseconds=local)).replace(tzinfo=self.info)
        return local - min(wall.replace(fold=fold).utcoffset() for fold in (0, 1)) // USEC

    def day_start(self, date, starts):
        """When a date (days since 1970) starts, at a time of day."""
        if (date, starts) not in self.starts:
            self.starts[date, starts] = self.utc(date * DAY + starts)
        return self.starts[date, starts]

    def day(self, at, starts):
        """(date, begin, end) of the day that an instant is in, from a time of
        day to the same time; dates may be skipped."""
        date = (self.local(at) - starts) // DAY
        while self.day_start(date, starts) > at:
            date -= 1
        while self.day_start(date + 1, starts) <= at:
            date += 1
        return date, self.day_start(date, starts), self.day_start(date + 1, starts)


class Week:
    """Hours of the week."""

    def __init__(self, text):
        self.text = text
        self.rules = []         # (days named, spans in microseconds)
        for rule in text.split(";"):
            rule = rule.strip()
            if rule == "off":
                self.rules.append((set(range(7)), []))
            elif rule == "24/7":
                self.rules.append((set(range(7)), [(0, DAY)]))
            else:
                days, spans = rule.split()
                self.rules.append((self.days(days), [] if spans == "off" else [self.span(s) for s in spans.split(",")]))
        self.edges = {t % DAY for _, spans in self.rules for span in spans for t in span}

    @staticmethod
    def days(text):
        named = set()
        for part in text.split(","):
            ends = [DAYS.index(day) for day in part.split("-")]
            named |= set(range(ends[0], ends[-1] + 1))
        return named

    @staticmethod
    def span(text):
        begin, end = [(int(t[:2]) * 60 + int(t[3:])) * MINUTE for t in text.split("-")]
        return begin, end if end > begin else end + DAY

    def spans(self, date, holiday):
        for days, spans in reversed(self.rules):
            if (date + 3) % 7 in days or holiday and PH in days:
                return spans
        return []

    def works_on(self, date):
        return bool(self.spans(date, False))

    def is_open(self, local, holidays):
        date, time = divmod(local, DAY)
        return (any(a <= time < b for a, b in self.spans(date, date in holidays)) or
                any(a <= time + DAY < b for a, b in self.spans(date - 1, date - 1 in holidays)))


class Holidays:
    """The dates of a calendar that are holidays of somebody who works in a
    week: rows are (date, the date that it observes)."""

    def __init__(self, rows, week):
        self.rows, self.week = rows, week
        self.known = {}

    def __contains__(self, date):
        if date not in self.known:
            stood_for = any(observes == date for _, observes in self.rows)
            mine = any(day == date and (observes is None or not self.week.works_on(observes)) for day, observes in self.rows)
            self.known[date] = (mine or stood_for) and not (stood_for and not self.week.works_on(date))
        return self.known[date]


# ---------------------------------------------------------------- facts

class Per:
    """A length for which a rate is paid: days, which are nominal, and time."""

    def __init__(self, days, time):
        self.days, self.usecs, self.nominal = days, days * DAY + time, days > 0

    def key(self):
        return self.days, self.usecs - self.days * DAY


Band = collections.namedtuple(
    "Band", "id position name pay_code week rotation seat standby_rate callout_rate of_wage per callout_per whole_days"
    " lieu_factor lieu_day standby_lieu_factor standby_lieu_day")
OTHER = Band(0, None, "other", None, None, None, None, 0, 0, False, Per(0, HOUR), None, False, 0, None, 0, None)
Policy = collections.namedtuple(
    "Policy", "id name zone currency day_starts once minimum round_to join standby_during_callout by_rotation bands")
# policy None: where somebody worked then
Assignment = collections.namedtuple("Assignment", "policy begin end wage zone week calendar")
Person = collections.namedtuple("Person", "id name number zone week calendar ends assignments responses")
Entry = collections.namedtuple("Entry", "id person policy rotation day pay_code units rate amount lieu")
Duty = collections.namedtuple("Duty", "rotation seat person begin end")
Place = collections.namedtuple("Place", "policy wage zone week holidays")
Line = collections.namedtuple("Line", "person policy rotation kind band pay_code rate per")


class Piece:
    """Something earned at an instant. counted: what of it is paid, a day being
    86,400,000,000; at: the window with this instant has it."""

    def __init__(self, line, policy, band, place, begin, end, duty=None, callout=None):
        self.line, self.policy, self.band, self.place = line, policy, band, place
        self.begin, self.end, self.duty, self.callout = begin, end, duty, callout
        self.at = callout.begin if callout else begin
        self.hours, self.counted, self.lieu = end - begin, 0, 0


class Callout:
    def __init__(self, begin, policy, wage):
        self.begin, self.policy, self.wage = begin, policy, wage
        self.parts, self.ended, self.end = [], begin, begin
        self.hours, self.lieu = {}, 0

    def join(self, part):
        self.parts.append(part)
        self.ended = max(self.ended, part.end)
        length = self.ended - self.begin
        if self.policy:
            if not all(p.cut for p in self.parts):
                length = max(length, self.policy.minimum)
            length = -(-length // self.policy.round_to) * self.policy.round_to
        self.end = self.begin + length

    def takes(self, part):
        if self.policy is None or self.policy.join:
            return part.begin < self.end
        return part.begin < self.ended


Part = collections.namedtuple("Part", "begin end cut response")


# ---------------------------------------------------------------- what is earned

def rate_of_standby(band, wage):
    """For a microsecond: what duties are compared by."""
    return price(band.standby_rate, band, wage) / band.per.usecs


def price(rate, band, wage):
    return rate * (wage or 0) if band.of_wage else rate


def callout_per(band):
    if band.callout_per:
        return band.callout_per
    return Per(0, HOUR) if band.per.nominal else band.per


class Earned:
    """All that one person has earned between two instants, which must be far
    enough from any window that is asked about."""

    def __init__(self, company, person, duties, begin, end, edges):
        self.company, self.person = company, person
        self.duties = [d for d in duties if d.person == person.id]
        self.begin, self.end = begin, end
        self.bands_known, self.holidays_known = {}, {}
        self.zones = {zone: company.zone(zone) for zone in
                      {person.zone} | {a.zone for a in person.assignments if a.zone}}
        self.edges = self.all_edges(edges)
        self.callouts = self.form_callouts()
        more = {t for c in self.callouts for t in (c.begin, c.end)}
        self.edges = sorted(set(self.edges) | {t for t in more if begin < t < end})
        self.pieces = []
        self.wageless = []      # (instant, date, whether something is paid by it)
        self.standby()
        self.pay_callouts()

    # time in pieces

    def all_edges(self, edges):
        begin, end, company = self.begin, self.end, self.company
        edges = set(edges) | {begin, end}
        for a in self.person.assignments:
            edges |= {t for t in (a.begin, a.end) if t is not None}
        for duty in self.duties:
            edges |= {duty.begin, duty.end}
        for _, a, b in self.person.responses:
            edges |= {a, b}
        if self.person.ends is not None:
            edges.add(self.person.ends)
        weeks = {self.person.week} | {a.week for a in self.person.assignments if a.week}
        weeks |= {band.week for policy in company.policies for band in policy.bands if band.week}
        clock = {0} | {t for week in weeks for t in week.edges}
        starts = {0} | {policy.day_starts for policy in company.policies}
        for zone in self.zones.values():
            edges |= set(zone.begins)
            for offset in set(zone.offsets):
                first = (begin + offset) // DAY * DAY - offset
                for t in clock | starts:
                    edges |= set(range(first + t, end, DAY))
            for date in range(zone.local(begin) // DAY, zone.local(end) // DAY + 1):
                edges |= {zone.day_start(date, t) for t in starts}
        return sorted(t for t in edges if begin <= t <= end)

    def stretches(self, begin, end):
        """The pieces of a stretch of time."""
        i = bisect.bisect_right(self.edges, begin)
        while begin < end:
            until = min(end, self.edges[i]) if i < len(self.edges) else end
            yield begin, until
            begin, i = until, i + 1

    # what holds at an instant

    def place(self, at):
        person = self.person
        policy, wage = None, None
        zone, week, calendar = person.zone, person.week, person.calendar
        rows = [a for a in person.assignments
                if (a.begin is None or a.begin <= at) and (a.end is None or at < a.end)]
        for row in rows:
            if row.policy is None:
                zone, week, calendar = row.zone, row.week, row.calendar
        for row in rows:
            if row.policy is not None:
                policy, wage = row.policy, row.wage
                zone, week, calendar = row.zone or zone, row.week or week, row.calendar or calendar
        if (week, calendar) not in self.holidays_known:
            self.holidays_known[week, calendar] = Holidays(self.company.calendars.get(calendar, []), week)
        return Place(policy, wage, self.zones[zone], week, self.holidays_known[week, calendar])

    def band(self, at, place, policy, rotation=None, seat=None):
        """The first that applies."""
        key = (at, policy.id, rotation, seat)
        if key not in self.bands_known:
            local = place.zone.local(at)
            self.bands_known[key] = next(
                (band for band in policy.bands
                 if band.rotation in (None, rotation) and band.seat in (None, seat)
                 and (band.week or place.week).is_open(local, place.holidays)), OTHER)
        return self.bands_known[key]

    def held(self, at, place):
        """(duty, band) of those that the person holds, the best paid first."""
        if self.person.ends is not None and at >= self.person.ends:
            return []
        held = [(duty, self.band(at, place, place.policy, duty.rotation, duty.seat))
                for duty in self.duties if duty.begin <= at < duty.end]
        return sorted(held, key=lambda d: (-rate_of_standby(d[1], place.wage), d[0].rotation, d[0].seat))

    @staticmethod
    def counted(per, begin, end, place, policy):
        if not per.nominal:
            return end - begin
        _, a, b = place.zone.day(begin, policy.day_starts)
        return fractions.Fraction((end - begin) * DAY, b - a)

    # call-outs

    def parts(self):
        """The responses without what is work."""
        parts = []
        for response, begin, end in self.person.responses:
            kept = []
            for a, b in self.stretches(begin, end):
                place = self.place(a)
                if place.policy and self.band(a, place, place.policy).callout_rate is None:
                    continue
                if kept and kept[-1][1] == a:
                    kept[-1][1] = b
                else:
                    kept.append([a, b])
            parts += [Part(a, b, a > begin or b < end, response) for a, b in kept]
        return sorted(parts)

    def form_callouts(self):
        callouts = []
        for part in self.parts():
            if not callouts or not callouts[-1].takes(part):
                place = self.place(part.begin)
                callouts.append(Callout(part.begin, place.policy, place.wage))
            callouts[-1].join(part)
        return callouts

    def pay_callouts(self):
        days = set()
        for callout in self.callouts:
            policy = callout.policy
            if policy is None:
                continue
            rotation = None
            if policy.by_rotation:
                held = self.held(callout.begin, self.place(callout.begin))
                rotation = held[0][0].rotation if held else None
            before = None
            for a, b in self.stretches(callout.begin, callout.end):
                place = self.place(a)
                band = self.band(a, place, policy)
                callout.hours[band.name] = callout.hours.get(band.name, 0) + b - a
                carried = band.callout_rate is None
                if carried:
                    band = before
                before = band
                per = callout_per(band)
                line = Line(self.person.id, policy.id, rotation, "callout", band.name, band.pay_code,
                            price(band.callout_rate, band, callout.wage), per.key())
                piece = Piece(line, policy, band, place, a, b, callout=callout)
                if band.of_wage and callout.wage is None:
                    self.wageless.append((callout.begin, place.zone.local(callout.begin) // DAY, band.callout_rate > 0))
                    self.wageless.append((callout.begin, place.zone.local(a) // DAY, band.callout_rate > 0))
                piece.counted = self.counted(per, a, b, place, policy)
                piece.lieu = (b - a) * band.lieu_factor
                self.pieces.append(piece)
                if band.lieu_day is not None and not carried and any(p.begin < b and a < p.end for p in callout.parts):
                    date = band.id, place.zone.day(a, 0)[0]
                    if date not in days:
                        days.add(date)
                        piece.lieu += band.lieu_day
                callout.lieu += piece.lieu

    # standby

    def standby(self):
        days, lieu_days = collections.defaultdict(set), set()
        for a, b in self.stretches(self.begin, self.end):
            place = self.place(a)
            policy = place.policy
            if policy is None:
                continue
            held = self.held(a, place)
            if not held or not policy.standby_during_callout and any(c.begin <= a < c.end for c in self.callouts):
                continue
            if place.wage is None:
                self.wageless += [(a, place.zone.local(a) // DAY, band.standby_rate > 0 and (i == 0 or not policy.once))
                                  for i, (_, band) in enumerate(held) if band.of_wage]
            held = held[:1] if policy.once else sorted(held, key=lambda d: d[0][:2])
            for duty, band in held:
                line = Line(self.person.id, policy.id, duty.rotation if policy.by_rotation else None, "standby",
                            band.name, band.pay_code, price(band.standby_rate, band, place.wage), band.per.key())
                piece = Piece(line, policy, band, place, a, b, duty=duty)
                piece.lieu = (b - a) * band.standby_lieu_factor
                self.pieces.append(piece)
                if band.whole_days:
                    date = place.zone.day(a, policy.day_starts)[0]
                    if not (days[date] if policy.once else duty.rotation in days[date]):
                        days[date].add(duty.rotation)
                        piece.counted = DAY
                else:
                    piece.counted = self.counted(band.per, a, b, place, policy)
                if band.standby_lieu_day is not None:
                    date = band.id, place.zone.day(a, 0)[0]
                    if date not in lieu_days:
                        lieu_days.add(date)
                        piece.lieu += band.standby_lieu_day


# ---------------------------------------------------------------- reports

class Window:
    """A window that is asked about: what to write, and what it is for each
    policy."""

    def __init__(self, argument, spans):
        self.argument, self.spans = argument, spans

    def has(self, policy, at):
        begin, end = self.spans[policy.id]
        return begin <= at < end


def rounded(value, digits):
    """Half away from zero."""
    if value < 0:
        return -rounded(-value, digits)
    return fractions.Fraction(int(value * 10**digits + fractions.Fraction(1, 2)), 10**digits)


def report(company, earned, window, only=None):
    """The lines of a window, of one policy or of all."""
    sums = {}
    for person in earned.values():
        for piece in person.pieces:
            if window.has(piece.policy, piece.at) and only in (None, piece.policy):
                line = sums.setdefault(piece.line, [0, 0, 0])
                line[0] += piece.hours
                line[1] += piece.counted
                line[2] += piece.lieu
    people = {p.id: p for p in company.people}
    policies = {p.id: p for p in company.policies}
    for line, (hours, counted, lieu) in sums.items():
        person, policy = people[line.person], policies[line.policy]
        per = line.per[0] * DAY + line.per[1]
        yield (person.id, person.number, person.name, policy.id, policy.name, line.rotation,
               line.rotation and "rotation %d" % line.rotation, line.kind, line.band, line.pay_code, hours,
               rounded(fractions.Fraction(counted, HOUR), 6), rounded(fractions.Fraction(counted, per), 6),
               "%d %d" % line.per, line.rate, rounded(counted * line.rate / per, DIGITS[policy.currency]),
               policy.currency, rounded(fractions.Fraction(lieu) / HOUR, 6))

    entries = {}
    for e in company.entries:
        policy, day = e.policy, company.zone(e.policy.zone).day_start(e.day, 0)
        if window.has(policy, day) and only in (None, policy):
            amount = e.amount if e.units is None else rounded(e.units * e.rate, DIGITS[policy.currency])
            entry = entries.setdefault((e.person, policy.id, policy.by_rotation and e.rotation or None, e.pay_code, e.rate), [None, 0, 0])
            if e.units is not None:
                entry[0] = (entry[0] or 0) + e.units
            entry[1] += amount or 0
            entry[2] += e.lieu or 0
    for (person, policy, rotation, pay_code, rate), (units, amount, lieu) in entries.items():
        yield (person, people[person].number, people[person].name, policy, policies[policy].name, rotation,
               rotation and "rotation %d" % rotation, "entry", None, pay_code, 0, 0, units, None, rate, amount,
               policies[policy].currency, fractions.Fraction(lieu, HOUR))
