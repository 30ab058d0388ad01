# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks where a Python program is, and keeps how often it was where.

Loaded by _joboutliers_start.py into its own names, when the first sample is due: in the thread that
takes it, where nothing may be imported any more.  A sample is one stack of calls, by function, file
and line; never a value.  A process leaves its counts in the step's folder: in a file of its own from
time to time, for processes that are killed, and appended to the file of all at its end.  The plugin
reads them (spank/profile.c).
"""

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
