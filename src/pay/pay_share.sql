
-- What shares of time are worth

CREATE FUNCTION oncall_internal.pay_amount(counted pg_catalog.numeric, counted_of pg_catalog.numeric,
	rate pg_catalog.numeric, per pg_catalog.interval, digits pg_catalog.int4)
RETURNS pg_catalog.numeric
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pay_amount';
COMMENT ON FUNCTION oncall_internal.pay_amount(pg_catalog.numeric, pg_catalog.numeric, pg_catalog.numeric, pg_catalog.interval, pg_catalog.int4) IS
'What counted / counted_of microseconds are worth at a rate for each per (a day of it as 24 hours), rounded once, half away from zero, to so many digits after the decimal point. Errors: 22023 for digits not between 0 and 9, 22012 for a counted_of or per of zero, 22008 for an overflow.';
