\set at random(1610000000, 1766000000)
SELECT r, oncall.on_call(r, to_timestamp(:at)) FROM generate_series(1, 50) AS r;
