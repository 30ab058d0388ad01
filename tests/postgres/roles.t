#!/bin/sh
# Readers of a server: users see their own rows and support sees all, through the tool and by SQL of
# their own that means harm; who is let in follows the configuration.
JO_ENGINE=postgresql
# shellcheck source=tests/postgres/site.sh
. "$(dirname "$0")/site.sh"
db=$(db_at db)
as() { # as USER COMMAND...: the tool, by that role; its output in $out, its messages in $dir/err
	user=$1
	shift
	out=$(PGUSER=$user "$sjob" -c "$dir/conf" "$@" 2>"$dir/err")
	status=$?
}
sql_as() { # sql_as USER SQL...: what the database says to that role, and what it objects to
	user=$1
	shift
	for text in "$@"; do set -- "$@" -c "$text"; shift; done
	psql -qAtX -d "$name" -U "$user" "$@" 2>&1
}
says() { # says TEXT NAME
	n=$((n + 1))
	if [ "$(wc -l <"$dir/err")" = 1 ] && grep -qF -e "$1" "$dir/err"; then
		echo "ok $n - $2"
	else
		printf 'not ok %d - %s\n' "$n" "$2"
		printf '%s\n' "not in one line: $1" "$(cat "$dir/err")" | sed 's/^/# /'
	fi
}
hides() { # hides USER NAME SQL...: nothing of bob's is in the answer, nor in an error
	user=$1 title=$2
	shift 2
	sql_as "$user" "$@" >"$dir/answer"
	n=$((n + 1))
	if grep -qi -e hush -e bob "$dir/answer"; then
		printf 'not ok %d - %s\n' "$n" "$title"
		grep -i -e hush -e bob "$dir/answer" | head -5 | sed 's/^/# /'
	else
		echo "ok $n - $title"
	fi
}
denied() { # denied USER NAME SQL...: it is
	user=$1 title=$2
	shift 2
	sql_as "$user" "$@" >"$dir/answer"
	grep -qE 'permission denied|must be owner|must be member|row-level security' "$dir/answer"
	ok $? "$title ($(head -1 "$dir/answer"))"
}
tables() { sql "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
	AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1"; }

# Roles are the server's; a group for each kind of reader, and logins that are members.
admin 'CREATE ROLE "jo users"' >/dev/null
admin 'CREATE ROLE jo_support' >/dev/null
for user in alice bob align; do admin "CREATE ROLE $user LOGIN IN ROLE \"jo users\""; done
admin 'CREATE ROLE carol LOGIN IN ROLE jo_support'
admin 'CREATE ROLE mallory LOGIN'
cp "$dir/conf" "$dir/nobody.conf"
printf 'Readers=jo users\nReadersAll=jo_support\n' >>"$dir/conf"

# ---- a site: jobs of alice and bob, some of a class that they share ----
run doctor readers
has 'warn readers   Readers: jo users is not let in yet: the next ingest or check does that' 'before there are tables nobody is let in'
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,node,input_bytes,ncpus"
	for (i = 1; i <= 40; i++) {
		at = sprintf("2026-02-%02dT%02d:00:00", 1 + i / 2, i % 24)
		printf "%d,%s,%d,main,alice,align,n1,%d,8\n", i, at, 900 + i, 1e9 + i
		printf "%d,%s,%d,main,bob,align,n2,%d,8\n", 100 + i, at, 700 + i, 1e9 + i
		printf "%d,%s,%d,hushpart,bob,hushsort,hushnode,%d,8\n", 200 + i, at, 900 + i, 1e9 + i
	}
	print "41,2026-03-01T10:00:00,30000,main,alice,align,n1,1000000000,8"
	print "241,2026-03-01T10:00:00,30000,hushpart,bob,hushsort,hushnode,1000000000,8"
}' >"$dir/history.csv"
record() { # record USER JOB NODE INDEX COUNT NAME: a step of srun on that many nodes
	mkdir -p "$dir/spool/$3/new" "$dir/spool/$3/tmp"
	printf '{"v":1,"kind":"end","cluster":"c1","node":"%s","job_id":%d,"step_id":0,"step_kind":"srun","node_index":%d,"node_count":%d,"uid":%d,"user":"%s","account":"%s-account","partition":"main","job_name":"%s","attrs":"%s-key=%s-value","start_unix_us":1772366400000000,"wall_us":60000000,"exit_status":0,"term_signal":0}\n' \
		"$3" "$2" "$4" "$5" 4711 "$1" "$6" "$6" "$6" "$6" >"$dir/spool/$3/new/$2.0"
}
run import --csv "$dir/history.csv"
is "$status" 0 'there are jobs'
record alice 50 an1 0 2 apart
record alice 50 an2 1 2 apart
record bob 250 hushnode1 0 2 hushname
record bob 250 hushnode2 1 2 hushname
run ingest
is "$out" 'ingest: 4 records: 2 new, 2 changed, 0 known, 0 skipped, 0 bad' 'and steps of two nodes'
run check
is "$status" 0 'which are judged'
# What it would take long to bring about: a row of bob's in every other table.
sql "INSERT INTO span (trace_id, span_id, step, name, start_unix_us, wall_us, is_error, attrs, added_unix_us)
		SELECT 'hushtrace' || id, 'hushspan', id, 'hushspanname', 1, 1, 0, 'hush=1', 1 FROM step WHERE job_id = 241;
	INSERT INTO span (trace_id, span_id, name, start_unix_us, wall_us, is_error, added_unix_us) VALUES ('hushloose', 'h', 'hush', 1, 1, 0, 1);
	INSERT INTO profile SELECT id, node_id, 'hushstacks' FROM step WHERE job_id = 240;
	INSERT INTO expected SELECT id, user_id, 1 FROM step WHERE job_id = 241;
	INSERT INTO exported SELECT id, 1 FROM step WHERE job_id = 241;
	INSERT INTO drift SELECT group_id, 0, 1, 1, 1, NULL, 0, 0, 1, 1, 1, 1, 1, 1, 1 FROM step WHERE job_id = 241;
	INSERT INTO mute SELECT user_id, class_id, partition_id, NULL, 1 FROM step WHERE job_id = 241;
	INSERT INTO weekly SELECT user_id, 1 FROM step WHERE job_id = 241;
	INSERT INTO message (kind, night, owner_id, address, header_id, state, created_unix_us, error, body)
		SELECT 0, 20260301, user_id, 'bob@hush.example', 'hushheader', 0, 1, 'husherror', 'hushbody' FROM step WHERE job_id = 241;
	INSERT INTO finding (kind, step, group_id, node_id, metric, owner_id, night, detail, created_unix_us)
		SELECT 0, id, group_id, node_id, 0, user_id, 20260301, 'hushdetail', 1 FROM step WHERE job_id = 241;
	INSERT INTO log_file (section, path, device, inode, first_hash, last_hash, read_bytes, file_bytes, changed_unix_us, seen_unix_us)
		VALUES ('hush', '/hush', 1, 1, 1, 1, 1, 1, 1, 1);
	INSERT INTO outlet VALUES (0, 1, 1, 1, 1, NULL, 'hush');
	INSERT INTO blob VALUES ('hush', 1, 'hush');
	INSERT INTO model SELECT group_id, 9, 1, 1, 1, 1, 1, 'hush' FROM step WHERE job_id = 241;
	INSERT INTO joboutliers VALUES ('9', 'hushnote');
	UPDATE step SET comment = 'hushcomment', trace_id = 'hushtrace' WHERE job_id = 241;
	INSERT INTO node SELECT cluster_id, node_id, 1, cluster_id, 1, 1, 1, 1, cluster_id, cluster_id FROM step WHERE job_id = 50 AND node_id > 0"
run ingest
wait_again 'job_id IN (39, 239)'
sql 'ANALYZE'
for table in $(tables); do
	[ "$(sql "SELECT count(*) > 0 FROM $table")" = t ] || empty="${empty-} $table"
done
is "${empty-}" '' 'every table has something to hide'

# ---- the catalog: no table is forgotten ----
is "$(sql "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
	AND NOT relispartition AND NOT relrowsecurity")" '' 'each table keeps its rows from who is not named'
# Of these users see nothing; whoever adds a table says here that it is one, or which rows they see.
sql "SELECT relname FROM pg_class AS c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
	AND NOT relispartition AND NOT EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = c.oid AND polname = 'joboutliers_own')
	ORDER BY 1" >"$dir/closed"
is "$(tr '\n' ' ' <"$dir/closed")" 'blob exported finding log_file message model mute node_health outlet weekly ' \
	'these are for nobody but support'
is "$(sql "SELECT count(*) FROM pg_class WHERE relispartition AND relacl IS NOT NULL")" 0 'a part of a table is not granted'
is "$(sql "SELECT string_agg(relname, ' ') FROM pg_class AS c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
	AND EXISTS (SELECT 1 FROM aclexplode(relacl) AS a WHERE a.grantee = 0)")" '' 'and nothing to everybody'

# ---- each command, for each of them ----
for user in alice bob; do
	[ $user = alice ] && job=41 other=241 || job=241 other=41
	as $user list -a -n -P -S 2026-01-01 -o user
	is "$status $(printf '%s\n' "$out" | sort -u)" "0 $user" "$user lists $user's jobs alone"
	theirs=$(PGUSER=$user "$sjob" -c "$dir/conf" list -P -S 2026-01-01 -u $user)
	run list -P -S 2026-01-01 -u $user
	is "$theirs" "$out" 'as the owner does'
	as $user list -a -S 2026-03-01
	says 'your own jobs alone: those of others are not for this role' 'of which people are told'
	as $user show $job
	is "$status $(cat "$dir/err")" '0 ' "$user sees one of them"
	has 'steps of its group, at an input of 954 MiB' 'without the group, which may be of others'
	as $user show $other
	is "$status" 1 'but none of the others'
	says "nothing is known of job $other" 'as if there were none'
	as $user show --json $job
	is "$status $(printf '%s' "$out" | grep -c -e "\"user\": \"$user\"")" '0 1' 'nor in JSON'
	for command in 'export --csv' 'export --json' 'list --drift -P -u '$user 'check --since 2026-01-01 -P -o all' 'check --running -P' "profile $job"; do
		# shellcheck disable=SC2086 # words
		as $user $command
		printf '%s\n' "$status $out" "$(cat "$dir/err")" | grep -v ' kept, ' >"$dir/answer"
		[ $user = bob ] || ! grep -qi -e hush -e bob "$dir/answer"
		ok $? "'$command' tells $user nothing of others"
		! grep -q -e 'permission denied' -e 'no right' "$dir/answer"
		ok $? 'and misses nothing'
	done
done
as bob export --csv
is "$(printf '%s\n' "$out" | grep -c hushcomment)" 1 'bob has his own'
for user in alice carol; do
	as $user predict -P -p main -u alice -C align --input-size 1e9
	theirs="$status $out"
	run predict -P -p main -u alice -C align --input-size 1e9
	is "$theirs" "$status $out" "$user predicts what the owner does, by the steps of all who share the class"
done
as alice list -n -P -S 2026-02-27 -o job,partition,class,account,nodes
has '50.0|main|apart|apart-account' 'names that came after readers were let in are seen'
as alice show --json 50
has '"node": "an2"' 'those of further nodes, too'
as align list -a -n -P -S 2026-01-01
is "$status $out" '0 ' 'whose name is that of a class sees nothing'
as carol list -a -n -P -S 2026-01-01
theirs="$status $out"
run list -a -n -P -S 2026-01-01
is "$theirs" "$status $out" 'support sees all'
as carol show 241
has 'hushsort, partition hushpart' 'with the groups'
mkdir "$dir/page"
as carol report -S 2026-03-01 --html "$dir/page/index.html"
is "$status $(cat "$dir/err")" '0 ' 'and may write the report'
as alice report -S 2026-03-01 --html "$dir/page/other.html"
is "$status" 1 'which others may not'
says 'the report is of all jobs, of which this role sees its own alone: who is to write it is one of ReadersAll' 'and is said'
as carol export --openmetrics "$dir/page/numbers"
is "$status $(sed -n 's/^joboutliers_database_steps //p' "$dir/page/numbers")" '0 124' 'and the numbers of the site'
as alice export --openmetrics "$dir/page/other"
says '--openmetrics is of all jobs, of which this role sees its own alone' 'which others may not, either'
for command in ingest check prune 'mail --dry-run' 'prune -n' replay 'mute --list'; do
	# shellcheck disable=SC2086
	as alice $command
	[ "$status" = 1 ] || [ "$status" = 2 ]
	ok $? "'$command' is not for users"
	! grep -q -e 'permission denied' "$dir/err"
	ok $? "of which they are told: $(head -1 "$dir/err")"
done
as alice check
says "$db: role alice may not change it; this is for those who look after it" 'a command that writes'
as alice mute --list
says 'this is for those who look after it; who sees own jobs alone has list, show' 'one that reads what is not for users'
for command in ingest check prune 'mute -u bob'; do
	# shellcheck disable=SC2086
	as carol $command
	is "$status" 1 "nor is '$command' for support"
	says 'role carol may not change it' 'which is said'
done
as mallory list
is "$status" 1 'a stranger sees nothing'
says "$db: open: the role has no right to that: joboutliers-database(7) says who may read" 'and learns where to look'
admin 'ALTER ROLE mallory SET search_path = nowhere'
as mallory list
says 'its tables are not for this role, or in no schema of its search_path' 'also where not even the schema is seen'
admin 'ALTER ROLE mallory RESET search_path'

# ---- by SQL of their own ----
sql "UPDATE step SET attrs = 'hush-key=hush-value' WHERE job_id = 101"
sequences=$(sql "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'")
for table in $(tables) joboutliers_peer; do
	hides alice "$table" "SELECT t.*, CAST(t AS text) FROM $table AS t" "SELECT convert_from(CAST(t AS text)::bytea, 'LATIN1') FROM $table AS t"
	hides alice "$table, copied" "COPY (SELECT * FROM $table) TO STDOUT"
	[ "$table" = joboutliers_peer ] || hides alice "$table, copied as it is" "COPY $table TO STDOUT"
	denied mallory "$table is not for strangers" "SELECT 1 FROM $table"
	for user in alice carol; do
		[ "$table" != joboutliers_peer ] || continue
		denied $user "$user empties no $table" "DELETE FROM $table"
		denied $user 'nor by another word' "TRUNCATE $table"
		denied $user 'and puts nothing into it' "INSERT INTO $table DEFAULT VALUES"
		denied $user 'nor stands in the way of who does' "BEGIN; LOCK TABLE $table IN EXCLUSIVE MODE"
		denied $user 'or changes what it is' "ALTER TABLE $table DISABLE ROW LEVEL SECURITY"
	done
done
for sequence in $sequences; do
	denied alice "$sequence stays" "SELECT setval('$sequence', 1)" "SELECT nextval('$sequence')"
done
denied alice 'no table is changed' 'UPDATE step SET wall_us = 1'
denied alice 'without policies there are no rows' 'SET row_security = off; SELECT * FROM step'
denied alice 'nobody becomes the owner' 'SET ROLE joboutliers'
denied alice 'or another user' 'SET SESSION AUTHORIZATION bob'
denied alice 'or lets others in' 'CREATE POLICY p ON step USING (true)'
denied alice 'or has the owner run something' "CREATE TRIGGER t AFTER INSERT ON step EXECUTE FUNCTION joboutliers_step_names()"
denied alice 'functions of ours are not to be called' 'SELECT joboutliers_step_names()'
denied alice 'figures of the planner are not there' 'SELECT * FROM pg_statistic'
hides alice 'nor in the view of them' 'SELECT tablename, attname, most_common_vals, histogram_bounds FROM pg_stats'
is "$(sql_as alice "SELECT key FROM joboutliers")" schema 'of our own table there is the version alone'
is "$(sql_as alice 'SELECT count(*) FROM step') $(sql_as alice 'SELECT count(*) FROM joboutliers_peer')" '42 82' \
	'of others there are numbers of a shared class'
is "$(sql_as alice "SELECT count(*) FROM joboutliers_peer AS p WHERE NOT EXISTS (SELECT 1 FROM step AS s WHERE s.id = p.id)
	AND (p.node_id <> 0 OR p.attrs IS NOT NULL)")" 0 'and no more'
# What the planner guesses must not depend on what is there.
guess() { sql_as alice "EXPLAIN SELECT * FROM $1 WHERE $2 < '$3'" | sed -n '1s/.*\(rows=[0-9]*\).*/\1/p'; }
for column in 'name text' 'step job_name' 'step attrs' 'span name' 'joboutliers_reader_name user_name'; do
	# shellcheck disable=SC2086
	is "$(guess $column a)" "$(guess $column zzz)" "no estimate tells of $column"
done
is "$(sql "SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND attname IN ('text', 'job_name', 'attrs', 'data', 'user_name')")" 0 \
	'as there are no figures of texts'
# Functions that tell what they are given, and errors that do.
leak="CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''%'', \$1; RETURN true; END'"
hides alice 'a function that tells' "$leak" 'SELECT count(*) FROM name WHERE pg_temp.leak(text)' \
	'SELECT count(*) FROM step WHERE pg_temp.leak(job_name) OR pg_temp.leak(comment)' \
	'SELECT count(*) FROM joboutliers_peer WHERE pg_temp.leak(attrs)' 'SELECT count(*) FROM verdict_text WHERE pg_temp.leak(text)' \
	"SELECT count(*) FROM span WHERE pg_temp.leak(name)" 'SELECT count(*) FROM joboutliers WHERE pg_temp.leak(value)'
for column in 'name text' 'step comment' 'verdict_text text' 'joboutliers_peer attrs' 'message body::text'; do
	# shellcheck disable=SC2086 # two words
	set -- $column
	hides alice "an error over $column" "SELECT count(*) FROM $1 WHERE CAST($2 AS bigint) > 0"
done
# Tables and operators of one's own in front of ours.
bob=$(sql "SELECT id FROM name WHERE text = 'bob'")
is "$(sql_as alice "CREATE TEMP TABLE name (id bigint, text text)" "INSERT INTO name VALUES ($bob, 'alice')" \
	"CREATE TEMP TABLE step AS SELECT * FROM public.step" 'SELECT count(*) FROM public.step' 'SELECT count(*) FROM public.joboutliers_peer')" \
	'42
82' 'a table of their own in front of ours changes nothing'
hides alice 'nor an operator' 'CREATE FUNCTION pg_temp.yes(text, text) RETURNS boolean LANGUAGE sql AS '"'SELECT true'" \
	'CREATE OPERATOR pg_temp.= (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_temp.yes)' \
	'SET search_path = pg_temp, public, pg_catalog' 'SELECT * FROM public.name' 'SELECT job_name, comment FROM public.step'
[ "$(sql 'SHOW server_version_num')" -lt 150000 ] ||
	denied alice 'there are no tables of theirs beside ours' 'CREATE TABLE public.t (x int)'
is "$(sql_as alice 'SET ROLE "jo users"; SELECT count(*) FROM step')" 42 'a role that is taken on changes nothing'
hides alice 'what a rule could tell' 'SELECT * FROM pg_prepared_xacts' 'SELECT query FROM pg_stat_activity WHERE usename <> current_user'
sql_as alice 'EXPLAIN SELECT * FROM step' >"$dir/plan"
grep -qE 'user_id = (\$[0-9]+|\(InitPlan [0-9]+\)\.col1)' "$dir/plan"
ok $? 'whose rows they are is found once a statement'
! grep -q SubPlan "$dir/plan" || grep -q 'hashed SubPlan' "$dir/plan"
ok $? 'and not once a row'

# Batch scripts that wait for their steps are one group, of all users, which nobody shares.
sql "INSERT INTO step_group (cluster_id, partition_id, account_id, qos_id, user_id, class_id, class_is_declared, program_id)
		VALUES (0, 0, 0, 0, 0, 0, 2, 0) ON CONFLICT DO NOTHING;
	UPDATE step SET group_id = (SELECT id FROM step_group WHERE class_is_declared = 2) WHERE job_id IN (40, 240)"
is "$(sql_as alice "SELECT (SELECT count(*) FROM step WHERE group_id = g.id), (SELECT count(*) FROM joboutliers_peer WHERE group_id = g.id)
	FROM step_group AS g WHERE class_is_declared = 2")" '1|0' 'of the scripts of others there are no numbers'

# ---- support ----
for table in $(tables); do
	case $table in message) what=id ;; *) what='*' ;; esac
	is "$(sql_as carol "SELECT $what FROM $table" | wc -l)" "$(sql "SELECT $what FROM $table" | wc -l)" "support sees all of $table"
done
denied carol 'but no mails' 'SELECT body FROM message'
denied carol 'and no addresses' 'SELECT address FROM message'
is "$(sql_as carol 'SELECT error FROM message')" husherror 'only how they fared'

# ---- doctor ----
run doctor readers
has 'Readers: jo users may take the locks that keep ingest and check from their work: joboutliers-database(7) has the REVOKE' 'doctor knows of locks'
# As the manual has it.
sed -n '/^DO/,/^END/p' "$here/../../tools/store/joboutliers-database.7" >"$dir/revoke.sql"
[ -s "$dir/revoke.sql" ]
ok $? 'the manual has a statement'
psql -qAtX -d "$name" -f "$dir/revoke.sql"
run doctor readers
is "$out" "ok   config    $dir/conf
ok   readers   $db: own jobs alone for 1 role of Readers, all for 1 of ReadersAll" 'after which all is well'
denied alice 'and there are no locks' 'SELECT pg_advisory_lock(1784768111, 0)' 'SELECT pg_try_advisory_lock_shared(1784768111, 1)'
run check
is "$status" 0 'but for who looks after it'
as alice list -n -P -S 2026-02-27 -o job
is "$status" 0 'whom readers do not wait for'
sql "GRANT SELECT ON joboutliers_peer TO alice; CREATE VIEW public.oops AS SELECT * FROM step; GRANT SELECT ON oops TO \"jo users\""
run doctor readers
has 'FAIL readers   Readers: jo users was granted a table here that keeps no rows from it' 'a view of an admin'"'"'s own'
sql 'DROP VIEW oops; GRANT CREATE ON SCHEMA public TO "jo users"'
run doctor readers
has 'FAIL readers   Readers: jo users may make tables and functions beside ours' 'a schema that is open'
sql 'REVOKE CREATE ON SCHEMA public FROM "jo users"'
admin 'ALTER ROLE jo_support BYPASSRLS'
run doctor readers
has 'FAIL readers   ReadersAll: jo_support is a superuser' 'a role that goes around'
admin 'ALTER ROLE jo_support NOBYPASSRLS'

# ---- the list changes ----
policies() { sql "SELECT md5(string_agg(p.oid::text, ',' ORDER BY p.oid)) FROM pg_policy AS p"; }
before=$(policies)
run ingest
is "$status $(policies)" "0 $before" 'what is set up is not set up again'
sql "CREATE TABLE later (x bigint, hush text); INSERT INTO later VALUES (1, 'hush')"
denied alice 'a table that comes later is closed' 'SELECT * FROM later'
run ingest
is "$(sql_as alice 'SELECT count(*) FROM later') $(sql_as carol 'SELECT count(*) FROM later')" '0 1' 'and then closed by its rows'
sql 'DROP TABLE later'
sql "CREATE TABLE parts (x bigint, hush text COLLATE \"C\") PARTITION BY RANGE (x); CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (1000);
	INSERT INTO parts SELECT i, 'hush' || i FROM generate_series(0, 999) AS i; ANALYZE parts"
run ingest
sql "CREATE TABLE part_2 PARTITION OF parts FOR VALUES FROM (1000) TO (2000); INSERT INTO parts SELECT i, 'hush' || i FROM generate_series(1000, 1999) AS i; ANALYZE"
run ingest
is "$(sql_as alice 'SELECT count(*) FROM parts') $(sql_as carol 'SELECT count(*) FROM parts')" '0 2000' 'so is one that has parts'
for user in alice carol; do
	denied $user 'which are not read beside it' 'SELECT * FROM part_2'
done
is "$(guess parts hush hush1)" "$(guess parts hush hush8)" 'nor guessed at'
sql 'ANALYZE parts'
is "$(sql "SELECT string_agg(tablename || attname, ' ') FROM pg_stats WHERE tablename ~ '^part' AND attname = 'hush'")" '' 'of which there are no figures'
sql 'DROP TABLE parts'
# What is made is granted by default, as administrators have it for those who make backups.
sql 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO mallory; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO mallory'
record bob 260 hushnode1 0 1 hushname
sed -i 's/1772366400000000/1700000000000000/' "$dir/spool/hushnode1/new/260.0"
run ingest
for table in step step_2026_02 step_2023_11; do
	is "$(sql "SELECT has_table_privilege('mallory', '$table', 'SELECT'), count(*) > 0 FROM $table")|$(sql_as mallory "SELECT count(*) FROM $table")" \
		't|t|0' "who was granted $table sees no rows of it"
done
sql 'REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM mallory; ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM mallory'
sql 'DELETE FROM step WHERE job_id = 260'
sql "INSERT INTO name (text) VALUES ('moved-class'); UPDATE step SET class_id = (SELECT id FROM name WHERE text = 'moved-class') WHERE job_id = 50"
as alice list -n -P -S 2026-02-27 -o job,class
has '50.0|moved-class' 'a class that a step gets later is seen'
sed -i 's/^Readers=.*/Readers=jo_new, jo users/' "$dir/conf"
run ingest
is "$status" 0 'a role that is not there keeps nobody from work'
run doctor readers
has 'warn readers   Readers: there is no role jo_new: CREATE ROLE jo_new, and GRANT it to those who are to read' 'and doctor tells'
admin 'CREATE ROLE jo_new'
admin 'GRANT jo_new TO mallory'
run ingest
as mallory list -a -n -P -S 2026-01-01
is "$status $out" '0 ' 'once it is, it is let in'
sed -i 's/^Readers=.*/Readers=jo_new/' "$dir/conf"
run ingest
as alice list
is "$status" 1 'who leaves the list sees nothing any more'
says 'the role has no right to that' 'which is said'
is "$(sql "SELECT count(*) FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE a.grantee = '\"jo users\"'::regrole")" 0 'nothing is left granted'
version=$(sql "SELECT value FROM joboutliers WHERE key = 'schema'")
sql "UPDATE joboutliers SET value = '3' WHERE key = 'schema'"
as mallory list
says 'of an older version (schema 3, not' 'an older schema is for ingest to bring up to date'
sql "UPDATE joboutliers SET value = '$version' WHERE key = 'schema'"
cp "$dir/nobody.conf" "$dir/conf"
run ingest
is "$status" 0 'nobody is to read'
is "$(sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relrowsecurity OR relname LIKE 'joboutliers\_reader%' OR relname = 'joboutliers_peer')") $(sql "SELECT count(*) FROM pg_trigger") $(sql 'SELECT count(*) FROM pg_policy') $(sql "SELECT count(*) FROM pg_proc WHERE proname LIKE 'joboutliers%'") $(sql "SELECT count(*) FROM pg_attribute WHERE attstattarget = 0 AND attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r')")" \
	'0 0 0 0 0' 'and it is as if nobody ever had'
run list -a -n -P -S 2026-01-01 -o user
is "$(printf '%s\n' "$out" | sort | uniq -c | tr -s ' \n' ' ')" ' 42 alice 82 bob ' 'but for who looks after it'
for role in alice bob align carol mallory jo_new jo_support '"jo users"'; do
	sql "DROP OWNED BY $role"
	admin "DROP ROLE $role"
done
plan
