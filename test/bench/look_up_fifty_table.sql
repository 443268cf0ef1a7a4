\set at random(1610000000, 1766000000)
SELECT r, s.pair FROM generate_series(1, 50) AS r,
	LATERAL (SELECT pair FROM bench.shift WHERE rotation_id = r AND starts <= to_timestamp(:at) ORDER BY starts DESC LIMIT 1) AS s;
