# Sessions that look up who is on call while others change it: what they
# remember is what a plain SELECT of the same statement says, on the primary
# and on a standby, also while a commit is visible and nobody has been told of
# it yet. Controls without what guards this moment must fail.
#
# ONCALL_RACE in the environment: for how many seconds each part goes on (4).
#
# Tests: snapshot_memo write_signal roster_cache
# needs: cluster

use strict;
use warnings;

use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{ONCALL_RACE} || 4;

# What holds the window open

my $pg_config = $ENV{PG_CONFIG} || 'pg_config';
my $include   = `$pg_config --includedir-server`;
my $dir       = PostgreSQL::Test::Utils::tempdir();
chomp $include;
chmod 0755, $dir;
system($ENV{CC} || 'cc', '-shared', '-fPIC', '-O2', '-Wall', '-Werror', "-I$include", '-o', "$dir/window.so",
	'test/data/window.c') == 0
  or die 'test/data/window.c does not compile';

# For the controls the library once more, as it is installed, but asking for
# those functions of window.c that stand in for the server's. Names that a
# library only asks for are not among those by which it is searched, so they
# may be changed. Of the two guards, readers of a primary use the first only,
# and those of a standby the second.

my $pkglibdir = `$pg_config --pkglibdir`;
chomp $pkglibdir;
my $library = slurp_file("$pkglibdir/oncall.so");
for my $name (qw(ConditionalLockRelationOid UnlockRelationOid GetXLogReplayRecPtr))
{
	$library =~ s/(?<=\0)\Q$name\E(?=\0)/lcfirst $name/eg or die "oncall.so does not call $name()";
}
mkdir "$dir/unguarded", 0755 or die "$dir/unguarded: $!";
append_to_file("$dir/unguarded/oncall.so", $library);
my $unguarded = "-c dynamic_library_path=$dir/unguarded";

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', <<"CONF");
max_prepared_transactions = 20
autovacuum = off
fsync = off
session_preload_libraries = '$dir/window'
CONF
$primary->start;
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->append_conf('postgresql.conf', "hot_standby_feedback = on\nwal_receiver_status_interval = 1s");
$standby->start;

sub sql
{
	my ($sql) = @_;

	return $primary->safe_psql('postgres', $sql);
}

# Three rotations, each with a cover of the first seat, whose person changes;
# the rules of trades and history are not what this is about.

sql(q{
	CREATE EXTENSION oncall;
	SET client_min_messages = warning;
	SELECT FROM (SELECT oncall.setup()) s;
	INSERT INTO oncall.person (person_id, name, zone) SELECT i, 'person ' || i, 'UTC' FROM generate_series(1, 9) i;
	BEGIN;
	INSERT INTO oncall.rotation (rotation_id, name, zone) SELECT r, 'rotation ' || r, 'UTC' FROM generate_series(1, 3) r;
	INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
		SELECT r, r, 'R/2026-01-05T00:00[UTC]/P7D' FROM generate_series(1, 3) r;
	INSERT INTO oncall.layer_member (layer_id, position, person_id)
		SELECT r, i, i FROM generate_series(1, 3) r, generate_series(1, 2) i;
	COMMIT;
	ALTER TABLE oncall.cover DISABLE TRIGGER USER, ENABLE ALWAYS TRIGGER tell_readers, ALTER change_id SET DEFAULT 1;
	INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id)
		SELECT r, r, 1, '[2026-02-04, 2026-02-05)', 1 FROM generate_series(1, 3) r;

	CREATE SCHEMA race;
	CREATE TABLE race.noise (id int PRIMARY KEY, n int);
	INSERT INTO race.noise SELECT i, 0 FROM generate_series(1, 20) i;

	-- Look again and again; kind: loop (statements of one transaction),
	-- commits (a transaction each), repeatable (five statements under one
	-- snapshot, or whatever the level allows) or writes (something else, in
	-- transactions of five statements).
	CREATE PROCEDURE race.read(kind text, seconds int, INOUT reads int = 0, INOUT wrong int = 0, INOUT missed int = 0)
	LANGUAGE plpgsql AS $$
	DECLARE
		until CONSTANT timestamptz := clock_timestamp() + make_interval(secs => seconds);
		remembered int;
		plain int;
		again int := 0;
	BEGIN
		WHILE reads % 64 <> 0 OR clock_timestamp() < until LOOP
			reads := reads + 1;
			SELECT oncall.primary_of(oncall.on_call(c.rotation_id, '2026-02-04 12:00Z')), c.person_id INTO remembered, plain
			FROM oncall.cover c WHERE c.cover_id = 1 + reads % 3;
			IF remembered IS DISTINCT FROM plain THEN
				wrong := wrong + 1;
			END IF;
			IF kind = 'writes' AND reads % 5 = 2 THEN
				UPDATE race.noise n SET n = n.n + 1 WHERE n.id = 20;
			END IF;
			IF kind = 'commits' OR kind IN ('repeatable', 'serializable', 'writes') AND reads % 5 = 0 THEN
				COMMIT;
			END IF;
		END LOOP;
		-- what the session has not reported yet, so all of the above
		SELECT seq_scan + idx_scan INTO missed FROM pg_stat_xact_all_tables WHERE relid = 'oncall.layer'::regclass;
	END
	$$;
});

sql("CREATE FUNCTION race.hold_messages(held int, seconds int) RETURNS void LANGUAGE c AS '$dir/window'");

# Writers: of one row, of all, in savepoints that are undone or not, in
# prepared transactions, as an apply worker does it, with the trigger disabled
# in between, by TRUNCATE; and noise.

my %writer = (
	plain  => 'UPDATE oncall.cover SET person_id = :p WHERE cover_id = :c;',
	all    => 'UPDATE oncall.cover SET person_id = 1 + (person_id + cover_id) % 9;',
	saved  => "BEGIN;\nSAVEPOINT a;\nUPDATE oncall.cover SET person_id = :p WHERE cover_id = :c;\n"
	  . "ROLLBACK TO a;\nSAVEPOINT b;\nUPDATE oncall.cover SET person_id = :p WHERE cover_id = :d;\nRELEASE b;\nCOMMIT;",
	undone   => "BEGIN;\nUPDATE oncall.cover SET person_id = :p WHERE cover_id = :c;\nROLLBACK;",
	prepared => "BEGIN;\nUPDATE oncall.cover SET person_id = :p WHERE cover_id = :c;\n"
	  . "PREPARE TRANSACTION 'race:client_id';\nCOMMIT PREPARED 'race:client_id';",
	replica => "BEGIN;\nSET LOCAL session_replication_role = replica;\n"
	  . "UPDATE oncall.cover SET person_id = :p WHERE cover_id = :c;\nCOMMIT;",
	disabled => "BEGIN;\nALTER TABLE oncall.cover DISABLE TRIGGER tell_readers;\n"
	  . "UPDATE oncall.cover SET person_id = :p WHERE cover_id = :c;\n"
	  . "ALTER TABLE oncall.cover ENABLE ALWAYS TRIGGER tell_readers;\nCOMMIT;",
	truncated => "BEGIN;\nTRUNCATE oncall.cover;\nINSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id)"
	  . " SELECT r, r, 1, '[2026-02-04, 2026-02-05)', :p FROM generate_series(1, 3) r;\nCOMMIT;",
	noise => "UPDATE race.noise SET n = n + 1 WHERE id = :n;");

my %file;
for my $name (keys %writer)
{
	$file{$name} = "$dir/$name.sql";
	append_to_file($file{$name},
		"\\set p random(1, 9)\n\\set c random(1, 3)\n\\set d random(1, 3)\n\\set n random(1, 19)\n$writer{$name}\n");
}

# For the time of one part: clients that write so often in a second.
sub write_with
{
	my ($options, $clients, $rate, @scripts) = @_;
	local $ENV{PGOPTIONS} = $options;
	my $output = '';

	return IPC::Run::start(
		[ 'pgbench', '-n', '-c', $clients, '-j', 1, '-T', $seconds + 1, '-R', $rate,
			'-h', $primary->host, '-p', $primary->port, @scripts, 'postgres' ],
		'<', \undef, '>&', \$output);
}

# For the time of one part: messages wait on the standby after what they tell
# of is visible.
sub hold_messages
{
	my ($held) = @_;
	my $output = '';

	return IPC::Run::start(
		[ 'psql', '-XAtq', '-d', $standby->connstr('postgres'), '-c', "SELECT race.hold_messages($held, $seconds + 1)" ],
		'<', \undef, '>&', \$output);
}

# Readers of these kinds at once: how many reads, and how many were wrong.
sub readers
{
	my ($node, $options, @kinds) = @_;
	my @started;
	for my $kind (@kinds)
	{
		my ($output, $error) = ('', '');
		my $level = $kind =~ /^(repeatable|serializable)/ ? $1 : '';
		local $ENV{PGOPTIONS} = $options;
		$ENV{PGOPTIONS} .= ' -c default_transaction_isolation=' . ($level =~ s/able$/able\\ read/r =~ s/^serial.*/serializable/r)
		  if $level ne '';
		my $run = IPC::Run::start(
			[ 'psql', '-XAtq', '-F', ' ', '-d', $node->connstr('postgres'), '-c', "CALL race.read('$kind', $seconds)" ],
			'<', \undef, '>', \$output, '2>', \$error);
		push @started, { run => $run, kind => $kind, output => \$output, error => \$error };
	}
	return @started;
}

my ($all_reads, $all_wrong, $all_missed) = (0, 0, 0);

sub result
{
	my ($where, @readers) = @_;
	my ($reads, $wrong, $missed) = (0, 0, 0);
	for my $reader (@readers)
	{
		$reader->{run}->finish;
		my @numbers = ${ $reader->{output} } =~ /^(\d+) (\d+) (\d+)$/;
		if (!@numbers)
		{
			fail("$where, $reader->{kind}: ${ $reader->{error} }");
			next;
		}
		note(sprintf '%s, %s: %d reads, %d wrong, %d from the tables', $where, $reader->{kind}, @numbers);
		$reads  += $numbers[0];
		$wrong  += $numbers[1];
		$missed += $numbers[2];
	}
	return ($reads, $wrong, $missed);
}

# One part: for how long a commit is visible and not told (microseconds), how
# often in a second who writes what, with which settings, and those of readers.
sub race
{
	my ($name, $held, $rate, $writers, $writing, $reading) = @_;
	my $options = "-c window.held=$held " . ($writing // '');
	my $noise   = write_with($options, 1, 400, '-f', $file{noise});
	my $write   = write_with($options, 2, $rate, map { ('-f', $file{$_}) } @$writers);
	my $hold    = $held > 0 ? hold_messages($held) : undef;
	my @here    = readers($primary, $reading // '', 'loop', 'commits', 'repeatable', 'serializable', 'writes');
	my @there   = readers($standby, $reading // '', 'loop', 'repeatable');
	my @primary = result("$name, primary", @here);
	my @standby = result("$name, standby", @there);
	ok($write->finish, "$name: the writers went on");
	ok($noise->finish, "$name: so did the noise");
	ok($hold->finish,  "$name: and messages were held") if $hold;
	return (@primary, @standby);
}

sub no_wrong
{
	my ($name)  = @_;
	my @numbers = race(@_);
	for my $where ('primary', 'standby')
	{
		my ($reads, $wrong, $missed) = splice @numbers, 0, 3;
		cmp_ok($reads, '>', 100, "$name, $where: there were reads ($reads)");
		is($wrong, 0, "$name, $where: none was wrong");
		cmp_ok($missed, '<', $reads, "$name, $where: and some were remembered ($missed not)");
		$all_reads  += $reads;
		$all_wrong  += $wrong;
		$all_missed += $missed;
	}
	return;
}

my @quiet = qw(plain all saved undone replica);

no_wrong('rare changes', 0, 20, \@quiet);
no_wrong('changes all the time', 0, 400, [ @quiet, 'prepared' ]);
no_wrong('a wide window', 1500, 60, [ @quiet, 'prepared' ]);
no_wrong('triggers disabled', 1500, 40, [ 'plain', 'disabled' ]);
no_wrong('tables truncated', 1500, 40, [ 'plain', 'truncated' ]);
note("$all_reads reads, $all_wrong wrong, $all_missed from the tables");

# The controls

my (undef, $wrong) = race('without the lock', 3000, 60, \@quiet, '-c window.unlock=on');
cmp_ok($wrong, '>', 0, "without the lock there are wrong answers ($wrong)");

(undef, $wrong, undef, undef, my $wrong_there) = race('unguarded', 3000, 60, \@quiet, '', $unguarded);
cmp_ok($wrong, '>', 0, "with GetLockConflicts() there are wrong answers ($wrong)");
cmp_ok($wrong_there, '>', 0, "without a look at what has been replayed there are on a standby ($wrong_there)");

$standby->stop;
$primary->stop;
done_testing();
