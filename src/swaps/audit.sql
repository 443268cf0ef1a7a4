
CREATE FUNCTION oncall.audit(during pg_catalog.tstzrange)
RETURNS TABLE (constraint_name pg_catalog.text,
	person_id pg_catalog.int4, person pg_catalog.text,
	rotation_id pg_catalog.int4, rotation pg_catalog.text,
	period pg_catalog.tstzrange, message pg_catalog.text,
	detail pg_catalog.text)
LANGUAGE C STABLE PARALLEL SAFE COST 100000 ROWS 10
AS 'MODULE_PATHNAME', 'oncall_audit';
COMMENT ON FUNCTION oncall.audit(pg_catalog.tstzrange) IS
'Every breach of the rules of trades that stands in a window, in all rotations, found by the code that judges trades: what came about by changes that are not judged (layers, absences, limits, people who left), while triggers were disabled, or by late covers. A row for each person, rule and counterpart; period is from the first to the last instant of the breach, which may begin before the window or end after it. A limit counts in a stretch of duty if its rotation has duty in it no further from the window than the longest limit. Reads the tables as the caller, whose row-level security may hide absences. Errors: 22004 for a NULL window, 22023 for one that is empty or not bounded, 54000 for one in which there are more than 10,000,000 shifts of one person, 42P01 before oncall.setup().';

CREATE FUNCTION oncall.objections(rotation_id pg_catalog.int4[],
	seat pg_catalog.int2[], period pg_catalog.tstzrange[],
	person_id pg_catalog.int4[])
RETURNS TABLE (person_id pg_catalog.int4, constraint_name pg_catalog.text,
	rotation_id pg_catalog.int4, period pg_catalog.tstzrange,
	message pg_catalog.text, detail pg_catalog.text, hint pg_catalog.text)
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100000 ROWS 1
AS 'MODULE_PATHNAME', 'oncall_objections';
COMMENT ON FUNCTION oncall.objections(pg_catalog.int4[], pg_catalog.int2[], pg_catalog.tstzrange[], pg_catalog.int4[]) IS
'What the rules would object to covers if they were written now, together, over those that there are: element i of each array says that person_id[i] (NULL: nobody) holds seat[i] of rotation_id[i] in period[i]. Nothing is written; no rows means that they are legal. A row for each breach, the one that a refused trade would report first: the person, the rule, the rotation concerned, from the first to the last instant, and message, detail and hint as the error would have them. Reads the tables as the caller, whose row-level security may hide absences, so that what is legal here may be refused when it is written. Errors: 22004 for NULL in the other arrays, 22023 for arrays of different lengths and for a period that is empty or not bounded, 23503 for an unknown rotation or person, 23514 for a seat that the rotation does not have.';
