# pg_upgrade carries the tables with all their history into a new cluster, of
# this PostgreSQL and of each newer one on this machine that has oncall, and so
# does a dump. An update to the version that is there changes nothing.
#
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib 'test/t';
use TablesThere;

my $small   = slurp_file('test/data/small.sql');
my $answers = slurp_file('test/data/answers.sql');

# A cluster that has never been started, of the programs in a place.
sub cluster
{
	my ($name, $place, @options) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name, $place ? (install_path => $place) : ());

	$node->init(extra => \@options);
	return $node;
}

# Upgrade one that is stopped into another. It leaves scripts in the current
# directory.
sub upgrade
{
	my ($from, $to) = @_;
	my @command = ($to->config_data('--bindir') . '/pg_upgrade', '--no-sync',
		'-d', $from->data_dir, '-D', $to->data_dir,
		'-b', $from->config_data('--bindir'), '-B', $to->config_data('--bindir'),
		'-s', $to->host, '-p', $from->port, '-P', $to->port);

	chdir $PostgreSQL::Test::Utils::tmp_check or die $!;
	$to->command_ok([ @command, '--check' ], 'pg_upgrade --check to ' . $to->name);
	$to->command_ok(\@command, 'pg_upgrade to ' . $to->name);
	return;
}

# Where there are newer servers with oncall, by their numbers.
sub newer_places
{
	my ($bindir) = @_;
	my ($folder, $major) = $bindir =~ m!^(.*)/(\d+)/bin$! or return;

	return map { [ $_, "$folder/$_" ] } sort { $a <=> $b } grep { $_ > $major }
	  map { m!/(\d+)/bin/pg_upgrade$! && -e "$folder/$1/lib/oncall.so" ? $1 : () } glob("$folder/*/bin/pg_upgrade");
}

# A dump, without the lines that are others each time; made by the programs of
# another cluster, if one is given.
sub dump_of
{
	my ($node, $database, $options, $by) = @_;
	my $file = $node->basedir . '/dump.sql';
	my $program = ($by || $node)->config_data('--bindir') . '/pg_dump';

	$node->command_ok([ $program, '-p', $node->port, '-h', $node->host, @$options, '-f', $file, $database ],
		"pg_dump @$options of $database of the " . $node->name . ' cluster');
	return join("\n", grep { !/^\\(un)?restrict |^-- Dumped / } split /\n/, slurp_file($file));
}

sub same
{
	my ($name, $got, $expected) = @_;

	cmp_ok(length($expected), '>', 0, "$name: there is something");
	return if ok($got eq $expected, "$name: the same");
	my @place = map { "$PostgreSQL::Test::Utils::tmp_check/$_" } qw(expected got);
	for ([ $place[0], $expected ], [ $place[1], $got ])
	{
		open(my $out, '>', $_->[0]) or die $!;
		print $out $_->[1];
		close($out);
	}
	return diag(join("\n", map { substr($_, 0, 300) } grep { defined } (split /\n/, `diff @place`)[ 0 .. 30 ]));
}

# What the extension is made of. Array types belong to their types alone from
# PostgreSQL 17 on.
sub members
{
	my ($node) = @_;

	return $node->safe_psql('company', q{
		SELECT pg_describe_object(classid, objid, 0) FROM pg_depend
		WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'oncall')
			AND NOT (classid = 'pg_type'::regclass AND objid IN (SELECT typarray FROM pg_type))
		ORDER BY 1});
}

my $old = cluster('old');
$old->start;
$old->safe_psql('postgres', 'CREATE ROLE owner; CREATE ROLE staff');
for my $database (qw(company empty))
{
	$old->safe_psql('postgres', "CREATE DATABASE $database OWNER owner");
	$old->safe_psql($database, 'SET ROLE owner; CREATE EXTENSION oncall; SELECT oncall.setup()');
}
$old->safe_psql(base_database($old, 'suites'), 'CREATE EXTENSION oncall; SELECT oncall.setup()');
$old->safe_psql('company', "SET ROLE owner;\n$small");

# what a user may add, with columns, indexes and arrays of the types
$old->safe_psql('company', q{
	SET ROLE owner;
	SELECT oncall.grant_access('staff', a) FROM unnest('{reader,manager}'::text[]) a;
	CREATE SCHEMA mine;
	CREATE TABLE mine.page (
		page_id int PRIMARY KEY, at timestamptz, pair oncall.pair, cadences oncall.cadence[],
		hours oncall.weekly_hours DEFAULT 'Mo-Fr 09:00-17:00; PH off',
		someone boolean GENERATED ALWAYS AS (oncall.primary_of(pair) IS NOT NULL) STORED);
	INSERT INTO mine.page
	SELECT n, timestamptz '2021-01-01Z' + n * interval '1 hour',
		oncall.on_call(1 + n % 3, timestamptz '2021-01-01Z' + n * interval '1 hour'),
		ARRAY(SELECT cadence FROM oncall.layer ORDER BY layer_id)
	FROM generate_series(1, 3000) n;
	CREATE INDEX page_pair ON mine.page USING btree (pair);
	CREATE INDEX page_hash ON mine.page USING hash (pair);
	CREATE INDEX page_cadence ON mine.page ((cadences[1]), hours);
	CREATE VIEW mine.now AS SELECT rotation, primary_name FROM oncall.on_call_now;
	CREATE TABLE mine.log (cover_id int);
	CREATE FUNCTION mine.log() RETURNS trigger LANGUAGE plpgsql
		AS 'BEGIN INSERT INTO mine.log VALUES (NEW.cover_id); RETURN NULL; END';
	CREATE TRIGGER log AFTER INSERT ON oncall.cover FOR EACH ROW EXECUTE FUNCTION mine.log();
	CREATE INDEX mine_idx ON oncall.cover (lower(period)) WHERE person_id IS NULL;
	ALTER TABLE oncall.rotation ADD mine text DEFAULT 'x' CHECK (mine <> '');
	CREATE POLICY mine ON oncall.absence TO staff USING (kind <> 'sick');
	INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (1, 1, '[2035-03-01Z,2035-03-08Z)')});
my $pages = q{
	SELECT count(*), count(someone) FILTER (WHERE someone), md5(string_agg(p::text, ',' ORDER BY page_id)) FROM mine.page p};
my $by_index = q{
	SET enable_seqscan = off; SET enable_bitmapscan = off; SET search_path = oncall;
	SELECT (SELECT count(*) FROM mine.page WHERE pair = (SELECT pair FROM mine.page WHERE page_id = 17)),
		(SELECT count(*) FROM mine.page WHERE pair < '(3,)'), (SELECT pair FROM mine.page ORDER BY pair DESC NULLS LAST LIMIT 1)};
my $ids = q{
	SELECT pg_get_serial_sequence('oncall.' || t, t || '_id')::regclass, t, s.last_value
	FROM unnest('{layer,cover,person,rotation}'::text[]) t
	JOIN pg_sequences s ON format('%I.%I', s.schemaname, s.sequencename) = pg_get_serial_sequence('oncall.' || t, t || '_id')
	ORDER BY t};
# OIDs and numbers of transactions
my $passing = qr/(?<=binary_upgrade_set_next_)\w+\('[^']+|(?<=^SET[ ]relfrozenxid[ ]=[ ]).*|(?<=^WHERE[ ]oid[ ]=[ ]).*
	# what setup() keeps of a definition is as one server prints it
	|(?<=[ ]\|[ ])\d+[ ][0-9a-f]{8}(?=")/mx;

# what the planner knows of columns, of the types of ours too
my $statistics = q{
	SELECT schemaname, tablename, attname, null_frac, n_distinct, most_common_vals, most_common_freqs, histogram_bounds
	FROM pg_stats WHERE schemaname IN ('oncall', 'mine') ORDER BY 1, 2, 3};

# What is computed from the tables, and what they are
sub content
{
	my ($node, $database) = @_;
	my %query = (
		'the look-ups'   => $answers,
		'pages'          => $pages,
		'pages by index' => $by_index,
		'numbers given'  => $ids);

	return map { $_ => $node->safe_psql($database, $query{$_}) } keys %query;
}

sub same_content
{
	my ($name, $after, $before) = @_;

	return map { same("$name: $_", $after->{$_}, $before->{$_}) } sort keys %$before;
}

$old->safe_psql('company', 'ANALYZE');
my %before = content($old, 'company');
my %also = (
	'the schema' => dump_of($old, 'company', ['-s']),
	'all data' => dump_of($old, 'company', []),
	'the extension' => members($old));
my $checksums = $old->safe_psql('postgres', 'SHOW data_checksums');
# Some minor releases, such as 17.12, note pg_attver of columns. pg_upgrade from
# them fails to servers that do not know it, such as 18.6, with plain tables too.
my $attver = $old->safe_psql('company', q{SELECT count(*) FROM pg_attribute WHERE attoptions::text LIKE '%pg_attver%'});
my $known = $old->safe_psql('company', $statistics);
like($known, qr/^mine\|page\|pair\|.*\{"\(/m, 'something is known of a column of a type of ours');
cmp_ok($old->safe_psql('company', 'SELECT count(*) FROM oncall.cover WHERE copy_of IS NOT NULL AND NOT upper_inf(recorded)'),
	'>=', 3, 'there are closed copies');
$old->stop;

my $new = cluster('new');
upgrade($old, $new);
$new->start;
same_content('upgraded', { content($new, 'company'), 'the schema' => dump_of($new, 'company', ['-s']),
		'all data' => dump_of($new, 'company', []), 'the extension' => members($new) }, { %before, %also });

# The new cluster is alive

sub rules_hold
{
	my ($name, $node, $database) = @_;

	like($node->safe_psql($database, 'SET ROLE owner; SELECT oncall.setup()'),
		qr/the tables are up to date/, "$name: setup() has nothing to do");
	is( $node->safe_psql($database, q{
			SET ROLE owner;
			BEGIN;
			UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 1;
			SELECT count(*), count(*) FILTER (WHERE NOT upper_inf(recorded)) FROM oncall.cover WHERE copy_of = 1;
			SELECT count(*) FROM mine.log;
			ROLLBACK}), "2|2\n2", "$name: triggers, and those of the user, fire");
	for (['DELETE FROM oncall.layer', qr/cannot be deleted/],
		[ 'DROP EXTENSION oncall', qr/other objects depend on it/ ],
		[ q{INSERT INTO oncall.cover (rotation_id, seat, period) SELECT rotation_id, seat, period FROM oncall.cover WHERE upper_inf(recorded)},
			qr/cover_no_overlap/ ],
		[ q{SET ROLE staff; UPDATE oncall.person SET zone = 'EST5'}, qr/permission denied|must be|zone/ ])
	{
		my ($statement, $error) = @$_;
		my ($status, $output, $said) = $node->psql($database, $statement);

		like($said, $error, "$name: refused: $statement");
	}
	return;
}

rules_hold('upgraded', $new, 'company');
suites_pass($new, 'suites', 'upgraded') if ($ENV{ONCALL_AFTER} // '') eq 'all';

# An update to the version that is there, and the ways to others

my $schema = dump_of($new, 'company', ['-s']);
my ($status, $output, $error) = $new->psql('company', 'ALTER EXTENSION oncall UPDATE');
is($status, 0, 'ALTER EXTENSION UPDATE');
like($error, qr/NOTICE:  version "[\d.]+" of extension "oncall" is already installed/, 'there is nothing newer');
is(members($new), $also{'the extension'}, 'the extension is the same');
ok(dump_of($new, 'company', ['-s']) eq $schema, 'so is the schema');
my $version = $new->safe_psql('company', q{SELECT default_version FROM pg_available_extensions WHERE name = 'oncall'});
is( $new->safe_psql('company', q{
		SELECT source, target, path FROM pg_extension_update_paths('oncall')
		WHERE target = '} . $version . q{' AND (path IS NULL OR path !~ ('--' || target || '$'))}),
	'', 'every version can be updated to this one');
is( $new->safe_psql('company', q{
		SELECT p.source, p.target FROM pg_extension_update_paths('oncall') p
		WHERE p.path IS NOT NULL
			AND string_to_array(p.source, '.')::int[] > string_to_array(p.target, '.')::int[]}),
	'', 'and none to an older one');
is( $new->safe_psql('company', q{
		SELECT string_agg(version, ' ') FROM pg_available_extension_versions WHERE name = 'oncall' AND installed}),
	$version, 'the newest is what is installed');
$new->stop;

# Newer servers: what is computed there is the same, rules hold, and nothing is
# other than if it had been made there

sub check_newer
{
	my ($major, $place) = @_;
	my $name = "PostgreSQL $major";

	return note "$name here is older than this PostgreSQL's minor release: it does not know pg_attver"
	  if $attver && slurp_file("$place/bin/postgres") !~ /pg_attver/;
	my $newer = cluster("of_$major", $place, $major >= 18 && $checksums eq 'off' ? ('--no-data-checksums') : ());
	my $company = $PostgreSQL::Test::Utils::tmp_check . "/company_$major";

	$old->start;
	my $data = dump_of($old, 'company', ['-a'], $newer);
	$newer->command_ok([ $newer->config_data('--bindir') . '/pg_dump', '-Fc', '-p', $old->port, '-h', $old->host,
			'-f', $company, 'company' ], "$name: its pg_dump of the old cluster");
	$old->stop;
	upgrade($old, $newer);
	$newer->start;
	same_content("$name, upgraded", { content($newer, 'company'), 'the extension' => members($newer) },
		{ %before, 'the extension' => $also{'the extension'} });
	same("$name, upgraded: the data", dump_of($newer, 'company', ['-a']), $data);
	same("$name, upgraded: what is known of columns", $newer->safe_psql('company', $statistics), $known) if $major >= 18;
	rules_hold("$name, upgraded", $newer, 'company');

	$newer->safe_psql('postgres', 'CREATE DATABASE fresh OWNER owner');
	$newer->safe_psql('fresh', 'SET ROLE owner; CREATE EXTENSION oncall; SELECT oncall.setup()');
	same("$name: tables that were made here", dump_of($newer, 'empty', [ '--binary-upgrade', '-s' ]) =~ s/$passing//gr,
		dump_of($newer, 'fresh', [ '--binary-upgrade', '-s' ]) =~ s/$passing//gr);

	$newer->safe_psql('postgres', 'CREATE DATABASE restored OWNER owner');
	$newer->command_ok([ $newer->config_data('--bindir') . '/pg_restore', '--exit-on-error', '-j2', '-p', $newer->port,
			'-h', $newer->host, '-d', 'restored', $company ], "$name: restore");
	same_content("$name, restored", { content($newer, 'restored') }, \%before);
	same("$name, restored: the data", dump_of($newer, 'restored', ['-a']), $data);
	rules_hold("$name, restored", $newer, 'restored');
	suites_pass($newer, 'suites', "$name, upgraded");
	$newer->stop;
	return;
}

my @newer = newer_places($new->config_data('--bindir'));
check_newer(@$_) for @newer;
note 'no newer PostgreSQL on this machine has oncall' if !@newer;

done_testing();
