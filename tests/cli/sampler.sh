# shellcheck shell=sh disable=SC2034,SC2154 # for those who source it, after lib.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Pythons with the sampler and without, and what it said of them.
python=$PWD/spank/python
samples=$dir/samples
export PYTHONDONTWRITEBYTECODE=1
unset PYTHONPATH SJOB_PROFILE_TO

# python ARG...: the interpreter of this round, without the sampler; sampled ARG...: with it
python() { (cd "$dir" && exec "$interpreter" "$@"); }
sampled() {
	(cd "$dir" && PYTHONPATH=$python SJOB_PROFILE_TO=${rate-50}:$samples exec "$interpreter" "$@")
}
clear_samples() { rm -rf "$samples" && mkdir -m 700 "$samples"; }

# program NAME: what follows is the program NAME.py
program() { cat >"$dir/$1.py"; }

# Of all samples, the per cent whose stack has FRAME, of which "(" and ")" stand for themselves.
percent_of() {
	cat "$samples"/* 2>/dev/null | awk -v frame="$1" '{ all += $NF } index($0, frame) { of += $NF }
		END { printf "%d", (all > 0 ? 100 * of / all + 0.5 : -1) }'
}
# Samples in all, or those whose stack has FRAME
sample_count() {
	cat "$samples"/* 2>/dev/null | awk -v frame="${1-}" 'frame == "" || index($0, frame) { n += $NF }
		END { print n + 0 }'
}
# between GOT LOW HIGH NAME
between() {
	[ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
	ok $? "$4 ($1, expected $2 to $3)"
}
# some COUNT NAME: so many that it is no accident
some() {
	[ "$1" -ge 5 ]
	ok $? "$2 ($1)"
}
# as_without NAME ARG...: status, output and errors are those of the run without the sampler
as_without() {
	what=$1
	shift
	clear_samples
	python "$@" >"$dir/out" 2>"$dir/err"
	echo "status $?" >>"$dir/out"
	sampled "$@" >"$dir/out2" 2>"$dir/err2"
	echo "status $?" >>"$dir/out2"
	is "$(cat "$dir/out2" "$dir/err2" | head -n 20)" "$(cat "$dir/out" "$dir/err" | head -n 20)" "$what"
}
at_least() { [ "$version" -ge "$1" ]; }

# What others import: wait until the sampler, where there is one, has left a file of this process.
program sampled <<'END'
import os
import time


def wait():
    folder = os.environ.get("SJOB_PROFILE_TO", ":").partition(":")[2]
    mine = "%d-" % os.getpid()
    # It does so after a second; some programs it cannot sample, and some cannot write.
    while folder and time.process_time() < 3:
        if any(n.startswith(mine) and not n.endswith(".new") for n in os.listdir(folder)):
            break
        end = time.process_time() + 0.01
        while time.process_time() < end:
            pass
END

program plain <<'END'
import sys
import threading

print(sys.argv, sorted(m for m in sys.modules if "custom" in m or "joboutliers" in m))
print(threading.active_count(), [p for p in sys.path if "spank" in p])
sys.stderr.write("to the other\n")
sys.exit(3)
END

program killed <<'END'
import os
import sys

import sampled

sampled.wait()
os.kill(os.getpid(), 9) if sys.argv[1] == "9" else os._exit(5)
END
