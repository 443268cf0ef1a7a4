# Tests of regress and pgTAP in databases that have the tables already, in
# whatever way these came there: by an update, from a dump, by pg_upgrade. Each
# test gets a copy of such a database, so that its numbers begin at 1.
#
# In place of a few ONCALL_AFTER in the environment names others, such as "sql/past
# pgtap/gateway", or all.

package TablesThere;

use strict;
use warnings;

use Cwd qw(getcwd);
use Exporter qw(import);
use File::Basename qw(basename);
use File::Path qw(make_path);
use PostgreSQL::Test::Utils;
use Test::More;

# Tests change to other folders later.
my $tree = getcwd();

our @EXPORT = qw(base_database suites_pass);

# These are about who makes the tables, or have a part about what is said where
# there are none.
my @before = qw(sql/setup sql/hints sql/judge sql/not_together pgtap/altered pgtap/privileges
  sql/band_hours sql/lookup sql/names sql/page_on_insert sql/payroll sql/plan_covers sql/work_place);

my @few = qw(sql/past sql/holidays sql/pay_changes sql/swaps sql/undo pgtap/pay_changes pgtap/overrides);

# A database as test/run makes it, in a cluster of whatever encoding.
sub base_database
{
	my ($node, $name) = @_;

	$node->safe_psql('postgres',
		"CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'");
	$node->safe_psql('postgres', "ALTER SYSTEM SET timezone = 'UTC'");
	$node->reload;
	return $name;
}

# The tests as they are to be run beside copies of a database: a test that
# makes one of its own makes it of that, too.
sub tests_for
{
	my ($base, $empty) = @_;
	my $folder = "$PostgreSQL::Test::Utils::tmp_check/tests_$base";

	make_path(map { "$folder/$_" } qw(sql expected pgtap output));
	# from where they read, and write
	symlink("$tree/test", $_) for "$folder/test", "$folder/output/test";
	symlink("$tree/test/data", "$folder/data");
	make_path("$folder/output/results");
	for my $file (glob("$tree/sql/*.sql $tree/expected/*.out $tree/test/pgtap/*"))
	{
		my $text = slurp_file($file);
		my ($kind) = $file =~ m!(\w+)/[^/]+$!;

		$text =~ s/^(CREATE DATABASE \w+)( TEMPLATE template0)?;$/$1 TEMPLATE $base;/mg;
		$text =~ s/^CREATE EXTENSION oncall;$/CREATE EXTENSION IF NOT EXISTS oncall;/mg;
		$text =~ s/^SELECT oncall\.setup\(\);$/SELECT oncall.setup() \\g \/dev\/null/mg if $kind eq 'sql';
		$text =~ s/^SELECT oncall\.setup\(\);\n +setup +\n-+\n oncall [\d.]+: .*\n\(1 row\)\n\n/SELECT oncall.setup() \\g \/dev\/null\n/mg;
		# to look whether they are all there takes its time, too, but for what it reads from elsewhere
		my $statements = $file =~ s!/expected/(\w+?)(?:_\d)?\.out$!/sql/$1.sql!r;
		$text =~ s/\boncall\.setup\(\)(?: IS NOT NULL\b|(?= \\g ))/true/g
		  if defined $empty && slurp_file($statements) =~ /\boncall\.setup\b/;
		open(my $out, '>', "$folder/$kind/" . basename($file)) or die $!;
		print $out $text;
		close($out);
	}
	return $folder;
}

# Run them one after the other, without some, and say which fail. Those that need
# a database without tables get a copy of $empty, if there is one.
sub suites_pass
{
	my ($node, $base, $name, $empty, @without) = @_;
	my $folder = tests_for($base, $empty);
	my %before = map { $_ => 1 } @before;
	my %left_out = map { $_ => 1 } @without, defined $empty ? () : @before;
	my $asked = $ENV{ONCALL_AFTER} || join ' ', @few;
	my @tests = grep { !$left_out{$_} } $asked ne 'all' ? split ' ', $asked :
	  map { s!^\Q$folder\E/|\.sql$!!gr } sort glob("$folder/sql/*.sql $folder/pgtap/*.sql");
	my $bindir = $node->config_data('--bindir');
	my %run = (
		sql => sub {
			my ($test, $input) = @_;
			return ([ $ENV{PG_REGRESS}, "--bindir=$bindir", '--use-existing', '--dbname=contrib_regression', '--user=postgres',
					'--host=' . $node->host, '--port=' . $node->port, "--inputdir=$input", "--outputdir=$folder/output", $test ],
				qr/^(not ok|test .*FAILED)/m);
		},
		pgtap => sub {
			my ($test, $input) = @_;
			$node->safe_psql('contrib_regression', 'CREATE EXTENSION pgtap');
			return ([ "$bindir/psql", '-XAtq', '-h', $node->host, '-p', $node->port, '-d', 'contrib_regression', '-f', "$input/pgtap/$test.sql" ],
				qr/^not ok/m);
		});

	for (@tests)
	{
		my ($kind, $test) = split m!/!;
		my ($template, $input) = $before{$_} ? ($empty, $kind eq 'sql' ? $tree : "$tree/test") : ($base, $folder);
		my $output = '';

		$node->safe_psql('postgres', "CREATE DATABASE contrib_regression TEMPLATE $template");
		my ($command, $failure) = $run{$kind}->($test, $input);
		my $status = IPC::Run::run($command, '<', \undef, '>&', \$output, init => sub { chdir "$folder/output" or die $! });
		my $planned = $output =~ /^1\.\.(\d+)$/m ? $1 : 0;
		my $passed = () = $output =~ /^ok \d/mg;

		ok($status && $output !~ $failure && ($kind eq 'sql' || $planned > 0 && $planned == $passed), "$name: $kind/$test")
		  or diag(-s "$folder/output/regression.diffs" ? slurp_file("$folder/output/regression.diffs") =~ /((?:.*\n){1,40})/ : substr($output, -2000));
		unlink "$folder/output/regression.diffs";
		$node->safe_psql('postgres', 'DROP DATABASE contrib_regression');
	}
	return;
}

1;
