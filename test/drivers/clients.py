#!/usr/bin/python3
"""Programs in the manner of the drivers' users, beside a running server (PGHOST and so on as
for psql). Prints TAP.

Each reads every type that oncall has or uses, as it comes, in arrays and NULL, and sends it
back (psycopg and JDBC also in binary); calls functions by name and id with dates and times
of its own; is refused trades; and hears of a page. It prints a line for each check; here is
seen to it that all of them come. As a reader, two ask the catalogs as tools do.

Tests: tools
"""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DATABASE = "oncall_drivers"
ROLES = "reader", "manager"
# a program, and the service as which it connects where it cannot choose
CLIENTS = {
    "psycopg": ("/usr/bin/python3 -B psycopg_client.py", "manager"),
    "jdbc": ("java JdbcClient.java", "manager"),
    "node": ("node node_client.js", "manager"),
    "odbc": ("/usr/bin/python3 -B odbc_client.py", "manager"),
    "jdbc catalogs": ("java JdbcCatalogs.java", "reader"),
    "odbc catalogs": ("/usr/bin/python3 -B odbc_catalogs.py", "reader"),
}
CHECKS = ["calls by name", "calls by id", "calls with dates", "refused 23514 oncall_distinct_seats",
          "refused 23P01 cover_no_overlap", "a page at the commit"]
CATALOG_CHECKS = ["schemas", "tables", "columns", "keys", "indexes", "functions", "rows"]


@contextlib.contextmanager
def check(name):
    """For the programs in Python: says how something went."""
    try:
        yield
        print(f"ok {name}", flush=True)
    except Exception as error:  # whatever a driver may throw
        print(f"not ok {name}: {type(error).__name__} {error}".replace("\n", " "), flush=True)


def psql(database, *arguments):
    ran = subprocess.run(["psql", "-Xqwv", "ON_ERROR_STOP=1", "-At", "-d", database, *arguments],
                         stdout=subprocess.PIPE, encoding="utf-8", cwd=HERE,
                         env=os.environ | {"PGOPTIONS": "-c client_min_messages=warning"})
    if ran.returncode:
        sys.exit("Bail out! the database could not be made")
    return ran.stdout.splitlines()


def environment(folder, service):
    """How a program finds the database: a role is chosen when it has connected."""
    host = os.environ.get("PGHOST", "/var/run/postgresql")
    port, user = psql("postgres", "-F", "\n", "-c", "SELECT current_setting('port'), current_user")
    password = os.environ.get("PGPASSWORD", "")
    (folder / "services").write_text("".join(
        f"[{role}]\nhost={host}\nport={port}\ndbname={DATABASE}\nuser={user}\n"
        f"password={password}\noptions=-c role=oncall_drivers_{role}\n" for role in ROLES))
    (folder / "odbc.ini").write_text(
        f"[company]\nDriver=PostgreSQL Unicode\nServername={host}\nPort={port}\n"
        f"Database={DATABASE}\nUsername={user}\nPassword={password}\n")
    return os.environ | {
        "PGSERVICEFILE": str(folder / "services"), "ODBCINI": str(folder / "odbc.ini"),
        "PGDATABASE": DATABASE, "PGOPTIONS": f"-c role=oncall_drivers_{service}",
        "CLASSPATH": os.environ.get("CLASSPATH", "/usr/share/java/postgresql.jar"),
        "NODE_PATH": str(HERE / "node_modules")}


def outcomes(client, folder):
    """What a program says of each check: None if it went well."""
    command, service = CLIENTS[client]
    ran = subprocess.run(command.split(), cwd=HERE, env=environment(folder, service), timeout=300,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    said, rest = {}, []
    for line in ran.stdout.splitlines():
        found = re.match(r"(not )?ok ([^:]*)(?:: (.*))?$", line)
        if not found:
            rest.append(line)
        elif not said.get(found[2]):  # what has failed once has failed
            said[found[2]] = found[1] and (found[3] or "failed")
    return said, rest, ran.returncode


def main():
    names = [f"oncall_drivers_{role}" for role in ROLES]
    for command in (f"DROP DATABASE IF EXISTS {DATABASE}", f"DROP ROLE IF EXISTS {', '.join(names)}",
                    f"CREATE DATABASE {DATABASE}", *(f"CREATE ROLE {name}" for name in names)):
        psql("postgres", "-c", command)
    psql(DATABASE, "-f", "company.sql")
    types = [f"type {name}" for name in psql(DATABASE, "-c", "SELECT DISTINCT type FROM drivers.probe ORDER BY 1")]
    tests = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for client in CLIENTS:
            expected = CATALOG_CHECKS if client.endswith("catalogs") else types + CHECKS
            said, rest, status = outcomes(client, pathlib.Path(folder))
            if status or rest:
                said["ends well"] = f"exit code {status}"
            for name in [*expected, *(said.keys() - set(expected))]:
                tests += 1
                trouble = said.get(name, "nothing was said of it")
                if name not in expected:
                    trouble = trouble or "unknown check"
                failures += trouble is not None
                print(f"{'not ' if trouble else ''}ok {tests} - {client}: {name}")
                if trouble:
                    print(f"#   {trouble}")
            for line in rest:
                print(f"#   {line}")
    psql("postgres", "-c", f"DROP DATABASE {DATABASE}", "-c", f"DROP ROLE {', '.join(names)}")
    print(f"1..{tests}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
