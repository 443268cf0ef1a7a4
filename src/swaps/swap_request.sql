
CREATE FUNCTION oncall_internal.swap_request_update() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_swap_request_update';
COMMENT ON FUNCTION oncall_internal.swap_request_update() IS
'Trigger of oncall.swap_request: an open offer is accepted (which writes its covers, as the owner of the table), withdrawn or expired, once. Errors: 55000 (gone, expired, changed hands), 42501 (for somebody else), 22023 (one''s own), 22004 (nobody is named).';
