#!/bin/sh
# The alert rules and the dashboard that are installed: what Prometheus itself says of them, with
# numbers of a night that it has scraped.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
etc=$here/../../etc/monitoring

# ---- a night with findings, a slow node and what could not be judged
awk 'BEGIN {
	print "job,step,start,wall_s,partition,user,class,node,ncpus,input_bytes,state"
	for (i = 0; i < 60; i++)
		printf "%d,batch,%d,%.1f,main,ann,align,n%d,4,%.0f,COMPLETED\n", 100 + i,
			1772150400 + i * 3600, (1 + i % 4) * 1000 * (1 + 0.01 * (i * 7 % 11 - 5)), i % 2,
			(1 + i % 4) * 1073741824
	print "200,batch,1772400000,9000,main,ann,align,n1,4,1073741824,COMPLETED"
	print "201,batch,1772400000,900,gpu,bob,train,n1,4,,COMPLETED"
}' >"$dir/jobs.csv"
run import --csv "$dir/jobs.csv"
run check
echo 'OtlpEndpoint=http://127.0.0.1:1' >>"$dir/conf"
OTEL_EXPORTER_OTLP_TIMEOUT=1 run send
sed -i '/OtlpEndpoint/d' "$dir/conf"
run nightly
mkdir "$dir/www"
run export --openmetrics "$dir/www/metrics"
is "$status" 0 "numbers of a night"
is "$(grep -c '^joboutliers_outlet_[a-z_]*{outlet="send"} [0-9]' "$dir/www/metrics")" 5 "of what is sent, and fails,"
is "$(grep '^joboutliers_outlet_pending' "$dir/www/metrics")" 'joboutliers_outlet_pending{outlet="send"} 62' "and waits"
is "$(grep '^joboutliers_\(waiting_\)\{0,1\}spans' "$dir/www/metrics")" 'joboutliers_spans 0
joboutliers_waiting_spans 0' "and of spans"

cat >"$dir/names.py" <<'END'
import json, re, sys
families = set(re.findall(r"^# TYPE (\w+)", open(sys.argv[1]).read(), re.M))
text = open(sys.argv[2] + "/prometheus-rules.yml").read()
dashboard = json.load(open(sys.argv[2] + "/grafana-dashboard.json"))
text += "\n".join(t["expr"] for p in dashboard["panels"] for t in p["targets"])
text += "\n".join(v.get("query", "") for v in dashboard["templating"]["list"])
print(*sorted(set(re.findall(r"\bjoboutliers_\w+", text)) - families))
ids = [p["id"] for p in dashboard["panels"]]
assert len(set(ids)) == len(ids)
for a in dashboard["panels"]:
    for b in dashboard["panels"]:
        g, h = a["gridPos"], b["gridPos"]
        assert a is b or g["x"] + g["w"] <= h["x"] or h["x"] + h["w"] <= g["x"] or \
            g["y"] + g["h"] <= h["y"] or h["y"] + h["h"] <= g["y"], (a["title"], b["title"])
    assert a["gridPos"]["x"] + a["gridPos"]["w"] <= 24
END
is "$(python3 "$dir/names.py" "$dir/www/metrics" "$etc")" "" "rules and dashboard ask for numbers that there are"

if ! command -v promtool >/dev/null || ! command -v prometheus >/dev/null; then
	n=$((n + 1))
	# Where all packages are there, a test that does not run is no good one.
	[ -n "${CI-}" ] && echo "not ok $n - prometheus is installed" ||
		echo "ok $n - what Prometheus says # SKIP prometheus is missing"
	plan
	exit 0
fi

mkdir "$dir/rules"
cp "$etc/prometheus-rules.yml" "$here/../data/monitoring/rules-test.yml" "$dir/rules"
(cd "$dir/rules" && promtool check rules prometheus-rules.yml >"$dir/said" 2>&1)
is $? 0 "promtool takes the rules"
(cd "$dir/rules" && promtool test rules rules-test.yml >"$dir/said" 2>&1)
is $? 0 "each fires when it should, and not before"

cat >"$dir/scrape.py" <<'END'
import http.server, json, os, re, socket, subprocess, sys, tempfile, threading, time, urllib.parse, urllib.request

class Numbers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/openmetrics-text; version=1.0.0")
        self.end_headers()
        self.wfile.write(open(sys.argv[1], "rb").read())
    def log_message(self, *args):
        pass

numbers = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Numbers)
threading.Thread(target=numbers.serve_forever, daemon=True).start()
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
folder = sys.argv[3]
with open(folder + "/prometheus.yml", "w") as config:
    json.dump({"global": {"scrape_interval": "1s"}, "scrape_configs": [{
        "job_name": "site", "static_configs": [{"targets": ["127.0.0.1:%d" % numbers.server_port]}]}]}, config)
server = subprocess.Popen(
    ["prometheus", "--config.file=%s/prometheus.yml" % folder, "--storage.tsdb.path=%s/tsdb" % folder,
     "--web.listen-address=127.0.0.1:%d" % port], stdout=subprocess.DEVNULL, stderr=open(folder + "/log", "w"))

def ask(query):
    url = "http://127.0.0.1:%d/api/v1/query?" % port + urllib.parse.urlencode({"query": query})
    try:
        return json.load(urllib.request.urlopen(url))
    except urllib.error.HTTPError as error:
        return json.load(error)

try:
    for _ in range(600):
        try:
            if ask("joboutliers_steps")["data"]["result"]:
                break
        except (OSError, KeyError, ValueError): # it answers in words while it begins
            pass
        time.sleep(0.1)
    else:
        sys.exit("prometheus has scraped nothing: " + open(folder + "/log").read()[-2000:])
    for panel in json.load(open(sys.argv[2]))["panels"]:
        for target in panel["targets"]:
            query = target["expr"].replace("$instance", ".*").replace("$partition", ".*")
            answer = ask(query)
            if answer["status"] != "success":
                print(panel["title"], answer["error"])
            elif not answer["data"]["result"]:
                print(panel["title"], "is empty")
            elif panel["title"] in ("Steps that took too long", "Core-hours beyond what was expected"):
                print(panel["title"], "%.4g" % float(answer["data"]["result"][0]["value"][1]))
finally:
    server.terminate()
    server.wait()
END
mkdir "$dir/prometheus"
cost=$(awk '/^joboutliers_excess_core_hours[{]/ { sum += $NF } END { printf "%.4g", sum }' "$dir/www/metrics")
is "$(python3 "$dir/scrape.py" "$dir/www/metrics" "$etc/grafana-dashboard.json" "$dir/prometheus" 2>&1)" \
	"Steps that took too long 1
Core-hours beyond what was expected $cost
Slow nodes is empty
Groups whose level moved is empty" "every panel has its numbers, as Prometheus scraped them"
plan
