
CREATE FUNCTION oncall_internal.plan_shifts(during pg_catalog.tstzrange,
	rotation_id pg_catalog.int4, since pg_catalog.timestamptz,
	weights pg_catalog.int4[], gap_rotation_ids pg_catalog.int4[] DEFAULT '{}',
	gap_seats pg_catalog.int4[] DEFAULT '{}', gap_periods pg_catalog.tstzrange[] DEFAULT '{}')
RETURNS TABLE (rotation_id pg_catalog.int4, seat pg_catalog.int2,
	period pg_catalog.tstzrange, for_person_id pg_catalog.int4,
	by_person_id pg_catalog.int4, reason pg_catalog.text,
	barred pg_catalog.text, heaviest pg_catalog.int8,
	heaviest_person_id pg_catalog.int4, bound pg_catalog.int8,
	most pg_catalog.bool, best pg_catalog.bool)
LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 20
AS 'MODULE_PATHNAME', 'oncall_plan_shifts';
COMMENT ON FUNCTION oncall_internal.plan_shifts(pg_catalog.tstzrange, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.int4[], pg_catalog.int4[], pg_catalog.int4[], pg_catalog.tstzrange[]) IS
'What plan_covers() stands on: who takes over each shift of duty_conflicts(), and each gap (for_person_id NULL). Loads: weighted microseconds; weights: thousandths. Errors: 22004, 22023 (the window, weights, a gap beyond it), 23503, 23514 (no such seat), 22008 (infinite since), 54000 (too many).';
