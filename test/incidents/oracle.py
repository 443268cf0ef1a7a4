"""Incidents call whom the manual says.

Random companies (see company.py) are written to a server. Then things happen,
each at a time that is said: alerts, answers, a timer that is punctual, late, or
comes twice, merges, maintenance. After each of them the pages, the incidents
and the responses are compared with those of a model (see model.py), which takes
from the server nothing but who is on call. Prints TAP.

    oracle.py [seed [cases]]
"""

import collections
import json
import os
import random
import subprocess
import sys
import time

from company import DAY, HOUR, MINUTE, Company, literal, utc
from model import Model, Refused

DATABASE = "oncall_incidents"
SEED = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ONCALL_SEED", time.time()))
CASES = int(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("ONCALL_CASES", 60))
STORIES = 3     # of each company

SETUP = """
CREATE EXTENSION oncall;
SELECT oncall.setup() \\g /dev/null
CREATE SCHEMA test;
CREATE FUNCTION test.us(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN extract(epoch FROM at);
CREATE VIEW test.state AS
	SELECT json_build_array('page', incident_id, step, rotation_id, seat, person_id, reason, test.us(created_at), test.us(due_at),
		test.us(acknowledged_at), test.us(cancelled_at), merged_from) AS row
	FROM oncall.page
	UNION ALL
	SELECT json_build_array('incident', incident_id, severity, test.us(acknowledged_at), test.us(resolved_at), resolution, merged_into, step)
	FROM oncall.incident
	UNION ALL
	SELECT json_build_array('response', incident_id, person_id, test.us(lower(period)), test.us(upper(period)))
	FROM oncall.response WHERE upper_inf(recorded) AND NOT isempty(period);
"""


class Disagreement(Exception):
    pass


class Server:
    """A session that answers one statement at a time."""

    def __init__(self, database):
        self.psql = subprocess.Popen(
            ["psql", "-XAtq", "-v", "ON_ERROR_ROLLBACK=on", "-v", "VERBOSITY=verbose", "-d", database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", bufsize=1)
        self.log = []

    def run(self, sql):
        """(SQLSTATE, lines)"""
        self.psql.stdin.write(sql + ("\n" if sql.endswith("\n") else ";\n") + "\\echo :SQLSTATE done\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            line = line.rstrip("\n")
            if line.endswith(" done") and len(line) == 10:
                return line[:5], lines
            lines.append(line)
        sys.exit("Bail out! psql ended: %s" % lines)

    def get(self, sql):
        state, lines = self.run(sql)
        if state != "00000":
            sys.exit("Bail out! %s\n%s" % (sql, "\n".join(lines)))
        return lines

    def end(self):
        self.psql.stdin.close()
        self.psql.wait()


class Story:
    """What happens to a company."""

    def __init__(self, server, company, rnd):
        self.server, self.company, self.rnd = server, company, rnd
        self.model = Model(company)
        self.now = company.begin
        self.log = []
        self.did = collections.Counter()

    def tell(self, length):
        for _ in range(length):
            self.now += self.rnd.choice([0, 1, MINUTE, 5 * MINUTE, 10 * MINUTE, 10 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR, 9 * HOUR] +
                                        ([3 * DAY, 8 * DAY] if self.rnd.randrange(4) == 0 else []))
            act = self.rnd.choice(self.ACTS)
            self.did[act.__name__] += 1
            act(self)

    def incident(self, often_open=True):
        some = list(self.model.incidents.values())
        if often_open and self.rnd.randrange(8):
            some = [i for i in some if i.resolved is None] or some
        return self.rnd.choice(some) if some else None

    def both(self, sql, function, *args, counts=False):
        """Does it here and there, and compares."""
        self.log.append(sql)
        state, lines = self.server.run(sql)
        self.log.append("-- %s %s" % (state, " ".join(lines)[:150]))
        try:
            got = function(*args)
            wanted = "00000"
        except Refused as why:
            got, wanted = None, str(why)
        if state != wanted:
            raise Disagreement("SQLSTATE %s, not %s: %s" % (wanted, state, " ".join(lines)[:300]))
        if counts and state == "00000" and lines != [str(got)]:
            self.compare()
            raise Disagreement("returns %s, not %s" % (got, lines))
        self.compare()

    def compare(self):
        wanted = collections.Counter()
        for i in self.model.incidents.values():
            wanted[("incident", i.id, i.severity.name, i.acked, i.resolved, i.resolution, i.into and i.into.id, i.step)] += 1
            for p in i.pages:
                wanted[("page", i.id, p.step, p.rotation, p.seat, p.person, p.reason, p.created, p.due, p.acked, p.cancelled,
                        p.home.id if p.home is not i else None)] += 1
            for r in i.responses:
                if r.end != r.begin:
                    wanted[("response", i.id, r.person, r.begin, r.end)] += 1
        got = collections.Counter(tuple(json.loads(line)) for line in self.server.get("SELECT row FROM test.state"))
        if wanted != got:
            lines = ["  missing %s" % self.shown(row) for row in (wanted - got).elements()]
            raise Disagreement("\n".join(lines + ["  not so  %s" % self.shown(row) for row in (got - wanted).elements()]))

    def shown(self, row):
        return "(%s)" % ", ".join(utc(x) if isinstance(x, int) and x > 1 << 20 else str(x) for x in row)

    # what happens

    def open(self):
        rnd = self.rnd
        service = rnd.choice(self.company.services) if rnd.randrange(12) else None
        key = rnd.choice([None, "a", "a", "b"])
        severity = rnd.choice(self.company.severities)
        ident = len(self.model.incidents) + 1

        def opened():
            return self.model.open(ident, service, None if service else "Nowhere", severity, key, self.now).id
        self.both("SELECT oncall.open_incident('%s', 'It broke', '%s', dedup_key => %s, at => '%s')" % (
            "S%d" % service.id if service else "Nowhere", severity.name, literal(key), utc(self.now)), opened, counts=True)

    def on(self, call, function, *args, often_open=True):
        incident = self.incident(often_open)
        if incident:
            self.both("SELECT oncall.%s at => '%s') \\g /dev/null\n" % (call % incident.id, utc(self.now)), function, incident,
                      *args, self.now)

    def acknowledge(self):
        incident = self.incident()
        if not incident:
            return
        called = [p.person for p in incident.pages if p.person]
        person = self.rnd.choice(called) if called and self.rnd.randrange(4) else self.rnd.choice(self.company.people).id
        self.both("SELECT oncall.acknowledge(%d, 'P%d', '%s') \\g /dev/null\n" % (incident.id, person, utc(self.now)),
                  self.model.acknowledge, incident, person, self.now)

    def resolve(self):
        self.on("resolve(%d,", self.model.resolve)

    def reopen(self):
        self.on("reopen(%d,", self.model.reopen, often_open=False)

    def reassign(self):
        person = self.rnd.choice(self.company.people).id
        self.on("reassign(%%d, 'P%d'," % person, self.model.reassign, person)

    def escalate(self):
        self.on("escalate(%d,", self.model.escalate)

    def set_severity(self):
        severity = self.rnd.choice(self.company.severities)
        self.on("set_severity(%%d, '%s'," % severity.name, self.model.set_severity, severity)

    def run(self):
        for _ in range(self.rnd.choice([1, 1, 1, 2])):
            self.both("SELECT oncall.run_escalations('%s')" % utc(self.now), self.model.run, self.now, counts=True)

    def minutes(self):
        """A timer that is punctual."""
        for _ in range(self.rnd.randint(2, 6)):
            self.now += 5 * MINUTE
            self.both("SELECT oncall.run_escalations('%s')" % utc(self.now), self.model.run, self.now, counts=True)

    def merge(self):
        target, source = self.incident(), self.incident(self.rnd.randrange(3))
        if source:
            target = self.model.root(target)
            self.both("INSERT INTO oncall.incident_event (incident_id, kind, at, other_incident_id) VALUES (%d, 'merged', '%s', %d)" % (
                target.id, utc(self.now), source.id), self.model.merge, target, source, self.now)

    def unmerge(self):
        merged = [i for i in self.model.incidents.values() if i.into]
        if merged:
            incident = self.rnd.choice(merged)
            self.both("INSERT INTO oncall.incident_event (incident_id, kind, at) VALUES (%d, 'unmerged', '%s')" % (
                incident.id, utc(self.now)), self.model.unmerge, incident, self.now)

    def maintain(self):
        """A maintenance begins, or ends sooner."""
        service = self.rnd.choice(self.company.services)
        for window in service.maintenance:
            if window[0] < self.now < window[1]:
                self.log.append("-- maintenance of %d ends" % service.id)
                self.server.get("UPDATE oncall.maintenance SET period = '[\"%s\",\"%s\")' WHERE service_id = %d AND period = '[\"%s\",\"%s\")'" % (
                    utc(window[0]), utc(self.now), service.id, utc(window[0]), utc(window[1])))
                window[1] = self.now
                return
        window = [self.now, self.now + self.rnd.choice([20 * MINUTE, 2 * HOUR])]
        self.log.append("-- maintenance of %d until %s" % (service.id, utc(window[1])))
        self.server.get(self.company.maintenance(service, window))
        service.maintenance.append(window)

    def send(self):
        """A gateway delivers what there is."""
        pages = [p for i in self.model.incidents.values() for p in i.pages if p.person and p.acked is None and p.cancelled is None]
        for page in pages:
            page.sent = page.sent or self.now
        self.server.get("UPDATE oncall.page SET sent_at = '%s' WHERE person_id IS NOT NULL AND acknowledged_at IS NULL"
                        " AND cancelled_at IS NULL AND sent_at IS NULL" % utc(self.now))

    ACTS = [open] * 6 + [acknowledge] * 6 + [resolve] * 2 + [reopen, reassign, escalate] + [set_severity] * 2 + [run] * 10 + \
        [minutes] * 5 + [merge] * 2 + [unmerge, maintain, send]


CLEAR = """SET session_replication_role = replica;
DELETE FROM oncall.duty_notice;
DELETE FROM oncall.page;
DELETE FROM oncall.incident_event;
DELETE FROM oncall.response;
DELETE FROM oncall.incident;
DELETE FROM oncall.maintenance;
RESET session_replication_role;
ALTER TABLE oncall.incident ALTER incident_id RESTART"""


def case(server, number, did):
    """Each statement is a transaction of its own: what was believed for a while
    tells what came from where."""
    rnd = random.Random("%d %d" % (SEED, number))
    company = Company(rnd, number * 10)
    server.get("ALTER TABLE oncall.rotation ALTER rotation_id RESTART %d" % (company.base + 1))
    for sql in company.sql():
        server.get(sql)
    for line in server.get(
            "SELECT json_build_array(r.rotation_id, seat, test.us(lower(period)), test.us(upper(period)), person_id)"
            " FROM oncall.rotation o, oncall.roster('[\"%s\",\"%s\")', o.rotation_id) r WHERE o.rotation_id > %d ORDER BY lower(period)" % (
                utc(company.begin - 2 * DAY), utc(company.begin + 400 * DAY), company.base)):
        rotation, seat, begin, end, person = json.loads(line)
        company.shifts.setdefault((rotation, seat), []).append((begin, end, person))
    planned = {s: s.maintenance for s in company.services}
    for _ in range(STORIES):
        server.get(CLEAR)
        for s in company.services:
            s.maintenance = [list(window) for window in planned[s]]
            for window in s.maintenance:
                server.get(company.maintenance(s, window))
        story = Story(server, company, rnd)
        try:
            story.tell(rnd.randint(10, 40))
        except Disagreement as why:
            return "%s\n%s" % ("\n".join(list(company.sql()) + story.log), why)
        finally:
            did.update(story.did)
    return None


def psql(database, sql):
    ran = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database],
                         input=sql, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    if ran.returncode:
        sys.exit("Bail out! %s" % ran.stdout)


def main():
    print("# seed %d, %d cases" % (SEED, CASES), flush=True)
    psql("postgres", "DROP DATABASE IF EXISTS %s" % DATABASE)
    psql("postgres", "CREATE DATABASE %s" % DATABASE)
    psql(DATABASE, SETUP)
    psql("postgres", "ALTER DATABASE %s SET timezone = 'UTC'" % DATABASE)
    server = Server(DATABASE)
    server.get("SET synchronous_commit = off")
    server.get("SET client_min_messages = warning")
    server.get("SET statement_timeout = '20 s'")
    did = collections.Counter()
    failed = 0
    for i in range(CASES):
        why = case(server, i, did)
        if why:
            failed += 1
            if failed <= int(os.environ.get("MANY", 3)):
                print("# case %d:\n#   %s" % (i, why[-int(os.environ.get("SHOW", 6000)):].replace("\n", "\n#   ")), flush=True)
    server.end()
    psql("postgres", "DROP DATABASE %s" % DATABASE)
    print("# %s" % ", ".join("%s %d" % (name, n) for name, n in sorted(did.items())))
    print("%sok 1 - incidents call whom the manual says: %d companies" % ("not " if failed else "", CASES))
    print("1..1")
    print("%d passed, %d failed" % (CASES - failed, failed))
    sys.exit(failed > 0)


main()
