
CREATE FUNCTION oncall_internal.rotation_named(rotation oncall.ref) RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_rotation_named';
COMMENT ON FUNCTION oncall_internal.rotation_named(oncall.ref) IS
'Id of the rotation with this name or id, read as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.person_named(person oncall.ref) RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_person_named';
COMMENT ON FUNCTION oncall_internal.person_named(oncall.ref) IS
'Id of the person with this name or id, read as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.team_named(team oncall.ref) RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_team_named';
COMMENT ON FUNCTION oncall_internal.team_named(oncall.ref) IS
'Id of the team with this name or id, read as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.calendar_named(calendar oncall.ref) RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_calendar_named';
COMMENT ON FUNCTION oncall_internal.calendar_named(oncall.ref) IS
'Id of the calendar with this name or id, read as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.pay_policy_named(policy oncall.ref) RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pay_policy_named';
COMMENT ON FUNCTION oncall_internal.pay_policy_named(oncall.ref) IS
'Id of the pay policy with this name or id, read as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.service_named(service oncall.ref) RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_service_named';
COMMENT ON FUNCTION oncall_internal.service_named(oncall.ref) IS
'Id of the service with this name or id, read as the caller. Errors: 42704 if there is none, with near names in the hint; 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.service_if_any(service oncall.ref) RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_service_if_any';
COMMENT ON FUNCTION oncall_internal.service_if_any(oncall.ref) IS
'Id of the service with this name or id; NULL if there is none: alerts name what they like. Errors: 42P01 before oncall.setup().';
