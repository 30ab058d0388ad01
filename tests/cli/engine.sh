# shellcheck shell=sh
# Where a test's databases are: files of $dir, or with JO_ENGINE=postgresql databases of the server
# that tests/postgres/server started.  For lib.sh.

# Files whose subject is SQLite's file: locks of files, rights, damage, versions of before, pages.
of_the_file=' doctor nightly readers service size '

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
is_file() { # whether the database is a file
	[ "$engine" = sqlite ]
}
case $engine$of_the_file in
postgresql*" $test_name "*)
	echo "1..0 # SKIP its subject is SQLite's file"
	exit 0
	;;
esac
