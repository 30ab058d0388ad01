#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the services do, with no more than their units let them: no capability, and an error from each
# system call that the unit's filter has not.
. "$(dirname "$0")/lib.sh"
units=$(cd "$(dirname "$0")/../../etc/systemd" && pwd)
[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP needs root, as the services are"; exit 0; }
for program in strace setpriv systemd-analyze gnuplot; do
	command -v "$program" >/dev/null || { echo "1..0 # SKIP $program is not installed"; exit 0; }
done

denied() { # denied UNIT: the calls that its SystemCallFilter= lines do not let through
	{ systemd-analyze --no-pager syscall-filter 2>/dev/null; sed -n 's/^SystemCallFilter=/filter /p' "$units/$1"; } | awk '
		/^@/ { set = $1; next }
		/^ +[-@a-z_0-9]+$/ { members[set] = members[set] " " $1; next }
		/^filter / { filters[++filter_count] = substr($0, 8) }
		function put(name, is_let,  list, n, i) {
			if (name !~ /^@/) { let[name] = is_let; return }
			n = split(members[name], list, " ")
			for (i = 1; i <= n; i++)
				put(list[i], is_let)
		}
		END {
			for (set in members)
				put(set, 0)
			put("@default", 1)
			for (f = 1; f <= filter_count; f++) {
				is_let = sub(/^~/, "", filters[f]) == 0
				n = split(filters[f], names, " ")
				for (i = 1; i <= n; i++)
					put(names[i], is_let)
			}
			for (name in let)
				if (!let[name])
					printf "%s?%s", count++ ? "," : "", name
		}'
}
as_unit() { # as_unit UNIT COMMAND...
	calls=$(denied "$1")
	shift
	# LeakSanitizer cannot look at what is traced.
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" setpriv --bounding-set=-all --inh-caps=-all \
		strace -f -qqq -o /dev/null -e "inject=$calls:error=EPERM" "$@"
}

is "$(as_unit joboutliers.service sh -c 'sed -n s/^CapEff:.//p /proc/self/status')" 0000000000000000 "there is no capability"
: >"$dir/file"
as_unit joboutliers.service chown 0 "$dir/file" 2>/dev/null
is $? 1 "a call that the filter has not is an error"

cat >>"$dir/conf" <<END
ReadersDatabase=$dir/readers.db
Requests=$dir/requests
AdminMail=admin@example.org
MailFrom=jobs@example.org
MailDomain=example.org
MailUsers=yes
NotifyMinTime=0
NotifyMinCoreHours=0
SendmailPath=$dir/sendmail
END
printf '#!/bin/sh\ncat >%s/mail.$$\n' "$dir" >"$dir/sendmail"
chmod +x "$dir/sendmail"
mkdir -m 1733 "$dir/requests"
{
	echo 'job,start,wall_s,user,class,input_bytes'
	for i in $(seq 50); do
		echo "$i,2026-02-$((1 + i / 2 % 27))T$((i % 2 + 10)):00:00,$((100 + i % 7)),root,align,$((1000000 + i))"
	done
	echo '99,2026-03-01T20:00:00,9000,root,align,1000000'
} | sed 's/-\([1-9]\)T/-0\1T/' >"$dir/history.csv"
run import --csv "$dir/history.csv"
is "$status" 0 "a history is there"
mkdir -p "$dir/spool/n1/new"
printf '{"v":1,"kind":"end","cluster":"c1","node":"n1","job_id":100,"step_id":0,"step_kind":"srun","node_index":0,"node_count":1,"user":"root","class_name":"align","input_bytes":1000,"start_unix_us":1772366400000000,"wall_us":60000000,"exit_status":0,"term_signal":0}\n' \
	>"$dir/spool/n1/new/100.0-end"
run mute --class other
is "$status" 0 "and a request"

out=$(as_unit joboutliers.service "$sjob" -c "$dir/conf" nightly 2>"$dir/err")
is "$?" 0 "a night is done"
is "$(cat "$dir/err")" '' "without a complaint"
has 'ingest    1 record: 1 new' "records are taken"
is "$(find "$dir/spool/n1/new" -type f)" '' "and removed"
has '1 new, 2 sent' "the user's mail is sent, and the admin's"
is "$(cat "$dir"/mail.* | grep -c '^Content-Type: image/')" 1 "with its picture"
is "$(stat -c %a "$dir/readers.db")" 644 "readers have their copy"

mkdir "$dir/target"
printf '{}\n' >"$dir/spool/n1/new/101.0-end"
as_unit joboutliers-forward.service "${sjob%/*}/sjobforward" --quiet --spool="$dir/spool" --time-limit=5min "$dir/target"
is $? 0 "records are carried"
is "$(cd "$dir/target" && find . -type f -path '*/new/*')" ./n1/new/101.0-end "each to its place"
plan
