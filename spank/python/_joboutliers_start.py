# SPDX-License-Identifier: GPL-2.0-or-later
"""Waits until the first sample of a Python program is due, in a thread of its own.

Begun by sitecustomize.py.  What a program pays that ends before that is here; what looks at the
others is read when it is due: _joboutliers_sampler.py, which uses what is imported here.
"""
import _signal
import _thread
import atexit
import gc
import marshal
import os
import sys

# As they are now: gevent puts others in their places, and some tests do.
from _thread import allocate_lock, get_ident, start_new_thread
from itertools import chain, cycle, repeat, starmap
from time import monotonic, sleep

get_native_id = getattr(_thread, "get_native_id", None)

TOOLS = 6  # kinds of tool that sys.monitoring has numbers for
FORK_TOOL = 3  # that neither a debugger, a profiler nor anything known has, for one instruction
# Thresholds at which the collector of garbage does not begin; no program has this number.
NEVER = (100000007,) * 3
# After so long a program with one thread is asked to give way to a sample, and again as often while
# a call of its keeps the interpreter: at 0.003 to 0.01 ms of CPU time each, so that this costs a
# hundredth of a processor or so, however long the call.  No program has this number.
TURN_S = 0.001013


def no_thresholds(*_):
    return ()


class Uncollected(object):
    """Keeps collections of garbage, which run the program's finalizers, out of the sampler's thread.

    Before 3.12 a collection begins where something is allocated, from then on between two calls,
    even one that another thread has made due.  So the collector's thresholds are out of its reach
    whenever a line of ours runs, and as the program has them whenever others may run.  It is an
    iterator's calls that change them, with what gives up the interpreter in between: there
    nothing is allocated that the collector counts, and no line of ours runs.
    """

    def __init__(self):
        # PyPy has none, and runs finalizers in any thread as it is.
        self.get = getattr(gc, "get_threshold", no_thresholds)
        self.set = getattr(gc, "set_threshold", no_thresholds)
        self.usual = self.get()  # what the program had at last
        self.are_ready = set()  # functions

    def begin(self):
        """For a thread that is to be; called by another one."""
        # One that did not end, such as on a disk that hangs, may have left ours before a fork.
        if self.get() == NEVER:
            self.set(*self.usual)
        # The program's thresholds, what makes room for them, and what a function is called with.
        self.kept = [self.usual, None, ()]
        put = self.kept.__setitem__
        self.restore = starmap(self.set, starmap(self.kept.__getitem__, repeat((0,))))
        self.args = starmap(self.kept.__getitem__, repeat((2,)))
        self.make_room = starmap(put, repeat((1, None)))
        self.keep = starmap(put, zip(repeat(0), starmap(self.get, repeat(()))))
        self.prevent = starmap(self.set, repeat(NEVER))
        self.make_spare()

    def make_spare(self):
        """Three things in one, as thresholds are: what is freed is what is allocated next."""
        self.kept[1] = (self, None, None)

    def enter(self, function, *args):
        """The iterator whose one step is a thread's work, but for leave()."""
        return zip(self.make_room, self.keep, self.prevent, starmap(function, [args]))

    def leave(self, function):
        """The last call in a thread."""
        self.prepare()
        next(zip(self.restore, starmap(function, [()])))

    def prepare(self):
        """Before each step of calls(): see what the program has done to the thresholds."""
        now = self.get()
        # It can have set them only where we were kept from running in the midst of our work.
        if now != NEVER:
            self.kept[0] = now
        # And then have kept and put back what it found.
        if self.kept[0] == NEVER:
            self.kept[0] = self.usual
        self.usual = self.kept[0]
        self.make_spare()

    def calls(self, function, args, ends=()):
        """An iterator that calls a function that gives up the interpreter; its third is the result.

        Further iterators take a step each once it has the interpreter again.
        """
        taken = starmap(self.kept.__setitem__, zip(repeat(2), args))
        called = starmap(function, self.args)
        return zip(taken, self.restore, called, self.make_room, self.keep, self.prevent, *ends)

    def call(self, function, *args):
        """Call a function that gives up the interpreter.

        Where it fails, what it raises is allocated as the program's; so let it not fail often.
        """
        if function not in self.are_ready:
            # What its arguments' names are is allocated at its first call, before it looks at any.
            try:
                function()
            except TypeError:
                self.are_ready.add(function)
        self.prepare()
        try:
            for _, _, result, _, _, _ in self.calls(function, [args]):
                return result
        except OSError:
            next(zip(self.make_room, self.keep, self.prevent))
            raise


class Turn(object):
    """How soon the sampler's thread asks for the interpreter, once a sample is due.

    By itself it does after 5 ms, and a read or a write, which gives the interpreter up for a
    moment, makes these 5 ms begin anew: a program that does so more often would be seen there
    alone, or never.  So while it has one thread, and nobody else asks, the time is shorter during
    the waits for a sample.  A program's own setswitchinterval() holds.
    """

    def __init__(self, rate):
        self.rate = rate
        self.usual_s = sys.getswitchinterval()
        # As it is read again, in whole micro-seconds.
        sys.setswitchinterval(TURN_S)
        self.short_s = sys.getswitchinterval()
        self.is_theirs = sys.implementation.name != "cpython"
        # Not in step with a program that does something ten times a second: a thousand pauses
        # that differ, as sums of two halves.
        halves = [cycle([(0.25 + r / 512.0) / rate for r in os.urandom(n)]) for n in (31, 37)]
        self.pauses = zip(repeat(True), map(float.__add__, *halves))

    def begin(self):
        """For a thread that is to be, as Uncollected.begin()."""
        if sys.getswitchinterval() == self.short_s:
            sys.setswitchinterval(self.usual_s)
        self.found = [self.short_s]

    def is_asked_for(self, thread_count):
        """Before a wait: whether it is to be one with ends()."""
        if self.found[0] != self.short_s:
            self.is_theirs = True
        if self.is_theirs or thread_count > 1:
            return False
        sys.setswitchinterval(self.short_s)
        return True

    def ends(self):
        """The calls at the end of a wait: as it was, or as the program has set it meanwhile."""
        found = [starmap(self.found.__getitem__, repeat((0,))) for _ in range(2)]
        then = starmap({self.short_s: self.usual_s}.get, zip(*found))
        now = starmap(sys.getswitchinterval, repeat(()))
        return (
            starmap(self.found.__setitem__, zip(repeat(0), now)),
            starmap(sys.setswitchinterval, zip(then)),
        )

    def waits(self, uncollected, acquire):
        """Uncollected.calls() that end when a sample is due, with whether it is to be the end.

        Twice: without ends(), and with them.
        """
        # The first at any moment of an interval, so that short processes have their share.
        first_s = ord(os.urandom(1)) / 256.0 / self.rate
        pauses = chain([(True, first_s)], self.pauses)
        return uncollected.calls(acquire, pauses), uncollected.calls(acquire, pauses, self.ends())


def is_to_be_sampled():
    # Another program that has a Python within (gdb, blender) may not take a thread well.
    if not os.path.basename(os.readlink("/proc/self/exe")).startswith(("python", "pypy")):
        return False
    # Where threads do run at the same time, none can look at another's calls.
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return False
    # A thread takes 72 MB of addresses, though no memory; where those are short, leave them.
    limits = os.open("/proc/self/limits", os.O_RDONLY | os.O_CLOEXEC)
    text = os.read(limits, 4096)
    os.close(limits)
    return text.partition(b"Max address space")[2].split(None, 1)[0] == b"unlimited"


class Sampler(object):
    """The thread that looks at all others, and its beginning and end.

    It ends before each fork, and begins again on both sides: a fork that had it as well would be
    one of a program with threads, which newer Pythons warn of, and whose locks a child inherits
    as they are.
    """

    def __init__(self, rate, folder, code):
        self.uncollected = Uncollected()
        self.folder = folder
        self.code = code  # what looks, until it is loaded
        self.looker = None  # once a sample was due
        self.pid = os.getpid()
        self.main = get_ident()
        self.forks = 0  # that are under way
        self.is_over = False
        self.native_id = None
        self.stop_lock = self.end_lock = None
        self.signals = set(range(1, 32))
        self.signals.update(range(_signal.SIGRTMIN, _signal.SIGRTMAX + 1))
        self.turn = Turn(rate)

        # Registered first, so called last: the work of others at the end is sampled, too.
        atexit.register(self.finish)
        # Before 3.7 there are none, and a process that was forked off is not sampled.
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self.before_fork,
                after_in_parent=self.after_fork,
                after_in_child=self.after_fork_in_child,
            )
        self.start()

    def start(self):
        self.stop_lock = allocate_lock()
        self.end_lock = allocate_lock()
        self.stop_lock.acquire()
        self.end_lock.acquire()
        # A signal that the program blocks, to wait for it, must not find a thread that does not.
        mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, self.signals)
        try:
            self.uncollected.begin()
            self.turn.begin()
            waits = self.turn.waits(self.uncollected, self.stop_lock.acquire)
            args = waits, self.turn.is_asked_for(self.thread_count()), self.tools(), self.end_lock.release
            start_new_thread(next, (self.uncollected.enter(self.run, *args), None))
        except Exception:
            self.stop_lock = None
            self.turn.begin()
        finally:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)

    def thread_count(self):
        """The program's, as last seen."""
        return self.looker.thread_count if self.looker is not None else 1

    def tools(self):
        """For each kind of tool, such as a profiler, whose it is, or None; again and again."""
        if not hasattr(sys, "monitoring"):
            return iter(())
        return map(sys.monitoring.get_tool, cycle(range(TOOLS)))

    def run(self, waits, is_asked_for, tools, end):
        """Sample until it is to end, and call end.

        From 3.12 on a profiler of the program's, such as cProfile, sees the calls of all threads.
        So nothing is called while there is one: what waits, and what asks for it, is called by
        the iterators, which no profiler sees.
        """
        wait = waits[is_asked_for]
        try:
            if get_native_id is not None:
                self.native_id = get_native_id()
            self.uncollected.prepare()
            while True:
                for step in wait:
                    break
                if step[2]:
                    break
                is_watched = False
                count = 0
                for tool in tools:
                    is_watched = is_watched or tool is not None
                    count += 1
                    if count == TOOLS:
                        break
                wait = waits[False]
                if is_watched:
                    continue
                # From 3.12 on threads of those may run at any time, also while we look at them.
                if "_interpreters" in sys.modules or "_xxsubinterpreters" in sys.modules:
                    break
                if self.looker is None:
                    self.load()
                self.looker.look(self.uncollected.call)
                self.uncollected.prepare()
                wait = waits[self.turn.is_asked_for(self.thread_count())]
        except BaseException:
            self.is_over = True
        self.uncollected.leave(end)

    def load(self):
        """The first sample of a process is due."""
        if self.code is not None:
            exec(marshal.loads(self.code), globals())
            self.code = None
        self.looker = Looker(self.folder, self.pid, self.main)  # noqa: F821

    def stop(self):
        if self.stop_lock is None:
            return
        self.stop_lock.release()
        self.stop_lock = None
        # A disk that hangs is not waited for.
        self.end_lock.acquire(True, 0.1)

    def before_fork(self):
        self.forks += 1
        try:
            self.stop()
            # 3.12 counts threads after a fork, and one that has ended may not be gone yet.
            if sys.version_info >= (3, 12) and self.native_id is not None:
                path = "/proc/self/task/%d" % self.native_id
                for _ in range(20):
                    if not os.path.exists(path):
                        break
                    sleep(0.0001)
        except Exception:
            self.is_over = True

    def after_fork(self):
        self.forks -= 1
        if self.forks > 0 or self.is_over:
            return
        if sys.version_info >= (3, 13):
            self.start_after(sys._getframe(1).f_code)
        else:
            self.start()

    def start_after(self, code):
        """Start at the next instruction of the code that forked.

        From 3.13 on it is only when all that is called after a fork has returned that threads are
        counted, to warn of them.  Where a tool of the program's would see this, nothing is sampled.
        """
        monitoring = sys.monitoring
        event = monitoring.events.INSTRUCTION

        def begin(code, offset):
            try:
                # Another thread may have come first.
                if monitoring.register_callback(FORK_TOOL, event, None) is not None:
                    monitoring.set_local_events(FORK_TOOL, code, 0)
                    monitoring.free_tool_id(FORK_TOOL)
                    self.start()
            except Exception:
                self.is_over = True

        try:
            if any(monitoring.get_tool(tool) is not None for tool in range(TOOLS)):
                return
            monitoring.use_tool_id(FORK_TOOL, "joboutliers")
            monitoring.register_callback(FORK_TOOL, event, begin)
            monitoring.set_local_events(FORK_TOOL, code, event)
        except Exception:
            self.is_over = True

    def after_fork_in_child(self):
        self.forks = 0
        self.pid = os.getpid()
        self.main = get_ident()
        self.looker = None
        if not self.is_over:
            self.start()

    def finish(self):
        try:
            # Before 3.7, also in a child, which has the counts of its parent.
            if self.is_over or self.pid != os.getpid():
                return
            self.is_over = True
            self.stop()
            if self.looker is not None:
                self.looker.leave()
        except Exception:
            pass


def keep(path, text):
    """Leave a file of that text, whole or not at all; another process may do the same."""
    new = "%s.%d" % (path, os.getpid())
    is_whole = False
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(new, flags, 0o600)
        try:
            is_whole = os.write(fd, text) == len(text)
        finally:
            os.close(fd)
            if not is_whole:
                os.unlink(new)
        os.rename(new, path)
    except OSError:
        pass


def begin(rate, folder, code):
    if not is_to_be_sampled():
        return
    # An interpreter within the interpreter aborts where it has a thread at its end; in one, this
    # raises an error.  Elsewhere it changes nothing, as nobody can have set one yet.
    _signal.set_wakeup_fd(-1)
    Sampler(rate, folder, code)
