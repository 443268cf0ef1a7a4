
CREATE FUNCTION oncall_internal.swap_request_update() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_swap_request_update';
COMMENT ON FUNCTION oncall_internal.swap_request_update() IS
'Trigger of oncall.swap_request: an open offer is accepted (its covers are written at commit), withdrawn or expired, once, by the clock. Errors: 55000 (gone, expired, changed hands), 42501 (for somebody else), 22023 (one''s own), 22004 (nobody is named).';

CREATE FUNCTION oncall_internal.swap_request_take() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_swap_request_take';
COMMENT ON FUNCTION oncall_internal.swap_request_take() IS
'Trigger of oncall.swap_request: somebody takes a shift in their own name, as rotation.may_take says; fills in from whom, from when on and the change. Its cover is written at commit. Errors: 42501 (for somebody else, or not let), 55000 (not held, over), 22023.';

CREATE FUNCTION oncall_internal.swap_request_settle() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_swap_request_settle';
COMMENT ON FUNCTION oncall_internal.swap_request_settle() IS
'Deferred trigger of oncall.swap_request: writes the covers of what this transaction has accepted or taken, as the owner of the table. Errors: 55000 (too late, changed hands), 23P01 (somebody was faster).';
