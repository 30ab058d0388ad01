#!/bin/sh
# The report in a real browser: opened from disk, clicked, sorted, selected; tests/browser/report.js is the walk.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${JO_BUILD:-$here/../../build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export TZ=UTC LC_ALL=C
unset SJOBOUTLIERS_NOW

if ! command -v chromium >/dev/null; then
	echo '1..0 # SKIP chromium is not installed'
	exit 0
fi

printf 'Database=%s/db\nSpool=%s/spool\n' "$dir" "$dir" >"$dir/conf"
mkdir "$dir/spool"
hostile='<img src=x onerror=window.attacked=1>'

# 120 normal jobs, two a day, then 6 that took three times as long, 5 of them with more filter words
# and three times the CPU time, while the last one waited; and another class, of which a new version is 1.6 times slower from the 60th job on.
awk -v hostile="$hostile" 'BEGIN {
	print "job,start,wall_s,partition,user,class,node,ncpus,input_bytes,mem_peak_bytes,cpu_s,attr.filter_words"
	seed = 7
	for (i = 0; i < 126; i++) {
		seed = (seed * 16807) % 2147483647
		noise = seed / 2147483647
		high = i >= 120
		bytes = high ? 2e8 + 1e6 * (i - 120) : int(1e8 * exp(noise * 4.6))
		seed = (seed * 16807) % 2147483647
		wall = (60 + bytes / 1e7) * (0.95 + 0.1 * seed / 2147483647) * (high ? 3 : 1)
		printf "%d,%d,%.1f,main,%s,align,n%d,4,%.0f,%.0f,%.0f,%d\n", 1000 + i, 1789500000 + (high ? 120 * 43200 + i : i * 43200), wall,
			hostile, i % 4, bytes, 2e8 + bytes / 2, i == 125 ? wall : 3 * wall, high ? 174 : 30
	}
	for (i = 0; i < 120; i++) {
		seed = (seed * 16807) % 2147483647
		wall = 600 * (0.95 + 0.1 * seed / 2147483647) * (i >= 60 ? 1.6 : 1)
		printf "%d,%d,%.1f,main,bob,sort,n%d,4,100000000,,,%s\n", 2000 + i, 1789503600 + i * 43200, wall, i % 4, (i >= 60 ? 99 : 98)
	}
}' >"$dir/jobs.csv"

tool() { "$build/sjoboutliers" -c "$dir/conf" "$@" || { echo "Bail out! sjoboutliers $1 failed"; exit 1; }; }
tool import --csv "$dir/jobs.csv" >/dev/null
tool check >/dev/null
# one of them is less certain, one has its like among earlier ones, one is high by CPU time alone
sqlite3 "$dir/db" "UPDATE verdict SET level = 2, p_value = 0.0005
		WHERE metric IN (0, 2) AND step = (SELECT id FROM step WHERE job_id = 1120);
	UPDATE verdict SET verdict = 0, level = 0
		WHERE metric = 0 AND step = (SELECT id FROM step WHERE job_id = 1124);
	UPDATE verdict SET level = 2, near_count = 3, like_count = 1
		WHERE metric IN (0, 2) AND step = (SELECT id FROM step WHERE job_id = 1121)" || exit 1
tool report -S 2026-11-01 -E 2026-11-20 --html "$dir/report.html" >/dev/null

{
	# a node of 4 kB that turns what follows, quotes, and is markup
	sed '/^<\/body>/,$d' "$dir/report.html" |
		perl -pe 's/"n3"/q("\u202e\"\u0027\u003ci>) . "x" x 4000 . q(")/ge if /id="data"/'
	printf '<script>{\nconst JOBS_HIGH = 6, HOSTILE = "%s";\n' "$hostile"
	cat "$here/report.js"
	printf '}</script>\n</body>\n</html>\n'
} >"$dir/walk.html"

timeout 100 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
	--disable-background-networking --disable-component-update --disable-sync \
	--user-data-dir="$dir/profile" --window-size=1200,900 --dump-dom "file://$dir/walk.html" \
	>"$dir/dom" 2>"$dir/log"
sed -n '/<pre id="tap">/,/<\/pre>/p' "$dir/dom" | sed 's/.*<pre id="tap">//; s/<\/pre>.*//; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
grep -q '<pre id="tap">' "$dir/dom" || { echo 'Bail out! the page did not run'; sed 's/^/# /' "$dir/log" | head -5; }
