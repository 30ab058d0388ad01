#!/bin/sh
# The admin's mail: what needs to be done, each night that something does; else on Mondays that
# all is well.  Mail days, holidays and exclusions as users see them.
. "$(dirname "$0")/lib.sh"
export SJOBOUTLIERS_NOW=2026-03-03T06:00:00

mkdir "$dir/box"
cat >"$dir/sendmail" <<END
#!/bin/sh
cat >"$dir/box/\$(ls "$dir/box" | wc -l).eml"
END
chmod 755 "$dir/sendmail"
cat >>"$dir/conf" <<END
MailDomain=example.org
AdminMail=admin@example.org
NotifyMinTime=1min
NotifyMinCoreHours=0
MailTransport=sendmail
SendmailPath=$dir/sendmail
END
cp "$dir/conf" "$dir/conf.first"
conf() { # conf LINE...: the configuration, with these lines last
	cp "$dir/conf.first" "$dir/conf"
	for line; do
		sed -i "/^${line%%=*}=/d" "$dir/conf"
		echo "$line" >>"$dir/conf"
	done
}
mails() { # how many mails TO has
	cat "$dir"/box/*.eml 2>/dev/null | grep -c "^To: .*$1@"
}
last() { # the newest mail's text, in one line
	tr -d '\r' <"$dir/box/$(($(find "$dir/box" -name '*.eml' | wc -l) - 1)).eml" |
		sed -n '/^Subject/p; /text\/plain/,/^--[^-]/p' | sed ':a;/=$/{N;s/=\n//;ba}' | tr -s '\n ' '  '
}
at() { # at DAY COMMAND...: on this day of March
	SJOBOUTLIERS_NOW=2026-03-$1T06:00:00
	shift
	run "$@"
}

# ---- what is refused
conf 'Holidays=2026-02-30'
refuses 2 "Holidays: '2026-02-30'" mail
run doctor
has "FAIL mail      Holidays: '2026-02-30': expected a day" "doctor tells of it"
conf 'Holidays=01-01..12-31'
run doctor
has "FAIL mail      no day within a year is one on which users get mail" "and of no days at all"
conf "Holidays=$dir/none"
refuses 2 "Holidays: $dir/none: No such file" mail
conf MailDays=Moonday
refuses 2 "MailDays=Moonday: expected one or more of Sun, Mon" mail

# ---- nothing to say
conf
run ingest
run mail
is "$status $(mails admin)" "0 0" "a Tuesday without trouble: no mail"
at 09 mail
is "$status $(mails admin)" "0 1" "a Monday: one"
last >"$dir/text"
grep -q 'Subject: joboutliers: all is well' "$dir/text" && grep -q 'Nothing needs to be done' "$dir/text"
ok $? "which says that all is well"
grep -q "Spool  *$dir/spool: 0 records wait" "$dir/text" && grep -q 'Judged  *no step ended' "$dir/text"
ok $? "and how everything is"
at 09 mail
is "$(mails admin)" 1 "once"
conf AdminMail=
at 16 mail
is "$status $(mails admin)" "0 1" "without AdminMail, none"
conf

# ---- trouble
mkdir -p "$dir/spool/bad" "$dir/spool/n1/new"
echo x >"$dir/spool/bad/1"
touch -d 2026-03-10T01:00:00Z "$dir/spool/bad/1"
at 10 mail
is "$(mails admin)" 2 "a file that was set aside is told"
last | grep -q 'Subject: joboutliers: for the admin .*- Bad records: 1 new; 1 in the spools. bad folders'
ok $? "with how many"
at 11 mail
is "$(mails admin)" 2 "once"
touch -d 2026-03-10T01:00:00Z "$dir/spool/n1/new/1.json"
at 12 mail
is "$(mails admin)" 3 "a record that nobody takes is told"
last | grep -q -- '- Spool: .*1 record waits, the oldest since 2026-03-10 01:00, which ingest should have taken'
ok $? "with its age"
at 13 mail
is "$(mails admin)" 4 "as long as it lies there"
rm "$dir/spool/n1/new/1.json"
mv "$dir/spool" "$dir/away"
at 14 mail
last | grep -q -- '- Spool: .*/spool: cannot be read'
ok $? "a spool that is gone is told"
mv "$dir/away" "$dir/spool"

# ---- users: root is slow on Friday 13, everybody on Saturday 14
awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,ncpus,input_bytes"
	split("root daemon bin", users, " ")
	job = 100
	for (u = 1; u <= 3; u++)
		for (i = 0; i < 42; i++) {
			gib = 1 + i % 5
			wall = (100 + 50 * gib) * (1 + 0.01 * ((i * 7 + u) % 9 - 4))
			start = 1772582400 + i * 7200
			if (i == 40) { wall *= u == 1 ? 6 : 1; start = 1773396000 }
			if (i == 41) { wall *= 5; start = 1773482400 }
			printf "%d,%d,%.1f,part%d,%s,align%d,8,%.0f\n", job++, start, wall, u, users[u], u,
				gib * 1073741824
		}
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
is "$status" 0 "three users' jobs"
at 15 check
run mail --dry-run -P -n -o user,verdicts
is "$out" "root|2
bin|1
daemon|1" "three users on a Sunday"
at 15 nightly
is "$status $(mails root)$(mails daemon)$(mails bin)" "0 000" "nightly mails none of them before MailUsers=yes"
last | grep -q 'MailUsers is not yes: 3 users would have had a mail'
ok $? "but the admin, how many it would have been"
conf MailDays=Mon-Fri
run mail --dry-run -P -n -o user,verdicts
is "$out" "" "none where Sunday is no mail day"
grep -q 'today is no mail day (MailDays, Holidays); the next is 2026-03-16' "$dir/err"
ok $? "and it says why"
conf MailUsers=yes MailDays=Mon-Fri NotifyMaxAge=1d Holidays=2026-03-16
at 15 mail
at 16 mail
is "$(mails root)$(mails daemon)$(mails bin)" 000 "on Sunday and a holiday nobody has mail"
has "0 new, " "nothing waits in the outbox"
at 17 mail
is "$(mails root)$(mails daemon)$(mails bin)" 111 "on Tuesday each has one, young as if no day had passed"
tr -d '\r' <"$(grep -l '^To: .*root@' "$dir"/box/*.eml)" | tr -s '\n ' '  ' | grep -q '2 x align1 took'
ok $? "about all that was found meanwhile"
at 18 mail
is "$(mails root)$(mails daemon)$(mails bin)" 111 "and no more"

# ---- exclusions
for key in Partitions=part1 Users=root Classes='align[1]'; do
	conf "NotifyExclude$key"
	at 15 replay -P -n --by user -S 2026-03-14 -o user
	is "$out" "bin
daemon" "NotifyExclude$key"
done
is "$("$sjob" -c "$dir/conf" list -a -n -P -S 2026-03-13 -v high -o user | sort -u | tr '\n' ' ')" "bin daemon root " \
	"what is excluded is listed as high all the same"
plan
