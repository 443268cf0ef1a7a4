/*
 * Compares oncall.weekly_hours with the JavaScript library opening_hours on
 * random expressions of the subset that we accept, at every minute at which
 * anything can change, on days around public holidays and changes of clocks.
 *
 *   node compare.cjs           fetches the library by "npm ci" if it is not
 *                              there; needs psql, and the variables PGHOST,
 *                              PGDATABASE, ... of a database, in which it
 *                              creates the extension oncall if need be
 *   SEED=1 COUNT=3000          the random numbers to use; how many expressions
 *
 * Prints TAP; exits with 1 if there is a difference.
 *
 * One difference is known and accounted for, minute by minute: what becomes
 * of a span after midnight. With us a day has the hours of the last rule that
 * names it, and they go on past midnight whatever the next day has. In the
 * library each rule goes on past midnight by itself: it is cut where a later
 * rule names the next day (as after "Mo 22:00-06:00; Tu off"), and lives on
 * where a later rule replaced the day on which it started (as after
 * "Mo-Su 22:00-06:00; Mo off"). It also takes for the day before what the
 * calendar showed 24 hours ago, which is another day for an hour after a day
 * of 23 hours.
 *
 * Another one is kept out of the expressions: "Mo 10:00-12:00; 14:00-15:00"
 * means both spans on Mondays to the library, as the second rule has no days
 * to replace others on; with us a rule without days names every day.
 */
'use strict';

const { spawnSync } = require('child_process');
const { existsSync } = require('fs');
const { join } = require('path');

if (!existsSync(join(__dirname, 'node_modules', 'opening_hours')) &&
	spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'],
		{ cwd: __dirname, stdio: ['ignore', 2, 2] }).status !== 0) {
	console.log('Bail out! npm ci failed');
	process.exit(1);
}
const OpeningHours = require('opening_hours');

const WEEKDAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'];
const ZONES = ['Pacific/Auckland', 'Pacific/Auckland', 'Australia/Lord_Howe',
	'Europe/London', 'America/New_York', 'Asia/Kolkata'];
const PLACE = {
	lat: '-36.85', lon: '174.76',
	address: { country: 'New Zealand', country_code: 'nz', state: 'Auckland' },
};
const FIRST_YEAR = 2022;
const LAST_YEAR = 2030;
const DAYS = 8;					/* of the window for each expression */
const DAY = 1440;
const BATCH = 250;				/* expressions in one run of psql */

const seed = Number(process.env.SEED || Date.now() % 1000000);
const count = Number(process.env.COUNT || 3000);

/* A small generator of random numbers (mulberry32), to repeat a run. */
let state = seed >>> 0;
function random(n) {
	let t = (state = (state + 0x6D2B79F5) >>> 0);
	t = Math.imul(t ^ (t >>> 15), t | 1);
	t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
	return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4294967296 * n);
}
const pick = (list) => list[random(list.length)];
const pad = (n) => String(n).padStart(2, '0');
const clock = (m) => pad(Math.floor(m / 60)) + ':' + pad(m % 60);
const space = () => (random(8) === 0 ? ' ' : '');

/*
 * A rule is { days: Set of 0..7 (7 is PH), spans: [[from, until]...] }; both
 * texts of ours and random ones are read by this, so it knows only what
 * appears there.
 */
function readRules(text) {
	return text.split(';').map((part) => {
		let rest = part.trim();
		const rule = { days: new Set(), spans: [] };
		const selector = /^(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\s*[-,]?\s*)+/.exec(rest);

		if (selector) {
			rest = rest.slice(selector[0].length);
			for (const item of selector[0].replace(/\s/g, '').split(',')) {
				if (item === 'PH') {
					rule.days.add(7);
					continue;
				}
				const [first, last] = item.split('-').map((d) => WEEKDAYS.indexOf(d));
				let d = first;
				rule.days.add(d);
				while (last !== undefined && d !== last) {
					d = (d + 1) % 7;
					rule.days.add(d);
				}
			}
		} else
			rule.days = new Set([0, 1, 2, 3, 4, 5, 6]);
		if (rest === '24/7')
			rule.spans = [[0, DAY]];
		else if (rest !== 'off' && rest !== 'closed')
			rule.spans = rest.split(',').map((span) => {
				const [from, until] = span.split('-').map((time) => {
					const [h, m] = time.trim().split(':').map(Number);
					return h * 60 + m;
				});
				return [from, until <= from ? until + DAY : until];
			});
		return rule;
	});
}

function randomTime(limit) {
	return random(4) === 0 ? random(limit) : random(Math.floor(limit / 30)) * 30;
}

function randomSpan() {
	const from = randomTime(DAY);

	switch (random(8)) {
		case 0:
			return clock(from) + '-' + clock(DAY);
		case 1:						/* extended hours */
			return clock(from) + space() + '-' + clock(DAY + 1 + randomTime(DAY));
		case 2:						/* the same time, or soon after */
			return clock(from) + '-' + clock((from + random(3)) % DAY);
		case 3:
			return String(Math.floor(from / 60)) + ':' + pad(from % 60) +
				'-' + clock(randomTime(DAY));
		default:
			return clock(from) + space() + '-' + space() + clock(randomTime(DAY));
	}
}

function randomDays() {
	const items = [];

	do {
		switch (random(5)) {
			case 0:
				items.push('PH');
				break;
			case 1:
			case 2:
				items.push(pick(WEEKDAYS));
				break;
			default:
				items.push(pick(WEEKDAYS) + space() + '-' + space() + pick(WEEKDAYS));
		}
	} while (random(3) === 0);
	return items.join(space() + ',' + space());
}

function randomRule(first) {
	const spans = [];

	if (random(25) === 0)
		return pick(['24/7', 'off', 'closed']);
	do
		spans.push(randomSpan());
	while (random(3) === 0);
	const times = random(5) === 0 ? pick(['off', 'closed']) :
		spans.join(space() + ',' + space());
	return first && random(6) === 0 ? times : randomDays() + ' ' + times;
}

function randomText() {
	const rules = [];

	do
		rules.push(randomRule(rules.length === 0));
	while (random(5) > 1 && rules.length < 6);
	return rules.join(space() + ';' + space());
}

/* The weekday of a date, Monday = 0. */
const weekday = (date) => (date.getUTCDay() + 6) % 7;
const dateKey = (date) => date.toISOString().slice(0, 10);
const plusDays = (date, n) => new Date(date.getTime() + n * 86400000);

/* The library's own public holidays, as dates. */
function libraryHolidays() {
	const holidays = new Set();

	process.env.TZ = 'UTC';
	const hours = new OpeningHours('PH', PLACE);
	for (const [from, until] of hours.getOpenIntervals(
		new Date(FIRST_YEAR, 0, 1), new Date(LAST_YEAR, 0, 1)))
		for (let d = from; d < until; d = plusDays(d, 1))
			holidays.add(dateKey(d));
	return holidays;
}

/*
 * The minutes of a date at which the library is known to differ: where what
 * is left of the day before differs, unless the day itself has them anyhow.
 * The library takes another date for the day before.
 */
function knownDifference(rules, holidays, date, libraryBefore) {
	const names = (rule, d) => rule.days.has(weekday(d)) ||
		(rule.days.has(7) && holidays.has(dateKey(d)));
	const last = (d) => rules.findLastIndex((rule) => names(rule, d));
	const minutes = new Uint8Array(DAY);
	const mark = (rule, bit, shift) => {
		for (const [from, until] of rule ? rule.spans : [])
			for (let m = Math.max(from - shift, 0); m < Math.min(until - shift, DAY); m++)
				minutes[m] |= bit;
	};

	mark(rules[last(date)], 1, 0);
	mark(rules[last(plusDays(date, -1))], 2, DAY);
	rules.forEach((rule, i) => {
		if (i >= last(date) && names(rule, libraryBefore))
			mark(rule, 4, DAY);
	});
	return minutes.map((bits) => bits === 2 || bits === 4 ? 1 : 0);
}

/* Every moment of a date at which something may change, and the one before. */
function momentsOf(rules, date) {
	const minutes = new Set([0, DAY - 1, random(DAY), random(DAY)]);
	const moments = new Set();

	for (const rule of rules)
		for (const span of rule.spans)
			for (const m of span) {
				minutes.add(m % DAY);
				minutes.add((m + DAY - 1) % DAY);
			}
	for (const m of minutes) {
		const at = new Date(date.getUTCFullYear(), date.getUTCMonth(),
			date.getUTCDate(), 0, m).getTime();

		moments.add(at);
		/* the other pass of an hour that comes twice */
		for (const shift of [1800000, 3600000])
			if (new Date(at + shift).getMinutes() === new Date(at).getMinutes() &&
				new Date(at + shift).getHours() === new Date(at).getHours())
				moments.add(at + shift);
	}
	return [...moments];
}

/* The first day of a window: around a holiday, a change of clocks, or any. */
function randomStart(holidays, zone) {
	const year = FIRST_YEAR + 1 + random(LAST_YEAR - FIRST_YEAR - 2);
	let day = new Date(Date.UTC(year, random(12), 1 + random(28)));

	if (random(2) === 0)
		day = new Date(pick([...holidays].filter((d) => +d.slice(0, 4) === year)));
	else if (random(2) === 0 && zone !== 'Asia/Kolkata') {
		const offset = (d) => new Date(d.getUTCFullYear(), d.getUTCMonth(),
			d.getUTCDate()).getTimezoneOffset();
		while (offset(day) === offset(plusDays(day, 1)))
			day = plusDays(day, 1);
	}
	return plusDays(day, -random(DAYS));
}

/* What the library answers at each moment, and where it is known to differ. */
function askLibrary(test, holidays) {
	process.env.TZ = test.zone;
	const library = new OpeningHours(test.text, PLACE);
	const rules = readRules(test.text);

	test.moments = [];
	test.expected = [];
	for (let i = 0; i < DAYS; i++) {
		const date = plusDays(test.start, i);
		const known = new Map();	/* by what the library takes for the day before */

		for (const at of momentsOf(rules, date)) {
			const local = new Date(at);
			const ago = new Date(at - 86400000);
			const before = new Date(Date.UTC(ago.getFullYear(), ago.getMonth(), ago.getDate()));

			if (!known.has(+before))
				known.set(+before, knownDifference(rules, holidays, date, before));
			const differs = known.get(+before)[local.getHours() * 60 + local.getMinutes()];

			test.moments.push(at / 1000);
			test.expected.push(Number(library.getState(local)) ^ differs);
			test.known += differs;
		}
	}
}

const quote = (s) => "'" + s.replace(/'/g, "''") + "'";

/* Run SQL; lines of tab-separated columns. */
function query(sql) {
	const psql = spawnSync('psql', ['-X', '-q', '-A', '-t', '-F', '\t',
		'-v', 'ON_ERROR_STOP=1'],
		{ input: sql, encoding: 'utf8', maxBuffer: 1 << 28 });

	if (psql.status !== 0)
		throw new Error(psql.error ? psql.error.message : psql.stderr);
	return psql.stdout.trimEnd().split('\n').map((line) => line.split('\t'));
}

/* What the extension answers: a line of 0 and 1 for each test. */
function askExtension(tests, holidays) {
	const dates = quote('{' + [...holidays].join() + '}') + '::pg_catalog.date[]';
	return query(tests.map((test) => {
		const hours = quote(test.text) + '::oncall.weekly_hours';
		const rest = quote(test.zone) + ', ' + dates;
		const start = 'to_timestamp(' + test.moments[0] + ')';

		return `SELECT ${hours}, string_agg(CASE WHEN o <> (at <@ (
				SELECT oncall.open_periods(${hours}, tstzrange(${start} - interval '2 days',
					${start} + interval '14 days'), ${rest}))) THEN '?'
				WHEN o THEN '1' ELSE '0' END, '' ORDER BY n)
			FROM (SELECT n, to_timestamp(s) AS at,
					oncall.is_open(${hours}, to_timestamp(s), ${rest}) AS o
				FROM unnest('{${test.moments.join()}}'::float8[])
					WITH ORDINALITY AS t (s, n)) AS t;`;
	}).join('\n'));
}

/* Tell of the first moment at which the answers differ. */
function report(test, answers) {
	const i = test.expected.findIndex((e, j) => answers[j] !== String(e));
	process.env.TZ = test.zone;
	console.log('# ' + test.text + '   in ' + test.zone);
	console.log('# at ' + new Date(test.moments[i] * 1000).toString() +
		': the library, less the known difference, says ' + test.expected[i] +
		', oncall says ' + answers[i] +
		(answers[i] === '?' ? ' (is_open and open_periods differ)' : ''));
}

function compare(tests, holidays) {
	let failures = 0;

	for (const test of tests)
		askLibrary(test, holidays);
	askExtension(tests, holidays).forEach(([canonical, answers], i) => {
		tests[i].canonical = canonical;
		if (answers !== tests[i].expected.join('') && failures++ < 3)
			report(tests[i], answers);
	});
	return failures;
}

function main() {
	const holidays = libraryHolidays();
	const failures = { given: 0, canonical: 0 };
	let moments = 0;
	let known = 0;

	query("SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS oncall;");
	console.log('1..3');
	console.log('# seed ' + seed + ', ' + count + ' expressions, opening_hours ' +
		require('opening_hours/package.json').version);
	for (let done = 0; done < count; done += BATCH) {
		const tests = [];

		while (tests.length < Math.min(BATCH, count - done)) {
			const zone = pick(ZONES);

			process.env.TZ = zone;
			tests.push({ text: randomText(), zone, start: randomStart(holidays, zone), known: 0 });
		}
		failures.given += compare(tests, holidays);

		/* the library must understand what we print, and as we do */
		const printed = tests.map((test) =>
			({ text: test.canonical, zone: test.zone, start: test.start, known: 0 }));
		failures.canonical += compare(printed, holidays);
		for (const test of tests.concat(printed)) {
			moments += test.moments.length;
			known += test.known;
		}
	}
	console.log((failures.given ? 'not ok' : 'ok') +
		' 1 - as the library says, for the expressions given' +
		(failures.given ? ' (' + failures.given + ' differ)' : ''));
	console.log((failures.canonical ? 'not ok' : 'ok') +
		' 2 - as the library says, for them as we print them' +
		(failures.canonical ? ' (' + failures.canonical + ' differ)' : ''));
	console.log((known > 0 ? 'ok' : 'not ok') + ' 3 - the known difference occurs');
	console.log('# ' + moments + ' moments, ' + known + ' of them with the known difference');
	return failures.given || failures.canonical || known === 0 ? 1 : 0;
}

process.exitCode = main();
