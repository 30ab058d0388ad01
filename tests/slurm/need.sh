# SPDX-License-Identifier: GPL-2.0-or-later
# Ends a test of a real Slurm that cannot run on this machine: skipped, but where CI is set a
# failure, so that nobody takes an empty run for a good one.
# shellcheck shell=sh

: "${JO_BUILD:=$(cd "$(dirname "$0")/../.." && pwd)/build}"
export JO_BUILD
PATH=$PATH:/usr/sbin:/sbin

cannot_run() {
	if [ -n "${CI-}" ]; then
		printf '1..1\nnot ok 1 - the real Slurm can be tested: %s\n' "$1"
		exit 1
	fi
	echo "1..0 # SKIP $1"
	exit 0
}

# need COMMAND...: root and these programs
need() {
	[ "$(id -u)" = 0 ] || cannot_run "needs root, as slurmd does"
	for program in "$@"; do
		command -v "$program" >/dev/null || cannot_run "$program is not installed"
	done
}
