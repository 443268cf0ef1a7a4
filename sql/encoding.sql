--
-- names beyond ASCII, which take a database in UTF8
--
-- Tests: hours calendar_text
--
-- What is the same in every encoding stands in hours.sql. Elsewhere
-- expected/encoding_1.out is what comes out.
--
SELECT getdatabaseencoding() <> 'UTF8' AS other_encoding \gset
\if :other_encoding
\echo 'skipped: the database is not in UTF8'
\quit
\endif
SET client_encoding = 'UTF8';

-- byte order, whatever the collation
SELECT h AS "out", h::text::oncall.hours::text = h::text AS same
FROM oncall.hours('nacht=>1:00, über=>1:00, 夜=>1:00, é=>1:00') h;

-- an error quotes whole characters
SELECT 'night=>ü'::oncall.hours;

-- binary: a broken character in a name
CREATE TEMP TABLE received (h oncall.hours);
\set VERBOSITY sqlstate
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\0\0\0\001\0\0\0\001\303\0\0\0\0\0\0\0\001\377\377"' (format binary)
SELECT count(*) FROM received;

-- lines of calendars are not cut within a character
SELECT bool_and(octet_length(l) <= 75) AS short, count(*) > 500 AS many
FROM generate_series(1, 200) n, regexp_split_to_table(oncall_internal.ical_fold(repeat('x', n % 4) || repeat(chr(128640), n)), '\r\n') l;
SELECT char_length(name) AS length, max(octet_length(l)) AS octets, string_agg(ltrim(l), '' ORDER BY n) = name AS whole
FROM unnest(ARRAY[repeat('雪', 60), repeat('é', 37) || 'xé', repeat('🙂', 40)]) AS name,
	regexp_split_to_table(oncall_internal.ical_fold(name), '\r\n') WITH ORDINALITY AS t(l, n)
GROUP BY name ORDER BY length;
-- what other programs take for the end of a line
SELECT oncall_internal.ical_text(U&'a\0085b\2028c\2029d\FFFEe');
