# Every function of the extension, and every view, where nothing can be written:
# on a hot standby, and on its primary in a read-only transaction. Look-ups and
# reports answer as the primary does, for each kind of role; whatever writes
# says that it cannot, in the server's words.
#
# What is called is found in the catalogs: a function that no call is of fails
# the test, and so does one that writes and is said not to.
#
# Tests: access reports lookup
# needs: cluster

use strict;
use warnings;

use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
$primary->append_conf('postgresql.conf', "timezone = 'UTC'\nautovacuum = off\nclient_min_messages = warning");
$primary->start;
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

sub sql
{
	my ($node, $sql) = @_;

	return $node->safe_psql('postgres', $sql);
}

# What may be called, and how

sql($primary, 'CREATE EXTENSION oncall; SELECT oncall.setup(); CREATE SCHEMA access_matrix');
sql($primary,
	"SET search_path = access_matrix, pg_catalog;\nBEGIN;\n" . slurp_file('test/data/calls.sql') . <<'SQL');

-- what apply_plan() can find a cover for
INSERT INTO oncall.absence (person_id, period, kind)
SELECT p.person_id, '[2126-07-01,2126-08-01)', 'leave' FROM oncall.person p WHERE p.name = 'Ann';
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing)
SELECT r.rotation_id, p.person_id, 'reserve' FROM oncall.rotation r, oncall.person p WHERE r.name = 'Rota' AND p.name = 'Ben'
ON CONFLICT DO NOTHING;

-- Others of the same names, what needs no table, and what is done with tables as a whole
CREATE TABLE more (call text);
COPY more FROM stdin;
oncall.setup()
oncall.grant_access('regress_oncall_access_reader', 'member')
oncall.library_version()
oncall.horizon()
oncall.is_zone('Asia/Kathmandu')
oncall.cadence('2026-01-06 12:00', 'Pacific/Auckland', VARIADIC '{7 days}')
oncall.anchor('R/2026-01-06T12:00[Pacific/Auckland]/P7D')
oncall.every('R/2026-01-06T12:00[Pacific/Auckland]/P7D')
oncall.steps('R/2026-01-06T12:00[Pacific/Auckland]/P3D,P4D')
oncall.zone('R/2026-01-06T12:00[Pacific/Auckland]/P7D')
oncall.turn_at('R/2026-01-06T12:00[Pacific/Auckland]/P7D', '2026-06-01Z')
oncall.turn_period('R/2026-01-06T12:00[Pacific/Auckland]/P7D', 5)
oncall.handovers('R/2026-01-06T12:00[Pacific/Auckland]/P7D', '[2026-03-01Z,2026-05-01Z)')
oncall.is_open('Mo-Fr 09:00-17:00', '2026-06-01 10:00Z', 'Europe/London')
oncall.open_periods('Mo-Fr 09:00-17:00', '[2026-06-01Z,2026-06-08Z)', 'Europe/London')
oncall.pair(1, 2)
oncall.primary_of('(1,2)')
oncall.secondary_of('(1,2)')
oncall.hours('night', '2 hours')
oncall.total('night=>2:00')
oncall.each('night=>2:00')
(SELECT oncall.sum(h) FROM (VALUES ('night=>2:00'::oncall.hours), ('day=>1:00')) v(h))
oncall.on_call(own.rota, lower(own.ann))
oncall.on_call(own.rota::smallint, lower(own.ann))
oncall.on_call(own.rota::bigint, lower(own.ann))
oncall.seat_holder(own.rota, 1, lower(own.ann))
oncall.seat_holder(own.rota::smallint, 1, lower(own.ann))
oncall.seat_holder(own.rota::bigint, 1, lower(own.ann))
oncall.band_hours(tstzmultirange(own.ann), 'Terms', 'Ann')
oncall.pay_report(daterange(current_date - 20, current_date))
oncall.pay_report('[2026-10-01,2026-11-01)')
oncall.explain_pay('Ann', daterange(current_date - 20, current_date))
oncall.explain_pay('Ann', '[2026-10-01,2026-11-01)')
oncall.apply_plan('Rota', '[2126-06-01,2126-09-01)')
\.
INSERT INTO matrix (call) SELECT call FROM more;
ALTER TABLE own ADD rota integer;
UPDATE own SET rota = r.rotation_id FROM oncall.rotation r WHERE r.name = 'Rota';

CREATE TABLE resolved (call text, function regprocedure);
DO $$
DECLARE
	c record;
BEGIN
	FOR c IN SELECT call FROM matrix LOOP
		EXECUTE format('CREATE VIEW one_call AS SELECT %s IS NULL AS told FROM own', c.call);
		INSERT INTO resolved
		SELECT c.call, d.refobjid
		FROM pg_depend d
		JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class = 'one_call'::regclass
		JOIN pg_proc p ON p.oid = d.refobjid AND p.pronamespace = 'oncall'::regnamespace AND c.call ~ ('^\(?[^(]*\moncall\.' || p.proname || '\(')
		WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_proc'::regclass;
		DROP VIEW one_call;
	END LOOP;
END
$$;
COMMIT;
SQL

# One of them in a role: whether it wrote, and its rows or its error. Nothing of
# it stays.
sql($primary, <<'SQL');
CREATE FUNCTION access_matrix.told(access text, query text, OUT state text, OUT wrote boolean, OUT words text) LANGUAGE plpgsql AS $$
BEGIN
	IF access <> 'owner' THEN
		EXECUTE format('SET LOCAL ROLE %I', 'regress_oncall_access_' || access);
	END IF;
	EXECUTE format('SELECT string_agg(t::text, chr(10)) FROM (%s) t', query) INTO words;
	wrote := pg_current_xact_id_if_assigned() IS NOT NULL;
	RAISE EXCEPTION USING ERRCODE = 'UU000';
EXCEPTION WHEN OTHERS THEN
	state := SQLSTATE;
	IF state <> 'UU000' THEN
		words := SQLERRM;
	END IF;
END
$$;
GRANT USAGE ON SCHEMA access_matrix TO PUBLIC;
SQL

my $missing = sql($primary, <<'SQL');
	SELECT p.oid::regprocedure FROM pg_proc p
	WHERE p.pronamespace = 'oncall'::regnamespace AND p.prorettype <> 'trigger'::regtype
		AND NOT EXISTS (SELECT FROM access_matrix.resolved r WHERE r.function = p.oid)
		-- how values of types are read and shown: that is what the others do
		AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
		AND NOT EXISTS (SELECT FROM pg_type t WHERE p.oid IN (t.typoutput, t.typsend))
		AND NOT EXISTS (SELECT FROM pg_operator o WHERE o.oprcode = p.oid)
	ORDER BY 1
SQL
is($missing, '', 'there is a call of every function');

# Each as a statement of its own

my @queries = map { decode_json($_) } split /\n/, sql($primary, <<"SQL");
	SELECT json_build_object('access', c.access, 'volatile', c.volatile, 'call', c.call, 'query', c.query,
		'name', c.access || ', ' || regexp_replace(c.query, '^SELECT (.*) AS told.*|^SELECT \\* FROM ', '\\1'))
	FROM (SELECT a.access, p.provolatile = 'v' AS volatile, r.function::text AS call,
			format('SELECT %s AS told%s', r.call, CASE WHEN r.call ~ '\\mown\\.' THEN ' FROM access_matrix.own' ELSE '' END) AS query
		FROM access_matrix.resolved r JOIN pg_proc p ON p.oid = r.function
			-- some are for the owner of the tables alone
			JOIN unnest('{reader,member,manager,owner}'::text[]) a(access) ON (access = 'owner') = (p.proname IN ('setup', 'grant_access'))
		UNION ALL
		SELECT a.access, false, c.oid::regclass::text, format('SELECT * FROM %s', c.oid::regclass)
		FROM pg_class c, unnest('{reader,member,manager}'::text[]) a(access) WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v')) c
	ORDER BY c.call, c.query, c.access
SQL

# What each of some of them says there.
sub told
{
	my ($node, $settings, @asked) = @_;
	my $said = sql($node, join "\n", $settings, map {
			"SELECT to_json(t) FROM access_matrix.told('$_->{access}', \$query\$$_->{query}\$query\$) t;" } @asked);
	my %told;

	for my $told (map { decode_json($_) } split /\n/, $said)
	{
		# what reaches up to now, or as far ahead as is planned, ends a little later
		$told->{words} =~ s/\d\d:\d\d:\d\d\.\d+|\d+\.\d{3,}/moment/g if defined $told->{words};
		$told{ (shift @asked)->{name} } = $told;
	}
	return \%told;
}

$primary->wait_for_catchup($standby);
my %where = (
	'on a standby'               => [ $standby, '' ],
	'in a read-only transaction' => [ $primary, 'SET default_transaction_read_only = on;' ]);
my $there = told($primary, '', @queries);
my %here  = (
	'on a standby'               => told(@{ $where{'on a standby'} }, @queries),
	'in a read-only transaction' => told(@{ $where{'in a read-only transaction'} }, grep { $_->{access} =~ /manager|owner/ } @queries));
my %writes = map { $_->{call} => 0 } grep { $_->{volatile} } @queries;

for my $query (@queries)
{
	my $name = $query->{name};
	my $then = $there->{$name};

	ok($then->{state} eq 'UU000' || $then->{state} eq '42501' && $query->{access} !~ /manager|owner/, "$name: works where it is allowed")
	  or diag($then->{words});
	ok(!$then->{wrote}, "$name: writes nothing") or next
	  unless $query->{volatile};
	for my $where (sort keys %here)
	{
		my $now = $here{$where}{$name} or next;

		if ($query->{volatile} && $now->{state} eq '25006')
		{
			like($now->{words}, qr/^cannot execute [A-Z ]+ (in a read-only transaction|during recovery)$/, "$name: says $where that it cannot");
			$writes{ $query->{call} }++;
		}
		else
		{
			# only who has nothing to write may say so
			ok(!$then->{wrote}, "$name: does not seem $where to have written");
			my ($first, $other, $again) = map { "$_->{state} " . ($_->{words} // '') } $then, $now, $then;

			# what tells of now is another thing a little later: ask once more
			for (1 .. 20)
			{
				last if $other eq $first || $other eq $again || $_ > 1 && $first eq $again;
				($first, $other, $again) = map { my $told = told(@$_, $query)->{$name}; "$told->{state} " . ($told->{words} // '') }
				  [ $primary, '' ], $where{$where}, [ $primary, '' ];
			}
			is($other, $other eq $first ? $first : $again, "$name: says the same $where");
		}
	}
}
is(join(' ', grep { !$writes{$_} } sort keys %writes), 'oncall.setup()', 'every function that may write was told that it cannot');

$standby->stop;
$primary->stop;
done_testing();
