# shellcheck shell=bash
#
# What 'make demo', 'make test', 'make bench' and .ci/run have in common: find
# out what a Debian machine lacks and install it, build, install, and run
# something beside a throw-away cluster.
#
# To be sourced by bash scripts that have set top, the folder of the sources.

: "${top:?}"

PATH=${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C.UTF-8
build=$top/build

die()
{
	printf '%s\n' "$@" >&2
	exit 2
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "This needs the rights of root: $*" \
			"Become root, or install sudo."
	fi
}

# Run a command quietly; show what it said only if it fails.
quietly()
{
	local log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null && return
	tail -n 60 "$log" >&2
	printf 'failed: %s\nall of it is in %s\n' "$*" "$log" >&2
	return 1
}

# The newest server from 15 on that is installed, or nothing.
installed_major()
{
	local dir major newest=
	for dir in /usr/lib/postgresql/*/bin/postgres; do
		major=${dir#/usr/lib/postgresql/}
		major=${major%%/*}
		if [ -x "$dir" ] && [ "$major" -ge "${newest:-15}" ]; then
			newest=$major
		fi
	done
	echo "$newest"
}

apt_update()
{
	[ -n "${updated:-}" ] && return
	updated=yes
	as_root apt-get update -q >"$build/log/apt-update" 2>&1 ||
		tail -n 5 "$build/log/apt-update" >&2
}

# The server that the distribution's package "postgresql" stands for.
offered_major()
{
	apt-cache depends postgresql 2>/dev/null |
		sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1
}

# want TEST PACKAGE ...: note the packages if the test command fails
want()
{
	local test=$1
	shift
	eval "$test" >/dev/null 2>&1 || missing+=("$@")
}

has() { command -v "$1" >/dev/null; }

# Does clang have libFuzzer here?
fuzzes()
{
	echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
		clang -fsanitize=fuzzer,address -x c -o /dev/null -
}

# need build|test|load|npm|drivers|check|cassert|sqlsmith|m32|pictures|chroots ...: install what is missing for these
need()
{
	local group lib share missing=()
	# a cluster of ours shall not be mistaken for one that the caller works
	# with, and the switches of an outer make do not concern ours
	unset PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGPASSWORD PGPASSFILE \
		PGSERVICE PGSERVICEFILE PGOPTIONS PGTZ PGDATESTYLE PGSSLMODE \
		PGAPPNAME PG_CONFIG MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES VPATH
	mkdir -p "$build/log" ||
		die "Cannot write to $build (made by another user?)."
	has apt-get ||
		die "This command prepares Debian and its relatives. Elsewhere:" \
			"make && make install && make installcheck"
	major=${ONCALL_PG:-$(installed_major)}
	if [ -z "$major" ]; then
		apt_update
		major=$(offered_major)
		[ "${major:-0}" -ge 15 ] ||
			die "No PostgreSQL from 15 on among this system's packages."
	fi
	lib=/usr/lib/postgresql/$major
	share=/usr/share/postgresql/$major
	for group; do
		case $group in
			build)
				want 'has gcc' gcc libc6-dev
				want 'has make' make
				want 'has pg_virtualenv' postgresql-common
				want "[ -x $lib/bin/postgres ]" "postgresql-$major"
				want "[ -e \"\$($lib/bin/pg_config --includedir-server)/postgres.h\" ]" \
					"postgresql-server-dev-$major"
				;;
			test)
				want "[ -e $share/extension/pgtap.control ]" \
					"postgresql-$major-pgtap"
				want '/usr/bin/python3 -c "import html5lib"' python3-html5lib
				want 'has pg_prove' libtap-parser-sourcehandler-pgtap-perl
				want 'perl -MIPC::Run -e 1' libipc-run-perl
				want 'has python3' python3
				want '/usr/bin/python3 -c "import psycopg, pyodbc"' \
					python3-psycopg python3-pyodbc
				want '/usr/bin/python3 -c "import jsonschema"' python3-jsonschema
				# not every release of the server has one yet
				want "[ -e $share/extension/pg_cron.control ] ||
					! apt-cache show postgresql-$major-cron" "postgresql-$major-cron"
				want '/usr/bin/python3 -c "import icalendar"' python3-icalendar
				want 'grep "PostgreSQL Unicode" /etc/odbcinst.ini' odbc-postgresql
				# names such as US/Pacific are a package of their own from
				# Debian 13 on
				want '[ -e /usr/share/zoneinfo/US/Pacific ]' tzdata-legacy
				;;
			load)
				want '/usr/bin/python3 -c "import psycopg"' python3-psycopg
				;;
			npm)
				want 'has npm' npm
				;;
			drivers)
				want 'has javac' default-jdk-headless
				want '[ -e /usr/share/java/postgresql.jar ]' libpostgresql-jdbc-java
				;;
			cassert)
				want 'has bison' bison
				want 'has flex' flex
				want 'has dpkg-source' dpkg-dev
				want '[ -e /usr/include/valgrind/memcheck.h ]' valgrind
				want '[ -e /usr/include/libxml2 ]' libxml2-dev pkg-config
				;;
			sqlsmith)
				want 'has sqlsmith' sqlsmith
				;;
			m32)
				# elsewhere nothing is compiled for a PC of 32 bits
				want "[ $(uname -m) != x86_64 ] || echo 'int main(void) { return 0; }' |
					gcc -m32 -o /dev/null -x c -" gcc-multilib
				;;
			pictures)
				want 'has chromium' chromium
				want 'fc-list | grep DejaVuSans.ttf' fontconfig fonts-dejavu-core
				want 'has pngquant' pngquant
				want 'has python3' python3
				;;
			chroots)
				want 'has debootstrap' debootstrap debian-archive-keyring
				;;
			check)
				want 'has clang' clang
				want fuzzes libclang-rt-dev
				want 'has objdump' binutils
				want 'has cppcheck' cppcheck
				want 'has pg_bsd_indent' pg-bsd-indent
				want 'has shellcheck' shellcheck
				want 'has python3' python3
				;;
		esac
	done
	if [ ${#missing[@]} -gt 0 ]; then
		echo "installing ${missing[*]}"
		apt_update
		quietly "$build/log/apt-install" as_root env \
			DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
			apt-get install -y -q --no-install-recommends \
			-o DPkg::Lock::Timeout=300 "${missing[@]}" || exit 2
	fi
	bindir=${ONCALL_SERVER:-$lib}/bin
	export PG_CONFIG=$bindir/pg_config
}

# chosen FILE: whether this test is one of those that ONLY in the environment
# names. A test is asked for by its own name, by the first words of it (cache:
# cache_own), or by one of the things that the line "Tests:" of its head names.
chosen()
{
	local asked thing things=${1%/run}
	[ -n "${ONLY:-}" ] || return 0
	things=${things##*/}
	things="${things%.*} $(sed -n '1,20s/^.*\bTests: //p' "$1")"
	for asked in $ONLY; do
		for thing in $things; do
			# shellcheck disable=SC2254 # who asks for a pattern gets it
			case ${thing%[.,]} in $asked | ${asked}_*) return 0 ;; esac
		done
	done
	return 1
}

# Where the objects are. COPT in the environment has the compiler do more, as
# in make test COPT=-DUSE_ASSERT_CHECKING; these are kept apart, and so are those
# for a server of ONCALL_SERVER.
objects()
{
	local different=${COPT:-}${ONCALL_SERVER:-}
	different=${different:+-$(cksum <<<"$different")}
	echo "$build/pg$major${different%% *}"
}

# Build as whoever we are, install as root, both beside the sources.
build_and_install()
{
	local dir
	dir=$(objects)
	mkdir -p "$dir" || exit 2
	quietly "$build/log/build" make -C "$dir" -f "$top/Makefile" \
		PG_CONFIG="$PG_CONFIG" || exit 2
	quietly "$build/log/install" as_root make -C "$dir" -f "$top/Makefile" \
		PG_CONFIG="$PG_CONFIG" install || exit 2
}

# Run a command beside a throw-away cluster. It must write to descriptor 3:
# what pg_virtualenv itself says goes to a log, of its lane if it has one.
with_cluster()
{
	local log=$build/log/cluster${LANE:+.$LANE}
	export HOME=${HOME:-/tmp} PGCLIENTENCODING=UTF8
	if [ -n "${ONCALL_SERVER:-}" ]; then
		(with_cluster_of_server "$@") 3>&1 >"$log" 2>&1
		return
	fi
	pg_virtualenv -t -v "$major" -c '--locale=C.UTF-8 --encoding=UTF8' \
		-o 'timezone=UTC' -o 'log_timezone=UTC' "$@" \
		3>&1 >"$log" 2>&1
}

# A test that starts servers of its own, which refuses to run as root: root
# becomes postgres, in a copy of the tree.
run_cluster_test()
{
	local tree=$top place
	local pgxs
	pgxs=$("$PG_CONFIG" --pgxs)
	pgxs=${pgxs%/makefiles/*}
	local command=(env PERL5LIB="$pgxs/test/perl" PATH="$bindir:$PATH"
		PG_REGRESS="$pgxs/test/regress/pg_regress")
	place=$(mktemp -d "${TMPDIR:-/tmp}/oncall.XXXXXX") || return
	command+=(TESTDIR="$place" TESTDATADIR="$place/data" TESTLOGDIR="$place/log"
		HOME="$place")
	if [ "$(id -u)" = 0 ]; then
		tree=$place/tree
		mkdir "$tree" &&
			tar -C "$top" --exclude=./.git --exclude=./build \
				--exclude=node_modules -c . | tar -C "$tree" -x &&
			chown -R postgres: "$place" || return
		command=(setpriv --reuid=postgres --regid=postgres --init-groups
			"${command[@]}")
	fi
	(cd "$tree" && "${command[@]}" prove --verbose "$1")
	local status=$?
	[ "$status" -ne 0 ] && find "$place" -name '*.log' -path '*log*' \
		-exec tail -n 20 {} + 2>/dev/null | sed 's/^/# /'
	rm -rf "$place"
	return "$status"
}

# The same with a server that is no package of Debian's: pg_virtualenv knows
# nothing of one that stands in the folder ONCALL_SERVER. ONCALL_POSTGRES may
# name a program to start in place of its bin/postgres. Its log is kept, as
# build/log/server.
with_cluster_of_server()
{
	local bin=$ONCALL_SERVER/bin as_user=() run
	# a server does not run as root
	[ "$(id -u)" != 0 ] || as_user=(setpriv --reuid=postgres --regid=postgres --init-groups)
	run=$(mktemp -d "${TMPDIR:-/tmp}/oncall.XXXXXX") || return
	chmod 755 "$run"
	[ "$(id -u)" != 0 ] || chown postgres: "$run"
	# shellcheck disable=SC2064 # this folder, and this server
	trap "${as_user[*]} '$bin/pg_ctl' -D '$run/data' -m immediate stop
		cp '$run/log' '$build/log/server'; rm -rf '$run'" EXIT
	(
		cd "$run" && "${as_user[@]}" "$bin/initdb" -D "$run/data" -U postgres -A trust \
			--locale=C.UTF-8 --encoding=UTF8 &&
			"${as_user[@]}" "$bin/pg_ctl" -D "$run/data" -l "$run/log" -t 600 \
				${ONCALL_POSTGRES:+-p "$ONCALL_POSTGRES"} \
				-o "-p 5499 -k $run -c listen_addresses= -c timezone=UTC -c log_timezone=UTC" start
	) || return
	export PGHOST=$run PGPORT=5499 PGUSER=postgres PGDATABASE=postgres
	"$@"
}
