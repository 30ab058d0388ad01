# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks where a Python program is, and keeps how often it was where.

Begun by sitecustomize.py, in a thread of its own.  A sample is one stack of calls, by function, file
and line; never a value.  A process leaves its counts in the step's folder: in a file of its own from
time to time, for processes that are killed, and appended to the file of all at its end.  The plugin
reads them (spank/profile.c).
"""
import _operator
import _signal
import _thread
import atexit
import gc
import itertools
import os
import sys

# As they are now: gevent puts others in their places, and some tests do.
from _thread import allocate_lock, get_ident, start_new_thread
from itertools import repeat, starmap
from time import monotonic, sleep, time

get_native_id = getattr(_thread, "get_native_id", None)

TOOLS = 6  # kinds of tool that sys.monitoring has numbers for
FORK_TOOL = 3  # that neither a debugger, a profiler nor anything known has, for one instruction
# Thresholds at which the collector of garbage does not begin; no program has this number.
NEVER = (100000007,) * 3
# After so long a program with one thread is asked to give way to a sample, and again as often while
# a call of its keeps the interpreter: at 0.003 to 0.01 ms of CPU time each, so that this costs a
# hundredth of a processor or so, however long the call.  No program has this number.
TURN_S = 0.001013

# Of a deeper stack the outermost and the innermost calls; what lies between is one frame "...".
OUTER, INNER = 8, 24
DEPTH_MAX = 400  # of a recursion, calls that are walked through: 0.1 ms
STACKS_MAX = 2000  # 1 MB; stacks that are new beyond are counted together
NAME_MAX = 90  # bytes of a function's or a file's name
PROCESS_BYTES_MAX = 16384  # a process's text: four times what a record has room for
FOLDER_BYTES_MAX = 2 << 20  # the file of all: 128 processes with as much as they may say
FIRST_SAVE_S = 1.0  # what lived shorter leaves no file of its own
SAVE_SHARE = 16  # a process that is killed loses this share of its time at most, or a second

# Where threads of the standard library wait for something to do.
WAITING = frozenset(
    (
        "threading.py",
        "queue.py",
        "selectors.py",
        "subprocess.py",
        "concurrent/futures/thread.py",
        "concurrent/futures/process.py",
        "multiprocessing/connection.py",
        "multiprocessing/popen_fork.py",
        "multiprocessing/pool.py",
        "multiprocessing/queues.py",
        "multiprocessing/synchronize.py",
    )
)

OTHER = "[other]"
INTERPRETER = "[interpreter]"  # at its start or its end, with none of the program's calls
HERE = os.path.dirname(__file__) + "/"


class Looker(object):
    """The counts of one process."""

    def __init__(self, folder, pid, main):
        self.folder = folder
        self.main = main
        self.counts = {}  # samples by stack
        self.short = {}  # names of files as they are shown
        self.library = os.path.dirname(os.__file__) + "/"
        self.begin_s = monotonic()
        self.save_s = self.begin_s + FIRST_SAVE_S  # when it is due
        # A number of a process may come again in a step.
        self.own = "%s/%d-%x" % (folder, pid, int(self.begin_s * 1e6))
        self.thread_count = 0  # as last seen
        self.is_saving = True
        self.is_saved = False

    def look(self, call):
        """Take one sample of all threads, and save the counts when that is due.

        Nobody else runs during a sample: no call in it gives up the interpreter, but those of
        system calls, which are made by call().  It is far shorter than the 5 ms after which the
        interpreter would be taken away; should the processor be, the frames, which must not live
        longer for it, are held for the first part alone.
        """
        for places in self.places(get_ident()):
            self.add(self.stack(places))
        now_s = monotonic()
        if self.is_saving and now_s >= self.save_s:
            self.save_s = now_s + max(FIRST_SAVE_S, (now_s - self.begin_s) / SAVE_SHARE)
            self.save(self.text(), call)

    def places(self, me):
        """Where each thread is that does something."""
        frames = sys._current_frames()
        frames.pop(me, None)
        self.thread_count = len(frames)
        found = [self.walk(f) for f in frames.values() if not self.is_waiting(f)]
        # Where nobody does anything, that is where the time went: by the main thread.
        if not found and self.main in frames:
            found.append(self.walk(frames[self.main]))
        return found

    def walk(self, frame):
        """The calls of a stack as (code, line, offset), the innermost first."""
        calls = []
        while frame is not None and len(calls) < DEPTH_MAX:
            code = frame.f_code
            # The machinery of an import is of no interest, other than the module that is imported.
            if not code.co_filename.startswith(("<frozen ", HERE)):
                calls.append((code, frame.f_lineno, frame.f_lasti))
            frame = frame.f_back
        return calls

    def add(self, stack):
        counts = self.counts
        if stack not in counts and len(counts) >= STACKS_MAX:
            stack = OTHER
        counts[stack] = counts.get(stack, 0) + 1

    def is_waiting(self, frame):
        path = frame.f_code.co_filename
        return path.startswith(self.library) and path[len(self.library) :] in WAITING

    def stack(self, calls):
        """The stack as text, the outermost call first."""
        # A call that has not begun yet: the time before it is the caller's.
        if len(calls) > 1 and sys.version_info >= (3, 11):
            code, line, offset = calls[0]
            if offset <= 4 and line == code.co_firstlineno:
                del calls[0]
        names = [self.name(*c) for c in calls[:INNER]]
        if len(calls) > OUTER + INNER:
            names.append("...")
            names += [self.name(*c) for c in calls[-OUTER:]]
        else:
            names += [self.name(*c) for c in calls[INNER:]]
        names.reverse()
        return ";".join(names) or INTERPRETER

    def name(self, code, line, offset):
        if line is None:
            line = self.line_before(code, offset)
        function = getattr(code, "co_qualname", code.co_name)
        return "%s (%s:%d)" % (self.clean(function), self.file(code.co_filename), line)

    def line_before(self, code, offset):
        """Of an instruction that has no line, such as a loop's end, the line of the one before."""
        found = code.co_firstlineno
        for begin, _, line in code.co_lines():
            if begin > offset:
                break
            if line is not None:
                found = line
        return found

    def file(self, path):
        """The file's name as modules have it: without the folder in which it was found."""
        short = self.short.get(path)
        if short is None:
            short = path
            best = 0
            for folder in sys.path:
                if isinstance(folder, str) and len(folder) > best:
                    folder = folder.rstrip("/") + "/"
                    if path.startswith(folder):
                        best = len(folder)
            short = path[best:] if best > 0 else path.rpartition("/")[2]
            short = self.clean(short)
            if len(self.short) < STACKS_MAX:
                self.short[path] = short
        return short

    def clean(self, text):
        if len(text) > NAME_MAX:
            text = text[-NAME_MAX:]
        if ";" in text or not text.isprintable():
            text = "".join(c if c != ";" and c.isprintable() else "_" for c in text)
        return text

    def text(self):
        """The heaviest stacks, as many as fit, and the sum of the others."""
        counts = self.counts
        lines, size, other = [], 32, counts.get(OTHER, 0)
        for stack in sorted(counts, key=counts.get, reverse=True):
            if stack == OTHER:
                continue
            line = ("%s %d\n" % (stack, counts[stack])).encode("utf-8", "replace")
            if size + len(line) > PROCESS_BYTES_MAX:
                other += counts[stack]
                continue
            size += len(line)
            lines.append(line)
        if other > 0:
            lines.append(b"%s %d\n" % (OTHER.encode(), other))
        return b"".join(lines)

    def save(self, text, call):
        """Write the process's own file anew, whole."""
        try:
            new = self.own + ".new"
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            self.write(call(os.open, new, flags, 0o600), text, call)
            call(os.rename, new, self.own)
            self.is_saved = True
        except OSError:
            # Such as where the disk is full: the end may have more luck.
            self.is_saving = False

    def leave(self):
        """The process ends: add its counts to the file of all."""
        if not self.counts:
            return
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
            fd = os.open(self.folder + "/ended", flags, 0o600)
            text = self.text()
            if os.fstat(fd).st_size + len(text) > FOLDER_BYTES_MAX:
                os.close(fd)
                return
            self.write(fd, text, call_plainly)
            if self.is_saved:
                os.unlink(self.own)
        except OSError:
            pass

    def write(self, fd, text, call):
        try:
            if call(os.write, fd, text) != len(text):
                raise OSError("cut")
        finally:
            call(os.close, fd)


def call_plainly(function, *args):
    return function(*args)


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
    alone.  So while it has one thread, and nobody else asks, the time is shorter during the waits
    for a sample.  A program's own setswitchinterval() holds.
    """

    def __init__(self):
        self.usual_s = sys.getswitchinterval()
        # As it is read again, in whole micro-seconds.
        sys.setswitchinterval(TURN_S)
        self.short_s = sys.getswitchinterval()
        sys.setswitchinterval(self.usual_s)
        self.is_theirs = sys.implementation.name != "cpython"

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


class Sampler(object):
    """The thread that looks at all others, and its beginning and end.

    It ends before each fork, and begins again on both sides: a fork that had it as well would be
    one of a program with threads, which newer Pythons warn of, and whose locks a child inherits
    as they are.
    """

    def __init__(self, rate, folder):
        self.uncollected = Uncollected()
        self.turn = Turn()
        self.rate = rate
        self.folder = folder
        self.looker = None  # once a sample was due
        self.pid = os.getpid()
        self.main = get_ident()
        self.forks = 0  # that are under way
        self.is_over = False
        self.native_id = None
        self.stop_lock = self.end_lock = None
        self.signals = set(range(1, 32))
        self.signals.update(range(_signal.SIGRTMIN, _signal.SIGRTMAX + 1))
        self.seed = (self.pid * 2654435761 + int(time() * 1e6)) & 0x7FFFFFFF

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
        self.stop_lock = allocate_lock()
        self.end_lock = allocate_lock()
        self.stop_lock.acquire()
        self.end_lock.acquire()
        # A signal that the program blocks, to wait for it, must not find a thread that does not.
        mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, self.signals)
        try:
            self.uncollected.begin()
            self.turn.begin()
            waits = self.waits(self.stop_lock)
            first = waits[self.turn.is_asked_for(len(sys._current_frames()))]
            run = self.uncollected.enter(
                self.run, first, waits, self.tools(), self.end_lock.release
            )
            start_new_thread(next, (run, None))
        except Exception:
            self.stop_lock = None
            self.turn.begin()
        finally:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)

    def waits(self, stop_lock):
        """Uncollected.calls() that end when a sample is due, with whether it is to be the end.

        Twice: without Turn.ends(), and with them.
        """
        # Not in step with a program that does something ten times a second: a thousand pauses
        # that differ, as sums of two halves.
        halves = [[(0.25 + self.random() / 2) / self.rate for _ in range(n)] for n in (31, 37)]
        pauses = starmap(_operator.add, zip(itertools.cycle(halves[0]), itertools.cycle(halves[1])))
        # The first at any moment of an interval, so that short processes have their share.
        pauses = itertools.chain([self.random() / self.rate], pauses)
        pauses = zip(repeat(True), pauses)
        calls = self.uncollected.calls
        return calls(stop_lock.acquire, pauses), calls(stop_lock.acquire, pauses, self.turn.ends())

    def tools(self):
        """For each kind of tool, such as a profiler, whose it is, or None; again and again."""
        if not hasattr(sys, "monitoring"):
            return iter(())
        return map(sys.monitoring.get_tool, itertools.cycle(range(TOOLS)))

    def run(self, wait, waits, tools, end):
        """Sample until it is to end, and call end.

        From 3.12 on a profiler of the program's, such as cProfile, sees the calls of all threads.
        So nothing is called while there is one: what waits, and what asks for it, is called by
        the iterators, which no profiler sees.
        """
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
                    self.looker = Looker(self.folder, self.pid, self.main)
                self.looker.look(self.uncollected.call)
                self.uncollected.prepare()
                wait = waits[self.turn.is_asked_for(self.looker.thread_count)]
        except BaseException:
            self.is_over = True
        self.uncollected.leave(end)

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
        self.seed ^= self.pid
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


def begin(rate, folder):
    if not is_to_be_sampled():
        return
    # An interpreter within the interpreter aborts where it has a thread at its end; in one, this
    # raises an error.  Elsewhere it changes nothing, as nobody can have set one yet.
    _signal.set_wakeup_fd(-1)
    Sampler(rate, folder)
