"""A server that answers, and what is said of its answers."""

import collections
import fractions
import json
import subprocess
import sys

from company import period
from earned import Duty

DATABASE = "oncall_payroll"
TEMPLATE = DATABASE + "_empty"

SETUP = """
CREATE EXTENSION oncall;
SELECT oncall.setup() \\g /dev/null
-- rows of a company bring low ids, or ids from 1000 on, with them
ALTER TABLE oncall.pay_policy ALTER pay_policy_id RESTART 101;
ALTER TABLE oncall.pay_band ALTER pay_band_id RESTART 101;
CREATE SCHEMA test;
CREATE FUNCTION test.us(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN extract(epoch FROM at) * 1000000;
CREATE FUNCTION test.us(length interval) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN extract(epoch FROM length) * 1000000;
CREATE FUNCTION test.wall(at timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN extract(epoch FROM at) * 1000000;
CREATE FUNCTION test.per(length interval) RETURNS text LANGUAGE sql IMMUTABLE
RETURN extract(day FROM length) || ' ' || test.us(length - make_interval(days => extract(day FROM length)::int));
"""

class Server:
    """A session that answers one statement at a time."""

    def __init__(self, database):
        self.psql = subprocess.Popen(
            ["psql", "-XAtq", "-v", "VERBOSITY=verbose", "-d", database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", bufsize=1)
        self.log = []

    def get(self, *statements):
        """The lines that they return. In a transaction nothing goes on after
        an error, so that the last one tells."""
        for sql in statements:
            self.log.append(sql)
            self.psql.stdin.write(sql + ";\n")
        self.psql.stdin.write("\\echo :SQLSTATE done\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            line = line.rstrip("\n")
            if line.endswith(" done") and len(line) == 10:
                if line[:5] != "00000":
                    raise Disagreement("\n".join(lines[:5]))
                return lines
            lines.append(line)
        sys.exit("Bail out! psql ended: %s" % lines)

    def end(self):
        self.psql.stdin.close()
        self.psql.wait()

    def rows(self, sql):
        return [tuple(json.loads(line)) for line in self.get(sql)]

    def duties(self, begin, end):
        """Who is on call."""
        return [Duty(*row) for row in self.rows(
            "SELECT json_build_array(rotation_id, seat, person_id, test.us(lower(period)), test.us(upper(period)))"
            " FROM oncall.roster(tstzrange '%s') WHERE person_id IS NOT NULL" % period(begin, end))]


class Disagreement(Exception):
    pass


def shown(row):
    return "(%s)" % ", ".join("%.8g" % x if isinstance(x, fractions.Fraction) else str(x) for x in row)


def expect(what, wanted, got):
    wanted, got = collections.Counter(list(wanted)), collections.Counter(list(got))
    if wanted != got:
        lines = ["%s:" % what] + ["  missing %s" % shown(row) for row in (wanted - got).elements()]
        raise Disagreement("\n".join(lines + ["  not so  %s" % shown(row) for row in (got - wanted).elements()]))


def decimals(row, places):
    return tuple(fractions.Fraction(x) if i in places and x is not None else x for i, x in enumerate(row))


class Check:
    def __init__(self, name):
        self.name, self.n, self.failed = name, 0, 0

    def run(self, seed, function):
        self.n += 1
        try:
            function()
            return True
        except Disagreement as why:
            self.failed += 1
            if self.failed <= 3:
                print("# %s: case %d:\n#   %s" % (self.name, seed, str(why)[:3000].replace("\n", "\n#   ")), flush=True)
            return False


def psql(database, sql):
    ran = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database],
                         input=sql, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    if ran.returncode:
        sys.exit("Bail out! %s" % ran.stdout)
