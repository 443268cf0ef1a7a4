
CREATE FUNCTION oncall_internal.rotation_named(name pg_catalog.text)
RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'rotation_named';
COMMENT ON FUNCTION oncall_internal.rotation_named(pg_catalog.text) IS
'Id of the rotation with this name. Reads the tables as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.person_named(name pg_catalog.text)
RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'person_named';
COMMENT ON FUNCTION oncall_internal.person_named(pg_catalog.text) IS
'Id of the person with this name. Reads the tables as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.team_named(name pg_catalog.text)
RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'team_named';
COMMENT ON FUNCTION oncall_internal.team_named(pg_catalog.text) IS
'Id of the team with this name. Reads the tables as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.calendar_named(name pg_catalog.text)
RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'calendar_named';
COMMENT ON FUNCTION oncall_internal.calendar_named(pg_catalog.text) IS
'Id of the calendar with this name. Reads the tables as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.pay_policy_named(name pg_catalog.text)
RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pay_policy_named';
COMMENT ON FUNCTION oncall_internal.pay_policy_named(pg_catalog.text) IS
'Id of the pay policy with this name. Reads the tables as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';
