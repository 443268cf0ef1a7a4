# Logical replication of the tables to a second node, where setup() has made
# them as well: the same rosters and the same history, since triggers do not
# write it a second time there. What doc/operations.md says is what is done.
#
# needs: cluster
# Tests: history closing

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $small   = 'test/data/small.sql';
my $answers = 'test/data/answers.sql';

my ($publisher, $subscriber) = map {
	my $node = PostgreSQL::Test::Cluster->new($_);

	$node->init(allows_streaming => 'logical');
	$node->append_conf('postgresql.conf', "max_prepared_transactions = 5\nwal_retrieve_retry_interval = 100ms\noncall.past_reason = 'what a test says of the past'");
	$node->start;
	$node->safe_psql('postgres', "CREATE ROLE owner_of_$_; GRANT CREATE ON DATABASE postgres TO owner_of_$_");
	$node->safe_psql('postgres', "SET ROLE owner_of_$_; CREATE EXTENSION oncall; SELECT oncall.setup()");
	$node;
} qw(publisher subscriber);
my @tables = split ' ', $publisher->safe_psql('postgres', q{
	SELECT string_agg(c.relname, ' ' ORDER BY c.oid) FROM pg_class c
	WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'r'});

my @views = split ' ', $publisher->safe_psql('postgres', q{
	SELECT string_agg(c.relname, ' ' ORDER BY c.oid) FROM pg_class c
	WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'v'});

# The statements that the page gives, one with those words
my ($section) = slurp_file('doc/operations.md') =~ /^## Logical replication\n(.*?)^## /ms;
my @statements = $section =~ /^ {4,6}(DO \$\$.*?\$\$;|(?:CREATE|SELECT|DELETE|ALTER|DROP) .*?;)$/gms;

sub documented
{
	my ($words) = @_;
	my @found = grep { /$words/ } @statements;

	die "doc/operations.md says \"$words\" " . @found . ' times' if @found != 1;
	return $found[0];
}

# Wait until the subscriber has applied all that was written.
sub apply
{
	$publisher->wait_for_catchup('oncall');
	return;
}

# What tables and views of a node show, and the look-ups
sub shown
{
	my ($node, @what) = @_;
	my $all = $node->safe_psql('postgres', join "\n", "SET timezone = 'UTC';", map {
			"\\echo === $_\n" . ($_ eq 'look-ups' ? slurp_file($answers) : "SELECT * FROM oncall.$_ v ORDER BY v::text;") } @what);
	my %shown = $all =~ /^=== (\S+)\n(.*?)(?=^=== |\z)/gms;

	# what reaches up to now, or as far ahead as is planned, ends a little later
	$shown{$_} =~ s/\d\d:\d\d:\d\d\.\d+|\d+\.\d{3,}/moment/g for grep { my $what = $_; grep { $_ eq $what } @views } @what;
	return \%shown;
}

# Rows and answers of both nodes are the same.
sub same
{
	my ($name) = @_;
	my @what = (@tables, @views, 'look-ups');
	my ($there, $here) = map { shown($_, @what) } $subscriber, $publisher;

	is(scalar(keys %$here), scalar(@what), "$name: all of them");
	for my $what (@what)
	{
		my ($first, $other, $again) = ($here->{$what}, $there->{$what}, $here->{$what});

		# what tells of now is another thing a little later: ask once more
		for (1 .. 20)
		{
			last if $other eq $first || $other eq $again || $_ > 1 && $first eq $again;
			($first, $other, $again) = map { shown($_, $what)->{$what} } $publisher, $subscriber, $publisher;
		}
		ok($other eq $first || $other eq $again, "$name: $what") or diag("there:\n$other\nhere:\n$again");
	}
	return;
}

sub write_sql
{
	my ($sql) = @_;

	return $publisher->safe_psql('postgres', "SET ROLE owner_of_publisher;\n$sql");
}

# Every table has what replication needs to find a row by

is( $publisher->safe_psql('postgres', q{
		SELECT string_agg(c.relname, ' ') FROM pg_class c
		WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'r'
			AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)}),
	'', 'every table has a primary key');

# The rows that are there when it begins

write_sql(slurp_file($small));
# what follows is not about the rules of trades
write_sql('ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge');
is( join(' ', grep { $subscriber->safe_psql('postgres', "SELECT EXISTS (SELECT FROM oncall.$_)") eq 't' } @tables),
	'severity', 'setup() has written one table only');
$subscriber->safe_psql('postgres', documented('DELETE FROM'));
$publisher->safe_psql('postgres', documented('CREATE PUBLICATION'));
is( $publisher->safe_psql('postgres', q{SELECT string_agg(tablename, ' ' ORDER BY format('oncall.%I', tablename)::regclass::oid) FROM pg_publication_tables}),
	join(' ', @tables), 'every table is published');
$subscriber->safe_psql('postgres', documented('CREATE SUBSCRIPTION') =~ s/host=db1 dbname=company/$publisher->connstr . ' dbname=postgres'/er);
$subscriber->wait_for_subscription_sync($publisher, 'oncall');
cmp_ok($subscriber->safe_psql('postgres', 'SELECT count(*) FROM oncall.cover WHERE copy_of IS NOT NULL'),
	'>=', 3, 'closed copies have come');
same('copied');

# What is written from then on

my $session = $subscriber->background_psql('postgres');
my $repeatable = $subscriber->background_psql('postgres');
# several looks, since the first is not remembered whole
my $look = q{SELECT DISTINCT oncall.on_call(1, timestamptz '2021-06-01Z' + n * interval '0') FROM generate_series(1, 5) n};
my $layer = $session->query_safe($look);
$session->query_safe('BEGIN');
$repeatable->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ');
is($_->query_safe($look), $layer, 'before the covers') for ($session, $repeatable);

write_sql(q{INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
	VALUES (1, 1, '[2021-06-01Z,2021-06-02Z)', 4), (1, 2, '[2021-06-01Z,2021-06-02Z)', 5)});
apply();
is($session->query_safe($look), '(4,5)', 'a session that has looked before sees a cover that was applied');
is($repeatable->query_safe($look), $layer, 'in REPEATABLE READ it does not');

write_sql($_)
  for (
	# changed, by triggers that keep what was believed
	q{UPDATE oncall.cover SET person_id = 3 WHERE period = '[2021-06-01Z,2021-06-02Z)' AND seat = 1},
	q{UPDATE oncall.cover SET period = '[2021-06-01Z,2021-06-03Z)' WHERE person_id = 3 AND seat = 1 AND upper_inf(recorded) AND period @> timestamptz '2021-06-01Z'},
	q{SELECT oncall.end_cover(cover_id, '2021-06-01 12:00Z') FROM oncall.cover
		WHERE seat = 2 AND period @> timestamptz '2021-06-01Z' AND upper_inf(recorded)},
	q{SELECT oncall.withdraw_cover(3)},
	q{SELECT oncall.end_layer(4, '2022-06-01Z'); SELECT oncall.withdraw_layer(5)},
	# written and taken back, in one transaction
	q{BEGIN; INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (3, 1, '[2029-03-01Z,2029-03-08Z)');
		SELECT oncall.withdraw_cover(max(cover_id)) FROM oncall.cover; COMMIT},
	# by the functions
	q{SELECT oncall.add_person('Freya', 'Europe/Oslo')},
	q{SELECT oncall.add_rotation('New', '{Freya,Ben,Cleo}', 'R/2021-01-05T12:00[Europe/Oslo]/P7D')},
	q{INSERT INTO oncall.layer_member (layer_id, position, person_id, valid)
		SELECT layer_id, 7, 4, '[2022-01-01Z,)' FROM oncall.layer JOIN oncall.rotation USING (rotation_id) WHERE rotation.name = 'New';
		INSERT INTO oncall.layer_leave (layer_member_id, period)
		SELECT layer_member_id, '[2022-01-01Z,2023-01-01Z)' FROM oncall.layer_member WHERE person_id = 2},
	q{SELECT oncall.add_holiday_cover('SRE', '[2021-12-25,2021-12-27)')},
	q{SELECT oncall.retire_rotation('Product', '2023-01-01Z')},
	# traded
	q{SELECT oncall.accept_offer(5, 'Ben'); SELECT oncall.withdraw_offer(4)},
	# prepared
	q{BEGIN; INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
		VALUES (3, 1, '[2021-09-01Z,2021-09-02Z)', 5); PREPARE TRANSACTION 'cover'},
	q{COMMIT PREPARED 'cover'},
	# what may be edited, renamed and deleted
	q{UPDATE oncall.person SET name = 'Aroha Ngata' WHERE person_id = 1;
		UPDATE oncall.rotation SET name = 'Reliability', seats = seats || '{fourth}' WHERE rotation_id = 1;
		DELETE FROM oncall.absence; DELETE FROM oncall.holiday WHERE observes IS NULL});
apply();
my $pair = write_sql($look);
is($session->query_safe($look), $pair, 'the session sees the last of all these');
isnt($pair, $layer, 'which is another pair');
is($repeatable->query_safe($look), $layer, 'REPEATABLE READ still does not');
($session->query_safe('COMMIT'), $repeatable->query_safe('COMMIT'));
is($repeatable->query_safe($look), $pair, 'until its end');
is($session->query_safe(q{SELECT oncall.on_call('Reliability', '2021-06-01Z')}), $pair, 'names are the new ones');
same('applied');
is( $subscriber->safe_psql('postgres', q{
		SELECT count(*) FROM oncall.cover c JOIN oncall.cover o ON o.cover_id = c.copy_of
		WHERE upper(c.recorded) > lower(o.recorded) AND NOT isempty(o.recorded)}),
	'0', 'no copy of a copy was made');
is( $subscriber->safe_psql('postgres', q{SELECT string_agg(DISTINCT made_by, ' ' ORDER BY made_by)
		FROM oncall.cover JOIN oncall.change USING (change_id)}),
	'owner_of_publisher somebody', 'who wrote is who wrote there');
$_->quit for ($session, $repeatable);

# The rules of the second node are its own, for those who write there

my ($status, $output, $error) = $subscriber->psql('postgres', 'DELETE FROM oncall.cover');
like($error, qr/cannot be deleted/, 'history cannot be deleted there');
($status, $output, $error) = $subscriber->psql('postgres', 'UPDATE oncall.layer SET rank = 7');
like($error, qr/ERROR:  layer \d+/, 'nor layers edited');
like($subscriber->safe_psql('postgres', 'SET ROLE owner_of_subscriber; SELECT oncall.setup()'),
	qr/the tables are up to date/, 'setup() has nothing to do');

# Whoever writes there nevertheless gets a number that is given again: nothing is
# applied until it is free

my $since = -s $subscriber->logfile;
my $taken = $subscriber->safe_psql('postgres', q{INSERT INTO oncall.calendar (calendar_id, name)
	SELECT max(calendar_id) + 1, 'written there' FROM oncall.calendar RETURNING calendar_id});
write_sql(q{INSERT INTO oncall.calendar (name) VALUES ('written here')});
write_sql(q{UPDATE oncall.person SET name = 'Aroha' WHERE person_id = 1});
for (1 .. 600)
{
	last if slurp_file($subscriber->logfile, $since) =~ /duplicate key value violates unique constraint "calendar_pkey"/;
	sleep(0.1);
}
like(slurp_file($subscriber->logfile, $since), qr/duplicate key value violates unique constraint "calendar_pkey"/, 'the log says what is in the way');
is($subscriber->safe_psql('postgres', 'SELECT name FROM oncall.person WHERE person_id = 1'), 'Aroha Ngata', 'and nothing is applied');
$subscriber->safe_psql('postgres', "DELETE FROM oncall.calendar WHERE calendar_id = $taken");
apply();
is($subscriber->safe_psql('postgres', 'SELECT name FROM oncall.person WHERE person_id = 1'), 'Aroha', 'until the row is gone');

# Going on there, when the first node is given up: keys have to be moved on

$subscriber->safe_psql('postgres', documented($_)) for ('DISABLE', 'slot_name', 'DROP SUBSCRIPTION');
($status, $output, $error) = $subscriber->psql('postgres', q{SELECT oncall.add_person('Gus', 'UTC')});
like($error, qr/duplicate key/, 'keys are not replicated');
$subscriber->safe_psql('postgres', documented('^DO '));
is( $subscriber->safe_psql('postgres', q{
		SELECT oncall.add_person('Gus', 'UTC') = (SELECT max(person_id) FROM oncall.person) + 1}),
	't', 'moved on, they go on');
is( $subscriber->safe_psql('postgres', q{
		BEGIN;
		ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge;
		UPDATE oncall.cover SET person_id = 2 WHERE cover_id = 1;
		SELECT count(*) FROM oncall.cover WHERE copy_of = 1;
		COMMIT}), '2', 'and triggers keep what was believed');
$_->stop for ($subscriber, $publisher);

done_testing();
