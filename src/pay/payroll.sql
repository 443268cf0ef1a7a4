
-- Pay: the lines and pieces on which reports stand

CREATE FUNCTION oncall_internal.pay_lines(during pg_catalog.tstzrange,
	pay_policy_id pg_catalog.int4 DEFAULT NULL, person_id pg_catalog.int4 DEFAULT NULL)
RETURNS TABLE (person_id pg_catalog.int4, pay_policy_id pg_catalog.int4,
	kind pg_catalog.text, band pg_catalog.text, hours pg_catalog.interval,
	counted pg_catalog.numeric, counted_of pg_catalog.numeric,
	rate pg_catalog.numeric, per pg_catalog.interval,
	lieu pg_catalog.interval)
LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'oncall_pay_lines';
COMMENT ON FUNCTION oncall_internal.pay_lines(pg_catalog.tstzrange, pg_catalog.int4, pg_catalog.int4) IS
'What was earned in a window, before it is priced: a row for each person, policy, kind (standby or callout), and name, rate and per of a band; of one policy and person, or of all (NULL). hours is the time itself; counted / counted_of are the microseconds that are paid for, an exact fraction of whole numbers: where per is in days, a policy day held whole counts as 24 hours and a part of it in proportion. So the amount is counted * rate / (counted_of * per in microseconds, a day as 24 hours). lieu is the time in lieu, a day of it as 24 hours, rounded to the microsecond. pay_report() shows amounts. Reads the tables as the caller; a response that goes on counts up to now(). Errors: 22004 for a NULL window, 22023 for one that is empty or not bounded, 42704 for an unknown policy, 22008 for a call-out beyond the end of time, 54000 for more shifts than can be paid at once, 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.pay_pieces(during pg_catalog.tstzrange,
	pay_policy_id pg_catalog.int4 DEFAULT NULL, person_id pg_catalog.int4 DEFAULT NULL)
RETURNS TABLE (person_id pg_catalog.int4, pay_policy_id pg_catalog.int4,
	kind pg_catalog.text, band pg_catalog.text, hours pg_catalog.interval,
	counted pg_catalog.numeric, counted_of pg_catalog.numeric,
	rate pg_catalog.numeric, per pg_catalog.interval,
	lieu pg_catalog.interval, paid pg_catalog.bool,
	lieu_factor pg_catalog.numeric,
	rotation_id pg_catalog.int4, seat pg_catalog.int2,
	callout pg_catalog.tstzrange, period pg_catalog.tstzrange,
	zone pg_catalog.text)
LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 10000
AS 'MODULE_PATHNAME', 'oncall_pay_pieces';
COMMENT ON FUNCTION oncall_internal.pay_pieces(pg_catalog.tstzrange, pg_catalog.int4, pg_catalog.int4) IS
'The pieces of which those that are paid sum to the rows of pay_lines(), with the same columns and errors. Of standby: period is a stretch of one duty in one band, clipped to the window; where only one of several duties at once is paid, the others are pieces that are not paid and do not count, but for their hours, which lines leave out; counted holds the whole policy days, if the band pays those, that begin to be held in it. Of a call-out (callout is the time from its start to its paid end): its stretches by band; and a row without hours for each lieu_day, whose period is the part of a response that earned it. zone is that in which the bands are counted. No order is promised.';

CREATE FUNCTION oncall_internal.callout_periods(during pg_catalog.tstzrange,
	pay_policy_id pg_catalog.int4 DEFAULT NULL, person_id pg_catalog.int4 DEFAULT NULL)
RETURNS TABLE (person_id pg_catalog.int4, pay_policy_id pg_catalog.int4,
	period pg_catalog.tstzrange, ended pg_catalog.timestamptz,
	responses pg_catalog.int4[], lieu pg_catalog.interval)
LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 100
AS 'MODULE_PATHNAME', 'oncall_callout_periods';
COMMENT ON FUNCTION oncall_internal.callout_periods(pg_catalog.tstzrange, pg_catalog.int4, pg_catalog.int4) IS
'The call-outs that start in a window: period goes from the start to the paid end, ended is the latest end of the responses that they were formed from, lieu the time in lieu that it earns, a day of it as 24 hours. Those of people who are paid by no policy at their start are left out. Order, arguments and errors as for pay_lines().';
