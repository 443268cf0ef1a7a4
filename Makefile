# oncall: who is on call, inside PostgreSQL
#
#   make                 build against the server of pg_config
#   make install         install into that server (with the rights it takes)
#   make installcheck    pg_regress and isolation tests on a running server
#
# and on Debian, with nothing else prepared:
#
#   make demo            build, install, and look at a company's on-call week
#   make test            build, install, and run the tests
#   make test SUITES="regress pgtap" ONLY="pair hours"
#                        only these suites, of each only the tests of a name
#   make test COPT=-DUSE_ASSERT_CHECKING
#                        with assertions, on any server
#   make coverage        which lines of C the tests run
#   make bench           how fast it is, as ratios taken in one run; ROWS=large: what grows large
#   make load            ten years of history and 32 clients for ten minutes, beside
#                        plain tables; MINUTES, CLIENTS and RATE change that
#   make pictures        the pictures in doc/, drawn anew (by Chromium, too)
#   make dist            the release's archives, from what is committed
#   make test-cassert    the tests on a server that checks assertions
#   make test-cassert CHECK=discard | CHECK=valgrind | CHECK=sqlsmith
#                        and more than these: see test/cassert
#   make test-distributed  rosters on one coordinator and two workers, a million alerts
#   make test-dockerfile the Dockerfile's steps, in chroots
#   make test-in-chroots the tests on each PostgreSQL that Debian has (as root)
#   make test-in-chroots UPGRADE="bookworm trixie" CHROOTS=experimental
#                        pg_upgrade from older ones to newer ones
#
# A build in another folder: make -f /path/to/Makefile

EXTENSION = oncall
MODULE_big = oncall
PG_CONFIG ?= pg_config

# Where the sources are; PGXS finds the same for VPATH builds.
ifdef VPATH
SRC := $(VPATH)
else
SRC := $(patsubst %/,%,$(dir $(firstword $(MAKEFILE_LIST))))
endif

# The version is written in oncall.control and nowhere else.
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(SRC)/oncall.control)

# The folders, each of which may include those before it and none after it.
FOLDERS = base calendar types roster changes swaps pay planning incidents reports
SOURCES := $(wildcard $(SRC)/src/*.c $(foreach folder,$(FOLDERS),$(SRC)/src/$(folder)/*.c))
INCLUDED := $(wildcard $(foreach folder,$(FOLDERS),$(SRC)/src/$(folder)/*.h))
OBJS = $(patsubst $(SRC)/%.c,%.o,$(SOURCES))

# What the extension's script is made of, and the chapters of setup(): both in
# the order in which they are joined, each after those that it needs.
SCRIPT_PARTS = oncall base/version base/tstzrange base/words base/write_signal calendar/zone calendar/date_begins calendar/season_sql types/cadence types/weekly_hours types/own_holidays types/ref types/pair types/hours types/hours_sum base/guc roster/names roster/estimates roster/lookup roster/turn_seats roster/listed_periods roster/layer_turn changes/change changes/history changes/cover changes/list_diff_sql changes/effect planning/holiday_turns swaps/swap_request swaps/judge swaps/past swaps/audit swaps/conflicts planning/plan_covers pay/band_hours pay/work_place pay/pay_share pay/payroll pay/lieu_lock pay/owed_rows pay/close_run pay/pay_touched reports/calendar_text reports/calendar_address reports/picture_text reports/duty_bands reports/weeks_of incidents/act incidents/notify incidents/beat incidents/page_on_insert
CHAPTERS = common people rotations rotation_rules history judge pay pay_changes set_up changes undo holidays covers swaps market take_shift lookups effects lint_facts lint_layers lint_duty lint plan_covers pay_runs pay_entries pay_reports lieu closing pay_owed rest signals calendars leave_calendars pictures roster_svg roster_text services incidents paging opening answering merging alerts escalation incident_now timelines postmortems gateway heartbeat notices handovers feedback readiness reports pager_load fairness pager_load_svg report_html import_rows import_parts read_pagerduty read_ilert read_zenduty read_splunk read_incident_io read_linkedin read_shifts read_escalations read_pagerduty_v3 read_opsgenie read_goalert read_grafana import_schedule access

# so that the library can say which release it is
PG_CPPFLAGS = -I$(SRC)/src -DONCALL_VERSION='"$(EXTVERSION)"'

SCRIPT = oncall--$(EXTVERSION).sql
# the way to this version from the one before, until it has been released
UPDATE_SQL = $(wildcard $(SRC)/src/updates/oncall--*--$(EXTVERSION).sql.in)
UPDATE = $(notdir $(UPDATE_SQL:.in=))
DATA_built = $(SCRIPT) $(UPDATE)
# what earlier versions installed, and how to get from them to later ones
DATA = $(patsubst $(SRC)/%,%,$(wildcard $(SRC)/src/updates/oncall--*.sql))
DOCS = README.md $(patsubst $(SRC)/%,%,$(wildcard $(SRC)/doc/*.md $(SRC)/doc/*.json $(SRC)/doc/*.py))
SCRIPT_SQL = $(SCRIPT_PARTS:%=$(SRC)/src/%.sql)
GRANTS_SQL = $(SRC)/src/grants.sql
SETUP_SQL = $(SRC)/src/setup/setup.sql
CHAPTER_SQL = $(CHAPTERS:%=$(SRC)/src/setup/%.sql)
# what setup() does to the tables of earlier versions, the oldest first
TABLE_UPDATES := $(shell printf '%s\n' $(wildcard $(SRC)/src/updates/setup--*.sql) | sort -V)

REGRESS = $(sort $(patsubst $(SRC)/sql/%.sql,%,$(wildcard $(SRC)/sql/*.sql)))
REGRESS_OPTS = --load-extension=oncall
ISOLATION = $(sort $(patsubst $(SRC)/test/isolation/specs/%.spec,%,$(wildcard $(SRC)/test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(SRC)/test/isolation --load-extension=oncall

EXTRA_CLEAN = build

all:

# These need no PostgreSQL yet: they find out what is missing and install it.
PREPARED = demo demo-shell test coverage bench load pictures test-in-chroots test-cassert test-distributed test-dockerfile dist
.PHONY: $(PREPARED)
demo:
	@exec bash $(SRC)/test/demo
demo-shell:
	@exec bash $(SRC)/test/demo --shell
test:
	@ONLY='$(ONLY)' exec bash $(SRC)/test/run $(SUITES)
coverage:
	@exec bash $(SRC)/test/coverage
bench:
	@ROWS='$(ROWS)' exec bash $(SRC)/test/bench/run
load:
	@MINUTES='$(MINUTES)' CLIENTS='$(CLIENTS)' RATE='$(RATE)' exec bash $(SRC)/test/load/run --measure
pictures:
	@exec bash $(SRC)/test/pictures/draw
test-in-chroots:
	@SUITES="$(SUITES)" UPGRADE="$(UPGRADE)" exec bash $(SRC)/test/chroots $(CHROOTS)
test-cassert:
	@ONLY='$(ONLY)' CHECK='$(CHECK)' exec bash $(SRC)/test/cassert $(SUITES)
test-distributed:
	@exec bash $(SRC)/test/distributed
test-dockerfile:
	@exec python3 $(SRC)/test/dockerfile $(CHROOTS)

# The same commit gives the same bytes, whoever makes them, and when.
DISTVERSION = $(shell sed -n '0,/"version"/s/.*"version": "\(.*\)",/\1/p' $(SRC)/META.json)
DIST = oncall-$(DISTVERSION)
ARCHIVE = TZ=UTC git -C $(SRC) -c tar.umask=0022 archive --prefix=$(DIST)/
dist:
	@git -C $(SRC) diff --quiet HEAD || { echo "commit first: an archive is made of what is committed" >&2; exit 1; }
	$(ARCHIVE) --format=tar HEAD | gzip -9n >$(DIST).tar.gz
	$(ARCHIVE) --format=zip -9 HEAD >$(DIST).zip

ifeq ($(filter-out $(PREPARED),$(or $(MAKECMDGOALS),all)),)
# nothing else is asked for
else
PGXS := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))
SERVER := $(shell $(PG_CONFIG) --version 2>/dev/null)
TOO_OLD := $(filter 7.% 8.% 9.% 10.% 11.% 12.% 13% 14%,$(SERVER))
ifneq ($(TOO_OLD),)
.PHONY: all install installcheck uninstall clean
all install installcheck uninstall clean:
	@echo "oncall needs PostgreSQL 15, 16, 17, 18 or 19; $(PG_CONFIG) belongs to $(SERVER)." >&2
	@echo "Name that of a newer server: make PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config" >&2
	@false
else ifneq ($(PGXS),)
include $(PGXS)
# Only sources are looked for among the sources: objects of a build there are
# another build's.
VPATH :=
vpath %.c $(SRC)
vpath %.control $(SRC)
# a folder for our pages: their names are not for all extensions to share
docmoduledir := oncall
# Before 16 every function of a library is there for all others to see: what an
# earlier one calls by the same name would be called in place of ours. So only
# what SQL calls is exported, and the library resolves its own names itself.
# (Elsewhere libraries do the latter anyway.)
ifneq ($(filter linux freebsd netbsd openbsd,$(PORTNAME)),)
SHLIB_LINK += -Wl,--version-script=$(SRC)/src/exports.map -Wl,-Bsymbolic
oncall$(DLSUFFIX): $(SRC)/src/exports.map
endif
else
.PHONY: all install installcheck uninstall clean
all install installcheck uninstall clean:
	@echo "$(PG_CONFIG) does not lead to a PostgreSQL to build against." >&2
	@echo "On Debian: apt-get install postgresql-server-dev-all, or try: make demo" >&2
	@false
endif
endif

.DELETE_ON_ERROR:

# Few files, built in seconds: everything depends on every header.
OBJECT_FOLDERS = $(addprefix $(CURDIR)/src/,$(FOLDERS))
$(OBJS) $(OBJS:.o=.bc): $(INCLUDED) $(SRC)/oncall.control | $(OBJECT_FOLDERS)

$(OBJECT_FOLDERS):
	mkdir -p $@

# The chapters stand in the place of the line @CHAPTERS@ of setup.sql, the steps
# from earlier versions in that of @UPDATES@: each for tables that are older than
# the version to which it leads. CREATE OR REPLACE in the script of an update.
define WRITE_SETUP
sed -e '/^@CHAPTERS@$$/,$$d' -e 's/@VERSION@/$(EXTVERSION)/g' $(1) $(SETUP_SQL) >>$@
cat $(CHAPTER_SQL) >>$@
sed -e '1,/^@CHAPTERS@$$/d' -e '/^@UPDATES@$$/,$$d' $(SETUP_SQL) >>$@
for file in $(TABLE_UPDATES); do \
	to=$${file##*--}; \
	printf "%s\n" "IF string_to_array(made_by_version, '.')::int[] < string_to_array('$${to%.sql}', '.')::int[] THEN" \
		'EXECUTE $$oncall_update$$' && cat $$file && \
	printf '%s\n' '$$oncall_update$$;' 'END IF;' || exit; \
done >>$@
sed -e '1,/^@UPDATES@$$/d' -e 's/@VERSION@/$(EXTVERSION)/g' $(SETUP_SQL) >>$@
endef

SETUP_PARTS = $(SETUP_SQL) $(CHAPTER_SQL) $(TABLE_UPDATES) $(SRC)/oncall.control $(SRC)/Makefile
$(SCRIPT): $(SCRIPT_SQL) $(SETUP_PARTS) $(GRANTS_SQL)
	cat $(SCRIPT_SQL) >$@
	$(call WRITE_SETUP)
	cat $(GRANTS_SQL) >>$@

ifneq ($(UPDATE),)
$(UPDATE): $(UPDATE_SQL) $(SETUP_PARTS)
	sed -e '/^@SETUP@$$/,$$d' $(UPDATE_SQL) >$@
	$(call WRITE_SETUP,-e 's/^CREATE FUNCTION/CREATE OR REPLACE FUNCTION/')
	sed -e '1,/^@SETUP@$$/d' $(UPDATE_SQL) >>$@
endif
