-- What CHECKs, triggers and queries ask of ranges of timestamptz. All answers
-- at once: the ranges, and which of them are half-open, bounded, believed.
--
-- Tests: period_set
SET TIME ZONE 'UTC';
SELECT period,
	oncall_internal.is_half_open(period) AS half_open,
	oncall_internal.is_bounded(period) AS bounded,
	oncall_internal.is_believed(period) AS believed
FROM unnest(ARRAY[
	'[2026-01-01, 2026-01-02)', '[2026-01-01, 2026-01-02]',
	'(2026-01-01, 2026-01-02)', '(2026-01-01, 2026-01-02]',
	'[2026-01-01,)', '(2026-01-01,)', '(, 2026-01-02)', '(, 2026-01-02]', '(,)',
	'[-infinity, 2026-01-02)', '[2026-01-01, infinity)', '[2026-01-01, infinity]',
	'[-infinity, infinity]', 'empty', NULL]::tstzrange[]) AS period;

-- nothing is left of the calls in a plan, and an index whose predicate is one
-- of them serves a query that asks the same
CREATE TEMP TABLE fact (fact_id int, recorded tstzrange NOT NULL,
	CONSTRAINT fact_recorded CHECK (oncall_internal.is_half_open(recorded)));
CREATE INDEX fact_believed_idx ON fact (fact_id) WHERE oncall_internal.is_believed(recorded);
INSERT INTO fact SELECT n, tstzrange(now(), CASE WHEN n % 100 > 0 THEN now() + interval '1 day' END)
FROM generate_series(1, 10000) AS n;
INSERT INTO fact VALUES (0, '[2026-01-01, 2026-01-02]');
ANALYZE fact;
EXPLAIN (COSTS OFF) SELECT fact_id FROM fact
WHERE fact_id = 100 AND oncall_internal.is_believed(recorded);
EXPLAIN (COSTS OFF) SELECT fact_id FROM fact WHERE fact_id = 100 AND upper_inf(recorded);
SELECT count(*) FROM fact WHERE oncall_internal.is_believed(recorded);
