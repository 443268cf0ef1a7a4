-- What is not as it should be, whatever has been done to incidents in whatever
-- order: a row for each incident or page, and the rule that it breaks.
WITH RECURSIVE root AS (
	SELECT i.incident_id, i.merged_into, ARRAY[i.incident_id] AS path FROM oncall.incident i
	UNION ALL
	SELECT r.incident_id, i.merged_into, r.path || i.incident_id
	FROM root r JOIN oncall.incident i ON i.incident_id = r.merged_into
	WHERE i.incident_id <> ALL (r.path)), answers AS (
	SELECT i.incident_id, v.answers AS wanted, count(DISTINCT p.person_id) AS called,
		count(DISTINCT p.person_id) FILTER (WHERE p.acknowledged_at >= i.asked_at) AS answered
	FROM oncall.incident i
	JOIN oncall.severity v ON v.name = i.severity
	LEFT JOIN oncall.page p ON p.incident_id = i.incident_id AND (p.created_at >= i.asked_at OR p.acknowledged_at >= i.asked_at)
	WHERE i.resolved_at IS NULL
	GROUP BY i.incident_id, v.answers), pending AS (
	SELECT p.* FROM oncall.page p WHERE p.sent_at IS NULL AND p.acknowledged_at IS NULL AND p.cancelled_at IS NULL)
SELECT 'an incident that is over or answered waits for no step' AS rule, i.incident_id
FROM oncall.incident i WHERE i.waits_since IS NOT NULL AND (i.resolved_at IS NOT NULL OR i.acknowledged_at IS NOT NULL)
UNION ALL
SELECT 'one that nobody has answered does', i.incident_id
FROM oncall.incident i JOIN oncall.severity v ON v.name = i.severity
WHERE i.waits_since IS NULL AND i.resolved_at IS NULL AND i.acknowledged_at IS NULL AND i.service_id IS NOT NULL AND v.pages
UNION ALL
SELECT 'one that is answered has an answer', i.incident_id
FROM oncall.incident i JOIN answers a ON a.incident_id = i.incident_id WHERE i.acknowledged_at IS NOT NULL AND a.answered = 0
UNION ALL
SELECT 'one with enough answers is answered', i.incident_id
FROM oncall.incident i JOIN answers a ON a.incident_id = i.incident_id
JOIN oncall.severity v ON v.name = i.severity AND v.pages
WHERE i.acknowledged_at IS NULL AND a.answered >= greatest(1, least(a.wanted, a.called))
UNION ALL
SELECT 'its step is one of its service, or the manager''s', i.incident_id
FROM oncall.incident i
WHERE i.service_id IS NOT NULL AND i.step NOT IN (0, oncall_internal.manager_step(i.service_id))
	AND NOT EXISTS (SELECT FROM oncall.escalation_step e WHERE e.service_id = i.service_id AND e.step = i.step)
UNION ALL
SELECT 'merges make no circle', r.incident_id FROM root r WHERE r.merged_into = ANY (r.path)
UNION ALL
SELECT 'what is merged has no pages, responses or roles of its own', i.incident_id
FROM oncall.incident i
WHERE i.merged_into IS NOT NULL AND (EXISTS (SELECT FROM oncall.page p WHERE p.incident_id = i.incident_id)
	OR EXISTS (SELECT FROM oncall.response r WHERE r.incident_id = i.incident_id AND upper_inf(r.recorded))
	OR EXISTS (SELECT FROM oncall.incident_role r WHERE r.incident_id = i.incident_id))
UNION ALL
SELECT 'no page waits about one that is over', p.incident_id
FROM pending p JOIN oncall.incident i ON i.incident_id = p.incident_id WHERE p.person_id IS NULL AND i.resolved_at IS NOT NULL
UNION ALL
SELECT 'or answered', p.incident_id
FROM pending p JOIN oncall.incident i ON i.incident_id = p.incident_id WHERE p.person_id IS NULL AND i.acknowledged_at IS NOT NULL
UNION ALL
SELECT 'nobody works on one that is over', r.incident_id
FROM oncall.response r JOIN oncall.incident i ON i.incident_id = r.incident_id
WHERE upper_inf(r.period) AND upper_inf(r.recorded) AND i.resolved_at IS NOT NULL
UNION ALL
SELECT 'or has a role in it', r.incident_id
FROM oncall.incident_role r JOIN oncall.incident i ON i.incident_id = r.incident_id WHERE upper_inf(r.period) AND i.resolved_at IS NOT NULL
UNION ALL
SELECT 'what was written was done', e.incident_id FROM oncall.incident_event e WHERE e.recorded_at IS NULL
UNION ALL
SELECT 'it was opened, once', i.incident_id
FROM oncall.incident i
LEFT JOIN oncall.incident_event e ON e.kind = 'opened' AND coalesce(e.merged_from, e.incident_id) = i.incident_id
GROUP BY i.incident_id HAVING count(e.incident_event_id) <> 1
UNION ALL
SELECT 'with one key one is open', min(i.incident_id)
FROM oncall.incident i WHERE i.resolved_at IS NULL AND i.dedup_key IS NOT NULL
GROUP BY i.dedup_key, i.service_id, i.service_name HAVING count(*) > 1
