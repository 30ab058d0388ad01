# shellcheck shell=sh
# Where a test's databases are: files of $dir, or with JO_ENGINE=postgresql databases of the server
# that tests/postgres/server started.  For lib.sh.

# Files whose subject is SQLite's file: its copy for readers and who may open which of them, the
# service that makes that copy, and how many of its pages a site's steps take.
of_the_file=' readers service size '

engine=${JO_ENGINE:-sqlite}
test_name=$(basename "$0" .t)
server_name=jo_$(basename "$dir" | tr -dc 'a-zA-Z0-9' | tr 'A-Z' 'a-z')_$$

db_at() { # db_at NAME: what Database names for it
	case $engine in
	sqlite) echo "$dir/$1" ;;
	postgresql)
		psql -qAtX -d postgres -c "CREATE DATABASE \"${server_name}_$1\" TEMPLATE template0" 2>/dev/null
		echo "postgresql:///${server_name}_$1?host=$PGHOST"
		;;
	esac
}
sql() { # sql [-d NAME] SQL...: what the site's database, or that of this name, says to it
	sql_db=db
	[ "$1" != -d ] || { sql_db=$2; shift 2; }
	case $engine in
	sqlite) sqlite3 "$dir/$sql_db" "$@" ;;
	postgresql) psql -qAtX -d "${server_name}_$sql_db" -c "$@" ;;
	esac
}
wait_again() { # wait_again CONDITION: let the steps wait to be judged, as a change to them does
	sql "INSERT INTO waiting SELECT id, group_id, end_unix_us, ingest_unix_us FROM step
		WHERE end_unix_us IS NOT NULL AND is_script = 0 AND ($1) ON CONFLICT DO NOTHING"
}
drop_db() { # drop_db NAME: as if it had never been
	case $engine in
	sqlite) rm -f "$dir/$1" "$dir/$1"-* "$dir/$1".* ;;
	postgresql)
		psql -qAtX -d postgres -c "DROP DATABASE IF EXISTS \"${server_name}_$1\" WITH (FORCE)" 2>/dev/null
		db_at "$1" >/dev/null
		;;
	esac
}
copy_db() { # copy_db FROM TO: another database that has the same
	case $engine in
	sqlite)
		rm -f "$dir/$2" "$dir/$2"-*
		sqlite3 "$dir/$1" "VACUUM INTO '$dir/$2'"
		;;
	postgresql)
		psql -qAtX -d postgres -c "DROP DATABASE IF EXISTS \"${server_name}_$2\" WITH (FORCE)" 2>/dev/null
		psql -qAtX -d postgres -c "CREATE DATABASE \"${server_name}_$2\" TEMPLATE \"${server_name}_$1\""
		;;
	esac
}
drop_dbs() { # those of this test, from a server that goes on
	[ "$engine" = sqlite ] || psql -qAtX -d postgres -c "SELECT datname FROM pg_database
		WHERE datname LIKE '$server_name%'" | while read -r name; do
		psql -qAtX -d postgres -c "DROP DATABASE \"$name\" WITH (FORCE)"
	done
}
lock_number() { # lock_number KIND: of its advisory lock, and of its note: enum store_lock_kind
	echo ingest check mail night | tr ' ' '\n' | grep -nx "$1" | cut -d: -f1
}
put_note() { # put_note KIND TEXT: as the lock's holder leaves it
	case $engine in
	sqlite) echo "$2" >"$dir/db.$1" ;;
	postgresql) sql "INSERT INTO joboutliers (key, value) VALUES ('$(lock_number "$1")', '$2')
		ON CONFLICT (key) DO UPDATE SET value = excluded.value" ;;
	esac
}
hold_lock() { # hold_lock KIND: as another run of the same has it
	case $engine in
	sqlite)
		exec 9>>"$dir/db.$1"
		flock 9
		;;
	postgresql)
		number=$(lock_number "$1")
		psql -qAtX -d "${server_name}_db" -c "SELECT pg_advisory_lock(1784768111, $number)" \
			-c 'SELECT pg_sleep(600)' >/dev/null 2>&1 &
		lock_holder=$!
		until [ "$(sql "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $number AND granted
			AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")" = 1 ]; do
			sleep 0.05
		done
		;;
	esac
}
free_lock() { # what hold_lock took
	case $engine in
	sqlite)
		flock -u 9
		exec 9>&-
		;;
	postgresql)
		sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND datname = current_database()" >/dev/null
		wait "$lock_holder"
		;;
	esac
}
break_db() { # nobody can open it any more
	case $engine in
	sqlite)
		rm -f "$dir/db-wal" "$dir/db-shm"
		printf 'this is no database at all, but long enough to be taken for one %0200d' 0 >"$dir/db"
		;;
	postgresql) psql -qAtX -d postgres -c "DROP DATABASE \"${server_name}_db\" WITH (FORCE)" ;;
	esac
}
of_engine() { # of_engine SQLITE POSTGRESQL: what is so with this engine
	case $engine in
	sqlite) echo "$1" ;;
	postgresql) echo "$2" ;;
	esac
}
is_file() { # whether the database is a file
	[ "$engine" = sqlite ]
}
case $engine$of_the_file in
postgresql*" $test_name "*)
	echo "1..0 # SKIP its subject is SQLite's file"
	exit 0
	;;
esac
