"""psycopg 3: see clients.py."""

import datetime
import json
import zoneinfo

import psycopg
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from clients import check

AUCKLAND = zoneinfo.ZoneInfo("Pacific/Auckland")
EVENING = Range(datetime.datetime(2126, 4, 12, 18, tzinfo=AUCKLAND),
                datetime.datetime(2126, 4, 12, 22, tzinfo=AUCKLAND))


def connect():
    return psycopg.connect("service=manager", autocommit=True)


def own_types(connection):
    names = connection.execute("SELECT DISTINCT type FROM drivers.probe WHERE own AND type NOT LIKE '%[]'")
    for name, in names.fetchall():
        yield TypeInfo.fetch(connection, name)


def take_as_bytes(connection, info):
    """In binary, psycopg has a value of a type that it does not know as bytes; what is sent
    as that type again needs a class."""
    value = type(info.name, (bytes,), {})

    class ValueLoader(Loader):
        format = Format.BINARY

        def load(self, data):
            return value(data)

    class ValueDumper(Dumper):
        format = Format.BINARY
        oid = info.oid

        def dump(self, obj):
            return obj

    connection.adapters.register_loader(info.oid, ValueLoader)
    connection.adapters.register_dumper(value, ValueDumper)


def sendable(value):
    """psycopg leaves it open what a dict is sent as."""
    if isinstance(value, list):
        return [sendable(element) for element in value]
    return Jsonb(value) if isinstance(value, dict) else value


def comes_and_goes(connection, probe, binary):
    """Whether a value can be read, as the text that it is if it is one of oncall's types, and sent."""
    cursor = connection.cursor(binary=binary)
    value, text = cursor.execute(
        f"SELECT {probe.expression}, CAST({probe.expression} AS text)").fetchone()
    if probe.own and not binary and isinstance(value, str):
        assert value == text, (value, text)
    assert (value is None) == (text is None), (value, text)
    assert not (probe.type.endswith("[]") and value) or isinstance(value, list), value
    sent = "%b" if binary else "%s"
    back, = cursor.execute(f"SELECT CAST(CAST({sent} AS {probe.type}) AS text)",
                           [sendable(value)]).fetchone()
    assert back == text, (back, text)


def types():
    with connect() as connection:
        connection.execute("SET timezone = 'Pacific/Auckland'")
        probes = connection.cursor(row_factory=psycopg.rows.namedtuple_row)
        probes = probes.execute("SELECT type, expression, own FROM drivers.probe").fetchall()
        for info in own_types(connection):
            info.register(connection)
        for binary in False, True:
            if binary:
                for info in own_types(connection):
                    take_as_bytes(connection, info)
            for probe in probes:
                with check(f"type {probe.type}"):
                    comes_and_goes(connection, probe, binary)


def calls():
    with connect() as connection:
        for name, rotation, person in ("name", "SRE", "Maria"), ("id", 1, 3):
            for binary in False, True:
                with check(f"calls by {name}"):
                    cursor = connection.cursor(binary=binary)
                    pair, = cursor.execute("SELECT CAST(oncall.on_call(%s, %s) AS text)",
                                           (rotation, EVENING.lower)).fetchone()
                    assert pair == "(3,1)", pair
                    rows = cursor.execute(
                        "SELECT seat, person_id, starts_at FROM oncall.roster(during => %s, rotation => %s)",
                        (EVENING, rotation)).fetchall()
                    assert rows == [(1, 3, EVENING.lower), (2, 1, EVENING.lower)], rows
                    rows = cursor.execute("SELECT d FROM oncall.duties(person => %s, during => %s) AS d",
                                          (person, EVENING)).fetchall()
                    assert len(rows) == 1 and len(rows[0][0]) > 5, rows
        with check("calls with dates"):
            is_open = connection.execute(
                "SELECT oncall.is_open(hours => %s, at => %s, zone => %s, holidays => %s)",
                ("Mo-Su 00:00-24:00; PH off", EVENING.lower, AUCKLAND.key, [EVENING.lower.date()]))
            assert is_open.fetchone() == (False,)


def refusals():
    with connect() as connection:
        with check("refused 23514 oncall_distinct_seats"):
            try:
                with connection.transaction():
                    connection.execute("SELECT oncall.cover_shift(%s, %s, %s, %s)", (1, EVENING, 3, 1))
                raise AssertionError("committed")
            except psycopg.errors.CheckViolation as refused:
                assert (refused.sqlstate, refused.diag.constraint_name) == ("23514", "oncall_distinct_seats")
        with check("refused 23P01 cover_no_overlap"):
            try:
                with connection.transaction():
                    connection.cursor().executemany(
                        "INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (%s, %s, %s, %s)",
                        2 * [(1, 1, EVENING, 2)])
                raise AssertionError("committed")
            except psycopg.errors.ExclusionViolation as refused:
                assert (refused.sqlstate, refused.diag.constraint_name) == ("23P01", "cover_no_overlap")


def page():
    with connect() as gateway, connect() as connection, check("a page at the commit"):
        gateway.execute("LISTEN oncall_page")
        notified = []
        gateway.add_notify_handler(notified.append)
        with connection.transaction():
            incident, = connection.execute(
                "SELECT oncall.open_incident(%s, summary => %s, severity => %s)",
                (1, 'Search "down" – psycopg', "SEV2")).fetchone()
            gateway.execute("SELECT")
            assert not notified, notified
        heard = json.loads(next(gateway.notifies()).payload)
        assert (heard["incident_id"], heard["summary"]) == (incident, 'Search "down" – psycopg'), heard
        claimed = dict(gateway.execute("SELECT * FROM oncall.claim_pages(%s, max_pages => %s, lease => %s)",
                                       ("psycopg", 100, datetime.timedelta(minutes=1))).fetchall())
        assert claimed[heard["page_id"]]["incident"]["incident_id"] == incident, claimed
        gateway.execute("SELECT oncall.page_sent(%s)", (heard["page_id"],))


if __name__ == "__main__":
    types()
    calls()
    refusals()
    page()
