# pg_upgrade carries the tables with all their history into a new cluster, of
# this PostgreSQL and of each newer one on this machine that has oncall, and an
# update to the version that is there changes nothing.
#
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

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

# A dump, without the line that is another one each time.
sub dump_of
{
	my ($node, @options) = @_;
	my $file = $node->basedir . '/dump.sql';

	$node->command_ok([ 'pg_dump', '-p', $node->port, '-h', $node->host, @options, '-f', $file, 'company' ],
		"pg_dump @options of the " . $node->name . ' cluster');
	return join("\n", grep { !/^\\(un)?restrict / } split /\n/, slurp_file($file));
}

# Ids of what belongs to the extension, and what it is made of.
sub members
{
	my ($node) = @_;

	return $node->safe_psql('company', q{
		SELECT pg_describe_object(classid, objid, 0) FROM pg_depend
		WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'oncall')
		ORDER BY 1});
}

my $old = cluster('old');
$old->start;
$old->safe_psql('postgres', 'CREATE ROLE owner; CREATE ROLE staff; CREATE DATABASE company OWNER owner');
$old->safe_psql('company', 'SET ROLE owner; CREATE EXTENSION oncall; SELECT oncall.setup()');
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
my %before = (
	'the schema'       => dump_of($old, '-s'),
	'all data'         => dump_of($old),
	'the look-ups'     => $old->safe_psql('company', $answers),
	'the extension'    => members($old),
	'pages'            => $old->safe_psql('company', $pages),
	'pages by index'   => $old->safe_psql('company', $by_index),
	'numbers given'    => $old->safe_psql('company', $ids),);
cmp_ok($old->safe_psql('company', 'SELECT count(*) FROM oncall.cover WHERE copy_of IS NOT NULL AND NOT upper_inf(recorded)'),
	'>=', 3, 'there are closed copies');
$old->stop;

my $new = cluster('new');
upgrade($old, $new);
$new->start;
my %after = (
	'the schema'       => dump_of($new, '-s'),
	'all data'         => dump_of($new),
	'the look-ups'     => $new->safe_psql('company', $answers),
	'the extension'    => members($new),
	'pages'            => $new->safe_psql('company', $pages),
	'pages by index'   => $new->safe_psql('company', $by_index),
	'numbers given'    => $new->safe_psql('company', $ids),);
for my $what (sort keys %before)
{
	cmp_ok(length($before{$what}), '>', 0, "$what: there is something");
	ok($after{$what} eq $before{$what}, "$what: the same as before");
}

# The new cluster is alive

like($new->safe_psql('company', 'SET ROLE owner; SELECT oncall.setup()'),
	qr/the tables are up to date/, 'setup() has nothing to do');
is( $new->safe_psql('company', q{
		SET ROLE owner;
		BEGIN;
		UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 1;
		SELECT count(*), count(*) FILTER (WHERE NOT upper_inf(recorded)) FROM oncall.cover WHERE copy_of = 1;
		SELECT count(*) FROM mine.log;
		ROLLBACK}), "2|2\n2", 'triggers, and those of the user, fire');
my ($status, $output, $error) = $new->psql('company', 'DELETE FROM oncall.layer');
like($error, qr/cannot be deleted/, 'history cannot be deleted');
($status, $output, $error) = $new->psql('company', 'DROP EXTENSION oncall');
like($error, qr/other objects depend on it/, 'the extension cannot be dropped');

# An update to the version that is there, and the ways to others

my $schema = dump_of($new, '-s');
($status, $output, $error) = $new->psql('company', 'ALTER EXTENSION oncall UPDATE');
is($status, 0, 'ALTER EXTENSION UPDATE');
like($error, qr/NOTICE:  version "[\d.]+" of extension "oncall" is already installed/, 'there is nothing newer');
is(members($new), $before{'the extension'}, 'the extension is the same');
ok(dump_of($new, '-s') eq $schema, 'so is the schema');
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

# Newer servers: what is computed there is the same, and rules hold

my @newer = newer_places($new->config_data('--bindir'));
SKIP:
{
	skip 'no newer PostgreSQL on this machine has oncall', 1 if !@newer;
	for (@newer)
	{
		my ($major, $place) = @$_;
		my $newer = cluster("of_$major", $place, $major >= 18 ? ('--no-data-checksums') : ());

		upgrade($old, $newer);
		$newer->start;
		for (['the look-ups', $answers], ['pages', $pages], ['pages by index', $by_index], ['numbers given', $ids])
		{
			my ($what, $query) = @$_;

			is($newer->safe_psql('company', $query), $before{$what}, "PostgreSQL $major: $what are the same");
		}
		is(members($newer), $before{'the extension'}, "PostgreSQL $major: the extension is the same");
		like($newer->safe_psql('company', 'SET ROLE owner; SELECT oncall.setup()'),
			qr/the tables are up to date/, "PostgreSQL $major: setup() has nothing to do");
		($status, $output, $error) = $newer->psql('company', 'DELETE FROM oncall.layer');
		like($error, qr/cannot be deleted/, "PostgreSQL $major: history cannot be deleted");
		$newer->stop;
	}
}

done_testing();
