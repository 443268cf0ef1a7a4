# The server is stopped at once while rosters are being written: what was
# committed is there with its history, what was not has never been.
#
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $small   = 'test/data/small.sql';
my $answers = 'test/data/answers.sql';

my $node = PostgreSQL::Test::Cluster->new('crash');
$node->init;
$node->append_conf('postgresql.conf', "max_prepared_transactions = 5\nautovacuum = off\nclient_min_messages = warning\noncall.past_reason = 'what a test says of the past'");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION oncall');
$node->safe_psql('postgres', 'SELECT oncall.setup()');
$node->safe_psql('postgres', slurp_file($small));

# All that the look-ups answer.
sub answers
{
	return $node->safe_psql('postgres', slurp_file($answers));
}

sub sql
{
	my ($sql) = @_;

	return $node->safe_psql('postgres', $sql);
}

# Stop at once, and come back.
sub crash
{
	$node->stop('immediate');
	$node->start;
	return;
}

# Wait until so many writes of the writer have been committed.
sub committed
{
	my ($many) = @_;

	$node->poll_query_until('postgres', "SELECT count(*) >= $many FROM public.done")
	  or die 'the writer does not write';
	return;
}

# Nothing has happened since

my $expected = answers();
crash();
ok(answers() eq $expected, 'after a crash the answers are the same');

# Committed, open and prepared, some of it on disk and some in the log only

my @open;
my $prepared = q{INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
	VALUES (1, 1, '[2021-06-01Z,2021-06-02Z)', 4)};
my $layer = sql(q{SELECT oncall.on_call(1, '2021-06-01Z')});
my $secondary = $layer =~ /,(\d*)\)/ ? $1 : '';

for my $statements (
	# a cover, one changed, one ended, one withdrawn
	q{INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 1, '[2021-08-01Z,2021-08-02Z)', 5)},
	q{UPDATE oncall.cover SET person_id = 2 WHERE cover_id = 1},
	q{SELECT oncall.end_cover(3, '2021-04-03Z')},
	q{SELECT oncall.withdraw_cover(4)},
	# a layer with members, one ended, one withdrawn
	q{SELECT oncall.add_layer('SRE', '{Dov,Ben}', 'R/2021-01-01T00:00[UTC]/P1D', 9)},
	q{SELECT oncall.end_layer(4, '2022-01-01Z')},
	q{SELECT oncall.withdraw_layer(5)})
{
	my $session = $node->background_psql('postgres');

	$session->query_safe('BEGIN');
	$session->query_safe($statements);
	push @open, $session;
}
my $session = $node->background_psql('postgres');
$session->query_safe('BEGIN');
$session->query_safe($prepared);
is($session->query_safe(q{SELECT oncall.on_call(1, '2021-06-01Z')}),
	"(4,$secondary)", 'a session sees what it writes');
$session->query_safe(q{PREPARE TRANSACTION 'cover'});
$session->query_safe('BEGIN');
$session->query_safe(q{INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
	VALUES (1, 2, '[2021-06-01Z,2021-06-02Z)', 5)});
$session->query_safe(q{PREPARE TRANSACTION 'taken back'});
sql('CHECKPOINT');
# a layer is ended, a part of the transaction is taken back
$session->query_safe('BEGIN');
$session->query_safe(q{SELECT oncall.end_layer(6, '2023-06-01Z')});
$session->query_safe('SAVEPOINT s');
$session->query_safe(q{UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 6 AND upper_inf(recorded)});
$session->query_safe('ROLLBACK TO s');
$session->query_safe('COMMIT');
$expected = answers();
my @history = map { sql("TABLE oncall.$_ ORDER BY 1, 2") } qw(layer layer_member layer_rule cover change);
# tables that are only being made
sql('CREATE DATABASE half');
my $half = $node->background_psql('half');
$half->query_safe($_)
  for ('CREATE EXTENSION oncall', 'BEGIN', 'SELECT oncall.setup()');

crash();

ok(answers() eq $expected, 'the answers are those of what was committed');
is(sql("TABLE oncall.$_ ORDER BY 1, 2"), shift @history, "oncall.$_ is what was committed")
  for qw(layer layer_member layer_rule cover change);
is(sql(q{SELECT count(*) FROM oncall.layer_rule WHERE layer_id = 6 AND ends AND upper_inf(recorded)}),
	'1', 'a rule tells that a layer ends');
is(sql(q{SELECT oncall.on_call(1, '2021-06-01Z')}), $layer, 'what is prepared is not seen');
my ($status, $output, $error) = $node->psql('half', 'SELECT oncall.on_call(1)');
like($error, qr/HINT:  Run SELECT oncall\.setup\(\)/, 'tables half made are not there');
like($node->safe_psql('half', 'SELECT oncall.setup()'),
	qr/the tables have been made/, 'and can be made');
$_->quit for (@open, $session, $half);

# Prepared transactions live on: for sessions that have looked before, too

my ($committed, $repeatable) = map { $node->background_psql('postgres') } 1 .. 2;
$committed->query_safe('BEGIN');
$repeatable->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ');
# several looks, since the first is not remembered whole
my $look = q{SELECT DISTINCT oncall.on_call(1, timestamptz '2021-06-01Z' + n * interval '0') FROM generate_series(1, 5) n};
is($_->query_safe($look), $layer, 'prepared: not seen') for ($committed, $repeatable);
($status, $output, $error) = $node->psql('postgres', "SET lock_timeout = '100ms'; $prepared");
like($error, qr/canceling statement due to lock timeout/, 'a cover in its place waits for it');
sql(q{COMMIT PREPARED 'cover'});
is($committed->query_safe($look), "(4,$secondary)", 'COMMIT PREPARED: seen');
is($repeatable->query_safe($look), $layer, 'not in REPEATABLE READ');
sql(q{ROLLBACK PREPARED 'taken back'});
is($committed->query_safe($look), "(4,$secondary)", 'ROLLBACK PREPARED: not seen');
$repeatable->query_safe('COMMIT');
is($repeatable->query_safe($look), "(4,$secondary)", 'after REPEATABLE READ it is seen');
($status, $output, $error) = $node->psql('postgres', $prepared);
like($error, qr/cover_no_overlap/, 'another cover in its place is refused');
is(sql(q{SELECT upper_inf(recorded) FROM oncall.cover WHERE period = '[2021-06-01Z,2021-06-02Z)'}),
	't', 'it is believed since it was written');
$_->quit for ($committed, $repeatable);

# A trade that is prepared has been judged, and holds its people, whatever
# happens, until it is committed or rolled back

sql(q{
	INSERT INTO oncall.person (person_id, name, zone) VALUES (91, 'Fay', 'UTC'), (92, 'Gil', 'UTC');
	INSERT INTO oncall.rotation (rotation_id, name, zone) VALUES (91, 'one', 'UTC'), (92, 'other', 'UTC');
	INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
		SELECT r, p, 'reserve', '[2020-01-01Z,)' FROM generate_series(91, 92) r, generate_series(91, 92) p});

# a cover in one of the two rotations on some day of 2035
sub trade
{
	my ($rotation, $person, $day) = @_;

	return qq{INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
		VALUES ($rotation, 1, tstzrange(timestamptz '2035-01-01Z' + $day * interval '1 day', timestamptz '2035-01-02Z' + $day * interval '1 day'), $person);};
}
($status, $output, $error) = $node->psql('postgres',
	'BEGIN; ' . trade(91, 91, 0) . trade(92, 91, 0) . q{PREPARE TRANSACTION 'illegal'});
like($error, qr/ERROR:  Fay would be on call in rotations "one" and "other" at once/, 'an illegal trade cannot be prepared');
is(sql(q{SELECT count(*) FROM pg_prepared_xacts}), '0', 'and is not');
sql('BEGIN; ' . trade(91, 91, 0) . q{PREPARE TRANSACTION 'legal'});
sql('BEGIN; ' . trade(91, 92, 1) . trade(91, 92, 2) . q{PREPARE TRANSACTION 'taken back'});
crash();
($status, $output, $error) = $node->psql('postgres', q{SET lock_timeout = '100ms'; } . trade(92, 91, 0));
like($error, qr/canceling statement due to lock timeout/, 'another trade of that person waits');
$session = $node->background_psql('postgres', on_error_stop => 0);
$session->query_until(qr/waiting/, "\\echo waiting\n" . trade(92, 91, 0) . "\n");
$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'})
  or die 'nobody waits';
sql(q{COMMIT PREPARED 'legal'; ROLLBACK PREPARED 'taken back'});
$session->quit;
like($session->{stderr}, qr/ERROR:  Fay would be on call in rotations "one" and "other" at once/,
	'and is refused when the other one is committed');
sql(trade(92, 92, 2));
is(sql(q{SELECT count(*) FROM oncall.audit('[2034-01-01Z,2036-01-01Z)') WHERE rotation_id > 90}), '0', 'nothing that stands breaks a rule');

# In full swing: every transaction that was told to be committed has all its
# rows, and of others there are none

sql(q{CREATE TABLE public.done (n int PRIMARY KEY, cover_id int, layer_id int, changed boolean DEFAULT false)});

# what the writer sends: two transactions for each number
sub writes
{
	my ($n) = @_;

	return qq{
		WITH c AS (INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
				SELECT 1, 1, tstzrange(at, at + interval '1 hour'), 1
				FROM (SELECT timestamptz '2040-01-01Z' + $n * interval '1 hour' AS at) a RETURNING cover_id)
			INSERT INTO public.done
			SELECT $n, cover_id, oncall.add_layer('Product', '{Ben,Cleo}', 'R/2021-01-01T00:00[UTC]/P1D', -$n) FROM c;
		BEGIN;
		UPDATE oncall.cover SET person_id = 2 WHERE cover_id = (SELECT cover_id FROM public.done WHERE n = $n);
		SELECT oncall.end_layer(layer_id, '2041-01-01Z') FROM public.done WHERE n = $n;
		UPDATE public.done SET changed = true WHERE n = $n;
		COMMIT;
	};
}

for my $round (1 .. 3)
{
	my $writer = $node->background_psql('postgres', on_error_stop => 0);
	my $from   = $round * 100_000;

	$writer->query_until(qr/writing/,
		join("\n", '\echo writing', map { writes($_) } $from .. $from + 200) . "\n");
	committed($round * 30);
	sql('CHECKPOINT') if $round == 2;
	crash();
	$writer->{run}->finish;

	cmp_ok(sql('SELECT count(*) FROM public.done'), '>=', $round * 30, "round $round: what was committed is there");
	is( sql(q{SELECT count(*) FROM public.done d
			FULL JOIN (SELECT * FROM oncall.cover WHERE period >> '[2039-12-31Z,2040-01-01Z)' AND copy_of IS NULL) c
				ON c.cover_id = d.cover_id
			LEFT JOIN oncall.cover copy ON copy.copy_of = c.cover_id
			WHERE d.n IS NULL OR c.cover_id IS NULL OR NOT upper_inf(c.recorded)
				OR c.person_id <> CASE WHEN d.changed THEN 2 ELSE 1 END
				OR d.changed <> (copy.person_id IS NOT NULL AND copy.person_id = 1)
				OR copy.cover_id IS NOT NULL AND upper(copy.recorded) <> lower(c.recorded)}),
		'0', 'each with its cover and its history');
	is( sql(q{SELECT count(*) FROM public.done d
			FULL JOIN (SELECT * FROM oncall.layer WHERE rank <= -100000 AND copy_of IS NULL) l USING (layer_id)
			WHERE d.n IS NULL OR l.layer_id IS NULL
				OR (SELECT count(*) FROM oncall.layer_member m WHERE m.layer_id = l.layer_id) <> 2
				OR d.changed <> (oncall_internal.layer_until(l.layer_id) IS NOT NULL)}),
		'0', 'each with its layer and its members');
	is( sql(q{SELECT count(*) FROM public.done d, oncall.cover c
			WHERE c.cover_id = d.cover_id
				AND oncall.primary_of(oncall.on_call(1, lower(c.period))) IS DISTINCT FROM c.person_id}),
		'0', 'look-ups say the same');
}
($status, $output, $error) = $node->psql('postgres', 'DELETE FROM oncall.cover');
like($error, qr/cannot be deleted/, 'the rules still hold');
$node->stop;

done_testing();
