-- A range that ends in ] holds its last instant, of which nobody could say
-- whose it is. Whatever takes a range of times refuses it: every function in
-- the catalogs is called, and every column written, so that a new one stands
-- here, too. What has no hint is written by triggers alone. (The type daterange
-- turns all its values into such that end in a parenthesis.)
--
-- Tests: tstzrange market covers people pay
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
BEGIN;
SELECT oncall.setup();
SELECT count(oncall.add_person(n, 'UTC')) FROM unnest('{Ann,Ben}'::text[]) n;
SELECT oncall.add_rotation('Ops', '{Ann,Ben}', 'R/2126-01-01T00:00[UTC]/P7D', seats => '{only}') AS rotation \gset
SELECT oncall.add_rotation('Dev', '{Ben,Ann}', 'R/2126-01-01T00:00[UTC]/P7D', seats => '{only}') > 0 AS added;
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL;
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Pay', 'UTC', 'NZD');

-- what becomes of a statement, of which nothing stays
CREATE FUNCTION pg_temp.outcome(statement text, OUT state text, OUT message text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RAISE EXCEPTION USING ERRCODE = 'RGOK0', MESSAGE = 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
END
$$;

-- Functions: called with that one range, and whatever else they must be given
CREATE TEMP TABLE given (name text, type regtype, value text, PRIMARY KEY (name, type));
INSERT INTO given VALUES
	('rotation', 'oncall.ref', 'Ops'), ('policy', 'oncall.ref', 'Pay'), ('person', 'oncall.ref', 'Ann'),
	('for_person', 'oncall.ref', 'Ann'), ('by_person', 'oncall.ref', 'Ben'),
	('a', 'oncall.ref', 'Ann'), ('b', 'oncall.ref', 'Ben'), ('a_at', 'timestamptz', '2126-01-02Z'), ('b_at', 'timestamptz', '2126-01-09Z'),
	('known_a', 'timestamptz', '2026-01-01Z'), ('known_b', 'timestamptz', '2026-01-02Z'),
	('offered_by', 'oncall.ref', 'Ann'), ('in_return_rotation', 'oncall.ref', 'Dev'),
	('name', 'text', 'New'), ('zone', 'text', 'UTC'), ('members', 'text[]', '{Ann}'), ('reason', 'text', 'test'),
	('cadence', 'oncall.cadence', 'R/2126-01-01T00:00[UTC]/P7D'), ('hours', 'oncall.weekly_hours', 'Mo-Fr 09:00-17:00'),
	('rotation_id', 'integer[]', format('{%s}', :rotation)), ('seat', 'smallint[]', '{1}'), ('person_id', 'integer[]', '{1}'),
	('during', 'tstzrange', '[2126-01-02Z,2126-01-03Z)'), ('period', 'tstzrange', '[2126-01-02Z,2126-01-03Z)');
CREATE TEMP VIEW argument AS
SELECT p.oid, p.pronamespace::regnamespace || '.' || p.proname AS function, a.n, a.type::regtype, a.name,
	a.n > p.pronargs - p.pronargdefaults AS has_default
FROM pg_proc p, unnest(p.proargtypes::oid[], p.proargnames[1:p.pronargs]) WITH ORDINALITY AS a(type, name, n)
WHERE p.pronamespace = 'oncall'::regnamespace;
CREATE TEMP VIEW range_call AS
SELECT r.function, r.name || ' ' || r.type AS argument, format('SELECT * FROM %s(%s)', r.function, string_agg(format('%I => %s',
	a.name, CASE WHEN a.n <> r.n THEN format('%L::%s', g.value, a.type)
		ELSE format(CASE r.type WHEN 'tstzrange'::regtype THEN '%L::tstzrange'
			WHEN 'tstzmultirange'::regtype THEN 'tstzmultirange(%L::tstzrange)' ELSE 'ARRAY[%L::tstzrange]' END,
			'[2126-01-02Z,2126-01-03Z]') END), ', ')) AS statement
FROM argument r JOIN argument a USING (oid) LEFT JOIN given g ON g.name = a.name AND g.type = a.type
WHERE r.type IN ('tstzrange', 'tstzrange[]', 'tstzmultirange')
	AND (a.n = r.n OR NOT a.has_default OR a.name IN ('person', 'offered_by', 'in_return_rotation') AND g.value IS NOT NULL)
GROUP BY r.oid, r.function, r.n, r.name, r.type;
SELECT c.function, c.argument, o.* FROM range_call c, LATERAL pg_temp.outcome(c.statement) AS o ORDER BY 1, 2;

-- Columns: a row that has nothing but that range, and what cannot be left out
SELECT oncall.cover_shift('Ops', '[2126-02-02Z,2126-02-03Z)', 'Ann', 'Ben') > 0 AS covered;
INSERT INTO given VALUES
	('rotation_id', 'integer', :'rotation'), ('layer_id', 'integer', (SELECT min(layer_id)::text FROM oncall.layer)),
	('layer_member_id', 'integer', (SELECT min(layer_member_id)::text FROM oncall.layer_member)),
	('person_id', 'integer', '1'), ('instead_of', 'integer', '1'), ('offered_by', 'integer', '1'),
	('in_return_rotation_id', 'integer', :'rotation'), ('in_return_seat', 'smallint', '1'), ('seat', 'smallint', '1'),
	('position', 'numeric', '7'), ('standing', 'text', 'reserve'), ('pay_policy_id', 'integer', '1'), ('since', 'timestamptz', '2126-01-01Z'),
	('day', 'date', '2026-01-02'), ('amount', 'numeric', '1'), ('why', 'text', 'lump');
CREATE TEMP VIEW range_insert AS
SELECT r.attrelid::regclass || '.' || r.attname AS "column", format('INSERT INTO %s (%s) VALUES (%s)', r.attrelid::regclass,
	string_agg(quote_ident(a.attname), ', '), string_agg(format('%L', CASE WHEN a.attnum = r.attnum THEN '[2126-01-02Z,2126-01-03Z]'
		-- no response lies in the future
		WHEN r.attrelid = 'oncall.response'::regclass AND a.attname = 'period' THEN '[2020-01-02Z,2020-01-03Z)' ELSE g.value END), ', ')) AS statement
FROM pg_class c JOIN pg_attribute r ON r.attrelid = c.oid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	LEFT JOIN given g ON g.name = a.attname AND g.type = a.atttypid::regtype
WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'r' AND r.atttypid = 'tstzrange'::regtype AND r.attnum > 0
	AND (a.attnum = r.attnum OR g.value IS NOT NULL AND a.attgenerated = '' AND a.attname NOT LIKE CASE WHEN r.attname LIKE 'in_return%' THEN '' ELSE 'in_return%' END
		 OR a.attnotnull AND NOT a.atthasdef AND a.attidentity = '')
GROUP BY r.attrelid, r.attname;
SELECT i."column", o.* FROM range_insert i, LATERAL pg_temp.outcome(i.statement) AS o ORDER BY 1;
ROLLBACK;
