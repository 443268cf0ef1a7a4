# The tables of setup() are ordinary ones: whatever way they are dumped and
# restored, they come back as they were, with what users added to them, and
# keep their rules.
#
# Connects by the environment (PGHOST, PGPORT, ...), as a superuser; makes
# databases and roles of its own and drops them.

use strict;
use warnings;

use File::Temp qw(tempdir);
use Test::More;

my $dir   = tempdir('oncall_dump_XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $tag   = "oncall_dump_$$";
my $owner = "${tag}_owner";
my $staff = "${tag}_staff";
my @databases;

# Run a command; its exit status and all that it printed.
sub run
{
	my (@command) = @_;

	open(my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', @command)
	  or die "cannot run $command[0]: $!";
	my $output = do { local $/; <$pipe> };
	close($pipe);
	return ($? >> 8, defined $output ? $output : '');
}

sub run_ok
{
	my ($name, @command) = @_;
	my ($status, $output) = run(@command);

	is($status, 0, $name) or diag("@command\n$output");
	return $output;
}

# Run SQL, as some role if one is given; what psql printed.
sub sql
{
	my ($database, $sql, $role) = @_;
	local $ENV{PGOPTIONS} = $role ? "-c role=$role" : '';
	my ($status, $output) = run('psql', '-X', '-q', '-A', '-t', '-v',
		'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-d', $database, '-c', $sql);

	chomp $output;
	return $output;
}

sub create
{
	my ($name, @options) = @_;
	my $database = "${tag}_$name";

	push @databases, $database;
	my ($status, $output) =
	  run('createdb', '--template=template0', @options, $database);
	die $output if $status != 0;
	return $database;
}

# A dump as text, without the line that is another one each time.
sub dump_of
{
	my ($database, @options) = @_;
	my $file = "$dir/dump_of.sql";
	my ($status, $output) = run('pg_dump', @options, '-f', $file, $database);

	diag($output) if $status != 0;
	open(my $in, '<', $file) or return '';
	my @lines = grep { !/^\\(un)?restrict / } <$in>;
	close($in);
	return join('', @lines);
}

# Equal, or the first lines that differ.
sub same_dump
{
	my ($name, $got, $expected) = @_;

	return if ok($got eq $expected, $name);
	for ([ 'got', $got ], [ 'expected', $expected ])
	{
		open(my $out, '>', "$dir/$_->[0]") or die $!;
		print $out $_->[1];
		close($out);
	}
	my ($status, $diff) = run('diff', "$dir/expected", "$dir/got");
	diag(join("\n", grep { defined } (split /\n/, $diff)[ 0 .. 30 ]));
	return;
}

# The rules hold in a restored database, and its keys go on.
sub check_rules
{
	my ($name, $database) = @_;

	like(sql($database, 'DELETE FROM oncall.cover'),
		qr/ERROR:  55000/, "$name: covers cannot be deleted");
	like(sql($database, 'TRUNCATE oncall.layer CASCADE'),
		qr/ERROR:  55000/, "$name: layers cannot be truncated");
	like(
		sql($database, q(INSERT INTO oncall.layer (rotation_id, cadence)
			VALUES (1, 'R/2026-01-06T12:00[UTC]/P7D'))),
		qr/ERROR:  23514.*layer_has_members/s,
		"$name: a layer needs members");
	like(sql($database, 'UPDATE oncall.layer_member SET person_id = NULL'),
		qr/ERROR:  55000/, "$name: members are fixed");
	like(
		sql($database, q(INSERT INTO oncall.cover (rotation_id, seat, period)
			SELECT rotation_id, seat, period FROM oncall.cover WHERE upper_inf(recorded))),
		qr/ERROR:  23P01.*cover_no_overlap/s,
		"$name: covers do not overlap");
	like(
		sql($database, q(INSERT INTO oncall.person (name, zone) VALUES ('Eve', 'EST5'))),
		qr/ERROR:  22023/, "$name: zones are checked");
	is( sql($database, q(
			BEGIN;
			WITH now AS (UPDATE oncall.cover SET person_id = 2 WHERE upper_inf(recorded) RETURNING cover_id)
			SELECT count(*) FROM now;
			SELECT count(*) FROM oncall.cover WHERE upper(recorded) = statement_timestamp()
				OR upper(recorded) > now() - interval '1 minute' AND copy_of IS NOT NULL AND xmin = pg_current_xact_id()::xid;
			ROLLBACK)),
		"3\n3", "$name: a change is recorded");
	is(sql($database, 'SELECT count(*) FROM public.cover_log'),
		sql($databases[0], 'SELECT count(*) FROM public.cover_log'),
		"$name: the user's trigger did not fire");
	like(sql($database, q(UPDATE oncall.swap_request SET state = 'open')),
		qr/ERROR:  55000.*offer \d is gone/s, "$name: offers are closed once");
	is(sql($database, q(SELECT count(*) FROM oncall.swap_request WHERE expires_at = '2027-03-25Z')),
		1, "$name: offers expire");
	check_pay($name, $database);
	check_own($name, $database);
	is(answers($database), answers($databases[0]), "$name: rosters, reports and what was believed are the same");
	like(sql($database, 'SELECT oncall.setup()'),
		qr/belong to role "$owner"/, "$name: the owner is the same");
	like(sql($database, 'DROP EXTENSION oncall'),
		qr/ERROR:  2BP01/, "$name: the extension cannot be dropped");
	return;
}

# So do those of pay, and what a run has not paid.
sub check_pay
{
	my ($name, $database) = @_;

	like(sql($database, q(SELECT oncall.take_lieu('1 minute', '2026-05-01', 'Ben'))),
		qr/ERROR:  23514.*within_balance/s, "$name: time in lieu is judged");
	like(sql($database, q(UPDATE oncall.pay_band SET standby_rate = 9 WHERE pay_policy_id = 1)),
		qr/ERROR:  55000/, "$name: what has paid is fixed");
	like(sql($database, q(INSERT INTO oncall.pay_band (pay_policy_id, position, band) VALUES (1, 99, 'late'))),
		qr/ERROR:  55000/, "$name: bands do not come later");
	like(sql($database, q(SELECT oncall.copy_pay_policy('Terms', 'Other terms', '2027-01-01'))),
		qr/ERROR:  23505.*replaced by "Terms, raised"/s, "$name: a policy is replaced once");
	is(sql($database, q(SELECT person, balance FROM oncall.lieu_balance ORDER BY person)),
		"Ben|-00:30:00\nCleo|02:00:00", "$name: time in lieu is the same");
	is(sql($database, q{SET client_min_messages = warning; BEGIN; SELECT oncall.close_pay_run('Terms', '[2026-04-01,2026-05-01)') > 0;
			SELECT count(*) FROM oncall.pay_line WHERE corrects IS NOT NULL AND pay_run_id = 3; ROLLBACK}),
		"t\n0", "$name: the next run has nothing to correct");
	for my $what (qw(pay_run pay_line))
	{
		like(sql($database, "DELETE FROM oncall.$what"),
			qr/ERROR:  55000/, "$name: $what is kept");
	}
	return;
}

# What users added works: triggers, policies, grants, tables that refer to ours.
sub check_own
{
	my ($name, $database) = @_;

	is(sql($database, qq{
			BEGIN;
			INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (1, 1, '[2028-05-01Z,2028-05-08Z)');
			SELECT count(*) FROM public.cover_log;
			SET LOCAL ROLE $staff;
			SELECT count(*) FROM oncall.rotation;
			RESET ROLE;
			UPDATE oncall.rotation SET mine = 'y';
			SET LOCAL ROLE $staff;
			SELECT count(*) FROM oncall.rotation;
			ROLLBACK}),
		"3\n1\n0", "$name: the user's trigger and policy work");
	like(sql($database, 'SELECT * FROM public.mine_page', $staff),
		qr/ERROR:  42501/, "$name: what was not granted is refused");
	is(sql($database, 'SELECT note FROM public.mine_page', $staff),
		'mine', "$name: the grant on a column");
	like(sql($database, 'UPDATE public.mine_page SET rotation_id = 99'),
		qr/ERROR:  23503/, "$name: the user's foreign key");
	is(sql($database, q{SELECT bool_and(m = r), count(*) > 100
			FROM public.mine_roster m FULL JOIN oncall.roster('[2026-01-01Z,2027-01-01Z)') r USING (rotation_id, seat, period)}),
		't|t', "$name: the user's materialized view is filled");
	return;
}

# What is computed from the tables: rosters as they are and as they were
# believed at every moment at which something was written, pay, and breaches.
sub answers
{
	my ($database) = @_;

	return sql($database, q{
		SET timezone = 'UTC';
		WITH moment AS (
			SELECT DISTINCT m.at FROM (SELECT lower(recorded) FROM oncall.cover UNION ALL SELECT upper(recorded) FROM oncall.cover
				UNION ALL SELECT lower(recorded) FROM oncall.layer UNION ALL SELECT upper(recorded) FROM oncall.layer
				UNION ALL SELECT upper(recorded) FROM oncall.layer_leave) AS m(at)
			WHERE isfinite(m.at))
		SELECT count(DISTINCT m.at) > 5, count(*), md5(string_agg(format('%s %s', m.at, r), E'\n' ORDER BY m.at, r::text))
		FROM moment m, oncall.roster('[2026-01-01Z,2032-01-01Z)', known_at => m.at) r;
		SELECT count(*), md5(string_agg(s::text, E'\n' ORDER BY s::text)) FROM oncall.roster('[2026-01-01Z,2032-01-01Z)') s;
		SELECT count(*), md5(string_agg(p::text, E'\n' ORDER BY p::text)) FROM oncall.pay_report('[2026-02-01,2026-05-01)'::daterange) p;
		SELECT count(*), md5(string_agg(a::text, E'\n' ORDER BY a::text)) FROM oncall.audit('[2026-01-01Z,2030-01-01Z)') a;
		SELECT incident_id, summary FROM oncall.incident_now ORDER BY 1});
}

END
{
	my $status = $?;

	for my $database (@databases)
	{
		run('dropdb', '--if-exists', '--force', $database);
	}
	run('psql', '-X', '-q', '-d', 'postgres', '-c', "DROP ROLE IF EXISTS $owner, $staff");
	$? = $status;
}

# A database with all there is: rosters that were changed, ended and
# withdrawn, and what a user may add.

run('psql', '-X', '-q', '-d', 'postgres', '-c', "CREATE ROLE $owner; CREATE ROLE $staff");
my $source = create('source', "--owner=$owner");
is(sql($source, q(CREATE EXTENSION oncall; SELECT oncall.setup() ~ '^oncall'), $owner),
	't', 'the owner of the database makes the tables');
is(sql($source, qq(SELECT oncall.grant_access('$staff', a) FROM unnest('{reader,manager}'::text[]) a), $owner),
	"\n", 'access is granted');
my @statements = split /;\n/, <<'SQL';
INSERT INTO oncall.calendar (name) VALUES ('New Zealand')
INSERT INTO oncall.holiday (calendar_id, day, name, season, observes) VALUES (1, '2027-12-27', 'Christmas Day', 'Christmas 2027', '2027-12-25'), (1, '2027-12-25', 'Christmas Day', 'Christmas 2027', NULL)
INSERT INTO oncall.person (name, zone, calendar_id, working_hours) VALUES ('Aroha', 'Pacific/Auckland', 1, 'Mo-Th 08:00-16:30; PH off'), ('Ben', 'Europe/London', NULL, DEFAULT), ('Cleo', 'America/New_York', NULL, DEFAULT)
INSERT INTO oncall.absence (person_id, period, kind) VALUES (1, '[2027-01-01Z,2027-02-01Z)', 'leave')
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('SRE', 'Pacific/Auckland', 1)
INSERT INTO oncall.rotation (name, team_id, calendar_id, seats, max_consecutive) VALUES ('SRE', 1, 1, '{primary,secondary,shadow}', NULL)
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (1, 1, 'shadow'), (1, 2, 'reserve')
WITH l AS (INSERT INTO oncall.layer (rotation_id, cadence, valid) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '[2026-01-01Z,)') RETURNING layer_id) INSERT INTO oncall.layer_member (layer_id, position, person_id) SELECT layer_id, p, nullif(p, 4) FROM l, generate_series(1, 4) p
WITH l AS (INSERT INTO oncall.layer (rotation_id, rank, cadence, hours, pairing, seats) VALUES (1, 3, 'R/2026-01-05T09:00[Europe/London]/P1D,P1D,P1D,P1D,P3D', 'Mo-Fr 09:00-17:00; PH off', 'mixed', 2) RETURNING layer_id) INSERT INTO oncall.layer_member (layer_id, position, person_id) SELECT layer_id, p, p FROM l, generate_series(1, 3) p
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (1, '[2028-01-01Z,2028-03-01Z)')
INSERT INTO oncall.layer_rule (layer_id, since, pairing) VALUES (1, '2028-06-01Z', 'following')
UPDATE oncall.layer_leave SET recorded = oncall_internal.closed(recorded, xmin)
UPDATE oncall.layer_leave SET recorded = oncall_internal.recorded_now()
SELECT oncall.end_layer(1, '2030-01-01Z')
SELECT oncall.end_layer(1, '2029-01-01Z')
SELECT oncall.withdraw_layer(2)
INSERT INTO oncall.change (change_id, kind, rotation_id, person_id, reason) OVERRIDING SYSTEM VALUE VALUES (1000, 'swap', 1, 1, E'tab\there')
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2027-03-01Z,2027-03-08Z)', 2), (1, 2, '[2027-03-01Z,2027-03-08Z)', 3), (1, 3, '[2027-03-01Z,2027-03-08Z)', NULL)
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, offered_to, state, accepted_by, change_id, closed_at) VALUES (1, 1, '[2027-03-01Z,2027-03-08Z)', 1, 2, 'accepted', 2, 1000, '2026-03-01Z'), (1, 2, '[2027-03-01Z,2027-03-08Z)', 2, NULL, 'withdrawn', NULL, NULL, '2026-03-01Z'), (1, 2, '[2026-03-01Z,2026-03-08Z)', 2, NULL, 'expired', NULL, NULL, '2026-03-01Z')
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, in_return_rotation_id, in_return_seat, in_return_period, note, created_at) VALUES (1, 1, '[2027-04-01Z,2027-04-08Z)', 1, 1, 2, '[2027-03-24Z,2027-03-25Z)', 'open still', '2026-02-03Z')
UPDATE oncall.cover SET person_id = NULL WHERE cover_id = 1
SELECT oncall.end_cover(1, '2027-03-05Z')
SELECT oncall.withdraw_cover(2)
UPDATE oncall.change SET told_at = '2026-03-01Z' WHERE change_id = 1000
INSERT INTO oncall.duty_notice (person_id, kind, rotation_id, seat, period, change_id, earlier_changes, created_at, due_at, expires_at, detail) VALUES (2, 'taken', 1, 1, '[2027-03-05Z,2027-03-08Z)', 1000, '{1,2}', '2026-03-01Z', '2026-03-01 08:00Z', '2027-03-08Z', E'a\nb')
INSERT INTO oncall.duty_notice_move (duty_notice_id, rotation_id, seat, lost, gained, back) SELECT max(duty_notice_id), 1, 1, '{[2027-03-05Z,2027-03-08Z)}', '{}', '{[2027-03-01Z,2027-03-02Z)}' FROM oncall.duty_notice
INSERT INTO oncall.shift_feedback (rotation_id, person_id, period, mood, nights_broken, note, given_at) VALUES (1, 2, '[2026-01-06Z,2026-01-13Z)', 4, 1, 'quiet', '2026-01-13Z')
CREATE TABLE public.cover_log (cover_id int, at timestamptz DEFAULT now())
CREATE FUNCTION public.log_cover() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.cover_log VALUES (NEW.cover_id); RETURN NULL; END'
CREATE TRIGGER log_cover AFTER INSERT ON oncall.cover FOR EACH ROW EXECUTE FUNCTION public.log_cover()
INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (1, 1, '[2028-03-01Z,2028-03-08Z)')
CREATE INDEX mine_idx ON oncall.cover (lower(period)) WHERE person_id IS NULL
ALTER TABLE oncall.rotation ADD mine text DEFAULT 'x' CHECK (mine <> '')
ALTER TABLE oncall.rotation ENABLE ROW LEVEL SECURITY
CREATE POLICY mine ON oncall.rotation USING (mine = 'x')
COMMENT ON COLUMN oncall.rotation.mine IS 'my own'
COMMENT ON TRIGGER log_cover ON oncall.cover IS 'my trigger'
COMMENT ON TABLE oncall.person IS 'our own words for it'
CREATE STATISTICS public.mine_stats ON rotation_id, seat FROM oncall.cover
ALTER TABLE oncall.cover ALTER period SET STATISTICS 500, SET (fillfactor = 90)
CREATE TABLE public.mine_page (rotation_id int REFERENCES oncall.rotation, pair oncall.pair PRIMARY KEY, hours oncall.weekly_hours DEFAULT 'Mo-Fr 09:00-17:00', cadence oncall.cadence, note text)
GRANT SELECT (note) ON public.mine_page TO PUBLIC
INSERT INTO public.mine_page (rotation_id, pair, cadence, note) SELECT rotation_id, oncall.on_call(rotation_id, '2026-03-01Z'), (SELECT min(cadence::text)::oncall.cadence FROM oncall.layer), 'mine' FROM oncall.rotation
CREATE VIEW public.mine_now WITH (security_invoker) AS SELECT rotation, primary_name FROM oncall.on_call_now
CREATE MATERIALIZED VIEW public.mine_roster AS SELECT * FROM oncall.roster('[2026-01-01Z,2027-01-01Z)')
INSERT INTO oncall.pay_policy (name, zone, currency, minimum_callout) VALUES ('Terms', 'UTC', 'EUR', '1 hour'), ('Unused', 'UTC', 'EUR', '0')
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor, of_wage) VALUES (1, 10, 'work', NULL, 0, NULL, 0, false), (1, 20, 'rest', '24/7', 2.5, 30, 1, false), (1, 30, 'never', 'Mo-Su 00:00-24:00', 0.1, 1, 0, true)
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, wage) VALUES (2, 1, 21.40), (3, 1, NULL)
INSERT INTO oncall.response (person_id, period) VALUES (2, '[2026-02-03 02:00Z,2026-02-03 05:00Z)'), (2, '[2026-03-03 02:00Z,2026-03-03 03:00Z)'), (3, '[2026-02-04 22:00Z,2026-02-04 22:20Z)')
SELECT oncall.close_pay_run('Terms', '[2026-02-01,2026-03-01)', allow_gap => true)
SELECT oncall.take_lieu('4 hours', '2026-03-10', 'Ben', 'of February, and an hour of March')
UPDATE oncall.response SET period = '[2026-02-03 02:00Z,2026-02-03 04:30Z)' WHERE response_id = 1
SELECT oncall.close_pay_run('Terms', '[2026-03-01,2026-04-01)')
SELECT oncall.copy_pay_policy('Terms', 'Terms, raised', '2026-05-01', 0.03)
INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (3, '2026-04-01', 'adjusted', '2 hours'), (3, '2026-04-02', 'expired', '1 hour')
BEGIN; INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (1, 2, '[2028-03-01Z,2028-03-08Z)'); SELECT oncall.withdraw_cover(max(cover_id)) FROM oncall.cover; COMMIT
SELECT oncall.resolve(oncall.open_incident('Unknown', 'learnt from', 'SEV4', at => '2026-03-01Z'), at => '2026-03-01 01:00Z')
INSERT INTO oncall.playbook (severity, title, body) VALUES (NULL, 'All', 'Keep calm.'), ('SEV4', 'Small', 'Sleep.')
INSERT INTO oncall.action_item (incident_id, what, person_id, due_on) SELECT incident_id, 'Name the service', 2, '2026-04-01' FROM oncall.incident WHERE summary = 'learnt from'
SELECT oncall.draft_postmortem(incident_id, author => 'Ben'), oncall.publish_postmortem(incident_id) FROM oncall.incident WHERE summary = 'learnt from'
SELECT oncall.give_kudos(incident_id, 'Ben', 'Thank you.', 'Cleo') FROM oncall.incident WHERE summary = 'learnt from'
SELECT oncall.add_service('Shop', 'SRE', '{SRE}'), oncall.add_service('Mail', 'SRE'), oncall.add_step('Shop', '10 minutes', 'SRE', 2), oncall.add_heartbeat('Mail', '1 hour')
INSERT INTO oncall.maintenance (service_id, period, note) SELECT service_id, '[2027-01-01Z,2027-01-02Z)', 'moves' FROM oncall.service WHERE name = 'Mail'
SELECT oncall.open_incident('Shop', 'goes on', 'SEV1', dedup_key => 'k', at => '2026-11-02 10:00Z'), oncall.open_incident('Shop', 'waits', 'SEV3', at => '2026-11-01 10:00Z'), oncall.open_incident('Mail', 'apart', at => '2026-11-01 11:00Z'), oncall.open_incident('Nothing', 'of nobody')
SELECT oncall.acknowledge(incident_id, 'Aroha', '2026-11-02 10:05Z'), oncall.assign_role(incident_id, 'commander', 'Ben'), oncall.assign_role(incident_id, 'scribe', 'Cleo'), oncall.escalate(incident_id) FROM oncall.incident WHERE summary = 'goes on'
SELECT oncall.merge_incidents(a.incident_id, b.incident_id, c.incident_id), oncall.unmerge(c.incident_id) FROM oncall.incident a, oncall.incident b, oncall.incident c WHERE a.summary = 'goes on' AND b.summary = 'waits' AND c.summary = 'apart'
SELECT oncall.resolve(incident_id) FROM oncall.incident WHERE summary = 'apart'
SELECT oncall.page_sent(page_id) FROM oncall.claim_pages('gateway', 1)
INSERT INTO oncall.contact (person_id, method, address, urgency, after, verified_on) VALUES (2, 'sms', '+44', 'high', '5 minutes', '2026-03-01')
SELECT oncall.issue_calendar_token('Ben'), oncall.revoke_calendar_tokens('Ben'), oncall.issue_calendar_token('Ben')
SQL
for my $statement (map { split /\n/ } @statements)
{
	my $output = sql($source, $statement, $owner);

	die "$statement\n$output" if $output =~ /ERROR/;
}
is(sql($source, q(SELECT count(*), count(copy_of), count(*) FILTER (WHERE isempty(recorded)),
			count(*) FILTER (WHERE upper_inf(recorded)) FROM oncall.cover)),
	'7|2|1|3', 'covers of every kind');
is(sql($source, qq(SELECT string_agg((xpath('//c/text()', query_to_xml(format('SELECT (count(*), count(copy_of),
			count(*) FILTER (WHERE upper_inf(recorded))) AS c FROM oncall.%I', t), true, true, '')))[1]::text, ' ')
			FROM unnest('{layer,layer_member,layer_leave,layer_rule}'::text[]) t)),
	'(2,0,1) (7,0,7) (2,1,1) (3,0,3)', 'layers of every kind, and what changes them');

# What is below zero was allowed when it was taken: a response became shorter
is(sql($source, q(SELECT person, balance FROM oncall.lieu_balance ORDER BY person)),
	"Ben|-00:30:00\nCleo|02:00:00", 'time in lieu that was earned, taken, corrected');

like(answers($source), qr/\At\|\d{3,}\|\w{32}\n\d{3,}\|\w{32}\n[1-9]\d*\|\w{32}\n[1-9]\d*\|\w{32}\n\d+\|goes on\n/,
	'there are rosters, beliefs, pay, breaches and incidents');

my $dump = dump_of($source);
like($dump, qr/CREATE TABLE oncall\.cover /, 'tables are dumped');
like($dump, qr/CREATE TRIGGER log_cover/, 'a trigger of the user is dumped');
unlike($dump, qr/CREATE SCHEMA oncall/, 'the schema is the extension\'s');
same_dump('the owner, no superuser, dumps the same',
	dump_of($source, "--role=$owner"), $dump);

# Every way to restore

run_ok('dump as text', 'pg_dump', '-f', "$dir/plain.sql", $source);
run_ok('dump in custom format', 'pg_dump', '-Fc', '-f', "$dir/custom", $source);
run_ok('dump into a directory', 'pg_dump', '-Fd', '-j2', '-f', "$dir/directory", $source);
my @sections = qw(pre-data data post-data);
for my $section (@sections)
{
	run_ok("dump of section $section", 'pg_dump', "--section=$section", '-f', "$dir/$section.sql", $source);
}
run_ok('dump by the owner', 'pg_dump', "--role=$owner", '-Fc', '-f', "$dir/owners", $source);
my @psql = ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1');
my @restore = ('pg_restore', '--exit-on-error');
my %ways = (
	plain => sub { [ @psql, '-d', $_[0], '-f', "$dir/plain.sql" ] },
	plain_single => sub { [ @psql, '-1', '-d', $_[0], '-f', "$dir/plain.sql" ] },
	custom => sub { [ @restore, '-d', $_[0], "$dir/custom" ] },
	parallel => sub { [ @restore, '-j4', '-d', $_[0], "$dir/custom" ] },
	single => sub { [ @restore, '--single-transaction', '-d', $_[0], "$dir/custom" ] },
	directory => sub { [ @restore, '-j4', '-d', $_[0], "$dir/directory" ] },
	sections => sub {
		map { [ @restore, "--section=$_", '-d', $_[0], "$dir/custom" ] } @sections;
	},
	dumped_sections => sub { map { [ @psql, '-d', $_[0], '-f', "$dir/$_.sql" ] } @sections },
	has_extension_plain => sub { [ @psql, '-1', '-d', $_[0], '-f', "$dir/plain.sql" ] },
	has_extension_parallel => sub { [ @restore, '-j4', '-d', $_[0], "$dir/custom" ] },
	owners => sub { [ @restore, "--role=$owner", '-d', $_[0], "$dir/owners" ] },);
for my $way (sort keys %ways)
{
	my $target = create($way, "--owner=$owner");

	sql($target, 'CREATE EXTENSION oncall', $owner) if $way =~ /^has_extension/;
	run_ok("restore: $way", @$_) for $ways{$way}->($target);
	same_dump("$way: the dump is the same", dump_of($target), $dump);
	check_rules($way, $target);

	# whose the extension is
	my $owners = $way =~ /^has_extension|^owners/ ? 't' : 'f';
	is(sql($target, q(SELECT has_schema_privilege('oncall', 'CREATE'), has_schema_privilege('oncall_internal', 'CREATE'),
			has_function_privilege('oncall.page_on_insert()', 'EXECUTE')), $owner),
		"$owners|$owners|$owners", "$way: who may add to the schemas");
}

# Data alone, into tables that are there with their triggers: by the owner, in
# one transaction, since layers and members belong together

run_ok('dump of data only', 'pg_dump', '-a', '-n', 'oncall', '-Fc', '-f', "$dir/data", $source);
run_ok('dump of data only, as INSERTs', 'pg_dump', '-a', '-n', 'oncall', '--inserts', '-f', "$dir/inserts.sql", $source);
# what is restored is noted as well, for the next run to look at
my @compared = ('-a', '-n', 'oncall', '-T', 'oncall.pay_touched');
my $data = create('data', "--owner=$owner");
run_ok('restore: schema only', @restore, '--schema-only', '-d', $data, "$dir/custom");
run_ok('restore: data only', @restore, '--data-only', '--single-transaction',
	"--role=$owner", '-d', $data, "$dir/data");
same_dump('data only: the data are the same',
	dump_of($data, @compared), dump_of($source, @compared));
check_pay('data only', $data);

# --disable-triggers, afterwards, enables all of them the ordinary way: setup()
# names those that were enabled always, and they can be put back

my $disabled = create('disabled', "--owner=$owner");
run_ok('restore: schema only, before data without triggers', @restore, '--schema-only', '-d', $disabled, "$dir/custom");
run_ok('restore: data only, without triggers', @restore, '--data-only', '--disable-triggers', '-j4', '-d', $disabled, "$dir/data");
my @always = split /\n/, sql($source, q(SELECT tgrelid::regclass FROM pg_trigger WHERE tgenabled = 'A' AND tgname = 'tell_readers'));
cmp_ok(scalar @always, '>', 5, 'some triggers are enabled always');
my $warning = sql($disabled, 'SELECT oncall.setup()', $owner);
like($warning, qr/trigger tell_readers of \Q$_\E, enabled always/, "without triggers: setup() names that of $_") for @always;
sql($disabled, join('; ', map { "ALTER TABLE $_ ENABLE ALWAYS TRIGGER tell_readers" } @always), $owner);
unlike(sql($disabled, 'SELECT oncall.setup()', $owner), qr/tell_readers/, 'without triggers: put back, it no longer names them');
same_dump('without triggers: the data are the same', dump_of($disabled, '-a', '-n', 'oncall'), dump_of($source, '-a', '-n', 'oncall'));
my $inserts = create('inserts', "--owner=$owner");
run_ok('restore: schema only, again', @restore, '--schema-only', '-d', $inserts, "$dir/custom");
{
	local $ENV{PGOPTIONS} = "-c role=$owner";
	run_ok('restore: INSERTs', @psql, '-1', '-d', $inserts, '-f', "$dir/inserts.sql");
}
same_dump('INSERTs: the data are the same',
	dump_of($inserts, @compared), dump_of($source, @compared));
check_pay('INSERTs', $inserts);

done_testing();
