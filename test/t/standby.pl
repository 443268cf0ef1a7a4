# A hot standby answers every look-up as the primary does, remembers nothing
# longer than its snapshots allow, and leaves writes to the server's own errors.
#
# Tests: roster_cache lookup
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $small   = 'test/data/small.sql';
my $answers = 'test/data/answers.sql';

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', "max_prepared_transactions = 5\noncall.past_reason = 'what a test says of the past'");
$primary->start;
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
# so that the primary keeps the rows that old snapshots here still see
$standby->append_conf('postgresql.conf', "hot_standby_feedback = on\nwal_receiver_status_interval = 1s");
$standby->start;

# All that the look-ups answer there.
sub answers
{
	my ($node) = @_;

	return $node->safe_psql('postgres', slurp_file($answers));
}

# Let the standby replay what the primary has written.
sub replay
{
	$primary->wait_for_catchup($standby);
	return;
}

# An error of a statement on the standby.
sub refused
{
	my ($statement, $error, $name) = @_;
	my ($status, $output, $message) = $standby->psql('postgres', $statement);

	like($message, $error, $name);
	return;
}

# Before there are tables

$primary->safe_psql('postgres', 'CREATE EXTENSION oncall');
replay();
is($standby->safe_psql('postgres', "SELECT oncall.turn_at('R/2026-01-06T12:00[Pacific/Auckland]/P7D', '2026-01-20Z')"),
	'2', 'types work');
refused('SELECT oncall.on_call(1)', qr/42P01|Run SELECT oncall\.setup\(\)/,
	'without tables the hint names setup()');
refused('SELECT oncall.setup()', qr/ERROR:  cannot execute .* in a read-only transaction/,
	'setup() cannot make tables');

# The same answers

my $before = $standby->background_psql('postgres');
$before->query_safe('SELECT 1');

# Twice at once: one makes the tables, the other waits and finds them.
my @both = map { $primary->background_psql('postgres') } 1 .. 2;
like($both[0]->query_safe('BEGIN; SELECT oncall.setup()'),
	qr/the tables have been made/, 'setup() makes the tables');
$both[1]->query_until(qr/asked/, "\\echo asked\nSELECT oncall.setup();\n");
$primary->poll_query_until('postgres',
	q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%oncall.setup()%'})
  or die 'the second setup() did not wait';
$both[0]->query_safe('COMMIT');
like($both[1]->query_safe('SELECT 1'), qr/the tables are up to date/,
	'... and the other call waits, and finds them');
$_->quit for @both;
$primary->safe_psql('postgres', slurp_file($small));
# what follows is not about the rules of trades
$primary->safe_psql('postgres', 'ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge');
replay();
my $expected = answers($primary);
cmp_ok(length($expected), '>', 100_000, 'the primary answers');
ok(answers($standby) eq $expected, 'the standby answers the same');
is($standby->safe_psql('postgres', q{DO $$ BEGIN
			-- the setting has got another name in 16
			PERFORM set_config(name, 'on', false) FROM pg_settings
			WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
		END $$;
		SET parallel_setup_cost = 0;
		SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
		SELECT sum(hashtext(oncall.on_call(1 + n % 3, timestamptz '2021-01-01Z' + n * interval '1 hour')::text))
		FROM generate_series(1, 5000) n}),
	$primary->safe_psql('postgres', q{
		SELECT sum(hashtext(oncall.on_call(1 + n % 3, timestamptz '2021-01-01Z' + n * interval '1 hour')::text))
		FROM generate_series(1, 5000) n}),
	'in parallel plans too');
is($before->query_safe(q{SELECT oncall.on_call('SRE', '2021-03-02Z')}),
	'(5,2)', 'a session from before the tables sees them');
like($standby->safe_psql('postgres', 'SELECT oncall.setup()'),
	qr/the tables are up to date/, 'setup() says that the tables are there');
refused('SELECT oncall.on_call(\'SRF\')', qr/ERROR:  .*SRF.*HINT: .*SRE/s,
	'an unknown name gets near ones');

# Nothing stale: sessions that have looked before, several times each, since a
# first look is not remembered whole. Rotation 1 on 2021-06-01 by its layer, then
# by covers.

my $committed = $standby->background_psql('postgres');
my $repeatable = $standby->background_psql('postgres');
my $idle = $standby->background_psql('postgres');

sub look
{
	my ($session) = @_;
	my $pair = $session->query_safe(q{SELECT DISTINCT oncall.on_call(1, timestamptz '2021-06-01Z' + n * interval '0') FROM generate_series(1, 5) n});
	my $plain = $session->query_safe(q{SELECT count(*) FROM oncall.cover});
	my $by_name = $session->query_safe(q{SELECT DISTINCT oncall.on_call('SRE', timestamptz '2021-06-01Z' + n * interval '0') FROM generate_series(1, 5) n});
	my $roster = $session->query_safe(q{SELECT oncall.pair(max(person_id) FILTER (WHERE seat = 1),
		max(person_id) FILTER (WHERE seat = 2)) FROM oncall.roster('[2021-06-01Z,2021-06-01 00:00:01Z)', 1)});

	is($by_name, $pair, 'by name and by id');
	is($roster, $pair, 'in the roster too');
	return "$pair, $plain covers";
}

my $covers = $primary->safe_psql('postgres', 'SELECT count(*) FROM oncall.cover');
my $layer = $primary->safe_psql('postgres', q{SELECT oncall.on_call(1, '2021-06-01Z')});
isnt($layer, '(4,5)', 'the layer says something else');
$committed->query_safe('BEGIN');
$repeatable->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ');
is(look($_), "$layer, $covers covers", 'before the cover')
  for ($committed, $repeatable, $idle);
my $xmin = $repeatable->query_safe('SELECT pg_snapshot_xmin(pg_current_snapshot())');
$primary->poll_query_until('postgres',
	"SELECT backend_xmin::text::bigint <= $xmin FROM pg_stat_replication WHERE application_name = 'standby'")
  or die 'the standby did not tell its oldest snapshot';

$primary->safe_psql('postgres', q{INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
	VALUES (1, 1, '[2021-06-01Z,2021-06-02Z)', 4), (1, 2, '[2021-06-01Z,2021-06-02Z)', 5)});
replay();
$covers += 2;
is(look($committed), "(4,5), $covers covers", 'READ COMMITTED sees the cover once it is replayed');
is(look($idle), "(4,5), $covers covers", 'outside a transaction too');
is(look($repeatable), $layer . ', ' . ($covers - 2) . ' covers', 'REPEATABLE READ does not');

# a transaction that is open, then aborted, on the primary; with
# subtransactions enough to overflow what a snapshot can list
my $writer = $primary->background_psql('postgres');
$writer->query_safe('BEGIN');
$writer->query_safe(q{SELECT oncall.withdraw_cover(cover_id) FROM oncall.cover
	WHERE period @> timestamptz '2021-06-01Z' AND upper_inf(recorded)});
$writer->query_safe(q{DO $$ BEGIN FOR i IN 1..100 LOOP
	BEGIN INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
		VALUES (1, 1, tstzrange('2021-06-01Z', '2021-06-02Z'), 3);
		IF i < 100 THEN RAISE division_by_zero; END IF;
	EXCEPTION WHEN division_by_zero THEN NULL; END;
	BEGIN UPDATE oncall.person SET company_phone = i WHERE person_id = 2; EXCEPTION WHEN division_by_zero THEN NULL; END;
	END LOOP; END $$});
$primary->safe_psql('postgres', 'SELECT txid_current()');
replay();
is(look($committed), "(4,5), $covers covers", 'what is not committed is not seen');
$writer->query_safe('COMMIT');
replay();
$covers += 1;
my $secondary = $layer =~ /,(\d*)\)/ ? $1 : '';
is(look($committed), "(3,$secondary), $covers covers", 'once it is committed it is');
is(look($idle), "(3,$secondary), $covers covers", 'outside a transaction too');
is(look($repeatable), $layer . ', ' . ($covers - 3) . ' covers', 'REPEATABLE READ still does not');

# the same when it is aborted, and when it is prepared
$writer->query_safe('BEGIN');
$writer->query_safe(q{UPDATE oncall.cover SET person_id = 5 WHERE period @> timestamptz '2021-06-01Z' AND upper_inf(recorded)});
$primary->safe_psql('postgres', 'SELECT txid_current()');
replay();
is(look($committed), "(3,$secondary), $covers covers", 'an open change is not seen');
$writer->query_safe('ROLLBACK');
$primary->safe_psql('postgres', 'SELECT txid_current()');
replay();
is(look($committed), "(3,$secondary), $covers covers", 'nor an aborted one');
$writer->query_safe('BEGIN');
$writer->query_safe(q{UPDATE oncall.cover SET person_id = 5 WHERE period @> timestamptz '2021-06-01Z' AND upper_inf(recorded)});
$writer->query_safe(q{PREPARE TRANSACTION 'change'});
replay();
is(look($committed), "(3,$secondary), $covers covers", 'nor a prepared one');
$writer->query_safe(q{COMMIT PREPARED 'change'});
replay();
$covers += 1;
is(look($committed), "(5,$secondary), $covers covers", 'until it is committed');

# a cursor goes on in the snapshot that it was opened with
$committed->query_safe(q{DECLARE looks CURSOR FOR
	SELECT oncall.on_call(1, timestamptz '2021-06-01Z' + n * interval '0') FROM generate_series(1, 4) n});
is($committed->query_safe('FETCH 2 FROM looks'), "(5,$secondary)\n(5,$secondary)", 'a cursor');
$primary->safe_psql('postgres', q{UPDATE oncall.cover SET person_id = 2 WHERE period @> timestamptz '2021-06-01Z' AND upper_inf(recorded)});
replay();
$covers += 1;
is(look($committed), "(2,$secondary), $covers covers", 'a statement beside it sees what was replayed');
is($committed->query_safe('FETCH 2 FROM looks'), "(5,$secondary)\n(5,$secondary)", 'the cursor does not');

# privileges are those of now
$primary->safe_psql('postgres', q{CREATE ROLE reader LOGIN; SELECT oncall.grant_access('reader', 'reader')});
replay();
my $reader = $standby->background_psql('postgres', on_error_stop => 0);
$reader->query_safe('SET ROLE reader');
is($reader->query_safe(q{SELECT oncall.on_call(1, '2021-06-01Z')}), "(2,$secondary)", 'a reader looks up');
$primary->safe_psql('postgres', 'REVOKE SELECT ON oncall.layer FROM reader');
replay();
$reader->query(q{SELECT oncall.on_call(1, '2021-06-01Z')});
like($reader->{stderr}, qr/permission denied for table layer/, 'until that is revoked');
$reader->quit;

$repeatable->query_safe('COMMIT');
is(look($repeatable), "(2,$secondary), $covers covers", 'after REPEATABLE READ all is seen');
$committed->query_safe('COMMIT');

# Writing

refused(q{INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (1, 1, '[2025-01-01Z,2025-01-02Z)')},
	qr/ERROR:  cannot execute INSERT in a read-only transaction/, 'INSERT');
refused('SELECT oncall.withdraw_cover(1)',
	qr/ERROR:  cannot execute .* in a read-only transaction/, 'withdraw_cover()');
refused(q{SELECT oncall.end_layer(1, '2022-01-01Z')},
	qr/ERROR:  cannot execute .* in a read-only transaction/, 'end_layer()');
refused(q{SELECT oncall.add_person('Eve', 'UTC')},
	qr/ERROR:  cannot execute INSERT in a read-only transaction/, 'add_person()');
refused(q{SELECT oncall.add_rotation('New', '{Ben}', 'R/2026-01-06T12:00[UTC]/P7D')},
	qr/ERROR:  cannot execute INSERT in a read-only transaction/, 'add_rotation()');
refused(q{BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT oncall.on_call(1, '2021-06-01Z')},
	qr/ERROR:  cannot use serializable mode in a hot standby/, 'SERIALIZABLE');

# All together once more, and after a promotion with the same sessions

replay();
ok(answers($standby) eq answers($primary), 'after all this both answer the same');
$writer->quit;
$primary->stop;
$standby->promote;
is(look($_), "(2,$secondary), $covers covers", 'promoted: the same')
  for ($committed, $idle, $repeatable);
$standby->safe_psql('postgres', q{UPDATE oncall.cover SET person_id = 4 WHERE period @> timestamptz '2021-06-01Z' AND upper_inf(recorded)});
$covers += 1;
is(look($_), "(4,$secondary), $covers covers", 'promoted: what is written is seen')
  for ($committed, $idle, $repeatable, $before);
$_->quit for ($committed, $repeatable, $idle, $before);
$standby->stop;

done_testing();
