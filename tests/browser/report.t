#!/bin/sh
# The report in a real browser: opened from disk, and used with mouse and keyboard; report.js is the walk.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${JO_BUILD:-$here/../../build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export TZ=UTC LC_ALL=C
unset SJOBOUTLIERS_NOW

for program in chromium node npm; do
	command -v $program >/dev/null || { echo "1..0 # SKIP $program is not installed"; exit 0; }
done

printf 'Database=%s/db\nSpool=%s/spool\nLinkJob="Grafana=https://grafana.example.org/d/job?var-job={job}&user={user}&to={end_ms}, Cluster=https://a.example/{cluster}"\n' \
	"$dir" "$dir" >"$dir/conf"
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
tool check --all >/dev/null
# one of them is less certain, one has its like among earlier ones, one is high by CPU time alone
# shellcheck disable=SC2034 # for what is sourced
sjob=$build/sjoboutliers
. "$here/../cli/unpacked_verdicts.sh"
unpacked_verdicts "UPDATE verdict SET level = 2, p_value = 0.0005
		WHERE metric IN (0, 2) AND step = (SELECT id FROM step WHERE job_id = 1120);
	UPDATE verdict SET verdict = 0, level = 0
		WHERE metric = 0 AND step = (SELECT id FROM step WHERE job_id = 1124);
	UPDATE verdict SET level = 2, near_count = 3, like_count = 1
		WHERE metric IN (0, 2) AND step = (SELECT id FROM step WHERE job_id = 1121);" || exit 1
tool ingest >/dev/null
tool report -S 2026-11-01 -E 2026-11-20 --html "$dir/report.html" >/dev/null

tool report -S 2026-01-01 -E 2026-01-02 --html "$dir/quiet.html" >/dev/null

# a node of 4 kB that turns what follows, quotes, and is markup
perl -pi -e 's/"n3"/q("\u202e\"\u0027\u003ci>) . "x" x 4000 . q(")/ge if /id="data"/' "$dir/report.html"

"$here/../../packaging/npm/fetch" "$dir/axe" axe-core axe.min.js || { echo 'Bail out! no axe-core'; exit 1; }
HOSTILE=$hostile node "$here/report.js" "$dir/report.html" "$dir/quiet.html" "$dir/axe/axe.min.js"
