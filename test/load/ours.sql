-- What people and programs do, with oncall: one statement each, told only a number
-- drawn at random. The functions of plain.sql do the same without it.

CREATE SCHEMA ours;
CREATE TABLE ours.started AS SELECT max(incident_id) AS incident_id, (SELECT max(change_id) FROM oncall.change) AS change_id FROM oncall.incident;

CREATE FUNCTION ours.page(seed int) RETURNS int
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT oncall.open_incident('service ' || 1 + $1 % (SELECT max(service_id) FROM oncall.service), 'It does not answer.',
		CASE WHEN $1 % 10 = 0 THEN 'SEV1' ELSE 'SEV2' END, dedup_key => $1 || ' at ' || clock_timestamp());
END;

-- one of the oldest that wait for an answer, by somebody who was called
CREATE FUNCTION ours.acknowledge(seed int) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	g record;
BEGIN
	SELECT p.incident_id, p.person_id INTO g
	FROM (SELECT i.incident_id FROM oncall.incident AS i
		  WHERE i.resolved_at IS NULL AND i.acknowledged_at IS NULL ORDER BY i.opened_at OFFSET seed % 48 LIMIT 1) AS i
	JOIN oncall.page AS p USING (incident_id)
	WHERE p.person_id IS NOT NULL AND p.acknowledged_at IS NULL AND p.cancelled_at IS NULL
	LIMIT 1;
	IF NOT FOUND THEN
		INSERT INTO load.outcome VALUES ('ours', 'acknowledge', 'nothing there');
		RETURN;
	END IF;
	PERFORM oncall.acknowledge(g.incident_id, g.person_id);
	INSERT INTO load.answer VALUES ('ours', g.incident_id, g.person_id);
EXCEPTION WHEN OTHERS THEN
	INSERT INTO load.outcome VALUES ('ours', 'acknowledge', SQLSTATE);
END
$$;

CREATE FUNCTION ours.resolve(seed int) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	one int;
BEGIN
	SELECT i.incident_id INTO one FROM oncall.incident AS i
	WHERE i.resolved_at IS NULL AND i.acknowledged_at IS NOT NULL ORDER BY i.opened_at OFFSET seed % 48 LIMIT 1;
	IF NOT FOUND THEN
		INSERT INTO load.outcome VALUES ('ours', 'resolve', 'nothing there');
		RETURN;
	END IF;
	PERFORM oncall.resolve(one, 'It answers again.');
EXCEPTION WHEN OTHERS THEN
	INSERT INTO load.outcome VALUES ('ours', 'resolve', SQLSTATE);
END
$$;

-- a gateway takes on what is to be sent, and sends it
CREATE FUNCTION ours.deliver(seed int) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM oncall.page_sent(c.page_id) FROM oncall.claim_pages('gateway ' || seed % 2) AS c;
END
$$;

-- two who are first in weeks of the next half year change places
CREATE FUNCTION ours.trade(seed int) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	r CONSTANT int := 1 + seed % (SELECT max(rotation_id) FROM oncall.rotation);
	x CONSTANT timestamptz := now() + (1 + seed / 50 % 26) * interval '7 days';
	y CONSTANT timestamptz := now() + (1 + seed / 1300 % 26) * interval '7 days';
	a CONSTANT int := oncall.seat_holder(r, 1, x);
	b CONSTANT int := oncall.seat_holder(r, 1, y);
BEGIN
	IF a = b THEN
		INSERT INTO load.outcome VALUES ('ours', 'trade', 'nothing there');
		RETURN;
	END IF;
	PERFORM oncall.swap_shifts(r, a, x, b, y, a_seat => '1', b_seat => '1');
	-- judged here, not at commit, so that what is refused can be told
	SET CONSTRAINTS ALL IMMEDIATE;
EXCEPTION WHEN OTHERS THEN
	INSERT INTO load.outcome VALUES ('ours', 'trade', SQLSTATE);
END
$$;
