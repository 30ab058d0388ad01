#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The suite on a private Slurm with a kernel that has cgroups of version 2 alone.  There a step takes
# seconds, and of many at once Slurm itself gives some up, so host.t is left what cgroups have nothing
# to do with: options, spool, trace contexts, profiles, nights, many steps.
set -eu

here=$(dirname "$0")
. "$here/need.sh"
need slurmctld slurmd munged linux.uml

tests=
for name in timeout suspended steps measures killed jailed cputime; do
	tests="$tests $here/suite/$name.t"
done
# shellcheck disable=SC2086 # a list of words
"$here/uml" "$here/cluster" -s -l "$JO_BUILD/slurm-logs/uml" -- "$here/suite/run" -j 2 v2 $tests
