"""What the oracles of other systems' documents have in common.

Each makes random schedules, which write themselves as documents and know whom
they call; they are imported, and asked at random instants.

Environment: ONCALL_SEED, ONCALL_CASES; PGHOST and so on as for psql.
"""

import json
import os
import random
import subprocess
import sys
import time

SEED = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ONCALL_SEED", int(time.time())))

rnd = random.Random(SEED)


def cases(usual):
    """How many schedules to try."""
    return int(sys.argv[2] if len(sys.argv) > 2 else os.environ.get("ONCALL_CASES", usual))


def bail_out(why):
    sys.exit(f"Bail out! {why} (seed {SEED})")


def psql(database, sql):
    ran = subprocess.run(["psql", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", database],
                         input=sql, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    if ran.returncode:
        bail_out(ran.stdout[-3000:])
    return ran.stdout


class Database:
    """A new one, with the tables of oncall, as long as it is the context."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        psql("postgres", f"DROP DATABASE IF EXISTS {self.name};\nCREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8'")
        self.ask("SET client_min_messages = warning; CREATE EXTENSION oncall; SELECT oncall.setup()")
        return self

    def __exit__(self, *why):
        psql("postgres", f"DROP DATABASE {self.name}")

    def ask(self, sql):
        return psql(self.name, sql)

    def report(self, source, doc):
        """Import a document; the rows of the report, of which none is an error."""
        report = json.loads(self.ask(f"""SELECT coalesce(jsonb_agg(r), '[]')
            FROM oncall.import_schedule('{source}', $doc${json.dumps(doc)}$doc$, make_people => true) r"""))
        errors = [row for row in report if row["level"] == "error"]
        if errors:
            bail_out(errors[:3])
        return report


def on_call(database, schedules):
    """The names of those on call in schedules, at each of their instants, which
    are local if they have no zone; a schedule is a rotation, or several that
    have its name before a slash."""
    def instant(at, zone):
        return f"'{at.isoformat()}'::" + ("timestamptz" if at.tzinfo else f"timestamp AT TIME ZONE '{zone}'")

    asked = ",".join(f"({n}, '{s.name}', {instant(at, s.zone)})"
                     for n, (s, at) in enumerate((s, at) for s in schedules for at in s.instants))
    answers = database.ask(f"""SELECT coalesce(jsonb_agg(DISTINCT r.person) FILTER (WHERE r.person IS NOT NULL), '[]')
        FROM (VALUES {asked}) v(number, schedule, at)
        LEFT JOIN oncall.rotation o ON o.name = v.schedule OR starts_with(o.name, v.schedule || '/')
        LEFT JOIN LATERAL oncall.roster(tstzrange(v.at, v.at + '1 second'), o.name) r ON true
        GROUP BY v.number ORDER BY v.number""")
    return [set(json.loads(line)) for line in answers.splitlines()]


def compare(kinds, usual, together):
    """Random schedules of each kind, so many in a document, against what is on
    call; prints TAP, and returns how many kinds differ."""
    count, failed = cases(usual), 0
    print(f"# seed {SEED}, {count} cases")
    for number, kind in enumerate(kinds, 1):
        bad, asked = [], 0
        with Database(f"oncall_import_{kind.SOURCE}") as database:
            for first in range(0, count, together):
                schedules = [kind(n) for n in range(first, min(first + together, count))]
                database.report(kind.SOURCE, [s.written() for s in schedules])
                answers = on_call(database, schedules)
                for schedule in schedules:
                    for at in schedule.instants:
                        asked += 1
                        answer, right = answers.pop(0), schedule.on_call(at)
                        if answer != right:
                            bad.append((schedule, at.isoformat(), sorted(answer), sorted(right)))
        print(f"{'not ok' if bad else 'ok'} {number} - whom documents of {kind.SOURCE} name is on call, at {asked} instants (seed {SEED})")
        for row in bad[:3]:
            print("#  ", row[1:], "\n#     ", json.dumps(row[0].written())[:2500])
        if bad:
            print(f"# {len(bad)} differ, in {len({row[0].name for row in bad})} schedules")
        failed += bool(bad)
    print(f"1..{len(kinds)}")
    return failed
