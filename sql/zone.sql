-- Names of time zones
--
-- Tests: tz zone_offsets
SELECT oncall.is_zone('Pacific/Auckland'), oncall.is_zone('UTC'),
	oncall.is_zone('America/Argentina/Buenos_Aires'), oncall.is_zone(NULL);

-- names with digits and signs, as far as the database has them
SELECT name, oncall.is_zone(name)
FROM unnest('{Etc/GMT+3,Etc/GMT-14}'::text[]) AS name;

-- only the canonical spelling
\set SHOW_CONTEXT never
CREATE FUNCTION pg_temp.refused(name text)
RETURNS TABLE (state text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM oncall.is_zone(name);
	state := 'accepted';
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END $$;
\pset format unaligned
\pset recordsep '\n\n'
\pset fieldsep '\n'
\pset tuples_only on
SELECT r.*
FROM unnest(ARRAY['europe/paris', 'PACIFIC/AUCKLAND', 'Etc/gmt+3',
	-- misspelt, without the region, with the wrong one, with a space
	'Pacific/Aukland', 'Aukland', 'Auckland', 'Pacifc/Auckland',
	'Asia/Auckland', 'America/New York', 'new york', 'Mars/Phobos',
	-- files that AT TIME ZONE reads as abbreviations
	'CET', 'EET', 'EST', 'HST', 'MET', 'MST', 'WET', 'est',
	-- abbreviations
	'PST', 'CEST', 'NZDT',
	-- POSIX rules and offsets
	'FOO+3', '<+03>-3', 'NZST-12NZDT,M9.5.0,M4.1.0/3', 'UTC+1', '+13:00', '13',
	'Etc/GMT+15',
	-- what belongs to the machine, and other files
	'localtime', 'posixrules', 'posix/localtime', 'zone.tab', 'tzdata.zi',
	'../zoneinfo/UTC', 'Europe', 'Europe/', '/UTC', ':UTC',
	'', ' UTC', E'Europe/Par\nis', repeat('Pacific/', 9)]) AS name,
	LATERAL pg_temp.refused(name) AS r;
\pset format aligned
\pset tuples_only off

-- a zone in a table
CREATE TEMP TABLE office (zone text CHECK (oncall.is_zone(zone)));
INSERT INTO office VALUES ('Europe/London'), (NULL);
INSERT INTO office VALUES ('Europe/Lodnon');

-- near names whatever the case: a place goes before what only resembles it
SELECT oncall.is_zone('berlin');
SELECT oncall.is_zone('ROME');
SELECT oncall.is_zone('lima');
SELECT oncall.is_zone('europe/berln');
-- an abbreviation in small letters is one, too
SELECT oncall.is_zone('nzst');
SELECT oncall.is_zone('cest');
-- and of many rows the error says whose zone it is
SELECT oncall_internal.is_zone_of('Europe/Rome', 'person', 'Ann'), oncall_internal.is_zone_of(NULL, 'person', 'Ann');
SELECT oncall_internal.is_zone_of('Europe/Rom', 'person', 'Bert');
SELECT oncall_internal.is_zone_of('europe/rome', 'team', 'Web');
