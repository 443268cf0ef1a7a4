-- Tables of others whose rows open incidents: what the arguments of the trigger
-- say, that whoever inserts needs no right on oncall, and that no row is lost
-- whatever it holds.
-- A database of its own: incidents are committed, and roles are given rights.
--
-- Tests: page_on_insert host_trigger alerts
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_app;
CREATE ROLE regress_oncall_dba;
CREATE DATABASE regress_oncall_host TEMPLATE template0;
\c regress_oncall_host
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
GRANT CREATE, USAGE ON SCHEMA public TO regress_oncall_app, regress_oncall_dba;

-- before setup() there is nothing to write to: the row is kept
CREATE TABLE public.early (svc text);
CREATE TRIGGER page AFTER INSERT ON public.early FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=svc');
INSERT INTO public.early VALUES ('Checkout') RETURNING *;

SELECT oncall.setup() \g /dev/null
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Cy,Dee,Max}'::text[]) n \g /dev/null
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('Ops', 'UTC', 5);
SELECT oncall.add_rotation(n, '{Ana,Ben,Cy,Dee}', 'R/2026-01-07T12:00[UTC]/P7D', team => 'Ops', seats => '{primary,secondary}')
	FROM unnest('{SRE,Shop}'::text[]) n \g /dev/null
SELECT oncall.add_service('Checkout', 'Ops', '{SRE,Shop}') \g /dev/null
INSERT INTO public.early VALUES ('Checkout') RETURNING *;
SELECT incident_id, summary, severity, source, service_id FROM oncall.incident;
-- who holds both seats is called once
SELECT count(*) = count(DISTINCT person_id) AND count(*) > 0 AS each_once FROM oncall.page;

CREATE VIEW public.opened AS
	SELECT i.incident_id AS id, coalesce(s.name, '?' || i.service_name) AS service, i.severity, i.source, left(i.summary, 40) AS summary,
		left(i.dedup_key, 24) AS key, i.opened_at < now() - interval '1 day' AS old, i.resolution,
		(SELECT count(*) > 0 FROM oncall.page p WHERE p.incident_id = i.incident_id) AS called
	FROM oncall.incident i LEFT JOIN oncall.service s USING (service_id);
CREATE VIEW public.told AS
	SELECT incident_event_id AS id, incident_id, kind, left(detail, 400) AS detail FROM oncall.incident_event;

-- All arguments. Whoever inserts has no right on oncall, and any search path.
CREATE TABLE public.alert (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, svc text, title text, prio text, "From" text, k text, at timestamptz, ended timestamptz);
CREATE TRIGGER page AFTER INSERT OR UPDATE OF ended ON public.alert FOR EACH ROW EXECUTE FUNCTION
	oncall.page_on_insert('service=svc', 'summary = title', 'severity=prio', 'source=From', 'dedup_key=k', 'opened_at=at', 'resolved_at=ended', 'notify=on');
GRANT INSERT, SELECT, UPDATE ON public.alert TO regress_oncall_app;
SET ROLE regress_oncall_app;
SET search_path = '';
INSERT INTO public.alert (svc, title, prio, "From", k, at) VALUES ('Checkout', 'Payments fail', 'sev1', 'customer', 'pay', '2026-11-01');
SELECT has_table_privilege('oncall.incident', 'SELECT') AS may_read;
RESET ROLE;
SELECT * FROM public.opened ORDER BY id DESC LIMIT 1;
-- the same key: the same incident
SET ROLE regress_oncall_app;
INSERT INTO public.alert (svc, title, prio, "From", k, at) VALUES (' Checkout ', 'Payments fail again', 'SEV1', 'Customer ', 'pay', '2026-11-01');
INSERT INTO public.alert (svc, title, k) VALUES ('checkout', 'unknown: names are exact', 'pay'), ('1', 'by id', NULL), ('2', 'no such id', NULL);
RESET ROLE;
RESET search_path;
SELECT * FROM opened WHERE id > 1 ORDER BY id;
SELECT * FROM told WHERE incident_id = 2 ORDER BY id;

-- An UPDATE that says when it ended resolves it, and one that takes that back
-- is an alert anew; what changes neither does nothing.
UPDATE alert SET ended = now() WHERE id = 1;
SELECT resolution, resolved_at <= clock_timestamp() AS by_now FROM oncall.incident WHERE incident_id = 2;
UPDATE alert SET ended = now() - interval '1 day' WHERE id = 1;
UPDATE alert SET ended = now() WHERE id = 2;
UPDATE alert SET ended = NULL WHERE id = 2;
UPDATE alert SET ended = 'infinity' WHERE id = 2;
UPDATE alert SET ended = clock_timestamp() + interval '1 day' WHERE id = 2;
-- a row that tells of an end when it is inserted opens nothing
INSERT INTO alert (svc, title, k, ended) VALUES ('Checkout', 'never begun', 'new', now());
INSERT INTO alert (svc, title, k) VALUES ('Checkout', 'begun', 'new');
INSERT INTO alert (svc, title, k, ended) VALUES ('Checkout', 'ended', 'new', now());
INSERT INTO alert (svc, title, ended) VALUES ('Checkout', 'has no key', now());
INSERT INTO alert (svc, title, ended) VALUES ('Checkout', 'will end', 'tomorrow'::timestamptz + interval '1 day');
SELECT incident_id, kind, detail FROM told WHERE id > (SELECT max(id) FROM told WHERE kind = 'alert' AND detail = 'Payments fail again')
	AND kind <> 'empty' ORDER BY id;
SELECT * FROM opened WHERE id > 5 OR id = 2 ORDER BY id;

-- when the end is said to be before somebody came, it is now
INSERT INTO alert (svc, title, k) VALUES ('Checkout', 'answered', 'answered');
SELECT oncall.acknowledge(max(incident_id), 'Ana') IS NOT NULL AS done FROM oncall.incident;
UPDATE alert SET ended = now() - interval '1 minute' WHERE k = 'answered';
SELECT resolution, resolved_at >= acknowledged_at AS after_the_answer, upper(r.period) > lower(r.period) AS paid
FROM oncall.incident i JOIN oncall.response r USING (incident_id);

-- of merged incidents the others may go on
INSERT INTO alert (svc, title, k) VALUES ('Checkout', 'one', 'one'), ('Checkout', 'two', 'two');
SELECT oncall.merge_incidents(a.incident_id, b.incident_id) IS NOT NULL AS done
FROM oncall.incident a, oncall.incident b WHERE a.dedup_key = 'one' AND b.dedup_key = 'two';
UPDATE alert SET ended = now() WHERE k = 'two';
SELECT i.dedup_key, i.resolution, t.kind, t.detail FROM oncall.incident i LEFT JOIN told t ON t.incident_id = i.incident_id AND t.kind = 'note'
WHERE i.dedup_key IN ('one', 'two') ORDER BY 1;

-- Odd values become an incident that says what was odd
CREATE FUNCTION public.tells(inserted text) RETURNS TABLE (service text, severity text, source text, summary text, old boolean, called boolean, told text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'INSERT INTO public.alert (svc, title, prio, "From", k, at) VALUES (' || inserted || ')';
	RETURN QUERY SELECT o.service, o.severity, o.source, o.summary, o.old, o.called,
			(SELECT t.detail FROM public.told t WHERE t.incident_id = o.id AND t.kind = 'odd')
		FROM public.opened o ORDER BY o.id DESC LIMIT 1;
END $$;
\x
SELECT * FROM tells($$NULL, NULL, NULL, NULL, NULL, NULL$$);
SELECT * FROM tells($$' ', e'\t \n', '', ' ', ' ', '-infinity'$$);
SELECT * FROM tells($$'Checkout', repeat('a', 5000), repeat('o', 5000), repeat('u', 5000), repeat('x', 5000), 'infinity'$$);
SELECT * FROM tells($$repeat('s', 5000), 'S', 'urgent', 'martian', repeat('x', 5000), '9999-01-01'$$);
SELECT * FROM tells($$e'Check\nout', 'S', e'SEV1\n', 'staff', 'k', '4713-01-01 BC'$$);
SELECT * FROM tells($$'99999999999999', '''; --', 'SEV4', 'monitoring', 'k', now()$$);
\x
-- long keys are told apart by what they end with, and found again
INSERT INTO alert (svc, title, prio, k) VALUES ('Checkout', 'other', 'SEV1', repeat('x', 4999) || 'y'), ('Checkout', 'same', 'SEV1', repeat('x', 4999) || 'y');
SELECT count(*), count(DISTINCT dedup_key), max(octet_length(dedup_key)) FROM oncall.incident WHERE dedup_key LIKE 'xxx%' AND service_id IS NOT NULL;

-- What an error says: the argument, or the column
CREATE TABLE public.odd (id integer, name text, at date, long_name text, gone text);
ALTER TABLE public.odd DROP gone;
CREATE FUNCTION public.fires(VARIADIC arguments text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE problem text; more text; hint text; state text;
BEGIN
	EXECUTE format('CREATE TRIGGER page AFTER INSERT ON public.odd FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert(%s)',
		(SELECT string_agg(quote_literal(a), ', ' ORDER BY n) FROM unnest(arguments) WITH ORDINALITY u(a, n)));
	INSERT INTO public.odd VALUES (1, 'x', '2026-01-01', 'y');
	RETURN 'no error';
EXCEPTION WHEN others THEN
	GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT, more = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, state = RETURNED_SQLSTATE;
	RETURN concat_ws(' | ', state, problem, nullif(more, ''), nullif(hint, ''));
END $$;
SELECT fires('service=name', 'sumary=name');
SELECT fires('service=name', 'wibble=name');
SELECT fires('service=nam');
SELECT fires('service=Checkout');
SELECT fires('service=gone');
SELECT fires('service=ctid');
SELECT fires('service=');
SELECT fires('service');
SELECT fires('=name');
SELECT fires('summary=name');
SELECT fires(VARIADIC '{}');
SELECT fires('service=name', 'service=long_name');
SELECT fires('service=''Checkout');
SELECT fires('service=''Check''out''');
SELECT fires('service=name', 'opened_at=at');
SELECT fires('service=name', 'resolved_at=name', 'dedup_key=id');
SELECT fires('service=name', 'opened_at=''now''');
SELECT fires('service=name', 'source=''martian''');
SELECT fires('service=name', 'notify=perhaps');
SELECT fires('service=name', 'resolved_at=id');
SELECT oncall.page_on_insert();
CREATE TRIGGER page BEFORE INSERT ON odd FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=name');
INSERT INTO odd DEFAULT VALUES;
DROP TRIGGER page ON odd;
CREATE TRIGGER page AFTER INSERT ON odd EXECUTE FUNCTION oncall.page_on_insert('service=name');
INSERT INTO odd DEFAULT VALUES;
DROP TRIGGER page ON odd;
CREATE TRIGGER page AFTER DELETE ON odd FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=name');
INSERT INTO odd DEFAULT VALUES;
DELETE FROM odd;
DROP TRIGGER page ON odd;
CREATE TRIGGER page AFTER INSERT OR UPDATE ON odd FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=name');
INSERT INTO odd DEFAULT VALUES;
DROP TRIGGER page ON odd;

-- what was checked is checked again when the table has changed
CREATE TRIGGER page AFTER INSERT ON odd FOR EACH ROW EXECUTE FUNCTION
	oncall.page_on_insert('service=''Checkout''', 'summary=name', 'severity=''SEV2''', 'dedup_key=''it''''s one''');
INSERT INTO odd (name) VALUES ('before');
ALTER TABLE odd ADD more text, ALTER name TYPE integer USING 7;
INSERT INTO odd (name) VALUES (42);
ALTER TABLE odd RENAME name TO title;
INSERT INTO odd (title) VALUES (43);
CREATE OR REPLACE TRIGGER page AFTER INSERT ON odd FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=title', 'summary=title');
INSERT INTO odd (title) VALUES (44);
SELECT o.service, o.summary, o.key, t.detail AS joined_by FROM opened o LEFT JOIN told t ON t.incident_id = o.id AND t.kind = 'alert'
ORDER BY o.id DESC, t.id DESC LIMIT 2;

-- Times of all types, in the session's zone; a number is of seconds or
-- milliseconds, and 0 is none
CREATE DOMAIN public.clock AS numeric CHECK (value >= 0);
CREATE TABLE public.timed (t timestamp, i integer, b bigint, n public.clock, f double precision);
CREATE FUNCTION public.timed_by(type text, value text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE OR REPLACE TRIGGER page AFTER INSERT ON public.timed FOR EACH ROW EXECUTE FUNCTION
		oncall.page_on_insert(''service=''''Checkout'''''', ''severity=''''SEV4'''''', ''opened_at=%s'')', type);
	EXECUTE format('INSERT INTO public.timed (%s) VALUES (%L)', type, value);
	RETURN coalesce((SELECT t.detail FROM public.told t WHERE t.incident_id = i.incident_id AND t.kind = 'odd'),
		(i.opened_at AT TIME ZONE 'UTC')::text) FROM oncall.incident i ORDER BY i.incident_id DESC LIMIT 1;
END $$;
SET timezone = 'Asia/Kolkata';
SELECT type, value, timed_by(type, value) FROM (VALUES ('t', '2026-01-02 03:04:05.5'), ('t', '294276-12-31'), ('t', '4713-01-01 BC'), ('t', '-infinity'), ('t', NULL),
	('i', '1767323045'), ('i', '0'), ('i', '-1'), ('i', '2147483647'), ('b', '1767323045'), ('b', '1767323045250'), ('b', '9223372036854775807'), ('b', '-9223372036854775808'),
	('n', '1767323045.125'), ('n', 'NaN'), ('n', 'Infinity'), ('n', '1e300'), ('f', '1767323045.125'), ('f', 'NaN'), ('f', '-Infinity')) v(type, value);
SET timezone = 'UTC';

-- Numbers, arrays, enums and other types as text; a service may be called by its id
CREATE TYPE public.level AS ENUM ('SEV1', 'disaster');
CREATE TABLE public.typed (svc integer, title jsonb, prio public.level, key bytea, tags text[]);
CREATE TRIGGER page AFTER INSERT ON typed FOR EACH ROW EXECUTE FUNCTION
	oncall.page_on_insert('service=svc', 'summary=title', 'severity=prio', 'dedup_key=key');
INSERT INTO typed VALUES (1, '{"a": [1, 2]}', 'SEV1', '\x00ff'), (7, '"x"', 'disaster', '\x01');
SELECT service, severity, summary, key FROM opened ORDER BY id DESC LIMIT 2;

-- Partitions, with columns in another order; the key of a row that has none
CREATE TABLE public.parted (day date, id integer, title text, ended timestamptz, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE public.parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE public.parted_2 (ended timestamptz, id integer NOT NULL, gone text, title text, day date NOT NULL);
ALTER TABLE public.parted_2 DROP gone;
ALTER TABLE public.parted ATTACH PARTITION parted_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TRIGGER page AFTER INSERT OR UPDATE ON parted FOR EACH ROW EXECUTE FUNCTION
	oncall.page_on_insert('service=''Checkout''', 'summary=title', 'resolved_at=ended', 'severity=''SEV4''');
INSERT INTO parted VALUES ('2026-01-01', 1, 'first'), ('2026-02-01', 1, 'second');
INSERT INTO parted_2 (title, id, day) VALUES ('third', 2, '2026-02-02');
UPDATE parted SET ended = now() WHERE title IN ('first', 'third');
SELECT summary, dedup_key, resolution FROM oncall.incident ORDER BY incident_id DESC LIMIT 3;
CREATE TABLE public.parted_3 PARTITION OF parted FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
-- a row that moves to another partition
UPDATE parted SET day = '2026-03-05', ended = now() WHERE title = 'second';
INSERT INTO parted VALUES ('2026-03-01', 1, 'late');
SELECT summary, dedup_key, resolution FROM oncall.incident ORDER BY incident_id DESC LIMIT 2;

-- INSERT ... ON CONFLICT, COPY, and a WHEN that lets few rows through
CREATE TABLE public.upserted (name text PRIMARY KEY, level integer, ended timestamptz);
CREATE TRIGGER page AFTER INSERT OR UPDATE ON upserted FOR EACH ROW WHEN (NEW.level >= 4) EXECUTE FUNCTION
	oncall.page_on_insert('service=''Checkout''', 'summary=name', 'resolved_at=ended');
INSERT INTO upserted VALUES ('disk', 5, NULL), ('fan', 1, NULL) ON CONFLICT (name) DO UPDATE SET level = excluded.level, ended = excluded.ended;
INSERT INTO upserted VALUES ('disk', 5, now()), ('fan', 1, NULL) ON CONFLICT (name) DO UPDATE SET level = excluded.level, ended = excluded.ended;
INSERT INTO upserted VALUES ('disk', 5, NULL) ON CONFLICT DO NOTHING;
COPY upserted FROM stdin;
cpu	4	\N
gpu	3	\N
\.
SELECT summary, key, resolution FROM opened ORDER BY id DESC LIMIT 2;

-- Row-level security of the host's table, forced upon its owner, is none of ours
ALTER TABLE upserted ENABLE ROW LEVEL SECURITY;
ALTER TABLE upserted FORCE ROW LEVEL SECURITY;
CREATE POLICY writing ON upserted FOR INSERT WITH CHECK (level < 9);
GRANT INSERT ON upserted TO regress_oncall_app;
ALTER TABLE oncall.incident FORCE ROW LEVEL SECURITY;
SET ROLE regress_oncall_app;
INSERT INTO upserted VALUES ('rls', 4);
RESET ROLE;
SELECT summary FROM opened ORDER BY id DESC LIMIT 1;
ALTER TABLE oncall.incident NO FORCE ROW LEVEL SECURITY;

-- Who may attach it to a table: whom the owner of the extension says
SET ROLE regress_oncall_dba;
CREATE TABLE public.own (svc text);
CREATE TRIGGER page AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=svc');
RESET ROLE;
GRANT EXECUTE ON FUNCTION oncall.page_on_insert() TO regress_oncall_dba;
SET ROLE regress_oncall_dba;
CREATE TRIGGER page AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=svc');
INSERT INTO own VALUES ('Mine');
RESET ROLE;
SELECT service, summary FROM opened ORDER BY id DESC LIMIT 1;

-- What fails becomes an incident without owner, and a warning; the row stays.
-- It is what was there before the trigger that stays, too.
CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('host.fails', true) = TG_TABLE_NAME THEN
		RAISE EXCEPTION USING message = 'something is broken', errcode = coalesce(nullif(current_setting('host.state', true), ''), 'P0001');
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER fail BEFORE INSERT ON oncall.page FOR EACH ROW EXECUTE FUNCTION public.fail();
SET host.fails = 'page';
SELECT max(incident_id) AS last FROM oncall.incident \gset
BEGIN;
INSERT INTO alert (svc, title, prio, k) VALUES ('Checkout', 'before', 'SEV4', 'fails 0');
INSERT INTO alert (svc, title, prio, k) VALUES ('Checkout', 'cannot page', 'sev1', 'fails 1'), ('Checkout', 'after', 'SEV4', 'fails 2');
INSERT INTO alert (svc, title, prio, k) VALUES ('Checkout', 'cannot page again', 'SEV1', 'fails 1');
COMMIT;
SELECT title FROM alert WHERE k LIKE 'fails%' ORDER BY id;
SELECT service, severity, summary, key, called FROM opened WHERE id > :last ORDER BY id;
SELECT kind, detail FROM told WHERE incident_id = (SELECT id FROM opened WHERE key = 'fails 1') ORDER BY id;
SELECT count(*) FROM oncall.page WHERE incident_id > :last;
DROP TRIGGER fail ON oncall.page;
-- and if not even that can be written, the warning is what remains
CREATE TRIGGER fail BEFORE INSERT OR UPDATE ON oncall.incident FOR EACH ROW EXECUTE FUNCTION public.fail();
SET host.fails = 'incident';
INSERT INTO alert (svc, title, prio, k) VALUES ('Checkout', 'nothing works', 'SEV1', 'fails 3') RETURNING title;
SET host.fails = '';
INSERT INTO alert (svc, title, prio, k) VALUES ('Checkout', 'will not end', 'SEV1', 'fails 4');
SET host.fails = 'incident';
UPDATE alert SET ended = now() WHERE k = 'fails 4' RETURNING title;
-- but what ends or repeats the host's transaction is the host's
\set VERBOSITY sqlstate
SET host.state = '57014';
INSERT INTO alert (svc, title, prio) VALUES ('Checkout', 'cancelled', 'SEV1');
SET host.state = '40001';
INSERT INTO alert (svc, title, prio) VALUES ('Checkout', 'to be repeated', 'SEV1');
SET host.state = '40P01';
INSERT INTO alert (svc, title, prio) VALUES ('Checkout', 'deadlock', 'SEV1');
SET host.state = '57P01';
INSERT INTO alert (svc, title, prio) VALUES ('Checkout', 'shutdown', 'SEV1');
SET host.state = '55P03';
INSERT INTO alert (svc, title, prio) VALUES ('Checkout', 'locked', 'SEV1');
\set VERBOSITY default
RESET host.fails;
SELECT title FROM alert WHERE title IN ('cancelled', 'to be repeated', 'deadlock', 'shutdown', 'locked');
DROP TRIGGER fail ON oncall.incident;

-- A trigger at work whose table changes, and within which another one fires for
-- the first time, is still itself
CREATE TABLE public.outer_alert (title text);
CREATE TABLE public.inner_alert (title text);
CREATE TRIGGER page AFTER INSERT ON outer_alert FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=''Checkout''', 'summary=title');
CREATE TRIGGER page AFTER INSERT ON inner_alert FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=''Checkout''', 'summary=title');
CREATE FUNCTION public.nest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	GRANT SELECT ON public.outer_alert TO PUBLIC;
	INSERT INTO public.inner_alert VALUES ('inner');
	RAISE EXCEPTION 'it fails after that';
END $$;
CREATE TRIGGER nest AFTER INSERT ON oncall.incident FOR EACH ROW WHEN (NEW.summary = 'outer') EXECUTE FUNCTION public.nest();
INSERT INTO outer_alert VALUES ('outer');
DROP TRIGGER nest ON oncall.incident;

-- A trigger that fires at the end of the transaction
CREATE TABLE public.deferred (title text);
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON deferred DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	EXECUTE FUNCTION oncall.page_on_insert('service=''Checkout''', 'summary=title', 'severity=''SEV4''');
BEGIN;
INSERT INTO deferred VALUES ('at commit');
SELECT count(*) FROM opened WHERE summary = 'at commit';
COMMIT;
SELECT count(*) FROM opened WHERE summary = 'at commit';

-- Many rows take no more memory than few: contexts are as large afterwards
CREATE TABLE public.many (id integer, title text);
CREATE TRIGGER page AFTER INSERT ON many FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=''Checkout''', 'severity=''SEV4''', 'summary=title');
CREATE FUNCTION public.memory_after(n integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO public.many SELECT i, 'many' FROM generate_series(1, n) i;
	RETURN (SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name NOT LIKE 'CurTransaction%' AND name NOT LIKE 'AfterTrigger%');
END $$;
SELECT memory_after(2000) - memory_after(100) < 65536 AS bounded FROM memory_after(100);
SELECT count(*) FROM opened WHERE summary = 'many';

\c :regression
DROP DATABASE regress_oncall_host;
DROP ROLE regress_oncall_app;
DROP ROLE regress_oncall_dba;
