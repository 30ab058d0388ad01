#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A spool that is not what it should be: steps run and exit as always, and slurmd's log has one
# line that says why.  All on the spare node, which is this test's own.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

log=$JO_DIR/log/spare.log

use_spool() {
	echo "optional $JO_DIR/joboutliers.so spool=$1 attributes=$JO_DIR/attributes" \
		>"$JO_DIR/spare.plugstack.conf"
}

# The cluster's folder has our name, too, so that Slurm's own lines may.
log_lines() { grep -c 'joboutliers: ' "$log"; }

# harmless MODE: a step on spare runs and exits as always, says nothing, and is over soon
harmless() {
	before=$(log_lines)
	status=0
	as-user alice timeout 60 srun -Q -p spare -J "spool-$1" sh -c 'exit 5' 2>err || status=$?
	is "$1: the step keeps its exit status" "$status" 5
	is "$1: the user sees nothing of it" "$(grep -v 'task 0: Exited with exit code 5' err)" ""
	like "$1: the node stays in service" "$(sinfo -h -n spare -o %T)" idle mixed completing
}

is_logged() { [ "$(log_lines)" -gt "$before" ]; }

# logged MODE: the log says it in one line for a record that could not be written
logged() {
	until_true is_logged
	between "$1: the log says so, once or twice" $(($(log_lines) - before)) 1 2
}

use_spool "$PWD/missing"
harmless missing
logged missing

: >file
use_spool "$PWD/file"
harmless "a file"
logged "a file"

install -d elsewhere
ln -s elsewhere link
use_spool "$PWD/link"
harmless "a symlink"
logged "a symlink"
is "a symlink: nothing was written behind it" "$(ls elsewhere)" ""

install -d -m 777 open
use_spool "$PWD/open"
harmless "open to everybody"
logged "open to everybody"

install -d read-only
mount -t tmpfs -o ro tmpfs read-only
use_spool "$PWD/read-only"
harmless "not writable"
logged "not writable"
umount read-only

install -d full
mount -t tmpfs -o size=64k,mode=755 tmpfs full
use_spool "$PWD/full"
harmless "not yet full"
is "not yet full: two records" "$(find full/spare/new -type f | wc -l)" 2
dd if=/dev/zero of=full/fill bs=4k 2>/dev/null
harmless full
logged full
is "full: no half record" "$(find full/spare/new -type f | wc -l)" 2
is "full: nothing left in tmp" "$(find full/spare/tmp -type f | wc -l)" 0
rm full/fill
harmless "room again"
is "room again: two more records" "$(find full/spare/new -type f | wc -l)" 4
ok "room again: what was lost is told" grep -q '"dropped_count":2' full/spare/new/*
umount full

# What touches it waits until the file system is gone, so that a failure ends as well.
hangs() {
	hang_files "$1" &
	hanging=$!
	until_true grep -q " $1 fuse " /proc/mounts
	use_spool "$2"
	harmless "$3"
	logged "$3"
	kill "$hanging"
	umount -l "$1"
}
# serves WHAT: slurmd of the spare node, started anew, is there and serves steps
serves() {
	starts=$(grep -c 'slurmd started on' "$log")
	old=$(pgrep -o -f -- '^slurmd .*-N spare')
	kill "$old"
	until_true sh -c "! kill -0 $old 2>/dev/null"
	slurmd -D -f "$JO_DIR/spare.slurm.conf" -N spare >/dev/null 2>&1 &
	ok "$1: slurmd starts" \
		until_true sh -c "[ \$(grep -c 'slurmd started on' '$log') -gt $starts ]"
	harmless "$1, slurmd anew"
}
started_on_one() {
	hang_files "$1" &
	hanging=$!
	until_true grep -q " $1 fuse " /proc/mounts
	use_spool "$1"
	before_start=$(wc -l <"$log")
	serves "a file system that hangs"
	ok "a file system that hangs: slurmd says at its start why nothing is recorded" \
		sh -c "tail -n +$before_start '$log' | grep -q 'error: .*lies on fuse, which can hang'"
	kill "$hanging"
	umount -l "$1"
}
# The root's own mount is known without its table of mounts being read.
root=$(mktemp -d /var/tmp/joboutliers.XXXXXX)
trap 'umount -l "$root/hangs" 2>/dev/null; rm -rf "$root"' EXIT
chmod 755 "$root"
install -d hangs "$root/hangs" "$root/spool"
ln -s hangs link-to-hangs
ln -s "$root/hangs" link-to-root
if [ -e /dev/fuse ]; then
	hangs "$PWD/hangs" "$PWD/hangs" "a file system that hangs"
	hangs "$PWD/hangs" "$PWD/link-to-hangs/deeper" "a link to one that hangs"
	hangs "$root/hangs" "$root/hangs" "one that hangs, below the root"
	hangs "$root/hangs" "$PWD/link-to-root/deeper" "a link to one that hangs, below the root"
	started_on_one "$PWD/hangs"
	use_spool "$JO_SPOOL"
	serves "a spool that is right again"
else
	pass "a file system that hangs # SKIP there is no /dev/fuse here"
fi
use_spool "$root/spool"
case $(stat -f -c %T /) in
ext* | xfs | btrfs | tmpfs | overlayfs)
	harmless "on the root's mount"
	until_true sh -c "[ \$(find '$root/spool/spare/new' -type f | wc -l) = 2 ]"
	is "on the root's mount: two records" "$(find "$root/spool/spare/new" -type f | wc -l)" 2 ;;
*)
	pass "on the root's mount # SKIP that is none of the node's own here" ;;
esac

install -d foreign
use_spool "$PWD/foreign"
harmless "new"
mkdir foreign/spare/new/folder foreign/spare/tmp/folder
mkfifo foreign/spare/new/fifo
ln -s /etc/shadow foreign/spare/new/link
head -c 100000 /dev/urandom >foreign/spare/new/garbage
harmless "foreign files"
is "foreign files: records beside them" "$(find foreign/spare/new -type f ! -name garbage | wc -l)" 4

seq -f 'foreign/spare/new/%g' 25000 | xargs touch
harmless "at its bound"
logged "at its bound"
is "at its bound: no more records" "$(find foreign/spare/new -type f ! -name garbage | wc -l)" 25004

# What lies on the node comes into the database by way of a folder that is shared.
install -d own shared
use_spool "$PWD/own"
harmless "own"
until_true sh -c '[ "$(find own/spare/new -type f | wc -l)" = 2 ]'
is "own: what is carried" "$(sjobforward -s own shared)" \
	"sjobforward: 2 records carried, 0 there already, 0 left, 0 foreign"
is "own: the node has it no more" "$(ls own/spare/new)" ""
printf 'Database=%s/db\nSpool=%s/shared\n' "$PWD" "$PWD" >conf
is "own: ingest takes it from there" "$(sjoboutliers -c conf ingest)" \
	"ingest: 2 records: 1 new, 1 changed, 0 known, 0 skipped, 0 bad"
is "own: the step is known" "$(sjoboutliers -c conf list -a -n -P -o job_name)" spool-own

use_spool "$JO_SPOOL"
done_testing
