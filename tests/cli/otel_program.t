#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A program that traces itself with OpenTelemetry's own SDK, as it was before anybody judged it, and
# runs outside of Slurm: its slow run is found, mailed, and told by what it had more of.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/otel/lib.sh
. "$(dirname "$0")/../otel/lib.sh"
otel=$(dirname "$0")/../otel
send=$otel/send
unset SJOBOUTLIERS_NOW

[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP needs root, to be another user"; exit 0; }
command -v node >/dev/null || { echo "1..0 # SKIP there is no node"; exit 0; }
NODE_PATH=$("$otel/sdk" 2>/dev/null) || { echo "1..0 # SKIP npm cannot get the SDK"; exit 0; }
export NODE_PATH

cat >"$dir/sendmail" <<END
#!/bin/sh
exec cat >>"$dir/mails"
END
chmod 755 "$dir/sendmail"
cat >>"$dir/conf" <<END
OtlpOwner=user.name
MailUsers=yes
MailFrom=joboutliers@example.org
MailDomain=example.org
SendmailPath=$dir/sendmail
NotifyMinTime=0
NotifyMinCoreHours=0
NotifyAlpha=0.5
END
receiver_folder
receiver_start
export OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$port"

# Forty runs over texts of three sizes, with 6 filter words, and one of them with 174; before
# whatever else the machine does, which would be in their times.
for size in 1 2 3; do
	seq $((size * 40000)) | sed 's/^/word/' >"$dir/text-$size"
done
for count in 6 174; do
	seq $count | sed 's/^/filter/' >"$dir/filter-$count"
done
i=0
while [ $((i += 1)) -le 40 ]; do
	count=6
	[ $i != 38 ] || count=174
	USER=daemon nice -n -20 node "$otel/word_filter.js" "$dir/filter-$count" "$dir/text-$((1 + i / 3 % 3))" >"$dir/left" || break
done
is $i 41 "forty runs"
receiver_stop
run ingest
has '160 spans: 160 new' "all they told was received"
run check
is "$status" 0 "they are judged"
run list -a -v high -P -n -o user,partition,class,attrs
slow=$(printf '%s\n' "$out" | grep 'filter_words_count=174')
is "${slow%%,*}" 'daemon|word-filter|word-filter/main|filter_words_count=174' "the slow one is found"
run list -a -v high -P -n -o job,attrs
job=$(printf '%s\n' "$out" | sed -n 's/|filter_words_count=174.*//p')
run show "$job"
has 'filter_words_count was 174; in the' "what differs is the number of its filter words"
printf '%s\n' "$out" | grep -q 'span *remove_filter_words took .* of its .*; in normal jobs .* of '
ok $? "and the span is named that took the time"
printf '%s\n' "$out" | grep -q 'spans *load  *[0-9.]* [a-z]* (its peers '
ok $? "what it told of its time is shown"
printf '%s\n' "$out" | grep -q '  remove_filter_words  *[0-9.]* [a-z]* (its peers '
ok $? "beside its peers"
"$sjob" -c "$dir/conf" show --json "$job" | python3 -c '
import json, sys
step = json.load(sys.stdin)["steps"][0]
print(step["span"]["name"], [(span["depth"], span["name"]) for span in step["spans"]])' >"$dir/json"
is "$(cat "$dir/json")" "remove_filter_words [(0, 'load'), (0, 'remove_filter_words'), (0, 'output')]" \
	"for programs as well"
run report --html "$dir/page.html"
is "$status" 0 "the page is written"
grep -q '[iI]ts span remove_filter_words took .* of its .*; in normal jobs .* of ' "$dir/page.html"
ok $? "and names the span"
run mail
is "$status" 0 "mails are sent"
perl -pe 's/=\n//; s/\n/ /' "$dir/mails" | tr -s ' ' >"$dir/mail"
grep -q 'To: .*daemon@example.org' "$dir/mails"
ok $? "to whom the program ran for"
grep -q 'filter_words_count was 174' "$dir/mail"
ok $? "says what differs"
grep -q 'remove_filter_words took' "$dir/mail"
ok $? "and what took the time"
plan
