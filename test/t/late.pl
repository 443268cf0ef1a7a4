# Whoever takes duty over that is under way has a minute to commit, by the
# clock, whatever they do in the meantime; duty that is to come waits.
#
# needs: cluster

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('late');
$node->init;
$node->start;

sub sql
{
	my ($sql) = @_;

	return $node->safe_psql('postgres', $sql);
}

# Ana's week began two days ago, in one rotation for each case
my @cases = qw(accepted judged taken ahead);
sql(q(CREATE EXTENSION oncall));
sql(q(SELECT oncall.setup()));
sql(q(
CREATE ROLE ben LOGIN;
CREATE ROLE cy LOGIN;
SELECT oncall.add_person('Ana', 'UTC'), oncall.add_person('Ben', 'UTC', db_role => 'ben'), oncall.add_person('Cy', 'UTC', db_role => 'cy');
SELECT oncall.grant_access('ben', 'member'), oncall.grant_access('cy', 'member');
));
sql(qq(
SELECT oncall.add_rotation('$_', '{Ana,Ben,Cy}', format('R/%s[UTC]/P7D', (now() - '2 days'::interval)::date || 'T12:00')::oncall.cadence,
	seats => '{only}');
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL, may_take = 'now';
)) foreach @cases;

my $hour = q(tstzrange(now() - '1 hour'::interval, now() + '1 hour'::interval));
my $tomorrow = q(tstzrange(now() + '1 hour'::interval, now() + '2 hours'::interval));
my %offer = map { $_ => sql("SELECT oncall.offer_shift('$_', $hour, 'Ana')") } qw(accepted judged);
$offer{ahead} = sql("SELECT oncall.offer_shift('ahead', $tomorrow, 'Ana')");
my %words = map { $_ => "SELECT oncall.accept_offer($offer{$_});" } keys %offer;
$words{judged} .= ' SET CONSTRAINTS ALL IMMEDIATE;';
$words{taken} = "SELECT oncall.take_shift('taken'); SET CONSTRAINTS ALL IMMEDIATE;";

# all at once, since each takes a minute; who has been judged is locked, so that
# the one who takes a shift is somebody else
my %session;
foreach my $case (@cases)
{
	my ($out, $err) = ('', '');
	my @statements = map { ('-c', $_) } 'BEGIN', split(/(?<=;) /, $words{$case}), 'SELECT pg_sleep(61)', 'COMMIT';

	$session{$case} = { err => \$err };
	$session{$case}{run} = IPC::Run::start(
		[ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-U', $case eq 'taken' ? 'cy' : 'ben', '-d', $node->connstr('postgres'),
			@statements ], '<', '/dev/null', '>', \$out, '2>', \$err);
}
foreach my $case (@cases)
{
	my $done = IPC::Run::finish($session{$case}{run});
	my $who = sql("SELECT string_agg(DISTINCT person, ', ') FROM oncall.roster(tstzrange(now() - '1 hour'::interval, now()), '$case')");

	if ($case eq 'ahead')
	{
		ok($done, 'what is to come waits for its commit');
		is(sql("SELECT string_agg(DISTINCT person, ', ') FROM oncall.roster($tomorrow, '$case')"), 'Ana, Ben',
			'and is the other person\'s then');
	}
	else
	{
		ok(!$done, "$case: a minute later the commit is refused");
		like(${ $session{$case}{err} }, qr/ERROR:  55000: it is too late/, "$case: as it comes too late");
	}
	is($who, 'Ana', "$case: who is on duty");
}

$node->stop;
done_testing();
