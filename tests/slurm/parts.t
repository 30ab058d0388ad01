#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A night judged by an array of jobs of the real Slurm, with a database on a PostgreSQL server: one is
# cancelled, a node is lost, Slurm refuses; the verdicts are those of one check.
# shellcheck disable=SC2154 # record() sets r_FIELD
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${JO_DIR-}" ]; then
	. "$here/need.sh"
	need slurmctld slurmd munged psql
	"$here/../postgres/server" true 2>/dev/null || cannot_run "PostgreSQL cannot be started"
	exec "$here/../postgres/server" "$here/cluster" -n 3 -- "$here/parts.t"
fi
# shellcheck source=tests/slurm/suite/lib.sh
. "$here/suite/lib.sh"
here=$here/suite
work=$(mktemp -d)
chmod 1777 "$work"
cd "$work" || exit 1
export TZ=UTC SJOBOUTLIERS_NOW=2026-03-02T06:00:00

awk 'BEGIN {
	print "job,start,wall_s,partition,user,class,input_bytes"
	srand(3)
	for (i = 1; i <= 1500; i++) {
		gib = 1 + i % 4
		printf "%d,%d,%.3f,main,u%d,class%d,%.0f\n", i, 1772064000 + i * 240,
			100 * gib * (0.97 + 0.06 * rand()) * (i % 97 == 0 ? 5 : 1), i % 3, i % 40, gib * 2^30
	}
}' >steps.csv
admin() { psql -qAtX -d postgres -c "$@"; }
anew() { # the steps, and no verdict
	admin 'DROP DATABASE IF EXISTS night' 2>/dev/null
	admin "CREATE DATABASE night TEMPLATE ${1-fresh}"
}
printf 'Database=postgresql:///night?host=%s&user=%s\n' "$PGHOST" "$PGUSER" >conf
tool() { as-user alice sjoboutliers -c "$work/conf" "$@"; }
anew template0
tool import --csv steps.csv >/dev/null
admin 'CREATE DATABASE fresh TEMPLATE night'
tool check >/dev/null
tool export --json >whole
is_same() { # is_same NAME: and the database says what one check makes it say
	tool export --json >parts
	ok "$1: what one check leaves, to the last bit" cmp -s whole parts
}
summary() { sed 's/ nights\{0,1\};.*//; s/ [0-9]* night$//' out; }
job_ids() { sed -n 's/.* by job \([0-9 and]*\) of Slurm.*/\1/p' out; }

# ---- all goes well ----
anew
tool check --slurm 4 >out 2>err
is "four jobs: done" $? 0
is "without a word" "$(cat err)" ""
job=$(job_ids)
is "of all steps" "$(summary)" "check: 1500 steps in 4 parts by job $job of Slurm; here: 0 steps in 0"
is_same "four jobs"
record kind=end "array_job_id=$job" array_task_id=2
is "they are of a class of their own" "$r_job_name" sjoboutliers-check
is "and end well" "$r_exit_status" 0
tool check --slurm 4 >out 2>err
is "where nothing waits, no job is made" "$(cut -d' ' -f-6 out)" "check: 0 steps in 0 nights;"

# Jobs begin in another folder than who asks for them.
anew
as-user alice sjoboutliers -c conf check --slurm 2 >out 2>err
is "a configuration that is named from here: done" $? 0
is "without a word of parts that are left" "$(cat err)" ""
is_same "a configuration that is named from here"

# ---- one is cancelled, and a node is lost ----
hold_writing() { # until let_write nobody else writes
	rm -f go held
	mkfifo go
	(echo 'BEGIN; SELECT pg_advisory_xact_lock(1784768111, 0) IS NOT NULL;' && read -r _ <go &&
		echo 'COMMIT;') | psql -qAtX -d night >held &
	holder=$!
	until_true [ -s held ]
}
let_write() {
	echo >go
	wait "$holder"
}
running() { [ "$(squeue -h -t R -n sjoboutliers-check | wc -l)" = "$1" ]; }
waiting() { # waiting COUNT: so many programs wait to write
	[ "$(admin "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 0 AND NOT granted")" = "$1" ]
}
anew
hold_writing
tool check --slurm 3 -- --exclusive >out 2>err &
check=$!
ok "three jobs, on a node each" until_true running 3
job=$(squeue -h -r -o %F -n sjoboutliers-check | head -1)
until_true waiting 3
scancel "${job}_2"
until_true running 2
let_write
wait "$check"
is "one is cancelled: done" $? 0
like "its part is submitted again" "$(cat err)" "*job $job left * steps: their parts are submitted again"
like "as a job of its own" "$(job_ids)" "$job and *"
is_same "one is cancelled"

anew
hold_writing
tool check --slurm 3 -- --exclusive >out 2>err &
check=$!
until_true running 3
until_true waiting 3
scontrol update nodename=n3 state=down reason=lost
let_write
wait "$check"
is "a node is lost: done" $? 0
is_same "a node is lost"
scontrol update nodename=n3 state=resume 2>/dev/null || : # it may have come back by itself

# ---- one is held, as after a prolog that failed ----
anew
hold_writing
tool check --slurm 3 -- --exclusive >out 2>err &
check=$!
until_true running 3
job=$(squeue -h -r -o %F -n sjoboutliers-check | head -1)
until_true waiting 3
scontrol requeuehold "${job}_2"
until_true running 2
let_write
wait "$check"
is "one is held: done" $? 0
like "it is cancelled" "$(cat err)" "*job $job waits for *, which does not end by itself: it is cancelled*"
like "its part is submitted again" "$(job_ids)" "$job and *"
is_same "one is held"
is "and none is left" "$(squeue -h -n sjoboutliers-check)" ""
anew
tool check --slurm 2 -- --partition=short --time=2:00:00 >out 2>err
is "a partition that has no such time: done" $? 0
like "which is told" "$(cat err)" "*waits for \"PartitionTimeLimit\", which does not end by itself*"
is_same "a partition that has no such time"

# ---- the jobs are another cluster's ----
anew
mkdir bin
slurm_bin=$(dirname "$(command -v sbatch)")
cat >bin/sbatch <<-END
	#!/bin/sh
	job=\$($slurm_bin/sbatch "\$@") && echo "\$job;other"
END
cat >bin/squeue <<-END
	#!/bin/sh
	for last; do :; done
	[ "\$last" = --clusters=other ] || { echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1; }
	exec $slurm_bin/squeue --noheader --format=%r --jobs "\$4"
END
chmod 755 bin bin/*
PATH=$work/bin:$PATH tool check --slurm 2 >out 2>err
is "another cluster: done" $? 0
is "without a word of parts that are left" "$(cat err)" ""
is_same "another cluster"

# ---- Slurm refuses ----
anew
tool check --slurm 4 -- --partition=nowhere >out 2>err
is "Slurm refuses: done" $? 0
like "which is told" "$(cat err)" "*sbatch*nvalid partition*what is left is judged here"
is "all is judged here" "$(cut -d' ' -f-6 out)" "check: 1500 steps in 5 nights;"
is_same "Slurm refuses"
anew
echo "SlurmctldHost=nowhere" >slurm.conf
SLURM_CONF=$work/slurm.conf tool check --slurm 4 >out 2>err
is "no Slurm: done" $? 0
like "which is told" "$(cat err)" "*sbatch*what is left is judged here"
is_same "no Slurm"

# ---- a night ----
anew
printf 'CheckJobs=2\nCheckJobOptions=--partition=long,--comment=night\nSpool=%s/spool\nAskSacct=no\n' "$work" >>conf
install -d -m 750 -o alice spool
tool nightly >out 2>err
like "nightly has jobs of its own" "$(grep '^check' out)" "check     1500 steps in 2 parts by job * of Slurm; here: 0 steps in 0 nights*"
is_same "nightly"
cd /
rm -rf "$work"
done_testing
