# shellcheck shell=sh
# What server and pair share: PostgreSQL's programs, and servers in a folder, on sockets there alone.
# As root they run as nobody.

programs=$(command -v initdb | xargs -r dirname)
# Debian keeps those of each version apart; the newest is the one.
for found in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
	[ -z "$programs" ] || [ "${programs#/usr}" != "$programs" ] || break
	[ ! -x "$found/initdb" ] || programs=$found
done
[ -n "$programs" ] || { echo "${0##*/}: PostgreSQL's initdb is not here" >&2; exit 77; }

as=
[ "$(id -u)" != 0 ] || as='setpriv --reuid=65534 --regid=65534 --clear-groups'
# shellcheck disable=SC2086 # a list of words
run() { (cd "$folder" && $as "$@"); }

make_folder() { # $folder, which goes with the script, and the servers whose data is in it
	# Half of a socket's longest name is enough.
	folder=$(mktemp -d /tmp/jo-pg.XXXXXX)
	trap stop_all EXIT
	trap 'exit 130' INT TERM HUP
	[ -z "$as" ] || chown 65534:65534 "$folder"
	chmod 755 "$folder"
	unset PGDATABASE PGSERVICE PGPASSFILE PGOPTIONS PGPORT PGHOST
}
stop_all() {
	for data in "$folder"/data*; do
		[ ! -e "$data/postmaster.pid" ] ||
			run "$programs/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1 || :
	done
	rm -rf "$folder"
}

# What a test writes need not outlive the machine.
init() { # init DATA
	run "$programs/initdb" -D "$1" -A trust -U joboutliers -E UTF8 --locale=C --no-sync \
		>"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
}
start() { # start DATA SOCKET-FOLDER SETTINGS
	run "$programs/pg_ctl" -D "$1" -l "$1.log" -w -o "-F -c listen_addresses= \
		-c unix_socket_directories=$2 -c full_page_writes=off -c max_connections=60 \
		-c shared_buffers=64MB $3" start >/dev/null || { cat "$1.log" >&2; exit 1; }
}
