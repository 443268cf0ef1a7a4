\set i :i + 1
\set r 1 + :i % 50
\set w 2 * (:i / 50)
\set a 9 * (:r - 1) + 1 + :w % 9
\set b 9 * (:r - 1) + 1 + (:w + 1) % 9
BEGIN;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (:r, 1, tstzrange(timestamptz '2026-12-29 12:00Z' + :w * interval '7 days', timestamptz '2026-12-29 12:00Z' + (:w + 1) * interval '7 days'), :b);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (:r, 1, tstzrange(timestamptz '2026-12-29 12:00Z' + (:w + 1) * interval '7 days', timestamptz '2026-12-29 12:00Z' + (:w + 2) * interval '7 days'), :a);
COMMIT;
