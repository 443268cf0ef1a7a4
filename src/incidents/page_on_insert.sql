
CREATE FUNCTION oncall.page_on_insert() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_page_on_insert';
COMMENT ON FUNCTION oncall.page_on_insert() IS
'Trigger for a table of alerts, AFTER INSERT (OR UPDATE) FOR EACH ROW: opens incidents. Arguments name=column or name=''constant'': service, summary, severity, source, dedup_key, opened_at, resolved_at, notify=off. Errors, when it first fires: 42703, 42804, 22023. EXECUTE is granted by name.';
-- whoever attaches it to a table writes incidents and has people called
REVOKE EXECUTE ON FUNCTION oncall.page_on_insert() FROM PUBLIC;
