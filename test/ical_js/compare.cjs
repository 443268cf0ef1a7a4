/*
 * Reads calendars of random rosters with the JavaScript library ical.js, and
 * compares what it finds with the roster; ../calendars/feeds.py makes them.
 *
 *   node compare.cjs           fetches the library by "npm ci" if it is not
 *                              there; needs a running server: PGHOST, PGPORT
 *                              and so on as for psql
 *   ONCALL_SEED=1 ONCALL_CASES=100
 *                              the random numbers to use; how many rosters
 *
 * Prints TAP; exits with 1 if there is a difference.
 */
'use strict';

const { spawn, spawnSync } = require('child_process');
const { existsSync } = require('fs');
const { join } = require('path');
const { createInterface } = require('readline');

if (!existsSync(join(__dirname, 'node_modules', 'ical.js')) &&
	spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'],
		{ cwd: __dirname, stdio: ['ignore', 2, 2] }).status !== 0) {
	console.log('Bail out! npm ci failed');
	process.exit(1);
}
const ICAL = require('ical.js');

const seed = Number(process.env.ONCALL_SEED || Date.now() % 1000000);
const count = Number(process.env.ONCALL_CASES || 60);

/* What differs is told, of the first three. */
function check(test, read, expected) {
	test.compared++;
	const only = (a, b) => a.filter((item) => !b.includes(item));
	const texts = [read, expected].map((list) => list.map((item) => JSON.stringify(item)).sort());

	if (JSON.stringify(texts[0]) !== JSON.stringify(texts[1]) && test.failed++ < 3) {
		console.log('# only read: ' + only(texts[0], texts[1]).slice(0, 5).join(' '));
		console.log('# only expected: ' + only(texts[1], texts[0]).slice(0, 5).join(' '));
	}
}

function readFeed(feed) {
	const calendar = new ICAL.Component(ICAL.parse(feed));
	const shifts = [];
	const holidays = [];
	const uids = [];

	for (const component of calendar.getAllSubcomponents('vevent')) {
		const event = new ICAL.Event(component);

		uids.push(event.uid);
		if (event.startDate.isDate) {
			const last = event.endDate.clone();

			last.adjust(-1, 0, 0, 0);
			holidays.push({ first: event.startDate.toString(), last: last.toString(), name: event.summary });
		} else
			shifts.push({ starts: event.startDate.toJSDate().getTime(), ends: event.endDate.toJSDate().getTime(),
				summary: event.summary, status: component.getFirstPropertyValue('status'),
				sequence: event.sequence, transparent: component.getFirstPropertyValue('transp') === 'TRANSPARENT' });
	}
	return { shifts, holidays, uids, name: calendar.getFirstPropertyValue('x-wr-calname') };
}

function compareCase(tests, line) {
	const made = JSON.parse(line);
	const read = readFeed(made.feed);
	const [from, until] = made.window.map((time) => Date.parse(time));

	check(tests[0], read.shifts.filter((shift) => shift.status === 'CONFIRMED' && shift.ends > from).map((shift) =>
		[Math.max(shift.starts, from), Math.min(shift.ends, until), shift.summary]),
	made.shifts.map(([starts, ends, summary]) => [Date.parse(starts), Date.parse(ends), summary]));
	check(tests[1], read.holidays.map((day) => [day.first, day.last, day.name]),
		made.holidays.map(([day, name]) => [day, day, name]));
	check(tests[2], [new Set(read.uids).size, read.shifts.every((shift) => shift.transparent && shift.sequence >= 0), !!read.name],
		[read.uids.length, true, true]);
}

async function main() {
	const tests = ['what is read is the roster', 'public holidays last one day',
		'uids are unique, no event makes anybody busy, the calendar has a name'].map((name) => ({ name, compared: 0, failed: 0 }));
	const feeds = spawn('/usr/bin/python3', ['-B', join(__dirname, '..', 'calendars', 'feeds.py'), String(seed), String(count)],
		{ stdio: ['ignore', 'pipe', 2] });
	const ended = new Promise((resolve) => feeds.on('close', resolve));

	console.log('# seed ' + seed + ', ' + count + ' rosters, ical.js ' + require('ical.js/package.json').version);
	for await (const line of createInterface({ input: feeds.stdout }))
		compareCase(tests, line);
	const status = await ended;
	tests.push({ name: 'all calendars were made', compared: tests[0].compared, failed: status === 0 && tests[0].compared === 2 * count ? 0 : 1 });
	tests.forEach((test, i) => console.log((test.failed ? 'not ok ' : 'ok ') + (i + 1) + ' - ' + test.name + ' (' + test.compared + ')'));
	console.log('1..' + tests.length);
	return tests.some((test) => test.failed) ? 1 : 0;
}

main().then((status) => { process.exitCode = status; });
