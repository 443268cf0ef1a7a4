# From one version to the next, and through a dump. A next version is made, with
# changes to the library, to the extension's script and to the tables, as
# doc/releasing.md says: whoever comes from this version, or from one that was
# released before, gets there, loses nothing, and has what a new installation
# has. Tests of regress and pgTAP pass on tables that were restored, or brought
# forward: a few of them, or others with ONCALL_AFTER in the environment.
#
# needs: cluster

use strict;
use warnings;

use Cwd qw(getcwd);
use File::Basename qw(basename);
use File::Path qw(make_path);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib 'test/t';
use TablesThere;

my $tree = getcwd();
my $root = "$PostgreSQL::Test::Utils::tmp_check/next";

sub write_file
{
	my ($file, $text, $mode) = @_;

	open(my $out, $mode || '>', $file) or die "$file: $!";
	print $out $text;
	close($out) or die "$file: $!";
	return;
}

# Replace one place in a file; $1 in what comes there is what was in brackets.
sub edit
{
	my ($file, $old, $new) = @_;
	my $text = slurp_file($file);
	my $put = sub { my ($kept) = @_; return $new =~ s/\$1/$kept/r };

	die "$file: no such place: $old" if $text !~ s/$old/$put->($1)/e;
	write_file($file, $text);
	return;
}

sub shell_ok
{
	my ($name, $command) = @_;

	return command_ok([ 'bash', '-o', 'pipefail', '-c', "exec 2>&1; $command" ], $name);
}

# An installation of our own: PostgreSQL looks for its files beside its
# programs, wherever these are. Only programs and oncall's files are copied.

my %place = map { chomp(my $path = `pg_config --$_`); $_ => $path } qw(bindir pkglibdir sharedir libdir);
my ($bindir, $extensions) = ("$root$place{bindir}", "$root$place{sharedir}/extension");
make_path($bindir, $extensions, "$root$place{pkglibdir}");
shell_ok('programs are copied', "cp -L $place{bindir}/* $bindir/");
shell_ok('the rest is linked', join(' && ',
		"cp -rs $place{pkglibdir}/. $root$place{pkglibdir}/",
		"cp -rs $place{sharedir}/. $root$place{sharedir}/",
		"rm $root$place{pkglibdir}/oncall.so $extensions/oncall*",
		"cp $place{pkglibdir}/oncall.so $root$place{pkglibdir}/",
		"cp $place{sharedir}/extension/oncall* $extensions/"));
my ($version) = slurp_file("$tree/oncall.control") =~ /^default_version = '([\d.]+)'/m;
(my $next_version = $version) =~ s/(\d+)$/$1 + 1/e;

# The tree of the next version

my $next = "$root/tree";
my $chapter = <<'SQL';

CREATE VIEW oncall.team_motto WITH (security_invoker = true) AS
	SELECT t.team_id, t.name AS team, t.motto FROM oncall.team t WHERE t.motto IS NOT NULL;
COMMENT ON VIEW oncall.team_motto IS 'What teams say of themselves.';
SQL
my $motto = q(motto text CONSTRAINT team_motto CHECK (oncall_internal.next_length(motto) < 100));
my $colour = q(colour text NOT NULL DEFAULT 'grey');
my @longest = map { "CONSTRAINT rotation_max_consecutive_positive CHECK ($_)" } "max_consecutive > '0'",
  "max_consecutive > '0' AND max_consecutive < '1000 years'";
my $script = <<'SQL';

CREATE FUNCTION oncall_internal.next_length(pg_catalog.text) RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_next_length';
COMMENT ON FUNCTION oncall_internal.next_length(pg_catalog.text) IS 'How long a text is.';
SQL
mkdir $next or die $!;
shell_ok('the tree is copied', "tar -C $tree --exclude=./build --exclude=./.git -c . | tar -C $next -x");
edit("$next/oncall.control", qr/^default_version = .*/m, "default_version = '$next_version'");
edit("$next/Makefile", qr/^(SCRIPT_PARTS = .*)/m, '$1 base/next');
edit("$next/Makefile", qr/^(CHAPTERS = .*) access$/m, '$1 next access');
write_file("$next/src/base/next.c", <<'C');
#include "postgres.h"

#include "fmgr.h"

PG_FUNCTION_INFO_V1(oncall_next_length);

Datum
oncall_next_length(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(0)));
}
C
write_file("$next/src/base/next.sql", $script);
edit("$next/src/base/version.sql", qr/STABLE STRICT PARALLEL SAFE/, 'STABLE STRICT PARALLEL SAFE COST 10');
write_file("$next/src/setup/next.sql", $chapter);
edit("$next/src/setup/people.sql", qr/^(\tmanager_id integer REFERENCES oncall.person),$/m, "\$1,\n\t$motto,");
edit("$next/src/setup/rotations.sql", qr/^(\tmay_take text NOT NULL .*)$/m, "\$1\n\t$colour,");
edit("$next/src/setup/rotations.sql", qr/\Q$longest[0]\E/, $longest[1]);
edit("$next/src/setup/people.sql", qr/^(COMMENT ON COLUMN oncall.team.manager_id IS)$/m,
	"COMMENT ON COLUMN oncall.team.motto IS 'What they say of themselves.';\n\$1");
edit("$next/src/setup/rotations.sql", qr/^(COMMENT ON COLUMN oncall.rotation.may_take IS)$/m,
	"COMMENT ON COLUMN oncall.rotation.colour IS 'In what it is drawn.';\n\$1");
edit("$next/src/setup/common.sql", qr/format\('Give a value for the argument %s\.', argument\)/, q('Give a value for the argument ' || argument || '.'));

# What was released, and the two ways: the extension's, and the tables'
shell_ok('the script of this version is kept', "cp $extensions/oncall--$version.sql $next/src/updates/");
for my $update (glob "$next/src/updates/oncall--*--$version.sql.in")
{
	my $built = basename($update, '.in');
	shell_ok('so is the way to it', "cp $extensions/$built $next/src/updates/ && rm $update");
}
my ($function) = slurp_file("$next/src/setup/common.sql") =~ /^(CREATE FUNCTION oncall_internal.refuse_null.*?\$\$;)$/ms;
$function =~ s/^CREATE/CREATE OR REPLACE/;
write_file("$next/src/updates/oncall--$version--$next_version.sql.in", <<"SQL");
\\echo Use "ALTER EXTENSION oncall UPDATE" to load this file. \\quit
$script
GRANT EXECUTE ON FUNCTION oncall_internal.next_length(pg_catalog.text) TO \@extowner\@ WITH GRANT OPTION;
ALTER FUNCTION oncall.library_version() COST 10;
\@SETUP\@
SQL
write_file("$next/src/updates/setup--$version--$next_version.sql", <<"SQL");
$function
ALTER TABLE oncall.team ADD $motto;
COMMENT ON COLUMN oncall.team.motto IS 'What they say of themselves.';
ALTER TABLE oncall.rotation ADD $colour;
COMMENT ON COLUMN oncall.rotation.colour IS 'In what it is drawn.';
ALTER TABLE oncall.rotation DROP CONSTRAINT rotation_max_consecutive_positive, ADD $longest[1];
UPDATE oncall.team SET motto = 'We are ' || name;
$chapter
SQL
make_path("$root/build");
shell_ok('the next version is built',
	"make -s -j2 -C $root/build -f $next/Makefile PG_CONFIG=$place{bindir}/pg_config with_llvm=no COPT=-O0");

# This version, in use

my $node = PostgreSQL::Test::Cluster->new('server', install_path => "$root" . ($place{bindir} =~ s!/bin$!!r));
$node->init;
$node->append_conf("postgresql.conf", "log_statement = none");
$node->start;

sub sql
{
	my ($database, $sql, $role) = @_;

	return $node->safe_psql($database, ($role ? "SET ROLE $role;\n" : '') . $sql);
}

sub sql_fails
{
	my ($name, $database, $sql, $error, $role) = @_;
	my ($status, $output, $said) = $node->psql($database, ($role ? "SET ROLE $role;\n" : '') . $sql);

	isnt($status, 0, "$name: refused");
	return like($said, $error, "$name: with words");
}

# A dump, without what is another one each time: keys, OIDs, numbers of
# transactions; and without the values that rows have which are older than their
# column, since these are how rows are kept.
sub dump_of
{
	my ($database, @options) = @_;
	my $file = "$root/dump.sql";

	$node->command_ok([ 'pg_dump', '-p', $node->port, '-h', $node->host, @options, '-f', $file, $database ],
		"pg_dump @options of $database");
	my $dump = join("\n", grep { !/^\\(un)?restrict / } split /\n/, slurp_file($file));
	$dump =~ s/(binary_upgrade_set_next_\w+\(')[^']+/$1/g;
	$dump =~ s/^(SET relfrozenxid = |WHERE oid = ).*/$1/mg;
	$dump =~ s/^-- set missing value\.\nSELECT pg_catalog\.binary_upgrade_set_missing_value\(.*\n\n\n//mg;
	return $dump;
}

sub same
{
	my ($name, $got, $expected) = @_;

	return if ok($got eq $expected, $name);
	write_file("$root/got", $got);
	write_file("$root/expected", $expected);
	return diag(join("\n", grep { defined } (split /\n/, `diff $root/expected $root/got`)[ 0 .. 30 ]));
}

my %fresh;

sub fresh_and_upgraded
{
	my ($name, $fresh, $upgraded) = @_;
	my @options = qw(--binary-upgrade -s);

	$fresh{$fresh} //= dump_of($fresh, @options);
	return same("$name: fresh = upgraded", dump_of($upgraded, @options), $fresh{$fresh});
}

# A database of its owner, with the extension and perhaps the tables
sub database
{
	my ($name, $options, $tables) = @_;

	sql('postgres', "CREATE DATABASE $name OWNER owner");
	sql($name, "CREATE EXTENSION oncall $options", 'owner');
	sql($name, 'SELECT oncall.setup()', 'owner') if $tables;
	return $name;
}

my $answers = slurp_file("$tree/test/data/answers.sql");
my $rows_of = q{
	SELECT format('SELECT %L, count(*), md5(string_agg(t::text, E''\n'' ORDER BY t::text)) FROM (SELECT %s FROM oncall.%I) AS t',
		c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), c.relname)
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
	WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'r'
	GROUP BY c.relname ORDER BY c.relname};
sql('postgres', 'CREATE ROLE owner; CREATE ROLE staff');
database($_, '', 1) for qw(company empty);
database('bare', '', 0);
sql(base_database($node, 'suites'), 'CREATE EXTENSION oncall; SELECT oncall.setup()');
sql('company', slurp_file("$tree/test/data/small.sql"), 'owner');
sql('company', q{
	SELECT oncall.grant_access('staff', 'reader');
	ALTER TABLE oncall.team ADD mine text DEFAULT 'x';
	CREATE INDEX mine_idx ON oncall.cover (lower(period));
	CREATE VIEW oncall.mine AS SELECT name, mine FROM oncall.team;
	COMMENT ON TABLE oncall.person IS 'our own words';
	CREATE POLICY mine ON oncall.absence TO staff USING (kind <> 'sick')}, 'owner');
my $rows = join(";\n", split /\n/, sql('company', $rows_of));
my %before = (rows => sql('company', $rows), answers => sql('company', $answers), all => dump_of('company'));
cmp_ok(() = $before{rows} =~ /\|[1-9]\d*\|/g, '>', 20, 'many tables have rows');
$node->command_ok([ 'pg_dump', '-p', $node->port, '-h', $node->host, '-Fc', '-f', "$root/before", 'company' ], 'a dump of this version');
sql_fails('a version that is not there', 'company', "ALTER EXTENSION oncall UPDATE TO '$next_version'",
	qr/has no update path from version "\Q$version\E" to version "\Q$next_version\E"/, 'owner');

# Tests of what the tables do pass after a restore, as they did before

$node->command_ok([ 'pg_dump', '-p', $node->port, '-h', $node->host, '-Fc', '-f', "$root/suites", 'suites' ], 'a dump to test');
base_database($node, 'restored_suites');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-p', $node->port, '-h', $node->host, '-d', 'restored_suites', "$root/suites" ],
	'it is restored');

# history: which of the tables is named that TRUNCATE ... CASCADE must not
# empty depends on the order of their foreign keys, which a dump changes
suites_pass($node, 'restored_suites', 'after the restore', undef, 'sql/history');

# The next library, under the SQL of this version

$node->stop;
shell_ok('the next version is installed', "make -s -C $root/build -f $next/Makefile PG_CONFIG=$place{bindir}/pg_config with_llvm=no COPT=-O0 DESTDIR=$root install");
$node->start;
is(sql('company', 'SELECT oncall.library_version()'), $next_version, 'the library is the next one');
is(sql('company', $answers), $before{answers}, 'the old SQL gives the same answers');
is(sql('company', q{BEGIN; UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 1;
		SELECT count(*) FROM oncall.cover WHERE copy_of = 1; ROLLBACK}, 'owner'), 2, 'the old triggers work');
sql_fails('setup() of the old SQL', 'company', 'SELECT oncall.setup()',
	qr/is of version \Q$version\E, its library of version \Q$next_version\E\nHINT:  Run ALTER EXTENSION oncall UPDATE\./, 'owner');

# The next SQL, over the tables of this version, which then come forward

database('fresh', '', 1);
database('fresh_bare', '', 0);
for (qw(company empty bare suites))
{
	sql($_, 'ALTER EXTENSION oncall UPDATE', $_ eq 'suites' ? undef : 'owner');
}
is(sql('company', $answers), $before{answers}, 'the next SQL gives the same answers of the old tables');
sql_fails('setup() by another role', 'company', 'SELECT oncall.setup()', qr/the tables of oncall belong to role "owner"/);
is(sql($_, 'SELECT oncall.setup()', $_ eq 'suites' ? undef : 'owner'),
	"oncall $next_version: the tables have been brought forward from $version", "setup() of $_") for qw(company empty suites);
is(sql('company', 'SELECT oncall.setup()', 'owner'), "oncall $next_version: the tables are up to date", 'only once');
is(sql('company', $rows), $before{rows}, 'no row is lost');
is(sql('company', $answers), $before{answers}, 'the answers are the same');
is(sql('company', 'SELECT count(*) > 0, bool_and(motto = \'We are \' || name AND mine = \'x\') FROM oncall.team'), 't|t',
	'the new column is filled, the user\'s is there');
is(sql('company', 'SELECT DISTINCT colour FROM oncall.rotation'), 'grey', 'so is one that has a default');
my $schema = dump_of('company', '-s');
for my $added ('CREATE VIEW oncall.mine ', q(oncall.person IS 'our own words'), 'CREATE INDEX mine_idx ', 'CREATE POLICY mine ',
	'GRANT SELECT ON TABLE oncall.rotation TO staff')
{
	cmp_ok(index($schema, $added), '>', 0, "what else the user did: $added");
}
fresh_and_upgraded('with tables', 'fresh', 'empty');
fresh_and_upgraded('without tables', 'fresh_bare', 'bare');
for my $new (qr/FUNCTION "?oncall_internal"?\."?next_length"?\(/, qr/CONSTRAINT team_motto /, qr/ colour text DEFAULT 'grey'/, qr/1000 years/)
{
	ok($fresh{fresh} =~ $new, "what was compared has $new");
}

# A dump of this version, restored where the next one is, by a superuser, to
# whom the schemas then belong

sql('postgres', 'CREATE DATABASE restored OWNER owner');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-j2', '-p', $node->port, '-h', $node->host, '-d', 'restored', "$root/before" ],
	'a dump of the old tables is restored');
same('as they were', dump_of('restored'), $before{all});
sql_fails('to bring them forward without CREATE', 'restored', 'SELECT oncall.setup()',
	qr/may not create objects in schemas oncall, oncall_internal\nHINT:  Let the owner of the schemas run GRANT CREATE/, 'owner');
sql('restored', 'GRANT CREATE ON SCHEMA oncall, oncall_internal TO owner');
like(sql('restored', 'SELECT oncall.setup()', 'owner'), qr/have been brought forward/, 'they come forward');
sql('restored', 'REVOKE CREATE ON SCHEMA oncall, oncall_internal FROM owner');
my ($restored, $here) = map { s/^SELECT pg_catalog\.setval\(.*//mgr } dump_of('restored'), dump_of('company');
same('as those that were here', $restored, $here);

# Tests pass after the update, but for the one that lists all functions of this
# version

suites_pass($node, 'suites', 'after the update', undef, 'pgtap/contract');

# There is no way back

sql_fails('a downgrade', 'company', "ALTER EXTENSION oncall UPDATE TO '$version'",
	qr/has no update path from version "\Q$next_version\E" to version "\Q$version\E"/, 'owner');
unlink "$root$place{pkglibdir}/oncall.so" or die $!;
shell_ok('the old library comes back', "cp $place{pkglibdir}/oncall.so $root$place{pkglibdir}/");
sql_fails('setup() with an older library', 'company', 'SELECT oncall.setup()',
	qr/is of version \Q$next_version\E, its library of version \Q$version\E\nHINT:  Install oncall \Q$next_version\E on the server and connect again\./, 'owner');
sql_fails('a function that an older library lacks', 'company', q{SELECT oncall_internal.next_length('x')},
	qr/could not find function "oncall_next_length" in file/);
is(sql('company', $answers), $before{answers}, 'what it has answers the same');
unlink "$root$place{pkglibdir}/oncall.so" or die $!;
shell_ok('the next one again', "cp $root/build/oncall.so $root$place{pkglibdir}/");

# Every version that was released can be installed and updated. Its setup()
# wants a library of its version: here it is told that it has one.

for my $frozen (sort glob "$next/src/updates/oncall--*.sql")
{
	my ($released) = basename($frozen) =~ /^oncall--([\d.]+)\.sql$/ or next;
	my $installed = "$extensions/oncall--$released.sql";
	(my $database = "of_$released") =~ tr/./_/;

	is(slurp_file($installed), slurp_file($frozen), "version $released is installed as it was released");
	edit($installed, qr/:= oncall\.library_version\(\);/, ":= '$released';");
	database($database, "VERSION '$released'", 1);
	database("${database}_bare", "VERSION '$released'", 0);
	sql($_, 'ALTER EXTENSION oncall UPDATE', 'owner') for ($database, "${database}_bare");
	is(sql($database, 'SELECT oncall.setup()', 'owner'),
		"oncall $next_version: the tables have been brought forward from $released", "setup() of tables of $released");
	fresh_and_upgraded("from $released", 'fresh', $database);
	fresh_and_upgraded("from $released, without tables", 'fresh_bare', "${database}_bare");
}
$node->stop;

done_testing();
