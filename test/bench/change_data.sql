-- The data of row G: a rotation of 9 people who have taken weeks in turn for
-- ten years, one shift in twenty covered, somebody away every month.

SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null

INSERT INTO oncall.person (person_id, name, zone)
SELECT i, 'p' || i, 'UTC' FROM generate_series(1, 9 + :joiners) AS i;

SELECT date_trunc('week', now()) - interval '520 weeks' + interval '12 hours' AS since \gset
BEGIN;
SET LOCAL oncall.past_reason = 'as it was';
INSERT INTO oncall.rotation (rotation_id, name, zone) VALUES (1, 'SRE', 'UTC');
INSERT INTO oncall.layer (layer_id, rotation_id, cadence, valid)
SELECT 1, 1, oncall.cadence(timestamptz :'since' AT TIME ZONE 'UTC', 'UTC', '7 days'), tstzrange(:'since', NULL);
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid)
SELECT 1, i, i, tstzrange(:'since', NULL) FROM generate_series(1, 9) AS i;
INSERT INTO oncall.layer_leave (layer_member_id, period)
SELECT m.layer_member_id, tstzrange(at, at + interval '3 weeks')
FROM generate_series(0, 119) AS n
JOIN oncall.layer_member m ON m.person_id = 1 + n % 9,
	LATERAL (SELECT timestamptz :'since' + n * interval '30 days' AS at) AS s;
SET LOCAL session_replication_role = replica;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT 1, 1 + w / 20 % 2, tstzrange(at, at + interval '7 days'), 1 + (w + 3) % 9, (SELECT min(change_id) FROM oncall.change)
FROM generate_series(0, 519, 20) AS w,
	LATERAL (SELECT timestamptz :'since' + w * interval '7 days' AS at) AS s;
COMMIT;

VACUUM ANALYZE;
