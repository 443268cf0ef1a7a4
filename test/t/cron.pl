# run_escalations() under the real pg_cron: a job of one line calls the next
# step of an incident that nobody has answered.
#
# Tests: escalation
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('cron');
$node->init;
$node->start;
if ($node->safe_psql('postgres', q(SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_cron')) eq '0')
{
	plan skip_all => 'this release of PostgreSQL has no pg_cron';
}
# it connects as any client does: through the socket, without a password
$node->append_conf('postgresql.conf', sprintf(q(
shared_preload_libraries = 'pg_cron'
cron.database_name = 'postgres'
cron.host = '%s'
), $node->host));
$node->restart;

sub sql
{
	my ($sql) = @_;

	return $node->safe_psql('postgres', $sql);
}

sql(q(CREATE EXTENSION pg_cron; CREATE EXTENSION oncall));
sql(q(SELECT oncall.setup()));
sql(q(
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Max}'::text[]) n;
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Ops', 'UTC', person_id FROM oncall.person WHERE name = 'Max';
SELECT oncall.add_rotation('SRE', '{Ana,Ben}', 'R/2026-01-07T12:00[UTC]/P7D', team => 'Ops');
SELECT oncall.add_service('Checkout', 'Ops', '{SRE}');
SELECT oncall.add_step('Checkout', '1 second', 'SRE', 2);
));

# the timer has a role of its own, and the line of README.md
my ($line) = slurp_file('README.md') =~ /^ *(SELECT cron\.schedule\(.*?\);)$/m;
ok($line, 'README shows the line for pg_cron');
sql(q(
CREATE ROLE timer LOGIN;
SELECT oncall.grant_access('timer', 'manager');
GRANT USAGE ON SCHEMA cron TO timer;
));
sql("SET SESSION AUTHORIZATION timer; $line");
is(sql(q(SELECT username || ' ' || active FROM cron.job)), 'timer true', 'a job of the role that schedules it');

sql(q(SELECT oncall.open_incident('Checkout', 'down', 'SEV2')));
# it runs when a minute begins
my $called = q(SELECT string_agg(p.name, ' ' ORDER BY g.page_id) FROM oncall.page g JOIN oncall.person p USING (person_id) WHERE g.step > 0);
ok($node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM cron.job_run_details WHERE status IN ('succeeded', 'failed'))"),
	'it has run');
is(sql(q(SELECT DISTINCT status FROM cron.job_run_details WHERE status <> 'running')), 'succeeded', 'without an error');
isnt(sql($called), '', 'and has called the next step');

$node->stop;
done_testing();
