#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The sampler in the Pythons that people bring, and how they start them: relocated, for debugging, in
# an environment of their own, in a container, with all warnings, under a profiler.  What it says
# of programs is sampler.t's.
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/lib.sh
. tests/cli/sampler.sh

program deep <<'END'
import time


def down(n):
    if n > 0:
        return down(n - 1)
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass


down(20)
END

program names <<'END'
import pstats
import sys

found = {(path.rpartition("/")[2], name) for path, _, name in pstats.Stats(sys.argv[1]).stats}
print(sorted(found))
END

# with_variable NAME ASSIGNMENT: one that Python reads
with_variable() {
	export "${2?}"
	as_without "$version: $1" plain.py
	as_without "$version: $1, for longer" deep.py
	some "$(sample_count)" "$version: $1: it is sampled"
	unset "${2%%=*}"
}

# A copy of the sampler's folder as an admin leaves it who compiles it
compiled() {
	cp -R "$python" "$dir/compiled"
	rm -rf "$dir/compiled/__pycache__"
	(unset PYTHONDONTWRITEBYTECODE && "$interpreter" -m compileall -q "$dir/compiled" >/dev/null)
}

round() {
	interpreter=$1
	version=$("$interpreter" -c 'import sys; print("%d%02d%s" % (sys.version_info[:2] + (getattr(sys, "abiflags", ""),)))')
	as_without "$version: a program is as without it" plain.py a b
	as_without "$version: all warnings are errors" -W error killed.py 5
	as_without "$version: for development" -X dev -W error killed.py 5
	some "$(sample_count)" "$version: it is sampled"
	with_variable "for development, by a variable" PYTHONDEVMODE=1
	with_variable "a safe path" PYTHONSAFEPATH=1
	with_variable "no packages of the user's" PYTHONNOUSERSITE=1
	with_variable "a home that is not there" HOME=/nowhere
	with_variable "its memory is traced" PYTHONTRACEMALLOC=5
	with_variable "faults are told" PYTHONFAULTHANDLER=1
	with_variable "text is UTF-8" PYTHONUTF8=1
	with_variable "its hashes are known" PYTHONHASHSEED=1
	if "$interpreter" -P -c '' 2>/dev/null; then
		as_without "$version: -P" -P -c 'print(1)'
		clear_samples
		PYTHONPATH=$python SJOB_PROFILE_TO=50:$samples "$interpreter" -P "$dir/deep.py"
		some "$(sample_count 'down (deep.py:')" "$version: -P is sampled"
	fi
	echo 'print("begun")' >"$dir/startup.py"
	PYTHONSTARTUP=$dir/startup.py
	export PYTHONSTARTUP
	as_without "$version: a file of the user's at the start of a dialogue" -q -i -c 'print(2)' </dev/null
	unset PYTHONSTARTUP

	# Here its own import is listed, as that of any sitecustomize.
	for way in -Ximporttime PYTHONPROFILEIMPORTTIME=1; do
		clear_samples
		case $way in
		-*) sampled $way killed.py 5 >"$dir/out" 2>"$dir/err" ;;
		*) (export "${way?}" && sampled killed.py 5) >"$dir/out" 2>"$dir/err" ;;
		esac
		is "$? $(cat "$dir/out")" '5 ' "$version: $way"
		is "$(grep -v -c '^import time:' "$dir/err")" 0 "$version: $way: nothing but what was asked for"
	done

	clear_samples
	python -m cProfile -o "$dir/without.prof" deep.py
	sampled -m cProfile -o "$dir/with.prof" deep.py
	is "$(sampled names.py "$dir/with.prof")" "$(python names.py "$dir/without.prof")" "$version: -m cProfile counts the program's calls alone"

	# As conda has them: a Python of its own, below a prefix of its own, with packages of its own.
	conda=$dir/conda
	rm -rf "$conda"
	library=$(python -c 'import os; print(os.path.dirname(os.__file__))')
	packages=$conda/lib/${library##*/}/site-packages
	mkdir -p "$packages" "$conda/bin"
	cp "$(python -c 'import os, sys; print(os.path.realpath(sys.executable))')" "$conda/bin/python3"
	for file in "$library"/*; do
		[ -e "$conda/lib/${library##*/}/${file##*/}" ] || ln -s "$file" "$conda/lib/${library##*/}"
	done
	echo 'word = "its own"' >"$packages/sitecustomize.py"
	echo 'import sitecustomize, sys; print(sys.prefix, sitecustomize.__file__, sitecustomize.word)' >"$dir/other.py"
	is "$(cd "$dir" && PYTHONPATH=$python SJOB_PROFILE_TO=50:$samples conda/bin/python3 other.py 2>&1)" \
		"$(cd "$dir" && conda/bin/python3 other.py 2>&1)" "$version: a prefix of its own"
	clear_samples
	(cd "$dir" && PYTHONPATH=$python SJOB_PROFILE_TO=50:$samples conda/bin/python3 killed.py 5)
	some "$(sample_count)" "$version: is sampled"

	# A root in which a folder is missing: the sampler's, then the step's.
	if unshare -rm true 2>/dev/null; then
		for missing in "$python" "$samples"; do
			clear_samples
			is "$(cd "$dir" && PYTHONPATH=$python SJOB_PROFILE_TO=50:$samples \
				unshare -rm sh -c 'mount -t tmpfs none "$1" && shift && exec "$@"' sh "$missing" \
				"$interpreter" -c 'import time; time.sleep(0.1); print(1); exit(3)' 2>&1; echo $?)" "1
3" "$version: without ${missing##*/} in its root"
		done
	fi

	# Where an admin has compiled it, it is found so, and says the same.
	compiled
	kept=$python
	python=$dir/compiled
	as_without "$version: compiled before" plain.py a b
	as_without "$version: compiled before, sampled" killed.py 5
	some "$(sample_count)" "$version: compiled before: it is sampled"
	python=$kept
	rm -rf "$dir/compiled"
}

for interpreter in ${JO_PYTHONS-$(command -v python3; command -v python3-dbg)}; do
	round "$interpreter"
done
[ "$n" -gt 0 ] || { echo '1..0 # SKIP no python3'; exit 0; }
plan
