-- Merging: several incidents are one. What belongs to the merged one moves to
-- its target, and remembers where it came from, so that it can move back.

-- Of two who merge the same incidents, in whatever order, the second finds what
-- the first has done.
CREATE FUNCTION oncall_internal.lock_merges() RETURNS void
LANGUAGE sql
RETURN pg_advisory_xact_lock('oncall.incident'::regclass::oid::bigint << 32);
COMMENT ON FUNCTION oncall_internal.lock_merges() IS
'Lets one transaction at a time merge or unmerge incidents.';

CREATE FUNCTION oncall_internal.act_merged(own oncall.incident, source_id integer, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	source oncall.incident;
BEGIN
	PERFORM oncall_internal.refuse_ended(own, 'merged into');
	source := oncall_internal.lock_incident(source_id);
	IF source.incident_id = own.incident_id THEN
		RAISE EXCEPTION 'incident % cannot be merged into itself', own.incident_id USING ERRCODE = '22023';
	ELSIF source.resolution IN ('merged', 'stale') THEN
		PERFORM oncall_internal.refuse_ended(source, 'merged');
	END IF;
	UPDATE oncall.incident i
	SET merged_into = own.incident_id, resolution = 'merged', waits_since = NULL,
		resolved_at = coalesce(i.resolved_at, greatest(act_merged.at, i.opened_at))
	WHERE i.incident_id = source.incident_id;
	PERFORM oncall_internal.cancel_waiting(source.incident_id, act_merged.at);
	UPDATE oncall.page p SET incident_id = own.incident_id, merged_from = coalesce(p.merged_from, source.incident_id)
	WHERE p.incident_id = source.incident_id;
	UPDATE oncall.incident_event e SET incident_id = own.incident_id,
		merged_from = coalesce(e.merged_from, source.incident_id)
	WHERE e.incident_id = source.incident_id;
	UPDATE oncall.response r SET incident_id = own.incident_id
	WHERE r.incident_id = source.incident_id AND oncall_internal.is_believed(r.recorded);
	-- of two who commanded at once, the target's did
	UPDATE oncall.incident_role r SET role = 'responder'
	WHERE r.incident_id = source.incident_id AND r.role = 'commander' AND EXISTS (
		SELECT FROM oncall.incident_role o
		WHERE o.incident_id = own.incident_id AND o.role = 'commander' AND o.period && r.period);
	UPDATE oncall.incident_role r SET incident_id = own.incident_id,
		merged_from = coalesce(r.merged_from, source.incident_id)
	WHERE r.incident_id = source.incident_id;
	PERFORM oncall_internal.record_event(source.incident_id, act_merged.at, 'merged',
		CASE WHEN source.resolved_at IS NULL THEN 'It was open.' ELSE 'It was resolved.' END, NULL, own.incident_id);
	-- who answered the merged one has the whole of it now
	UPDATE oncall.incident i SET asked_at = least(i.asked_at, source.asked_at)
	WHERE i.incident_id = own.incident_id AND source.acknowledged_at IS NOT NULL;
	PERFORM oncall_internal.settle_answers(own.incident_id, act_merged.at);
END
$$;
COMMENT ON FUNCTION oncall_internal.act_merged(oncall.incident, integer, timestamptz) IS
'An incident becomes part of another: its pages, responses, events and roles go there, and it escalates no more.';

CREATE FUNCTION oncall_internal.act_unmerged(own oncall.incident, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	target CONSTANT integer := own.merged_into;
	root CONSTANT integer := oncall_internal.incident_root(own.incident_id);
	own_ids CONSTANT integer[] := ARRAY(SELECT oncall_internal.merged_below(own.incident_id));
	was_open boolean;
	merged_at timestamptz;
	waiting timestamptz;
	other integer;
BEGIN
	IF target IS NULL THEN
		RAISE EXCEPTION 'incident % cannot be unmerged: it is not merged', own.incident_id
			USING ERRCODE = '55000', HINT = coalesce(
				(SELECT 'Merged into it: ' || string_agg(i.incident_id::text, ', ' ORDER BY i.incident_id) || '.'
				FROM oncall.incident i WHERE i.merged_into = own.incident_id),
				'SELECT * FROM oncall.incident WHERE resolution = ''merged'' lists those that are.');
	END IF;
	SELECT e.detail = 'It was open.', e.at INTO was_open, merged_at
	FROM oncall.incident_event e
	WHERE e.kind = 'merged' AND e.other_incident_id = target
		AND (e.incident_id = own.incident_id OR e.merged_from = own.incident_id)
	ORDER BY e.incident_event_id DESC LIMIT 1;
	SELECT i.incident_id INTO other FROM oncall.incident i
	WHERE was_open AND i.dedup_key = own.dedup_key AND i.resolved_at IS NULL
		AND coalesce(i.service_id, 0) = coalesce(own.service_id, 0)
			AND coalesce(i.service_name, '') = coalesce(own.service_name, '');
	IF other IS NOT NULL THEN
		RAISE EXCEPTION 'incident % cannot be unmerged: incident % is open with the same key', own.incident_id, other
			USING ERRCODE = '55000';
	END IF;
	PERFORM oncall_internal.lock_incident(root);
	-- what had come from incidents merged into this one before comes along
	UPDATE oncall.page p SET incident_id = own.incident_id, merged_from = nullif(p.merged_from, own.incident_id)
	WHERE p.incident_id = root AND p.merged_from = ANY (own_ids);
	UPDATE oncall.incident_event e SET incident_id = own.incident_id,
		merged_from = nullif(e.merged_from, own.incident_id)
	WHERE e.incident_id = root AND e.merged_from = ANY (own_ids);
	UPDATE oncall.incident_role r SET incident_id = own.incident_id,
		merged_from = nullif(r.merged_from, own.incident_id)
	WHERE r.incident_id = root AND r.merged_from = ANY (own_ids);
	UPDATE oncall.response r SET incident_id = own.incident_id
	WHERE r.incident_id = root AND oncall_internal.is_believed(r.recorded) AND EXISTS (
		SELECT FROM oncall.response c
		WHERE c.copy_of = r.response_id
			AND c.incident_id = ANY (own_ids));
	-- what waited then, and is wanted still, goes on waiting
	UPDATE oncall.page p SET cancelled_at = NULL
	WHERE was_open AND own.acknowledged_at IS NULL AND p.incident_id = own.incident_id AND p.person_id IS NULL
		AND p.cancelled_at = merged_at AND p.created_at >= own.asked_at;
	SELECT min(p.due_at) INTO waiting
	FROM oncall.page p WHERE p.incident_id = own.incident_id AND p.person_id IS NULL AND p.cancelled_at IS NULL;
	UPDATE oncall.incident i
	SET merged_into = NULL,
		resolution = CASE WHEN was_open THEN NULL ELSE 'resolved' END,
		resolved_at = CASE WHEN was_open THEN NULL ELSE i.resolved_at END,
		-- whoever answered did so before it was merged; otherwise it goes on
		waits_since = CASE WHEN was_open AND i.acknowledged_at IS NULL AND i.service_id IS NOT NULL
				AND (SELECT v.pages FROM oncall.severity v WHERE v.name = i.severity)
					THEN greatest(act_unmerged.at, waiting) END
	WHERE i.incident_id = own.incident_id;
	PERFORM oncall_internal.record_event(root, act_unmerged.at, 'unmerged', NULL, NULL, own.incident_id);
	-- an answer that leaves with it was none to the other, which wants one again
	UPDATE oncall.incident i
	SET acknowledged_at = NULL, waits_since = CASE WHEN v.pages AND i.service_id IS NOT NULL THEN act_unmerged.at END
	FROM oncall.severity v
	WHERE i.incident_id = root AND i.acknowledged_at IS NOT NULL AND i.resolved_at IS NULL AND v.name = i.severity
		AND NOT EXISTS (SELECT FROM oncall.page p WHERE p.incident_id = root AND p.acknowledged_at >= i.asked_at);
	-- whoever was called may have answered meanwhile; of the other fewer were called
	PERFORM oncall_internal.settle_answers(own.incident_id, act_unmerged.at);
	PERFORM oncall_internal.settle_answers(root, act_unmerged.at);
END
$$;
COMMENT ON FUNCTION oncall_internal.act_unmerged(oncall.incident, timestamptz) IS
'A merged incident is one of its own again, open if it was: its pages, events, roles and responses come back; what came since stays with the target. Escalation goes on where it was.';

CREATE FUNCTION oncall_internal.merged_below(incident_id integer) RETURNS SETOF integer
LANGUAGE sql STABLE ROWS 2
BEGIN ATOMIC
	WITH RECURSIVE below AS (
		SELECT $1 AS incident_id
		UNION
		SELECT i.incident_id FROM oncall.incident i JOIN below b ON i.merged_into = b.incident_id)
	SELECT b.incident_id FROM below b;
END;
COMMENT ON FUNCTION oncall_internal.merged_below(integer) IS
'An incident and all that were merged into it, or into one of those.';

CREATE FUNCTION oncall.merge_incidents(target integer, VARIADIC incidents integer[]) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	root integer;
	other integer;
BEGIN
	PERFORM oncall_internal.refuse_null('target', target IS NULL);
	PERFORM oncall_internal.refuse_null('incidents', incidents IS NULL OR array_position(incidents, NULL) IS NOT NULL);
	IF target = ANY (incidents) THEN
		RAISE EXCEPTION 'incident % cannot be merged into itself', target USING ERRCODE = '22023';
	END IF;
	PERFORM oncall_internal.lock_merges();
	root := oncall_internal.incident_root(target);
	FOREACH other IN ARRAY incidents LOOP
		IF NOT EXISTS (SELECT FROM oncall.incident i WHERE i.incident_id = other) THEN
			RAISE EXCEPTION 'incident % does not exist', other
				USING ERRCODE = '42704', HINT = 'SELECT * FROM oncall.incident lists those that do.';
		ELSIF oncall_internal.incident_root(other) = root THEN
			RAISE NOTICE 'incident % is part of incident % already', CASE other WHEN root THEN target ELSE other END, root;
		ELSE
			PERFORM oncall_internal.do_event(root, 'merged', NULL, now(), other_incident_id => other);
		END IF;
	END LOOP;
	RETURN root;
END
$$;
COMMENT ON FUNCTION oncall.merge_incidents(integer, integer[]) IS
'Makes incidents part of one, to which their pages, responses, events and roles go; returns it: the target, or what that was merged into. What is part of it already stays so. Errors: 55000 (the target has ended, another merged elsewhere or stale), 22023 (into itself), 42704, 42501.';

CREATE FUNCTION oncall.unmerge(incident integer, note text DEFAULT NULL, person oncall.ref DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.do_event(incident, 'unmerged', person, now(), note);
END
$$;
COMMENT ON FUNCTION oncall.unmerge(integer, text, oncall.ref) IS
'Takes a merged incident out again: open if it was open then, with what belonged to it; what came since stays where it is. Errors: 55000 (it is not merged, or another is open with its key), 42704, 42501.';

CREATE FUNCTION oncall.merge_candidates(within interval DEFAULT '10 minutes')
RETURNS TABLE (target_id integer, target text, incident_id integer, incident text, apart interval, reason text)
LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM oncall_internal.refuse_null('within', within IS NULL);
	IF NOT (isfinite(within) AND within > '0') THEN
		RAISE EXCEPTION 'within must be a length of time greater than zero' USING ERRCODE = '22023';
	END IF;
	RETURN QUERY
	-- a run of incidents, each soon after the one before, is one failure; the
	-- worst of them, and the first, is what the others are merged into
	WITH beads AS (
		SELECT i.*, v.rank,
			count(*) FILTER (WHERE i.fresh) OVER (ORDER BY i.opened_at, i.incident_id) AS run
		FROM (
			SELECT o.*, (o.opened_at - lag(o.opened_at) OVER (ORDER BY o.opened_at,
				o.incident_id) <= within) IS NOT TRUE AS fresh
			FROM oncall.incident o WHERE o.resolved_at IS NULL) i
		JOIN oncall.severity v ON v.name = i.severity), heads AS (
		SELECT b.*, first_value(b.incident_id) OVER w AS head, first_value(b.summary) OVER w AS head_summary,
			first_value(b.opened_at) OVER w AS head_opened, first_value(b.service_id) OVER w AS head_service
		FROM beads b WINDOW w AS (PARTITION BY b.run ORDER BY b.rank, b.opened_at, b.incident_id))
	SELECT h.head, h.head_summary, h.incident_id, h.summary, h.opened_at - h.head_opened,
		CASE WHEN h.service_id IS NOT DISTINCT FROM h.head_service THEN 'the same service' ELSE 'several services' END
	FROM heads h WHERE h.incident_id <> h.head
	ORDER BY h.head_opened, h.head, h.opened_at, h.incident_id;
END
$$;
COMMENT ON FUNCTION oncall.merge_candidates(interval) IS
'Which open incidents may be one failure, such as a cloud provider''s: those that were opened one soon after the other, with the worst of them as the target. One row for each that would be merged. Errors: 22023, 22004.';
