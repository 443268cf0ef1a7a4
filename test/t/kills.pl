# A server that is killed again and again while rosters are changed, shifts
# traded, incidents opened, answered and escalated, pages claimed and delivered,
# and pay runs closed: what a client was told to be committed is there, what it
# was told to have failed is not, no page is lost, and none delivered twice but
# where a gateway could not tell in time that it had been.
#
# needs: cluster
# Tests: history closing gateway escalation judge
#
# What clients were told, and what gateways delivered, is written to files beside
# the database, each line before the next thing is done.
#
# ONCALL_KILLS in the environment: how many kills (8); ONCALL_SEED: which ones.

use strict;
use warnings;

use IPC::Open2;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $kills = $ENV{ONCALL_KILLS} || 8;
my $seed  = $ENV{ONCALL_SEED}  || int(rand(1_000_000));
my $lease = 2;
my $dir   = PostgreSQL::Test::Utils::tempdir();

diag("seed $seed");
srand($seed);

my $node = PostgreSQL::Test::Cluster->new('kills');
$node->init;
# fsync is off in most tests
$node->append_conf('postgresql.conf', <<'CONF');
fsync = on
synchronous_commit = on
timezone = 'UTC'
client_min_messages = warning
deadlock_timeout = 100ms
checkpoint_timeout = 30s
restart_after_crash = on
log_statement = none
recovery_init_sync_method = syncfs
CONF
$node->start;

sub sql
{
	my ($sql) = @_;

	return $node->safe_psql('postgres', $sql);
}

# Two rotations whose people trade, and are called; eight people who have been
# paid by the week since 2016.

sql(<<'SQL');
CREATE EXTENSION oncall;
SELECT oncall.setup();
SELECT oncall.add_person('person ' || i, 'UTC') FROM generate_series(1, 13) i;
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Ops', 'UTC', person_id FROM oncall.person WHERE name = 'person 8';
SELECT oncall.add_rotation(v.name, v.people, 'R/2016-01-04T12:00[UTC]/P1D', team => 'Ops')
FROM (VALUES ('SRE', '{person 1,person 2,person 3,person 4}'::text[]), ('Shop', '{person 5,person 6,person 7,person 8}')) v(name, people);
UPDATE oncall.rotation SET exclusive = true, max_consecutive = '4 days';
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing)
SELECT r.rotation_id, p.person_id, 'reserve' FROM oncall.rotation r, oncall.person p
WHERE p.person_id <= 8 AND (p.person_id <= 4) <> (r.name = 'SRE');
-- what is changed in their order
SELECT oncall.add_rotation('Changing', '{person 9,person 10,person 11}', 'R/2016-01-04T12:00[UTC]/P1D', team => 'Ops', seats => '{one}');
-- steps after a second or two
SELECT oncall.add_service('service ' || i, 'Ops', '{SRE,Shop}') FROM generate_series(1, 3) i;
SELECT oncall.add_step('service ' || i, '1 second', 'SRE', 2), oncall.add_step('service ' || i, '1 second', person => 'person 7')
FROM generate_series(1, 3) i;
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Terms', 'UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor)
SELECT pay_policy_id, v.* FROM oncall.pay_policy, (VALUES (1, 'night', 'Mo-Su 22:00-06:00'::oncall.weekly_hours, 3.5, 40, 1), (2, 'rest', '24/7', 2.25, 30, 0.5)) v;
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid)
SELECT p.person_id, y.pay_policy_id, '[2016-01-04Z,)' FROM oncall.person p, oncall.pay_policy y WHERE p.person_id <= 8;

CREATE SCHEMA kills;
CREATE TABLE kills.base AS SELECT max(change_id) AS change_id FROM oncall.change;
-- what was done, by the same transaction that did it
CREATE TABLE kills.done (client text, n integer, what text, reference integer, told text, PRIMARY KEY (client, n));
CREATE VIEW kills.run AS
SELECT r.pay_run_id, md5(r::text || (SELECT string_agg(l::text, E'\n' ORDER BY l.pay_line_id) FROM oncall.pay_line l WHERE l.pay_run_id = r.pay_run_id)) AS digest
FROM oncall.pay_run r;

CREATE FUNCTION kills.pick(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE AS
	'SELECT choices[1 + floor(random() * cardinality(choices))::integer]';

-- One thing at random, and what the client is told of it
CREATE FUNCTION kills.act(client text, n integer, seed float) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	what text;
	day timestamptz;
	reference integer;
	told text;
	held record;
	incident integer;
BEGIN
	PERFORM setseed(seed);
	what := kills.pick('cover', 'cover', 'undo', 'offer', 'accept', 'accept', 'members', 'open', 'open', 'acknowledge', 'resolve', 'escalate',
		'respond', 'respond', 'close', 'close');
	day := timestamptz '2041-01-01 12:00Z' + floor(random() * 40) * interval '1 day';
	SELECT r.rotation, r.seat_name, r.person, r.period INTO held
	FROM oncall.roster(tstzrange(day, day + interval '1 hour'), kills.pick('SRE', 'Shop')) r ORDER BY random() LIMIT 1;
	incident := (SELECT i.incident_id FROM oncall.incident i WHERE i.resolved_at IS NULL ORDER BY random() LIMIT 1);
	CASE what
		WHEN 'cover' THEN
			reference := oncall.cover_shift(held.rotation, tstzrange(day, day + kills.pick('6 hours', '1 day')::interval), held.person,
				'person ' || kills.pick('1', '2', '3', '4', '5', '6', '7', '8'), seat => held.seat_name);
		WHEN 'undo' THEN
			reference := oncall.undo((SELECT c.change_id FROM oncall.change c WHERE c.kind IN ('cover', 'swap') ORDER BY c.change_id DESC OFFSET floor(random() * 5) LIMIT 1));
		WHEN 'offer' THEN
			reference := oncall.offer_shift(held.rotation, tstzrange(day, day + interval '1 day'), held.person, seat => held.seat_name);
		WHEN 'accept' THEN
			reference := oncall.accept_offer((SELECT s.swap_request_id FROM oncall.swap_request s WHERE s.state = 'open' ORDER BY random() LIMIT 1),
				'person ' || kills.pick('1', '2', '3', '4', '5', '6', '7', '8'));
		WHEN 'members' THEN
			reference := oncall.set_members('Changing', (SELECT array_agg('person ' || i ORDER BY random()) FROM generate_series(9, 11 + floor(random() * 3)::integer) i),
				timestamptz '2042-01-01 12:00Z' + floor(random() * 1000) * interval '1 day');
		WHEN 'open' THEN
			reference := oncall.open_incident('service ' || kills.pick('1', '2', '3'), 'down', kills.pick('SEV1', 'SEV2'));
		WHEN 'acknowledge' THEN
			-- told whether it was answered before
			told := oncall.acknowledge(incident, kills.pick('person 1', 'person 5', 'person 7'));
			reference := incident;
		WHEN 'resolve' THEN
			PERFORM oncall.resolve(incident, person => 'person 1');
			reference := incident;
		WHEN 'escalate' THEN
			told := oncall.escalate(incident, person => 'person 1');
			reference := incident;
		WHEN 'respond' THEN
			reference := oncall.record_response(tstzrange(d, d + interval '40 minutes'), 'person ' || kills.pick('1', '2', '3', '4', '5', '6', '7', '8'))
			FROM (SELECT timestamptz '2016-01-04Z' + random() * interval '5 years' AS d) x;
		WHEN 'close' THEN
			reference := oncall.close_pay_run('Terms', (SELECT daterange(d, d + 7)
				FROM (SELECT coalesce(max(upper(r.period)), '2016-01-04') AS d FROM oncall.pay_run r) x));
			told := (SELECT r.digest FROM kills.run r WHERE r.pay_run_id = reference);
	END CASE;
	INSERT INTO kills.done VALUES (client, n, what, reference, told);
	RETURN concat_ws(' ', what, reference, told);
END $$;
-- what time does, and how many it called
CREATE FUNCTION kills.tick(client text, n integer, seed float) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	called CONSTANT integer := oncall.run_escalations();
BEGIN
	INSERT INTO kills.done SELECT client, n, 'tick', called WHERE called > 0;
	RETURN CASE WHEN called > 0 THEN 'tick ' || called ELSE '' END;
END $$;
SQL

# A connection, by way of psql

package Session;

sub new
{
	my ($class, $connection) = @_;
	my $self = bless {}, $class;

	$self->{pid} = IPC::Open2::open2($self->{out}, $self->{in}, "exec psql -XqAt -v VERBOSITY=terse -d '$connection' 2>&1");
	$self->{in}->autoflush(1);
	return $self;
}

# What a statement returns, and its state; nothing if the connection is lost.
sub ask
{
	my ($self, $statement) = @_;
	my @said;

	print { $self->{in} } "$statement;\n\\warn state :SQLSTATE\n";
	while (defined(my $line = readline $self->{out}))
	{
		chomp $line;
		# what it says at the end of a connection; it may go on for a while without
		last if $line =~ /^state *$|^FATAL|^WARNING:  terminating|server closed the connection|connection to server/;
		return (join("\n", @said), $1) if $line =~ /state (\w{5})$/;
		push @said, $line;
	}
	return;
}

sub close
{
	my ($self) = @_;

	close $self->{$_} for qw(in out);
	waitpid $self->{pid}, 0;
	return;
}

package main;

my $connection = $node->connstr('postgres') . ' application_name=client';
my $stop       = "$dir/stop";

# A process that does something again and again, with a connection and a
# journal, until it is told to stop; $work returns whether it goes on.
sub start_client
{
	my ($name, $work) = @_;
	my $client_seed = int(rand(1_000_000_000));
	my $pid = fork() // die "fork: $!";

	return $pid if $pid;
	$SIG{PIPE} = 'IGNORE';
	srand($client_seed);
	open(my $journal, '>>', "$dir/$name.journal") or POSIX::_exit(1);
	my $parent = getppid();
	my $session;
	my $note = sub { syswrite $journal, join("\t", time(), @_) . "\n"; };
	# to ask is to connect, if need be
	my $ask = sub {
		my @answer = ($session //= Session->new($connection))->ask(@_);

		return @answer if @answer;
		$session->close;
		undef $session;
		sleep(0.05);
		return;
	};
	while (getppid() == $parent)
	{
		last unless $work->($ask, $note, $name);
	}
	$session->close if $session;
	POSIX::_exit(0);
}

# Acts, each once, whatever becomes of it
sub actor
{
	my ($function, $pause) = @_;
	my $n = 0;

	return sub {
		my ($ask, $note, $name) = @_;
		my $statement = sprintf "SELECT kills.$function('%s', %d, %.9f)", $name, ++$n, rand(2) - 1;

		return 0 if -e $stop;
		sleep(rand($pause));
		$note->('asked', $n);
		my ($said, $state) = $ask->($statement);
		if (!defined $state) { $note->('unknown', $n); }
		elsif ($state eq '00000') { $note->('done', $n, $said); }
		else { $note->('refused', $n, $state, $said =~ s/\s+/ /gr); }
		return 1;
	};
}

# A gateway: claims one page, delivers it, and tells so until it is heard. Now
# and then it dies in between, and another one takes its place.
sub gateway
{
	my $life = 0;

	return sub {
		my ($ask, $note, $name) = @_;

		return 0 if -e "$stop.gateways";
		my $claim = time();
		my ($page, $state) = $ask->("SELECT page_id FROM oncall.claim_pages('$name $life', 1, '$lease seconds')");
		if (!defined $state) { $note->('unknown', 'claim'); return 1; }
		if ($state ne '00000') { $note->('refused', 'claim', $state, $page =~ s/\s+/ /gr); return 1; }
		if ($page eq '') { sleep(0.05); return 1; }
		$note->('claimed', $page, $claim);
		if (!-e $stop && rand() < 0.05) { $life++; return 1; }
		$note->('delivered', $page);
		if (!-e $stop && rand() < 0.05) { $life++; return 1; }
		while (1)
		{
			my ($said, $state) = $ask->("SELECT oncall.page_sent($page)");

			next unless defined $state;
			$note->($state eq '00000' ? 'reported' : 'refused', $page, $state, $said =~ s/\s+/ /gr);
			last;
		}
		return 1;
	};
}

# The lines of a journal
sub journal
{
	my ($name) = @_;

	return map { [ split /\t/, $_, -1 ] } split /\n/, -e "$dir/$name.journal" ? slurp_file("$dir/$name.journal") : '';
}

my @actors   = map { "actor $_" } 1 .. 4;
my @timers   = map { "timer $_" } 1 .. 2;
my @gateways = map { "gateway $_" } 1 .. 2;
my %pids;

$pids{$_} = start_client($_, actor('act', 0.05)) for @actors;
$pids{$_} = start_client($_, actor('tick', 0.4)) for @timers;
$pids{$_} = start_client($_, gateway()) for @gateways;

# The kills

sub wait_until_up
{
	my ($since) = @_;

	for (1 .. 1800)
	{
		return 1 if slurp_file($node->logfile, $since) =~ /ready to accept connections/
		  && $node->psql('postgres', 'SELECT 1', on_error_die => 0, on_error_stop => 0) == 0;
		sleep(0.1);
	}
	die 'the server does not come back';
}

my %kill = (
	'stop -m immediate' => sub {
		$node->stop('immediate');
		return $node->start;
	},
	'kill -9 of a backend' => sub {
		my $since = -s $node->logfile;
		my @pids = split /\n/, sql(q{SELECT pid FROM pg_stat_activity WHERE application_name = 'client' ORDER BY state = 'active' DESC, random()});

		return 0 unless @pids && kill 'KILL', $pids[0];
		return wait_until_up($since);
	},
	'kill -9 of the postmaster' => sub {
		my @pids = (slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/, split /\n/, sql('SELECT pid FROM pg_stat_activity'));

		$node->kill9;
		# its children notice, and go
		for (1 .. 600)
		{
			last unless kill 0, @pids;
			sleep(0.1);
		}
		return $node->start;
	},
	'pg_terminate_backend' => sub {
		return sql(q{SELECT count(pg_terminate_backend(pid)) FROM (
			SELECT pid FROM pg_stat_activity WHERE application_name = 'client' ORDER BY state = 'active' DESC, random() LIMIT 3) x});
	});

# What all were told to be done, by now
sub told
{
	my %told;

	for my $name (@actors, @timers)
	{
		for my $line (journal($name))
		{
			$told{"$name $line->[2]"} = [ $line->[1], $line->[3] // '' ] if $line->[1] =~ /done|refused|unknown/;
		}
	}
	return \%told;
}

# What is wrong with what stands, from what was told
sub compare
{
	my $told = told();
	my %done = map { my ($key, $said) = split /\t/; ($key => $said // '') } split /\n/,
	  sql(q{SELECT client || ' ' || n || E'\t' || concat_ws(' ', what, reference, told) FROM kills.done});
	my %run = map { split /\t/ } split /\n/, sql(q{SELECT pay_run_id || E'\t' || digest FROM kills.run});
	my @wrong;

	for my $key (sort keys %$told)
	{
		my ($outcome, $said) = @{ $told->{$key} };

		next if $outcome eq 'unknown' || $said eq '';
		push @wrong, "$key was done and is lost: $said" if $outcome eq 'done' && ($done{$key} // '') ne $said;
		push @wrong, "$key has failed and is there: $said" if $outcome eq 'refused' && exists $done{$key};
		push @wrong, "pay run $1 is another one now" if $outcome eq 'done' && $said =~ /^close (\d+) (\w+)$/ && ($run{$1} // '') ne $2;
	}
	return join "\n", @wrong;
}

my %killed;
my $round = 0;
my @order = sort keys %kill;
while ($round < $kills)
{
	my $how = $order[ $round % @order ];

	sleep(0.3 + rand(0.7));
	$kill{$how}->() or next;
	$killed{$how}++;
	$round++;
	my $wrong = compare();
	my $breaches = sql(q{SELECT * FROM oncall.audit('[2040-12-01Z,2041-04-01Z)')});
	is($wrong . $breaches, '', "kill $round, $how: nothing lost, nothing breaks a rule");
}

# Those that act stop, and what was to be delivered is delivered

append_to_file($stop, '');
waitpid $pids{$_}, 0 for @actors;
sleep(3);			# until all steps have called
waitpid $pids{$_}, 0 for @timers;
my $undelivered = q{FROM oncall.page p JOIN oncall.incident i ON i.incident_id = p.incident_id AND i.resolved_at IS NULL
	WHERE p.person_id IS NOT NULL AND num_nonnulls(p.sent_at, p.acknowledged_at, p.cancelled_at) = 0};
$node->poll_query_until('postgres', "SELECT count(*) = 0 $undelivered");
append_to_file("$stop.gateways", '');
waitpid $pids{$_}, 0 for @gateways;

# The rows of clients

is(compare(), '', 'what was told to be done is there, and nothing that failed');
my $told = told();
my (%outcomes, %states);
for my $outcome (values %$told)
{
	$outcomes{ $outcome->[0] }++;
	$states{$1}++ if $outcome->[0] eq 'refused' && $outcome->[1] =~ /^(\w{5})$/;
}
is(join(' ', grep { !/^(23514|40001|23P01|40P01|55000|22023|22004|57P01|57P02|57P03)$/ } sort keys %states), '', 'every refusal is an expected one');

# What each did is there once, and nothing else

is( sql(q{
	WITH done AS (
		SELECT CASE d.what WHEN 'open' THEN 'incident' WHEN 'offer' THEN 'swap_request' WHEN 'respond' THEN 'response'
			WHEN 'close' THEN 'pay_run' ELSE 'change' END AS what, d.reference
		FROM kills.done d WHERE d.what NOT IN ('tick', 'acknowledge', 'resolve', 'escalate')
			-- what there was nothing to do for has no number
			AND d.reference IS NOT NULL),
	stands AS (
		SELECT 'incident' AS what, incident_id AS reference FROM oncall.incident
		UNION ALL SELECT 'swap_request', swap_request_id FROM oncall.swap_request
		UNION ALL SELECT 'response', response_id FROM oncall.response WHERE incident_id IS NULL AND copy_of IS NULL
		UNION ALL SELECT 'pay_run', pay_run_id FROM oncall.pay_run
		UNION ALL SELECT 'change', c.change_id FROM oncall.change c, kills.base b WHERE c.change_id > b.change_id)
	SELECT coalesce(d.what, s.what), coalesce(d.reference, s.reference), count(d.reference) AS done, count(s.reference) AS there
	FROM done d FULL JOIN stands s ON s.what = d.what AND s.reference = d.reference
	GROUP BY 1, 2 HAVING count(d.reference) <> 1 OR count(s.reference) <> 1}),
	'', 'what was done has left its row, and no row is there without');
is( sql(q{
	SELECT x.kind, x.incident_id, count(*) FILTER (WHERE x.done) AS done, count(*) FILTER (WHERE NOT x.done) AS events
	FROM (SELECT e.incident_id, e.kind, false AS done FROM oncall.incident_event e WHERE e.kind IN ('acknowledged', 'resolved', 'escalated')
		  UNION ALL
		  SELECT d.reference, CASE d.what WHEN 'acknowledge' THEN 'acknowledged' WHEN 'resolve' THEN 'resolved' ELSE 'escalated' END, true
		  FROM kills.done d WHERE d.what IN ('acknowledge', 'resolve', 'escalate')) x
	GROUP BY x.kind, x.incident_id HAVING count(*) FILTER (WHERE x.done) <> count(*) FILTER (WHERE NOT x.done)}),
	'', 'so has every answer');
is( sql(q{
	SELECT c.change_id, c.kind FROM oncall.change c, kills.done d
	WHERE d.what IN ('cover', 'accept') AND d.reference = c.change_id
		AND NOT EXISTS (SELECT FROM oncall.cover v WHERE v.change_id = c.change_id)}),
	'', 'no trade is without its covers');

# Pages

is( sql(q{
	SELECT i.incident_id, count(*) FROM oncall.incident i LEFT JOIN oncall.page p ON p.incident_id = i.incident_id AND p.reason = 'opened'
	GROUP BY i.incident_id HAVING count(p.page_id) <> CASE i.severity WHEN 'SEV1' THEN 4 ELSE 2 END}),
	'', 'every incident has called whom it had to');
is( sql(q{
	SELECT p.incident_id, p.person_id, p.step, p.reason, count(*) FROM oncall.page p
	WHERE p.reason IN ('opened', 'step', 'manager') GROUP BY 1, 2, 3, 4 HAVING count(*) > 1}),
	'', 'nobody twice');
is( sql(q{SELECT count(*) FROM oncall.page p WHERE p.reason IN ('step', 'manager')}),
	sql(q{SELECT coalesce(sum(d.reference), 0) FROM kills.done d WHERE d.what = 'tick'}),
	'the timers have called as many as they say');
is( sql(q{SELECT count(*) FROM oncall.page p WHERE p.reason = 'by_hand'}),
	sql(q{SELECT coalesce(sum(d.told::integer), 0) FROM kills.done d WHERE d.what = 'escalate'}),
	'so has who escalated');
is(sql("SELECT p.page_id $undelivered"),         '', 'no page is left undelivered');
is(sql(slurp_file('test/soak/legal.sql')), '', 'every incident is in a legal state');

# What the gateways know of them

my %page = map { my ($page, $claims, $sent) = split /\|/; ($page => { claims => $claims, sent => $sent eq 't' }) } split /\n/,
  sql('SELECT page_id, claims, sent_at IS NOT NULL FROM oncall.page');
my (%claims, %deliveries, @wrong);
my ($unknown, $twice) = (0, 0);
for my $name (@gateways)
{
	my $claimed;

	for my $line (journal($name))
	{
		my ($at, $what, $page, $asked_at) = @$line;

		$unknown++ if $what eq 'unknown';
		push @wrong, "$name is refused: @$line" if $what eq 'refused';
		push @{ $claims{$page} }, { asked => $claimed = $asked_at, got => $at } if $what eq 'claimed';
		push @{ $deliveries{$page} }, { claimed => $claimed, delivered => $at } if $what eq 'delivered';
		$deliveries{$page}[-1]{reported} = $at if $what eq 'reported';
	}
}
for my $page (sort { $a <=> $b } keys %claims)
{
	my @claims     = sort { $a->{got} <=> $b->{got} } @{ $claims{$page} };
	my @deliveries = sort { $a->{delivered} <=> $b->{delivered} } @{ $deliveries{$page} || [] };
	my $row        = $page{$page} || { claims => 0, sent => 0 };

	push @wrong, "page $page was claimed " . @claims . " times, and knows of $row->{claims}" if $row->{claims} < @claims;
	$unknown -= $row->{claims} - @claims;
	for my $i (1 .. $#claims)
	{
		push @wrong, "page $page is handed out again before its lease is over" if $claims[$i]{got} < $claims[ $i - 1 ]{asked} + $lease;
	}
	# who could tell in time that it was delivered has done so for all
	for my $i (0 .. $#deliveries - 1)
	{
		my $reported = $deliveries[$i]{reported} or next;

		push @wrong, "page $page is delivered again, although that was told" if $reported < $deliveries[ $i + 1 ]{claimed}
		  || $reported < $deliveries[$i]{claimed} + $lease;
	}
	$twice += @deliveries > 1;
	push @wrong, "page $page was told to be delivered, and does not know" if !$row->{sent} && grep { $_->{reported} } @deliveries;
}
push @wrong, "page $_ counts as sent, and was never delivered" for grep { $page{$_}{sent} && !$deliveries{$_} } sort keys %page;
push @wrong, 'pages know of more claims than were made' if $unknown < 0;
is(join("\n", @wrong), '', 'pages are handed out, delivered and told of as they say');

# History, of all tables that keep it: of what was believed there is one version
# at a time, and each begins when the one before it ends, or when it is taken up
# again by an undo

my $recorded = sql(q{
	SELECT string_agg(format('SELECT %L AS what, coalesce(copy_of, %I) AS id, recorded FROM oncall.%I', c.relname, k.attname, c.relname), ' UNION ALL ')
	FROM pg_class c
	JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
	JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
	WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'r'
		AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('recorded', 'copy_of')) = 2});
is( sql(qq{
	SELECT v.what, v.id, v.ended, v.recorded
	FROM (SELECT x.*, lag(upper(x.recorded)) OVER (PARTITION BY x.what, x.id ORDER BY x.recorded) AS ended
		  FROM ($recorded) x WHERE NOT isempty(x.recorded)) v
	WHERE v.ended > lower(v.recorded) OR v.ended < lower(v.recorded)
		AND NOT EXISTS (SELECT FROM oncall.change h WHERE h.kind = 'undo' AND h.made_at = lower(v.recorded))}),
	'', 'history has neither gaps nor overlaps');
my $versions = sql(qq{SELECT count(*) FROM (SELECT FROM ($recorded) x WHERE NOT isempty(x.recorded) GROUP BY x.what, x.id HAVING count(*) > 1) v});

# The tables themselves

is(sql(q{SELECT * FROM oncall.audit('[2040-12-01Z,2043-01-01Z)')}), '', 'nothing that stands breaks a rule');
is( sql(q{
	CREATE EXTENSION amcheck;
	SELECT count(bt_index_check(i.indexrelid, true)) > 100
	FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
	WHERE c.relnamespace = 'oncall'::regnamespace AND a.amname = 'btree'}),
	't', 'every index has its rows');
like(sql('SELECT oncall.setup()'), qr/the tables are up to date/, 'setup() has nothing to mend');
unlike(slurp_file($node->logfile), qr/terminated by signal (?!9:)\d+|PANIC:|TRAP:/, 'nothing died but what was killed');
diag(sprintf '%s; %s; refused %s; %d pages sent, %d of them twice; %d facts changed; acts %s',
	join(', ', map { "$killed{$_} $_" } sort keys %killed),
	join(', ', map { "$outcomes{$_} $_" } sort keys %outcomes),
	join(', ', map { "$states{$_} $_" } sort keys %states),
	scalar(grep { $_->{sent} } values %page), $twice, $versions,
	sql(q{SELECT string_agg(n || ' ' || what, ', ' ORDER BY what) FROM (SELECT what, count(*) AS n FROM kills.done GROUP BY what) x}));
$node->stop;
done_testing();
