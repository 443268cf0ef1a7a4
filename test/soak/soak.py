"""Clients, a timer and gateways at work on the same incidents."""

import collections
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

import psycopg

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
DATABASE = "oncall_soak"
PEOPLE = 6
ROLES = [f"oncall_soak_{i}" for i in range(1, PEOPLE + 1)] + ["oncall_soak_gateway"]
LEASE = 2
SETUP = """
CREATE EXTENSION oncall;
SELECT oncall.setup();
SELECT oncall.add_person('person ' || i, 'UTC', db_role => 'oncall_soak_' || i) FROM generate_series(1, 6) i;
SELECT oncall.grant_access('oncall_soak_' || i, 'member') FROM generate_series(1, 6) i;
SELECT oncall.grant_access('oncall_soak_gateway', 'manager');
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Ops', 'UTC', person_id FROM oncall.person WHERE name = 'person 6';
SELECT oncall.add_rotation('SRE', '{person 1,person 2}', 'R/2026-01-07T12:00[UTC]/P1D', team => 'Ops');
SELECT oncall.add_rotation('Shop', '{person 3,person 4}', 'R/2026-01-07T12:00[UTC]/P1D', team => 'Ops');
-- time runs fast here: steps after a second or two, forgotten after three
SELECT oncall.add_service('service ' || i, 'Ops', '{SRE,Shop}', ack_timeout => '3 seconds', reopen_within => '1 second')
FROM generate_series(1, 3) i;
SELECT oncall.add_step('service ' || i, '1 second', 'SRE', 2), oncall.add_step('service ' || i, '2 seconds', person => 'person 5')
FROM generate_series(1, 3) i;

CREATE SCHEMA soak;
CREATE TABLE soak.outcome (what text, outcome text);
GRANT USAGE ON SCHEMA soak TO PUBLIC;
GRANT INSERT ON soak.outcome TO PUBLIC;

-- One thing that somebody does, as who they are
CREATE FUNCTION soak.act(seed bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	what CONSTANT text := (ARRAY['open', 'open', 'open', 'open', 'acknowledge', 'acknowledge', 'page', 'resolve', 'resolve', 'resolve',
		'merge', 'unmerge', 'reopen', 'escalate', 'reassign', 'severity', 'role', 'note'])[1 + seed % 18];
	one integer;
	other integer;
	outcome text := 'done';
BEGIN
	BEGIN
		PERFORM set_config('role', 'oncall_soak_' || (1 + seed / 18 % 6), true);
		-- what was opened lately is what people meet at
		SELECT i.incident_id INTO one FROM oncall.incident i
		WHERE (i.resolved_at IS NULL) = (what NOT IN ('reopen', 'unmerge') AND seed % 7 > 0)
		ORDER BY i.opened_at DESC OFFSET seed / 108 % 12 LIMIT 1;
		SELECT i.incident_id INTO other FROM oncall.incident i
		WHERE i.resolved_at IS NULL OR seed % 5 = 0 ORDER BY i.opened_at DESC OFFSET seed / 1296 % 12 LIMIT 1;
		IF what = 'open' THEN
			PERFORM oncall.open_incident('service ' || (1 + seed / 108 % 3), 'down', (ARRAY['SEV1', 'SEV2', 'SEV4'])[1 + seed / 7 % 3],
				dedup_key => CASE WHEN seed % 2 = 0 THEN 'key ' || seed / 18 % 20 END);
		ELSIF one IS NULL OR other IS NULL THEN
			outcome := 'nothing there';
		ELSE
			CASE what
				WHEN 'acknowledge' THEN PERFORM oncall.acknowledge(one);
				WHEN 'page' THEN
					UPDATE oncall.page SET acknowledged_at = now()
					WHERE page_id = (SELECT max(page_id) FROM oncall.page WHERE person_id = oncall_internal.own_person() AND acknowledged_at IS NULL);
				WHEN 'resolve' THEN PERFORM oncall.resolve(one);
				WHEN 'merge' THEN PERFORM oncall.merge_incidents(one, other);
				WHEN 'unmerge' THEN PERFORM oncall.unmerge(one);
				WHEN 'reopen' THEN PERFORM oncall.reopen(one);
				WHEN 'escalate' THEN PERFORM oncall.escalate(one);
				WHEN 'reassign' THEN PERFORM oncall.reassign(one, 'person ' || (1 + seed / 108 % 6));
				WHEN 'severity' THEN PERFORM oncall.set_severity(one, 'SEV' || (1 + seed / 108 % 4));
				WHEN 'role' THEN PERFORM oncall.assign_role(one, 'commander');
				WHEN 'note' THEN INSERT INTO oncall.incident_event (incident_id, detail) VALUES (one, 'so it is');
			END CASE;
		END IF;
	EXCEPTION WHEN OTHERS THEN
		outcome := SQLSTATE || ' ' || regexp_replace(SQLERRM, '[0-9]+', 'N', 'g');
	END;
	PERFORM set_config('role', 'none', true);
	INSERT INTO soak.outcome VALUES (what, outcome);
END $$;
"""
# What an act on an incident that somebody else has just dealt with is told. An
# UPDATE of a page has it before it comes to the incident, and so may meet
# somebody who comes from the other side: one of the two has to do it again.
TOLD = ("done", "nothing there", "55000 ", "22023 incident N cannot be merged into itself", "40P01 ")
# A page that somebody had in hand when its incident ended is not cancelled, but
# nobody is given it any more.
UNDELIVERED = """FROM oncall.page p JOIN oncall.incident i ON i.incident_id = p.incident_id AND i.resolved_at IS NULL
WHERE p.person_id IS NOT NULL AND p.sent_at IS NULL AND p.acknowledged_at IS NULL AND p.cancelled_at IS NULL"""

passed = failed = 0


def check(holds, name, why=""):
    global passed, failed
    passed, failed = passed + bool(holds), failed + (not holds)
    print(f"{'' if holds else 'not '}ok {passed + failed} - {name}")
    if not holds:
        print("\n".join("#   " + line for line in str(why).splitlines()[:20]))


def administer(*commands):
    with psycopg.connect(dbname="postgres", autocommit=True) as connection:
        for command in commands:
            connection.execute(command)


def clean_up():
    administer(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", *(f"DROP ROLE IF EXISTS {role}" for role in ROLES))


def ask(query):
    with psycopg.connect(dbname=DATABASE, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


class Timer(threading.Thread):
    """Calls run_escalations(), from two sessions now and then."""

    def __init__(self):
        super().__init__()
        self.ended, self.called, self.failures = threading.Event(), 0, []

    def run(self):
        with psycopg.connect(dbname=DATABASE, autocommit=True) as connection:
            while not self.ended.wait(0.2):
                try:
                    self.called += connection.execute("SELECT oncall.run_escalations()").fetchone()[0]
                except psycopg.Error as error:
                    self.failures.append(f"{error.sqlstate} {error}")


class Gateways:
    """Processes of doc/gateway.py, which write what they deliver to a file each."""

    def __init__(self, folder, many):
        self.folder, self.number, self.killed = folder, 0, set()
        self.running = {}
        for _ in range(many):
            self.start()

    def start(self):
        self.number += 1
        with open(self.folder / str(self.number), "w", encoding="utf-8") as file:
            self.running[self.number] = subprocess.Popen(
                ["/usr/bin/python3", TOP / "doc" / "gateway.py", "--deliver", "page", "--lease", str(LEASE), "--timeout", "1",
                 "--poll", "0.2", "--name", f"gateway {self.number}",
                 f"dbname={DATABASE} options='-c role=oncall_soak_gateway'"], stdout=file, stderr=subprocess.PIPE)

    def kill(self, choices):
        number = choices.choice(list(self.running))
        process = self.running.pop(number)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.killed.add(number)
        self.start()

    def end(self):
        said = b""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
            said += process.communicate()[1]
        return said.decode()

    def delivered(self):
        """Which gateways have delivered a page, in the order of their births."""
        pages = collections.defaultdict(list)
        for number in range(1, self.number + 1):
            for line in (self.folder / str(number)).read_text(encoding="utf-8").splitlines():
                pages[json.loads(line)["page_id"]].append(number)
        return pages


def soak(seconds, choices, folder):
    """Let all of them work; returns the gateways, the timers, and what pgbench said."""
    (folder / "act.sql").write_text("\\set seed random(1, 1000000000)\nSELECT soak.act(:seed);\n")
    gateways, timers = Gateways(folder, 2), [Timer(), Timer()]
    for timer in timers:
        timer.start()
    pgbench = subprocess.Popen(
        ["pgbench", "-n", "-c", "8", "-j", "2", "-T", str(seconds), "--random-seed", str(choices.randrange(10 ** 6)),
         "-f", folder / "act.sql", DATABASE], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    while pgbench.poll() is None:
        time.sleep(choices.uniform(0.3, 1.2))
        gateways.kill(choices)
    said = pgbench.communicate()[0]
    for timer in timers:
        timer.ended.set()
        timer.join()
    # what is left to be sent, and the leases of those that died
    deadline = time.monotonic() + 30 + seconds
    while ask(f"SELECT 1 {UNDELIVERED} LIMIT 1") and time.monotonic() < deadline:
        time.sleep(0.2)
    return gateways, timers, pgbench.returncode, said


def judge(gateways, timers, code, said):
    check(code == 0, "pgbench has run", said)
    outcomes = ask("SELECT outcome, count(*) FROM soak.outcome GROUP BY outcome ORDER BY outcome")
    odd = [f"{many} times {outcome}" for outcome, many in outcomes if not outcome.startswith(TOLD)]
    check(not odd, "nobody was told anything but that it is over, merged, or open", "\n".join(odd))
    deadlocks = sum(many for outcome, many in outcomes if outcome.startswith("40P01"))
    check(deadlocks * 200 <= sum(many for _, many in outcomes), "of deadlocks there are few", deadlocks)
    acts = ask("SELECT what, count(*) FILTER (WHERE outcome = 'done') FROM soak.outcome GROUP BY what ORDER BY what")
    check(len(acts) == 12 and all(many for _, many in acts), "everything that can be done was done", acts)
    check(not any(timer.failures for timer in timers), "the timers never failed", timers[0].failures + timers[1].failures)
    wrong = gateways.end()
    check(not wrong, "nor did a gateway", wrong)
    illegal = ask((HERE / "legal.sql").read_text(encoding="utf-8"))
    check(not illegal, "every incident is in a legal state",
          "\n".join(f"{rule}: {number}" for rule, number in illegal))
    for number in {number for _, number in illegal[:3]}:
        for row in ask(f"SELECT e.* FROM oncall.incident_event e WHERE e.incident_id = {number} ORDER BY e.incident_event_id"):
            print("#  ", *row)
    lost = ask(f"SELECT p, i {UNDELIVERED}")
    check(not lost, "no page is left in the outbox", lost)
    delivered = gateways.delivered()
    sent = {row[0] for row in ask("SELECT page_id FROM oncall.page WHERE sent_at IS NOT NULL")}
    check(sent <= delivered.keys(), "what counts as sent was delivered", sent - delivered.keys())
    twice = {page: numbers for page, numbers in delivered.items() if len(numbers) > 1}
    # who delivered a page first was killed before it could tell
    blamed = {page: numbers for page, numbers in twice.items()
              if len(set(numbers)) < len(numbers) or len(set(numbers) - gateways.killed) > 1}
    check(not blamed, "nothing was sent twice without a crash", blamed)
    again = ask("SELECT count(*) FROM oncall.page WHERE claims > 1")[0][0]
    done = sum(many for outcome, many in outcomes if outcome == "done")
    counts = ask("SELECT (SELECT count(*) FROM oncall.incident), (SELECT count(*) FROM oncall.incident WHERE merged_into IS NOT NULL), "
                 "(SELECT count(*) FROM oncall.page), (SELECT count(*) FROM oncall.page WHERE step > 0)")[0]
    print(f"# {done} acts done, {sum(many for _, many in outcomes) - done} refused ({deadlocks} deadlocks); incidents {counts[0]} ({counts[1]} merged); "
          f"pages {counts[2]} ({counts[3]} by steps, {sum(t.called for t in timers)} people called by the timers); sent {len(sent)}; "
          f"gateways killed {len(gateways.killed)}; claimed again {again}; delivered twice {len(twice)}")
    print("# " + ", ".join(f"{what} {many}" for what, many in acts))


def main(seconds=10, seed=None):
    seed = int(seed or random.randrange(10 ** 6))
    print(f"# seed {seed}", flush=True)
    clean_up()
    administer(f"CREATE DATABASE {DATABASE}", *(f"CREATE ROLE {role}" for role in ROLES))
    try:
        ask(SETUP)
        with tempfile.TemporaryDirectory() as folder:
            judge(*soak(int(seconds), random.Random(seed), pathlib.Path(folder)))
    finally:
        clean_up()
    print(f"1..{passed + failed}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
