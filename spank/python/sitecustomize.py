# SPDX-License-Identifier: GPL-2.0-or-later
"""Begins to sample the Python of a step that is profiled, and hands on to the sitecustomize that
would have been there without this one.

The plugin puts this folder in front of PYTHONPATH, so any Python that a job brings reads this file,
2.7 too.  The program is not to notice: no signal is taken, no text is printed, no module is added
but those that are compiled into the interpreter, and what fails here does so in silence.

Compiling takes longer than all else.  So what the other files here are compiled to is left in the
step's folder, for all Pythons of the step that are of the same build.
"""
import sys


def _read(os, path):
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return os.read(fd, 1 << 17)  # more than the files here and what they are compiled to
    finally:
        os.close(fd)


def _begin(here):
    import marshal
    import os

    rate, _, folder = os.environ.get("SJOB_PROFILE_TO", "").partition(":")
    if not folder or sys.version_info < (3, 6):
        return
    # Who runs as another user than its folder's would run what that one has left, and write where
    # that one says; so would anybody where others can write.
    state = os.stat(folder)
    if not os.getuid() == os.geteuid() == state.st_uid or state.st_mode & 0o77:
        return

    sources = [here + "/_joboutliers_start.py", here + "/_joboutliers_sampler.py"]
    kept = "%s/.code-%x" % (folder, sys.hexversion)
    mark = ("%s %r" % (sys.version, [os.stat(source).st_mtime for source in sources])).encode()
    try:
        text = _read(os, kept)
        is_kept = text.startswith(mark)
    except OSError:
        is_kept = False
    if is_kept:
        start, sampler = marshal.loads(text[len(mark) :])
    else:
        start, sampler = [compile(_read(os, source), source, "exec") for source in sources]
        sampler = marshal.dumps(sampler)
    names = {"__name__": "_joboutliers_start", "__file__": sources[0]}
    exec(start, names)
    if not is_kept:
        names["keep"](kept, mark + marshal.dumps((start, sampler)))
    names["begin"](int(rate), folder, sampler)


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
