"""Pictures of random rosters are valid and show the roster; those of hostile
names are valid, too.

Rosters are those of ../calendars/feeds.py, with names that are hard to write.
Where each shift stands is worked out here once more, from the roster. Prints
TAP.

    check.py [seed [cases]]
"""

import datetime
import pathlib
import sys
import unicodedata
import xml.etree.ElementTree
import zoneinfo

import hostile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "calendars"))
from feeds import UTC, WINDOW, Company, cases_of, make_database, seed_of  # noqa: E402 (where it stands is told above)

SVG = "{http://www.w3.org/2000/svg}"
DAY = datetime.timedelta(days=1)
checks = {}


def check(name, fine, why):
    passed, failed = checks.setdefault(name, [0, 0])
    checks[name] = [passed + bool(fine), failed + (not fine)]
    if not fine and failed < 3:
        print("# %s: %s" % (name, str(why())[:2000]))


def plain(name):
    """A name in one line, without control characters."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in name.replace("\r\n", "\n"))


def midnight(day, zone):
    return datetime.datetime(day.year, day.month, day.day, tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(UTC)


def bands_of(window, zone, width):
    """The bands that a picture of this width has: first and last day."""
    room = width - (66 if width < 600 else 104) - 16
    local = [at.astimezone(zoneinfo.ZoneInfo(zone)) for at in (window[0], window[1] - datetime.timedelta(microseconds=1))]
    first, last = (at.date() for at in local)
    if (window[1] - window[0]) / DAY + 1 <= max(room // 20, 7):
        return room / ((last - first).days + 1), [(first, last)]
    bands = []
    if room // 20 >= 31:
        day = first.replace(day=1)
        while day <= last:
            following = (day + 32 * DAY).replace(day=1)
            bands.append((day, following - DAY))
            day = following
        return room / 31, bands
    day = first - first.weekday() * DAY
    while day <= last:
        bands.append((day, day + 6 * DAY))
        day += 7 * DAY
    return room / 7, bands


def expected_pieces(shifts, window, zone, width):
    """Band, seat, x and width of every shift that is held."""
    day_width, bands = bands_of(window, zone, width)
    for number, (first, last) in enumerate(bands):
        begins, ends = midnight(first, zone), midnight(last + DAY, zone)
        for seat, person, starts_at, ends_at in shifts:
            if starts_at < ends and ends_at > begins:
                x = (max(starts_at, begins) - begins) / DAY * day_width
                yield number, seat, person, x, (min(ends_at, ends) - begins) / DAY * day_width - x


def drawn_pieces(picture):
    bands = [g for g in picture.findall("./%sg/%sg" % (SVG, SVG)) if g.get("transform", "").startswith("translate(0 ")]
    for number, band in enumerate(bands):
        for piece in band.findall("./%sg/%sg" % (SVG, SVG)):
            rectangle = piece.find(SVG + "rect")
            told = piece.find(SVG + "title").text
            yield number, piece, rectangle.get("class"), told, float(rectangle.get("x")), float(rectangle.get("width")), float(rectangle.get("y"))


def check_svg(company, rotation, zone, shifts, window, width):
    text = company.get("SELECT oncall.roster_svg(tstzrange(%s, %s), %s, %s)", *window, str(rotation), width)
    try:
        picture = xml.etree.ElementTree.fromstring(text)
    except xml.etree.ElementTree.ParseError as why:
        check("it is XML", False, lambda: why)
        return
    check("it is XML", True, lambda: "")
    check("no name is markup", not list(picture.iter(SVG + "script")) and not list(picture.iter("script")), lambda: text)
    drawn = list(drawn_pieces(picture))
    held = [piece for piece in drawn if piece[2].startswith("p")]
    expected = sorted(expected_pieces(shifts, window, zone, width), key=lambda piece: (piece[0], piece[1], piece[3]))
    check("each shift that is held is drawn once in each band", len(held) == len(expected), lambda: (len(held), len(expected), company.done))
    for (band, _, _, told, x, wide, y), (band_too, seat, person, x_too, wide_too) in zip(held, expected):
        check("where it belongs, under its name", band == band_too and abs(x - x_too) < 1 and abs(wide - wide_too) < 1.6
              and (y - (32 if y % 36 == 32 else 18)) / 36 + 1 == seat and plain(person) in told,
              lambda: ((band, told, x, wide, y), (band_too, seat, person, x_too, wide_too), width, window, zone))
        check("nothing stands outside of the picture", x >= 0 and x + wide <= width, lambda: (told, x, wide, width))
    for _, piece, _, told, x, wide, _ in drawn:
        for label in piece.findall(SVG + "text"):
            letters = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in label.text)
            size = 6 if "small" in label.get("class", "") else 7
            check("no name is wider than its shift", float(label.get("x")) + letters * size <= x + wide + 3, lambda: (label.text, wide, told))


def check_text(company, rotation, shifts, window, width):
    lines = [line for line, in company.run("SELECT oncall.roster_text(tstzrange(%s, %s), %s, %s)", *window, str(rotation), width).fetchall()]
    columns = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.category(c) in ("Mn", "Cf") else 1 for c in line)
               for line in lines]
    check("no line is wider than the terminal", max(columns) <= width, lambda: lines)
    check("no line has control characters", all(unicodedata.category(c) not in ("Cc", "Zl", "Zp") for line in lines for c in line), lambda: lines)
    for seat, person, starts_at, ends_at in shifts:
        if ends_at - starts_at > 3 * DAY:
            check("who serves for days is named", any(plain(person)[:3].strip() in line for line in lines), lambda: (person, lines))


def run_case(connection, seed):
    company = Company(connection, seed)
    for _ in range(company.rnd.randint(0, 5)):
        company.change()
    rotation = company.rotations[0]
    length = datetime.timedelta(hours=company.rnd.choice([5, 24, 100, 7 * 24, 40 * 24, 70 * 24]))
    begins = WINDOW[0] + datetime.timedelta(minutes=company.rnd.randrange(1440))
    window = begins, begins + length
    zone = company.zone(rotation=rotation)
    shifts = company.run("""SELECT seat, person, starts_at, ends_at FROM oncall.roster(tstzrange(%s, %s), %s)
        WHERE person_id IS NOT NULL ORDER BY seat, starts_at""", *window, str(rotation)).fetchall()
    check_svg(company, rotation, zone, shifts, window, company.rnd.choice([240, 360, 700, 960, 1600]))
    check_text(company, rotation, shifts, window, company.rnd.choice([50, 80, 120, 200]))


def main():
    seed, cases = seed_of(sys.argv), cases_of(sys.argv, 60)
    print("# pictures: seed %d, %d cases" % (seed, cases), flush=True)
    connection = make_database("oncall_pictures")
    for case in range(cases):
        run_case(connection, seed + case)
        connection.rollback()
    hostile.run(connection, check)
    for number, (name, (passed, failed)) in enumerate(checks.items(), 1):
        print("%s %d - %s (%d)" % ("not ok" if failed else "ok", number, name, passed + failed))
    print("1..%d" % len(checks))
    print("%d passed, %d failed" % (sum(p for p, _ in checks.values()), sum(f for _, f in checks.values())))
    sys.exit(any(failed for _, failed in checks.values()))


main()
