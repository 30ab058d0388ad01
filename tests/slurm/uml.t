#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The suite on a private Slurm with a kernel that has cgroups of version 2 alone.
set -eu

here=$(dirname "$0")
. "$here/need.sh"
need slurmctld slurmd munged linux.uml

"$here/uml" "$here/cluster" -s -l "$JO_BUILD/slurm-logs/uml" -- "$here/suite/run" -j 3 v2
