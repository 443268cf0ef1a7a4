
-- What the planner is told of functions that take a window: see estimates.c.

CREATE FUNCTION oncall_internal.roster_estimate(internal) RETURNS internal
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_roster_estimate';
COMMENT ON FUNCTION oncall_internal.roster_estimate(internal) IS
'support function of roster(): rows and cost by its arguments';
CREATE FUNCTION oncall_internal.duties_estimate(internal) RETURNS internal
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_duties_estimate';
COMMENT ON FUNCTION oncall_internal.duties_estimate(internal) IS
'support function of duties(): rows and cost by its arguments';
CREATE FUNCTION oncall_internal.duty_conflicts_estimate(internal) RETURNS internal
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_duty_conflicts_estimate';
COMMENT ON FUNCTION oncall_internal.duty_conflicts_estimate(internal) IS
'support function of duty_conflicts(): rows and cost by its arguments';
CREATE FUNCTION oncall_internal.pay_lines_estimate(internal) RETURNS internal
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pay_lines_estimate';
COMMENT ON FUNCTION oncall_internal.pay_lines_estimate(internal) IS
'support function of pay_lines(): rows and cost by its arguments';
CREATE FUNCTION oncall_internal.pay_pieces_estimate(internal) RETURNS internal
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pay_pieces_estimate';
COMMENT ON FUNCTION oncall_internal.pay_pieces_estimate(internal) IS
'support function of pay_pieces(): rows and cost by its arguments';
CREATE FUNCTION oncall_internal.callout_periods_estimate(internal) RETURNS internal
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_callout_periods_estimate';
COMMENT ON FUNCTION oncall_internal.callout_periods_estimate(internal) IS
'support function of callout_periods(): rows and cost by its arguments';
