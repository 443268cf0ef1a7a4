
CREATE FUNCTION oncall_internal.date_begins(date pg_catalog.date, zone pg_catalog.text) RETURNS pg_catalog.timestamptz
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_date_begins';
COMMENT ON FUNCTION oncall_internal.date_begins(pg_catalog.date, pg_catalog.text) IS
'The instant at which a date begins in a zone: the earliest at which the clock on the wall shows no earlier date. Midnight may come twice there, or not at all.';
