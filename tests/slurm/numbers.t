#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Job numbers that come twice in one database: of two clusters, where a user gives himself out for
# the other cluster's, also where no record names its cluster; and of a slurmctld that lost its
# state.  No record changes another user's step, and both jobs of a number are there and judged.
# shellcheck disable=SC2154 # record() sets r_FIELD
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${JO_DIR-}" ]; then
	set -eu
	. "$here/need.sh"
	need slurmctld slurmd munged
	JO_SHARED=$(mktemp -d -t joboutliers.XXXXXX)
	export JO_SHARED
	trap 'rm -rf "$JO_SHARED"' EXIT
	"$here/cluster" -n 1 -- "$here/numbers.t"
	"$here/cluster" -c other -n 1 -- "$here/numbers.t"
	exit
fi

suite=$here/suite
. "$suite/lib.sh"
here=$suite
cd "$JO_DIR/attributes" || exit

# hand_over NAME [KIND]: the spool's records, to where those of all clusters are
hand_over() {
	install -d "$JO_SHARED/$1/n1/new"
	mv "$JO_SPOOL"/n1/new/*"${2-}" "$JO_SHARED/$1/n1/new"
}
# Whoever's slurmd did not say its cluster's name.
forget_cluster() { mv "$JO_SPOOL/n1/node" node; }

if [ "$(scontrol show config | sed -n 's/^ClusterName *= *//p')" = test ]; then
	as-user alice srun -Q -J first true
	record kind=end job_name=first step_id=0
	hand_over named
	forget_cluster
	as-user alice srun -Q -J second true
	record kind=end job_name=second step_id=0
	hand_over unnamed -start
	hand_over unnamed-end
	# The numbers are the other cluster's to print.
	[ "$test_count" = 0 ]
	exit
fi

conf=$PWD/conf
list() { sjoboutliers -c "$conf" list -a -n -P "$@"; }
# take_in FOLDER...: a night's ingest of these
take_in() {
	printf 'Database=%s/db\nSpool=%s\n' "$PWD" "$1" >"$conf"
	sjoboutliers -c "$conf" ingest >ingest.out
	is "ingest of ${1#"$JO_SHARED/"}: done" $? 0
}
row() { list -j "$1" -u "$2" -o job,cluster,user,job_name,class,state,exit,wall_s,start; }

# The other cluster's users say of themselves what they can.
forged=SLURM_CLUSTER_NAME=test,SLURM_JOB_USER=alice,SLURM_JOB_NAME=first,SLURM_RESTART_COUNT=0
forged=$forged,SLURM_JOB_ID=1,SLURM_JOB_UID=$(id -u alice)
as-user bob srun -Q -J forged "--export=ALL,$forged" false 2>err
record kind=end "uid=$(id -u bob)" job_id=1
hand_over other-named
forget_cluster
as-user bob srun -Q -J forged "--export=ALL,$forged" false 2>err
record kind=end "uid=$(id -u bob)" job_id=2
# Its start comes late, so that nothing but the user tells the two jobs apart.
hand_over other-unnamed -end

take_in "$JO_SHARED/named"
take_in "$JO_SHARED/unnamed"
first=$(row 1 alice)
second=$(row 2 alice)
like "alice's first job is there" "$first" '1.0|test|alice|first|*|COMPLETED|*'
like "alice's second job is there, of no cluster, and runs" "$second" '2.0||alice|second|*|RUNNING|*'
take_in "$JO_SHARED/other-named"
take_in "$JO_SHARED/other-unnamed"
is "another cluster's job of the same number changes nothing of it" "$(row 1 alice)" "$first"
like "and is there, as its own cluster's and user's" "$(row 1 bob)" '1.0|other|bob|*|FAILED|*'
is "nor does one where no cluster is known" "$(row 2 alice)" "$second"
like "which is there as its user's" "$(row 2 bob)" '2.0||bob|*|FAILED|*'
take_in "$JO_SHARED/unnamed-end"
like "and alice's ends as it did" "$(row 2 alice)" '2.0||alice|second|*|COMPLETED|*'

# What ran on the other days: some second for 1 GB.
{
	echo job,step,cluster,partition,user,class,start,wall_s,input_bytes
	awk -v now="$(date +%s)" 'BEGIN {
		for (i = 1; i <= 30; i++) {
			gb = 1 + i % 7 / 2
			printf "%d,0,other,short,bob,align,%d,%.2f,%.0f\n", 900000 + i,
				now - (31 - i) * 86400, gb + i % 3 / 50, gb * 1e9
		}
	}'
} >history.csv
sjoboutliers -c "$conf" import --csv history.csv >import.out
is "history is imported" $? 0

# start_anew: a slurmctld that knows of nothing; its first job is number 1
is_idle() { [ "$(sinfo -h -o %T 2>/dev/null)" = idle ]; }
start_anew() {
	old=$(pgrep -o -x slurmctld)
	kill "$old"
	until_true sh -c "! kill -0 $old 2>/dev/null"
	rm -rf "$JO_DIR/state"/*
	slurmctld -D -f "$SLURM_CONF" >/dev/null 2>&1 &
	ok "a slurmctld without its state is up" until_true is_idle
}
# life NAME: the slow run of a job of number 1
life() {
	start_anew
	as-user bob srun -Q -J "$1" --job-class=align --input-size=1GB sleep 8
	record kind=end "job_name=$1"
	is "$1: its number is 1" "$r_job_id" 1
}
mv node "$JO_SPOOL/n1/node"
life early
life late
hand_over lives
take_in "$JO_SHARED/lives"
sjoboutliers -c "$conf" check >check.out
is "the night is judged" $? 0
is "both jobs of the number are there, and both are found" \
	"$(list -j 1 -M other -o job_name,user,wall_verdict | grep -v forged | sort)" \
	"early|bob|high
late|bob|high"
is "and the one of the same number before them" \
	"$(list -j 1 -M other -o user,state | grep -c FAILED)" 1

done_testing
