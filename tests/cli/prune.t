#!/bin/sh
# prune: what is too old goes, nothing else.
. "$(dirname "$0")/lib.sh"

cat >"$dir/history.csv" <<'EOF'
job,start,wall_s
1,2025-01-01T00:00:00,60
2,2025-12-01T00:00:00,60
3,2026-03-01T00:00:00,60
EOF
refuses 1 "there is no database yet" prune
run import --csv "$dir/history.csv"
is "$status" 0 "a history is there"

refuses 2 "'old' is not a time" prune --before old
run prune --dry-run
is "$out" "prune: 1 step that ended before 2025-01-26T06:00:00 would be removed" "a dry run only tells"
run prune
is "$out" "prune: 1 step that ended before 2025-01-26T06:00:00 removed" "older than RetainDays"
run prune
is "$out" "prune: 0 steps that ended before 2025-01-26T06:00:00 removed" "and once"
echo 'RetainDays=30' >>"$dir/conf"
run prune
is "$out" "prune: 1 step that ended before 2026-01-31T06:00:00 removed" "as configured"
run list -n -P -o wall -S 2020-01-01
is "$out" "60" "the rest stays"
run prune --before now
is "$status" 0 "or as told"
run list -n -P -o wall -S 2020-01-01
is "$out" "" "until nothing is left"

if is_file; then
# ---- an index that has steps which are not there: it ends, and says so
run import --csv "$dir/history.csv"
without_index "$dir/db" step_end 'DELETE FROM step WHERE job_id = 2'
runs_out prune
is "$status" 1 "prune of a damaged database ends"
grep -q 'damaged: 1 steps\{0,1\} that an index has .* restore it from a backup' "$dir/err"
ok $? "and says: $(cat "$dir/err")"
runs_out nightly
is "$status" 1 "so does a night"
fi
plan
