# Logical replication of the tables to a second node, where setup() has made
# them as well: the same rosters and the same history, since triggers do not
# write it a second time there.
#
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $small   = 'test/data/small.sql';
my $answers = 'test/data/answers.sql';

my ($publisher, $subscriber) = map {
	my $node = PostgreSQL::Test::Cluster->new($_);

	$node->init(allows_streaming => 'logical');
	$node->append_conf('postgresql.conf', "max_prepared_transactions = 5\noncall.past_reason = 'what a test says of the past'");
	$node->start;
	$node->safe_psql('postgres', "CREATE ROLE owner_of_$_; GRANT CREATE ON DATABASE postgres TO owner_of_$_");
	$node->safe_psql('postgres', "SET ROLE owner_of_$_; CREATE EXTENSION oncall; SELECT oncall.setup()");
	$node;
} qw(publisher subscriber);
my @tables = split ' ', $publisher->safe_psql('postgres', q{
	SELECT string_agg(c.relname, ' ' ORDER BY c.oid) FROM pg_class c
	WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'r'});

# Wait until the subscriber has applied all that was written.
sub apply
{
	$publisher->wait_for_catchup('rosters');
	return;
}

# Rows and answers of both nodes are the same.
sub same
{
	my ($name) = @_;

	for my $table (@tables)
	{
		my ($there, $here) =
		  map { $_->safe_psql('postgres', "TABLE oncall.$table ORDER BY 1, 2") } $subscriber, $publisher;

		is($there, $here, "$name: oncall.$table");
	}
	my ($there, $here) =
	  map { $_->safe_psql('postgres', slurp_file($answers)) } $subscriber, $publisher;
	ok($there eq $here, "$name: look-ups answer the same");
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
# setup() has written severities on both nodes
$subscriber->safe_psql('postgres', 'DELETE FROM oncall.severity');
$publisher->safe_psql('postgres', 'CREATE PUBLICATION rosters FOR TABLES IN SCHEMA oncall');
$subscriber->safe_psql('postgres',
	q{CREATE SUBSCRIPTION rosters CONNECTION '} . $publisher->connstr . q{ dbname=postgres' PUBLICATION rosters});
$subscriber->wait_for_subscription_sync($publisher, 'rosters');
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

# Going on there, when the first node is given up: keys have to be moved on

$subscriber->safe_psql('postgres', 'ALTER SUBSCRIPTION rosters DISABLE');
$subscriber->safe_psql('postgres', 'ALTER SUBSCRIPTION rosters SET (slot_name = NONE); DROP SUBSCRIPTION rosters');
($status, $output, $error) = $subscriber->psql('postgres', q{SELECT oncall.add_person('Gus', 'UTC')});
like($error, qr/duplicate key/, 'keys are not replicated');
$subscriber->safe_psql('postgres', q{
	DO $$
	DECLARE
		key record;
	BEGIN
		FOR key IN
			SELECT a.attrelid::regclass AS "table", a.attname AS "column"
			FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
			WHERE c.relnamespace = 'oncall'::regnamespace AND a.attidentity <> ''
		LOOP
			EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), max(%I)) FROM %s',
				key."table", key."column", key."column", key."table");
		END LOOP;
	END $$});
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
