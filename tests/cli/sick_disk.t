#!/bin/sh
# A disk that fails while a folder is listed or a file is read: what was not looked at is said, has
# an exit status, and is there for the next run; the rest is taken.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# readdir and read fail for what SICK names; SICK_AFTER: names that are still told.  Nothing can be
# removed where SICK_REMOVE is set.
cat >"$dir/sick.c" <<'END'
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
static int is_sick(int fd)
{
	const char *sick = getenv("SICK");
	char link[64], path[4096];
	ssize_t len;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len < 0 ? 0 : len] = '\0';
	return sick != NULL && strcmp(path, sick) == 0;
}
struct dirent *readdir(DIR *dir)
{
	static int told;
	if (is_sick(dirfd(dir)) && told++ >= atoi(getenv("SICK_AFTER"))) {
		errno = EIO;
		return NULL;
	}
	return (struct dirent *)readdir64(dir);
}
ssize_t read(int fd, void *bytes, size_t size)
{
	if (!is_sick(fd))
		return syscall(SYS_read, fd, bytes, size);
	errno = EIO;
	return -1;
}
int unlinkat(int fd, const char *name, int flags)
{
	if (getenv("SICK_REMOVE") == NULL)
		return syscall(SYS_unlinkat, fd, name, flags);
	errno = EIO;
	return -1;
}
END
if nm "$sjob" | grep -q __asan_init; then
	echo "1..0 # SKIP the address sanitizer has a read of its own"
	exit 0
fi
if ! cc -shared -fPIC -w -o "$dir/sick.so" "$dir/sick.c" 2>/dev/null; then
	echo "1..0 # SKIP needs cc"
	exit 0
fi
export SICK SICK_AFTER=0
spool=$dir/spool box=$dir/requests
mkdir "$box"
chmod 1733 "$box"
echo "Requests=$box" >>"$dir/conf"

put() { # put NODE JOB: a record, as the plugin leaves it
	mkdir -p "$spool/$1/new" "$spool/$1/tmp"
	printf '{"v":1,"kind":"end","cluster":"c1","node":"%s","job_id":%d,"step_id":0,"step_kind":"srun","node_index":0,"node_count":1,"user":"ann","start_unix_us":1772366400000000,"wall_us":9000000,"exit_status":0,"term_signal":0}\n' \
		"$1" "$2" >"$spool/$1/new/$2.0"
}
sick() { # sick PATH COMMAND...: the tool, on a disk that fails at PATH
	SICK=$1
	shift
	out=$(LD_PRELOAD=$dir/sick.so "$sjob" -c "$dir/conf" "$@" 2>"$dir/err")
	status=$?
}
fails() { # fails PATH TEXT COMMAND: it says TEXT and exits 1
	sick "$1" "$3"
	is "$status" 1 "$3, with ${1#"$dir"/} sick, exits 1"
	{ printf '%s\n' "$out"; cat "$dir/err"; } | grep -qF -e "$2"
	ok $? "and says: $2"
}

put n1 1
put n2 2
fails "$spool" "list spool $spool: Input/output error" ingest
is "$(ls "$spool"/n?/new)" "$(printf '%s:\n1.0\n\n%s:\n2.0' "$spool/n1/new" "$spool/n2/new")" "all is still there"
fails "$spool/n1/new" "list $spool/n1/new: Input/output error" ingest
run list -a -P -n -o job -S 2026-01-01
is "$out" 2.0 "the other node's is taken"
fails "$spool/n1/new/1.0" "$spool/n1/new/1.0: read: Input/output error" ingest
is "$(ls "$spool/n1/new" "$spool/bad" 2>/dev/null)" "$spool/n1/new:
1.0" "a file that cannot be read is not set aside"
SICK_AFTER=3 fails "$spool" "list spool $spool: Input/output error" ingest
fails "$spool/n1/new" "ingest    FAILED" nightly

fails "$spool" "FAIL spool     $spool: Input/output error, so not all in it is seen" doctor
fails "$spool/n1/new" "FAIL spool     $spool/n1/new: Input/output error" doctor
mkdir "$spool/bad"
fails "$spool/bad" "FAIL spool     $spool/bad: Input/output error" doctor
fails "$box" "FAIL requests  $box: Input/output error" doctor
sick "$spool/n1/new" export --openmetrics="$dir/metrics"
echo "$out" | grep -q '^joboutliers_spool.*waiting.* 0$'
is $? 1 "no metric says that nothing waits"

request='{"v":1,"ask":"mute","class":"x"}'
echo "$request" >"$box/1"
echo "$request" >"$box/2"
fails "$box" "list $box: Input/output error" requests
SICK_AFTER=3 fails "$box" "list $box: Input/output error" requests
is "$(find "$box" -type f -printf x)" x "what was seen is taken, the rest waits"
file=$(find "$box" -type f)
fails "$file" "$file is left for the next run: read it: Input/output error" requests
is "$(ls "$box")" "${file##*/}" "and is neither refused nor gone"
export SICK_REMOVE=yes
fails /nowhere "$file was taken, but stays, and is taken again: remove it: Input/output error" requests
unset SICK_REMOVE

SICK=
run ingest
is "$status $out" "0 ingest: 1 record: 1 new, 0 changed, 0 known, 0 skipped, 0 bad" "the next run takes the record"
run requests
is "$status $out" "0 requests: 1 taken, 0 refused" "and the request"
plan
