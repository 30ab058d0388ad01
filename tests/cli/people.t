#!/bin/sh
# mail: whatever the passwd database says of people, or does not, their mail is whole and theirs.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
export SJOBOUTLIERS_NOW=2026-03-03T06:00:00

if [ "$(id -u)" != 0 ] || ! unshare --mount true 2>/dev/null; then
	echo "1..0 # SKIP needs root, to be another passwd database"
	exit 0
fi

cat /etc/passwd >"$dir/passwd"
while read -r name gecos; do # for printf(1)
	uid=$((${uid-60000} + 1))
	printf "%s:x:$uid:$uid:$gecos:/:/bin/sh\n" "$name" >>"$dir/passwd"
done <<'END'
empty
commas ,,,
latin J\344rg M\374ller,Room 5
alphabet Zo\303\253 \345\261\261\347\224\260,Room 5
markup <script>alert(1)</script> "x" <evil@example.net>
control \033[31mred\rBcc\072 evil@example.net
hidden \342\200\256desrever
END
printf "long:x:60100:60100:%s:/:/bin/sh\n" "$(printf '\303\244%.0s' $(seq 2000))" >>"$dir/passwd"
printf "longer:x:60101:60101:%s:/:/bin/sh\n" "$(printf 'x%.0s' $(seq 20000))" >>"$dir/passwd"

# Their jobs: forty normal ones, and one that is not.
awk 'BEGIN {
	print "job,cluster,partition,user,class,start,wall_s,input_bytes,ncpus"
	job = 100
	n = split("empty commas latin alphabet markup control hidden long longer gone", users, " ")
	for (u = 1; u <= n; u++) {
		for (i = 0; i < 41; i++)
			printf "%d,hpc,bio,%s,align,2026-03-01T%02d:%02d:00,%.1f,%.0f,8\n", job++, users[u],
				i / 2, i % 2 * 30, 1200 * (1 + 0.01 * (i * 7 % 11 - 5)), 2 ^ 30
		printf "%d,hpc,bio,%s,align,2026-03-02T10:00:00,13100,%.0f,8\n", job++, users[u], 2 ^ 30
	}
}' >"$dir/jobs.csv"
cat >"$dir/sendmail" <<END
#!/bin/sh
for recipient; do :; done
cat >"$dir/\$recipient.eml"
END
chmod 755 "$dir/sendmail"
cat >>"$dir/conf" <<END
MailUsers=yes
MailDomain=example.org
AdminMail=admin@example.org
MailTransport=sendmail
SendmailPath=$dir/sendmail
END
run import --csv "$dir/jobs.csv"
is "$status" 0 "their jobs are there"
run check

# ---- a name service that gives no answer
cat >"$dir/silent.c" <<'END'
#include <errno.h>
#include <pwd.h>
int getpwnam_r(const char *name, struct passwd *entry, char *room, size_t size, struct passwd **found)
{
	(void)name, (void)entry, (void)room, (void)size;
	*found = 0;
	return EIO;
}
END
if cc -shared -fPIC -o "$dir/silent.so" "$dir/silent.c" 2>/dev/null; then
	copy_db db kept.db
	ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$dir/silent.so "$sjob" -c "$dir/conf" mail >"$dir/out" 2>"$dir/err"
	is "$?" 1 "without an answer, mail has an exit status"
	grep -qF "10 users could not be looked up, and are written to in a later run; look up user" "$dir/err"
	ok $? "which is said: $(cat "$dir/err")"
	is "$(cd "$dir" && ls ./*.eml)" "./admin@example.org.eml" "nobody gets a mail that may be another's"
	grep -qF "no passwd entry" "$dir/admin@example.org.eml"
	is $? 1 "nor is anybody said to be gone"
	rm "$dir"/*.eml
	copy_db kept.db db
fi

# shellcheck disable=SC2016 # for the inner shell
unshare --mount sh -c 'mount --bind "$0" /etc/passwd && exec "$@"' "$dir/passwd" \
	"$sjob" -c "$dir/conf" mail >"$dir/out" 2>"$dir/err"
is "$?" 0 "all mails go out: $(cat "$dir/out" "$dir/err")"
is "$(cd "$dir" && ls ./*.eml | tr '\n' ' ')" \
	"./admin@example.org.eml ./alphabet@example.org.eml ./commas@example.org.eml ./control@example.org.eml ./empty@example.org.eml ./hidden@example.org.eml ./latin@example.org.eml ./long@example.org.eml ./markup@example.org.eml " \
	"to each at their own address, and to nobody else"

cat >"$dir/look.py" <<'END'
import email, email.policy, sys
message = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
to = message["To"].addresses
text = message.get_body(("plain",)).get_content()
html = message.get_body(("html",)).get_content()
print(len(to), to[0].addr_spec, ascii(to[0].display_name)[1:-1] + "|" +
	ascii(text.split("\n")[0])[1:-1])
assert not message.defects and message["Bcc"] is None and len(message.get_all("To")) == 1
assert "<script" not in html and "\x1b" not in text + html and "\r" not in text + html
END
while IFS='|' read -r user want; do
	is "$(python3 "$dir/look.py" "$dir/$user@example.org.eml" 2>&1)" "1 $user@example.org $want" "$user"
done <<'END'
END
while IFS='|' read -r user name greeting; do
	is "$(/usr/bin/python3 "$dir/look.py" "$dir/$user@example.org.eml" 2>&1)" \
		"1 $user@example.org $name|$greeting" "$user: a whole mail, with the name as text"
done <<'END'
empty||Hello empty,
commas||Hello commas,
latin|J?rg M?ller|Hello J?rg M?ller,
alphabet|Zo\xeb \u5c71\u7530|Hello Zo\xeb \u5c71\u7530,
markup|<script>alert(1)</script> "x" <evil@example.net>|Hello <script>alert(1)</script> "x" <evil@example.net>,
control|?[31mred?Bcc|Hello ?[31mred?Bcc,
hidden|???desrever|Hello ???desrever,
END
is "$(/usr/bin/python3 "$dir/look.py" "$dir/long@example.org.eml" | grep -c '\\xe4\\xe4|')" 1 \
	"a long name is cut between two characters"
has_line() { grep -qF -e "$1" "$dir/admin@example.org.eml"; }
for user in gone longer; do
	has_line "'$user' has no passwd entry"
	ok $? "the admin is told of $user"
done
plan
