"""Pictures and pages of a company whose every name is hostile.

Each name is that of a person, a rotation, a seat, a team, a service, a public
holiday, a pay policy and a band at once. What comes of it is read by strict
parsers: as XML, and pages as HTML, too. Nothing in it may be run or fetched.
"""

import unicodedata
import xml.etree.ElementTree

import html5lib

NAMES = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='alert(1)", "</title></svg><script>alert(1)</script>",
    "</style><style>*{display:none}", "<![CDATA[x]]>", "]]>", "<!--", "-->", "<?xml version='1.0'?>", "<!DOCTYPE x [<!ENTITY e 'x'>]>",
    "&e;", "&#0;", "&amp;amp;", "%s %1$s %%", "a\\1 \\n", "{{7*7}}", "javascript:alert(1)", "url(#x)",
    "".join(map(chr, range(1, 32))) + "x\x7f\x80\x9f\x85", "line\u2028and\u2029page", "not a character: \ufffe \uffff \U0001ffff \ufdd0",
    "\U0010ffff private \ue000", "\ufeffmark", "zero\u200bwidth\u00adhyphen\u2060", "right \u202eto left \u2067over\u2066", "שלום עולם", "مرحبا بالعالم",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family", "\U0001f1f3\U0001f1ff\U0001f44d\U0001f3fd", "\u0301leading accent",
    "Z" + "\u0351\u036b\u0343\u032a" * 40 + "algo", "雪" * 120, "very long " * 150, "x" * 1500, "\u00a0\u3000x",
]
ELEMENTS = {
    "svg": "svg title desc style rect defs pattern circle g text path",
    "html": "html head meta title style body header h1 p main section h2 div table thead tr th tbody td",
}
ATTRIBUTES = set("""xmlns class role aria-labelledby width height viewBox style id x y rx cx cy r d fill transform
    patternUnits patternTransform lang charset http-equiv content name scope""".split())
DIRECTIONS = "LRE RLE LRO RLO PDF LRI RLI FSI PDI".split()
MONTH = "2031-03-01"
WINDOW = "[2031-02-24, 2031-04-02)"

COMPANY = """
WITH calendar AS (INSERT INTO oncall.calendar (name) VALUES (%(name)s) RETURNING calendar_id),
	day AS (INSERT INTO oncall.holiday (calendar_id, day, name) SELECT calendar_id, '2031-03-05', %(name)s FROM calendar RETURNING calendar_id),
	team AS (INSERT INTO oncall.team (name, zone) VALUES (%(name)s, 'Pacific/Auckland') RETURNING team_id)
SELECT team_id, calendar_id FROM team, day
"""
PAY = """
WITH policy AS (INSERT INTO oncall.pay_policy (name, zone, currency) VALUES (%(name)s, 'UTC', 'NZD') RETURNING pay_policy_id),
	band AS (INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate)
		SELECT pay_policy_id, 10, %(name)s, '24/7', 4, 60 FROM policy)
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) SELECT %(person)s, pay_policy_id FROM policy
"""


def is_none(character):
    """Whether it stands for nothing in a line: controls, those of directions, and what is no character."""
    c = ord(character)
    return (unicodedata.category(character) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(character) in DIRECTIONS
            or c & 0xFFFE == 0xFFFE or 0xFDD0 <= c <= 0xFDEF)


def seen(text):
    """What of a text is seen: blanks count once."""
    return " ".join("".join(" " if is_none(c) else c for c in text).split())


def local(tag):
    return tag.rsplit("}", 1)[-1]


def check_xml(check, text, name, places):
    """Reads XML strictly; nothing in it does anything, and the name is told so often."""
    try:
        root = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError as why:
        check("hostile names leave XML valid", False, lambda: (name, why))
        return
    check("hostile names leave XML valid", True, None)
    allowed = set(ELEMENTS["svg"].split())
    if local(root.tag) == "html":
        allowed |= set(ELEMENTS["html"].split())
    check("no name makes an element", {local(e.tag) for e in root.iter()} <= allowed,
          lambda: (name, {local(e.tag) for e in root.iter()} - allowed))
    check("no name makes an attribute", {a for e in root.iter() for a in e.attrib} <= ATTRIBUTES,
          lambda: (name, {a for e in root.iter() for a in e.attrib} - ATTRIBUTES))
    check("styles are ours alone", all("display:none" not in (e.text or "") for e in root.iter() if local(e.tag) == "style"), lambda: name)
    told = [seen(e.text or "") for e in root.iter() if local(e.tag) != "style"]
    check("names are told as they are", sum(seen(name) in text for text in told) >= places,
          lambda: (name, [text[:100] for text in told][:12]))
    check("no control character is left", not any(is_none(c) and c != "\n" for c in text), lambda: name)


def run_name(connection, check, name):
    def get(sql, **arguments):
        return connection.execute(sql, {"name": name, **arguments}).fetchone()

    team, calendar = get(COMPANY)
    person, = get("SELECT oncall.add_person(%(name)s, 'Pacific/Auckland', calendar => %(calendar)s)", calendar=str(calendar))
    rotation, = get("""SELECT oncall.add_rotation(%(name)s, ARRAY[%(person)s], 'R/2030-03-03T12:00[Pacific/Auckland]/P7D',
        team => %(team)s, seats => ARRAY[%(name)s], calendar => %(calendar)s)""",
        person=str(person), team=str(team), calendar=str(calendar))
    connection.execute(PAY, {"name": name, "person": person})
    get("SELECT oncall.add_service(%(name)s, %(team)s, ARRAY[%(rotation)s])", team=str(team), rotation=str(rotation))
    for width in (240, 960):
        picture, = get("SELECT oncall.roster_svg(%(window)s, %(rotation)s, %(width)s)", window=WINDOW, rotation=str(rotation), width=width)
        check_xml(check, picture, name, 3)
        # in the past, for what is ahead has no load
        load, = get("SELECT oncall.pager_load_svg(tstzrange(now() - interval '30 days', now()), %(rotation)s, %(width)s)",
                    rotation=str(rotation), width=width)
        check_xml(check, load, name, 1)
    page, = get("SELECT oncall.report_html(%(team)s, %(month)s)", team=str(team), month=MONTH)
    check_xml(check, page, name, 6)
    try:
        html5lib.HTMLParser(strict=True).parse(page)
        check("hostile names leave HTML valid", True, None)
    except html5lib.html5parser.ParseError as why:
        check("hostile names leave HTML valid", False, lambda: (name, why))
    lines = [line for line, in connection.execute("SELECT oncall.roster_text(%s, %s, 60)", (WINDOW, str(rotation))).fetchall()]
    check("hostile names leave lines in a terminal", not any(is_none(c) for line in lines for c in line), lambda: (name, lines))


def run(connection, check):
    # lists begin in 2030: that which is past has people on duty, too
    connection.execute("SET oncall.past_reason = 'a test'")
    for name in NAMES:
        run_name(connection, check, name)
        connection.rollback()
