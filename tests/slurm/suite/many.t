#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Many steps of one job at once, which share its processors: each ends as it would, and is recorded
# once.
. "$(dirname "$0")/lib.sh"

count=100
cat >many.sh <<END
#!/bin/sh
for i in \$(seq $count); do srun -Q --overlap -n1 -J many sh -c 'exit 3' & done
wait
END
chmod 755 many.sh
# Their sruns are the script's memory.
as-user alice sbatch --wait --mem=3000 -J many -o out many.sh >/dev/null

is "many: each srun has its step's exit status" \
	"$(grep -c 'task 0: Exited with exit code 3$' out)" $count
# On a slow processor Slurm says that it tries again.
is "many: the user sees nothing of the plugin" "$(grep -c joboutliers out)" 0
recorded() { "$here/records" -c kind=end job_name=many exit_status=3; }
all_are() { [ "$(recorded)" -ge $count ]; }
until_true all_are
is "many: each is recorded, once" "$(recorded)" $count

done_testing
