# The company of the demo: it loads for whoever owns the tables, deserves no
# advice, its pictures are those in doc/pictures, and the tour shows it and leaves
# files.
#
# Tests: demo tour pictures roster_svg pager_load_svg report_html icalendar
#
# Connects by the environment (PGHOST, PGPORT, ...), as a superuser; makes a
# database and a role of its own and drops them.

use strict;
use warnings;

use Encode     qw(decode);
use File::Temp qw(tempdir);
use Test::More;

my $database = "oncall_company_$$";
my $owner    = "${database}_owner";

# The bytes of a file.
sub content
{
	my ($name) = @_;

	open(my $file, '<:raw', $name) or return "cannot read $name: $!";
	my $bytes = do { local $/; <$file> };
	close($file);
	return $bytes;
}

# Run psql; its exit status and all that it printed.
sub psql
{
	my ($where, @options) = @_;

	open(my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', 'psql', '-X', '-q',
		'-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', $where, @options)
	  or die "cannot run psql: $!";
	my $output = do { local $/; <$pipe> };
	close($pipe);
	return ($? >> 8, defined $output ? $output : '');
}

sub psql_ok
{
	my ($name, @arguments) = @_;
	my ($status, $output) = psql(@arguments);

	is($status, 0, $name) or diag($output);
	return $output;
}

psql_ok('a database', 'postgres',
	'-c', "CREATE ROLE $owner",
	'-c', "CREATE DATABASE $database OWNER $owner");
$ENV{PGOPTIONS} = "-c role=$owner";
psql_ok('its owner makes the tables', $database, '-c', 'CREATE EXTENSION oncall', '-c', 'SELECT oncall.setup()');
psql_ok('and loads the company', $database, '-f', 'test/data/company.sql');
is(psql_ok('lint() runs', $database, '-c', 'SELECT * FROM oncall.lint()'), '', 'it deserves no advice');

my %stored = map { split(/ /, $_, 2) }
  split(/\n/, psql_ok('pictures are drawn', $database, '-F', ' ', '-f', 'test/pictures/stored.sql'));
is_deeply([ sort keys %stored ], [ map { s{.*/}{}r } sort glob('doc/pictures/*.svg') ], 'they are those of doc/pictures');
is("$stored{$_}\n", content("doc/pictures/$_"), "$_ is as it is drawn now (else: make pictures)") for sort keys %stored;

$ENV{ONCALL_DEMO} = tempdir(CLEANUP => 1);
psql_ok('settings of the tour', $database, '-c', "ALTER DATABASE $database SET search_path = public, oncall",
	'-c', "ALTER DATABASE $database SET timezone = 'Pacific/Auckland'");
my $tour = decode('UTF-8', scalar qx(test/demo --tour $database));
is($?, 0, 'the tour');
is_deeply([ grep { length > 100 } split(/\n/, $tour) ], [], 'is no wider than 100 columns');
unlike($tour, qr/^[A-Z]+ .*…/m, 'and shows whole statements');
open(my $script, '<', 'test/data/tour.sql') or die "cannot read: $!";
is_deeply([ grep { /\\echo.*\b(SELECT|INSERT|UPDATE) [\w*]/ } <$script> ], [], 'those that it runs, and no copies');
close($script);
is(() = $tour =~ /(ERROR|WARNING):/g, 1, 'with one error');
like($tour =~ s/\s+/ /gr,
	qr/ERROR: \S+ \S+ would be on call without a break from [^,]*, more than the 14 days that rotation "Product 1" allows/,
	'which is a third week on end');
foreach (
	[ 'report.html', qr{\A<!DOCTYPE html>\n<html.*<h1>On-call of SRE, .*</html>\n\z}s ],
	[ 'roster.svg', qr{\A<svg [^\n]*</svg>\n\z} ],
	[ 'calendar.ics', qr{\ABEGIN:VCALENDAR\r\n.*\r\nEND:VCALENDAR\r\n\z}s ])
{
	my ($name, $like) = @$_;
	like(content("$ENV{ONCALL_DEMO}/$name"), $like, "it leaves $name");
	like($tour, qr/^\Q$ENV{ONCALL_DEMO}\E\/\Q$name\E$/m, 'and names it');
}
is(psql_ok('lint() runs once more', $database, '-c', 'SELECT * FROM oncall.lint()'), '', 'none after the tour');
is(psql_ok('audit() runs', $database, '-c', "SELECT * FROM oncall.audit(tstzrange('2022-06-07', now() + '1 year'))
	WHERE constraint_name <> 'oncall_not_absent'"), '', 'no rule was ever broken');
delete $ENV{PGOPTIONS};

psql('postgres', '-c', "DROP DATABASE $database", '-c', "DROP ROLE $owner");

done_testing();
