-- The data of row E: 50 rotations of 9 people who take weeks in turn, with a
-- history of :weeks weeks (a multiple of 9) before 2026-12-29 in which one
-- shift in twenty was covered.

SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null

INSERT INTO oncall.person (person_id, name, zone)
SELECT i, 'Person Number ' || i, 'UTC' FROM generate_series(1, 450) AS i;

BEGIN;
INSERT INTO oncall.rotation (rotation_id, name, zone)
SELECT r, 'rotation ' || r, 'UTC' FROM generate_series(1, 50) AS r;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT r, 9 * (r - 1) + i, 'reserve', '[1970-01-01Z,)' FROM generate_series(1, 50) AS r, generate_series(1, 9) AS i;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
SELECT r, r, oncall.cadence(timestamp '2026-12-29 12:00' - :weeks * interval '7 days', 'UTC', '7 days')
FROM generate_series(1, 50) AS r;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT r, i, 9 * (r - 1) + i FROM generate_series(1, 50) AS r, generate_series(1, 9) AS i;
SET LOCAL session_replication_role = replica;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT r, 1 + w / 20 % 2, tstzrange(at, at + interval '7 days'), 9 * (r - 1) + 1 + (w + 3) % 9,
	(SELECT min(change_id) FROM oncall.change)
FROM generate_series(1, 50) AS r, generate_series(0, :weeks - 1, 20) AS w,
	 LATERAL (SELECT timestamptz '2026-12-29 12:00Z' + (w - :weeks) * interval '7 days' AS at) AS s;
COMMIT;

VACUUM ANALYZE;
