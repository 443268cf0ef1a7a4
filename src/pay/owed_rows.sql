
-- What one person has earned: for views of all people, which read it for one
-- where they are narrowed to one. These stand on functions that setup() makes.

CREATE FUNCTION oncall_internal.lieu_sums_of(person_id pg_catalog.int4)
RETURNS TABLE (person_id pg_catalog.int4, accrued pg_catalog.interval, taken pg_catalog.interval,
	expired pg_catalog.interval, paid pg_catalog.interval, adjusted pg_catalog.interval)
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100 ROWS 1
AS 'MODULE_PATHNAME', 'oncall_lieu_sums_of';
COMMENT ON FUNCTION oncall_internal.lieu_sums_of(pg_catalog.int4) IS
'For lieu_balance: lieu_sums() of one person. Asked for many in one statement, it reads all at once.';

CREATE FUNCTION oncall_internal.lieu_dues_of(person_id pg_catalog.int4)
RETURNS TABLE (person_id pg_catalog.int4, policy pg_catalog.text, day pg_catalog.date, due_on pg_catalog.date,
	amount pg_catalog.interval)
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100 ROWS 1
AS 'MODULE_PATHNAME', 'oncall_lieu_dues_of';
COMMENT ON FUNCTION oncall_internal.lieu_dues_of(pg_catalog.int4) IS
'For lieu_due: lieu_dues() of one person. Asked for many in one statement, it reads all at once.';

CREATE FUNCTION oncall_internal.pay_report_of(person_id pg_catalog.int4, during pg_catalog.tstzrange,
	pay_policy_id pg_catalog.int4)
RETURNS TABLE (person_id pg_catalog.int4, employee_number pg_catalog.text, person pg_catalog.text,
	pay_policy_id pg_catalog.int4, policy pg_catalog.text, rotation_id pg_catalog.int4, rotation pg_catalog.text,
	kind pg_catalog.text, band pg_catalog.text, pay_code pg_catalog.text, hours pg_catalog.interval,
	paid_hours pg_catalog.numeric, units pg_catalog.numeric, per pg_catalog.interval, rate pg_catalog.numeric,
	amount pg_catalog.numeric, currency pg_catalog.text, lieu_hours pg_catalog.numeric)
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100 ROWS 1
AS 'MODULE_PATHNAME', 'oncall_pay_report_of';
COMMENT ON FUNCTION oncall_internal.pay_report_of(pg_catalog.int4, pg_catalog.tstzrange, pg_catalog.int4) IS
'For pay_by_month: pay_report_rows() of one person. Asked for many in one statement, it reads all at once. Errors: those of pay_report().';
