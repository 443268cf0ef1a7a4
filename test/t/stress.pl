# Trades that mostly collide, at every isolation level at once, of clients some
# of which are killed: what stands in the end breaks no rule, and nobody was
# told anything but that a trade is refused, or that somebody else was faster.
#
# ONCALL_STRESS in the environment: for how many seconds (5).
#
# Tests: judge
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $seconds = $ENV{ONCALL_STRESS} || 5;

my $node = PostgreSQL::Test::Cluster->new('stress');
$node->init;
$node->append_conf('postgresql.conf',
	"deadlock_timeout = 20ms\nmax_connections = 40\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION oncall');
$node->safe_psql('postgres', 'SELECT oncall.setup()');

sub sql
{
	my ($sql) = @_;

	return $node->safe_psql('postgres', $sql);
}

# Few people, few days: four rotations, three of them exclusive, one of which
# takes turns. Each has holidays of one season.

sql(q{
	INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'stress');
	INSERT INTO oncall.holiday (calendar_id, day, name, season)
		VALUES (1, '2041-01-03', 'a', 'winter'), (1, '2041-01-04', 'b', 'winter'), (1, '2041-01-08', 'c', 'winter');
	INSERT INTO oncall.person (person_id, name, zone)
		SELECT i, 'person ' || i, 'UTC' FROM generate_series(1, 8) i;
	INSERT INTO oncall.rotation (rotation_id, name, zone, max_consecutive, exclusive, calendar_id)
		SELECT i, 'rotation ' || i, 'UTC', '3 days', i < 4, 1 FROM generate_series(1, 4) i;
	INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
		SELECT r, p, 'reserve', '[2020-01-01Z,)' FROM generate_series(1, 4) r, generate_series(1, 8) p;
	BEGIN;
	INSERT INTO oncall.layer (layer_id, rotation_id, cadence, seats)
		VALUES (1, 1, 'R/2041-01-01T12:00[UTC]/P2D', 1);
	INSERT INTO oncall.layer_member (layer_id, position, person_id) SELECT 1, i, i FROM generate_series(1, 4) i;
	COMMIT;

	CREATE SCHEMA stress;
	CREATE TABLE stress.outcome (outcome text, level text, n bigint);

	-- Some covers, in the way of a well-behaved function: locks and rows in
	-- one order. Of a seat and a half day each, over what is there.
	CREATE FUNCTION stress.trade(seed int) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		many int := 1 + seed % 3;
		rotations int[];
		seats smallint[];
		periods tstzrange[];
		people int[];
	BEGIN
		IF seed % 7 = 0 THEN
			PERFORM oncall.withdraw_cover(c.cover_id)
			FROM (SELECT cover_id FROM oncall.cover WHERE upper_inf(recorded)
				  ORDER BY hashint8(seed + cover_id) LIMIT 1) c;
			RETURN;
		END IF;
		SELECT array_agg(r ORDER BY r, s, a), array_agg(s ORDER BY r, s, a), array_agg(tstzrange(a, a + length) ORDER BY r, s, a),
			array_agg(p ORDER BY r, s, a)
		INTO rotations, seats, periods, people
		FROM (SELECT DISTINCT ON (r, s) r, s, p, timestamptz '2041-01-01Z' + day * interval '12 hours' AS a,
				CASE WHEN seed % 5 = 0 THEN interval '3 days' ELSE interval '12 hours' END AS length
			  FROM generate_series(1, many) i,
				LATERAL (SELECT 1 + abs(hashint8(seed * 10 + i)) % 4 AS r, (1 + abs(hashint8(seed * 10 + i + 4)) % 2)::smallint AS s,
					1 + abs(hashint8(seed * 10 + i + 7)) % 8 AS p, abs(hashint8(seed * 3)) % 24 AS day) x
			  ORDER BY r, s) y;
		PERFORM oncall_internal.write_covers(rotations, seats, periods, people);
	END $$;

	-- The same, judged at once, and told in the same transaction.
	CREATE FUNCTION stress.attempt(seed int, level text) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		state text := 'done';
	BEGIN
		BEGIN
			PERFORM stress.trade(seed);
			SET CONSTRAINTS ALL IMMEDIATE;
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE;
			IF state NOT IN ('23514', '40001', '23P01', '40P01', '55000') THEN
				state := state || ' ' || SQLERRM;
			END IF;
		END;
		INSERT INTO stress.outcome VALUES (state, level, 1);
	END $$;
});

my %levels = (rc => 'READ COMMITTED', rr => 'REPEATABLE READ', ser => 'SERIALIZABLE');
my $dir = PostgreSQL::Test::Utils::tempdir();
my @scripts;
for my $level (sort keys %levels)
{
	my $file = "$dir/$level.sql";

	append_to_file($file, qq{\\set seed random(1, 100000000)
BEGIN ISOLATION LEVEL $levels{$level};
SELECT stress.attempt(:seed, '$level');
COMMIT;
});
	push @scripts, '-f', "$file\@2";
}

# Six clients of pgbench, whose trades are judged before they commit ...

my ($told, $said) = ('', '');
my $pgbench = IPC::Run::start(
	[ 'pgbench', '-n', '-c', 6, '-j', 2, '-T', $seconds, '--max-tries=0', @scripts,
		'-h', $node->host, '-p', $node->port, 'postgres' ],
	'>', \$told, '2>', \$said);

# ... and two that are judged when they commit, and killed now and then.

my $number = 0;
my %errors;
sub client
{
	my $client = { out => '', err => '' };
	my $in     = "\\set VERBOSITY sqlstate\n";

	for my $i (1 .. 2_000)
	{
		my $level = (values %levels)[ $i % 3 ];

		$in .= "BEGIN ISOLATION LEVEL $level; SELECT stress.trade(" . ++$number . "); COMMIT;\n";
	}
	$client->{h} = IPC::Run::start(
		[ 'psql', '-XqAt', '-h', $node->host, '-p', $node->port, 'postgres' ],
		'<', \$in, '>', \$client->{out}, '2>', \$client->{err});
	return $client;
}
sub note_errors
{
	my ($client) = @_;

	$errors{$1}++ while $client->{err} =~ /ERROR:  (\w{5})/g;
	return;
}

my $end     = time() + $seconds;
my @clients = (client(), client());
my $killed  = 0;
while (time() < $end)
{
	sleep(0.15 + rand(0.2));
	my $victim = int(rand(2));
	# a client that was killed takes no more
	for my $client (@clients)
	{
		eval { $client->{h}->pump_nb; 1 } or next;
	}
	if ($killed % 2)
	{
		$clients[$victim]->{h}->kill_kill(grace => 0);
	}
	else
	{
		# its backend, at whatever it does: it may well be committing
		sql(q{SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
			WHERE application_name = 'psql' AND pid <> pg_backend_pid() AND query ~ 'stress|COMMIT|BEGIN' LIMIT 1) x});
		eval { $clients[$victim]->{h}->kill_kill(grace => 1) };
	}
	note_errors($clients[$victim]);
	$clients[$victim] = client();
	$killed++;
}
for my $client (@clients)
{
	$client->{h}->kill_kill(grace => 0);
	note_errors($client);
}
$pgbench->finish;

# What was told, and what stands

like($told, qr/number of transactions actually processed: [1-9]/, 'trades were made');
unlike($said, qr/error|abort/i, 'no client of pgbench was told anything unexpected') or diag($said);
sub outcomes
{
	return sql(q{SELECT string_agg(format('%s %s', n, outcome), ', ' ORDER BY outcome)
		FROM (SELECT outcome, sum(n) AS n FROM stress.outcome GROUP BY outcome) x});
}
diag("$seconds s: " . outcomes() . "; at commit: "
	  . join(', ', map { "$errors{$_} $_" } sort keys %errors)
	  . "; $killed killed; " . ($told =~ /(tps = [\d.]+)/)[0]);
is(sql(q{SELECT DISTINCT outcome FROM stress.outcome WHERE outcome NOT IN ('done', '23514', '40001', '23P01', '40P01', '55000')}),
	'', 'every error is an expected one');
cmp_ok(sql(q{SELECT count(*) FROM stress.outcome WHERE outcome = 'done'}), '>', 0, 'some are made');
cmp_ok(sql(q{SELECT count(*) FROM stress.outcome WHERE outcome = '23514'}), '>', 0, 'some are refused');
is(join(' ', grep { !/^(23514|40001|23P01|40P01|55000|57P01)$/ } sort keys %errors),
	'', 'at commit, too');
cmp_ok($errors{'23514'} || 0, '>', 0, 'some are refused there');
diag(grep { /deadlock detected/ .. /STATEMENT/ } split /^/, slurp_file($node->logfile));
is(sql(q{SELECT count(*) FROM stress.outcome WHERE outcome = '40P01'}) + ($errors{'40P01'} || 0), 0, 'no deadlock');
is(sql('SELECT count(*) FROM pg_locks WHERE locktype = \'transactionid\''), '0', 'nobody waits');

is(sql(q{SELECT * FROM oncall.audit('[2040-12-01Z,2041-03-01Z)')}), '', 'nothing that stands breaks a rule');
# not by its own word alone
is(sql(q{
	SELECT a.person, a.rotation, a.seat, b.rotation, b.seat, a.period * b.period
	FROM oncall.roster('[2040-12-01Z,2041-03-01Z)') a
	JOIN oncall.roster('[2040-12-01Z,2041-03-01Z)') b USING (person_id)
	WHERE a.period && b.period AND a.person_id IS NOT NULL AND a.cover_id IS NOT NULL
		AND (a.rotation_id = b.rotation_id AND a.seat < b.seat OR a.rotation_id < b.rotation_id AND b.rotation_id < 4)}),
	'', 'nobody is in two places');
is(sql(q{
	SELECT person_id, s
	FROM (SELECT person_id, range_agg(period) AS held FROM oncall.roster('[2040-12-01Z,2041-03-01Z)')
		  WHERE person_id IS NOT NULL GROUP BY person_id) d,
		LATERAL (SELECT range_agg(tstzrange(lower(p), upper(p) + interval '10:59:59.999999')) AS joined FROM unnest(held) p) j,
		LATERAL (SELECT tstzrange(lower(x), upper(x) - interval '10:59:59.999999') AS s FROM unnest(joined) x) y
	WHERE upper(s) - lower(s) > interval '3 days'}),
	'', 'nobody is on duty for longer than three days');

$node->stop;
done_testing();
