# Tables of others open incidents, and lose no row: whatever they hold, whatever
# fails, in whatever role, by INSERT and by COPY, in transactions that are
# prepared; nor does a statement of many rows take memory for each.
#
# Tests: page_on_insert host_trigger route alerts notify
# needs: cluster

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('host');
# rows hold any character, whatever the environment says
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "max_prepared_transactions = 5\ntimezone = 'UTC'");
$node->start;

# What a script prints, and what it is warned of.
sub psql
{
	my ($script) = @_;
	my ($out, $err);

	$node->psql('postgres', $script, stdout => \$out, stderr => \$err);
	return ($out, $err);
}

sub sql
{
	my ($script) = @_;

	return $node->safe_psql('postgres', $script);
}

sql(<<'SQL');
SET client_min_messages = warning;
CREATE EXTENSION oncall;
SELECT oncall.setup();
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Max}'::text[]) n;
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('Ops', 'UTC', 3);
SELECT oncall.add_rotation(n, '{Ana,Ben}', 'R/2026-01-07T12:00[UTC]/P7D', team => 'Ops') FROM unnest('{SRE,Shop}'::text[]) n;
SELECT oncall.add_rotation('Nobody', '{Ana,NULL}', 'R/2026-01-07T12:00[UTC]/P7D', team => 'Ops');
SELECT oncall.add_service('Checkout', 'Ops', '{SRE,Shop}'), oncall.add_service('Empty', 'Ops', '{Nobody}'),
	oncall.add_service('Bare', 'Ops', '{}'), oncall.add_service('Mended', 'Ops', '{SRE}');
INSERT INTO oncall.maintenance (service_id, period) SELECT service_id, tstzrange(now() - interval '1 day', now() + interval '1 day')
FROM oncall.service WHERE name = 'Mended';
CREATE ROLE app;
CREATE TABLE alert (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, svc text, title text, prio text, src text, key text,
	opened double precision, ended timestamp);
CREATE TRIGGER page AFTER INSERT OR UPDATE ON alert FOR EACH ROW EXECUTE FUNCTION
	oncall.page_on_insert('service=svc', 'summary=title', 'severity=prio', 'source=src', 'dedup_key=key', 'opened_at=opened', 'resolved_at=ended');
GRANT SELECT, INSERT, UPDATE ON alert TO app;

-- any of these, at random
CREATE FUNCTION pick(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE
	RETURN choices[1 + floor(random() * cardinality(choices))::integer];
CREATE FUNCTION nasty() RETURNS text LANGUAGE sql VOLATILE
	RETURN pick(NULL, '', ' ', E'\t\n', 'a', '''', '"', '\', '%s%n', '{}', '$1', '--', repeat('x', 300), repeat(E'\u00e4', 1500), repeat(md5(random()::text), 200),
		E'\U0001F525', E'\u00a0', E'a\u0301', '0', '-1', '99999999999999999999', 'NULL', 'infinity', md5(random()::text));
-- another row for each n
CREATE FUNCTION any_row(n integer) RETURNS TABLE (svc text, title text, prio text, src text, key text, opened double precision, ended timestamp)
LANGUAGE plpgsql VOLATILE SET search_path = public AS $$
BEGIN
	RETURN QUERY
		SELECT pick('Checkout', 'Empty', 'Bare', 'Mended', '1', nasty()) AS svc, nasty() AS title, pick('SEV1', 'sev2', 'SEV3', 'SEV4', nasty()) AS prio,
			pick('monitoring', 'STAFF', nasty()) AS src, pick(NULL, 'k1', 'k2', 'k3', nasty()) AS key,
			pick(NULL, '0', '-1', '1', '1e9', '1e12', '1e18', '1e308', '-Infinity', 'NaN', (extract(epoch FROM now()) + 1e6 * (random() - 0.5))::text)::double precision AS opened,
			pick(NULL, NULL, NULL, 'infinity', '-infinity', '4713-01-01 BC', '294276-12-31', now()::text)::timestamp AS ended;
END
$$;
SQL

# Rows at random, in three statements for each seed

my $rows = 0;
for my $seed (1 .. 20)
{
	my ($out, $err) = psql(<<"SQL");
SELECT setseed($seed / 100.0);
SET ROLE app;
SET search_path = '';
SELECT set_config('timezone', (ARRAY['UTC', 'Pacific/Apia', 'America/New_York'])[1 + $seed % 3], false);
INSERT INTO public.alert (svc, title, prio, src, key, opened, ended) SELECT r.* FROM public.any_row(1) r;
INSERT INTO public.alert (svc, title, prio, src, key, opened, ended)
SELECT r.* FROM generate_series(1, 40) n, LATERAL public.any_row(n) r;
UPDATE public.alert SET ended = (SELECT r.ended FROM public.any_row(alert.id::integer) r) WHERE id % 3 = $seed % 3;
SQL
	$rows += 41;
	is($err, '', "rows at random, $seed: nobody is warned");
}
is(sql('SELECT count(*) FROM alert'), $rows, 'no row is lost');
is( sql(q{SELECT count(*) FROM oncall.incident i
	WHERE NOT EXISTS (SELECT FROM oncall.incident_event e WHERE e.incident_id = i.incident_id AND e.kind = 'opened')}),
	0,
	'every incident was opened');
cmp_ok(sql('SELECT count(DISTINCT summary) FROM oncall.incident'), '>', 30, 'and they are of many kinds');

# one statement: each alert has opened an incident or joined one
sql('TRUNCATE alert; UPDATE oncall.incident SET dedup_key = NULL');
my $before = sql(q{SELECT count(*) FROM oncall.incident_event WHERE kind IN ('opened', 'alert')});
sql(q{INSERT INTO alert (svc, title, prio, src, key, opened)
	SELECT r.svc, r.title, r.prio, r.src, r.key, r.opened FROM generate_series(1, 500) n, LATERAL any_row(n) r});
is( sql(q{SELECT count(*) FROM oncall.incident_event WHERE kind IN ('opened', 'alert')}) - $before,
	500, 'each alert has opened an incident, or joined one');

# Whatever fails, now and then

sql(<<'SQL');
CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF random() < 0.1 THEN
		RAISE EXCEPTION 'it fails' USING errcode = public.pick('P0001', '22023', '23505', '23514', '42501', '42P01', '53100', '53200', '54000', '55000', '55P03', '58030', 'XX000');
	END IF;
	RETURN NEW;
END
$$;
GRANT EXECUTE ON FUNCTION fails() TO PUBLIC;
CREATE TRIGGER fails BEFORE INSERT OR UPDATE ON oncall.incident FOR EACH ROW EXECUTE FUNCTION fails();
CREATE TRIGGER fails BEFORE INSERT ON oncall.incident_event FOR EACH ROW EXECUTE FUNCTION fails();
CREATE TRIGGER fails BEFORE INSERT ON oncall.page FOR EACH ROW EXECUTE FUNCTION fails();
TRUNCATE alert;
SQL
my ($out, $err) = psql(<<'SQL');
SELECT setseed(0.5);
INSERT INTO public.alert (svc, title, prio, src, key, opened, ended)
SELECT r.* FROM generate_series(1, 400) n, LATERAL public.any_row(n) r;
UPDATE public.alert SET ended = now() WHERE id % 2 = 0;
SQL
is(sql('SELECT count(*) FROM alert'), 400, 'no row is lost, whatever fails');
cmp_ok(scalar(() = $err =~ /WARNING:  an alert in table "alert" could not be routed: it fails/g), '>', 20, 'and who inserts is warned');
unlike($err, qr/ERROR/, 'by no error');
cmp_ok(
	sql(q{SELECT count(DISTINCT e.incident_id) FROM oncall.incident_event e JOIN oncall.incident i USING (incident_id)
		WHERE e.kind = 'odd' AND e.detail = 'it fails' AND i.service_id IS NULL}),
	'>', 10, 'there are incidents without owner that say why');
is( sql(q{SELECT count(*) FROM oncall.page p WHERE NOT EXISTS (SELECT FROM oncall.incident_event e
	WHERE e.incident_id = p.incident_id AND e.kind = 'opened')}),
	0,
	'nothing is half done');
sql('DROP FUNCTION fails CASCADE; TRUNCATE alert');

# Transactions that are prepared

sql(<<'SQL');
CREATE TABLE prepared (title text);
CREATE TRIGGER page AFTER INSERT ON prepared FOR EACH ROW EXECUTE FUNCTION
	oncall.page_on_insert('service=''Checkout''', 'summary=title', 'severity=''SEV2''', 'notify=off');
SQL
my $refused;
($out, $refused) = psql("LISTEN oncall_page; INSERT INTO alert (svc, title, prio) VALUES ('Checkout', 'is told', 'SEV2');");
like($out, qr/notification "oncall_page".*is told/, 'an alert notifies gateways');
($out, $refused) = psql("BEGIN; INSERT INTO alert (svc, title, prio) VALUES ('Checkout', 'x', 'SEV2'); PREPARE TRANSACTION 'notifies';");
like($refused, qr/cannot PREPARE a transaction that has executed LISTEN, UNLISTEN, or NOTIFY/, 'so that it cannot be prepared');
sql("BEGIN; INSERT INTO prepared VALUES ('two phases'); SELECT 1 / (current_setting('oncall.notify') = 'on')::integer; PREPARE TRANSACTION 'quiet';");
is(sql(q{SELECT count(*) FROM oncall.incident WHERE summary = 'two phases'}), 0, 'with notify=off it can');
sql(q{COMMIT PREPARED 'quiet'});
is( sql(q{SELECT count(*) FROM oncall.incident i JOIN oncall.page p USING (incident_id) WHERE i.summary = 'two phases' AND p.sent_at IS NULL}),
	1,
	'and its page waits for a gateway');

# Many rows

($out) = psql(q{LISTEN oncall_page; INSERT INTO alert (svc, title, prio) SELECT 'Checkout', 'many', 'SEV2' FROM generate_series(1, 150);});
is(scalar(() = $out =~ /notification "oncall_page"/g), 100, 'gateways are told of a hundred pages of a transaction');
($out) = psql(q{LISTEN oncall_page; BEGIN; SAVEPOINT s; INSERT INTO alert (svc, title, prio) SELECT 'Checkout', 'undone', 'SEV2' FROM generate_series(1, 150);
	ROLLBACK TO s; INSERT INTO alert (svc, title, prio) VALUES ('Checkout', 'stays', 'SEV2'); COMMIT;});
like($out, qr/notification "oncall_page".*stays/, 'not counting those that were taken back');

my $copied = $node->basedir . '/rows';
for my $many (1000, 20000)
{
	append_to_file($copied . $many, join('', map { "Checkout\trow $_\tSEV2\n" } 1 .. $many));
}
my $memory = 'SELECT sum(total_bytes) FROM pg_backend_memory_contexts';
my ($few, $much) = split /\n/, sql(qq{
	COPY alert (svc, title, prio) FROM '${copied}1000';
	BEGIN; COPY alert (svc, title, prio) FROM '${copied}1000'; $memory; ROLLBACK;
	BEGIN; COPY alert (svc, title, prio) FROM '${copied}20000'; $memory; ROLLBACK;});
note("memory after 1,000 rows: $few, after 20,000: $much");
cmp_ok($much - $few, '<', 19000 * 32, 'a COPY takes no memory for each row but the number of its subtransaction');

$node->stop;
done_testing();
