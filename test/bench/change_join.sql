\set i :i + 1
SELECT oncall.join_rotation('SRE', 'p' || 9 + :i, since => now() + :i * interval '1 day', until => now() + (:i + 30) * interval '1 day');
