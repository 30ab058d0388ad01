# SPDX-License-Identifier: GPL-2.0-or-later
"""Begins to sample the Python of a step that is profiled, and hands on to the sitecustomize that
would have been there without this one.

The plugin puts this folder in front of PYTHONPATH, so any Python that a job brings reads this file,
2.7 too.  The program is not to notice: no signal is taken, no text is printed, no module is added
but those that are compiled into the interpreter, and what fails here does so in silence.  The
samples are taken by _joboutliers_sampler.py, which a process reads only once it has lived for as
long as it takes until one is due.
"""
import sys

_VARIABLE = "SJOB_PROFILE_TO"  # RATE:FOLDER, in samples a second
_TOOLS = 6  # kinds of tool that sys.monitoring has numbers for
# Thresholds at which the collector of garbage does not begin; no program has this number.
_NEVER = (100000007,) * 3
_SOURCE_BYTES_MAX = 1 << 16  # _joboutliers_sampler.py has a fifth of that


def _is_to_be_sampled(os, folder):
    # Another program that has a Python within (gdb, blender) may not take a thread well.
    if not os.path.basename(os.readlink("/proc/self/exe")).startswith(("python", "pypy")):
        return False
    # Where threads do run at the same time, none can look at another's calls.
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return False
    # Who runs as another user than its folder's would write where that one says.
    if not os.getuid() == os.geteuid() == os.stat(folder).st_uid:
        return False
    # A thread takes 72 MB of addresses, though no memory; where those are short, leave them.
    limits = os.open("/proc/self/limits", os.O_RDONLY)
    text = os.read(limits, 4096)
    os.close(limits)
    return text.partition(b"Max address space")[2].split(None, 1)[0] == b"unlimited"


def _no_thresholds(*_):
    return ()


class _Uncollected(object):
    """Keeps collections of garbage, which run the program's finalizers, out of the sampler's thread.

    Before 3.12 a collection begins where something is allocated, from then on between two calls,
    even one that another thread has made due.  So the collector's thresholds are out of its reach
    whenever a line of ours runs, and as the program has them whenever others may run.  It is an
    iterator's calls that change them, with what gives up the interpreter in between: there
    nothing is allocated that the collector counts, and no line of ours runs.
    """

    def __init__(self, gc, itertools):
        # PyPy has none, and runs finalizers in any thread as it is.
        self.get = getattr(gc, "get_threshold", _no_thresholds)
        self.set = getattr(gc, "set_threshold", _no_thresholds)
        self.starmap, self.repeat = itertools.starmap, itertools.repeat
        self.usual = self.get()  # what the program had at last
        self.are_ready = set()  # functions

    def begin(self):
        """For a thread that is to be; called by another one."""
        starmap, repeat = self.starmap, self.repeat
        # One that did not end, such as on a disk that hangs, may have left ours before a fork.
        if self.get() == _NEVER:
            self.set(*self.usual)
        # The program's thresholds, what makes room for them, and what a function is called with.
        self.kept = [self.usual, None, ()]
        put = self.kept.__setitem__
        self.restore = starmap(self.set, starmap(self.kept.__getitem__, repeat((0,))))
        self.args = starmap(self.kept.__getitem__, repeat((2,)))
        self.make_room = starmap(put, repeat((1, None)))
        self.keep = starmap(put, zip(repeat(0), starmap(self.get, repeat(()))))
        self.prevent = starmap(self.set, repeat(_NEVER))
        self.make_spare()

    def make_spare(self):
        """Three things in one, as thresholds are: what is freed is what is allocated next."""
        self.kept[1] = (self, None, None)

    def enter(self, function, *args):
        """The iterator whose one step is a thread's work, but for leave()."""
        return zip(self.make_room, self.keep, self.prevent, self.starmap(function, [args]))

    def leave(self, function):
        """The last call in a thread."""
        self.prepare()
        next(zip(self.restore, self.starmap(function, [()])))

    def prepare(self):
        """Before each step of calls(): see what the program has done to the thresholds."""
        now = self.get()
        # It can have set them only where we were kept from running in the midst of our work.
        if now != _NEVER:
            self.kept[0] = now
        # And then have kept and put back what it found.
        if self.kept[0] == _NEVER:
            self.kept[0] = self.usual
        self.usual = self.kept[0]
        self.make_spare()

    def calls(self, function, args):
        """An iterator that calls a function that gives up the interpreter; its third is the result."""
        taken = self.starmap(self.kept.__setitem__, zip(self.repeat(2), args))
        called = self.starmap(function, self.args)
        return zip(taken, self.restore, called, self.make_room, self.keep, self.prevent)

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


class _Sampler(object):
    """The thread that looks at all others, and its beginning and end.

    It ends before each fork, and begins again on both sides: a fork that had it as well would be
    one of a program with threads, which newer Pythons warn of, and whose locks a child inherits
    as they are.
    """

    def __init__(self, source, rate, folder):
        import _operator
        import _signal
        import _thread
        import atexit
        import gc
        import itertools
        import os
        import time

        # An interpreter within the interpreter aborts where it has a thread at its end; in one,
        # this raises an error.  Elsewhere it changes nothing, as nobody can have set one yet.
        _signal.set_wakeup_fd(-1)

        self.os, self.thread, self.time = os, _thread, time
        self.itertools, self.add = itertools, _operator.add
        self.uncollected = _Uncollected(gc, itertools)
        self.source = source
        self.rate = rate
        self.folder = folder
        self.looker = None  # what samples, once it was read
        self.pid = os.getpid()
        self.main = _thread.get_ident()
        self.forks = 0  # that are under way
        self.is_over = False
        self.native_id = None
        self.stop_lock = self.end_lock = None
        self.signals = set(range(1, 32))
        self.signals.update(range(_signal.SIGRTMIN, _signal.SIGRTMAX + 1))
        self.mask = _signal.pthread_sigmask
        self.block, self.set_mask = _signal.SIG_BLOCK, _signal.SIG_SETMASK
        self.seed = (self.pid * 2654435761 + int(time.time() * 1e6)) & 0x7FFFFFFF

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

    def random(self):
        """A number from 0 to 1.  The module of this name takes long to be read."""
        self.seed = (self.seed * 1103515245 + 12345) & 0x7FFFFFFF
        return self.seed / float(0x80000000)

    def start(self):
        self.stop_lock = self.thread.allocate_lock()
        self.end_lock = self.thread.allocate_lock()
        self.stop_lock.acquire()
        self.end_lock.acquire()
        # A signal that the program blocks, to wait for it, must not find a thread that does not.
        mask = self.mask(self.block, self.signals)
        try:
            self.uncollected.begin()
            waits, end = self.waits(self.stop_lock), self.end_lock.release
            run = self.uncollected.enter(self.run, waits, self.tools(), end)
            self.thread.start_new_thread(next, (run, None))
        except Exception:
            self.stop_lock = None
        finally:
            self.mask(self.set_mask, mask)

    def waits(self, stop_lock):
        """For each sample whether it is to be the end, once it is due, as _Uncollected.calls()."""
        cycle = self.itertools.cycle
        # Not in step with a program that does something ten times a second: a thousand pauses
        # that differ, as sums of two halves.
        halves = [[(0.25 + self.random() / 2) / self.rate for _ in range(n)] for n in (31, 37)]
        pauses = self.itertools.starmap(self.add, zip(cycle(halves[0]), cycle(halves[1])))
        # The first at any moment of an interval, so that short processes have their share.
        pauses = self.itertools.chain([self.random() / self.rate], pauses)
        return self.uncollected.calls(stop_lock.acquire, zip(self.itertools.repeat(True), pauses))

    def tools(self):
        """For each kind of tool, such as a profiler, whose it is, or None; again and again."""
        if not hasattr(sys, "monitoring"):
            return iter(())
        return map(sys.monitoring.get_tool, self.itertools.cycle(range(_TOOLS)))

    def run(self, waits, tools, end):
        """Sample until it is to end, and call end.

        From 3.12 on a profiler of the program's, such as cProfile, sees the calls of all threads.
        So nothing is called while there is one: what waits, and what asks for it, is called by
        the iterators, which no profiler sees.
        """
        try:
            if hasattr(self.thread, "get_native_id"):
                self.native_id = self.thread.get_native_id()
            modules = sys.modules
            self.uncollected.prepare()
            for _, _, is_stopped, _, _, _ in waits:
                if is_stopped:
                    break
                is_watched = False
                count = 0
                for tool in tools:
                    is_watched = is_watched or tool is not None
                    count += 1
                    if count == _TOOLS:
                        break
                if not is_watched:
                    # From 3.12 on threads of those may run at any time, also while we look at them.
                    if "_interpreters" in modules or "_xxsubinterpreters" in modules:
                        break
                    if self.looker is None:
                        self.looker = self.read()
                    self.looker.look(self.uncollected.call)
                    self.uncollected.prepare()
        except BaseException:
            self.is_over = True
        self.uncollected.leave(end)

    def read(self):
        call = self.uncollected.call
        fd = call(self.os.open, self.source, self.os.O_RDONLY | self.os.O_CLOEXEC)
        try:
            text = call(self.os.read, fd, _SOURCE_BYTES_MAX)
        finally:
            call(self.os.close, fd)
        names = {"__name__": "_joboutliers_sampler", "__file__": self.source}
        exec(compile(text, self.source, "exec"), names)
        return names["Looker"](self.folder, self.pid, self.main)

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
                    if not self.os.path.exists(path):
                        break
                    self.time.sleep(0.0001)
        except Exception:
            self.is_over = True

    def after_fork(self):
        self.forks -= 1
        if self.forks == 0 and not self.is_over:
            self.start()

    def after_fork_in_child(self):
        self.forks = 0
        self.pid = self.os.getpid()
        self.main = self.thread.get_ident()
        self.seed ^= self.pid
        self.looker = None
        if not self.is_over:
            self.start()

    def finish(self):
        try:
            # Before 3.7, also in a child, which has the counts of its parent.
            if self.is_over or self.pid != self.os.getpid():
                return
            self.is_over = True
            self.stop()
            if self.looker is not None:
                self.looker.leave()
        except Exception:
            pass


def _begin(here):
    import os

    rate, _, folder = os.environ.get(_VARIABLE, "").partition(":")
    if folder and sys.version_info >= (3, 6) and _is_to_be_sampled(os, folder):
        _Sampler(os.path.join(here, "_joboutliers_sampler.py"), int(rate), folder)


_here = __file__.rpartition("/")[0]
try:
    _begin(_here)
except Exception:
    pass

# From here on as if this folder was not there; children find it by PYTHONPATH.  Where no other
# sitecustomize is, the ImportError tells site.py that there is none.
sys.path[:] = [_path for _path in sys.path if _path != _here]
sys.modules.pop("sitecustomize", None)
import sitecustomize  # noqa: E402
