\set i :i + 1
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (1, 9 + :i, 9 + :i, tstzrange(now() + :i * interval '1 day', now() + (:i + 30) * interval '1 day'));
