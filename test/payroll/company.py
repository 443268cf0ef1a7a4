"""A company made up: people who move, rotas, policies, and who responded when;
for the server as SQL, for earned.py as facts."""

import datetime
import decimal
import fractions

from earned import (
    DAY, EPOCH, HOUR, MINUTE, SECOND, USEC, Assignment, Band, Entry, Per, Person, Policy, Week, Zone, instant)

# where and when the clocks do something
SCENES = [
    ("Pacific/Auckland", (2024, 4, 7)), ("Pacific/Auckland", (2024, 9, 29)), ("Europe/London", (2024, 3, 31)),
    ("Europe/London", (2023, 10, 29)), ("America/New_York", (2024, 3, 10)), ("America/New_York", (2023, 11, 5)),
    ("Australia/Lord_Howe", (2024, 4, 7)), ("Australia/Lord_Howe", (2023, 10, 1)), ("Pacific/Apia", (2011, 12, 30)),
    ("Pacific/Kwajalein", (1993, 8, 21)), ("America/Havana", (2024, 3, 10)), ("America/Havana", (2023, 11, 5)),
    ("America/Santiago", (2023, 9, 3)), ("America/Santiago", (2024, 4, 7)), ("America/St_Johns", (2010, 11, 7)),
    ("Antarctica/Troll", (2024, 3, 31)), ("Asia/Kolkata", (2024, 1, 26)), ("UTC", (2024, 2, 29))]
MOVES = [("Pacific/Auckland", "Pacific/Honolulu"), ("Pacific/Honolulu", "Pacific/Auckland"),
         ("Europe/London", "America/New_York"), ("Asia/Kolkata", "Europe/London"), ("Pacific/Apia", "Pacific/Auckland"),
         ("Pacific/Kwajalein", "Pacific/Honolulu"), ("Pacific/Kiritimati", "Pacific/Pago_Pago")]
WEEKS = ["24/7", "Mo-Fr 09:00-17:00", "Sa-Su 00:00-24:00", "Mo-Su 22:00-06:00", "PH 00:00-24:00", "Mo-Su 00:00-12:00",
         "Mo-Fr 06:00-09:00,17:00-22:00", "Sa-Su,PH 00:00-24:00", "Fr 17:00-24:00; Sa-Su 00:00-24:00; Mo 00:00-08:00",
         "Mo-Fr 18:00-08:00; PH off", "Mo-Su 02:15-02:45", "PH 12:00-24:00; We 10:00-11:00", "off"]
WORK = ["Mo-Fr 09:00-17:00", "Mo-Fr 09:00-17:00", "Tu-Sa 08:00-16:00", "Mo-Fr 08:30-12:00,13:00-17:00; PH off",
        "Mo-Su 22:00-06:00", "We-Su 10:00-18:30; PH 10:00-12:00", "Mo-Th 00:00-24:00", "off"]
NAMES = ["night", "weekend", "holiday", "evening", "work", "day", "other"]
CODES = [None, None, "SB1", "CO2", "X"]
RATES = ["0", "1", "2.5", "12.50", "7.333", "0.125", "100", "6"]
SHARES = ["0", "0.125", "0.5", "1", "1.333"]
CLOCK = [0, 0, 0, 150, 360, 510, 540, 540, 1020, 1320, 720]


def number(value):
    """A fraction as SQL has it."""
    if value is None:
        return "NULL"
    return format(decimal.Decimal(value.numerator) / value.denominator, "f")


def text(value):
    return "NULL" if value is None else "'%s'" % value


def utc(at):
    return (EPOCH + at * USEC).strftime("%Y-%m-%d %H:%M:%S.%f+00")


def period(begin, end):
    return "[%s,%s)" % ("" if begin is None else utc(begin), "" if end is None else utc(end))


def date(day):
    return text(None if day is None else (EPOCH + datetime.timedelta(day)).date())


def interval(usecs):
    return "NULL" if usecs is None else "'1 day'" if usecs == DAY else "'%d.%06d seconds'" % divmod(usecs, SECOND)


def per_text(per):
    return "NULL" if per is None else "'%d days %d.%06d seconds'" % (per.days, *divmod(per.usecs - per.days * DAY, SECOND))


class Company:
    def __init__(self, rnd):
        self.rnd = rnd
        scene, date = rnd.choice(SCENES)
        self.date = datetime.date(*date)
        centre = instant(*date)
        self.since = centre - rnd.randint(1, 6) * DAY
        self.until = centre + rnd.randint(1, 8) * DAY
        self.begin, self.end = self.since - 6 * DAY, self.until + 8 * DAY
        self.zones_known = {}
        self.zone_names = [scene] * 3 + [rnd.choice(SCENES)[0]]
        self.move = rnd.choice(MOVES) if self.one_in(4) else None
        if self.move:
            self.zone_names += self.move
        self.moments = []
        self.weeks = [Week(week) for week in rnd.sample(WEEKS, rnd.randint(2, 7))]
        self.calendars = {i: self.some_holidays() for i in range(1, rnd.randint(1, 3))}
        self.npeople = rnd.randint(1, 4)
        self.rotations = {i: rnd.randint(1, 2) for i in range(1, rnd.choice([2, 2, 3, 4]))}     # seats
        self.policies = [self.some_policy(i) for i in range(1, rnd.choice([2, 2, 3, 4]))]
        self.wageless = self.one_in(20)
        self.people = [self.some_person(i) for i in range(1, self.npeople + 1)]
        self.some_rotas()
        self.entries = [self.some_entry(1000 + i) for i in range(rnd.choice([0, 0, 0, 1, 3]))]

    def one_in(self, n):
        return self.rnd.randrange(n) == 0

    def zone(self, name):
        if name not in self.zones_known:
            self.zones_known[name] = Zone(name, self.begin - 3 * DAY, self.end + 3 * DAY)
        return self.zones_known[name]

    def moment(self):
        """Some time in the windows that are asked about, often had before."""
        rnd = self.rnd
        if self.moments and self.one_in(4):
            return rnd.choice(self.moments)
        date = rnd.randrange(self.since // DAY, self.until // DAY + 1)
        minute = rnd.choice(CLOCK) if self.one_in(2) else rnd.randrange(1440) if self.one_in(4) else rnd.randrange(96) * 15
        at = self.zone(rnd.choice(self.zone_names)).utc(date * DAY + minute * MINUTE)
        if self.one_in(20):
            at += rnd.randrange(3600) * SECOND
        self.moments.append(at)
        return at

    def some_holidays(self):
        rows, dates = {}, range(self.since // DAY - 2, self.until // DAY + 3)
        for _ in range(self.rnd.randint(1, 5)):
            date = self.rnd.choice(dates)
            rows[date] = None
            if self.one_in(2):
                rows.setdefault(date + self.rnd.choice([1, 2, 3]), date)
        return sorted(rows.items())

    # policies

    def some_per(self):
        return self.rnd.choice([Per(0, HOUR)] * 5 + [Per(1, 0)] * 4 + [
            Per(0, 90 * MINUTE), Per(7, 0), Per(2, 15 * HOUR), Per(0, 24 * HOUR), Per(1, 30 * MINUTE)])

    def some_band(self, policy, position):
        rnd = self.rnd
        of_wage = self.one_in(4)
        rates = [fractions.Fraction(rate) for rate in (SHARES if of_wage else RATES)]
        whole_days = self.one_in(4)
        per = rnd.choice([Per(1, 0), Per(1, 0), Per(7, 0)]) if whole_days else self.some_per()
        callout_rate = rnd.choice(rates)
        rotation = seat = None
        if self.one_in(3):
            rotation = rnd.choice(list(self.rotations))
        if self.one_in(8):
            seat = rnd.randint(1, self.rotations[rotation] if rotation else 2)
        if rotation is None and seat is None and self.one_in(4):
            callout_rate = None
        return Band(
            policy * 10 + position, position, rnd.choice(NAMES), rnd.choice(CODES),
            None if self.one_in(4) else rnd.choice(self.weeks), rotation, seat,
            rnd.choice(rates), callout_rate, of_wage, per,
            rnd.choice([None, None, Per(0, HOUR), Per(0, 15 * MINUTE), self.some_per()]), whole_days,
            fractions.Fraction(rnd.choice(["0", "0", "1", "1.5", "0.25"])), rnd.choice([None, None, None, 8 * HOUR, DAY]),
            fractions.Fraction(rnd.choice(["0", "0", "0", "1", "0.125"])), rnd.choice([None, None, None, 8 * HOUR, DAY]))

    def some_policy(self, i):
        rnd = self.rnd
        bands = [self.some_band(i, position) for position in range(1, rnd.randint(2, 6))]
        return Policy(
            i, "policy %d" % i, rnd.choice(self.zone_names), rnd.choice(["NZD", "JPY", "KWD", "GBP"]),
            rnd.choice([0, 0, 0, 150, 510, 1020, 1439]) * MINUTE, self.one_in(2),
            rnd.choice([0, 0, 1, 60, 180, 180, 720]) * MINUTE, rnd.choice([1, 1, 7, 15, 60]) * MINUTE,
            not self.one_in(3), not self.one_in(3), self.one_in(3), bands)

    # people

    def some_wage(self):
        if self.wageless and self.one_in(2):
            return None
        return fractions.Fraction(self.rnd.choice(["20", "31.25", "17.333", "0"]))

    def some_assignments(self):
        rnd = self.rnd
        edges = sorted({self.moment() for _ in range(rnd.choice([0, 0, 1, 1, 2, 3]))})
        edges = [None if self.one_in(2) else self.begin + DAY] + edges + [None]
        rows, zones = [], list(self.move or [])
        for a, b in zip(edges, edges[1:]):
            if self.one_in(8):
                continue
            zone = zones.pop(0) if zones else rnd.choice(self.zone_names) if self.one_in(3) else None
            rows.append(Assignment(
                rnd.choice(self.policies), a, b, self.some_wage(), zone,
                Week(rnd.choice(WORK)) if self.one_in(4) else None,
                rnd.choice(list(self.calendars)) if self.calendars and self.one_in(4) else None))
        if self.one_in(5):
            rows.append(Assignment(
                None, None if self.one_in(2) else self.begin, self.moment(), None, rnd.choice(self.zone_names),
                Week(rnd.choice(WORK)), rnd.choice([None, *self.calendars])))
        return rows

    def some_responses(self):
        rnd, rows = self.rnd, []
        for _ in range(rnd.choice([0, 1, 2, 4, 8])):
            begin = self.moment() - (0 if self.one_in(2) else rnd.randrange(120) * MINUTE)
            if rows and self.one_in(3):     # while, or just after, another one goes on
                begin = rnd.choice([rows[-1][2], rows[-1][1] + 3 * HOUR, rows[-1][1] + 10 * MINUTE])
            length = rnd.choice([rnd.randint(1, 30), rnd.randint(1, 200), rnd.randint(1, 200), rnd.randint(1, 1800)])
            rows.append([0, begin, begin + length * MINUTE])
            self.moments += rows[-1][1:]
        return rows

    def some_person(self, i):
        rnd = self.rnd
        ends = self.moment() if self.one_in(12) else None
        responses = self.some_responses()
        for j, row in enumerate(responses):
            row[0] = i * 100 + j
        return Person(
            i, "person %d" % i, rnd.choice([None, "E%d" % i]), rnd.choice(self.zone_names), Week(rnd.choice(WORK)),
            rnd.choice([None, *self.calendars]), ends, self.some_assignments(), responses)

    def some_entry(self, i):
        """A lump, a product, or time in lieu."""
        rnd, policy = self.rnd, self.rnd.choice(self.policies)
        units, rate, amount, lieu = rnd.choice([
            ("2.5", "12.5", None, None), ("1", "333.335", None, None), ("-3", "0.5", None, 8 * HOUR),
            (None, None, "120", None), (None, None, "-7", HOUR), (None, None, None, 90 * MINUTE)])
        return Entry(
            i, rnd.randint(1, self.npeople), policy, rnd.choice([None, *self.rotations]),
            rnd.randrange(self.since // DAY, self.until // DAY + 1), rnd.choice(CODES),
            *[x and fractions.Fraction(x) for x in (units, rate, amount)], lieu)

    # rotas: (rotation, cadence, hours, pairing, people), (rotation, seat, begin, end, person)

    def some_rotas(self):
        rnd = self.rnd
        self.layers, self.covers = [], []
        for rotation in self.rotations:
            anchor = self.date - datetime.timedelta(rnd.randint(20, 30))
            minute = rnd.choice(CLOCK)
            cadence = "R/%sT%02d:%02d[%s]/%s" % (
                anchor, *divmod(minute, 60), rnd.choice(self.zone_names),
                rnd.choice(["P1D", "P1D", "P2D", "P7D", "PT8H", "PT12H", "P3D,P4D"]))
            people = [rnd.choice([*range(1, self.npeople + 1), None]) for _ in range(rnd.randint(1, 4))]
            self.layers.append((rotation, cadence, rnd.choice(WEEKS[:10]) if self.one_in(3) else None,
                                rnd.choice(["staggered", "following", "fixed"]), people))
            for seat in range(1, self.rotations[rotation] + 1):
                edges = sorted({self.moment() for _ in range(rnd.choice([0, 0, 2, 4]))})
                for a, b in zip(edges[::2], edges[1::2]):
                    self.covers.append((rotation, seat, a, b, rnd.choice([*range(1, self.npeople + 1), None])))

    # for the server

    def sql(self):
        out = []

        def insert(table, columns, rows):
            rows = ["(%s)" % ", ".join(map(str, row)) for row in rows]
            if rows:
                out.append("INSERT INTO oncall.%s (%s) VALUES\n\t%s" % (table, columns, ",\n\t".join(rows)))

        insert("calendar", "calendar_id, name", [(i, "'calendar %d'" % i) for i in self.calendars])
        insert("person", "person_id, name, employee_number, zone, working_hours, calendar_id, active", [
            (p.id, text(p.name), text(p.number), text(p.zone), text(p.week.text), p.calendar or "NULL", text(period(None, p.ends)))
            for p in self.people])
        insert("rotation", "rotation_id, name, zone, seats, max_consecutive, min_break, exclusive", [
            (i, "'rotation %d'" % i, text(self.zone_names[0]), "'{%s}'" % ",".join("abc"[:seats]), "NULL", "'0'", "false")
            for i, seats in self.rotations.items()])
        insert("rotation_member", "rotation_id, person_id, standing, valid",
               [(i, p.id, "'reserve'", "'(,)'") for i in self.rotations for p in self.people])
        for rotation, cadence, hours, pairing, people in self.layers:
            insert("layer", "layer_id, rotation_id, cadence, hours, pairing, valid",
                   [(rotation, rotation, text(cadence), text(hours), text(pairing), "'(,)'")])
            insert("layer_member", "layer_id, position, person_id, valid",
                   [(rotation, i + 1, person or "NULL", "'(,)'") for i, person in enumerate(people)])
        insert("pay_policy", "pay_policy_id, name, zone, currency, day_starts, overlap, minimum_callout, round_to,"
               " join_callouts, standby_during_callout, by_rotation", [
                   (p.id, text(p.name), text(p.zone), text(p.currency), "'%02d:%02d'" % divmod(p.day_starts // MINUTE, 60),
                    text("once" if p.once else "each"), interval(p.minimum), interval(p.round_to), p.join,
                    p.standby_during_callout, p.by_rotation) for p in self.policies])
        insert("pay_band", "pay_band_id, pay_policy_id, position, band, pay_code, applies, rotation_id, seat, standby_rate,"
               " callout_rate, of_wage, per, callout_per, whole_days, lieu_factor, lieu_day, standby_lieu_factor, standby_lieu_day", [
                   (b.id, p.id, b.position, text(b.name), text(b.pay_code), text(b.week and b.week.text),
                    b.rotation or "NULL", b.seat or "NULL", number(b.standby_rate), number(b.callout_rate), b.of_wage,
                    per_text(b.per), per_text(b.callout_per), b.whole_days, number(b.lieu_factor), interval(b.lieu_day),
                    number(b.standby_lieu_factor), interval(b.standby_lieu_day)) for p in self.policies for b in p.bands])
        # nobody has approved these
        insert("response", "response_id, person_id, period, approved_by",
               [(900 + i, p.id, text(period(self.since + i * HOUR, self.until)), "NULL") for i, p in enumerate(self.people) if i % 2])
        insert("pay_assignment", "person_id, pay_policy_id, valid, wage, zone, working_hours, calendar_id", [
            (p.id, a.policy.id if a.policy else "NULL", text(period(a.begin, a.end)), number(a.wage), text(a.zone),
             text(a.week and a.week.text), a.calendar or "NULL") for p in self.people for a in p.assignments])
        return out

    def facts(self):
        """What may be recorded late, in statements of their own, with what
        each of them writes."""
        for holiday in ((i, *row) for i, rows in self.calendars.items() for row in rows):
            yield holiday, "INSERT INTO oncall.holiday (calendar_id, day, name, observes) VALUES (%d, %s, 'h', %s)" % (
                holiday[0], *map(date, holiday[1:]))
        for cover in self.covers:
            yield cover, "INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (%d, %d, '%s', %s)" % (
                cover[0], cover[1], period(*cover[2:4]), cover[4] or "NULL")
        for person in self.people:
            for response in person.responses:
                yield response, "INSERT INTO oncall.response (response_id, person_id, period) VALUES (%d, %d, '%s')" % (
                    response[0], person.id, period(*response[1:]))
        for e in self.entries:
            yield e, (
                "INSERT INTO oncall.pay_entry (pay_entry_id, person_id, pay_policy_id, rotation_id, day, pay_code, units, rate, amount,"
                " lieu, why) VALUES (%s)" % ", ".join(map(str, [
                    e.id, e.person, e.policy.id, e.rotation or "NULL", date(e.day), text(e.pay_code), number(e.units),
                    number(e.rate), number(e.amount), interval(e.lieu), "'random'"])))
