#!/bin/sh
# hook: each finding goes to the site's own program, once, whatever that does; of nights and of what
# runs.
. "$(dirname "$0")/lib.sh"
now=1772431200 # as lib.sh has it

# A history of two users' jobs at 100 s a GiB, and last night's that took far longer: one of ann with
# a hostile name, three tasks of an array of bob.
hostile='evil"; touch /tmp/pwned; $(id) <@channel> `x` \'
HOSTILE=$hostile awk -v now=$now 'BEGIN {
	hostile = ENVIRON["HOSTILE"]
	gsub(/"/, "\"\"", hostile)
	print "job,step,start,wall_s,cluster,partition,user,class,input_bytes,ncpus,job_name"
	for (i = 0; i < 120; i++) {
		gib = 1 + i % 4
		printf "%d,0,%d,%.3f,c1,main,%s,align,%.0f,8,plain\n", i + 1, now - 2000000 + i * 3600,
			100 * gib * (1 + 0.01 * (i * 7 % 11 - 5)), i % 2 ? "ann" : "bob", gib * 2^30
	}
	printf "501,0,%d,9000,c1,main,ann,align,%.0f,8,\"%s\"\n", now - 40000, 2 * 2^30, hostile
	for (i = 0; i < 3; i++)
		printf "600_%d,0,%d,%d,c1,main,bob,align,%.0f,8,array\n", i, now - 40000, 8000 + i, 2 * 2^30
}' >"$dir/history.csv"

hook=$dir/hook
given=$dir/given
hook() { # hook LINE...: the program, which keeps what it is given, and then does this
	cat >"$hook" <<-END
		#!/bin/sh
		cat >>"$given"
		env >"$dir/environment"
	END
	[ $# = 0 ] || printf '%s\n' "$@" >>"$hook"
	chmod 755 "$hook"
}
given() { # given EXPRESSION: of each line that the program was given
	[ -e "$given" ] || return 0
	/usr/bin/python3 -c 'import json, sys
for line in open(sys.argv[1]): f = json.loads(line); print(eval(sys.argv[2]))' "$given" "$1" | sort
}
conf() {
	printf 'Database=%s\nSpool=%s/spool\n' "$(db_at db)" "$dir" >"$dir/conf"
	[ $# = 0 ] || printf '%s\n' "$@" >>"$dir/conf"
}

# ---- what is refused
run hook
is "$status $out" "0 hook: nobody is told: Hook is not set" "without a program nobody is told"
run doctor hook
has "ok   hook      findings are handed to no program (Hook)" "doctor says so"
conf "Hook=hook"
refuses 2 'an absolute path' hook
conf "Hook=$hook"
refuses 1 "Hook $hook: No such file or directory" hook
run doctor hook
has "FAIL hook      Hook $hook: No such file" "doctor sees that it is not there"
hook
chmod 777 "$hook"
refuses 1 "others may change it, so it is not run" hook
run doctor hook
has "others may change it" "doctor sees that as well"
chmod 755 "$hook"
refuses 1 "there is no database yet" hook
refuses 2 "unrecognized option" hook --nonsense

# ---- a night
run import --csv "$dir/history.csv"
run check
is "$status" 0 "the night is judged"
run hook --dry-run
is "$status $(printf '%s\n' "$out" | wc -l)" "0 2" "a dry run prints what there is"
[ ! -e "$given" ]
ok $? "and runs nothing"
SECRET=hunter2 run hook
is "$status $out" "0 hook: 2 findings handed over" "a night's findings are handed over"
is "$(given "(f['kind'], f['user'], f['count'])")" "('step', 'ann', 1)
('step', 'bob', 3)" "one each, an array's tasks as one"
is "$(given "f['jobs']" | tail -n 1)" "['600_2.0', '600_1.0', '600_0.0']" "which are named, the worst first"
is "$(given "f['id']")" "c1/501.0/0/wall
c1/600_2.0/0/wall" "each has an id"
is "$(given "f['step']['job_name']" | grep evil)" "$hostile" "a hostile name arrives as it is"
is "$(given "f['step']['wall']['verdict'], f['step']['wall_us']" | head -n 1)" "('high', 8002000000)" \
	"with the step and its verdict"
[ ! -e /tmp/pwned ]
ok $? "and no shell sees it"
is "$(given "f['text'].split(':')[0]" | head -n 1)" "501.0 of ann (align on main)" "a line for people"
sed '/^\(PWD\|OLDPWD\|SHLVL\|_\)=/d' "$dir/environment" | sort >"$dir/env"
is "$(cat "$dir/env")" "LC_ALL=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "the environment is plain"
run doctor hook
has "ok   hook      $hook: took 2 findings at 2026-03-02T06:00:00" "doctor knows of it"
run hook
is "$out" "hook: 0 findings handed over" "each finding is handed over once"
is "$(given 1 | wc -l)" 2 "and no more"
conf "Hook=$hook" MailUsers=yes MailDomain=example.org SendmailPath=/bin/true
run mail
has "2 users without an address" "what the hook has is mailed all the same"
conf "Hook=$hook"

# ---- a program that fails, complains, hangs, or floods
forget() { # all findings are new again
	sql 'DELETE FROM finding WHERE channel > 0'
	rm -f "$given"
}
forget
hook 'printf "no room\033[2J here\n" >&2' 'exit 7'
refuses 1 "$hook ended with status 7: no room?[2J here" hook
grep -qF "2 findings to be tried again" "$dir/err"
ok $? "what it did not take is counted"
run doctor hook
has "warn hook      $hook: fails since 2026-03-02T06:00:00, and 2 findings wait: $hook ended with status 7" \
	"doctor tells"
conf "Hook=$hook" AdminMail=admin@example.org MailFrom=jobs@example.org "SendmailPath=$dir/sendmail"
printf '#!/bin/sh\nexec cat >>%s/mails\n' "$dir" >"$dir/sendmail"
chmod +x "$dir/sendmail"
SJOBOUTLIERS_NOW=2026-03-02T07:00:00 run nightly
is "$status" 1 "nightly has a status of its own"
has "hook      FAILED: 2 findings to be tried again" "its line says why"
has "prune     0 steps" "and the other parts were done"
tr -d '\n' <"$dir/mails" | grep -q "2 findings wait, as it fails since"
ok $? "the admin is told"
hook
run hook
is "$status $out" "0 hook: 2 findings handed over" "once it works again, it gets them"
run doctor hook
has "ok   hook      $hook: took 2 findings" "and doctor is content"

forget
conf "Hook=$hook" HookTimeout=1s
hook "sleep 1000 & echo \$! >$dir/child" 'sleep 1000'
refuses 1 "did not end within 1 s" hook
! grep -qs "^State:.[RSD]" "/proc/$(cat "$dir/child")/status"
ok $? "what hangs is ended, with what it started"
hook 'exec cat /dev/zero'
refuses 1 "$hook " hook
hook 'exec cat /dev/zero >&2'
refuses 1 "$hook " hook
hook 'exit 0'
run hook
is "$out" "hook: 2 findings handed over" "and none of them was lost"
conf "Hook=$hook"

# ---- three failures in a row end a run
forget
hook 'exit 1'
awk -v now=$now 'BEGIN {
	print "job,step,start,wall_s,cluster,partition,user,class,input_bytes,ncpus"
	for (c = 0; c < 6; c++) {
		for (i = 0; i < 40; i++)
			printf "%d,0,%d,%.3f,c1,main,ann,kind%d,%.0f,8\n", 1000 + c * 100 + i, now - 1500000 + i * 3600,
				100 * (1 + 0.01 * (i * 7 % 11 - 5)), c, 2^30
		printf "%d,0,%d,9000,c1,main,ann,kind%d,%.0f,8\n", 1099 + c * 100, now - 30000, c, 2^30
	}
}' >"$dir/more.csv"
run import --csv "$dir/more.csv"
run check
refuses 1 "8 findings to be tried again" hook
is "$(given 1 | wc -l)" 3 "a program that fails three times is left alone until the next run"
hook
rm -f "$given"
run hook
is "$out $(given 1 | wc -l)" "hook: 8 findings handed over 8" "which hands over all of them"

# ---- killed at any moment: at most once more, never lost
forget
hook '[ "$(wc -l <'"$given"')" -lt 5 ] || kill -KILL $PPID'
run hook 2>/dev/null
is "$status $(given 1 | wc -l)" "137 5" "a run that is killed while the program has the fifth finding"
hook
run hook
has "4 findings handed over" "comes again, with all that was not recorded"
[ "$(given "f['id']" | sort -u | wc -l) $(given 1 | wc -l)" = "8 9" ]
ok $? "so that one was handed over twice, under one id"

# ---- what runs
record() { # record JOB USER CLASS GIB SECONDS_AGO
	printf '{"v":1,"kind":"start","cluster":"c1","node":"n1","job_id":%d,"step_id":0,"step_kind":"srun",' "$1"
	printf '"node_index":0,"node_count":1,"user":"%s","partition":"main","class_name":"%s","class_is_declared":1,' "$2" "$3"
	printf '"cpu_count":8,"input_source":"option","input_bytes":%d,"start_unix_us":%d000000}\n' $(($4 << 30)) $((now - $5))
}
awk -v now=$now 'BEGIN {
	print "job,step,start,wall_s,cluster,partition,user,class,input_bytes,ncpus"
	for (i = 0; i < 60; i++)
		printf "%d,0,%d,%.3f,c1,main,ann,late,%.0f,8\n", 3000 + i, now - 1500000 + i * 3600,
			100 * (1 + i % 4) * (1 + 0.01 * (i * 7 % 11 - 5)), (1 + i % 4) * 2^30
}' >"$dir/late.csv"
run import --csv "$dir/late.csv"
mkdir -p "$dir/spool/n1/new"
record 701 ann late 2 9000 >"$dir/spool/n1/new/701.0"
record 702 ann late 2 100 >"$dir/spool/n1/new/702.0"
run ingest
rm -f "$given"
run hook --running
is "$status $out" "0 hook: 1 finding handed over" "what runs too long is handed over"
is "$(given "(f['kind'], f['id'], f['step']['state'], f['step']['wall']['verdict'])")" \
	"('running', 'c1/701.0/0/wall', 'RUNNING', 'high')" "as running"
is "$(given "'run time so far 2 h 30 min' in f['text']")" True "with the time so far"
run hook --running
is "$out" "hook: 0 findings handed over" "and once"
run hook
is "$out" "hook: 0 findings handed over" "to a night it is not known"
run mute -u ann --class late
record 703 ann late 2 9000 >"$dir/spool/n1/new/703.0"
run ingest
run hook --running
is "$out" "hook: 0 findings handed over" "what its owner muted is not handed over"

if is_file; then
flock "$dir/db.hook-lock" "$sjob" -c "$dir/conf" hook >"$dir/out" 2>&1
is $? 4 "two runs do not hand over the same"
fi

# ---- the sample
if /usr/bin/python3 -c pass 2>/dev/null; then
	sample=$(dirname "$0")/../../etc/hooks/webhook.py
	cat >"$dir/server.py" <<-'END'
		import http.server, sys
		class Handler(http.server.BaseHTTPRequestHandler):
		    def do_POST(self):
		        open(sys.argv[1] + "/posted", "ab").write(self.rfile.read(int(self.headers["Content-Length"])))
		        self.send_response(200); self.end_headers()
		    def log_message(self, *args): pass
		server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
		open(sys.argv[1] + "/port", "w").write("%d\n" % server.server_port)
		server.handle_request()
	END
	/usr/bin/python3 "$dir/server.py" "$dir" &
	for _ in $(seq 200); do
		[ -s "$dir/port" ] && break
		sleep 0.05
	done
	sed "s|^URL_FILE = .*|URL_FILE = \"$dir/url\"|" "$sample" >"$dir/sample"
	chmod 755 "$dir/sample"
	echo "http://127.0.0.1:$(cat "$dir/port")/" >"$dir/url"
	echo '{"v":1,"text":"501.0 of ann (<@channel> `x`): slow"}' | "$dir/sample"
	is "$?" 0 "the sample posts a finding"
	wait
	is "$(cat "$dir/posted")" '{"text": "501.0 of ann (&lt;(at)channel&gt; '"'x'"'): slow"}' "of which nothing calls anybody"
	echo '{"v":1,"text":"x"}' | "$dir/sample" 2>/dev/null
	[ $? != 0 ]
	ok $? "and says when nobody took it"
fi
plan
