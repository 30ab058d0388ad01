#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# receive: what it answers, that what it acknowledged is there whatever ends it, and that nobody
# keeps others from being served.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/otel/lib.sh
. "$(dirname "$0")/../otel/lib.sh"
send=$(dirname "$0")/../otel/send
corpus=$(dirname "$0")/../fuzz/corpus
json=application/json
protobuf=application/x-protobuf

if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
	echo "1..0 # SKIP needs root, to be another user"
	exit 0
fi

# ---- refusals
refuses 2 'OtlpSpool is not set' receive
refuses 2 "expected an address and a port in numbers, such as 127.0.0.1:4318 or [::1]:4318, found 'localhost:4318'" \
	receive --listen localhost:4318
refuses 2 'expected an address' receive --listen 4318
refuses 2 'expected an address' receive --listen ::1:
receiver_folder
cp "$send" "$dir/send"
cp "$corpus/otel_json/request" "$dir/request.json"
chmod 644 "$dir/request.json"
refuses 1 'root has no need to listen' receive
# Until ingest may have all that was acknowledged.
handed_over() {
	until [ -z "$(ls "$dir"/otlp/*/tmp)" ]; do :; done
}
as_daemon() { # as_daemon STATUS TEXT OPTION...: it does not start, and says TEXT
	want=$1 text=$2
	shift 2
	timeout 20 setpriv --reuid=daemon --clear-groups "$dir/sjob" -c "$dir/conf" receive "$@" 2>"$dir/err"
	is $? "$want" "it does not start: $want"
	grep -qF -e "$text" "$dir/err"
	ok $? "it says: $text"
}
cp "$dir/conf" "$dir/conf.kept"
echo "secret" >"$dir/token"
echo "OtlpTokenFile=$dir/token" >>"$dir/conf"
chmod 644 "$dir/token"
as_daemon 1 'others may read it (mode 644), expected 640'
chown daemon "$dir/token"
chmod 600 "$dir/token"
printf 'two words\n' >"$dir/token"
as_daemon 1 'expected a token of visible characters'

head -c 5000 /dev/zero | tr '\0' x >"$dir/token"
as_daemon 1 'expected at most 4096 bytes'
: >"$dir/token"
as_daemon 1 'expected a line of 1 to 4096 bytes'

# ---- with a token
echo "s3cret" >"$dir/token"
chmod 640 "$dir/token"
receiver_start
answers() { # answers STATUS TEXT WHAT ARGUMENT...: of send one; TEXT is in the answer
	want=$1 text=$2 what=$3
	shift 3
	out=$("$send" one "$port" "$@" 2>&1)
	is "${out%% *}" "$want" "$what: $want"
	case $out in
	*"$text"*) ok 0 "and says: $text" ;;
	*) ok 1 "and says: $text and not: $out" ;;
	esac
}
by() { # by USER COMMAND...: as another user of this host
	user=$1
	shift
	setpriv --reuid="$user" --clear-groups "$@"
}
answers 401 Bearer 'no token' $json "$corpus/otel_json/request"
answers 401 Bearer 'another token' $json "$corpus/otel_json/request" 'Authorization: Bearer s3creT'
answers 401 Bearer 'the begin of it' $json "$corpus/otel_json/request" 'Authorization: Bearer s3cre'
answers 200 rejectedSpans 'the token' $json "$corpus/otel_json/request" 'Authorization: bearer s3cret'
receiver_stop
is $? 0 "it ends when it is asked to"
grep -q ' 1 spans stored, ' "$dir/receiver.log"
ok $? "and says what it did"
mv "$dir/conf.kept" "$dir/conf"
rm -rf "$dir"/otlp/*

# ---- its folder as systemd makes it for DynamicUser=: a link, into a folder that is root's
mkdir "$dir/private"
mv "$dir/otlp" "$dir/private/otlp"
ln -s private/otlp "$dir/otlp"
receiver_start
answers 200 rejectedSpans 'a folder that is a link' $json "$corpus/otel_json/request"
receiver_stop
rm "$dir/otlp"
mv "$dir/private/otlp" "$dir/otlp"
rm -rf "$dir"/otlp/*

# ---- answers
receiver_start
as_daemon 4 'another receiver has it' --listen 127.0.0.1:1025
answers 404 /v1/traces 'metrics' $json "$corpus/otel_json/request" 'Path: /v1/metrics'
answers 405 POST 'a look' $json /dev/null 'Method: GET'
answers 415 application/x-protobuf 'text' text/plain "$corpus/otel_json/request"
answers 415 gzip 'another packing' $json "$corpus/otel_json/request" 'Content-Encoding: br'
answers 400 'byte' 'nonsense' $json "$corpus/otel_json/cut"
answers 400 'ExportTraceServiceRequest' 'protobuf that is cut short' $protobuf "$corpus/otel_protobuf/cut"
answers 400 'no gzip' 'what is not packed' $json "$corpus/otel_json/request" 'Content-Encoding: gzip'
head -c 200 "$corpus/otel_json/request" | gzip | head -c 100 >"$dir/cut.gz"
answers 400 'cut short' 'gzip that is cut short' $json "$dir/cut.gz" 'Content-Encoding: gzip'
answers 400 'byte' 'a deep text' $json "$corpus/otel_json/deep"
head -c 17000000 /dev/zero >"$dir/large"
answers 413 'too long' 'a long body' $json "$dir/large"
# Of 1 GB and 16 MB: a text of nothing but nesting, and one of nothing but values.
head -c 1000000000 /dev/zero | tr '\0' '[' | gzip -1 >"$dir/deep.gz"
answers 413 'unpacked' 'a bomb' $json "$dir/deep.gz" 'Content-Encoding: gzip'
awk 'BEGIN { for (i = 0; i < 5500000; i++) printf "{}," }' | gzip >"$dir/wide.gz"
answers 413 'values' 'a text of millions of values' $json "$dir/wide.gz" 'Content-Encoding: gzip'
awk 'BEGIN { for (i = 0; i < 8000000; i++) printf "\n%c", 0 }' | gzip >"$dir/parts.gz"
answers 400 'far more parts' 'a message of millions of parts' $protobuf "$dir/parts.gz" 'Content-Encoding: gzip'
# A resource of 256 kB, which each line in the spool begins with, and small spans.
awk 'BEGIN {
	text = sprintf("%1020s", "")
	printf "{\"resourceSpans\":[{\"resource\":{\"attributes\":["
	for (i = 0; i < 128; i++)
		printf "%s{\"key\":\"%d%s\",\"value\":{\"stringValue\":\"%s\"}}", (i > 0) ? "," : "", i, text, text
	printf "]},\"scopeSpans\":[{\"spans\":["
	for (i = 1; i <= 500; i++)
		printf "%s{\"traceId\":\"%032x\",\"spanId\":\"%016x\",\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"2\"}", (i > 1) ? "," : "", i, i
	print "]}]}]}"
}' >"$dir/resource.json"
answers 413 'too long in the spool' 'a resource of which each line becomes long' $json "$dir/resource.json"
is "$(ls "$dir"/otlp/*/new)" '' "nothing of that is stored"
answers 200 '"rejectedSpans":2,"errorMessage":"traceId' 'a good span among bad ones' $json "$corpus/otel_json/request"
gzip -c "$corpus/otel_json/request" >"$dir/request.gz"
answers 200 '"rejectedSpans":2' 'packed' "$json; charset=utf-8" "$dir/request.gz" 'Content-Encoding: gzip'
answers 200 'spanId' 'protobuf' $protobuf "$corpus/otel_protobuf/request"
answers 200 '{}' 'an empty request' $json "$corpus/otel_json/empty"
handed_over
is "$(cat "$dir"/otlp/*/new/* | wc -l)" 3 "a line for each that had a span"
is "$(cut -c 1-36 "$dir"/otlp/*/new/* | sort -u)" '{"joboutliers.sender":"uid:0","resou' "with who sent it"
is "$(stat -c '%a %U' "$dir"/otlp/*/new/* | sort -u)" '640 daemon' "which others cannot read"
run ingest
has '3 spans: 2 new, 0 changed, 1 known' "ingest takes them, each once"

# ---- a peak of memory that is bounded, and others who are served
limit_kb=400000
# What watches memory takes some of its own.
! grep -q __asan_init "$sjob" || limit_kb=$((3 * limit_kb))
peak_kb() { awk '/^VmHWM/ { print $2 }' "/proc/$receiver/status"; }
[ "$(peak_kb)" -lt $limit_kb ]
ok $? "it never took $limit_kb kB: $(peak_kb)"
mkfifo "$dir/hold"
chmod 644 "$dir/hold"
by nobody "$dir/send" hold "$port" 10000 <"$dir/hold" >"$dir/held" &
exec 3>"$dir/hold"
while ! grep -q held "$dir/held" && kill -0 $! 2>/dev/null; do :; done
answers 200 '{}' 'beside 10,000 of another user that hang' $json "$corpus/otel_json/empty"
[ "$(peak_kb)" -lt $limit_kb ]
ok $? "with them as well: $(peak_kb)"
exec 3>&-
answers 200 '{}' 'and when they are gone' $json "$corpus/otel_json/empty"
# Bodies of 16 MB but for a byte, which are held: of 256 MB there is room for 16 of all and 8 of one
# user.  They are nonsense in the end; who is refused at once may be gone before the answer.
by nobody "$dir/send" halves "$port" 24 16000000 >"$dir/halves"
[ "$(grep -c ' 400 ' "$dir/halves")" -le 8 ]
ok $? "one user cannot have all that is held of bodies: $(sort "$dir/halves" | uniq -c | xargs)"
head -c 12000000 /dev/zero | tr '\0' ' ' >"$dir/spaces"
{ cat "$dir/spaces"; cat "$corpus/otel_json/empty"; } >"$dir/long"
answers 200 '{}' 'others can' $json "$dir/long"
receiver_stop

# ---- a spool that is full
echo 'OtlpSpoolMax=1' >>"$dir/conf"
receiver_start
is "$("$send" late "$port" 3 | xargs)" '200 429 429' "who began before it was full adds nothing to it"
handed_over
rm "$dir"/otlp/*/new/* "$dir"/otlp/*/dropped
receiver_stop
receiver_start
answers 200 'rejectedSpans' 'the first' $json "$corpus/otel_json/request"
answers 429 'the spool is full' 'when there is no room' $json "$corpus/otel_json/request"
is "$(echo "$out" | cut -d ' ' -f 2)" 30 "and when to come again"
handed_over
is "$(cat "$dir"/otlp/*/new/* | wc -l)" 1 "nothing more is stored"
is "$(tr -d '0\n' <"$(echo "$dir"/otlp/*/dropped)")" 1 "and that is counted"
run doctor spans
has ': 1 requests were told to come again' "doctor says so"
has ': 1 file waits for the next ingest' "and what waits"
receiver_stop
sed -i '/OtlpSpoolMax/d' "$dir/conf"

# ---- one user who sends without end, and others who lose nothing by it
echo 'OtlpSpoolMax=200k' >>"$dir/conf"
rm -rf "$dir"/otlp/*
receiver_start
by nobody "$dir/send" greedy "$port" >"$dir/greedy"
is "$(cut -d ' ' -f 2 "$dir/greedy")" 429 "who sends without end is told to come again"
[ "$(cut -d ' ' -f 1 "$dir/greedy")" -gt 200 ]
ok $? "when half of the spool is full: $(cut -d ' ' -f 1 "$dir/greedy") requests"
by nobody "$dir/send" one "$port" $json "$dir/request.json" >"$dir/out"
grep -q '429 30 .*the rest of the spool is for others' "$dir/out"
ok $? "and why"
answers 200 rejectedSpans 'another user' $json "$corpus/otel_json/request"
out=$(by bin "$dir/send" greedy "$port")
[ "${out% *}" -gt 100 ]
ok $? "a third has a third of it: ${out% *} requests"
answers 200 rejectedSpans 'and the other goes on' $json "$corpus/otel_json/request"
receiver_stop
grep -q 'uid:[0-9]* sends more than its share, and is turned away' "$dir/receiver.log"
ok $? "the admin is told who it is"
run ingest
is "$status" 0 "ingest makes room"
receiver_start
by nobody "$dir/send" one "$port" $json "$dir/request.json" >"$dir/out"
grep -q '^200' "$dir/out"
ok $? "for all"
receiver_stop
sed -i '/OtlpSpoolMax/d' "$dir/conf"

# ---- runs outside of Slurm without end
echo 'OtlpRunsMax=3' >>"$dir/conf"
receiver_start
awk 'BEGIN {
	printf "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
	for (i = 1; i <= 5; i++)
		printf "%s{\"traceId\":\"%032x\",\"spanId\":\"%016x\",\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"2\"},{\"traceId\":\"%032x\",\"spanId\":\"%016x\",\"parentSpanId\":\"%016x\",\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"2\"}", (i > 1) ? "," : "", i, i, i, 100 + i, i
	print "]}]}]}"
}' >"$dir/runs.json"
by nobody "$dir/send" one "$port" $json "$dir/runs.json" >"$dir/out"
grep -q '^200 .*"rejectedSpans":2,"errorMessage":"this sender has sent as many spans without a parent today' "$dir/out"
ok $? "who tells of more runs than one may in a day is told so"
answers 200 '"rejectedSpans":2' 'another user has a number of runs' $json "$dir/runs.json"
receiver_stop
is "$(grep -o '"traceId"' "$dir"/otlp/*/new/* | wc -l)" 17 "what is below others is taken"
rm "$dir"/otlp/*/new/*
sed -i '/OtlpRunsMax/d' "$dir/conf"

# ---- whose such a run is
cp "$dir/conf" "$dir/conf.kept"
echo 'OtlpOwner=sender' >>"$dir/conf"
receiver_start
claim='{"resourceSpans":[{"resource":{"attributes":[{"key":"user.name","value":{"stringValue":"root"}}]},"scopeSpans":[{"spans":[{"traceId":"%032x","spanId":"%016x","name":"claim","startTimeUnixNano":"1772366400000000000","endTimeUnixNano":"1772366401000000000","attributes":[{"key":"sender","value":{"stringValue":"root"}},{"key":"input_size","value":{"intValue":"5"}}]}]}],"joboutliers.sender":"uid:0"}],"joboutliers.sender":"uid:0"}'
# shellcheck disable=SC2059
printf "$claim" 77 77 >"$dir/claim.json"
out=$(by bin "$dir/send" one "$port" $json "$dir/claim.json")
is "${out%% *}" 200 "a run of somebody who claims to be root"
receiver_stop
run ingest
run list -a -P -n -S 2026-03-01 -o user,class
has "bin|claim" "is of the user whose process sent it"
mv "$dir/conf.kept" "$dir/conf"

# ---- what a receiver that was killed did not hand over
tmp=$(echo "$dir"/otlp/*/tmp)
{ cat "$corpus/otel_json/request" && echo; } >"$dir/one_line"
cat "$dir/one_line" >"$tmp/1772366400000000.0-1.jsonl"
printf '{"resourceSpans":[{"sco' >>"$tmp/1772366400000000.0-1.jsonl"
printf '{"cut' >"$tmp/1772366400000001.0-1.jsonl"
ln -s /etc/passwd "$tmp/1772366400000002.0-1.jsonl"
chown -h daemon "$tmp"/*
receiver_start
receiver_stop
is "$(ls "$tmp")" '' "nothing stays where it was"
is "$(ls "$dir"/otlp/*/new)" 1772366400000000.0-1.jsonl "what has whole lines is handed over"
cmp -s "$dir/otlp/"*/new/* "$dir/one_line"
ok $? "without the line that was cut"
rm "$dir"/otlp/*/new/*

# ---- what was acknowledged is there
: >"$dir/acknowledged"
receiver_start
"$send" flood "$port" 4000 16 "$dir/acknowledged" 1 &
flood=$!
for kill in 1 2 3 4 5 6; do
	until [ "$(wc -l <"$dir/acknowledged")" -ge $((kill * 500)) ]; do :; done
	receiver_stop -KILL
	setpriv --reuid=daemon --clear-groups "$dir/sjob" -c "$dir/conf" receive --listen "127.0.0.1:$port" 2>"$dir/receiver.log" &
	receiver=$!
	run ingest
	is "$status" 0 "killed the ${kill}th time, ingest goes on"
done
wait $flood
receiver_stop
run ingest
sql "SELECT span_id FROM span WHERE name = 'flood'" | sort >"$dir/stored"
is "$(sort "$dir/acknowledged" | comm -23 - "$dir/stored" | wc -l)" 0 "no span that was acknowledged is lost"
is "$(wc -l <"$dir/acknowledged") $(wc -l <"$dir/stored")" '4000 4000' "and each is once in the database"
is "$(cd "$dir/otlp" && find . -name bad -o -path '*/tmp/*' | wc -l)" 0 "nothing is left half written"
plan
