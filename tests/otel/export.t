#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What send and export --otlp make, read by others: every line by the protocol's own files, and
# spans by a receiver that nobody here wrote, which is asked for them by its own interface.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../cli/lib.sh"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$dir"' EXIT
for program in node npm protoc; do
	command -v $program >/dev/null || { echo "1..0 # SKIP $program is not installed"; exit 0; }
done
/usr/bin/python3 -c 'import google.protobuf' 2>/dev/null || { echo '1..0 # SKIP python3-protobuf is not installed'; exit 0; }
cp "$here"/npm/package*.json "$dir"
npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund --prefer-offline >"$dir/npm.log" 2>&1 || {
	sed 's/^/# /' "$dir/npm.log"
	echo 'Bail out! npm cannot get the receiver'
	exit 1
}
for variable in $(env | sed -n 's/^\(OTEL_[A-Z_]*\)=.*/\1/p'); do
	unset "$variable"
done
now=1772431200 # as lib.sh has it

# Jobs of two clusters, with names of all kinds, one of them slow, one failed, one with a trace.
awk -v now=$now 'BEGIN {
	print "job,step,start,wall_s,cluster,partition,user,class,input_bytes,ncpus,max_rss_bytes,mem_peak_bytes,cpu_s,job_name,state,exit_code,attr.words,attr.slurm.job.user,attr.ratio,attr.note"
	for (i = 0; i < 120; i++)
		printf "%d,%s,%d,%.6f,c%d,main,ann,align,%.0f,8,%s,123456789,%.3f,\"a \"\"b\"\" \\ <&> ü 日本\",%s,%s,%d,root,0.5,\"x y\"\n", i + 1,
			i % 3 ? i % 3 : "batch", now - 400000 + i * 3000, 100.000001 * (1 + i % 4) * (1 + 0.01 * (i * 7 % 11 - 5)), i % 2,
			(1 + i % 4) * 2^30, i % 5 ? "9007199254740993" : "", 700 * (1 + i % 4),
			i % 17 ? "COMPLETED" : "FAILED", i % 17 ? "0:0" : "7:0", 10 + i % 2
	printf "501,0,%d,9000.000001,c1,main,ann,align,%.0f,8,9007199254740993,1,700,slow,COMPLETED,0:0,174,root,0.5,y\n", now - 30000, 2^31
}' >"$dir/history.csv"
run import --csv "$dir/history.csv"
run check
is "$status" 0 "there are judged steps"
trace=0af7651916cd43dd8448eb211c80319c
sqlite3 "$dir/db" "UPDATE step SET trace_id = '$trace', span_id = 'b7ad6b7169203331', parent_span_id = '00f067aa0ba902b7',
	link_trace_id = '4bf92f3577b34da6a3ce929d0e0e4736', link_span_id = '1234567890abcdef' WHERE job_id = 501"

"$sjob" -c "$dir/conf" export --otlp - >"$dir/spans.jsonl"
is "$("$here/strict" "$dir/node_modules/@elastic/mockotlpserver" "$dir/spans.jsonl" 2>&1)" 121 \
	"every line passes the protocol's own files"
sed 's/"name":"align"/"nome":"align"/' "$dir/spans.jsonl" >"$dir/wrong.jsonl"
"$here/strict" "$dir/node_modules/@elastic/mockotlpserver" "$dir/wrong.jsonl" >/dev/null 2>&1
[ $? != 0 ]
ok $? "which refuse what is not theirs"

mkdir "$dir/store"
port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
node "$here/receiver.js" "$dir/node_modules" "$dir/store" $port >"$dir/server.log" 2>&1 &
server=$!
until [ -e "$dir/store/ready" ]; do
	kill -0 "$server" || { sed 's/^/# /' "$dir/server.log"; echo 'Bail out! the receiver has ended'; exit 1; }
	sleep 0.1
done
printf 'OtlpEndpoint=http://127.0.0.1:%d/api/otlp\n' $port >>"$dir/conf"
run send
sed 's/^/# /' "$dir/err"
is "$status $out" "0 send: 121 spans sent, 0 wait" "a receiver that nobody here wrote takes all"
cat >"$dir/compare.py" <<'END'
import json, sys, urllib.request
path, url = sys.argv[1:]
different = count = values = 0
def plain(value):
    (kind, value), = value.items()
    return int(value) if kind == "intValue" else value
for line in open(path):
    for r in json.loads(line)["resourceSpans"]:
        for s in [s for p in r["scopeSpans"] for s in p["spans"]]:
            with urllib.request.urlopen(f"{url}/api/traces/{s['traceId']}") as answer:
                there = json.loads(answer.read())["spans"].get(s["spanId"], {"attributes": {}})
            count += 1
            pairs = [(s["traceId"], there.get("traceId")), (s.get("parentSpanId"), there.get("parentSpanId")),
                     (s["name"], there.get("displayName")),
                     (int(s["startTimeUnixNano"]) // 1000000, int(there.get("startTime", 0))),
                     (int(s["endTimeUnixNano"]) // 1000000, int(there.get("endTime", 0))),
                     (s["status"]["code"], (there.get("status") or {}).get("code", 0))]
            for a in s["attributes"]:
                found = there["attributes"].get(a["key"])
                # Beyond 2^53 it keeps a number as a text.
                pairs.append((plain(a["value"]), int(found) if "intValue" in a["value"] and isinstance(found, str) else found))
            for want, found in pairs:
                values += 1
                if want != found:
                    different += 1
                    print("#", s["spanId"], want, "!=", found)
print(count, values > 1000, different)
END
is "$(/usr/bin/python3 "$dir/compare.py" "$dir/spans.jsonl" "http://127.0.0.1:$port")" "121 True 0" \
	"and has the same ids, times and values, by its own interface"
plan
