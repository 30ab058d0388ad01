#!/bin/sh
# mail: from verdicts to a real mailbox, each finding once, whatever the mail server does.
. "$(dirname "$0")/lib.sh"
smtpd=$(dirname "$0")/../smtp/smtpd.py
box=$dir/box
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
export SJOBOUTLIERS_NOW=2026-03-03T06:00:00
until_there() { # until_there COMMAND...: wait until it succeeds, 10 s at most
	for _ in $(seq 200); do
		"$@" && return 0
		sleep 0.05
	done
	return 1
}
conf() { # conf LINE...: the configuration, with these lines last
	cat >"$dir/conf" <<-END
		Database=$(db_at db)
		Spool=$dir/spool
		MailDomain=example.org
		AdminMail=admin@example.org
		MailTransport=smtp
		SmtpUrl=smtp://127.0.0.1:$port
		SmtpTls=none
	END
	[ $# = 0 ] || printf '%s\n' "$@" >>"$dir/conf"
}
mails() { # how many have arrived
	set -- "$box"/*.eml
	if [ -e "$1" ]; then echo $#; else echo 0; fi
}

/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || {
	echo "1..0 # SKIP python3-aiosmtpd is missing"
	exit 0
}
mkdir "$box"
"$smtpd" "$box" &
server=$!
until_there test -e "$box/port" || exit 1
read -r port <"$box/port"

# ---- what is refused
conf
refuses 1 'db' mail --dry-run
conf MailFrom=nobody
refuses 2 'MailFrom' mail
conf AdminMail='a@b, c@d'
refuses 2 'AdminMail' mail
conf "MailMap=$dir/none"
refuses 2 'MailMap' mail
refuses 2 'either' mail --dry-run --preview root
refuses 2 'either' mail --dry-run --templates
refuses 2 '--html goes with --preview' mail --html

# ---- forty-one normal jobs of each user, then one with other filter words
awk 'BEGIN {
	print "job,cluster,partition,user,class,start,wall_s,input_bytes,ncpus,attr.filter_words"
	job = 100
	split("root daemon gone", users, " ")
	for (u = 1; u <= 3; u++) {
		for (i = 0; i < 41; i++) {
			gib = 10 * (1 + i % 4)
			day = sprintf("2026-03-01T%02d:%02d:00", i / 2, i % 2 * 30)
			noise = 1 + 0.01 * (i * 7 % 11 - 5)
			printf "%d,hpc,bio,%s,wordfilter,%s,%.1f,%.0f,8,30\n", job++, users[u], day,
				gib * 120 * noise, gib * 2 ^ 30
		}
		printf "%d,hpc,bio,%s,wordfilter,2026-03-02T10:00:00,13100,%.0f,8,174\n", job++, users[u], 40 * 2 ^ 30
	}
}' >"$dir/jobs.csv"
conf
run import --csv "$dir/jobs.csv"
is "$status" 0 "jobs are imported"
run check
is "$status" 0 "and judged"

# ---- looking
run mail --dry-run -P
is "$out" "user|address|findings|subject|problem
daemon|daemon@example.org|1|wordfilter took 2.7 times as long as expected|
gone||1|wordfilter took 2.7 times as long as expected|'gone' has no passwd entry and is not in MailMap
root|root@example.org|1|wordfilter took 2.7 times as long as expected|" "--dry-run lists whom it would write to"
run mail --preview root
printf '%s\n' "$out" | grep -q 'What differs  filter_words was 174; in the 123 normal jobs it was 30'
ok $? "--preview shows the mail"
printf '%s\n' "$out" | awk 'length > 76 { exit 1 }'
ok $? "in lines that fit"
run mail --preview root --html
printf '%s\n' "$out" | grep -q '<td>filter_words was 174; in the 123 normal jobs it was 30</td>'
ok $? "--html the other part"
refuses 1 "nothing to tell 'adm'" mail --preview adm
is "$(mails)" 0 "nothing was sent"

# ---- a site's own texts
run mail --templates
printf '%s\n' "$out" >"$dir/own-templates"
conf "MailTemplates=$dir/own-templates"
run mail --preview root
built_in=$out
conf
run mail --preview root
is "$built_in" "$out" "what --templates prints changes nothing"
german=$(dirname "$0")/../../etc/mail-templates.de
cp "$german" "$dir/german"
conf "MailTemplates=$dir/german"
run mail --preview root
is "$(cat "$dir/err")" "" "a German file has no fault"
has 'Subject: wordfilter dauerte 2.7-mal so lang wie erwartet' "the subject is German"
has 'Unterschied  filter_words war 174; in den 123 normalen Jobs war es 30' "and so is what differs"
is "$(printf '%s\n' "$out" | grep -ciE ' (the|was|jobs? took|normal jobs|expected|you|your|answer|mailed) ')" 0 \
	"nothing is left in English"
run mail --preview root --html
has '<html lang="de">' "HTML says which language it is"
sed 's/^\[headline\]$/[headline]\n{{nmae}}/' "$german" >"$dir/german"
run mail --preview root
has 'Subject: wordfilter took 2.7 times as long as expected' "a broken text leaves the built-in one"
has 'Unterschied  filter_words war 174' "and the others as they are"
is "$(cat "$dir/err")" "sjoboutliers: $dir/german:$(($(sed -n '/^\[headline\]$/=' "$dir/german") + 1)): headline: {{nmae}}: no such name here; did you mean name?; the built-in text is used" \
	"and is told once, by file, line and name"
run doctor
has "FAIL mail      MailTemplates: $dir/german:$(($(sed -n '/^\[headline\]$/=' "$dir/german") + 1)): headline: {{nmae}}: no such name here" "doctor tells it, too"
conf

# ---- MailUsers=no: the admin alone
run mail
is "$status" 0 "mail without MailUsers"
is "$(mails)" 1 "sends one mail"
grep -q '^To: admin@example.org' "$box/1.eml" &&
	grep -q 'MailUsers is not yes: 2 users would have had a mail' "$box/1.eml" &&
	tr -d '\r' <"$box/1.eml" | tr '\n' ' ' | grep -q "'gone' has no passwd entry"
ok $? "which tells the admin who would have had one, and who has no address"
run mail
is "$(mails)" 1 "once a night"

# ---- MailUsers=yes, and a server that hangs at the end of the first mail
conf MailUsers=yes
echo 'end * hang' >"$box/faults"
: >"$box/log"
"$sjob" -c "$dir/conf" mail >/dev/null 2>&1 &
hanging=$!
until_there grep -q '^end' "$box/log"
ok $? "the server has a mail and does not answer"
refuses 4 'another run' mail
kill -9 "$hanging"
wait "$hanging" 2>/dev/null
echo 'rcpt daemon@example.org 450 4.2.0 try again' >"$box/faults"
refuses 1 '450 4.2.0 try again' mail
is "$(mails)" 2 "killed in the middle, the mail is sent by the next run"
grep -q '^To: root <root@example.org>' "$box/2.eml"
ok $? "to its owner"
rm "$box/faults"
run mail
is "$(mails)" 2 "a deferred one is not tried at once"
SJOBOUTLIERS_NOW=2026-03-03T07:00:00
sed -i 's/^SmtpTls=none/SmtpTls=required/' "$dir/conf"
refuses 1 "smtp://127.0.0.1:$port offers no TLS, which SmtpTls=required asks for" mail
conf MailUsers=yes
SJOBOUTLIERS_NOW=2026-03-03T12:00:00
run mail
is "$(mails)" 3 "but hours later"
run mail
is "$(mails) $status" "3 0" "and nothing twice"
SJOBOUTLIERS_NOW=2026-03-04T06:00:00
run mail
is "$(mails)" 4 "the next night has nothing new for users"
grep -q '^To: admin@example.org' "$box/4.eml"
ok $? "and who has no address is still told to the admin"
run mail --dry-run -P -n
is "$out" "gone||1|wordfilter took 2.7 times as long as expected|'gone' has no passwd entry and is not in MailMap" \
	"what was told is not told again"

# ---- a map, and a sendmail program
cat >"$dir/sendmail" <<-END
	#!/bin/sh
	cat >"$dir/mail.\$4"
END
chmod +x "$dir/sendmail"
echo "gone: someone@example.net" >"$dir/map"
conf MailUsers=yes "MailMap=$dir/map"
sed -i "s|^MailTransport=.*|MailTransport=sendmail|; s|^SmtpTls.*|SendmailPath=$dir/sendmail|" "$dir/conf"
run mail
is "$status" 0 "mail through sendmail"
grep -q '^List-Unsubscribe: <mailto:admin@example.org' "$dir/mail.someone@example.net" &&
	grep -q '^Auto-Submitted: auto-generated' "$dir/mail.someone@example.net"
ok $? "reaches who is in the map"
grep -q 'image/png' "$dir/mail.someone@example.net"
ok $? "with a picture"

plan
