
-- Pay: the lines and pieces on which reports stand

CREATE FUNCTION oncall_internal.pay_lines(during pg_catalog.tstzrange,
	pay_policy_id pg_catalog.int4 DEFAULT NULL, person_id pg_catalog.int4 DEFAULT NULL)
RETURNS TABLE (person_id pg_catalog.int4, pay_policy_id pg_catalog.int4,
	rotation_id pg_catalog.int4, kind pg_catalog.text, band pg_catalog.text,
	pay_code pg_catalog.text, hours pg_catalog.interval,
	counted pg_catalog.numeric, counted_of pg_catalog.numeric,
	rate pg_catalog.numeric, per pg_catalog.interval,
	lieu pg_catalog.interval)
LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 10000 SUPPORT oncall_internal.pay_lines_estimate
AS 'MODULE_PATHNAME', 'oncall_pay_lines';
COMMENT ON FUNCTION oncall_internal.pay_lines(pg_catalog.tstzrange, pg_catalog.int4, pg_catalog.int4) IS
'What was earned in a window, before it is priced, of one policy and person or of all (NULL): counted / counted_of are the microseconds that are paid for. Errors: 22004 for a NULL window, 22023 for one that is not bounded, 42704 for an unknown policy, 22008, 54000 for more than can be paid at once.';

CREATE FUNCTION oncall_internal.pay_pieces(during pg_catalog.tstzrange,
	pay_policy_id pg_catalog.int4 DEFAULT NULL, person_id pg_catalog.int4 DEFAULT NULL,
	known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS TABLE (person_id pg_catalog.int4, pay_policy_id pg_catalog.int4,
	rotation_id pg_catalog.int4, kind pg_catalog.text, band pg_catalog.text,
	pay_code pg_catalog.text, hours pg_catalog.interval,
	counted pg_catalog.numeric, counted_of pg_catalog.numeric,
	rate pg_catalog.numeric, per pg_catalog.interval,
	lieu pg_catalog.interval, paid pg_catalog.bool,
	lieu_factor pg_catalog.numeric, seat pg_catalog.int2,
	callout pg_catalog.tstzrange, responses pg_catalog.int4[],
	worked pg_catalog.interval, minimum pg_catalog.interval,
	period pg_catalog.tstzrange,
	zone pg_catalog.text)
LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 10000 SUPPORT oncall_internal.pay_pieces_estimate
AS 'MODULE_PATHNAME', 'oncall_pay_pieces';
COMMENT ON FUNCTION oncall_internal.pay_pieces(pg_catalog.tstzrange, pg_catalog.int4, pg_catalog.int4, pg_catalog.timestamptz) IS
'The pieces of which those that are paid sum to the rows of pay_lines(): duty by policy days and bands, stretches of call-outs by band, and a row without hours for each day in lieu; with known_at, of the rosters and responses that were known then. Columns and errors as there.';

CREATE FUNCTION oncall_internal.callout_periods(during pg_catalog.tstzrange,
	pay_policy_id pg_catalog.int4 DEFAULT NULL, person_id pg_catalog.int4 DEFAULT NULL,
	unapproved pg_catalog.bool DEFAULT false)
RETURNS TABLE (person_id pg_catalog.int4, pay_policy_id pg_catalog.int4,
	period pg_catalog.tstzrange, ended pg_catalog.timestamptz,
	responses pg_catalog.int4[], lieu pg_catalog.interval)
LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 100 SUPPORT oncall_internal.callout_periods_estimate
AS 'MODULE_PATHNAME', 'oncall_callout_periods';
COMMENT ON FUNCTION oncall_internal.callout_periods(pg_catalog.tstzrange, pg_catalog.int4, pg_catalog.int4, pg_catalog.bool) IS
'The call-outs that start in a window: period goes to the paid end, ended is the latest end of the responses, lieu the time in lieu earned, a day of it as 24 hours; with unapproved, also of responses that nobody has approved. Other arguments and errors as for pay_lines().';
