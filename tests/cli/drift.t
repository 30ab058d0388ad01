#!/bin/sh
# A class that becomes slower for good with a new version: one finding, with its date and version.
. "$(dirname "$0")/lib.sh"

mkdir "$dir/box" "$dir/requests"
cat >"$dir/sendmail" <<END
#!/bin/sh
cat >"$dir/box/\$(ls "$dir/box" | wc -l).eml"
END
chmod 755 "$dir/sendmail"
cat >>"$dir/conf" <<END
MailDomain=example.org
AdminMail=admin@example.org
MailUsers=yes
MailTransport=sendmail
SendmailPath=$dir/sendmail
GnuplotPath=/nonexistent
END
# parts FILE: the text part, unwrapped, and on one line
text() {
	python3 - "$1" <<'END'
import email, email.policy, sys
mail = email.message_from_file(open(sys.argv[1]), policy=email.policy.default)
print(mail["To"], mail["Subject"], " ".join(mail.get_body(("plain",)).get_content().split()))
END
}
html() {
	python3 - "$1" <<'END'
import email, email.policy, re, sys
mail = email.message_from_file(open(sys.argv[1]), policy=email.policy.default)
print(" ".join(re.sub("<[^>]*>", " ", mail.get_body(("html",)).get_content()).split()))
END
}

# rows FIRST LAST: alice's align, four jobs a night from 1 February on, and bob's sort beside them.
# From the night of 3 March on align is 1.6 times slower, and of version 2.1; from the night of 20
# March on it is as before, and of version 2.2.  From 2 April on bob's sort takes twice as long for
# no reason that is recorded, and scan, which two users share, 1.7 times as long on other nodes, and
# as much more CPU time.
rows() {
	awk -v first="$1" -v last="$2" 'BEGIN {
		print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes,cpu_s,attr.version,attr.words"
		for (d = 0; d <= last; d++)
			for (i = 0; i < 4; i++) {
				k = d * 4 + i
				gib = 1 + k * 7 % 5
				words = 10 * (1 + k % 3)
				noise = 1 + 0.02 * ((k * 11) % 9 - 4)
				slow = d >= 30 && d < 47 ? 1.6 : 1
				version = d < 30 ? "2.0" : d < 47 ? "2.1" : "2.2"
				start = 1769911200 + d * 86400 + i * 3600
				if (d < first) continue
				printf "%d,%d,%.1f,main,root,align,n%d,8,%.0f,,%s,%d\n", 1000 + k, start,
					slow * sqrt(words / 10) * (1200 + 300 * gib) * noise,
					k % 4, gib * 1073741824, version, words
				printf "%d,%d,%.1f,main,daemon,sort,n%d,8,%.0f,,,\n", 5000 + k, start,
					(d < 60 ? 1 : 2) * (1200 + 300 * gib) * noise, k % 4,
					gib * 1073741824
				scan = (d < 60 ? 1 : 1.7) * (1800 + 300 * gib) * noise
				printf "%d,%d,%.1f,main,%s,scan,%s,8,%.0f,%.1f,,\n", 7000 + k,
					start, scan, k % 2 ? "bin" : "sys",
					d < 60 ? "n" (4 + k % 3) : "n9", gib * 1073741824, 7.5 * scan
			}
	}'
}
# nights FIRST LAST: what ended on these days comes in, and the night after them is done, at 3 h.
nights() {
	rows "$1" "$2" >"$dir/jobs.csv"
	SJOBOUTLIERS_NOW=$((1769904000 + ($2 + 1) * 86400 + 10800))
	export SJOBOUTLIERS_NOW
	run import --csv "$dir/jobs.csv"
	run nightly
}

rows 0 29 >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
SJOBOUTLIERS_NOW=$((1769904000 + 30 * 86400 + 10800))
run check
run list --drift -P -n
is "$status" 0 "drifts are listed"
is "$out" "" "there is none before the level has moved"
nights 30 30
out=$(text "$dir"/box/*)
has "root <root@example.org> 4 x align took up to" "in the first slow night, the slow jobs are told as jobs"
# the same mail, had the jobs no sizes
copy_db db nosize.db
sed "s|^Database=.*|Database=$(db_at nosize.db)|" "$dir/conf" >"$dir/nosize.conf"
rows 31 31 >"$dir/jobs.csv"
nosize() { SJOBOUTLIERS_NOW=$((1769904000 + 32 * 86400 + 10800)) "$sjob" -c "$dir/nosize.conf" "$@"; }
nosize import --csv "$dir/jobs.csv" >/dev/null
nosize check >/dev/null
sql -d nosize.db "UPDATE step SET input_bytes = NULL"
out=$(nosize mail --preview root | tr -s ' \n' ' ')
has "8 jobs in partition main, compared with 120 before; 4 of them" "of jobs without sizes, none is spoken of"
nights 31 31
has "; 1 level moved" "the night's line says so when a level has moved"
mail=$(grep -l 'takes 1.6 times' "$dir"/box/*)
out=$(text "$mail")
has "root <root@example.org> align takes 1.6 times as long since 2026-03-03" "there is one mail: the level has moved"
has "Since 2026-03-03, 8 jobs in partition main, compared with 120 before, size for size; 4 of them were told before" \
	"how many jobs these are, and which of them are no news"
has "3 h 50 min in all, 30.6 core-hours more than before" "what it costs"
has "Began with it version was 2.1 in 8 of the 8; in none of the 120 jobs before" "and what began with it"
is "$(html "$mail" | grep -c 'compared with 120 before, size for size;.*30.6 core-hours more than before.*version was 2.1 in 8 of the 8')" \
	1 "the HTML part has the same"
nights 32 32
run list --drift -P -n -o since,class,metric,direction,form,jobs,users,before,began_with,cause
is "$out" "2026-03-03T02:00:00|align|wall|slower|step|12|1|120|version was 2.1 in 12 of the 12; in none of the 120 jobs before|" \
	"three nights after it has, it is one, with what began with it"
run list --drift -P -n -o ratio
is "$(printf '%.1f' "$out")" "1.6" "and by how much"
run list --drift -n -P -u daemon
is "$out" "" "others have no part in it"
run list --drift --json -u root -o class,ratio,core_hours
has '"class": "align"' "as JSON"
run export --openmetrics "$dir/m.prom" -S now-3days
grep -qF 'joboutliers_drifted_groups{partition="main",change="slower"} 1' "$dir/m.prom" &&
	grep -qF 'joboutliers_drifted_groups{partition="main",change="more-memory"} 0' "$dir/m.prom"
ok $? "the numbers for Prometheus have it"
run show 1127
has "drift      its kind of job is 1.6 times slower since 2026-03-03 (12 jobs since, 120 before)" \
	"show tells of it with a job since"
has "began with version was 2.1" "and what began with it"
run show 1119
printf '%s\n' "$out" | grep -q '^  drift'
is $? 1 "and not with one before"
refuses 2 "--drift is about groups of jobs" list --drift -v high

for d in 33 34 35; do
	nights "$d" "$d"
done
nights 36 46
run list --drift -P -n -o since,class,direction,jobs
is "$out" "2026-03-03T02:00:00|align|slower|68" "two weeks later it is the same one"
nights 47 47
nights 48 52
run list --drift -P -n -o since,class,direction
is "$out" "2026-03-20T02:00:00|align|back to normal" "after the fix it is back to normal"
run list --drift -P -n -S 2026-02-01 -o since,until,direction
is "$out" "2026-03-20T02:00:00||back to normal
2026-03-03T02:00:00|2026-03-20T02:00:00|slower" "and both are remembered"
run list -n -P -S 2026-03-20 -v low,high
is "$out" "" "old jobs do not make new ones look fast"
is "$(cat "$dir"/box/* | grep -c '^To: .*root@')" 2 \
	"all this time nothing more was mailed: good news alone are no reason"
run replay -P -n -S 2026-03-03T03:00 --by user -o user,mails,groups,findings
is "$(printf '%s\n' "$out" | grep ^root)" "root|2|1|2" "replay has the same two, the drift being a finding of the second"
run replay -P -n -S 2026-03-03T03:00 -o night,mails
is "$(printf '%s\n' "$out" | grep -v '|0$' | tr '\n' ' ')" "2026-03-04|1 2026-03-05|1 " "in the same nights"

nights 53 59
rm -f "$dir"/box/*
nights 60 60
out=$(for mail in "$dir"/box/*; do text "$mail"; done)
has "daemon@example.org> 4 x sort took up to" "a first slow night is one of jobs"
rm -f "$dir"/box/*
run expect --user daemon 5241
nights 61 61
nights 62 62
out=$(for mail in "$dir"/box/*; do text "$mail"; done)
is "$(printf '%s\n' "$out" | grep -c 'daemon@')" 0 "who says that it is normal is not told of it as a drift"
is "$(printf '%s\n' "$out" | grep -c '\(bin\|sys\)@')" 0 "nor is anybody of one that is the nodes'"
is "$(printf '%s\n' "$out" | grep -c 'scan in partition main takes 1.7 times as long, with 1.7 times the CPU time, since 2026-04-02')" 1 \
	"the admin is, once, with what the CPU time did"
is "$(printf '%s\n' "$out" | grep -c 'scan in partition main uses')" 0 "and not once more of that"
is "$(sql "SELECT count(*) FROM finding WHERE group_id IS NOT NULL AND owner_id = 0")" 2 \
	"which is entered with it, so that it is not told when one of the two is over"
has "of 2 users), and nothing but the nodes is different: the node was n9 in" "with the nodes"
run list --drift -P -n -C scan -o metric,users,cause
is "$(printf '%s\n' "$out" | sort)" "cpu|2|node
wall|2|node" "and the list has it with its cause, and each metric by itself"
run list --drift -P -n -C scan -u bin -o metric,users,jobs
is "$(printf '%s\n' "$out" | sort)" "cpu|1|6
wall|1|6" "each user with their own jobs"
# A class of which a night has more jobs than are kept as its history for long.
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes,cpu_s"
	for (d = 0; d < 14; d++)
		for (i = 0; i < 220; i++) {
			gib = 1 + i * 7 % 5
			took = (d < 11 ? 1 : 1.6) * (1200 + 300 * gib) * (1 + 0.02 * (i * 11 % 9 - 4))
			printf "%d,%d,%.1f,main,sys,many,n1,8,%.0f,%.1f\n", 20000 + d * 220 + i,
				1775433600 + d * 86400 + i * 300, took, gib * 1073741824, 7.5 * took
		}
}' >"$dir/jobs.csv"
SJOBOUTLIERS_NOW=2026-04-20T06:00:00
run import --csv "$dir/jobs.csv"
run check
run list --drift -P -n -C many -o metric,since,jobs
is "$(printf '%s\n' "$out" | sort)" "cpu|2026-04-17T00:00:00|660
wall|2026-04-17T00:00:00|660" "many jobs a night hide no shift, and are all counted"

run report -S 2026-03-01 -E 2026-04-20 --html "$dir/page.html"
sed -n 's/.*id="data">//; s/<\/script>.*//p' "$dir/page.html" >"$dir/page.json"
python3 - "$dir/page.json" >"$dir/moved" <<'END'
import json, sys
for row in json.load(open(sys.argv[1]))["moved"]:
    print(row["class"], row["metric"], row["direction"], row["differs"], sep="|")
END
is "$(grep -c '^align|wall|slower|version was 2.1 in ' "$dir/moved")" 1 "the report's page has them"
is "$(grep '^many' "$dir/moved")" "many|wall|slower, with 1.6 times the CPU time: more work|" \
	"run time and CPU time that moved at one date are one row"
is "$(grep '^scan' "$dir/moved" | cut -d '|' -f 1-3)" "scan|wall|slower, with 1.7 times the CPU time" \
	"and on other nodes it need not be more work"

# ---- memory, of which some jobs have no figure ----
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes,mem_peak_bytes"
	for (k = 0; k < 60; k++) {
		took = (k < 48 ? 4 : 10) * (1 + 0.01 * (k * 11 % 9 - 4))
		printf "%d,%d,%.1f,main,%s,holder,n%d,8,1000000000,%s\n", 20000 + k,
			1777593600 + k * 28800, 1200 + 10 * (k * 7 % 5), k % 2 ? "lp" : "news", k % 3,
			k % 12 == 0 || k == 50 ? "" : sprintf("%.0f", took * 1073741824)
	}
}' >"$dir/jobs.csv"
SJOBOUTLIERS_NOW=2026-05-21T06:00:00
run import --csv "$dir/jobs.csv"
run check
run list --drift -P -n -u news -o class,metric,jobs,excess_bytes
excess=${out##*|}
is "${out%|*}" "holder|memory|5" "of memory that has no figure for a user's first job since there is a drift as well"
[ "${excess:-0}" -gt 6200000000 ] && [ "$excess" -lt 6700000000 ]
ok $? "and a job has as much more as those with one have: $excess"
run list --drift -P -n -C holder -o excess_bytes
all=$out
run list --drift -P -n -C holder -u lp,news -o excess_bytes
[ "$((out - all))" -ge -1 ] && [ "$((out - all))" -le 1 ]
ok $? "those of both users have what all have: $out, $all"

# ---- many of one user's kinds of jobs at once ----
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes,cpu_s"
	for (d = 0; d < 20; d++)
		for (c = 0; c < 20; c++)
			for (i = 0; i < 3; i++) {
				gib = 1 + (d * 3 + i) * 7 % 5
				took = (d < 16 ? 1 : 1.8) * (1200 + 300 * gib) * (1 + 0.02 * ((d * 3 + i) * 11 % 9 - 4))
				printf "%d,%d,%.1f,main,games,kind%d,n%d,8,%.0f,%.1f\n", 30000 + (d * 20 + c) * 3 + i,
					1777593600 + d * 86400 + i * 300, took, c, i, gib * 1073741824, 7.5 * took
			}
}' >"$dir/jobs.csv"
SJOBOUTLIERS_NOW=2026-05-21T06:00:00
run import --csv "$dir/jobs.csv"
run check
rm -f "$dir"/box/*
run mail
is "$status" 0 "all of them are mailed"
out=$(for mail in "$dir"/box/*; do text "$mail"; done)
has "games@example.org> kind" "in one mail"
is "$(sql "SELECT count(*) FROM finding f JOIN name n ON n.id = f.owner_id WHERE n.text = 'games'
	AND f.message IS NOT NULL AND f.kind = 1")" 40 \
	"and each is entered with it, by its run time and by its CPU time"
plan
