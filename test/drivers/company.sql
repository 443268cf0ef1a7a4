-- What the clients of this folder find: a company, roles, and a value of each
-- type that they read and send.

CREATE EXTENSION oncall;
SELECT oncall.setup();
SELECT oncall.add_person(name, zone) FROM (VALUES ('Aroha', 'Pacific/Auckland'), ('Oliver', 'Europe/London'),
	('Maria', 'America/New_York')) AS p(name, zone);
INSERT INTO oncall.team (name, zone) VALUES ('Platform', 'Pacific/Auckland');
SELECT oncall.add_rotation('SRE', '{Aroha,Oliver,Maria}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', team => 'Platform');
SELECT oncall.add_service('Checkout', 'Platform', '{SRE}');
SELECT oncall.grant_access('oncall_drivers_' || a, a) FROM unnest('{reader,manager}'::text[]) a;

CREATE SCHEMA drivers;
GRANT USAGE ON SCHEMA drivers TO oncall_drivers_manager;
CREATE TABLE drivers.sample (type text, value text);
GRANT SELECT ON drivers.sample TO oncall_drivers_manager;
INSERT INTO drivers.sample VALUES
	('bigint', '9007199254740993'),
	('boolean', 'true'),
	('bytea', '\x005c27ff'),
	('date', '2126-01-06'),
	('daterange', '[2126-01-06,2126-01-13)'),
	('integer', '-7'),
	('interval', '2 days 03:04:05.6'),
	('jsonb', '{"a": [1, null], "b": "\u00e9 \"}"}'),
	('name', 'a "name"'),
	('numeric', '12.5'),
	('oncall.cadence', 'R/2126-01-06T12:00[Pacific/Auckland]/P7D'),
	('oncall.hours', 'night=>06:00:00.5, "on call"=>48:00:00'),
	('oncall.import_row', '(Shop,Europe/London,layer,1,1,2,"{ana@example.org,NULL,Ben Bo}",R/2126-01-06T12:00[Pacific/Auckland]/P7D,'
		'"Mo-Fr 09:00-17:00",staggered,"[2126-01-06 12:00Z,)","a ""note"", \\ {é}")'),
	('oncall.pair', '(1,2)'),
	('oncall.pair', '(1,)'),
	('oncall.ref', '7'),
	('oncall.ref', 'Te "Ara", \ {é}'),
	('oncall.weekly_hours', 'Mo-Fr 09:00-17:00; PH off'),
	('smallint', '2'),
	('text', 'a "b", \ {é} NULL'),
	('time without time zone', '09:30:00'),
	('timestamp with time zone', '2126-04-12 18:00:00.125 Pacific/Auckland'),
	('timestamp without time zone', '2126-04-12 18:00:00.125'),
	('tstzmultirange', '{[2126-01-06 12:00Z,2126-01-07 12:00Z),[2126-01-08 12:00Z,)}'),
	('tstzmultirange', '{}'),
	('tstzrange', '[2126-01-06 12:00Z,2126-01-07 12:00:00.125Z)'),
	('tstzrange', '(,2126-01-06 12:00Z)'),
	('tstzrange', 'empty');

-- No type that a column or a function of oncall has is left out; of those
-- without a value, functions alone speak.
DO $$
DECLARE
	missing text := (
		WITH used AS (
			SELECT a.atttypid AS type FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
			WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
			UNION
			SELECT unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype)
			FROM pg_proc p WHERE p.pronamespace = 'oncall'::regnamespace
			UNION
			SELECT t.oid FROM pg_type t WHERE t.typnamespace = 'oncall'::regnamespace AND t.typtype <> 'c' AND t.typelem = 0)
		SELECT string_agg(format_type(e.oid, NULL), ', ')
		FROM used u JOIN pg_type t ON t.oid = u.type
		JOIN pg_type e ON e.oid = CASE WHEN t.typsubscript = 'array_subscript_handler'::regproc THEN t.typelem ELSE t.oid END
		WHERE e.typtype <> 'p' AND format_type(e.oid, NULL) NOT IN (SELECT s.type FROM drivers.sample s));
BEGIN
	IF missing IS NOT NULL THEN
		RAISE 'no value in drivers.sample of %', missing;
	END IF;
END
$$;
-- each of them, and a row; an array of it with a NULL, and a NULL alone
CREATE VIEW drivers.probe AS
WITH single AS (
	SELECT s.type, format('CAST(%L AS %s)', s.value, s.type) AS expression, s.type LIKE 'oncall.%' AS own
	FROM drivers.sample s
	UNION ALL
	SELECT 'oncall.layer', '(SELECT l FROM oncall.layer l)', true)
SELECT s.type, s.expression, s.own
FROM single s
UNION ALL
SELECT s.type || '[]', format('ARRAY[%s, NULL]', string_agg(s.expression, ', ' ORDER BY s.expression)), s.own
FROM single s GROUP BY s.type, s.own
UNION ALL
SELECT DISTINCT s.type, format('CAST(NULL AS %s)', s.type), s.own
FROM single s;
GRANT SELECT ON drivers.probe TO oncall_drivers_manager;
