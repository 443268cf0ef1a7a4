# A standby is promoted while pages are in every state: who is called from then
# on, when and why, is what it would have been without. Many moments at once,
# since each database is at its own minute when the primary dies.
#
# Tests: escalation gateway handovers heartbeat
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $minutes = 50;
# at which minutes the primary dies, and for how many nothing is called
my @deaths = map { my $at = $_; map { { at => $at, down => $_, name => "at_${at}_for_$_" } } (0, 8) } (3, 20, 38);

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
$primary->append_conf('postgresql.conf', "timezone = 'UTC'\nclient_min_messages = warning\nautovacuum = off\nlog_statement = none");
$primary->start;
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

# A company at half past seven on a Wednesday. Calls by day begin at eight, SRE
# and Night hand over at ten past, Shop has nobody until a quarter past.

$primary->safe_psql('postgres', 'CREATE DATABASE company');
$primary->safe_psql('company', <<'SQL');
CREATE EXTENSION oncall;
SELECT oncall.setup();
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Eve,Cleo,Dov,Max}'::text[]) n;
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Ops', 'UTC', person_id FROM oncall.person WHERE name = 'Max';
SELECT oncall.add_rotation('SRE', '{Ana,Ben,Eve}', 'R/2026-01-07T08:10[UTC]/P1D', team => 'Ops');
SELECT oncall.add_rotation('Shop', '{Cleo,Dov}', 'R/2026-01-07T12:00[UTC]/P1D', team => 'Ops', hours => 'Mo-Fr 08:15-17:00', seats => '{one}');
SELECT oncall.add_service(n, 'Ops', '{SRE}', ack_timeout => '30 minutes') FROM unnest('{Checkout,Mended,Sleepy}'::text[]) n;
SELECT oncall.add_rotation('Night', '{Ana,Max}', 'R/2026-01-07T08:10[UTC]/P1D', team => 'Ops', seats => '{one}');
SELECT oncall.add_service('Cart', 'Ops', '{SRE}'), oncall.add_service('Batch', 'Ops', '{Night}');
SELECT oncall.add_step('Checkout', '10 minutes', 'SRE', 2), oncall.add_step('Checkout', '10 minutes', person => 'Cleo', repeat => 2);
SELECT oncall.add_step('Cart', '10 minutes', 'Shop', 1, when_empty => 'hold'), oncall.add_step('Cart', '15 minutes', 'SRE', 2);
INSERT INTO oncall.maintenance (service_id, period)
SELECT service_id, '[2026-03-04 07:00Z,2026-03-04 07:55Z)' FROM oncall.service WHERE name = 'Mended';
INSERT INTO oncall.heartbeat (service_id, every, last_at, severity)
SELECT service_id, '20 minutes', '2026-03-04 07:30Z', 'SEV2' FROM oncall.service WHERE name = 'Sleepy';

CREATE FUNCTION incident(summary text) RETURNS integer LANGUAGE sql
	RETURN (SELECT i.incident_id FROM oncall.incident i WHERE i.summary = $1);
CREATE FUNCTION minute(n integer) RETURNS timestamptz LANGUAGE sql IMMUTABLE
	RETURN timestamptz '2026-03-04 07:30Z' + n * interval '1 minute';
-- who was called when, and all that happened; no numbers, which jump
CREATE VIEW timeline AS
SELECT p.created_at AS at, i.summary, 'page' AS what,
	concat_ws(' ', n.name, p.step, p.reason, p.due_at, p.acknowledged_at, p.cancelled_at, p.sent_at IS NOT NULL) AS detail
FROM oncall.page p JOIN oncall.incident i USING (incident_id) LEFT JOIN oncall.person n USING (person_id)
UNION ALL
SELECT e.at, i.summary, e.kind, concat_ws(' ', n.name, e.detail)
FROM oncall.incident_event e JOIN oncall.incident i USING (incident_id) LEFT JOIN oncall.person n USING (person_id);
SQL

# What people do, by the minute
my %acts = (
	1  => [q{oncall.open_incident('Checkout', 'nobody answers', 'SEV2', at => minute(1))}],
	2  => [q{oncall.open_incident('Checkout', 'two are wanted', 'SEV1', at => minute(2))}],
	3  => [q{oncall.open_incident('Checkout', 'forgotten', 'SEV2', at => minute(3))}],
	4  => [q{oncall.acknowledge(incident('forgotten'), 'Ana', minute(4))}],
	5  => [q{oncall.open_incident('Checkout', 'by day', 'SEV3', at => minute(5))}],
	8  => [q{oncall.open_incident('Mended', 'in a maintenance', 'SEV2', at => minute(8))}],
	9  => [q{oncall.acknowledge(incident('two are wanted'), 'Ben', minute(9))}],
	10 => [q{oncall.open_incident('Cart', 'held', 'SEV2', at => minute(10))}],
	11 => [q{oncall.open_incident('Batch', 'handed over', 'SEV2', at => minute(11))}],
	12 => [q{oncall.acknowledge(incident('handed over'), 'Max', minute(12))}],
	25 => [q{oncall.acknowledge(incident('two are wanted'), 'Eve', minute(25))}],
	26 => [q{oncall.escalate(incident('held'), person => 'Ben', at => minute(26))}],
	45 => [q{oncall.resolve(incident('nobody answers'), person => 'Max', at => minute(45))}]);

# The script of some minutes: what is done, then the timer, then a gateway that
# delivers it, but for the pages of the last of them: it claims them, tells of
# one, and is not heard of again.
#
# And what people catch up with when the server is back.
sub script
{
	my ($from, $to, $dies) = @_;
	my $script = '';

	for my $minute ($from .. $to)
	{
		$script .= "SELECT $_;\n" for @{ $acts{$minute} || [] };
		$script .= "SELECT oncall.run_escalations(minute($minute));\n";
		$script .= $dies && $minute == $to
		  ? "SELECT oncall.page_sent(min(page_id)) FROM oncall.claim_pages('dies', 100, '1 second') HAVING count(*) > 1;\n"
		  : "SELECT oncall.page_sent(page_id) FROM oncall.claim_pages('lives', 100);\n";
	}
	return $script;
}

sub resume
{
	my ($death) = @_;
	my $back = $death->{at} + $death->{down} + 1;

	return join('', map { "SELECT $_;\n" } map { @{ $acts{$_} || [] } } $death->{at} + 1 .. $back - 1) . script($back, $minutes);
}

sub timeline
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, 'SELECT * FROM timeline ORDER BY 1, 2, 3, 4');
}

# How it would have been: without, and with a timer that stood still for a while

my %control;
for my $death ({ at => $minutes, down => 0, name => 'control' }, grep { $_->{down} } @deaths)
{
	$primary->safe_psql('postgres', 'DROP DATABASE IF EXISTS control');
	$primary->safe_psql('postgres', 'CREATE DATABASE control TEMPLATE company');
	$primary->safe_psql('control', script(0, $death->{at}) . resume($death));
	$control{ $death->{name} } = timeline($primary, 'control');
}
my $undisturbed = $control{control};
like($undisturbed, qr/\|page\|.*\Q$_\E/, "somebody is called: $_") for ('opened', 'step', 'manager', 'forgotten', 'handover', 'by_hand');
like($undisturbed, qr/held\|page\|(Cleo|Dov) 1 step/, '... who comes on while a page is held');
like($undisturbed, qr/in a maintenance\|page\|\w+ 0 opened 2026-03-04 07:55/, '... when a maintenance is over');
like($undisturbed, qr/by day\|page\|\w+ 0 opened 2026-03-04 08:00/, '... when the day begins');
like($undisturbed, qr/^2026-03-04 07:5\d:00\+00\|[^|]+\|opened\|/m, '... who has not been heard of');

# The same, until the primary dies, which answers a commit once the standby has it

$primary->safe_psql('postgres', q{ALTER SYSTEM SET synchronous_standby_names = 'standby'});
$primary->reload;
$primary->poll_query_until('postgres', q{SELECT sync_state = 'sync' FROM pg_stat_replication}) or die 'it is not synchronous';
$primary->safe_psql('postgres', "CREATE DATABASE $_->{name} TEMPLATE company") for @deaths;
my %before;
for my $death (@deaths)
{
	$before{ $death->{name} } =
	  $primary->safe_psql($death->{name}, script(0, $death->{at}, 1) . 'SELECT * FROM oncall.page ORDER BY page_id');
}
# timers and gateways name both servers
my $both = sprintf 'host=%s,%s port=%d,%d target_session_attrs=read-write dbname=postgres',
  $standby->host, $primary->host, $standby->port, $primary->port;
is($primary->safe_psql('postgres', 'SHOW port', connstr => $both), $primary->port, 'who may go to either comes to the primary');
$primary->stop('immediate');
$standby->promote;
is($standby->safe_psql('postgres', 'SHOW port', connstr => $both), $standby->port, 'whichever that is');
$standby->safe_psql('postgres', 'ALTER SYSTEM RESET synchronous_standby_names');
$standby->reload;

# And from then on

my %states;
for my $death (@deaths)
{
	my $name = $death->{name};
	my $pages = 'SELECT * FROM oncall.page ORDER BY page_id';
	my $ask = sub { return $standby->safe_psql($name, $_[0]); };

	like($before{$name}, qr/\Q@{[ $ask->($pages) ]}\E$/, "$name: the pages have come");
	$states{$_}++ for split /\n/, $ask->(q{SELECT DISTINCT CASE WHEN acknowledged_at IS NOT NULL THEN 'answered' WHEN cancelled_at IS NOT NULL THEN 'given up'
		WHEN person_id IS NULL AND due_at IS NOT NULL THEN 'waits' WHEN person_id IS NULL THEN 'held' WHEN sent_at IS NOT NULL THEN 'sent'
		WHEN claims > 0 THEN 'claimed' ELSE 'to send' END FROM oncall.page});
	my $claimed = $ask->(q{SELECT string_agg(page_id::text, ' ' ORDER BY page_id) FROM oncall.page WHERE claimed_by = 'dies' AND sent_at IS NULL});
	# its lease runs on, by the clock
	$standby->poll_query_until($name, q{SELECT count(*) = 0 FROM oncall.page WHERE sent_at IS NULL AND lease_until > clock_timestamp()});
	is($ask->(q{SELECT string_agg(page_id::text, ' ' ORDER BY page_id) FROM oncall.claim_pages('other', 100)}), $claimed,
		"$name: what a gateway had claimed and not told of comes again, and nothing else");
	$ask->(q{SELECT oncall.page_sent(page_id) FROM oncall.page WHERE claimed_by = 'other'});
	$ask->(resume($death));
	my $control = $control{ $death->{down} ? $name : 'control' };
	is(timeline($standby, $name), $control, "$name: it goes on where it stood");
	is($ask->("SELECT oncall.run_escalations(minute($minutes))"), '0', "$name: and nobody is called again");
	is($ask->(q{SELECT max(claims) FROM oncall.page WHERE claimed_by <> 'other'}), '1', "$name: nothing else was delivered again");
}
diag(join ', ', map { "$_ $states{$_}" } sort keys %states);
is(join(' ', grep { !$states{$_} } ('answered', 'claimed', 'held', 'sent', 'waits')), '', 'there were pages in every state');
$standby->stop;

done_testing();
