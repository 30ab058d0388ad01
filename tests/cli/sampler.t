#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The sampler of Python programs: what it says of programs whose times are known, and that no
# program notices it.  JO_PYTHONS can name other interpreters than the one that is installed.
# However busy the machine is: programs go by their own CPU time, or wait until they were sampled.
cd "$(dirname "$0")/../.." || exit 1
. tests/cli/lib.sh
. tests/cli/sampler.sh

# Half of the time in one line, a third in another, a sixth in a third, in turns that are shorter
# than a pause between samples.  Says how long it took by the clock.
program shares <<'END'
import time


def spend(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def work():
    spend(0.0009)
    spend(0.0006)
    spend(0.0003)


begin = time.time()
while time.process_time() < 4:
    work()
print(time.time() - begin)
END

program sleeps <<'END'
import threading
import time


def wait():
    time.sleep(1.5)


def idle(event):
    event.wait()


event = threading.Event()
threads = [threading.Thread(target=idle, args=(event,)) for _ in range(4)]
for thread in threads:
    thread.start()
wait()
event.set()
for thread in threads:
    thread.join()
END

program joins <<'END'
import threading
import time


def work():
    while time.process_time() < 1.5:
        pass


thread = threading.Thread(target=work)
thread.start()
thread.join()
END

program signals <<'END'
import os
import signal
import time

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
time.sleep(0.1)
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(0.1)
print("still here", int(signal.sigwait([signal.SIGTERM])))
print(int(signal.getsignal(signal.SIGINT) is signal.default_int_handler), signal.getsignal(signal.SIGALRM))
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
os.kill(os.getpid(), signal.SIGTERM)
END

program forks <<'END'
import os
import sys
import time

import sampled


def child():
    sampled.wait()


for _ in range(3):
    time.sleep(0.03)
    if os.fork() == 0:
        child()
        os._exit(4)
    print(os.WEXITSTATUS(os.wait()[1]))
END

program pool <<'END'
import multiprocessing
import time


def work(n):
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass
    return n * n


if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool:
        print(pool.map(work, range(4)))
END

# Garbage at all times, full collections that take what is kept to be used again, and calls that
# make a collection due before they wait.
program collects <<'END'
import gc
import itertools
import sys
import threading
import time


class Cycle(object):
    def __init__(self):
        self.me = self

    def __del__(self):
        if threading.get_ident() != main:
            elsewhere.append(1)


def as_it_was():
    # The sampler may have been kept from running in the midst of a sample.
    end = time.process_time() + 20
    while gc.get_threshold() != thresholds and time.process_time() < end:
        pass
    print(gc.get_threshold() == thresholds, gc.isenabled())


elsewhere = []
main = threading.get_ident()
thresholds = tuple(int(n) for n in sys.argv[1:])
gc.set_threshold(*thresholds)
end = time.process_time() + 2
while time.process_time() < end:
    for _ in range(100):
        Cycle()
lists = map(list, itertools.repeat(()))
sleeps = itertools.starmap(time.sleep, itertools.repeat((0.0005,)))
for _ in range(20):
    Cycle()
    list(itertools.islice(zip(lists, sleeps), 100))
print("elsewhere", len(elsewhere))
as_it_was()
end = time.process_time() + 0.5
while time.process_time() < end:
    found = gc.get_threshold()
    gc.set_threshold(*found)
as_it_was()
END

program interpreters <<'END'
import time

try:
    import _interpreters as all
except ImportError:
    try:
        import _xxsubinterpreters as all
    except ImportError:
        all = None
if all is not None:
    for _ in range(3):
        one = all.create()
        run = getattr(all, "run_string", None) or getattr(all, "exec")
        run(one, "import time; time.sleep(0.1)")
        all.destroy(one)
print("done")
END

program profiled <<'END'
import cProfile
import io
import pstats
import time


def work():
    n = 0
    end = time.process_time() + 0.5
    while time.process_time() < end:
        n += len(str(n))


profile = cProfile.Profile()
profile.runcall(work)
text = io.StringIO()
pstats.Stats(profile, stream=text).strip_dirs().sort_stats("name").print_stats()
print("\n".join(sorted(line.split(None, 5)[5] for line in text.getvalue().split("\n") if "{" in line or "py:" in line)))
END

program deep <<'END'
import time


def down(n):
    if n > 0:
        return down(n - 1)
    time.sleep(1)


down(900)
END

program traced <<'END'
import sys
import time

seen = set()


def trace(frame, event, arg):
    seen.add(frame.f_code.co_name)
    return trace


def work():
    time.sleep(0.1)


sys.settrace(trace)
for _ in range(5):
    work()
sys.settrace(None)
print(sorted(seen))
END

program short <<'END'
import time

end = time.time() + 0.02
while time.time() < end:
    pass
END

# A quarter of the CPU time in one function, three in another, and a write every 5 ms of it.
program writes <<'END'
import os
import time


def spend(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def heavy():
    spend(0.00375)


def light():
    spend(0.00125)


fd = os.open("/dev/null", os.O_WRONLY)
while time.process_time() < 4:
    heavy()
    light()
    os.write(fd, b"x")
END

program switches <<'END'
import sys
import threading
import time


def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def as_it_is(seconds):
    # Between samples the sampler may have another, unless there are other threads.
    end = time.process_time() + 20
    while abs(sys.getswitchinterval() - seconds) > 1e-7 and time.process_time() < end:
        pass
    return "%.4f" % sys.getswitchinterval()


work(0.3)
thread = threading.Thread(target=work, args=(1,))
thread.start()
print("with threads", as_it_is(0.005))
thread.join()
work(0.3)
sys.setswitchinterval(0.0123)
work(0.3)
print("of its own", as_it_is(0.0123))
sys.setswitchinterval(0.0321)
work(0.3)
print("at any time", as_it_is(0.0321))
END

program calls <<'END'
import sys
import time


def work():
    return [str(n) for n in range(1000)]


calls = set()
sys.setprofile(lambda frame, event, arg: calls.add(frame.f_code.co_name))
end = time.process_time() + 0.5
while time.process_time() < end:
    work()
sys.setprofile(None)
print(sorted(calls - {"<listcomp>"}))
END

# As gevent does, and tests of programs.
program patches <<'END'
import _thread
import os
import time

import sampled


def never(*args):
    print("called by another")


def work():
    end = time.process_time() + 1.5
    while time.process_time() < end:
        pass


time.sleep(0.1)
_thread.start_new_thread = _thread.allocate_lock = time.sleep = time.monotonic = never
_thread.get_ident = lambda: 1
if os.fork() == 0:
    sampled.wait()
    os._exit(0)
os.wait()
work()
END

program spawns <<'END'
import multiprocessing
import sys

import sampled


def child(n):
    sampled.wait()
    return n + 1


if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        print(pool.map(child, [1, 2]))
END

program execs <<'END'
import os
import sys

if len(sys.argv) > 1:
    os.execv(sys.executable, [sys.executable, "killed.py", sys.argv[1]])
END

program loops <<'END'
import asyncio
import time


async def work():
    for _ in range(20):
        end = time.process_time() + 0.01
        while time.process_time() < end:
            pass
        await asyncio.sleep(0)
    return 3


async def main():
    return await asyncio.gather(work(), work())


print(asyncio.get_event_loop_policy().new_event_loop().run_until_complete(main()))
END

program other <<'END'
import sitecustomize

print(sitecustomize.__file__.rsplit("/", 2)[1], sitecustomize.word)
END

round() {
	interpreter=$1
	version=$("$interpreter" -c 'import sys; print("%d%02d" % sys.version_info[:2])') || {
		ok 1 "$interpreter runs"
		return
	}
	as_without "$version: a program is as without it" plain.py a b
	if ! at_least 306; then
		sampled short.py
		is "$(sample_count)" 0 "$version: is too old to be sampled"
		return
	fi

	clear_samples
	seconds=$(rate=100 sampled shares.py)
	for line in '11) 0.5' '12) 0.3333' '13) 0.1667'; do
		# Four standard errors, and one per cent for what is between the lines.
		truth=$(awk -v p="${line#* }" -v n="$(sample_count)" 'BEGIN {
			e = 4 * sqrt(p * (1 - p) / n) + 0.01; printf "%d %d", 100 * (p - e), 100 * (p + e) + 1 }')
		# shellcheck disable=SC2086 # two numbers
		between "$(percent_of "shares.py:${line% *}")" $truth "$version: the share of the time in line $line"
	done
	between "$(percent_of 'spend (shares.py:')" 90 100 "$version: the function that spends it"
	# The shortest pause is half of the usual one; on a busy machine few of them are kept.
	between "$(sample_count)" 20 "$(awk -v s="$seconds" 'BEGIN { printf "%d", 2 * 100 * s + 2 }')" \
		"$version: by so many samples"

	# Otherwise the threads that wait would have 80 and 50 per cent.
	clear_samples
	sampled sleeps.py
	some "$(sample_count 'wait (sleeps.py:6)')" "$version: a sleep counts"
	between "$(percent_of 'idle (sleeps.py:')" 0 30 "$version: threads that wait do not"
	clear_samples
	sampled joins.py
	some "$(sample_count 'work (joins.py:')" "$version: nor one that waits"
	between "$(percent_of 'join (threading.py:')" 0 20 "$version: for one that works"

	clear_samples
	rate=100 sampled writes.py
	# It would be seen where it writes, if at all.
	some "$(sample_count 'heavy (writes.py:')" "$version: one that writes often is seen where it works"
	between "$(percent_of '<module> (writes.py:23) ')" 0 40 "$version: and less where it writes"
	as_without "$version: what it says of switching between its threads" switches.py

	as_without "$version: signals that a program waits for" signals.py
	as_without "$version: its forks" forks.py
	as_without "$version: its forks, with warnings as errors" -W error forks.py
	[ "$(sample_count 'child (forks.py:')" -gt 0 ]
	is $? "$(at_least 307; echo $?)" "$version: whose children are sampled, from 3.7 on"
	as_without "$version: its pool of processes" pool.py
	# With few and with many collections that take all there is.
	rate=100 as_without "$version: its finalizers run in its own thread" collects.py 3 10 10
	rate=100 as_without "$version: of all its garbage at any time" collects.py 1 1 1
	as_without "$version: its interpreters within" interpreters.py
	as_without "$version: its own profiler" profiled.py
	as_without "$version: its own tracer" traced.py
	as_without "$version: its own function that sees calls" calls.py
	as_without "$version: what it puts into the places of functions" patches.py
	some "$(sample_count 'work (patches.py:')" "$version: is not the sampler's"
	# The thread of the sampler is no thread of the program.
	between "$(percent_of '[interpreter]')" 0 20 "$version: nor is its thread the program's"
	for method in spawn forkserver; do
		as_without "$version: its processes by $method" spawns.py "$method"
		at_least 307 && some "$(sample_count 'child (spawns.py:')" "$version: are sampled"
	done
	as_without "$version: another Python in its place" execs.py 5
	some "$(sample_count 'wait (sampled.py:')" "$version: is sampled"
	as_without "$version: an event loop" loops.py
	(cd "$dir" && mkdir -p app && cp killed.py app/__main__.py && cp sampled.py app)
	python -m zipapp app -o app.pyz
	as_without "$version: an archive that is a program" app.pyz 5
	some "$(sample_count 'wait (sampled.py:')" "$version: is sampled, too"
	as_without "$version: a module that is a program" -m app 5
	some "$(sample_count 'wait (sampled.py:')" "$version: as well"
	as_without "$version: a program in an argument" -c 'import sampled; sampled.wait(); import os; os._exit(3)'
	some "$(sample_count '<module> (<string>:1);wait (sampled.py:')" "$version: also"
	as_without "$version: one that kills itself" killed.py 9
	some "$(sample_count)" "$version: leaves samples all the same"
	as_without "$version: one that leaves by _exit" killed.py 5
	some "$(sample_count)" "$version: as well"
	is "$(find "$samples" -name '*.new')" '' "$version: and nothing that is not whole"

	clear_samples
	sampled deep.py
	some "$(sample_count 'down (deep.py:')" "$version: a deep recursion"
	is "$(awk -F ';' '{ if (NF > most) most = NF } END { print most }' "$samples"/*)" 33 "$version: is told by its ends"

	mkdir -p "$dir/theirs"
	echo 'word = "theirs"' >"$dir/theirs/sitecustomize.py"
	is "$(cd "$dir" && PYTHONPATH=$python:$dir/theirs SJOB_PROFILE_TO=50:$samples "$interpreter" other.py 2>&1)" \
		'theirs theirs' "$version: another sitecustomize is handed on to"
	echo 'raise ValueError("theirs")' >"$dir/theirs/sitecustomize.py"
	is "$(cd "$dir" && PYTHONPATH=$python:$dir/theirs SJOB_PROFILE_TO=50:$samples "$interpreter" -c 'print(1)' 2>&1)" \
		"$(cd "$dir" && PYTHONPATH=$dir/theirs "$interpreter" -c 'print(1)' 2>&1)" "$version: or to its failure"
	python -m venv --without-pip env
	packages=$(echo "$dir"/env/lib/python3*/site-packages)
	echo 'word = "its own"' >"$packages/sitecustomize.py"
	clear_samples
	is "$(cd "$dir" && PYTHONPATH=$python SJOB_PROFILE_TO=50:$samples env/bin/python other.py 2>&1)" \
		'site-packages its own' "$version: that of a virtual environment, too"
	(cd "$dir" && PYTHONPATH=$python SJOB_PROFILE_TO=50:$samples env/bin/python killed.py 5)
	some "$(sample_count)" "$version: which is sampled"
	# As where there is none; that of the interpreter's is asked before any sitecustomize.
	echo 'import sys; sys._is_gil_enabled = lambda: False' >"$packages/no.pth"
	clear_samples
	(cd "$dir" && PYTHONPATH=$python SJOB_PROFILE_TO=50:$samples env/bin/python sleeps.py)
	is "$? $(sample_count)" '0 0' "$version: no thread beside others that run at the same time"
	home=$(python -c 'import sys; print(sys.base_prefix)')
	clear_samples
	(export PYTHONHOME="$home" && sampled killed.py 5)
	is "$?" 5 "$version: a home of its own"
	some "$(sample_count)" "$version: is sampled"
	is "$(cd "$dir" && PYTHONPATH=$dir/missing SJOB_PROFILE_TO=50:$dir/none "$interpreter" -c 'print(1)' 2>&1)" \
		1 "$version: a container that sees neither folder"

	for option in -S -I -E; do
		clear_samples
		sampled $option sleeps.py
		is "$? $(sample_count)" '0 0' "$version: $option runs, unsampled"
	done

	# Nowhere to write, a variable that is nonsense, a limit of addresses, folders of others.
	for to in nonsense 50: :/ 0:"$samples" x:"$samples" "50:$dir/missing" 50:/ 50:/proc 50:/dev/null "50:$dir/plain.py"; do
		is "$(cd "$dir" && PYTHONPATH=$python SJOB_PROFILE_TO=$to "$interpreter" -c 'import time; time.sleep(0.1); print(1)' 2>&1)" \
			1 "$version: SJOB_PROFILE_TO=$(echo "$to" | sed "s|$dir|DIR|")"
	done
	clear_samples
	# shellcheck disable=SC3045 # the shells of our systems have it
	(ulimit -v 2000000 && sampled sleeps.py)
	is "$? $(sample_count)" '0 0' "$version: no thread where addresses are short"
	clear_samples
	(ulimit -f 0 && sampled killed.py 5)
	is "$?" 5 "$version: files that may not have a byte"

	# What an earlier one was compiled to is not run where it is of another build, or of another user.
	clear_samples
	sampled short.py
	kept=$(echo "$samples"/.code-*)
	echo 'nonsense' >"$kept"
	sampled deep.py
	some "$(sample_count 'down (deep.py:')" "$version: what is kept and is none is passed by"
	is "$(find "$samples" -name '.code-*' -size +10k | wc -l)" 1 "$version: and made anew"
	clear_samples
	chmod 770 "$samples"
	sampled sleeps.py
	is "$? $(sample_count)" '0 0' "$version: nothing where others can write"

	clear_samples
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sampled short.py; done
	is "$(find "$samples" -type f ! -name '.*' ! -name ended | wc -l)" 0 "$version: twenty short processes leave one file of samples at most"
	clear_samples
	truncate -s 2097152 "$samples/ended"
	sampled sleeps.py
	is "$? $(stat -c %s "$samples/ended")" '0 2097152' "$version: which has an end"
}

for interpreter in ${JO_PYTHONS-$(command -v python3)}; do
	round "$interpreter"
done
[ "$n" -gt 0 ] || { echo '1..0 # SKIP no python3'; exit 0; }
plan
