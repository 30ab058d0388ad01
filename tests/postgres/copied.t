#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Steps of a site that was copied from a file, whose ids have no months in them: which parts they are
# in, what prune drops, and what comes of it when the copy is broken off.
# shellcheck source=tests/postgres/copying.sh
. "$(dirname "$0")/copying.sh"
export SJOBOUTLIERS_NOW=2026-01-10T06:00:00

site() { printf 'Database=%s\nSpool=%s\n' "$1" "$spool" >"$dir/conf"; } # site DATABASE
steps_from() { # steps_from DATE JOB COUNT EVERY-S [WALL-S [GAP-OF-JOBS]]: into $dir/steps.csv
	{
		echo job,start,wall_s,user,class
		awk -v begin="$(date -u -d "$1" +%s)" -v job="$2" -v count="$3" -v every="$4" -v wall="${5:-60}" -v gap="${6:-1}" \
			'BEGIN { for (i = 0; i < count; i++) printf "%d,%d,%d,ann,c%d\n", job + i * gap, begin + i * every, wall, i % 3 }'
	} >"$dir/steps.csv"
}
add() { # as steps_from
	steps_from "$@"
	run import --csv "$dir/steps.csv"
	[ "$status" = 0 ] || { echo "# import: $(cat "$dir/err")" >&2; }
}
# Where each of the parts without a month ends, in the order of ids; 0: nowhere.
ends() { # ends NAME [TABLE]
	on "$1" "SELECT string_agg(part, ' ' ORDER BY coalesce(CAST(nullif(part, '0') AS bigint), 1e18)) FROM
		(SELECT regexp_replace(relname, '^.*_0_?', '0') AS part FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid
		WHERE inhparent = '${2:-step}'::regclass AND relname ~ '_0(_[0-9]+)?\$') AS p" | sed 's/\b0\([0-9]\)/\1/g'
}
per_part() { # per_part NAME: how many steps there are in each
	on "$1" "SELECT string_agg(n::text, ' ' ORDER BY first) FROM (SELECT count(*) AS n, min(id) AS first FROM step GROUP BY tableoid) AS p"
}
months_of_parts() { # the months in which steps of each end
	on "$1" "SELECT string_agg(coalesce(first || '-' || last, '-'), ' ' ORDER BY id) FROM (SELECT min(id) AS id,
		to_char(min(to_timestamp(end_unix_us / 1000000)), 'YYMM') AS first,
		to_char(max(to_timestamp(end_unix_us / 1000000)), 'YYMM') AS last FROM step GROUP BY tableoid) AS p"
}
copies() { # copies FROM TO WHAT
	run database --copy "$1" "$2"
	is "$status" 0 "$3: $(cat "$dir/err")"
}
same_steps() { # same_steps NAME FILE WHAT: each step has the id that it has in the file
	on "$1" "SELECT id, job_id, end_unix_us FROM step ORDER BY id" >"$dir/steps.there"
	sqlite3 "$dir/$2" "SELECT id, job_id, end_unix_us FROM step ORDER BY id" | cmp - "$dir/steps.there" >&2
	ok $? "$3"
}

# ---- a year, four steps a day ----
site "$dir/db"
add '2025-01-01 00:00:00' 1000 1460 21600
copies "$dir/db" "$(at year)" 'a year is copied'
is "$(months_of_parts year)" '2501-2501 2502-2502 2503-2503 2504-2504 2505-2505 2506-2506 2507-2507 2508-2508 2509-2509 2510-2510 2511-2511 2512-2512' \
	'each month is a part'
is "$(per_part year)" '124 112 124 120 124 120 124 124 120 124 120 124' 'which has all of its steps'
is "$(ends year)" '125 237 361 481 605 725 849 973 1093 1217 1337 1461 0' 'and the open part none'
for table in step_node verdict profile exported; do
	is "$(ends year $table)" "$(ends year)" "$table is cut as steps are"
done
same_steps year db 'ids are what they were'
same() { # what a part is made of, but for names
	on year "SELECT string_agg(regexp_replace(indexdef, ' INDEX .* ON [^ ]* ', ' '), ';' ORDER BY regexp_replace(indexdef, ' INDEX .* ON [^ ]* ', ' ')) FROM pg_indexes
		WHERE tablename = '$1'"
	on year "SELECT reloptions FROM pg_class WHERE relname = '$1'"
	on year "SELECT count(*) FROM pg_inherits AS i JOIN pg_index AS x ON x.indexrelid = i.inhrelid WHERE x.indrelid = '$1'::regclass"
}
for table in step step_node verdict profile exported; do
	is "$(same "${table}_0_725")" "$(same "${table}_0")" "a part of $table has the indexes and settings of the open one"
	is "$(on year "SELECT count(*) FROM pg_inherits AS i JOIN pg_index AS x ON x.indexrelid = i.inhrelid WHERE x.indrelid = '${table}_0'::regclass")" \
		"$(on year "SELECT count(*) FROM pg_index WHERE indrelid = '$table'::regclass")" "whose indexes are still of those of $table"
done
copies "$(at year)" "$dir/back" 'and back'
sqlite3 "$dir/db" .dump >"$dir/db.sql"
sqlite3 "$dir/back" .dump | cmp - "$dir/db.sql" >&2
ok $? 'byte for byte'
copies "$(at year)" "$(at again)" 'from server to server'
is "$(ends again)" "$(ends year)" 'the same parts'

# ---- what comes then ----
site "$(at year)"
add '2026-01-05 00:00:00' 5000 20 3600
is "$(on year "SELECT count(*), min(id & 68719476735), string_agg(DISTINCT tableoid::regclass::text, ' ') FROM step WHERE job_id >= 5000")" \
	'20|1461|step_2026_01' 'steps that come go into their month'
add '1999-05-05 00:00:00' 6000 1 1
is "$(on year "SELECT id, tableoid::regclass FROM step WHERE job_id = 6000")" '1481|step_0' 'and those of no time into the open part'
steps_from '2025-03-01 06:00:00' 1237 5 21600
run import --csv "$dir/steps.csv"
is "$(printf '%s\n' "$out" | head -n 1)" 'import: 5 rows: 0 new, 0 changed, 5 known, 0 skipped, 0 bad' 'what was copied is known'

# ---- prune ----
for name in file server; do
	case $name in
	file) cp "$dir/db" "$dir/pruned" && site "$dir/pruned" ;;
	server) site "$(at year)" ;;
	esac
	run prune --dry-run --before 2025-07-11
	printf '%s\n' "$out" >"$dir/$name.prune"
	run prune --before 2025-07-11
	printf '%s\n' "$out" >>"$dir/$name.prune"
	"$sjob" -c "$dir/conf" list -n -P -S 2000-01-01 -E 2026-01-01 -o job,end >"$dir/$name.list"
done
is "$(cat "$dir/server.prune")" 'prune: 765 steps that ended before 2025-07-11T00:00:00 would be removed
prune: 765 steps that ended before 2025-07-11T00:00:00 removed' 'prune removes what is old'
is "$(sed 's/764/765/' "$dir/file.prune")" "$(cat "$dir/server.prune")" 'and in a file the same'
cmp "$dir/file.list" "$dir/server.list" >&2
ok $? 'of which the same is left'
is "$(ends year)" '849 973 1093 1217 1337 1461 0' 'months that are old are gone'
for table in step_node verdict profile exported; do
	is "$(ends year $table)" "$(ends year)" "of $table as well"
done
run prune --before 2025-07-11
is "$out" 'prune: 0 steps that ended before 2025-07-11T00:00:00 removed' 'and once'
# By RetainDays, on a morning of which the last day that is kept is 2025-08-10.
echo 'RetainDays=153' >>"$dir/conf"
for flag in --dry-run ''; do
	words='would be removed'
	[ -n "$flag" ] || words=removed
	run prune ${flag:+"$flag"}
	is "$out" "prune: 84 steps that ended before 2025-08-10T06:00:00 $words
prune: 37 steps as old go with the rest of their month" "a night drops what is a whole month, and leaves the rest: $words"
done
is "$(ends year)" '973 1093 1217 1337 1461 0' 'of which the part is gone'
psql -qAtX -d "${server_name}_year" -c 'BEGIN; SELECT count(*) FROM step; SELECT pg_sleep(600)' >/dev/null 2>&1 &
holder=$!
until_so "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '${server_name}_year' AND wait_event = 'PgSleep'"
SJOBOUTLIERS_NOW=2026-02-05T06:00:00 run prune
is "$status $out" '0 prune: 0 steps that ended before 2025-09-05T06:00:00 removed
prune: 1 month is being read, and not dropped: the next prune tries again
prune: 141 steps as old go with the rest of their month' 'who reads is not waited for'
admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${server_name}_year' AND wait_event = 'PgSleep'" >/dev/null
wait "$holder"
SJOBOUTLIERS_NOW=2026-02-05T06:00:00 run prune
is "$(printf '%s\n' "$out" | head -n 1)" 'prune: 124 steps that ended before 2025-09-05T06:00:00 removed' 'and the next night has it'
copies "$(at year)" "$dir/pruned2" 'what is left goes into a file'
copies "$dir/pruned2" "$(at again2)" 'and from there'
is "$(on again2 "SELECT string_agg(DISTINCT tableoid::regclass::text, ' ') FROM step WHERE job_id >= 5000 AND job_id < 6000")" step_2026_01 'months of ids stay'

# ---- history that came later, and times that nobody can believe ----
site "$dir/odd"
add '2025-06-01 00:00:00' 1000 244 43200
add '2024-01-01 00:00:00' 2000 300 86400
add '2025-10-01 00:00:00' 3000 184 43200
sqlite3 "$dir/odd" "UPDATE step SET end_unix_us = 1924992000000000 WHERE id = 100;
	UPDATE step SET end_unix_us = 915148800000000, start_unix_us = 915148700000000 WHERE id = 200;
	UPDATE step SET end_unix_us = NULL, start_unix_us = NULL, state = 2 WHERE id = 300;
	UPDATE step SET end_unix_us = NULL, wall_us = NULL, state = 1 WHERE id = 700;
	DELETE FROM step WHERE id BETWEEN 20 AND 40"
copies "$dir/odd" "$(at odd)" 'a site with odd times is copied'
same_steps odd odd 'as it is'
is "$(months_of_parts odd)" '2506-2506 2507-2507 3101-3101 2507-2507 2508-2508 2509-2509 9901-9901 2509-2509 2401-2401 2402-2402 - 2402-2402 2403-2403 2404-2404 2405-2405 2406-2406 2407-2407 2408-2408 2409-2409 2410-2410 2510-2510 2511-2511 2512-2512 2512-2512' \
	'each stretch of a month is a part, and what is never old has one of its own'
site "$(at odd)"
run prune --before 2025-09-01
is "$out" 'prune: 462 steps that ended before 2025-09-01T00:00:00 removed' 'what is old goes'
is "$(on odd "SELECT count(*) FROM step_0")|$(months_of_parts odd)" '0|3101-3101 2509-2509 2509-2509 - 2510-2510 2511-2511 2512-2512 2512-2512' 'with all parts but those'

# ---- nothing, a day, ten years ----
site "$dir/none"
run database --create
copies "$dir/none" "$(at none)" 'an empty site'
is "$(ends none)" 0 'has the open part'
site "$(at none)"
add '2026-01-05 00:00:00' 5000 3 3600
is "$(on none 'SELECT min(id & 68719476735), max(id & 68719476735) FROM step')" '1|3' 'and begins'
site "$dir/day"
add '2025-12-05 00:00:00' 1 50 600
copies "$dir/day" "$(at day)" 'a site of a day'
is "$(ends day) $(per_part day)" '51 0 50' 'has a part for it'
site "$(at day)"
run prune --before 2026-01-01
is "$out $(ends day)" 'prune: 50 steps that ended before 2026-01-01T00:00:00 removed 0' 'which goes'
add '2026-01-05 00:00:00' 5000 3 3600
is "$(on day 'SELECT min(id & 68719476735), max(id & 68719476735) FROM step')" '51|53' 'and numbers go on'
site "$dir/years"
add '2016-01-01 00:00:00' 1 3653 86400 60 1000
copies "$dir/years" "$(at years)" 'a site of ten years'
is "$(ends years | wc -w)" 121 'has 120 months'
site "$(at years)"
run list -n -P -S 2016-01-01 -E 2017-01-01 -o job
is "$(printf '%s\n' "$out" | wc -l)" 366 'and is read'
looks() { # how often somebody has looked into the first of them
	until [ "$(on years "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")" = 1 ]; do sleep 0.05; done
	on years "SELECT sum(idx_scan) FROM pg_stat_user_indexes WHERE relname = 'step_0_$(ends years | cut -d ' ' -f 1)'"
}
before=$(looks)
add '2025-12-01 00:00:00' 3622001 30 86400 60 1000
is "${out%%,*}" 'import: 30 rows: 0 new' 'jobs of its last month are found'
ok $(($(looks) - before >= 20)) 'and are not looked for in each month'
run prune --before 2025-01-01
is "$out $(ends years | wc -w)" 'prune: 3288 steps that ended before 2025-01-01T00:00:00 removed 13' 'and forgotten'

# ---- readers ----
admin 'CREATE ROLE jo_users' && admin 'CREATE ROLE ann LOGIN IN ROLE jo_users' && admin 'CREATE ROLE bob LOGIN IN ROLE jo_users'
for when in before after; do
	site "$(at "readers_$when")"
	printf 'Readers=jo_users\n' >>"$dir/conf"
	[ $when = after ] || run database --create
	cp "$dir/conf" "$dir/conf.readers"
	site "$dir/db"
	copies "$dir/db" "$(at "readers_$when")" "readers that are let in $when the copy"
	cp "$dir/conf.readers" "$dir/conf"
	run ingest
	is "$status" 0 "are let in: $(cat "$dir/err")"
	on "readers_$when" 'GRANT SELECT ON step_0_725 TO jo_users'
	is "$(on "readers_$when" "SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' AND NOT relrowsecurity")" 0 'and each part has rows of its own for them'
	for user in ann bob; do
		for table in step step_0_725; do
			echo "$user $table $(psql -qAtX -U $user -d "${server_name}_readers_$when" -c "SELECT count(*) FROM $table" 2>&1)"
		done
	done >"$dir/seen"
	is "$(grep -c . "$dir/seen") $(grep ' step_0_725 ' "$dir/seen" | tr '\n' ' ')" '4 ann step_0_725 0 bob step_0_725 0 ' 'who was granted one sees none there'
done
for when in before after; do on "readers_$when" 'DROP OWNED BY jo_users'; done
admin 'DROP ROLE ann' && admin 'DROP ROLE bob' && admin 'DROP ROLE jo_users'

# ---- broken off between two parts, and gone on with on another day ----
site "$dir/db"
broken() { # broken NAME PART: a copy that stops where this part is made
	site "$(at "$1")"
	run database --create
	site "$dir/db"
	on "$1" "CREATE FUNCTION full_up() RETURNS event_trigger LANGUAGE plpgsql AS
		'BEGIN IF to_regclass(''$2'') IS NOT NULL THEN RAISE ''full up''; END IF; END';
		CREATE EVENT TRIGGER full_up ON ddl_command_end EXECUTE FUNCTION full_up()"
	run database --copy "$dir/db" "$(at "$1")"
	is "$status $(grep -c 'full up' "$dir/err") $(wc -l <"$dir/err")" '1 1 1' "a part cannot be made: $(cat "$dir/err")"
	on "$1" "DROP EVENT TRIGGER full_up"
}
broken stopped verdict_0_605
is "$(ends stopped)" '125 237 361 481 0' 'those before it are there'
is "$(ends stopped verdict)" '125 237 361 481 0' 'of all tables'
site "$(at stopped)"
refuses 1 "a copy of $dir/db is under way, or was broken off" ingest
site "$dir/db"
add '2026-01-01 00:00:00' 4000 20 21600
SJOBOUTLIERS_NOW=2026-02-20T06:00:00 run database --copy "$dir/db" "$(at stopped)"
is "$status" 0 "and it goes on: $(cat "$dir/err")"
is "$(ends stopped)" '125 237 361 481 605 725 849 973 1093 1217 1337 1461 1481 0' 'with the others, and a new month'
same_steps stopped db 'and all steps'
# Killed while it waits for the third of them, and with rows.
site "$(at killed)"
run database --create
site "$dir/db"
hold_up killed profile 'ACCESS SHARE' "$dir/db" "$(at killed)"
kill -9 "$copier"
wait "$copier" 2>/dev/null
let_go killed
is "$(ends killed)" 0 'a part of which not all tables could be made is none'
copies "$dir/db" "$(at killed)" 'killed there, it goes on'
is "$(ends killed)" "$(ends stopped)" 'with all parts'
# In the midst of rows, with more steps by the next day.
site "$(at rows)"
run database --create
on rows 'ALTER TABLE step ADD CONSTRAINT full_up CHECK (id < 700)'
site "$dir/db"
run database --copy "$dir/db" "$(at rows)"
is "$status $(on rows 'SELECT count(*) FROM step')" '1 0' 'a row that the server does not take'
on rows 'ALTER TABLE step DROP CONSTRAINT full_up'
sqlite3 "$dir/db" 'DELETE FROM step WHERE id BETWEEN 1 AND 10'
add '2026-01-09 00:00:00' 4500 10 60
copies "$dir/db" "$(at rows)" 'the next day'
is "$(ends rows)" '125 237 361 481 605 725 849 973 1093 1217 1337 1461 1481 1491 0' 'what has come since is a part'
same_steps rows db 'and all is there'

# ---- a copy without parts, as an earlier version began it ----
broken former step_0_125
on former 'INSERT INTO exported VALUES (3, 1)'
is "$(ends former)" 0 'no part is there'
copies "$dir/db" "$(at former)" 'goes on as it began'
is "$(ends former)" 0 'with none'
same_steps former db 'and all steps'
copies "$(at former)" "$(at anew)" 'and is copied anew'
is "$(ends anew | wc -w)" 14 'to have months'
plan
