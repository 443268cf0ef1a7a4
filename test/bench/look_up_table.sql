\set r random(1, 50)
\set at random(1610000000, 1766000000)
SELECT pair FROM bench.shift WHERE rotation_id = :r AND starts <= to_timestamp(:at) ORDER BY starts DESC LIMIT 1;
