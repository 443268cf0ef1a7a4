\set r random(1, 50)
\set at random(1610000000, 1766000000)
SELECT oncall.on_call(:r::int, to_timestamp(:at));
