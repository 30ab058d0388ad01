#!/bin/sh
# replay: the mails of past nights, as 'mail' would have sent them night by night; other keys beside.
. "$(dirname "$0")/lib.sh"
export SJOBOUTLIERS_NOW=2026-03-16T06:00:00

cat >"$dir/sendmail" <<END
#!/bin/sh
exec cat >/dev/null
END
chmod 755 "$dir/sendmail"
echo "root: root@example.net" >"$dir/map"
cat >>"$dir/conf" <<END
MailDomain=example.org
MailMap=$dir/map
MailUsers=yes
NotifyMinTime=1min
NotifyMinCoreHours=0.5
NotifyMaxAge=3d
MailDays=Mon-Fri
Holidays=2026-03-10
MailTransport=sendmail
SendmailPath=$dir/sendmail
END

# ---- what is refused
refuses 1 'there is no database yet' replay
refuses 2 "--weeks=0: expected a whole number from 1 to 520" replay --weeks 0
refuses 2 "--weeks=-1: expected" replay --weeks=-1
refuses 2 "--weeks=2x: expected" replay --weeks 2x
refuses 2 "--weeks=99999999999999999999: expected" replay --weeks 99999999999999999999
refuses 2 "the start lies in the future" replay -S 2026-03-17
refuses 2 "the end lies in the future" replay -E 2026-03-17
refuses 2 "the start is not before the end" replay -S 2026-03-02 -E 2026-03-01
refuses 2 "either --weeks or --starttime" replay --weeks 2 -S 2026-03-01
refuses 2 "--by=moon: expected night, user or total" replay --by moon
refuses 2 "--set: NotifyMinRatoi: no such key; did you mean NotifyMinRatio?" replay --set NotifyMinRatoi=2
refuses 2 "--set NotifyMinRatio: expected Key=Value" replay --set NotifyMinRatio
refuses 2 "--set: NotifyMinRatio=200: expected a number from 0 to 100" replay --set NotifyMinRatio=200
refuses 2 "--set GroupBy: mails of the past cannot tell; these keys can be set: NotifyAlpha, NotifyMinRatio, " \
	replay --set GroupBy=user
refuses 2 "Holidays: 'soon'" replay --set Holidays=soon
echo "job,start,wall_s" >"$dir/none.csv"
run import --csv "$dir/none.csv"
is "$status" 0 "an empty database"
refuses 1 "no step ended between 2026-02-16T06:00:00 and 2026-03-16T06:00:00" replay

# ---- five users with two classes each, two weeks of history, two with outliers of all sizes
# now and then; a slow node on 2026-03-05; nobody works at night
cat >"$dir/make.awk" <<'END'
BEGIN {
	print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes,mem_peak_bytes,max_rss_bytes"
	split("root daemon bin sys nobodyhere", users, " ")
	job = 100
	for (day = 0; day < 28; day++)
		for (u = 1; u <= 5; u++)
			for (c = 1; c <= 2; c++)
				for (i = 0; i < 5; i++) {
					gib = 1 + (i + day) % 5
					node = (i + day) % 4
					wall = (300 + 100 * gib) * (1 + 0.01 * ((day * 7 + i * 3 + u) % 9 - 4))
					mem = gib * 2 ^ 30 * (1 + 0.01 * ((day * 5 + i + c) % 7 - 3))
					key = day * 50 + u * 10 + c * 5 + i
					if (day >= 14 && key * 37 % 23 == 0) wall *= 1.7 + key % 5
					if (day >= 14 && key * 29 % 31 == 0) mem *= 2 + key % 3
					if (day == 17 && node == 3) wall *= 2.5
					printf "%d,%d,%.1f,main,%s,class%d,n%d,8,%.0f,%.0f,%.0f\n", job++,
						1771200000 + day * 86400 + 28800 + (u * 2 + c) * 1800 + i * 300,
						wall, users[u], c, node, gib * 2 ^ 30, mem, mem
				}
}
END
awk -f "$dir/make.awk" >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
refuses 1 "were not judged yet: run check first" replay
wishes() { # as they were asked for before all
	was=$SJOBOUTLIERS_NOW
	SJOBOUTLIERS_NOW=2026-03-02T06:00:00
	run mute --weekly -u daemon
	is "$status" 0 "a weekly mail"
	run mute -C class1 -u bin --until 2026-03-12
	is "$status" 0 "a mute"
	SJOBOUTLIERS_NOW=$was
}
wishes
run check
is "$status" 0 "four weeks are judged"

# ---- night by night: what was known, judged and sent by then, on a copy
cp "$dir/conf" "$dir/conf.all"
sed "s|^Database=.*|Database=$(db_at copy.db)|" "$dir/conf.all" >"$dir/conf"
: >"$dir/nights"
: >"$dir/dry"
export SJOBOUTLIERS_NOW
day=2
while [ $day -le 16 ]; do
	SJOBOUTLIERS_NOW=$(printf '2026-03-%02dT06:00:00' $day)
	until=$(date -ud "$SJOBOUTLIERS_NOW" +%s)
	awk -F, -v until="$until" 'NR == 1 || $2 + $3 < until' "$dir/jobs.csv" >"$dir/known.csv"
	run import --csv "$dir/known.csv"
	[ $day != 2 ] || wishes
	run check
	run mail --dry-run -P -n -o user,address,findings,verdicts
	printf '%s\n' "$out" | awk -F'|' -v night="${SJOBOUTLIERS_NOW%T*}" '$2 != "" {
		mails++; findings += $3; verdicts += $4
		print $1 "|" $3 "|" $4 >>"'"$dir"'/dry"
	} END { printf "%s|%d|%d|%d\n", night, mails, findings, verdicts }' >>"$dir/nights"
	run mail
	[ "$status" = 0 ] || cat "$dir/err"
	day=$((day + 1))
done
SJOBOUTLIERS_NOW=2026-03-16T06:00:00
is "$("$sjob" -c "$dir/conf" list -a -P -n -S 2026-02-01 -o job,wall_verdict,wall_ratio,memory_verdict | cksum)" \
	"$("$sjob" -c "$dir/conf.all" list -a -P -n -S 2026-02-01 -o job,wall_verdict,wall_ratio,memory_verdict | cksum)" \
	"judged night by night or at once, the verdicts are the same"
mv "$dir/conf.all" "$dir/conf"
before=$(cksum <"$dir/db")
run replay -P -n -S 2026-03-01T06:00:00 -o night,mails,findings,verdicts
is "$out" "$(cat "$dir/nights")" "each night's mails, findings and verdicts are those that mail had"
run replay -P -n -S 2026-03-01T06:00:00 --by user -o user,mails,findings,verdicts
is "$(printf '%s\n' "$out" | grep -v '^nobodyhere')" "$(awk -F'|' '
	{ mails[$1]++; findings[$1] += $2; verdicts[$1] += $3 }
	END { for (u in mails) print u "|" mails[u] "|" findings[u] "|" verdicts[u] }' "$dir/dry" | sort)" \
	"and so are each user's"
has "nobodyhere|0|0|0" "who has no address would have had none"
is "$(cksum <"$dir/db")" "$before" "the database is as it was"
grep -q '|0|0|0$' "$dir/nights" && grep -qE '\|[2-9]\|[0-9]+\|[1-9]' "$dir/nights"
ok $? "some nights had mails, others none"

# ---- other values
run replay -P -n --by total --weeks 2 -o conf_mails,conf_findings,mails,findings
conf_mails=${out%%|*}
is "$out" "$conf_mails|$(echo "$out" | cut -d'|' -f2)|$conf_mails|$(echo "$out" | cut -d'|' -f2)" \
	"without --set both sides are the same"
run replay -P -n --by total --weeks 2 --set NotifyMinRatio=4 -o conf_mails,mails
[ "${out%|*}" = "$conf_mails" ] && [ "${out#*|}" -lt "$conf_mails" ] && [ "${out#*|}" -gt 0 ]
ok $? "a higher ratio means fewer mails ($out)"
sed 's/^MailDomain/NotifyMinRatio=4\nMailDomain/' "$dir/conf" >"$dir/conf4"
is "$("$sjob" -c "$dir/conf4" replay -P -n --by total --weeks 2 -o mails)" "${out#*|}" \
	"as many as if it were in the configuration"
run replay -P -n --by total --weeks 2 --set notifyexcludeusers='*' --set MailDays=Mon-Sun -o mails
is "$out" 0 "without users there are none"
run replay -P -n --by total --weeks 2 --set MinRatio=1.5 -o conf_mails,conf_findings,mails,findings
is "$(echo "$out" | cut -d'|' -f1,2)" "$(echo "$out" | cut -d'|' -f3,4)" \
	"judging anew by the same values finds the same"
run replay -P -n --by total --weeks 2 --set MinRatio=4 -o mails
is "$out" "$("$sjob" -c "$dir/conf4" replay -P -n --by total --weeks 2 -o mails)" \
	"and by a higher ratio what the floor leaves over"

# ---- for people, and for programs
run replay --weeks 2 --set NotifyMinRatio=4
has "14 nights, 2026-03-03 to 2026-03-16" "which nights"
has "as configured: $conf_mails mails to 4 users" "what the configuration would have done"
has "with NotifyMinRatio=4: " "and what the other would"
has "a slow node explains, told to nobody: " "what a slow node explains"
has "users without an address, who would have had none: 1" "who has no address"
run replay --weeks 2 --json --by total
/usr/bin/python3 -c 'import json, sys; [row] = json.loads(sys.argv[1])["replay"]; assert row["mails"] == '"$conf_mails" "$out"
ok $? "JSON has the same number"
is "$(for _ in 1 2 3; do "$sjob" -c "$dir/conf" replay --weeks 2 --set MinRatio=2 | cksum; done | sort -u | wc -l)" 1 \
	"it says the same every time"
chmod 400 "$dir/db"
run replay --weeks 2 --by total
is "$status" 0 "a database that can only be read is enough"
plan
