-- What is going on: incidents that are open.

CREATE VIEW oncall.incident_now WITH (security_invoker = true) AS
	SELECT i.incident_id, s.service_id, coalesce(s.name, i.service_name) AS service, i.severity, i.summary,
		CASE WHEN i.acknowledged_at IS NOT NULL THEN 'answered' WHEN i.waits_since IS NOT NULL THEN 'unanswered' ELSE 'idle' END AS state,
		i.opened_at, i.acknowledged_at, i.step, g.answered_by, g.called, g.waiting, g.waits_until
	FROM oncall.incident i
	JOIN oncall.severity v ON v.name = i.severity
	LEFT JOIN oncall.service s ON s.service_id = i.service_id
	CROSS JOIN LATERAL (
		SELECT string_agg(DISTINCT p.name, ', ') FILTER (WHERE g.acknowledged_at >= i.asked_at) AS answered_by,
			string_agg(DISTINCT p.name, ', ') FILTER (WHERE g.acknowledged_at IS NULL
				AND g.created_at >= i.asked_at) AS called,
			count(*) FILTER (WHERE g.person_id IS NULL AND g.cancelled_at IS NULL) AS waiting,
			min(g.due_at) FILTER (WHERE g.person_id IS NULL AND g.cancelled_at IS NULL) AS waits_until
		FROM oncall.page g LEFT JOIN oncall.person p ON p.person_id = g.person_id
		WHERE g.incident_id = i.incident_id) g
	WHERE i.resolved_at IS NULL
	ORDER BY v.rank, i.opened_at, i.incident_id;
COMMENT ON VIEW oncall.incident_now IS
'Incidents that are open, the worst first: one row for each, with who answered, who was called and has not, and whether pages wait.';
COMMENT ON COLUMN oncall.incident_now.incident_id IS 'The incident.';
COMMENT ON COLUMN oncall.incident_now.service_id IS 'Its service. NULL: it has none.';
COMMENT ON COLUMN oncall.incident_now.service IS 'Name of the service, or what the alert called it.';
COMMENT ON COLUMN oncall.incident_now.severity IS 'How bad it is.';
COMMENT ON COLUMN oncall.incident_now.summary IS 'What is wrong.';
COMMENT ON COLUMN oncall.incident_now.state IS
'answered: enough people have acknowledged it; unanswered: it escalates; idle: neither, since its severity does not page or it has no service.';
COMMENT ON COLUMN oncall.incident_now.opened_at IS 'When it was opened.';
COMMENT ON COLUMN oncall.incident_now.acknowledged_at IS 'When it was answered.';
COMMENT ON COLUMN oncall.incident_now.step IS 'The last step that has called; 0 is the opening.';
COMMENT ON COLUMN oncall.incident_now.answered_by IS 'Who has answered, by name.';
COMMENT ON COLUMN oncall.incident_now.called IS 'Who was called and has not answered, by name.';
COMMENT ON COLUMN oncall.incident_now.waiting IS 'How many pages wait.';
COMMENT ON COLUMN oncall.incident_now.waits_until IS
'Until when the first of them waits. NULL: for somebody to come on, or none does.';
