-- Pages reach gateways: what they may claim, what they are told, and what
-- becomes of pages that they cannot deliver. (That none is lost when a gateway
-- is killed: test/t/gateway.pl.)
--
-- Tests: gateway

\set schema gateways
\ir start.psql
SELECT plan(47);

SELECT oncall.add_person(n, 'Europe/Berlin') FROM unnest('{Ana,Ben,Cy,Dee,Max}'::text[]) n \g /dev/null
UPDATE oncall.person SET company_phone = '+49 30 1' WHERE name = 'Ana';
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Ops', 'Europe/Berlin', person_id FROM oncall.person WHERE name = 'Max';
SELECT oncall.add_rotation('SRE', '{Ana,Ben}', 'R/2026-01-07T12:00[Europe/Berlin]/P520W', team => 'Ops') \g /dev/null
SELECT oncall.add_rotation('Shop', '{Cy,Dee}', 'R/2026-01-07T12:00[Europe/Berlin]/P520W', team => 'Ops') \g /dev/null
SELECT oncall.add_service('Checkout', 'Ops', '{SRE,Shop}') \g /dev/null
SELECT oncall.add_step('Checkout', '1 hour', 'SRE', 2) \g /dev/null

-- the page of somebody, the latest one
CREATE FUNCTION page_of(name text) RETURNS bigint LANGUAGE sql
RETURN (SELECT max(g.page_id) FROM oncall.page g JOIN oncall.person p ON p.person_id = g.person_id WHERE p.name = $1);
CREATE FUNCTION claimed(gateway text, most integer DEFAULT 10, lease interval DEFAULT '1 minute') RETURNS text LANGUAGE sql AS
$$SELECT coalesce(string_agg(c.payload #>> '{person,name}', ' ' ORDER BY c.page_id), 'none') FROM oncall.claim_pages($1, $2, $3) c$$;
-- time passes for the leases
CREATE FUNCTION later(BY interval) RETURNS void LANGUAGE sql AS
$$UPDATE oncall.page SET lease_until = lease_until - BY$$;

-- ---------------------------------------------------------------------------
-- Claims and leases
-- ---------------------------------------------------------------------------
SELECT IS(claimed('g'), 'none', 'nothing to deliver');
SELECT oncall.open_incident('Checkout', 'down', 'SEV2', dedup_key => 'k') AS down \gset
SELECT IS(claimed('a', 1), 'Ana', 'no more than were asked for, oldest first');
SELECT IS(claimed('b'), 'Cy', 'what one gateway has another does not get');
SELECT IS(claimed('a'), 'none', 'nor itself');
SELECT results_eq($$SELECT claimed_by, claims, lease_until - claimed_at, sent_at FROM oncall.page ORDER BY page_id$$,
	$$VALUES ('a', 1, interval '1 minute', NULL::timestamptz), ('b', 1, '1 minute', NULL)$$, 'the page tells who has it, and until when');
SELECT later('1 minute') \g /dev/null
SELECT results_eq($$SELECT page_id, payload -> 'page_id', payload -> 'attempts' FROM oncall.claim_pages('b', lease => '2 minutes') c$$,
	$$SELECT page_id, to_jsonb(page_id), '2'::jsonb FROM oncall.page ORDER BY page_id$$, 'when the lease is over they come again, with the same key');
SELECT ok(oncall.page_sent(page_of('Ana')), 'one is sent');
SELECT ok(NOT oncall.page_sent(page_of('Ana')), 'and was sent already');
SELECT later('2 minutes') \g /dev/null
SELECT IS(claimed('a'), 'Cy', 'what was sent is not handed out again');
SELECT oncall.acknowledge(:down, 'Cy') \g /dev/null
SELECT later('2 minutes') \g /dev/null
SELECT IS(claimed('a'), 'none', 'nor what was acknowledged');
SELECT ok(oncall.page_sent(page_of('Cy')), 'a page may turn out to have been sent even so');
SELECT oncall.open_incident('Checkout', 'again', 'SEV2') AS again \gset
SELECT oncall.merge_incidents(:down, :again) \g /dev/null
SELECT IS(claimed('a'), 'Ana Cy', 'pages of a merged incident are pages of its target');
SELECT oncall.resolve(:down) \g /dev/null
SELECT later('1 hour') \g /dev/null
SELECT IS(claimed('a'), 'none', 'nothing is delivered about what is over');
SELECT oncall.open_incident('Checkout', 'weekly report', 'SEV3', at => '2026-01-10 02:00+01') AS weekly \gset
SELECT IS(claimed('a'), 'none', 'a page that waits calls nobody yet');
SELECT oncall.run_escalations('2026-01-12 08:01+01') \g /dev/null
SELECT results_eq($$SELECT payload #>> '{person,name}', payload ->> 'urgency' FROM oncall.claim_pages('a')$$,
	$$VALUES ('Ana', 'low'), ('Cy', 'low')$$, 'until it does');

SELECT throws_ok($$SELECT oncall.claim_pages('g', 0)$$, '22023', 'max_pages must be greater than zero', 'no pages at all');
SELECT throws_ok(format($$SELECT oncall.claim_pages('g', lease => %L)$$, l), '22023', 'lease must be a length of time greater than zero, at most a day', 'a lease of ' || l)
FROM unnest('{0,-1 minute,25 hours}'::text[]) l;
SELECT throws_ok($$SELECT oncall.claim_pages(' ')$$, '22023', 'gateway must not be blank', 'a gateway without a name');
SELECT throws_ok($$SELECT oncall.claim_pages(NULL)$$, '22004', 'gateway must not be null', 'or NULL');
SELECT throws_ok($$SELECT oncall.page_sent(0)$$, '42704', 'page 0 does not exist', 'an unknown page was not sent');
SELECT throws_ok($$SELECT oncall.page_failed(0, 'busy')$$, '42704', 'page 0 does not exist', 'and did not fail');
SELECT throws_ok($$SELECT oncall.page_failed(page_of('Ana'), NULL)$$, '22004', 'failure must not be null', 'a failure has a reason');

-- ---------------------------------------------------------------------------
-- What a gateway is told
-- ---------------------------------------------------------------------------
SELECT oncall.resolve(:weekly) \g /dev/null
SELECT oncall.open_incident('Checkout', 'on fire', 'SEV2', source => 'customer', at => '2026-02-01 00:00Z') AS fire \gset
SELECT throws_ok($$SELECT oncall.page_sent(page_of('Ana'))$$, '55000', format('page %s has not been claimed', page_of('Ana')), 'nobody sends what they have not claimed');
INSERT INTO oncall.contact (person_id, method, address, urgency, after, verified_on)
SELECT person_id, m, a, u, w::interval, '2026-01-01' FROM oncall.person,
	(VALUES ('phone', '+49 30 2', 'high', '5 minutes'), ('push', 'device', 'any', '0'), ('email', 'ana@example.org', 'low', '0')) v(m, a, u, w) WHERE name = 'Ana';
INSERT INTO oncall.contact (person_id, method, address, urgency) SELECT person_id, 'email', 'cy@example.org', 'low' FROM oncall.person WHERE name = 'Cy';
INSERT INTO oncall.playbook (severity, title, body) VALUES (NULL, 'Any', 'Keep calm.'), ('SEV2', 'Bad', 'Look at the queue.');
CREATE TABLE told AS SELECT * FROM oncall.claim_pages('g');
SET LOCAL timezone = 'Asia/Tokyo';
SELECT IS(payload - 'page_id', format('{"version": 1, "created_at": "2026-02-01T00:00:00+00:00", "reason": "opened", "step": 0, "urgency": "high", "attempts": 1,
	"rotation": "SRE", "seat": "primary",
	"incident": {"incident_id": %s, "summary": "on fire", "severity": "SEV2", "service": "Checkout", "source": "customer", "opened_at": "2026-02-01T00:00:00+00:00"},
	"person": {"person_id": %s, "name": "Ana", "zone": "Europe/Berlin", "phone": "+49 30 1"},
	"playbook": {"title": "Bad", "body": "Look at the queue.", "url": null},
	"contacts": [{"contact_id": %s, "method": "push", "address": "device", "after_seconds": 0, "verified_on": "2026-01-01"},
		{"contact_id": %s, "method": "phone", "address": "+49 30 2", "after_seconds": 300, "verified_on": "2026-01-01"}]}',
	:fire, (SELECT person_id FROM oncall.person WHERE name = 'Ana'), (SELECT contact_id FROM oncall.contact WHERE method = 'push'),
	(SELECT contact_id FROM oncall.contact WHERE method = 'phone'))::jsonb, 'whom, about what, and how; in UTC')
FROM told WHERE payload #>> '{person,name}' = 'Ana';
SELECT IS(payload #>> '{contacts,0,address}', 'cy@example.org', 'who has no contact of the kind is reached by what they have') FROM told WHERE payload #>> '{person,name}' = 'Cy';
UPDATE oncall.contact SET address = address, after = '1 minute' WHERE method = 'phone';
SELECT IS(verified_on, '2026-01-01', 'a contact that stays as it is stays verified') FROM oncall.contact WHERE method = 'phone';
UPDATE oncall.contact SET address = '+49 30 3' WHERE method = 'phone';
SELECT IS(verified_on, NULL, 'another number is not') FROM oncall.contact WHERE method = 'phone';
UPDATE oncall.contact SET address = '+49 30 4', verified_on = '2026-01-02' WHERE method = 'phone';
SELECT IS(verified_on, '2026-01-02', 'unless it is said to be') FROM oncall.contact WHERE method = 'phone';

-- ---------------------------------------------------------------------------
-- Deliveries that fail
-- ---------------------------------------------------------------------------
CREATE TABLE attempt AS
SELECT * FROM (SELECT page_id FROM told WHERE payload #>> '{person,name}' = 'Ana') t, generate_series(1, 8) n;
-- fails, and is claimed again when the pause is over
CREATE FUNCTION try(failing bigint) RETURNS interval LANGUAGE plpgsql AS $$
DECLARE
	began timestamptz := clock_timestamp();
	pause interval;
BEGIN
	PERFORM oncall.page_failed(failing, 'busy');
	SELECT date_trunc('second', lease_until - began) INTO pause FROM oncall.page WHERE page_id = failing;
	PERFORM later(pause);
	PERFORM pg_sleep(0.01);
	PERFORM oncall.claim_pages('g', lease => '1 hour');
	RETURN pause;
END
$$;
SELECT results_eq($$SELECT try(page_id) FROM attempt WHERE n <= 4$$, $$SELECT m::interval FROM unnest('{30 s,1 m,2 m,4 m}'::text[]) m$$, 'the pauses double');
SELECT IS((SELECT string_agg(kind, ' ') FROM oncall.incident_event WHERE incident_id = :fire), 'opened', 'of which nobody hears yet');
SELECT IS((SELECT try(page_id) FROM attempt WHERE n = 5), '8 minutes', 'after the fifth failure');
SELECT results_eq(format($$SELECT detail FROM oncall.incident_event WHERE incident_id = %s AND kind = 'failed'$$, :fire),
	$$VALUES ('The page to Ana could not be delivered 5 times: busy')$$, 'it is told');
SELECT results_eq(format($$SELECT p.name, g.step, g.reason FROM oncall.page g JOIN oncall.person p USING (person_id)
	WHERE incident_id = %s ORDER BY page_id$$, :fire),
	$$VALUES ('Ana', 0::smallint, 'opened'), ('Cy', 0::smallint, 'opened'), ('Ben', 1::smallint, 'step')$$, 'and the next step is called at once');
SELECT results_eq($$SELECT try(page_id) FROM attempt WHERE n > 5$$, $$SELECT m::interval FROM unnest('{15 m,15 m,15 m}'::text[]) m$$, 'the pause grows no longer than that');
SELECT results_eq($$SELECT claims, failures, failure FROM oncall.page WHERE page_id = (SELECT min(page_id) FROM attempt)$$, $$VALUES (9, 8, 'busy')$$, 'the page tells how often, and why');
-- another page of a step that has been left behind
SELECT try(page_of('Cy')) FROM generate_series(1, 5) \g /dev/null
SELECT IS((SELECT count(*) FROM oncall.page WHERE incident_id = :fire), 3::bigint, 'where the next step was called meanwhile, nobody else is');
SELECT try(page_of('Ben')) FROM generate_series(1, 5) \g /dev/null
SELECT try(page_of('Max')) FROM generate_series(1, 5) \g /dev/null
SELECT results_eq(format($$SELECT count(*), max(step) FROM oncall.page WHERE incident_id = %s$$, :fire), $$VALUES (4::bigint, 2::smallint)$$, 'above the manager there is nobody');
SELECT ok(NOT oncall.page_failed(page_of('Ben'), 'busy', 'another'), 'a failure that comes from another gateway than has claimed it does not count');
SELECT oncall.acknowledge(:fire, 'Ben') \g /dev/null
SELECT ok(NOT oncall.page_failed(page_of('Ben'), 'busy', 'g'), 'who has answered is not called again');

SELECT oncall.open_incident('Checkout', 'smoke', 'SEV2') AS smoke \gset
SELECT claimed('g') \g /dev/null
SELECT try(page_of('Ana')) FROM generate_series(1, 4) \g /dev/null
SELECT oncall.acknowledge(:smoke, 'Cy') \g /dev/null
SELECT try(page_of('Ana')) \g /dev/null
SELECT results_eq(format($$SELECT count(*) FROM oncall.page WHERE incident_id = %s$$, :smoke), $$VALUES (2::bigint)$$, 'nor is anybody else once somebody has answered');

-- ---------------------------------------------------------------------------
-- Whose contacts they are
-- ---------------------------------------------------------------------------
CREATE ROLE regress_oncall_gateway_ana;
CREATE ROLE regress_oncall_gateway_g;
SELECT oncall.grant_access('regress_oncall_gateway_ana', 'member'), oncall.grant_access('regress_oncall_gateway_g', 'manager') \g /dev/null
UPDATE oncall.person SET db_role = 'regress_oncall_gateway_ana' WHERE name = 'Ana';
GRANT USAGE ON SCHEMA :schema, :tap TO PUBLIC;
SET LOCAL ROLE regress_oncall_gateway_ana;
INSERT INTO oncall.contact (method, address) VALUES ('chat', '@ana');
DELETE FROM oncall.contact WHERE method = 'email';
SELECT bag_eq($$SELECT method FROM oncall.contact$$, $$VALUES ('chat'), ('push'), ('phone')$$, 'members see and write their own');
SELECT throws_ok($$INSERT INTO oncall.contact (person_id, method, address) SELECT person_id, 'sms', '+49 30 5' FROM oncall.person WHERE name = 'Ben'$$,
	'42501', NULL, 'of nobody else');
SELECT throws_ok($$UPDATE oncall.contact SET verified_on = '2026-01-03'$$, '42501', NULL, 'and do not say themselves that they are reached');
RESET ROLE;
SET LOCAL ROLE regress_oncall_gateway_g;
SELECT results_eq($$UPDATE oncall.contact SET verified_on = '2026-01-03' WHERE method = 'chat' RETURNING address$$, $$VALUES ('@ana')$$, 'a gateway does');
SELECT oncall.open_incident('Checkout', 'flames', 'SEV2') \g /dev/null
SELECT IS((SELECT count(*) FROM oncall.claim_pages('g') c, LATERAL (SELECT oncall.page_sent(c.page_id) AS sent) s WHERE sent), 2::bigint, 'a gateway needs no more than the access of managers');

SELECT * FROM finish();
ROLLBACK;
