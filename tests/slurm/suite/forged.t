#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An environment that says the step is another: what identifies it is Slurm's and slurmd's word.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

forged=SLURM_CLUSTER_NAME=other,SLURM_JOB_ID=999999,SLURM_JOBID=999999,SLURM_STEP_ID=77
forged=$forged,SLURM_JOB_UID=0,SLURM_JOB_USER=root,SLURMD_NODENAME=elsewhere,SLURM_CONF=/nowhere
cat >forged.sh <<'END'
#!/bin/sh
SLURM_CLUSTER_NAME=other srun -Q env >inside.env
END
as-user alice srun -Q -J forged-srun --export=ALL,$forged true &
as-user alice sbatch --wait -J forged-batch --export=ALL,$forged -o "$PWD/out" forged.sh >/dev/null &
wait

ok "the step does see the name that was forged" grep -q '^SLURM_CLUSTER_NAME=other' inside.env
# same NAME STEP: the record is that of alice's step on this cluster
same() {
	record kind=end "job_name=$1" "step_id=$2"
	is "$1: cluster" "$r_cluster" test
	is "$1: uid" "$r_uid" "$(id -u alice)"
	like "$1: node" "$r_node" 'n[12]'
	between "$1: job" "$r_job_id" 1 99999
}
same forged-srun 0
same forged-batch $batch_step
same forged-batch 0
record kind=start job_name=forged-srun
is "forged-srun: its start says the same" "$r_cluster" test

done_testing
