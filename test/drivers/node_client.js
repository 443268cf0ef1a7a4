// node-postgres: see clients.py.

'use strict';
const assert = require('assert');
const { Client } = require('pg');

const from = new Date('2126-04-12T18:00:00+12:00');
const to = new Date('2126-04-12T22:00:00+12:00');
// ranges are strings, of dates as JSON writes them
const evening = `[${from.toJSON()},${to.toJSON()})`;

async function check(name, steps) {
	try {
		await steps();
		console.log(`ok ${name}`);
	} catch (error) {
		console.log(`not ok ${name}: ${error.message.replace(/\n/g, ' ')}`);
	}
}

// An array of JSON would become one of PostgreSQL.
function sendable(value, type) {
	if (type === 'jsonb[]' && value)
		return value.map((element) => element && JSON.stringify(element));
	return value;
}

async function types(client) {
	const probes = await client.query('SELECT type, expression, own FROM drivers.probe');
	for (const { type, expression, own } of probes.rows)
		await check(`type ${type}`, async () => {
			const read = await client.query(
				`SELECT ${expression} AS value, CAST(${expression} AS text) AS text`);
			const { value, text } = read.rows[0];
			assert.strictEqual(value === null, text === null);
			if (own)
				assert.strictEqual(value, text);
			const sent = await client.query(`SELECT CAST(CAST($1 AS ${type}) AS text) AS text`,
				[sendable(value, type)]);
			assert.strictEqual(sent.rows[0].text, text);
		});
}

async function calls(client) {
	for (const [name, rotation, person] of [['name', 'SRE', 'Maria'], ['id', 1, 3]])
		await check(`calls by ${name}`, async () => {
			const pair = await client.query('SELECT oncall.on_call($1, $2) AS pair', [rotation, from]);
			assert.strictEqual(pair.rows[0].pair, '(3,1)');
			const seats = await client.query(
				'SELECT seat, person_id, starts_at FROM oncall.roster(during => $1, rotation => $2)',
				[evening, rotation]);
			assert.deepStrictEqual(seats.rows.map((row) => ({ ...row })), [
				{ seat: 1, person_id: 3, starts_at: from },
				{ seat: 2, person_id: 1, starts_at: from }]);
			const duties = await client.query(
				'SELECT d FROM oncall.duties(person => $1, during => $2) AS d', [person, evening]);
			assert.strictEqual(duties.rows.length, 1);
			assert.match(duties.rows[0].d, /^\(1,SRE,1,primary,/);
		});
	await check('calls with dates', async () => {
		const open = await client.query(
			'SELECT oncall.is_open(hours => $1, at => $2, zone => $3, holidays => $4) AS open',
			['Mo-Su 00:00-24:00; PH off', from, 'Pacific/Auckland', ['2126-04-12']]);
		assert.strictEqual(open.rows[0].open, false);
	});
}

async function refused(client, constraint, code, statement, values, times = 1) {
	await check(`refused ${code} ${constraint}`, async () => {
		await client.query('BEGIN');
		await assert.rejects(async () => {
			for (let i = 0; i < times; i++)
				await client.query(statement, values);
			await client.query('COMMIT');
		}, { code, constraint });
		await client.query('ROLLBACK');
	});
}

async function page(client) {
	const gateway = new Client();
	await gateway.connect();
	await check('a page at the commit', async () => {
		const notified = [];
		gateway.on('notification', (notice) => notified.push(notice));
		await gateway.query('LISTEN oncall_page');
		await client.query('BEGIN');
		const opened = await client.query(
			'SELECT oncall.open_incident($1, summary => $2, severity => $3) AS incident',
			[1, 'Search "down" – node', 'SEV2']);
		const { incident } = opened.rows[0];
		await gateway.query('SELECT');
		assert.strictEqual(notified.length, 0);
		await client.query('COMMIT');
		while (notified.length === 0)
			await new Promise((resolve) => gateway.once('notification', resolve));
		const heard = JSON.parse(notified[0].payload);
		assert.strictEqual(heard.incident_id, incident);
		assert.strictEqual(heard.summary, 'Search "down" – node');
		const claimed = await gateway.query(
			'SELECT * FROM oncall.claim_pages($1, max_pages => $2, lease => $3)', ['node', 100, '1 minute']);
		// bigint comes as a string
		const own = claimed.rows.find((row) => row.page_id === String(heard.page_id));
		assert.strictEqual(own.payload.incident.incident_id, incident);
		await gateway.query('SELECT oncall.page_sent($1)', [own.page_id]);
	});
	await gateway.end();
}

(async () => {
	const client = new Client();
	await client.connect();
	await types(client);
	await calls(client);
	await refused(client, 'oncall_distinct_seats', '23514',
		'SELECT oncall.cover_shift($1, $2, $3, $4)', [1, evening, 3, 1]);
	await refused(client, 'cover_no_overlap', '23P01',
		'INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES ($1, $2, $3, $4)',
		[1, 1, evening, 2], 2);
	await page(client);
	await client.end();
})();
