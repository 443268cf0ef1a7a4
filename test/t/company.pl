# The company of the demo: it loads for whoever owns the tables, deserves no
# advice, and the tour shows it.
#
# Connects by the environment (PGHOST, PGPORT, ...), as a superuser; makes a
# database and a role of its own and drops them.

use strict;
use warnings;

use Encode qw(decode);
use Test::More;

my $database = "oncall_company_$$";
my $owner    = "${database}_owner";

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
is(psql_ok('lint() runs once more', $database, '-c', 'SELECT * FROM oncall.lint()'), '', 'none after the tour');
is(psql_ok('audit() runs', $database, '-c', "SELECT * FROM oncall.audit(tstzrange('2022-06-07', now() + '1 year'))
	WHERE constraint_name <> 'oncall_not_absent'"), '', 'no rule was ever broken');
delete $ENV{PGOPTIONS};

psql('postgres', '-c', "DROP DATABASE $database", '-c', "DROP ROLE $owner");

done_testing();
