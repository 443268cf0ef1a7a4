
CREATE FUNCTION oncall.audit(during pg_catalog.tstzrange)
RETURNS TABLE (constraint_name pg_catalog.text,
	person_id pg_catalog.int4, person pg_catalog.text,
	rotation_id pg_catalog.int4, rotation pg_catalog.text,
	period pg_catalog.tstzrange, message pg_catalog.text,
	detail pg_catalog.text, other_rotation_id pg_catalog.int4)
LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 10
AS 'MODULE_PATHNAME', 'oncall_audit';
COMMENT ON FUNCTION oncall.audit(pg_catalog.tstzrange) IS
'Every breach of the rules of trades that stands in a window, in all rotations: a row for each person, rule and counterpart. period: from the first to the last instant of what touches it; other_rotation_id: the second that clashes. Errors: 22004 (NULL), 22023 (not bounded), 54000 (too many shifts).';

CREATE FUNCTION oncall_internal.breaches_of(during pg_catalog.tstzrange, rotation_id pg_catalog.int4)
RETURNS TABLE (constraint_name pg_catalog.text,
	person_id pg_catalog.int4, person pg_catalog.text,
	rotation_id pg_catalog.int4, rotation pg_catalog.text,
	period pg_catalog.tstzrange, message pg_catalog.text,
	detail pg_catalog.text, other_rotation_id pg_catalog.int4)
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000 ROWS 1
AS 'MODULE_PATHNAME', 'oncall_breaches_of';
COMMENT ON FUNCTION oncall_internal.breaches_of(pg_catalog.tstzrange, pg_catalog.int4) IS
'The rows of audit() that concern one rotation, as rotation_id or as other_rotation_id; reads only what bears on its people. Errors: as there.';

CREATE FUNCTION oncall.objections(rotation_id pg_catalog.int4[],
	seat pg_catalog.int2[], period pg_catalog.tstzrange[],
	person_id pg_catalog.int4[], hints pg_catalog.bool DEFAULT false)
RETURNS TABLE (person_id pg_catalog.int4, constraint_name pg_catalog.text,
	rotation_id pg_catalog.int4, period pg_catalog.tstzrange,
	message pg_catalog.text, detail pg_catalog.text, hint pg_catalog.text)
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000 ROWS 1
AS 'MODULE_PATHNAME', 'oncall_objections';
COMMENT ON FUNCTION oncall.objections(pg_catalog.int4[], pg_catalog.int2[], pg_catalog.tstzrange[], pg_catalog.int4[], pg_catalog.bool) IS
'What the rules would object to covers written now, together: person_id[i] (NULL: nobody) in seat[i] of rotation_id[i] for period[i]. No rows: legal. hints: also say what would be legal instead. Errors: 22004 (NULL), 22023 (lengths differ, bad period), 23503 (unknown id), 23514 (unknown seat).';

CREATE FUNCTION oncall_internal.legal_trades(rotation_id pg_catalog.int4[],
	seat pg_catalog.int2[], period pg_catalog.tstzrange[],
	person_id pg_catalog.int4[], trade pg_catalog.int4[])
RETURNS pg_catalog.int4[]
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'oncall_legal_trades';
COMMENT ON FUNCTION oncall_internal.legal_trades(pg_catalog.int4[], pg_catalog.int2[], pg_catalog.tstzrange[], pg_catalog.int4[], pg_catalog.int4[]) IS
'Several trades at once, each judged as if there were no other: those of which oncall.objections() would have no rows. trade: the number of each cover''s trade; they ascend. Errors as there.';
