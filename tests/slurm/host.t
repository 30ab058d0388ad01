#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The suite on a private Slurm with this machine's own kernel and cgroups.
set -eu

here=$(dirname "$0")
. "$here/need.sh"
need slurmctld slurmd munged

version=v1
[ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ] || version='v2, host'
"$here/cluster" -s -l "$JO_BUILD/slurm-logs/host" -- "$here/suite/run" "$version"
