# Whatever takes long can be cancelled: reports and plans of 1,000 years answer
# within a second, at whatever moment they are asked to stop. (By hand, on a
# machine that does nothing else, it is a tenth of one.)
#
# Connects by the environment (PGHOST, PGPORT, ...), as a superuser; makes a
# database of its own and drops it.

use strict;
use warnings;

use Test::More;

my $database = "oncall_cancel_$$";

# The moments, in milliseconds: none is done at the first, some are at the last.
my @moments = (20, 400, 2000);
my $patience = 1000;

# Run psql on a script; all that it printed.
sub psql
{
	my ($where, $script) = @_;

	open(my $file, '>', "/tmp/$database.sql") or die "cannot write: $!";
	print $file $script;
	close($file);
	my $output = qx(psql -XAtq -v ON_ERROR_STOP=0 -d $where -f /tmp/$database.sql 2>&1);
	unlink("/tmp/$database.sql");
	return $output;
}

psql('postgres', "CREATE DATABASE $database;");
is(psql($database, <<'END'), '', 'a company with much history');
SET client_min_messages = warning;
CREATE EXTENSION oncall;
SELECT FROM oncall.setup() AS done;
\o /dev/null
SELECT oncall.add_person('p' || n, 'Europe/London') FROM generate_series(1, 24) n;
INSERT INTO oncall.calendar (name) VALUES ('somewhere');
INSERT INTO oncall.holiday (calendar_id, day, name, season)
SELECT 1, make_date(y, 12, d), 'day ' || d, 'Christmas ' || y FROM generate_series(2021, 3025) y, unnest('{25,26}'::int[]) d;
SELECT oncall.add_rotation('r' || n, (SELECT array_agg('p' || m) FROM generate_series(n * 6 - 5, n * 6) m),
	'R/2021-01-05T12:00[Europe/London]/P1D', pairing => (ARRAY['staggered', 'fixed', 'mixed', 'following'])[n],
	calendar => 'somewhere')
FROM generate_series(1, 4) n;
SELECT oncall.add_layer('r4', '{p19,p20,p21}', 'R/2021-01-05T12:00[Europe/London]/P1D', rank => 1,
	hours => 'Mo-Fr 08:00-12:00,13:00-17:00; PH off');
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Terms', 'Europe/London', 'GBP');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor)
VALUES (1, 1, 'night', 'Mo-Su 22:00-06:00; PH off', 5, 10, 1), (1, 2, 'day', '24/7', 4, 10, 1);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) SELECT person_id, 1 FROM oncall.person;
UPDATE oncall.person SET calendar_id = 1;
-- what a thousand years would have written
SET session_replication_role = replica;
INSERT INTO oncall.response (person_id, period)
SELECT p, tstzrange(at, at + interval '20 minutes')
FROM generate_series(1, 4) p, generate_series(1, 50000) n,
	LATERAL (SELECT timestamptz '2021-02-01' + n * interval '50 minutes' AS at) t;
INSERT INTO oncall.absence (person_id, period, kind)
SELECT p, tstzrange(at, at + interval '20 hours'), 'leave'
FROM generate_series(1, 24) p, generate_series(1, 20000) n,
	LATERAL (SELECT timestamptz '2026-02-01' + n * interval '3 days' AS at) t;
RESET session_replication_role;
ANALYZE;
END

my $window = q(tstzrange('2026-01-01', '3026-01-01'));
my @statements = (
	(map { "SELECT count(*) FROM $_" }
		"oncall.roster($window)",
		"oncall.roster($window, 'r4')",
		"oncall.duties('p1', $window)",
		"oncall.handover($window)",
		"oncall.roster_diff($window, now(), now() - interval '1 year')",
		"oncall.duty_conflicts($window)",
		"oncall.audit($window)",
		"oncall.objections('{1}', '{1}', ARRAY[$window], '{8}')",
		"oncall_internal.legal_trades('{1}', '{1}', ARRAY[$window], '{8}', '{1}')",
		'oncall.lint()',
		'oncall.duty_conflict',
		"oncall.callouts(tstzrange('2021-01-01', '3026-01-01'))",
		"oncall.pay_report($window)",
		"oncall.explain_pay('p1', $window)",
		'oncall.pay_by_month',
		'oncall.lieu_balance',
		'oncall.lieu_due',
		"oncall.plan_covers('r1', '[2026-01-01, 2120-01-01)')",
		"oncall.plan_covers('r2', '[2026-01-01, 2120-01-01)', fill_gaps => true)",
		"oncall.handovers('R/2021-01-05T12:00[Europe/London]/PT1M', $window)",
		"oncall.open_periods('Mo-Fr 08:00-12:00,13:00-17:00; PH off', $window, 'Europe/London')"),
	(map { "SELECT oncall.$_; SET CONSTRAINTS ALL IMMEDIATE" }
		"cover_shift('r1', $window, 'p1', 'p8')",
		"cover_shifts('r1', $window, 'p1', 'p8')",
		"offer_shift('r1', $window, 'p1')",
		"apply_plan('r1', '[2026-01-01, 2120-01-01)')",
		"add_holiday_cover('r1', '[2026-12-01, 3025-01-01)')",
		"close_pay_run('Terms', '[2021-01-01, 2026-11-01)')"),
	"INSERT INTO oncall.cover (rotation_id, seat, period, person_id) SELECT 1, 1, $window, 8; SET CONSTRAINTS ALL IMMEDIATE");

# How much longer than it may a statement takes, in milliseconds; undefined if
# it is done before.
sub overtime
{
	my ($statement, $moment) = @_;
	my $output = psql($database, "SET client_min_messages = warning; BEGIN;\n\\o /dev/null\n"
		  . "SET statement_timeout = $moment;\n\\timing on\n"
		  . join("\n", map { "$_;" } split(/; /, $statement)) . "\n\\timing off\n");
	my $longest = 0;

	return undef if $output !~ /canceling statement due to statement timeout/;
	$longest = $1 > $longest ? $1 : $longest while $output =~ /^Time: ([0-9.]+) ms/mg;
	return $longest - $moment;
}

foreach my $statement (@statements)
{
	my $asked = 0;
	my @late;

	foreach my $moment (@moments)
	{
		my $over = overtime($statement, $moment);

		last if !defined $over;
		$asked++;
		# the machine may have been busy
		$over = overtime($statement, $moment) // 0 if $over > $patience;
		$over = overtime($statement, $moment) // 0 if $over > $patience;
		push @late, sprintf('%d ms after %d ms', $over, $moment) if $over > $patience;
	}
	my $name = substr($statement =~ s/\Q$window\E/1,000 years/r, 0, 90);
	ok($asked > 0 && !@late, "stops when asked, $asked times: $name") or diag("@late");
}

psql('postgres', "DROP DATABASE $database;");
done_testing();
