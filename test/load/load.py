"""Many clients at a company's history, with oncall and with plain tables."""

import collections
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import psycopg

HERE = pathlib.Path(__file__).resolve().parent
DATABASE = "oncall_load"
ROLE = "oncall_load"
MEASURED = "--measure" in sys.argv[1:]
CLIENTS = int(os.environ.get("CLIENTS") or 32) if MEASURED else 8
SEED = int(os.environ.get("ONCALL_SEED") or (7 if MEASURED else random.randrange(10 ** 6)))
YEARS, ROTATIONS, INCIDENTS, WAIT, REPEATED = (10, 50, 100000, "5 minutes", 100) if MEASURED else (1, 8, 1000, "2 seconds", 40)
# Seconds in which new sessions read and plan everything for the first time: how
# long that takes is told apart.
NEW = 15
TWINS = "ours", "plain"
EXPECTED = {
    "acknowledge": {"nothing there", "55000"}, "resolve": {"nothing there", "55000"},
    # refused by a rule, by whoever was faster, or since it has changed hands
    "trade": {"nothing there", "23514", "40001", "23P01", "55000"}}
PAID = "SELECT count(*), count(DISTINCT pay_run_id), sum(amount), (SELECT count(*) FROM oncall.pay_run) FROM oncall.pay_line"
READERS = "look-up now", "look-up of the past", "my duties", "incidents of a month", "load of a person"

# What is done: how often of a thousand times, and the statement of each twin.
# pgbench draws the variables up to their LIMITS; hours and months are before now.
# With plain tables a shift belongs to each week that it touches.
OPERATIONS = {
    "look-up now": (585, "SELECT oncall.on_call('rotation ' || :rotation::text)", """
        SELECT (SELECT s.person_id FROM plain.shift s
                WHERE s.rotation_id = r.rotation_id AND s.seat = 1 AND s.starts <= now() ORDER BY s.starts DESC LIMIT 1),
            (SELECT s.person_id FROM plain.shift s
                WHERE s.rotation_id = r.rotation_id AND s.seat = 2 AND s.starts <= now() ORDER BY s.starts DESC LIMIT 1)
        FROM plain.rotation r WHERE r.name = 'rotation ' || :rotation::text"""),
    "look-up of the past": (100, "SELECT oncall.on_call(:rotation::int, now() - :hours::int * interval '1 hour')", """
        SELECT (SELECT s.person_id FROM plain.shift s WHERE s.rotation_id = :rotation::int AND s.seat = 1
                AND s.starts <= now() - :hours::int * interval '1 hour' ORDER BY s.starts DESC LIMIT 1),
            (SELECT s.person_id FROM plain.shift s WHERE s.rotation_id = :rotation::int AND s.seat = 2
                AND s.starts <= now() - :hours::int * interval '1 hour' ORDER BY s.starts DESC LIMIT 1)"""),
    "my duties": (60, "SELECT * FROM oncall.duties(:person::int, tstzrange(now(), now() + interval '90 days'))", """
        SELECT s.*, r.name, p.name FROM plain.shift s JOIN plain.rotation r USING (rotation_id) JOIN plain.person p USING (person_id)
        WHERE s.person_id = :person::int AND s.starts > now() - interval '8 days' AND s.starts < now() + interval '90 days' AND s.ends > now()
        ORDER BY s.starts"""),
    "page": (70, "SELECT ours.page(:seed::int)", "SELECT plain.page(:seed::int)"),
    "deliver": (20, "SELECT ours.deliver(:seed::int)", "SELECT plain.deliver(:seed::int)"),
    "acknowledge": (70, "SELECT ours.acknowledge(:seed::int)", "SELECT plain.acknowledge(:seed::int)"),
    "resolve": (60, "SELECT ours.resolve(:seed::int)", "SELECT plain.resolve(:seed::int)"),
    "trade": (10, "SELECT ours.trade(:seed::int)", "SELECT plain.trade(:seed::int)"),
    "incidents of a month": (10, """
        SELECT * FROM oncall.incident_report WHERE team_id = :team::int
            AND month = (date_trunc('month', now()) - :months::int * interval '1 month')::date""", """
        SELECT i.service_id, i.severity, count(*), count(i.resolved_at), count(i.acknowledged_at),
            count(*) FILTER (WHERE i.source = 'customer'),
            percentile_cont('{0.5,0.9}'::double precision[]) WITHIN GROUP (ORDER BY i.acknowledged_at - i.opened_at),
            percentile_cont('{0.5,0.9}'::double precision[]) WITHIN GROUP (ORDER BY i.resolved_at - i.opened_at)
        FROM plain.incident i JOIN plain.service s USING (service_id)
        WHERE s.team_id = :team::int AND i.opened_at >= date_trunc('month', now()) - :months::int * interval '1 month'
            AND i.opened_at < date_trunc('month', now()) - (:months::int - 1) * interval '1 month'
        GROUP BY 1, 2"""),
    "load of a person": (10, "SELECT * FROM oncall.pager_load WHERE person_id = :person::int", """
        SELECT d.rotation_id, d.week, sum(d.lasts), count(*) FILTER (WHERE d.called), count(*) FILTER (WHERE d.out_of_hours), sum(d.worked)
        FROM (
            SELECT g.rotation_id, date_trunc('week', g.created_at AT TIME ZONE p.zone) AS week, NULL::interval AS lasts, true AS called,
                extract(isodow FROM g.created_at AT TIME ZONE p.zone) > 5
                    OR (g.created_at AT TIME ZONE p.zone)::time NOT BETWEEN '09:00' AND '17:00' AS out_of_hours, NULL::interval AS worked
            FROM plain.page g JOIN plain.person p USING (person_id) WHERE g.person_id = :person::int AND g.cancelled_at IS NULL
            UNION ALL
            SELECT g.rotation_id, date_trunc('week', r.starts AT TIME ZONE p.zone), NULL, false, false, r.ends - r.starts
            FROM plain.response r JOIN plain.person p USING (person_id)
            LEFT JOIN plain.page g ON g.incident_id = r.incident_id AND g.person_id = r.person_id
            WHERE r.person_id = :person::int
            UNION ALL
            SELECT s.rotation_id, w.week, least(s.ends AT TIME ZONE p.zone, w.week + interval '7 days')
                - greatest(s.starts AT TIME ZONE p.zone, w.week), false, false, NULL
            FROM plain.shift s JOIN plain.person p USING (person_id),
                generate_series(date_trunc('week', s.starts AT TIME ZONE p.zone), s.ends AT TIME ZONE p.zone, '7 days') w(week)
            WHERE s.person_id = :person::int AND s.starts < now()) d
        GROUP BY 1, 2"""),
    "memory": (5, "SELECT load.note_memory()", "SELECT load.note_memory()"),
}
NAMES = list(OPERATIONS)
LIMITS = {"rotation": ROTATIONS, "person": 6 * ROTATIONS, "team": (ROTATIONS + 4) // 5, "seed": 10 ** 9,
          "hours": 24 * 364 * YEARS, "months": 12 * YEARS - 1}

passed = failed = 0


def check(holds, name, why=""):
    global passed, failed
    passed, failed = passed + bool(holds), failed + (not holds)
    print(f"{'' if holds else 'not '}ok {passed + failed} - {name}", flush=True)
    if not holds:
        print("\n".join("#   " + line for line in str(why).splitlines()[:20]))


def say(*what):
    print("#", *what, flush=True)


def administer(*commands):
    with psycopg.connect(dbname="postgres", autocommit=True) as connection:
        for command in commands:
            connection.execute(command)


def clean_up():
    administer(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"DROP ROLE IF EXISTS {ROLE}")


def ask(query):
    with psycopg.connect(dbname=DATABASE, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def count(query):
    return ask(query)[0][0]


def make_company():
    administer(f"CREATE DATABASE {DATABASE}", f"CREATE ROLE {ROLE} IN ROLE pg_read_all_stats")
    for file in "company.sql", "ours.sql", "plain.sql":
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-v", f"years={YEARS}", "-v", f"rotations={ROTATIONS}",
                        "-v", f"incidents={INCIDENTS}", "-v", f"seed={SEED}", "-v", f"wait={WAIT}",
                        "-d", DATABASE, "-f", HERE / file], check=True)
    ask("VACUUM ANALYZE")
    ask(f"""SELECT oncall.grant_access('{ROLE}', 'manager');
        GRANT USAGE ON SCHEMA load, ours, plain TO {ROLE};
        GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA load, plain TO {ROLE}""")


class Looker(threading.Thread):
    """Looks every tenth of a second who waits for whom, and every few seconds how large sessions are."""

    WAITING = """
        SELECT l.pid, a.query, extract(epoch FROM clock_timestamp() - l.waitstart)::float, pg_blocking_pids(l.pid),
            (SELECT array_agg(b.backend_type) FROM pg_stat_activity b WHERE b.pid = ANY (pg_blocking_pids(l.pid))),
            CASE WHEN l.locktype = 'object' AND l.classid = 'pg_database'::regclass AND l.objid = 0 THEN 'notify' ELSE l.locktype END,
            (l.locktype, l.database, l.relation, l.page, l.tuple, l.transactionid, l.classid, l.objid)::text
        FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND l.waitstart IS NOT NULL AND a.datname = current_database()"""

    def __init__(self):
        super().__init__()
        self.ended = threading.Event()
        self.waits = collections.defaultdict(lambda: [0, 0.0])  # (operation, lock): samples, longest
        self.longest_queue = 0
        self.samples = 0
        self.sizes = collections.defaultdict(list)              # pid: (when, kilobytes)

    def run(self):
        with psycopg.connect(dbname=DATABASE, autocommit=True) as connection:
            next_sizes = 0
            while not self.ended.wait(0.1):
                self.look_at_locks(connection)
                if time.time() >= next_sizes:
                    next_sizes = time.time() + 2
                    self.look_at_sizes(connection)

    def look_at_locks(self, connection):
        self.samples += 1
        queues = collections.Counter()
        for _, query, age, blockers, kinds, kind, lock in connection.execute(self.WAITING).fetchall():
            operation = re.search(r"/\* (.*?) \*/", query)
            # a process of the server's own gives way to others
            if not blockers or kinds and "client backend" not in kinds:
                continue
            wait = self.waits[operation.group(1) if operation else query[:40], kind]
            wait[0], wait[1] = wait[0] + 1, max(wait[1], age)
            queues[lock] += 1
        self.longest_queue = max([self.longest_queue, *queues.values()])

    def look_at_sizes(self, connection):
        """Of memory of their own: what they share with others does not belong to them."""
        for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'oncall_load'").fetchall():
            try:
                text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
                self.sizes[pid].append((time.time(), int(re.search(r"^Anonymous: +(\d+)", text, re.M).group(1))))
            except (OSError, AttributeError):
                pass


class Timer(threading.Thread):
    """Has what has become due escalate."""

    def __init__(self, twin):
        super().__init__()
        self.ended, self.called, self.failures = threading.Event(), 0, []
        self.statement = "SELECT oncall.run_escalations()" if twin == "ours" else f"SELECT plain.escalate('{WAIT}')"

    def run(self):
        with psycopg.connect(dbname=DATABASE, autocommit=True) as connection:
            while not self.ended.wait(10 if MEASURED else 0.5):
                try:
                    self.called += connection.execute(self.statement).fetchone()[0]
                except psycopg.Error as error:
                    self.failures.append(f"{error.sqlstate} {error}")


class Slot:
    """Some time of a twin, at full speed or at a rate: what pgbench and others saw of it."""

    def __init__(self, twin, seconds, rate, scripts, folder, seed):
        self.twin, self.seconds, self.rate = twin, seconds, rate
        self.times = collections.defaultdict(list)              # operation: milliseconds
        self.late_times = collections.defaultdict(list)         # of those that were due when sessions were new no more
        self.failures = collections.Counter()
        self.looker, self.timer = Looker(), Timer(twin)
        self.since = time.time()
        self.looker.start()
        self.timer.start()
        ran = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "--random-seed", str(seed),
             "-l", "--log-prefix", folder / "log", "--failures-detailed", *(["-R", str(rate)] if rate else []), *scripts[twin], DATABASE],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
            env={**os.environ, "PGAPPNAME": "oncall_load", "PGOPTIONS": f"-c role={ROLE} -c client_min_messages=warning"})
        self.lasted = time.time() - self.since
        for thread in self.looker, self.timer:
            thread.ended.set()
            thread.join()
        self.code, self.said = ran.returncode, ran.stdout
        for log in folder.glob("log.*"):
            with open(log, encoding="ascii") as lines:
                for line in lines:
                    word = line.split()
                    if word[2].isdigit():
                        self.times[NAMES[int(word[3])]].append(int(word[2]) / 1000)
                        due = int(word[4]) + (int(word[5]) - int(word[2])) / 1e6
                        if due >= self.since + NEW:
                            self.late_times[NAMES[int(word[3])]].append(int(word[2]) / 1000)
                    else:
                        self.failures[word[2], NAMES[int(word[3])]] += 1
            log.unlink()

    def done(self):
        return sum(map(len, self.times.values()))

    def rows_of_memory(self, column):
        """Of contexts, as sessions themselves saw it: pid: (when, kilobytes)."""
        sizes = collections.defaultdict(list)
        for at, pid, size in ask(f"""SELECT extract(epoch FROM at)::float, pid, coalesce({column}, 0) / 1024.0 FROM load.memory
                WHERE at BETWEEN to_timestamp({self.since}) AND to_timestamp({self.since + self.lasted}) ORDER BY at"""):
            sizes[pid].append((at, float(size)))
        return sizes

    def growth(self, sizes):
        """Kilobytes of a session in the second third of the time and in the last, on average."""
        parts = []
        for samples in sizes.values():
            middle, last = ([size for at, size in samples if begins <= (at - self.since) / self.lasted < begins + 1 / 3] for begins in (1 / 3, 2 / 3))
            if middle and last:
                parts.append((sum(middle) / len(middle), sum(last) / len(last)))
        return [sum(part) / len(parts) for part in zip(*parts)] if parts else None


def write_scripts(folder):
    """Files for pgbench, and its options: a script for each operation and twin."""
    options = {}
    for twin, place in zip(TWINS, (1, 2)):
        options[twin] = []
        for number, name in enumerate(NAMES):
            statement = OPERATIONS[name][place]
            variables = [variable for variable in LIMITS if re.search(rf":{variable}\b", statement)]
            path = folder / f"{twin}_{number}.sql"
            path.write_text("".join(f"\\set {variable} random(1, {LIMITS[variable]})\n" for variable in variables)
                            + " ".join(statement.split()).replace("SELECT", f"SELECT /* {name} */", 1) + ";\n", encoding="ascii")
            options[twin] += ["-f", f"{path}@{OPERATIONS[name][0]}"]
    return options


def percentile(times, part):
    times = sorted(times)
    return times[min(len(times) - 1, int(part * len(times)))] if times else float("nan")


def leaks():
    """How many bytes a session grows by so many times of each operation, each time.

    What is rare is planned when it comes for the first time, which is not every time.
    """
    grown = {}
    choices = random.Random(SEED)
    with psycopg.connect(dbname=DATABASE, autocommit=True, options=f"-c role={ROLE} -c client_min_messages=warning") as connection:
        connection.prepare_threshold = 1

        def size():
            return connection.execute("SELECT sum(used_bytes) FROM pg_backend_memory_contexts").fetchone()[0]

        # what is remembered of the roster is remembered first
        for _ in range(10):
            connection.execute(f"""SELECT count(oncall.on_call(r, now() - h * interval '1 hour'))
                FROM generate_series(1, {ROTATIONS}) r, generate_series(1, {LIMITS['hours']}, 24) h""")
            size()
        for name, (_, statement, _) in OPERATIONS.items():
            query = re.sub(r":(\w+)::int|:(\w+)::text", lambda found: f"%({found[1] or found[2]})s::{'int' if found[1] else 'text'}", statement)
            sizes = [size()]
            for _ in range(4):
                for _ in range(REPEATED):
                    connection.execute(query, {variable: choices.randint(1, limit) for variable, limit in LIMITS.items()})
                sizes.append(size())
            grown[name] = min(int(after - before) for before, after in zip(sizes[1:], sizes[2:]))
    return grown


def judge_memory(slots):
    """What is remembered of the roster grows until it is full, and is forgotten when somebody writes it; the rest shall not."""
    for slot in slots:
        what = f"{slot.twin}, {'at a rate' if slot.rate else 'full speed'}"
        parts = [slot.growth(sizes) for sizes in (slot.rows_of_memory("bytes"), slot.looker.sizes, slot.rows_of_memory("remembered"))]
        if None in parts:
            check(not MEASURED, f"{what}: the memory of sessions could be seen")
            continue
        contexts, private, remembered = parts
        say(f"{what}: a session has, in the second third of the time and in the last, {contexts[0]:.0f} and {contexts[1]:.0f} kB of contexts"
            f" ({contexts[1] / contexts[0] - 1:+.1%}), {remembered[0]:.0f} and {remembered[1]:.0f} kB that it remembers of the roster,"
            f" and {private[0]:.0f} and {private[1]:.0f} kB of private memory ({private[1] / private[0] - 1:+.1%})")
        # sooner not everything that there is to do has been done by all of them
        if slot.twin == "ours" and slot.seconds >= 120:
            check(contexts[1] <= 1.05 * contexts[0], "contexts of sessions stay as large as they are", contexts)
            check(private[1] <= 1.05 * private[0] + max(0, remembered[1] - remembered[0]), "so does their private memory", private)
            check(remembered[1] <= 64 * 1024, "what they remember has its bound", remembered)


def judge_locks(slots):
    for twin in TWINS:
        own = [slot for slot in slots if slot.twin == twin]
        waits = collections.defaultdict(lambda: [0, 0.0])
        for slot in own:
            for key, (samples, longest) in slot.looker.waits.items():
                waits[key] = [waits[key][0] + samples, max(waits[key][1], longest)]
        samples = sum(slot.looker.samples for slot in own)
        say(f"{twin}: {samples} looks at locks, at most {max((slot.looker.longest_queue for slot in own), default=0)} in one queue; "
            + ("; ".join(f"{operation} for {kind} {many} times, {1000 * longest:.0f} ms at most"
                         for (operation, kind), (many, longest) in sorted(waits.items())) or "nobody waited"))
        if twin == "ours":
            check(not [key for key in waits if key[0] in READERS], "who only reads never waits for a lock", dict(waits))
    if MEASURED:
        # who notifies queues for the server's own lock until the commit before is on the disk, with plain tables, too
        for slot in slots:
            longest = max((longest for (_, kind), (_, longest) in slot.looker.waits.items() if kind != "notify"), default=0)
            trade = percentile(slot.times["trade"], 0.99)
            if slot.twin == "ours":
                check(1000 * longest <= trade, f"nobody waits for a lock longer than a trade takes ({1000 * longest:.0f} ms; p99 of trades {trade:.0f} ms)")


def judge_work(slots):
    for twin in TWINS:
        own = [slot for slot in slots if slot.twin == twin]
        check(not any(slot.code for slot in own), f"{twin}: no client was told anything that it did not expect", "\n".join(slot.said for slot in own if slot.code))
        failures = sum((slot.failures for slot in own), collections.Counter())
        check(not failures, f"{twin}: no transaction failed", failures)
        timers = [failure for slot in own for failure in slot.timer.failures]
        check(not timers, f"{twin}: the timer never failed", "\n".join(timers))
        outcomes = ask(f"SELECT what, outcome, count(*) FROM load.outcome WHERE twin = '{twin}' GROUP BY 1, 2 ORDER BY 1, 2")
        say(f"{twin}: told " + ", ".join(f"{what} {outcome} {many} times" for what, outcome, many in outcomes))
        odd = [(what, outcome, many) for what, outcome, many in outcomes if outcome not in EXPECTED[what]]
        check(not odd, f"{twin}: nobody was told of a deadlock, or of anything but a rule, and who was faster", odd)
        many = collections.Counter()
        for slot in own:
            many.update({name: len(times) for name, times in slot.times.items()})
        not_done = collections.Counter()
        for what, _, number in outcomes:
            not_done[what] += number
        idle = [name for name in NAMES if many[name] <= not_done[name]]
        check(not idle, f"{twin}: everything was done", idle)
        refused = sum(number for what, outcome, number in outcomes if what == "trade" and outcome != "nothing there")
        check(refused, f"{twin}: some trades were refused", outcomes)
        schema = "oncall" if twin == "ours" else "plain"
        opened = count(f"SELECT count(*) FROM {schema}.incident WHERE incident_id > (SELECT incident_id FROM {twin}.started)")
        check(opened == many["page"], f"{twin}: each alert is an incident", (opened, many["page"]))
        wrong = count(f"""SELECT count(*) FROM {schema}.incident i
            WHERE incident_id > (SELECT incident_id FROM {twin}.started) AND (
                SELECT count(*) FROM {schema}.page p WHERE p.incident_id = i.incident_id AND p.step = 0 AND p.created_at = i.opened_at)
                <> CASE i.severity WHEN 'SEV1' THEN 4 ELSE 2 END""")
        check(wrong == 0, f"{twin}: no page is lost, and none is there twice", wrong)
        answers = count(f"SELECT count(*) FROM load.answer WHERE twin = '{twin}'")
        check(answers + not_done["acknowledge"] == many["acknowledge"], f"{twin}: each answer is known", (answers, not_done, many))
        lost = count(f"""SELECT count(*) FROM load.answer a WHERE a.twin = '{twin}' AND NOT EXISTS (
            SELECT FROM {schema}.page p WHERE p.incident_id = a.incident_id AND p.person_id = a.person_id AND p.acknowledged_at IS NOT NULL)""")
        check(lost == 0, f"{twin}: no answer is lost", lost)
        traded = count("SELECT count(*) FROM oncall.change WHERE change_id > (SELECT change_id FROM ours.started)" if twin == "ours"
                       else "SELECT count(*) FROM plain.swap")
        check(traded == many["trade"] - not_done["trade"] > 0, f"{twin}: each trade is there, and nothing of one that was refused",
              (traded, many["trade"], not_done["trade"]))


def judge_rules(paid):
    breaches = ask(f"SELECT a.* FROM generate_series(0, {YEARS}) y, "
                   "oncall.audit(tstzrange(now() - y * interval '1 year', now() - (y - 1) * interval '1 year')) a LIMIT 5")
    check(not breaches, "no rule of trades is broken", "\n".join(map(str, breaches)))
    illegal = ask((HERE.parent / "soak" / "legal.sql").read_text(encoding="utf-8"))
    check(not illegal, "every incident is in a legal state", "\n".join(map(str, illegal)))
    check(ask(PAID) == paid, "what was paid is as it was", (paid, ask(PAID)))


def tell_times(slots):
    """What doc/performance.md has of it."""
    speed = {twin: sum(slot.done() for slot in slots if slot.twin == twin and not slot.rate)
             / sum(slot.lasted for slot in slots if slot.twin == twin and not slot.rate) for twin in TWINS}
    rate = next(slot.rate for slot in slots if slot.rate)
    times, all_times = ({twin: {name: [ms for slot in slots if slot.twin == twin and slot.rate for ms in getattr(slot, of)[name]] for name in NAMES}
                     for twin in TWINS} for of in ("late_times", "times"))
    say(f"at full speed: {speed['ours']:.0f} operations a second; plain tables {speed['plain']:.0f}; ratio {speed['ours'] / speed['plain']:.2f}")
    say(f"p99 of look-ups at {rate} a second, with the first {NEW} seconds of new sessions: "
        + "; ".join(f"{twin} {percentile(all_times[twin]['look-up now'], 0.99):.0f} ms" for twin in TWINS))
    say(f"at {rate} operations a second, {NEW} seconds after sessions were new, milliseconds:")
    print("| of 100 | operation | oncall p50 | p95 | p99 | max | plain p50 | p95 | p99 | max | ratio p50 | p99 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in NAMES:
        if name == "memory":
            continue
        both = [[percentile(times[twin][name], part) for part in (0.5, 0.95, 0.99, 1)] for twin in TWINS]
        ms = [f"{value:.2f}" if value < 10 else f"{value:.0f}" for row in both for value in row]
        print(f"| {OPERATIONS[name][0] / 10:g} | {name} | " + " | ".join(ms) + f" | {both[0][0] / both[1][0]:.2f} | {both[0][2] / both[1][2]:.2f} |")


def work(folder):
    scripts = write_scripts(folder)
    choices = random.Random(SEED)
    slots, paid = [], ask(PAID)

    def take(twin, seconds, rate=None):
        slots.append(Slot(twin, seconds, rate, scripts, folder, choices.randrange(10 ** 6)))
        say(f"{twin}, {f'{rate} a second' if rate else 'full speed'}: {slots[-1].done() / slots[-1].lasted:.0f} operations a second")
        return slots[-1]

    if MEASURED:
        seconds = max(1, round(float(os.environ.get("MINUTES") or 10) * 60 / 4))
        rate = int(os.environ.get("RATE") or 0)
        for _ in range(2):
            speeds = [(slot.done() / slot.lasted) for slot in (take(twin, seconds) for twin in TWINS)]
            rate = rate or round(min(speeds) / 2)
            for twin in TWINS:
                take(twin, seconds, rate)
        tell_times(slots)
        judge_memory(slots)
    else:
        take("ours", 4)
        take("plain", 2)
    judge_work(slots)
    judge_locks(slots)
    judge_rules(paid)
    grown = leaks()
    say(f"bytes by which a session grows in {REPEATED} times: " + ", ".join(f"{name} {size}" for name, size in grown.items()))
    check(max(grown.values()) < 500 * REPEATED, "no operation leaves memory behind", grown)


def main():
    say(f"seed {SEED}, {CLIENTS} clients, {YEARS} years, {ROTATIONS} rotations, {INCIDENTS} incidents")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    clean_up()
    try:
        begun = time.time()
        make_company()
        say(f"made in {time.time() - begun:.0f} s")
        with tempfile.TemporaryDirectory() as folder:
            work(pathlib.Path(folder))
    finally:
        clean_up()
    print(f"1..{passed + failed}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
