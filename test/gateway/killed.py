"""Gateways that are killed, and what has arrived afterwards."""

import collections
import http.server
import json
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

import jsonschema
import psycopg

TOP = pathlib.Path(__file__).resolve().parents[2]
DATABASE = "oncall_gateway"
# the gateway connects as this role, which has no rights but those of grant_access()
ROLE = "oncall_gateway_role"
SETUP = """
CREATE EXTENSION oncall;
SELECT oncall.setup();
SELECT oncall.add_person(n, 'Europe/Berlin') FROM unnest('{Ana,Ben,Max}'::text[]) n;
UPDATE oncall.person SET company_phone = '+49 30 1' WHERE name = 'Ana';
INSERT INTO oncall.contact (person_id, method, address, after, verified_on)
SELECT person_id, 'push', 'device', interval '0', date '2026-01-01' FROM oncall.person WHERE name = 'Ana' UNION ALL
SELECT person_id, 'phone', '+49 30 2', '5 minutes', NULL FROM oncall.person WHERE name = 'Ana';
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Ops', 'Europe/Berlin', person_id FROM oncall.person WHERE name = 'Max';
SELECT oncall.add_rotation('SRE', '{Ana,Ben}', 'R/2026-01-07T12:00[Europe/Berlin]/P1D', team => 'Ops');
INSERT INTO oncall.playbook (severity, title, url) VALUES ('SEV2', 'Call first, then look', 'https://wiki.example.com/sev2');
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing)
SELECT r.rotation_id, p.person_id, 'reserve' FROM oncall.rotation r, oncall.person p WHERE p.name = 'Max';
SELECT oncall.add_service('Checkout', 'Ops', '{SRE}', seats => '{1,2}');
"""

Arrival = collections.namedtuple("Arrival", "key gateway payload")


class Provider(http.server.ThreadingHTTPServer):
    """Takes what gateways send, and notes it. What it has taken it may leave unanswered for a
    while, or refuse."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.arrivals, self.refused = [], 0
        self.delay, self.refuse = (lambda: 0), False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, *_):
        """A gateway that was killed does not wait for the answer."""

    def wait_for(self, arrivals):
        """Wait until so many have arrived."""
        deadline = time.monotonic() + 60
        while len(self.arrivals) < arrivals and time.monotonic() < deadline:
            time.sleep(0.01)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.refuse:
            self.server.refused += 1
            self.send_error(503, "overloaded")
            return
        self.server.arrivals.append(Arrival(self.headers["Idempotency-Key"], self.headers["User-Agent"], body))
        time.sleep(self.server.delay())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Tests:
    passed = failed = 0

    def check(self, holds, name, why=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'' if holds else 'not '}ok {self.passed + self.failed} - {name}")
        if not holds and why:
            print("\n".join("#   " + line for line in str(why).splitlines()[:20]))
        sys.stdout.flush()


class Gateway:
    """A process of doc/gateway.py."""

    number = 0

    def __init__(self, provider, *more, lease=0.6):
        Gateway.number += 1
        self.name = f"gateway {Gateway.number}"
        self.process = subprocess.Popen(
            ["/usr/bin/python3", TOP / "doc" / "gateway.py", "--url", provider.url, "--name", self.name,
             "--lease", str(lease), "--timeout", str(lease / 2), *more, f"dbname={DATABASE} options='-c role={ROLE}'"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")

    def end(self, number):
        """End it by a signal; its exit code and what it had to say."""
        self.process.send_signal(number)
        said = self.process.communicate(timeout=60)[1]
        return self.process.returncode, said


def administer(*commands):
    with psycopg.connect(dbname="postgres", autocommit=True) as connection:
        for command in commands:
            connection.execute(command)


def clean_up():
    administer(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"DROP ROLE IF EXISTS {ROLE}")


def ask(query, *arguments):
    with psycopg.connect(dbname=DATABASE, autocommit=True) as connection:
        cursor = connection.execute(query, arguments)
        return cursor.fetchall() if cursor.description else []


def open_incident():
    return ask("SELECT oncall.open_incident('Checkout', 'down', 'SEV2')")[0][0]


def undelivered():
    return ask("SELECT count(*) FROM oncall.page WHERE sent_at IS NULL")[0][0]


def wait_until_delivered(seconds):
    deadline = time.monotonic() + seconds
    while undelivered() and time.monotonic() < deadline:
        time.sleep(0.02)


def told_twice(arrivals, killed):
    """What came more than once although nobody was killed over it."""
    by_key = collections.defaultdict(list)
    for arrival in arrivals:
        by_key[arrival.key].append(arrival.gateway)
    return {key: names for key, names in by_key.items()
            if len(set(names)) < len(names) or not killed.issuperset(names[:-1])}


def test_undisturbed(tests, provider):
    gateway = Gateway(provider, "--poll", "60", "--deliver", "page", lease=20)
    time.sleep(0.5)
    began = time.monotonic()
    open_incident()
    wait_until_delivered(20)
    tests.check(time.monotonic() - began < 10, "a notification wakes the gateway")
    code, said = gateway.end(signal.SIGTERM)
    tests.check(code == 0 and not said, "it ends when it is told to", said)
    pages = {f"page-{row[0]}" for row in ask("SELECT page_id FROM oncall.page WHERE sent_at IS NOT NULL AND claims = 1")}
    tests.check(len(pages) == 2 and pages == {a.key for a in provider.arrivals} and len(provider.arrivals) == 2,
                "every page has come once, with its key", provider.arrivals)
    gateway = Gateway(provider, "--once", "--deliver", "page")
    tests.check(gateway.process.wait(60) == 0 and len(provider.arrivals) == 2, "and comes no more")

    gateway = Gateway(provider, "--poll", "0.2", "--deliver", "page")
    ask("SET oncall.notify = off; SELECT oncall.open_incident('Checkout', 'quiet', 'SEV2')")
    wait_until_delivered(20)
    tests.check(not undelivered(), "without notifications it looks by itself")
    gateway.end(signal.SIGTERM)


def closed(part):
    """A schema with no other keys than those that stand in it, so that the test hears of what is
    handed out and not documented."""
    if isinstance(part, dict):
        return {key: closed(value) for key, value in part.items()} | (
            {"additionalProperties": False} if "properties" in part else {})
    return part


def test_schema(tests, kind, arrivals):
    schema = json.loads((TOP / "doc" / f"{kind}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(closed(schema), format_checker=jsonschema.FormatChecker())
    wrong = [error.message for a in arrivals for error in validator.iter_errors(a.payload)]
    tests.check(arrivals and not wrong, f"each {kind} is as the schema says", "\n".join(wrong))
    contacts = [a.payload["contacts"] for a in arrivals if a.payload["person"]["name"] == "Ana"]
    tests.check(all([c["method"] for c in told] == ["push", "phone"] for told in contacts) and contacts,
                "with how to reach whom", contacts)
    if kind == "page":
        tests.check(all(a.payload["playbook"]["title"] == "Call first, then look" for a in arrivals), "and what to do")
    broken = dict(arrivals[0].payload, version=2)
    tests.check(not validator.is_valid(broken), "the schema can be violated")


def test_notices(tests, provider):
    """Notices of a change, of duty that begins, and of an incident, whatever the time is."""
    before = len(provider.arrivals)
    incident = open_incident()
    # of the tenth day from now, on which there may be a handover, the longer part
    ask("SELECT oncall.cover_shift('SRE', tstzrange(lower(s.period), lower(s.period) + interval '10 hours'), s.person, 'Max') "
        "FROM (SELECT * FROM oncall.roster(tstzrange(now() + interval '9 days', now() + interval '10 days'), 'SRE') r "
        "WHERE r.seat = 1 ORDER BY upper(r.period) - lower(r.period) DESC LIMIT 1) s;"
        "SELECT oncall.run_notices(), oncall.run_notices(now() + interval '1 day');"
        "INSERT INTO oncall.duty_notice (person_id, kind, incident_id, detail) "
        f"SELECT person_id, 'stale', {incident}, 'Nobody had touched it.' FROM oncall.person WHERE name = 'Ana';"
        "UPDATE oncall.duty_notice SET due_at = now() - interval '1 minute', expires_at = now() + interval '1 day'")
    provider.refuse = True
    Gateway(provider, "--once").process.wait(60)
    refused = ask("SELECT count(*) FROM oncall.duty_notice WHERE cancelled_at IS NULL AND sent_at IS NULL "
                  "AND failure LIKE '%%503%%' AND lease_until > clock_timestamp()")[0][0]
    unsent = ask("SELECT count(*) FROM oncall.duty_notice WHERE cancelled_at IS NULL")[0][0]
    tests.check(refused == unsent > 2, "a notice that is refused waits, too", refused)
    provider.refuse = False
    ask("UPDATE oncall.duty_notice SET lease_until = now(); UPDATE oncall.page SET lease_until = now() WHERE sent_at IS NULL")
    code = Gateway(provider, "--once").process.wait(60)
    arrivals = provider.arrivals[before:]
    notices = {a.key: a.payload["kind"] for a in arrivals if a.key.startswith("notice-")}
    keys = {f"notice-{row[0]}": row[1] for row in
            ask("SELECT duty_notice_id, kind FROM oncall.duty_notice WHERE sent_at IS NOT NULL AND cancelled_at IS NULL")}
    tests.check(code == 0 and notices == keys and len(keys) == unsent, "the same gateway delivers notices, each once", f"{notices}\n{keys}")
    tests.check({"given", "stale"} <= set(notices.values()) and not undelivered(), "and the pages with them", notices)


def test_refusal(tests, provider):
    provider.refuse = True
    open_incident()
    gateway = Gateway(provider, "--once", "--deliver", "page")
    code, said = gateway.process.wait(60), gateway.process.stderr.read()
    rows = ask("SELECT failures, failure, lease_until > clock_timestamp() + interval '20 seconds' FROM oncall.page WHERE sent_at IS NULL")
    tests.check(code == 0 and provider.refused == 2 and rows == [(1, f"{provider.url} answers 503 overloaded", True)] * 2,
                "what the provider refuses waits for its pause, with the reason", f"{rows}\n{said}")
    provider.refuse = False
    ask("UPDATE oncall.page SET lease_until = clock_timestamp() WHERE sent_at IS NULL")
    Gateway(provider, "--once", "--deliver", "page").process.wait(60)
    tests.check(not undelivered(), "and is delivered after it")


def test_connection(tests, provider):
    """The connection is lost while a page is on its way."""
    before = len(provider.arrivals)
    provider.delay = lambda: 1
    open_incident()
    gateway = Gateway(provider, "--deliver", "page", lease=20)
    provider.wait_for(before + 1)
    ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", gateway.name)
    wait_until_delivered(20)
    gateway.end(signal.SIGTERM)
    tests.check(not undelivered() and len(provider.arrivals) == before + 2,
                "a lost connection makes nothing come twice", provider.arrivals[before:])
    provider.delay = lambda: 0


def test_killed_in_flight(tests, provider):
    """Killed when the provider has it and nobody knows."""
    before = len(provider.arrivals)
    provider.delay = lambda: 1
    open_incident()
    gateway = Gateway(provider, "--deliver", "page", lease=4)
    provider.wait_for(before + 1)
    gateway.end(signal.SIGKILL)
    provider.delay = lambda: 0
    key = provider.arrivals[before].key
    claims = "SELECT claims FROM oncall.page WHERE page_id = %s"
    tests.check(ask(claims, int(key[5:])) == [(1,)], "the page is claimed, by a gateway that is no more")
    second = Gateway(provider, "--poll", "0.2", "--deliver", "page", lease=4)
    wait_until_delivered(20)
    second.end(signal.SIGTERM)
    came = [(a.gateway, a.payload["attempts"]) for a in provider.arrivals[before:] if a.key == key]
    tests.check(came == [(gateway.name, 1), (second.name, 2)], "it comes again when the lease is over, with the same key", came)
    tests.check(len(provider.arrivals) == before + 3, "and nothing else does", provider.arrivals[before:])


def test_killed(tests, provider, choices, kills):
    """Killed at any time, two at once."""
    before = len(provider.arrivals)
    killed, running = set(), []
    provider.delay = lambda: choices.uniform(0, 0.1)
    opened = 0
    while len(killed) < kills:
        while len(running) < 2:
            running.append(Gateway(provider, "--poll", "0.1", "--deliver", "page"))
        for _ in range(choices.randint(0, 6)):
            open_incident()
            opened += 1
        time.sleep(choices.uniform(0.1, 0.5))
        gateway = running.pop(choices.randrange(2))
        gateway.end(signal.SIGKILL)
        killed.add(gateway.name)
    running.append(Gateway(provider, "--poll", "0.1", "--deliver", "page"))
    wait_until_delivered(60)
    for gateway in running:
        gateway.end(signal.SIGTERM)
    arrivals = provider.arrivals[before:]
    keys = collections.Counter(a.key for a in arrivals)
    tests.check(len(keys) == 2 * opened and not undelivered(), f"no page is lost of {2 * opened}, with {kills} kills",
                f"{len(keys)} arrived, {undelivered()} are undelivered")
    twice = told_twice(arrivals, killed)
    tests.check(not twice, f"{sum(n - 1 for n in keys.values())} came again, each after a gateway was killed over it", twice)
    odd = ask("SELECT page_id, claims FROM oncall.page WHERE claims < 1 OR sent_at < claimed_at")
    tests.check(not odd, "claims are counted", odd)
    spoilt = [a for a in arrivals if a.key != f"page-{a.payload['page_id']}"]
    tests.check(not spoilt, "a key is its page's", spoilt)
    provider.delay = lambda: 0


def main(seed=None, kills=25):
    seed = int(seed or random.randrange(10 ** 6))
    print(f"# seed {seed}")
    clean_up()
    administer(f"CREATE DATABASE {DATABASE}", f"CREATE ROLE {ROLE}")
    tests, provider = Tests(), Provider()
    try:
        ask(SETUP)
        ask(f"SELECT oncall.grant_access('{ROLE}', 'manager')")
        test_undisturbed(tests, provider)
        test_refusal(tests, provider)
        test_connection(tests, provider)
        test_killed_in_flight(tests, provider)
        test_killed(tests, provider, random.Random(seed), int(kills))
        test_notices(tests, provider)
        for kind in ("page", "notice"):
            test_schema(tests, kind, [a for a in provider.arrivals if a.key.startswith(kind)])
    finally:
        clean_up()
    print(f"1..{tests.passed + tests.failed}")
    print(f"{tests.passed} passed, {tests.failed} failed")
    return 1 if tests.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
