#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# profile --folded, as others read it: speedscope, in a real browser, and flamegraph.pl's own rule.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../cli/lib.sh"
for program in chromium node npm perl; do
	command -v $program >/dev/null || { echo "1..0 # SKIP $program is not installed"; exit 0; }
done
cp "$here"/npm/package*.json "$dir"
npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund --prefer-offline >"$dir/npm.log" 2>&1 || {
	sed 's/^/# /' "$dir/npm.log"
	echo 'Bail out! npm cannot get speedscope'
	exit 1
}

# A profile whose names are what a program of the user's can have: spaces and numbers at the end,
# markup, quotes, what is special in JavaScript, and other scripts.
cat >"$dir/stacks" <<'END'
<module> (a.py:1);f x 12 (a b.py:3) 7
<module> (a.py:1);ü日 (ü.py:2);__proto__ (c.py:1) 30
constructor 3
<b>"q" & \ %s (d.c:1) 55
ns::Grid<double>::operator() (grid.h:31);# no comment 4
[other] 1
END
mkdir -p "$dir/spool/n1/new" "$dir/spool/n1/tmp"
/usr/bin/python3 - "$dir/stacks" >"$dir/spool/n1/new/1.0" <<'END'
import json
import sys

record = {"v": 1, "kind": "end", "cluster": "c1", "node": "n1", "job_id": 1, "step_id": 0, "step_kind": "srun",
          "restart_count": 0, "node_index": 0, "node_count": 1, "user": "ann", "partition": "main",
          "job_name": "words", "class_name": "words", "program": "a.py", "cpu_count": 1, "exit_status": 0,
          "term_signal": 0, "start_unix_us": 1771600000000000, "wall_us": 10000000, "profile_kind": "python",
          "profile_rate_hz": 10, "profile_samples": 100, "profile": open(sys.argv[1], encoding="utf-8").read()}
print(json.dumps(record, separators=(",", ":")))
END
run ingest
is "$status" 0 "a record with such names is taken"
run profile --folded 1
printf '%s\n' "$out" >"$dir/folded"

# As flamegraph.pl takes a line apart: what is before the last space is the stack.
is "$(perl -ne '/^(.*)\s+?(\d+(?:\.\d*)?)$/ or die; print "$2 $1\n"' "$dir/folded" | sort -rn)" \
	"$(sed 's/^\(.*\) \([0-9]*\)$/\2 \1/' "$dir/stacks" | sort -rn)" "each line is its stack and its count"

cat >"$dir/shown" <<'END'
55 55 <b>"q" & \ %s (d.c:1)
30 30 __proto__ (c.py:1)
7 7 f x 12 (a b.py:3)
4 4 # no comment
3 3 constructor
1 1 [other]
37 0 <module> (a.py:1)
30 0 ü日 (ü.py:2)
4 0 ns::Grid<double>::operator() (grid.h:31)
END
is "$(node "$here/speedscope.js" "$dir" "$dir/folded")" "$(cat "$dir/shown")" \
	"speedscope shows each function, with its whole time and its own"
plan
