-- Row K: what it costs a host that its rows open incidents, beside the same
-- INSERT or COPY with a trigger in C that does nothing. In a database of its
-- own; prints lines of "statement|case|milliseconds".
--
-- :n rows at a time into a table of alerts with a primary key and an index.
-- The service calls one person of each of two rotations.

SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Cy,Dee,Eve,Max}'::text[]) n \g /dev/null
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('Ops', 'UTC', 6);
SELECT oncall.add_rotation(v.name, v.people, format('R/%sT12:00[UTC]/P7D', now()::date - 30)::oncall.cadence, team => 'Ops')
FROM (VALUES ('SRE', '{Ana,Ben}'::text[]), ('Shop', '{Cy,Dee,Eve}')) v(name, people) \g /dev/null
SELECT oncall.add_service('Checkout', 'Ops', '{SRE,Shop}') \g /dev/null

CREATE FUNCTION public.idle_trigger() RETURNS trigger LANGUAGE C AS :'floor', 'idle_trigger';
CREATE TABLE public.alert (id bigint PRIMARY KEY, at timestamptz NOT NULL, host text NOT NULL, service text NOT NULL,
	severity text NOT NULL, title text NOT NULL, key text);
CREATE INDEX ON public.alert (host, at);
CREATE TABLE public.source AS
SELECT i::bigint AS id, now() - i * '1 ms'::interval AS at, 'host-' || i % 500 AS host, 'Checkout' AS service, 'SEV2' AS severity,
	format('%s: load average is %s, threshold is 20', 'host-' || i % 500, 20 + i % 97) AS title, i % 100 AS key
FROM generate_series(1, :n) i;
VACUUM ANALYZE public.source;

CREATE PROCEDURE public.measure(statement text, kind text)
LANGUAGE plpgsql AS $$
DECLARE
	definition CONSTANT text := CASE kind
		WHEN 'floor' THEN 'EXECUTE FUNCTION public.idle_trigger()'
		WHEN 'opens' THEN $t$EXECUTE FUNCTION oncall.page_on_insert('service=service', 'summary=title', 'severity=severity', 'opened_at=at')$t$
		WHEN 'joins' THEN $t$EXECUTE FUNCTION oncall.page_on_insert('service=service', 'summary=title', 'severity=severity', 'opened_at=at', 'dedup_key=key')$t$
		WHEN 'records' THEN $t$EXECUTE FUNCTION oncall.page_on_insert('service=service', 'summary=title', 'severity=''SEV4''', 'opened_at=at')$t$
		WHEN 'filtered' THEN $t$WHEN (NEW.severity = 'SEV1') EXECUTE FUNCTION oncall.page_on_insert('service=service', 'summary=title', 'severity=severity')$t$
		END;
	begun timestamptz;
BEGIN
	TRUNCATE public.alert;
	EXECUTE 'CREATE OR REPLACE TRIGGER page AFTER INSERT ON public.alert FOR EACH ROW ' || definition;
	COMMIT;
	begun := clock_timestamp();
	EXECUTE statement;
	COMMIT;
	RAISE INFO '%|%|%', split_part(statement, ' ', 1), kind, round(1000 * extract(epoch FROM clock_timestamp() - begun), 1);
END
$$;
