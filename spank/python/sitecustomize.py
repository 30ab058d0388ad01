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


def _is_to_be_sampled(os, folder):
    # Another program that has a Python within (gdb, blender) may not take a thread well.
    if not os.path.basename(os.readlink("/proc/self/exe")).startswith(("python", "pypy")):
        return False
    # Who runs as another user than its folder's would write where that one says.
    if not os.getuid() == os.geteuid() == os.stat(folder).st_uid:
        return False
    # A thread takes 72 MB of addresses, though no memory; where those are short, leave them.
    limits = os.open("/proc/self/limits", os.O_RDONLY)
    text = os.read(limits, 4096)
    os.close(limits)
    return text.partition(b"Max address space")[2].split(None, 1)[0] == b"unlimited"


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

        self.os, self.thread, self.time, self.gc = os, _thread, time, gc
        self.itertools, self.add = itertools, _operator.add
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
            waits, tools = self.waits(self.stop_lock), self.tools()
            self.thread.start_new_thread(self.run, (self.end_lock, waits, tools))
        except Exception:
            self.stop_lock = None
        finally:
            self.mask(self.set_mask, mask)

    def waits(self, stop_lock):
        """For each sample whether it is to be the end, once it is due."""
        repeat, cycle = self.itertools.repeat, self.itertools.cycle
        # Not in step with a program that does something ten times a second: a thousand pauses
        # that differ, as sums of two halves.
        halves = [[(0.25 + self.random() / 2) / self.rate for _ in range(n)] for n in (31, 37)]
        pauses = map(self.add, cycle(halves[0]), cycle(halves[1]))
        # The first at any moment of an interval, so that short processes have their share.
        pauses = self.itertools.chain([self.random() / self.rate], pauses)
        return map(stop_lock.acquire, repeat(True), pauses)

    def tools(self):
        """For each kind of tool, such as a profiler, whose it is, or None; again and again."""
        if not hasattr(sys, "monitoring"):
            return iter(())
        return map(sys.monitoring.get_tool, self.itertools.cycle(range(_TOOLS)))

    def run(self, end_lock, waits, tools):
        """Sample until it is to end, with end_lock held.

        From 3.12 on a profiler of the program's, such as cProfile, sees the calls of all threads.
        So nothing is called while there is one: what waits, and what asks for it, is called by
        the iterators, which no profiler sees.  Nor is anything allocated that a collection of
        garbage counts: that would run the program's finalizers in this thread.
        """
        try:
            if hasattr(self.thread, "get_native_id"):
                self.native_id = self.thread.get_native_id()
            modules = sys.modules
            for is_stopped in waits:
                if is_stopped:
                    break
                is_watched = False
                count = 0
                for tool in tools:
                    is_watched = is_watched or tool is not None
                    count += 1
                    if count == _TOOLS:
                        break
                if is_watched:
                    continue
                # From 3.12 on threads of those may run at any time, also while we look at them.
                if "_interpreters" in modules or "_xxsubinterpreters" in modules:
                    break
                if self.looker is None:
                    self.looker = self.read()
                self.looker.look()
        except BaseException:
            self.is_over = True
        finally:
            end_lock.release()

    def read(self):
        is_collecting = self.gc.isenabled()
        self.gc.disable()
        try:
            with open(self.source, "rb") as source:
                code = compile(source.read(), self.source, "exec")
            names = {"__name__": "_joboutliers_sampler", "__file__": self.source}
            exec(code, names)
            return names["Looker"](self.folder, self.pid, self.main)
        finally:
            if is_collecting:
                self.gc.enable()

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
