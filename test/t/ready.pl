# Tests of regress and pgTAP, on a server that is much slower than others, since
# each of its backends runs under a program that looks at it: most of the time
# would go into making the tables again and again. They are made beforehand, by
# the server itself.
#
# ONCALL_CHECKED names the program to start in place of bin/postgres, without
# which there is nothing to do; ONCALL_AFTER the tests, all of regress else.
#
# needs: cluster
# Tests: setup

use strict;
use warnings;

use lib 'test/t';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use TablesThere;
use Test::More;

plan skip_all => 'there is no ONCALL_CHECKED' unless $ENV{ONCALL_CHECKED};

my $node = PostgreSQL::Test::Cluster->new('ready');
$node->init;
$node->start;
$node->safe_psql(base_database($node, $_), 'CREATE EXTENSION oncall') for qw(empty ready);
$node->safe_psql('ready', 'SELECT oncall.setup()');
$node->stop;
$ENV{ONCALL_AFTER} ||= join ' ', map { s/\.sql$//r } sort glob('sql/*.sql');
system_or_bail('pg_ctl', '-D', $node->data_dir, '-l', $node->logfile, '-p', $ENV{ONCALL_CHECKED}, '-t', 600, '-w', 'start');
$node->_update_pid(1);
suites_pass($node, 'ready', 'checked', 'empty');
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC:|TRAP:/, 'no backend has died');
done_testing();
