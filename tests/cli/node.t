#!/bin/sh
# A slow node: the admin is told, once; users are not told of what it explains.
. "$(dirname "$0")/lib.sh"

mkdir "$dir/box"
cat >"$dir/sendmail" <<END
#!/bin/sh
cat >"$dir/box/\$\$.eml"
END
chmod 755 "$dir/sendmail"
cat >>"$dir/conf" <<END
MailDomain=example.org
AdminMail=admin@example.org
MailUsers=yes
NotifyMinTime=1min
NotifyMinCoreHours=0
MailTransport=sendmail
SendmailPath=$dir/sendmail
END

# Four users on four nodes.  In the last night everything takes 2.4 times as long on n3; beside
# that one step of daemon's on n1 takes 5 times as long, and one of bin's on n3 itself 12 times.
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes"
	split("root daemon bin sys", users, " ")
	job = 100
	for (u = 1; u <= 4; u++)
		for (i = 0; i < 72; i++) {
			gib = 1 + i % 5
			node = i % 4
			slow = 1
			if (i >= 56 && node == 3) slow = 2.4
			if (i == 57 && u == 2) slow = 5
			if (i == 59 && u == 3) slow = 12
			start = i < 56 ? 1772064000 + i * 3600 : 1772352000 + (i - 56) * 900
			printf "%d,%d,%.1f,main,%s,%s,n%d,8,%.0f\n", job++, start,
				slow * (100 + 50 * gib) * (1 + 0.01 * ((i * 7 + u) % 9 - 4)),
				users[u], "align" u, node, gib * 1073741824
		}
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
run check
is "$status" 0 "a night with a slow node is judged"
is "$("$sjob" -c "$dir/conf" list -n -P -v high -S 2026-03-01 -o job | wc -l)" 17 "many steps are high"
run mail --dry-run -P -n -o user,verdicts
is "$out" "bin|1
daemon|1" "users would be told of what the node does not explain"
run mail
is "$status" 0 "mails are sent"
is "$(grep -l '^To: .*admin@' "$dir"/box/* | wc -l)" 1 "one of them to the admin"
tr -d '\r' <"$(grep -l '^To: .*admin@' "$dir"/box/*)" | sed ':a;/=$/{N;s/=\n//;ba}' | tr '\n' ' ' >"$dir/text"
grep -q 'Node n3 is slow: since 2026-03-01 steps took 2.* times as long' "$dir/text"
ok $? "says which node is slow, since when and by how much"
grep -q 'For this, 1[0-9] findings were not mailed to their users' "$dir/text"
ok $? "and what was held back for it"
is "$(cat "$dir"/box/* | grep -c '^To: .*\(root\|sys\)@')" 0 "nobody else is written to"

run report -S 2026-03-01 -E 2026-03-02T06:00 --html "$dir/page.html"
has "1 slow node," "the report has it"
grep -q 'node n3 is slow: all took 2' "$dir/page.html"
ok $? "and says so beside each finding"

rm "$dir"/box/*
SJOBOUTLIERS_NOW=2026-03-03T06:00:00 run mail
is "$(ls "$dir/box")" "" "in the next night nothing is told again"
plan
