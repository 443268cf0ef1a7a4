\set i :i + 1
SELECT oncall.set_members('SRE', ARRAY['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p' || 9 + :i], since => now() + :i * interval '1 day');
