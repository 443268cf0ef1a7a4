# Alerts on several nodes, rosters on each of them: what doc/distributed.md says,
# by the commands that stand there.
#
# With Citus, if the server has it, and else, or with ONCALL_NODES=plain in the
# environment, on plain servers, whose tables postgres_fdw puts together.
# ONCALL_ALERTS is the number of alerts (10,000). "make test-distributed" runs it
# with a million, and prints what the same query takes on one node.
#
# Tests: copied write_signal snapshot_memo page_on_insert setup
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $nalerts = $ENV{ONCALL_ALERTS} || 10_000;
my $nshards = 32;
my $library = `pg_config --pkglibdir`;
chomp($library);
my $citus = ($ENV{ONCALL_NODES} || '') ne 'plain' && -e "$library/citus.so";
my ($coordinator, @workers);

# The commands of the page, by where they are to be run.
my %commands;
my $page = slurp_file('doc/distributed.md');
push @{ $commands{$1} }, $2 while $page =~ /^```sql (\w+)\n(.*?)^```$/msg;

my $engine = $citus ? 'Citus' : 'plain servers with logical replication and postgres_fdw';
$engine .= ', since Citus is not installed' if !-e "$library/citus.so";
diag("$engine: one coordinator, two workers, $nalerts alerts in $nshards shards");

# What a statement prints, and what it fails with.
sub sql
{
	my ($node, $sql) = @_;

	return $node->safe_psql('postgres', $sql);
}

sub error
{
	my ($node, $sql) = @_;
	my ($status, $output, $error) = $node->psql('postgres', "\\set VERBOSITY verbose\n$sql");

	return $error =~ /^(?:psql:[^\n]*? )?ERROR:[^\n]*/m ? $error : "no error: $output";
}

# Run one of the page's commands on a node, with the names that are meant.
sub command
{
	my ($place, $number, $node) = @_;
	my $sql = $commands{$place}[$number];
	my $to = $coordinator->connstr('postgres');

	$sql =~ s/oncall_worker1/'oncall_' . $node->name/e;
	$sql =~ s/'host=coordinator dbname=company'/"'" . $to =~ s{'}{''}gr . "'"/e;
	return sql($node, $sql);
}

sub until_ready
{
	my ($node) = @_;

	for (1 .. 600)
	{
		return 1 if command('worker', 2, $node) eq 't';
		sleep 0.1;
	}
	return 0;
}

# Until all workers have what has been written.
sub all_have_it
{
	my $query = $commands{wait}[0];
	my $lsn = sql($coordinator, 'SELECT pg_current_wal_lsn()');

	$query =~ s/pg_current_wal_lsn\(\)/'$lsn'/;
	return $coordinator->poll_query_until('postgres', $query);
}

# The answers of a query as a number of rows, of answers, and a sum over both
# which is the same in any order.
sub digest
{
	my ($node, $answers) = @_;

	return sql($node, qq{
		SELECT count(*), count(answer), sum(hashtextextended(alert_id || ' ' || coalesce(answer, 'nobody'), 0)::numeric)
		FROM ($answers) a});
}

# Servers

$coordinator = PostgreSQL::Test::Cluster->new('coordinator');
@workers = map { PostgreSQL::Test::Cluster->new("worker$_") } 1, 2;
for my $node ($coordinator, @workers)
{
	$node->init(allows_streaming => 'logical');
	$node->append_conf('postgresql.conf', join("\n",
		"max_connections = 100", "max_worker_processes = 20", "max_prepared_transactions = 50", "wal_retrieve_retry_interval = '100ms'",
		"shared_buffers = '256MB'", 'max_parallel_workers_per_gather = 0', "max_wal_size = '4GB'", "timezone = 'UTC'",
		$citus ? "shared_preload_libraries = 'citus'" : ''));
	$node->start;
	sql($node, $citus ? 'CREATE EXTENSION citus' : 'CREATE EXTENSION oncall; CREATE EXTENSION postgres_fdw');
}
if ($citus)
{
	sql($coordinator, sprintf("SELECT citus_set_coordinator_host('%s', %d)", $coordinator->host, $coordinator->port));
	sql($coordinator, sprintf("SELECT citus_add_node('%s', %d)", $_->host, $_->port)) for @workers;
	sql($coordinator, 'CREATE EXTENSION oncall');
	is(sql($_, q{SELECT count(*) FROM pg_extension WHERE extname = 'oncall'}), '1', $_->name . ' has the extension')
	  for @workers;
}
like(error($workers[0], q{SELECT oncall.on_call(1, '2021-06-01Z')}), qr/42P01: table "oncall\.\w+" does not exist/,
	'before setup() a look-up on a worker is an error');

# The roster, and what the page does with it

is(sql($coordinator, 'SELECT oncall.setup()') =~ s/ \d\S*:/:/r, 'oncall: the tables have been made', 'the coordinator has tables');
sql($coordinator, slurp_file('test/data/small.sql'));
command('coordinator', 0, $coordinator);
command('worker', 0, $_) for @workers;
if ($citus)
{
	like(error($workers[0], q{SELECT oncall.on_call(1, '2021-06-01Z')}), qr/42704: rotation 1 does not exist in this database/,
		'without its subscription a look-up on a worker is an error');
	like(error($workers[0], q{SELECT oncall.on_call_any('1', '2021-06-01Z')}), qr/42704: there are no rotations in this database/,
		'so is one that takes unknown names');
}

# A row that is there already keeps one table of the first worker from being copied

my $row = sql($coordinator, 'COPY (SELECT * FROM oncall.layer ORDER BY layer_id LIMIT 1) TO STDOUT');
sql($workers[0], "SET session_replication_role = replica;\nCOPY oncall.layer FROM STDIN;\n$row\n\\.\n");
command('worker', 1, $_) for @workers;
$workers[0]->poll_query_until('postgres',
	q{SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel WHERE srrelid <> 'oncall.layer'::regclass});
my $repeatable = $workers[0]->background_psql('postgres', on_error_stop => 0);
$repeatable->query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT;');
for my $look (q{oncall.on_call(1, '2021-06-01Z')}, q{oncall.on_call('SRE', '2021-06-01Z')},
	q{oncall.seat_holder(1, 1, '2021-06-01Z')}, q{oncall.is_on_call(1, 2, '2021-06-01Z')},
	q{oncall.on_call_any('Product', '2021-06-01Z')}, q{oncall.on_call(2, '2021-06-01Z', '2021-06-01Z')},
	q{oncall.roster('[2021-06-01,2021-06-02)')}, q{oncall.duties(2, '[2021-06-01,2021-06-02)')})
{
	like(error($workers[0], "SELECT $look"), qr/55000: the rotas have not all been copied.*"oncall\.layer"/s,
		"half copied, it is an error: $look");
}
sql($workers[0], 'SET session_replication_role = replica; DELETE FROM oncall.layer');
ok(until_ready($_), $_->name . ' is ready') for @workers;
unlike(error($workers[0], q{SELECT oncall.on_call(1, '2021-06-01Z')}), qr/ERROR/, 'once copied, it is answered');
$repeatable->query(q{SELECT oncall.on_call(1, '2021-06-01Z')});
like($repeatable->{stderr}, qr/the rotas have not all been copied/, 'and still an error for who sees what was there before');
$repeatable->quit;

# Alerts: here in one table, and there in shards

sql($coordinator, qq{
	CREATE TABLE alert_here (alert_id bigint, rotation_id int, rotation text, at timestamptz);
	INSERT INTO alert_here
	SELECT i, r.rotation_id, r.name, timestamptz '2019-06-01Z' + i * (interval '4 years' / $nalerts)
	FROM generate_series(1, $nalerts) i JOIN oncall.rotation r ON r.rotation_id = 1 + i % 3;
	ANALYZE alert_here});
if ($citus)
{
	sql($coordinator, qq{
		CREATE TABLE alert (alert_id bigint, rotation_id int, rotation text, at timestamptz);
		SELECT create_distributed_table('alert', 'alert_id', shard_count => $nshards);
		INSERT INTO alert SELECT * FROM alert_here;
		CREATE VIEW alert_seen AS SELECT *, oncall.on_call(rotation_id, at) AS pair FROM alert;
		ANALYZE alert});
}
else
{
	sql($coordinator, q{CREATE TABLE alert_seen (alert_id bigint, rotation_id int, rotation text, at timestamptz, pair oncall.pair)
		PARTITION BY HASH (alert_id)});
	for my $worker (@workers)
	{
		sql($coordinator, sprintf(q{
			CREATE SERVER %s FOREIGN DATA WRAPPER postgres_fdw
				OPTIONS (host '%s', port '%d', dbname 'postgres', async_capable 'true', fetch_size '10000', extensions 'oncall');
			CREATE USER MAPPING FOR CURRENT_USER SERVER %1$s}, $worker->name, $worker->host, $worker->port));
	}
	for my $shard (0 .. $nshards - 1)
	{
		my $worker = $workers[ $shard % 2 ];

		sql($worker, qq{
			CREATE TABLE alert_$shard (alert_id bigint, rotation_id int, rotation text, at timestamptz);
			CREATE VIEW alert_seen_$shard AS SELECT *, oncall.on_call(rotation_id, at) AS pair FROM alert_$shard});
		sql($coordinator, sprintf(q{
			CREATE FOREIGN TABLE alert_seen_%1$d PARTITION OF alert_seen FOR VALUES WITH (MODULUS %2$d, REMAINDER %1$d)
				SERVER %3$s OPTIONS (table_name 'alert_seen_%1$d');
			-- a view with a computed column cannot be written to from afar
			CREATE FOREIGN TABLE alert_%1$d (alert_id bigint, rotation_id int, rotation text, at timestamptz)
				SERVER %3$s OPTIONS (batch_size '1000');
			INSERT INTO alert_%1$d SELECT * FROM alert_here
			WHERE satisfies_hash_partition('alert_seen'::regclass, %2$d, %1$d, alert_id)}, $shard, $nshards, $worker->name));
	}
}
my $seen = 'SELECT alert_id, pair::text AS answer FROM alert_seen';
my $plan = sql($coordinator, 'EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM alert_seen');
if ($citus)
{
	like($plan, qr/Task Count: $nshards\b.*Query: SELECT .*oncall\.on_call\(/s, 'on_call is pushed down to the shards');
}
else
{
	is(() = $plan =~ /Remote SQL: SELECT alert_id, rotation_id, rotation, at, pair FROM public\.alert_seen_\d+/g, $nshards,
		'the workers compute the pairs');
}
my $one = digest($coordinator, 'SELECT alert_id, oncall.on_call(rotation_id, at)::text AS answer FROM alert_here');
like($one, qr/^$nalerts\|[1-9]/, 'one node has answers');
is(digest($coordinator, $seen), $one, 'and the shards have the same');

# Other look-ups and types

if ($citus)
{
	for my $look ('oncall.on_call(rotation, at)', 'oncall.on_call(rotation_id, at, at)', 'oncall.on_call_any(rotation, at)',
		'oncall.seat_holder(rotation_id, 1, at)', 'oncall.seat_holder(rotation, 3, at)',
		'oncall.is_on_call(rotation::oncall.ref, 2, at)', 'oncall.is_on_call(NULL, 2, at)')
	{
		my ($here, $there) =
		  map { digest($coordinator, "SELECT alert_id, ($look)::text AS answer FROM $_") } 'alert_here', 'alert';

		is($there, $here, "the same: $look");
		like(sql($coordinator, "EXPLAIN (VERBOSE, COSTS OFF) SELECT $look FROM alert"), qr/Task Count: $nshards\b/, 'pushed down');
	}
	for my $query (
		'SELECT oncall.on_call(rotation_id, at)::text, count(*) FROM %s GROUP BY 1',
		q{SELECT count(*) FROM %s WHERE oncall.on_call(rotation_id, at) OPERATOR(oncall.=) '(1,2)'},
		q{WITH p AS (SELECT oncall.on_call(rotation_id, at) AS pair FROM %s) SELECT oncall.primary_of(pair), count(*) FROM p GROUP BY 1},
		q{SELECT r.person, count(*) FROM %s a, LATERAL oncall.roster(tstzrange(a.at, a.at + interval '1 hour'), a.rotation::oncall.ref) r
			WHERE a.alert_id %% 100 = 0 GROUP BY 1},
		q{SELECT count(*) FROM (SELECT a.alert_id FROM %s a,
			LATERAL oncall.roster(tstzrange(a.at, a.at + interval '1 hour'), a.rotation::oncall.ref) r
			WHERE a.alert_id %% 100 = 0 GROUP BY a.alert_id) s},
		q{SELECT r.person, count(*) FROM %s a JOIN oncall.roster('[2020-01-01,2023-01-01)') r
			ON r.rotation_id = a.rotation_id AND r.seat = 1 AND r.period @> a.at
			WHERE a.alert_id %% 100 = 0 GROUP BY 1},
		q{SELECT n.primary_name, count(*) FROM %s JOIN oncall.on_call_now n USING (rotation_id) GROUP BY 1},
		q{SELECT s.person, count(*) FROM %s a JOIN oncall.shift s ON s.rotation_id = a.rotation_id AND s.seat = 1 AND s.period @> a.at + interval '7 years'
			GROUP BY 1},
		q{SELECT p.name, count(*) FROM %s a JOIN oncall.person p ON p.person_id = oncall.seat_holder(a.rotation_id, 1, a.at) GROUP BY 1},
		q{CREATE TEMP TABLE p AS TABLE oncall.pager_load;
			SELECT count(*), sum(p.pages) FROM %s a JOIN p ON p.person_id = oncall.seat_holder(a.rotation_id, 1, a.at)
			WHERE a.alert_id %% 100 = 0})
	{
		my ($here, $there) =
		  map { join "\n", sort split /\n/, sql($coordinator, sprintf($query, $_)) } 'alert_here', 'alert';

		is($there, $here, "the same: $query");
	}
	is( sql($coordinator, q{PREPARE look(bigint) AS SELECT oncall.on_call(rotation_id, at) FROM alert WHERE alert_id = $1;} .
			join(' ', map { "EXECUTE look($_);" } 1 .. 8)),
		sql($coordinator, 'SELECT oncall.on_call(rotation_id, at) FROM alert_here WHERE alert_id <= 8 ORDER BY alert_id'),
		'prepared, too');
	sql($coordinator, q{
		CREATE TABLE done (alert_id bigint, pair oncall.pair, spent oncall.hours, hours oncall.weekly_hours, cadence oncall.cadence);
		SELECT create_distributed_table('done', 'alert_id');
		INSERT INTO done SELECT alert_id, oncall.on_call(rotation_id, at), 'night=>06:00:00, day=>00:30:00', 'Mo-Fr 08:00-18:00',
			'R/2026-01-06T12:00[Pacific/Auckland]/P7D' FROM alert;
		CREATE TABLE by_pair (pair oncall.pair, n int);
		SELECT create_distributed_table('by_pair', 'pair');
		INSERT INTO by_pair SELECT oncall.pair(i, i + 1), i FROM generate_series(1, 100) i});
	is(digest($coordinator, 'SELECT alert_id, pair::text AS answer FROM done'), $one, 'INSERT ... SELECT writes the same');
	is(sql($coordinator, 'SELECT oncall.sum(spent) FROM done'),
		sprintf('day=>%d:%02d:00, night=>%d:00:00', $nalerts / 2, 30 * ($nalerts % 2), 6 * $nalerts), 'hours are summed');
	is(sql($coordinator, q{SELECT hours, cadence FROM done WHERE alert_id = 5}),
		'Mo-Fr 08:00-18:00|R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'types come and go');
	is(sql($coordinator, q{SELECT n FROM by_pair WHERE pair OPERATOR(oncall.=) '(7,8)'}), '7', 'a pair finds its shard');
	sql($coordinator, q{INSERT INTO done VALUES (0, oncall.on_call(1, '2021-06-01Z'));
		UPDATE done SET pair = oncall.on_call(2, '2021-06-01Z') WHERE alert_id = 1});
	is(sql($coordinator, 'SELECT pair FROM done WHERE alert_id < 2 ORDER BY alert_id'),
		sql($coordinator, q{SELECT oncall.on_call(r, '2021-06-01Z') FROM generate_series(1, 2) r}), 'constants are computed once');

	# What is refused, with words that are on the page

	for my $case (
		[ 'UPDATE done d SET pair = oncall.on_call(a.rotation_id, a.at) FROM alert a WHERE a.alert_id = d.alert_id',
			'STABLE functions used in UPDATE queries cannot be called with column references' ],
		[ 'DELETE FROM alert WHERE oncall.on_call(rotation_id, at) IS NULL',
			'STABLE functions used in UPDATE queries cannot be called with column references' ],
		(map { [ "SELECT count(*) FROM alert a$_", 'cannot push down this subquery' ] }
			q{ WHERE EXISTS (SELECT FROM oncall.duties(2, tstzrange(a.at, a.at + interval '1 s')))},
			q{ WHERE rotation_id IN (SELECT r.rotation_id FROM oncall.roster(tstzrange(a.at, a.at + interval '1 s'), a.rotation::oncall.ref) r)},
			q{, LATERAL (SELECT count(*) FROM oncall.roster(tstzrange(a.at, a.at + interval '1 s'), a.rotation::oncall.ref)) r}),
		[ q{SELECT count(*) FROM alert a, oncall.pay_report('Terms', '[2021-06-01,2021-07-01)') p},
			'parameterized queries for SQL functions referencing distributed tables are not supported' ],
		[ 'SELECT count(*) FROM alert a, oncall.pager_load p',
			'parameterized queries for SQL functions referencing distributed tables are not supported' ],
		[ 'CREATE TABLE far (alert_id bigint, rotation_id int REFERENCES oncall.rotation);
			SELECT create_distributed_table(\'far\', \'alert_id\')',
			'referenced table "rotation" must be a distributed table or a reference table' ],
		[ q{SELECT create_reference_table('oncall.rotation')},
			'Citus can not handle circular dependencies between distributed objects' ],
		[ q{CREATE TRIGGER page AFTER INSERT ON alert FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=rotation', 'summary=rotation')},
			'triggers are not supported on distributed tables' ])
	{
		my ($query, $words) = @$case;

		like(error($coordinator, $query), qr/\Q$words\E/, "refused: $words");
		like($page =~ s/\s+/ /gr, qr/\Q$words\E/, 'as the page says');
	}
	like(error($coordinator, q{SET citus.enable_unsafe_triggers = on;
			CREATE TRIGGER page AFTER INSERT ON alert FOR EACH ROW
				EXECUTE FUNCTION oncall.page_on_insert('service=rotation', 'summary=rotation');
			INSERT INTO alert VALUES (0, 1, 'Checkout', now())}),
		qr/25006: table "oncall\.incident" is written on the coordinator/, 'an alert that opens an incident on a worker is not taken');
	sql($coordinator, 'SET citus.enable_unsafe_triggers = on; DROP TRIGGER page ON alert');
	like(error($coordinator, q{SELECT oncall.add_person('Ann ' || alert_id, 'UTC') FROM alert}),
		qr/25006: table "oncall\.person" is written on the coordinator/, 'a write that is pushed down is an error');

	# Rights are each node's own

	sql($coordinator, q{CREATE ROLE reader LOGIN; GRANT SELECT ON alert TO reader; SELECT oncall.grant_access('reader', 'reader')});
	my $read = 'SET ROLE reader; SELECT count(oncall.on_call(rotation_id, at)) FROM alert';
	like(error($coordinator, $read), qr/42501: permission denied for table/, 'whoever may read on the coordinator only may not look up');
	sql($_, q{SELECT oncall.grant_access('reader', 'reader')}) for @workers;
	like(error($coordinator, $read), qr/^no error: [1-9]/, 'but who may on all nodes');
}
for my $look (q{SELECT * FROM oncall.roster('[2019-01-01,2024-01-01)')}, q{SELECT * FROM oncall.duties(2, '[2019-01-01,2024-01-01)')},
	'TABLE oncall.on_call_now', 'SELECT name, oncall.on_call(name, known_at => now()) FROM oncall.rotation ORDER BY 1')
{
	my ($here, @there) = map { sql($_, $look) } $coordinator, @workers;

	is($_, $here, "each node by itself: $look") for @there;
}

# Nobody writes on a worker

for my $write (q{SELECT oncall.add_person('Ann', 'UTC')}, q{INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (3, 1, '[2030-01-01Z,2030-01-02Z)')},
	q{UPDATE oncall.rotation SET name = 'x'}, 'DELETE FROM oncall.absence', 'TRUNCATE oncall.contact',
	q{SELECT oncall.open_incident('Checkout', 'It is down')})
{
	like(error($workers[0], $write), qr/25006: table "oncall\.\w+" is written on the coordinator/, "refused on a worker: $write");
}
sql($workers[1], q{CREATE TABLE own (service text, title text);
	CREATE TRIGGER page AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=service', 'summary=title')});
like(error($workers[1], q{INSERT INTO own VALUES ('Checkout', 'It is down')}), qr/25006: table "oncall\.incident" is written/,
	'a row that would open an incident there is refused');
is(sql($workers[1], 'SELECT count(*) FROM own'), '0', 'and not kept without one');

# What is written on the coordinator reaches connections that have looked before

sub is_same
{
	my ($name) = @_;

	is( digest($coordinator, $seen),
		digest($coordinator, 'SELECT alert_id, oncall.on_call(rotation_id, at)::text AS answer FROM alert_here'), $name);
	return;
}

my $session = $coordinator->background_psql('postgres');
my $look = q{SELECT DISTINCT pair::text FROM alert_seen WHERE rotation_id = 2 AND at >= '2021-06-01Z' AND at < '2021-06-02Z'};
my $before = $session->query_safe($look);
my $cover = q{INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES
	(2, 1, '[2021-06-01Z,2021-06-02Z)', %d), (2, 2, '[2021-06-01Z,2021-06-02Z)', %d)};
my $taken = q{SELECT oncall.withdraw_cover(cover_id) FROM oncall.cover WHERE rotation_id = 2 AND upper_inf(recorded)
	AND period = '[2021-06-01Z,2021-06-02Z)'};

# what the tests of trades are about is not judged here
sql($coordinator, q{ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge;
	ALTER DATABASE postgres SET oncall.past_reason = 'what a test says of the past'});
like($before, qr/^\(\d,\d\)$/, 'before a cover: one pair');
is($session->query_safe($look), $before, 'the same again');
my $begun = time;
sql($coordinator, sprintf($cover, 5, 4));
ok(all_have_it(), 'the workers have the covers');
note(sprintf('a cover was on all nodes after %.2f s', time - $begun));
is($session->query_safe($look), '(5,4)', 'the next look-up of an open connection sees them');
is_same('all alerts again');

# Not waiting: some see it earlier, but nobody sees one seat of it

my %pairs;
for my $round (1 .. 10)
{
	sql($coordinator, $taken);
	$pairs{$_}++ for split /\n/, $session->query_safe($look);
	sql($coordinator, sprintf($cover, 4 + $round % 2, 5 - $round % 2));
	$pairs{$_}++ for split /\n/, $session->query_safe($look);
}
is(join(' ', grep { !/^(?:\(4,5\)|\(5,4\)|\Q$before\E)$/ } sort keys %pairs), '', 'nobody sees one seat of two');
all_have_it();
is_same('after many covers');
sql($coordinator, q{SELECT oncall.add_rotation('New', '{Aroha,Ben}', 'R/2019-01-05T12:00[UTC]/P7D');
	UPDATE oncall.rotation SET name = 'Reliability' WHERE rotation_id = 1; SELECT oncall.end_layer(5, '2021-01-01Z')});
all_have_it();
is_same('after other changes');
is(sql($_, q{SELECT oncall.on_call('New', '2021-06-01Z')}), '(2,1)', 'a new rotation by its name, on ' . $_->name) for @workers;

# A rotation that has not arrived

my $new = sql($coordinator, q{SELECT rotation_id FROM oncall.rotation WHERE name = 'New'});
sql($_, 'ALTER SUBSCRIPTION oncall_' . $_->name . ' DISABLE') for @workers;
sql($coordinator, q{SELECT oncall.add_rotation('Later', '{Aroha,Ben}', 'R/2019-01-05T12:00[UTC]/P7D')});
my $later = sql($coordinator, q{SELECT rotation_id FROM oncall.rotation WHERE name = 'Later'});
my $add = sub {
	my ($id) = @_;

	return qq{INSERT INTO alert VALUES ($nalerts + 1, $id, 'Later', '2021-06-01Z')} if $citus;
	return qq{INSERT INTO alert_0 (alert_id, rotation_id, rotation, at) SELECT i, $id, 'Later', '2021-06-01Z'
		FROM generate_series($nalerts + 1::bigint, $nalerts + 10000) i WHERE satisfies_hash_partition('alert_seen'::regclass, $nshards, 0, i) LIMIT 1};
};
sql($coordinator, $add->($later));
like(error($coordinator, $seen), qr/42704: rotation $later does not exist in this database/, 'one that has not arrived is an error');
like(error($workers[0], qq{SELECT oncall.seat_holder($later, 1, '2021-06-01Z')}), qr/42704/, 'so is its seat');
like(error($workers[0], qq{SELECT oncall.is_on_call($later, 1, '2021-06-01Z')}), qr/42704/, 'and who serves in it');
is(sql($workers[0], qq{SELECT oncall.on_call_any('$later', '2021-06-01Z') IS NULL}), 't', 'but for who says that it may be none');
isnt(sql($workers[0], qq{SELECT oncall.on_call($new, '2021-06-01Z')}), '', 'those before are known');
sql($_, 'ALTER SUBSCRIPTION oncall_' . $_->name . ' ENABLE') for @workers;
all_have_it();
is(sql($coordinator, q{SELECT pair FROM alert_seen WHERE rotation = 'Later'}), '(2,1)', 'then it arrives');
sql($coordinator, qq{INSERT INTO alert_here SELECT alert_id, rotation_id, rotation, at FROM alert_seen WHERE rotation = 'Later'});
is_same('all alerts, the new one too');

# Command 2 may be repeated; a node that is down is an error

command('worker', 0, $workers[0]);
like(error($workers[0], 'DELETE FROM oncall.absence'), qr/25006/, 'the second command may be repeated');
is(sql($workers[0], 'SELECT count(*) FROM oncall.severity'), sql($coordinator, 'SELECT count(*) FROM oncall.severity'), 'and takes nothing away');
$session->quit;
$workers[1]->stop('immediate');
like(error($coordinator, $seen), qr/connection to the remote node|could not connect to server|57P01|08006|terminat/, 'a worker that is down is an error');
$workers[1]->start;
$coordinator->poll_query_until('postgres', q{SELECT bool_and(active) FROM pg_replication_slots});
is_same('and right again when it is back');

# How long it takes

sub median
{
	my ($sql) = @_;
	my @took;

	for (1 .. 5)
	{
		push @took, (sql($coordinator, "\\timing on\n$sql") =~ /Time: ([\d.]+) ms/g)[-1];
	}
	return (sort { $a <=> $b } @took)[2];
}

if ($nalerts >= 100_000)
{
	sql($_, 'VACUUM ANALYZE') for $coordinator, @workers;
	my $settings = 'SET enable_partitionwise_aggregate = on;';
	my ($here, $there) = map { median("$settings\n$_") } 'SELECT count(oncall.on_call(rotation_id, at)) FROM alert_here',
	  'SELECT count(pair) FROM alert_seen';

	diag(sprintf('count of %d pairs: %.0f ms on one node, %.0f ms over two workers, ratio %.2f', $nalerts, $here, $there, $there / $here));
	($here, $there) = map { median("$settings\nCOPY (SELECT alert_id, rotation_id, at, $_) TO '/dev/null';") }
	  'oncall.on_call(rotation_id, at) FROM alert_here', 'pair FROM alert_seen';
	my $rows = median("$settings\nCOPY (SELECT alert_id, rotation_id, at FROM alert_seen) TO '/dev/null';");
	diag(sprintf('all rows and pairs: %.0f ms on one node, %.0f ms over two workers, ratio %.2f; the rows alone: %.0f ms over two workers',
		$here, $there, $there / $here, $rows));
}
$_->stop for @workers, $coordinator;

done_testing();
