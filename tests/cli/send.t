#!/bin/sh
# send and export --otlp: judged steps as spans, each once, whatever the receiver does.
. "$(dirname "$0")/lib.sh"
now=1772431200 # as lib.sh has it
for variable in $(env | sed -n 's/^\(OTEL_[A-Z_]*\)=.*/\1/p'); do
	unset "$variable"
done
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$dir"' EXIT

hostile='evil", "k": "v\ <b> ü'
HOSTILE=$hostile awk -v now=$now 'BEGIN {
	hostile = ENVIRON["HOSTILE"]
	gsub(/"/, "\"\"", hostile)
	print "job,step,start,wall_s,cluster,partition,user,class,input_bytes,ncpus,max_rss_bytes,job_name,state,attr.words,attr.slurm.job.user,attr.ratio,attr.note"
	for (i = 0; i < 60; i++)
		printf "%d,0,%d,%.3f,c1,main,ann,align,%.0f,8,9007199254740993,plain,COMPLETED,10,root,0.5,x\n", i + 1,
			now - 400000 + i * 3600, 100 * (1 + i % 4) * (1 + 0.01 * (i * 7 % 11 - 5)), (1 + i % 4) * 2^30
	printf "501,0,%d,9000.000001,c1,main,ann,align,%.0f,8,1,\"%s\",FAILED,174,root,0.5,x\n", now - 40000, 2^31, hostile
}' >"$dir/history.csv"

# A receiver that answers as the file "answers" says, a line each, the last one for ever, and keeps
# what it was sent.
cat >"$dir/receiver.py" <<'END'
import gzip, http.server, json, os, sys
folder = sys.argv[1]
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        lines = open(folder + "/answers").read().splitlines()
        if len(lines) > 1:
            open(folder + "/answers", "w").write("\n".join(lines[1:]) + "\n")
        status, *rest = lines[0].split(" ", 1)
        if "KILL" in lines[0]:
            os.kill(int(open(folder + "/pid").read()), 9)
        spans = [s for r in json.loads(body)["resourceSpans"] for p in r["scopeSpans"] for s in p["spans"]]
        refused = status == "bad" and any(a["value"].get("stringValue") == rest[0] for s in spans for a in s["attributes"])
        code = 400 if refused else 200 if status == "bad" else int(status)
        with open(folder + "/log", "a") as log:
            print(code, len(spans), self.path, self.headers.get("x-key", self.headers.get("Authorization", "-")), self.headers["Content-Type"],
                  self.headers.get("Content-Encoding", "-"), file=log)
        if code == 200:
            open(folder + "/taken", "ab").write(body.rstrip() + b"\n")
        answer = rest[0].encode() if rest and rest[0].startswith("{") else b"{}"
        self.send_response(code)
        if rest and rest[0].startswith("Retry-After"):
            self.send_header(*rest[0].split(": "))
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
open(folder + "/port.new", "w").write("%d\n" % server.server_port)
os.rename(folder + "/port.new", folder + "/port")
server.serve_forever()
END
/usr/bin/python3 "$dir/receiver.py" "$dir" &
server=$!
for _ in $(seq 200); do
	[ -s "$dir/port" ] && break
	sleep 0.05
done
url=http://127.0.0.1:$(cat "$dir/port")
conf() {
	printf 'Database=%s\nSpool=%s/spool\n' "$(db_at db)" "$dir" >"$dir/conf"
	[ $# = 0 ] || printf '%s\n' "$@" >>"$dir/conf"
}
answers() { # answers LINE...: of the receiver from now on
	rm -f "$dir/log" "$dir/taken"
	printf '%s\n' "$@" >"$dir/answers"
}
log() { # the receiver's requests: status and number of spans
	cut -d' ' -f1,2 "$dir/log" 2>/dev/null | tr '\n' ' '
}
forget() { # all steps are to be sent again
	sql 'DELETE FROM exported; DELETE FROM outlet'
}
spans() { # spans FILE EXPRESSION: of each span there
	/usr/bin/python3 -c 'import json, sys
for line in open(sys.argv[1]):
    for r in json.loads(line)["resourceSpans"]:
        resource = {a["key"]: list(a["value"].values())[0] for a in r["resource"]["attributes"]}
        for s in [s for p in r["scopeSpans"] for s in p["spans"]]:
            a = {a["key"]: list(a["value"].values())[0] for a in s["attributes"]}
            print(eval(sys.argv[2]))' "$@"
}

# ---- what is refused
run send
is "$status $out" "0 send: nowhere: OtlpEndpoint is not set" "without an endpoint nothing is sent"
run doctor send
has "ok   send      steps are sent nowhere as spans (OtlpEndpoint)" "doctor says so"
conf OtlpEndpoint=ftp://example.org
refuses 2 "expected http://HOST:PORT or https://HOST:PORT" send
conf OtlpEndpoint=https//jo:hunter2@example.org
refuses 2 "OtlpEndpoint ***: expected http://HOST:PORT" send
grep -q hunter2 "$dir/err"
is $? 1 "no password of a wrong address is in a message"
conf OtlpEndpoint=$url
refuses 1 "there is no database yet" send
printf 'x-key: secret\n' >"$dir/headers"
chmod 644 "$dir/headers"
conf OtlpEndpoint=$url "OtlpHeadersFile=$dir/headers"
refuses 1 "others may read it" send
run doctor send
has "others may read it (mode 644)" "doctor sees it"
chmod 600 "$dir/headers"
printf 'x key: hunter2\n' >"$dir/headers"
refuses 2 "is no header" send
grep -q hunter2 "$dir/err"
is $? 1 "no secret is in a message"
printf 'x-key: secret\n# a comment\n\n' >"$dir/headers"

conf "OtlpEndpoint=ftp://who:hunter2@example.org"
refuses 2 "OtlpEndpoint ftp://example.org/v1/traces: expected" send
grep -q hunter2 "$dir/err"
is $? 1 "nor one that is in the address"
conf OtlpEndpoint=$url "OtlpHeadersFile=$dir/headers"

# ---- a night
run import --csv "$dir/history.csv"
run check
is "$status" 0 "steps are judged"
# Where nobody listens is tried for a quarter of a minute, by a copy that others do not wait for.
copy_db db nobody.db
printf 'Database=%s\nSpool=%s/spool\nOtlpEndpoint=http://127.0.0.1:1\n' "$(db_at nobody.db)" "$dir" >"$dir/nobody.conf"
"$sjob" -c "$dir/nobody.conf" send >/dev/null 2>"$dir/nobody.err" &
nobody=$!
answers 200
run send
is "$status $out" "0 send: 61 spans sent, 0 wait" "they are sent"
is "$(cat "$dir/log")" "200 61 /v1/traces secret application/json gzip" "packed, with the key, to where the protocol says"
run send
is "$out $(log)" "send: 0 spans sent, 0 wait 200 61 " "each once"
run doctor send
has "ok   send      $url/v1/traces: took 0 steps" "doctor knows of it"
is "$(spans "$dir/taken" 's["spanId"]' | sort -u | wc -l) $(spans "$dir/taken" 's["traceId"]' | sort -u | wc -l)" "61 61" \
	"each has ids of its own"
slow() { spans "$dir/taken" "($1) if a['slurm.job.id'] == '501' else ''" | grep .; }
is "$(slow "a['joboutliers.wall_us'], a['duration_ms'], a['input_size'], a['words'], a['ratio'], a['note']")" \
	"('9000000001', 9000000.001, '2147483648', '174', 0.5, 'x')" "what was measured and declared, integers exact"
is "$(spans "$dir/taken" "a['max_rss']" | sort | uniq -c | tr -s ' ' | head -n 1)" " 1 1" "beyond 2^53,"
is "$(spans "$dir/taken" "a['max_rss']" | sort | uniq -c | tr -s ' ' | tail -n 1)" " 60 9007199254740993" "too"
is "$(slow "a['slurm.job.user'], a['slurm.job.name'], a['slurm.state'], s['status']['code'], a['error.type']")" \
	"('ann', '$(printf '%s' "$hostile" | sed 's/\\/\\\\/')', 'FAILED', 2, 'FAILED')" "who and how, not as an attribute says, and hostile names"
is "$(slow "resource")" "{'service.name': 'joboutliers', 'service.version': '0.1.0', 'slurm.cluster.name': 'c1'}" "of our service"
is "$(slow "int(s['endTimeUnixNano']) - int(s['startTimeUnixNano'])")" 9000000001000 "and its times"

# ---- a finding, and a step that was recorded with a trace
cp "$dir/history.csv" "$dir/more.csv"
sed -n '1p; s/,FAILED,/,COMPLETED,/p' "$dir/history.csv" | sed 's/^501/502/' >"$dir/more.csv"
run import --csv "$dir/more.csv"
run check
trace=0af7651916cd43dd8448eb211c80319c
sql "UPDATE step SET trace_id = '$trace', span_id = 'b7ad6b7169203331', parent_span_id = '00f067aa0ba902b7',
	link_trace_id = '4bf92f3577b34da6a3ce929d0e0e4736', link_span_id = '1234567890abcdef' WHERE job_id = 502;
	UPDATE step SET trace_id = 'nonsense', span_id = '\"' WHERE job_id = 501"
answers 200
OTEL_SERVICE_NAME=site OTEL_RESOURCE_ATTRIBUTES='deployment.environment=prod%2Ctest,service.name=no' run send
is "$out" "send: 1 span sent, 0 wait" "the one that is new is sent"
is "$(spans "$dir/taken" "s['traceId'], s['spanId'], s['parentSpanId'], s['links']")" \
	"('$trace', 'b7ad6b7169203331', '00f067aa0ba902b7', [{'traceId': '4bf92f3577b34da6a3ce929d0e0e4736', 'spanId': '1234567890abcdef'}])" \
	"as the span that it was recorded as"
is "$(spans "$dir/taken" "a['joboutliers.wall.verdict'], a['joboutliers.wall.level'], a['joboutliers.wall.value_s'], 199 < a['joboutliers.wall.expected_s'] < 201, 44 < a['joboutliers.wall.ratio'] < 46")" \
	"('high', 'certain', 9000.000001, True, True)" "with its verdict"
is "$(spans "$dir/taken" "[(e['name'], e['timeUnixNano'] == s['endTimeUnixNano']) for e in s['events']]")" "[('joboutliers.finding', True)]" \
	"and the finding as an event"
is "$(spans "$dir/taken" "resource['service.name'], resource['deployment.environment']")" "('site', 'prod,test')" \
	"OpenTelemetry's own variables work"
forget
conf
answers 200
OTEL_EXPORTER_OTLP_ENDPOINT=$url/base/ OTEL_EXPORTER_OTLP_HEADERS='x-key=a%20b' OTEL_EXPORTER_OTLP_COMPRESSION=none run send
is "$status $(cat "$dir/log")" "0 200 62 /base/v1/traces a b application/json -" "so do those of the exporter"
forget
OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=$url/exactly OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1 run send
is "$status $(cut -d' ' -f3 "$dir/log" | tail -n 1)" "0 /exactly" "and those of traces win, as they are"

# ---- a receiver that does not take them
conf OtlpEndpoint=$url/v1/traces/
forget
answers '503 Retry-After: 0' '429 Retry-After: 0' '502 Retry-After: 0' 200
run send
is "$status $out $(log)" "0 send: 62 spans sent, 0 wait 503 62 429 62 502 62 200 62 " "one that is busy is asked again"
forget
answers '503 Retry-After: 7200'
refuses 1 "0 spans sent, 62 wait; the receiver answered 503" send
is "$(log)" "503 62 " "but not before the time that it wants"
run doctor send
has "warn send      $url/v1/traces: fails since 2026-03-02T06:00:00, and 62 steps wait: the receiver answered 503" "doctor tells"
for code in 401 404 500; do
	answers "$code {\"message\":\"go\\u0007away\"}" 
	refuses 1 "the receiver answered $code" send
	is "$(log)" "$code 62 " "after $code there is no other request"
done
printf '#!/bin/sh\nexec cat >>%s/mails\n' "$dir" >"$dir/sendmail"
chmod +x "$dir/sendmail"
conf OtlpEndpoint=$url AdminMail=admin@example.org MailFrom=jobs@example.org "SendmailPath=$dir/sendmail"
run nightly
is "$status" 1 "nightly has a status of its own"
has "send      FAILED: 0 spans sent, 62 wait" "and a line"
tr -d '\n' <"$dir/mails" | grep -q "62 steps wait, as it fails since"
ok $? "the admin is told"
answers 200
run send
is "$status $out" "0 send: 62 spans sent, 0 wait" "nothing was lost"
conf OtlpEndpoint=$url

# ---- what is refused, or not kept
forget
answers 'bad 33'
refuses 1 "61 spans sent, 0 wait, 1 lost; the receiver answered 400" send
[ "$(grep -c ^400 "$dir/log")" -le 7 ]
ok $? "one span that is refused takes none with it"
run send
is "$status $out" "0 send: 0 spans sent, 0 wait" "and is not sent again"
forget
answers 400
refuses 1 "8 lost" send
[ "$(grep -c . "$dir/log")" -lt 25 ]
ok $? "a receiver that refuses all is left alone"
forget
answers '200 {"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}'
refuses 1 "60 spans sent, 0 wait, 2 lost; 2 spans were not taken: too old" send
is "$(log)" "200 62 " "partial success is not tried again"
forget
answers '200 {"partialSuccess":{"rejectedSpans":"9223372036854775807"}}'
refuses 1 "0 spans sent, 0 wait, 62 lost; " send
wait "$nobody"
is "$?" 1 "where nobody listens is a failure"
grep -q "sjoboutliers: 0 spans sent, 61 wait; " "$dir/nobody.err"
ok $? "of which nothing is lost"
forget
conf OtlpEndpoint=$url OtlpMaxAge=10h
answers 200
run send
has "2 spans sent, 0 wait" "what is too old is not sent"

# ---- killed while the receiver has it
conf OtlpEndpoint=$url
forget
answers '200 KILL' 200
"$sjob" -c "$dir/conf" send >/dev/null 2>&1 &
echo $! >"$dir/pid"
wait $!
is "$?" 137 "a run is killed when its spans were taken"
run send
is "$out $(log)" "send: 62 spans sent, 0 wait 200 62 200 62 " "and they come once more"
is "$(spans "$dir/taken" 's["spanId"]' | sort -u | wc -l)" 62 "under the same ids"

# ---- files
run export --otlp -
is "$status" 0 "spans are printed"
printf '%s\n' "$out" >"$dir/printed"
is "$(spans "$dir/printed" 's["spanId"]' | sort)" "$(spans "$dir/taken" 's["spanId"]' | sort -u)" "the same"
run export --otlp "$dir/file" -j 502
cmp -s "$dir/file" /dev/null
is "$status $(spans "$dir/file" "a['slurm.job.id']") $(stat -c %a "$dir/file")" "0 502 600" "or written to a file, which is one's own"
refuses 2 "expected one of --csv, --json, --otlp=FILE and --openmetrics=FILE" export

# ---- who asks, as a part of the address
conf "OtlpEndpoint=http://us%40er:pass%3Aword@${url#http://}"
forget
answers 200
run send
is "$status $(cut -d ' ' -f 3-5 "$dir/log")" "0 /v1/traces Basic $(printf 'us@er:pass:word' | base64)" "is told to the receiver"
run doctor send
has "ok   send      $url/v1/traces: took 62 steps" "and to nobody else"
forget
answers 401
refuses 1 "the receiver answered 401" send
run doctor send
! printf '%s\n' "$out" "$(cat "$dir/err")" | grep -q 'pass.*word\|us.*er:'
ok $? "not by what fails either"
conf OtlpEndpoint=$url

# ---- a receiver with TLS, of an authority that nobody knows but the site
cat >"$dir/tls.py" <<'END'
import http.server, os, ssl, sys
folder = sys.argv[1]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        subject = self.connection.getpeercert() or {}
        print(self.path, [v for part in subject.get("subject", ()) for k, v in part], file=open(folder + "/tls.log", "a"))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
    def log_message(self, *args): pass
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/server.pem", folder + "/server.key")
context.load_verify_locations(folder + "/ca.pem")
context.verify_mode = ssl.CERT_OPTIONAL
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
open(folder + "/tls.new", "w").write("%d\n" % server.server_port)
os.rename(folder + "/tls.new", folder + "/tls.port")
server.serve_forever()
END
certificate() { # certificate NAME SUBJECT: by the authority
	openssl req -newkey rsa:2048 -nodes -keyout "$dir/$1.key" -out "$dir/$1.csr" -subj "/CN=$2" 2>/dev/null
	printf 'subjectAltName=IP:127.0.0.1\n' >"$dir/$1.ext"
	openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
		-extfile "$dir/$1.ext" -out "$dir/$1.pem" 2>/dev/null
}
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/ca.key" -out "$dir/ca.pem" -days 2 -subj /CN=site 2>/dev/null
certificate server receiver
certificate client joboutliers
/usr/bin/python3 "$dir/tls.py" "$dir" 2>/dev/null &
tls=$!
until [ -s "$dir/tls.port" ] || ! kill -0 $tls; do :; done
conf "OtlpEndpoint=https://127.0.0.1:$(cat "$dir/tls.port")"
forget
OTEL_EXPORTER_OTLP_CERTIFICATE=$dir/ca.pem OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=$dir/client.pem \
	OTEL_EXPORTER_OTLP_CLIENT_KEY=$dir/client.key run send
is "$status $out $(cat "$dir/tls.log")" "0 send: 62 spans sent, 0 wait /v1/traces ['joboutliers']" \
	"it is sent to by TLS, and told who asks"
forget
OTEL_EXPORTER_OTLP_CERTIFICATE=$dir/client.pem run send
is "$status $(wc -l <"$dir/tls.log")" "1 1" "nothing is sent to one whose authority is another"
grep -qi 'certificate' "$dir/err"
ok $? "which is told"
kill $tls
conf OtlpEndpoint=$url

# ---- the ids of a step are told when it is too late to hang a span on it
conf OtlpEndpoint=$url "OtlpSpool=$dir/otlp"
forget
ended() { # ended JOB SECONDS: so long ago
	sql "UPDATE step SET end_unix_us = (CAST($now AS bigint) - $2) * 1000000, start_unix_us = (CAST($now AS bigint) - $2) * 1000000 - wall_us WHERE job_id = $1"
}
traced() { spans "$dir/taken" "s['traceId'] + ' ' + s['spanId'] if a['slurm.job.id'] == '$1' else ''" | grep .; }
ended 502 3600
sql "UPDATE step SET trace_id = NULL, span_id = NULL WHERE job_id <> 502"
answers 200
run send
is "$status $out" "0 send: 61 spans sent, 1 wait" "a step that ended an hour ago waits, where spans are received"
is "$(spans "$dir/taken" "a['slurm.job.id']" | grep -c 502)" 0 "and no other"
ended 502 3661
sql "UPDATE step SET trace_id = '$trace', span_id = '0000000000000001', state = 1, end_unix_us = NULL WHERE job_id = 1"
run send
is "$status $out" "0 send: 0 spans sent, 1 wait" "it does so while another step of its trace runs"
sql "UPDATE step SET state = 2, end_unix_us = (CAST($now AS bigint) - 60) * 1000000 WHERE job_id = 1"
run send
is "$status $out" "0 send: 0 spans sent, 1 wait" "or has just ended"
ended 1 4000
run send
is "$status $(traced 502)" "0 $trace b7ad6b7169203331" "then it is told"
forget
answers 200
ended 1 60
ended 502 400000
run send
is "$(traced 502 | grep -c -v "$trace")" 1 "what waited for half of OtlpMaxAge goes without its trace"
plan
