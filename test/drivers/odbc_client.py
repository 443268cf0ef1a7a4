"""ODBC, by pyodbc: see clients.py. What the driver does not know is text; it does not tell of
notifications, so that a gateway asks every few seconds."""

import datetime
import json

import pyodbc

from clients import check

# ODBC has no zones: times are those of the session's
ZONE = "SET timezone = 'Pacific/Auckland'"
BEGIN = datetime.datetime(2126, 4, 12, 18)
EVENING = "[2126-04-12 18:00, 2126-04-12 22:00)"


def connect(autocommit=True):
    connection = pyodbc.connect("DSN=company", autocommit=True)
    connection.execute(ZONE)
    connection.autocommit = autocommit
    return connection


def types(connection):
    probes = connection.execute("SELECT type, expression, CAST(own AS integer) FROM drivers.probe").fetchall()
    for name, expression, own in probes:
        with check(f"type {name}"):
            value, text = connection.execute(
                f"SELECT {expression}, CAST({expression} AS text)").fetchone()
            assert (value is None) == (text is None), (value, text)
            assert not own or value == text, (value, text)
            back, = connection.execute(f"SELECT CAST(CAST(? AS {name}) AS text)", value).fetchone()
            assert back == text, (back, text)


def calls(connection):
    for name, rotation, person in ("name", "SRE", "Maria"), ("id", 1, 3):
        with check(f"calls by {name}"):
            pair, = connection.execute("SELECT oncall.on_call(?, ?)", rotation, BEGIN).fetchone()
            assert pair == "(3,1)", pair
            rows = connection.execute(
                "SELECT seat, person_id, starts_at FROM oncall.roster(during => ?, rotation => ?)",
                EVENING, rotation).fetchall()
            assert [tuple(row) for row in rows] == [(1, 3, BEGIN), (2, 1, BEGIN)], rows
            rows = connection.execute("SELECT d FROM oncall.duties(person => ?, during => ?) AS d",
                                      person, EVENING).fetchall()
            assert len(rows) == 1 and rows[0][0].startswith("(1,SRE,1,primary,"), rows
    with check("calls with dates"):
        is_open, = connection.execute(
            "SELECT oncall.is_open(hours => ?, at => ?, zone => ?, holidays => ARRAY[CAST(? AS date)])",
            "Mo-Su 00:00-24:00; PH off", BEGIN, "Pacific/Auckland", BEGIN.date()).fetchone()
        assert is_open in (False, "0"), is_open


def refused(name, state, statement, *values):
    connection = connect(autocommit=False)
    with check(f"refused {state} {name}"):
        try:
            for row in values:
                connection.execute(statement, row)
            connection.commit()
            raise AssertionError("committed")
        except pyodbc.IntegrityError as error:
            connection.rollback()
            assert error.args[0] == state, error.args
    connection.close()


def objections(connection):
    """The driver does not say which constraint it was, but oncall does."""
    found = connection.execute(
        "SELECT constraint_name FROM oncall.objections(ARRAY[CAST(? AS integer)], ARRAY[CAST(? AS smallint)],"
        " ARRAY[CAST(? AS tstzrange)], ARRAY[CAST(? AS integer)])", 1, 1, EVENING, 1).fetchall()
    assert [tuple(row) for row in found] == [("oncall_distinct_seats",)], found


def page(gateway):
    connection = connect(autocommit=False)
    claim = "SELECT * FROM oncall.claim_pages(?, max_pages => ?, lease => '1 minute')", "odbc", 100
    with check("a page at the commit"):
        incident, = connection.execute(
            "SELECT oncall.open_incident(?, summary => ?, severity => ?)",
            1, 'Search "down" – odbc', "SEV2").fetchone()
        assert not gateway.execute(*claim).fetchall()
        connection.commit()
        (page_id, payload), = gateway.execute(*claim).fetchall()
        paged = json.loads(payload)["incident"]
        assert (paged["incident_id"], paged["summary"]) == (incident, 'Search "down" – odbc'), paged
        gateway.execute("SELECT oncall.page_sent(?)", page_id)
    connection.close()


if __name__ == "__main__":
    company = connect()
    types(company)
    calls(company)
    refused("oncall_distinct_seats", "23514", "SELECT oncall.cover_shift(?, ?, ?, ?)", (1, EVENING, 3, 1))
    with check("refused 23514 oncall_distinct_seats"):
        objections(company)
    refused("cover_no_overlap", "23P01",
            "INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (?, ?, ?, ?)",
            *2 * [(1, 1, EVENING, 2)])
    page(company)
