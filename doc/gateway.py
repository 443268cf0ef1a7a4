#!/usr/bin/env python3
"""A gateway: brings oncall's pages and notices of duty to people.

    gateway.py [--url URL] [--name NAME] [--deliver page,notice] ... [CONNECTION]

CONNECTION is what psycopg.connect() takes ("dbname=company user=gateway");
the role needs oncall.grant_access(..., 'manager'). What is delivered is
printed, one line of JSON each, and with --url also sent there by POST: its
body is the payload of doc/page.schema.json or doc/notice.schema.json, its
header Idempotency-Key is the same for every attempt, such as page-17.

Notifications only wake it: the table is the truth, and it asks for what is to
be delivered in any case. It may be killed at any time, and there may be
several at once. What one had claimed and not reported comes again when the
lease is over, to whichever asks first; so a receiver may see a key twice if
the gateway was killed after the delivery and before the report, and has to
leave out keys that it knows.

Needs Python 3.9 and psycopg 3.1, and is meant to be copied and changed.
"""

import argparse
import collections
import json
import os
import select
import signal
import socket
import sys
import time
import urllib.error
import urllib.request

import psycopg

Outbox = collections.namedtuple("Outbox", "channel claim sent failed")
OUTBOXES = {
    "page": Outbox("oncall_page", "SELECT * FROM oncall.claim_pages(%s, 1, make_interval(secs => %s))",
                   "SELECT oncall.page_sent(%s)", "SELECT oncall.page_failed(%s, %s, %s)"),
    "notice": Outbox("oncall_notice", "SELECT * FROM oncall.claim_notices(%s, 1, make_interval(secs => %s))",
                     "SELECT oncall.notice_sent(%s)", "SELECT oncall.notice_failed(%s, %s)"),
}


class NotDelivered(Exception):
    """Why something could not be delivered; it is tried again later."""


def post(url, key, payload, name, timeout):
    """Send a payload; whatever is not a success is a failure."""
    request = urllib.request.Request(
        url, json.dumps(payload).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": key, "User-Agent": name})
    try:
        with urllib.request.urlopen(request, timeout=timeout):
            pass
    except urllib.error.HTTPError as error:
        raise NotDelivered(f"{url} answers {error.code} {error.reason}") from error
    except (OSError, ValueError) as error:
        raise NotDelivered(f"{url}: {error}") from error


class Gateway:
    """Claims, delivers and reports, one thing at a time, so that the lease has to be
    longer than one delivery only. For more at once, run several."""

    def __init__(self, options):
        self.options = options
        self.outboxes = {kind: OUTBOXES[kind] for kind in options.deliver}
        self.connection = None
        self.waiting = False

    def connect(self):
        """The connection, which listens; a new one if the last was lost."""
        while self.connection is None or self.connection.closed:
            try:
                self.connection = psycopg.connect(self.options.connection, autocommit=True,
                                                  application_name=self.options.name)
                for outbox in self.outboxes.values():
                    self.connection.execute(f"LISTEN {outbox.channel}")
            except psycopg.OperationalError as error:
                print(f"cannot connect: {error}", file=sys.stderr)
                time.sleep(1)
        return self.connection

    def ask(self, query, arguments):
        """The row that a query returns, if any, from another connection if need be: to report
        twice does no harm, and what was claimed and not seen comes again."""
        while True:
            try:
                return self.connect().execute(query, arguments).fetchone()
            except psycopg.OperationalError as error:
                print(f"asking again: {error}", file=sys.stderr)
                if not self.connection.closed:
                    time.sleep(1)

    def deliver(self, kind, number, payload):
        """Deliver something, and report it."""
        outbox = self.outboxes[kind]
        try:
            if self.options.url:
                post(self.options.url, f"{kind}-{number}", payload, self.options.name, self.options.timeout)
            print(json.dumps(payload, ensure_ascii=False), flush=True)
        except NotDelivered as failure:
            print(f"{kind} {number} was not delivered: {failure}", file=sys.stderr)
            self.ask(outbox.failed, [number, str(failure), self.options.name][:outbox.failed.count("%s")])
        else:
            self.ask(outbox.sent, [number])

    def deliver_all(self):
        """Deliver what there is: pages first, one notice between them."""
        found = True
        while found:
            found = False
            for kind, outbox in self.outboxes.items():
                while row := self.ask(outbox.claim, [self.options.name, self.options.lease]):
                    found = True
                    self.deliver(kind, *row)
                    if kind != "page":
                        break

    def wait(self):
        """Wait for a notification, but not for ever."""
        connection = self.connect()
        self.waiting = True
        try:
            select.select([connection], [], [], self.options.poll)
            connection.pgconn.consume_input()
        except psycopg.OperationalError:
            connection.close()
        finally:
            self.waiting = False
        # which one it was does not matter: all there is gets delivered
        while not connection.closed and connection.pgconn.notifies():
            pass

    def run(self):
        """Deliver until the end."""
        self.deliver_all()
        while not self.options.once:
            self.wait()
            self.deliver_all()

    def stop(self, *_):
        """Stop, but finish the delivery at hand."""
        self.options.once = True
        if self.waiting:
            sys.exit()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("connection", nargs="?", default="", metavar="CONNECTION")
    parser.add_argument("--url", help="where to POST what is delivered")
    parser.add_argument("--name", default=f"{socket.gethostname()}-{os.getpid()}", help="tells who has claimed what")
    parser.add_argument("--deliver", type=lambda words: words.split(","), default="page,notice",
                        help="what: page, notice, or both (page,notice)")
    parser.add_argument("--lease", type=float, default=60, help="seconds after which a delivery is taken for lost")
    parser.add_argument("--timeout", type=float, default=20, help="seconds to wait for an answer of the URL")
    parser.add_argument("--poll", type=float, default=15, help="seconds between looking whether there is something")
    parser.add_argument("--once", action="store_true", help="deliver what there is, and end")
    options = parser.parse_args()
    if not set(options.deliver) <= OUTBOXES.keys():
        parser.error("--deliver takes page, notice, or both")
    if options.timeout * 2 > options.lease:
        parser.error("the lease must be at least twice the timeout: what takes longer is delivered again")
    gateway = Gateway(options)
    signal.signal(signal.SIGTERM, gateway.stop)
    signal.signal(signal.SIGINT, gateway.stop)
    gateway.run()


if __name__ == "__main__":
    main()
