-- What the chapters of setup() have in common: when a layer begins, times as
-- text, arguments.
\set ON_ERROR_ROLLBACK on
BEGIN;
SELECT oncall.setup() IS NOT NULL AS done;

-- A layer begins with the first handover of its cadence, also where turn 0 is
-- empty, since a day is missing on the wall.
SELECT c AS cadence, oncall.turn_period(c, 0) AS turn_0, oncall_internal.layer_begins('(,)', c) AS begins,
	oncall_internal.layer_begins('[2012-01-01,)', c) AS valid_later
FROM (VALUES ('R/2011-12-30T12:00[Pacific/Apia]/P1D'::oncall.cadence), ('R/2011-12-29T12:00[Pacific/Apia]/P1D')) v(c);
-- to lint(), a rotation that begins so has a layer
SELECT oncall.add_person('Sina', 'Pacific/Apia') + oncall.add_person('Tavita', 'Pacific/Apia') > 0 AS people;
SELECT oncall.add_rotation('Apia', '{Sina,Tavita}', 'R/2011-12-30T12:00[Pacific/Apia]/P1D', seats => '{primary}') > 0 AS rotation;
SELECT rule, level, detail FROM oncall.lint('Apia') WHERE rule = 'no gaps';
SELECT min(lower(period)) AS first_shift FROM oncall.shift WHERE rotation = 'Apia';

-- Times as text: seconds only where there are any, literals that the server
-- takes back, also in the hour that comes twice.
SELECT oncall_internal.wall_time(t, z), oncall_internal.local_time(t, z), oncall_internal.literal_time(t, z),
	trim(both '''' FROM oncall_internal.literal_time(t, z))::timestamptz = t AS same
FROM (VALUES ('2026-07-01 10:00+00'::timestamptz, 'Europe/Berlin'), ('2026-07-01 10:00:05+00', 'Europe/Berlin'),
	('2026-07-01 10:00:05.25+00', 'Asia/Kolkata'), ('2026-10-25 00:30+00', 'Europe/Berlin'), ('2026-10-25 01:30+00', 'Europe/Berlin')) v(t, z);
SELECT oncall_internal.local_days('[2026-03-29,2026-03-30)', 'Europe/Berlin'), oncall_internal.date_span('[2026-03-29,2026-03-30)') AS one,
	oncall_internal.date_span('[2026-03-29,2026-04-02]') AS more;

-- Arguments
SELECT oncall_internal.refuse_null('seat', false), oncall_internal.refuse_infinity('at', now()),
	oncall_internal.refuse_period('period', '[2026-01-01,2026-01-02)');
\set SHOW_CONTEXT never
SELECT oncall_internal.refuse_null('seat', true);
SELECT oncall_internal.refuse_infinity('at', '-infinity');
SELECT oncall_internal.refuse_period('period', NULL);
\set VERBOSITY terse
SELECT oncall_internal.refuse_period('period', 'empty');
SELECT oncall_internal.refuse_period('period', '[2026-01-01,2026-01-02]');
SELECT oncall_internal.refuse_period('period', '(2026-01-01,2026-01-02)');
SELECT oncall_internal.refuse_period('period', '[2026-01-01,)');
SELECT oncall_internal.refuse_period('period', '[2026-01-01,infinity)');
ROLLBACK;
