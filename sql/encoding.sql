--
-- names of bands beyond ASCII, which take a database in UTF8
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
