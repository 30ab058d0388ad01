#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A program that traces itself with OpenTelemetry's SDK, under Slurm, with nothing declared and nothing
# but an endpoint set: its spans hang below its steps, its own attributes make the slow run's
# difference, and another user can hang nothing there.
here=$(cd "$(dirname "$0")" && pwd)
otel=$here/../otel
if [ -z "${JO_DIR-}" ]; then
	. "$here/need.sh"
	need slurmctld slurmd munged node npm
	OTEL_SDK=$("$otel/sdk") || { echo "1..0 # SKIP npm cannot get the SDK"; exit 0; }
	export OTEL_SDK
	exec "$here/cluster" -s -n 1 -- "$here/spans.t"
fi

suite=$here/suite
# shellcheck source=tests/slurm/suite/lib.sh
. "$suite/lib.sh"
here=$suite
install -d -m 1777 "$JO_DIR/otel"
cd "$JO_DIR/otel" || exit
cp -r "$OTEL_SDK" "$otel/word_filter.js" "$otel/send" .
NODE_PATH=$PWD/node_modules OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
export NODE_PATH OTEL_EXPORTER_OTLP_ENDPOINT

install -d -o daemon -m 750 received
cat >sendmail <<END
#!/bin/sh
exec cat >>"$PWD/mails"
END
chmod 755 sendmail
cat >conf <<END
Database=$PWD/db
Spool=$JO_SPOOL
OtlpSpool=$PWD/received
MailUsers=yes
MailFrom=joboutliers@example.org
MailDomain=example.org
SendmailPath=$PWD/sendmail
NotifyMinTime=0
NotifyMinCoreHours=0
NotifyAlpha=0.5
END
chmod 644 conf
setpriv --reuid=daemon --clear-groups sjoboutliers -c "$PWD/conf" receive 2>receiver.log &
receiver=$!
answers() { ./send one 4318 - /dev/null 'Method: GET' >answer 2>&1; }
until_true answers

# Forty runs by alice, the last of them with 174 filter words: beside 39 others one may be odd, such as
# the first, which reads the program from the disk.
for size in 1 2 3; do
	seq $((size * 40000)) | sed 's/^/word/' >text-$size
done
for count in 6 174; do
	seq $count | sed 's/^/filter/' >filter-$count
done
i=0
while [ $((i += 1)) -le 40 ]; do
	count=6
	[ $i != 40 ] || count=174
	as-user alice srun -Q --mem=512M -o /dev/null -J story node word_filter.js filter-$count text-$((1 + i / 3 % 3)) || break
done
is "forty runs" $i 41

# What bob sees of a step of alice's, and what he sends of it.
mkfifo hold
chmod 666 hold
as-user alice srun -Q -J victim sh -c 'echo $$ >victim.pid; cat hold' &
until_true test -s victim.pid
ok "another user cannot read a step's environment" \
	sh -c '! as-user bob cat "/proc/$(cat victim.pid)/environ" >/dev/null 2>&1'
job=$(squeue -h -n victim -o %i)
cat >claim.json <<END
{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"$(printf %032x "$job")","spanId":"00000000000000aa",
"parentSpanId":"$(printf %016x "$job")","name":"claimed","startTimeUnixNano":"$(date +%s)000000000",
"endTimeUnixNano":"$(date +%s)000000001","attributes":[{"key":"input_size","value":{"intValue":"1"}},
{"key":"slurm.job.id","value":{"stringValue":"$job"}},{"key":"slurm.step.id","value":{"stringValue":"0"}},
{"key":"user.name","value":{"stringValue":"alice"}}]}]}]}]}
END
is "anybody may send" "$(as-user bob ./send one 4318 application/json claim.json | cut -c 1-3)" 200
echo >hold
wait %2
record kind=end job_name=victim step_id=0
kill $receiver
wait $receiver

tool() { sjoboutliers -c conf "$@"; }
tool ingest >ingest.out
like "what was received is taken" "$(cat ingest.out)" '*161 spans: 161 new*'
victim=$(tool list -a -P -n -S now-1day -o job,input_bytes,attrs | grep "^$job\\.")
is "a claim joins nothing" "$victim" "$job.0||"
is "and is nobody's detail" "$(tool show "$job" | grep -c claimed)" 0
tool check >check.out
slow=$(tool list -a -v high -P -n -S now-1day -o job,user,input_bytes,attrs | grep 174)
like "the slow run is found, by what its program said" "$slow" \
	"*.0|alice|*[0-9]|filter_words_count=174,max_rss=*"
tool show "${slow%%.*}" >story
ok "what differs is the number of its filter words" grep -q 'filter_words_count was 174; in the' story
ok "the span that took the time is named" \
	grep -q 'span *remove_filter_words took .* of its .*; in normal jobs .* of ' story
ok "its spans are below the step" grep -q 'spans *main  *[0-9.]* [a-z]* (its peers .*), filter_words_count=174' story
ok "in a tree" grep -q '    remove_filter_words  *[0-9.]* [a-z]* (its peers ' story
ok "its size is its program's" grep -q 'input .*by the program' story
tool mail >mail.out
perl -pe 's/=\n//; s/\n/ /' mails | tr -s ' ' >mail
ok "its owner is mailed" grep -q 'To: .*alice@example.org' mails
ok "what differs" grep -q 'filter_words_count was 174' mail
ok "and what took the time" grep -q 'remove_filter_words took' mail
cp story mails "$JO_DIR/" 2>/dev/null
done_testing
