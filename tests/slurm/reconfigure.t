#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A slurmd that reads its configuration again, in a process of its own since Slurm 23.11, does not
# write its node's record again.  Alone in a cluster, as Slurm loses jobs that begin meanwhile.
# shellcheck disable=SC2154 # record() sets r_FIELD
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${JO_DIR-}" ]; then
	set -eu
	. "$here/need.sh"
	need slurmctld slurmd munged
	exec "$here/cluster" -n 1 -- "$here/reconfigure.t"
fi

suite=$here/suite
. "$suite/lib.sh"
here=$suite
cd "$JO_DIR/attributes" || exit

record kind=node node=n1
is "the node's record has the cluster" "$r_cluster" test
scontrol reconfigure
runs() { as-user alice timeout 20 srun -Q -J after true 2>/dev/null; }
ok "reconfigured: steps run" until_true runs
record kind=end job_name=after
is "reconfigured: they are recorded" "$("$here/records" -c kind=end job_name=after)" 1
is "reconfigured: the node's record is not written again" \
	"$("$here/records" -c kind=node node=n1)" 1

done_testing
