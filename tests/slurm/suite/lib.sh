# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests on a real Slurm share: TAP, users, and reading records.  Sourced by each test,
# which runs inside tests/slurm/cluster in an empty folder of its own that all users may write.
# shellcheck shell=sh disable=SC2034 # the tests use what is set here

test_count=0
MIB=1048576

# pass DESCRIPTION, fail DESCRIPTION [WHY]
pass() {
	test_count=$((test_count + 1))
	echo "ok $test_count - $1"
}
fail() {
	test_count=$((test_count + 1))
	echo "not ok $test_count - $1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/#   /'
}

# ok DESCRIPTION COMMAND...: passes when the command succeeds
ok() {
	what=$1
	shift
	if "$@"; then pass "$what"; else fail "$what" "failed: $*"; fi
}

# is DESCRIPTION FOUND EXPECTED
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "found '$2', expected '$3'"; fi
}

# like DESCRIPTION FOUND PATTERN...: one of the patterns, which are the shell's
like() {
	what=$1
	found=$2
	shift 2
	for pattern in "$@"; do
		# shellcheck disable=SC2254 # a pattern is meant
		case $found in
		$pattern)
			pass "$what"
			return
			;;
		esac
	done
	fail "$what" "found '$found', expected $*"
}

# between DESCRIPTION NUMBER LOW HIGH
between() {
	if [ -n "$2" ] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]; then
		pass "$1"
	else
		fail "$1" "found '$2', expected $3 to $4"
	fi
}

done_testing() { echo "1..$test_count"; }

# What takes longer hangs, on the slowest machine; and where a test is not about how long it takes.
patience=600
slow_us=600000000

# until_true COMMAND...: wait until it succeeds; 1 when it does not
until_true() {
	deadline=$(($(date +%s) + patience))
	until "$@"; do
		[ "$(date +%s)" -lt "$deadline" ] || return 1
		sleep 0.2
	done
}

# few: start no more steps until those are over that were started, where that is all a kernel can do:
# of many at once Slurm gives some up
few() {
	[ "$JO_CGROUP" = v1 ] || wait
}

# record FIELD=VALUE...: wait for the one record and set r_FIELD for each of its fields; a field
# it has not is unset, and so are all when there is no such record, which is a failed test.
# A record is written when the step's last task has ended, which srun does not wait for.
record_patience=$patience
record() {
	for variable in $(set | sed -n 's/^\(r_[A-Za-z0-9_]*\)=.*/\1/p'); do
		unset "$variable"
	done
	if assignments=$("$here/records" -w "$record_patience" "$@"); then
		eval "$assignments"
	else
		fail "there is one record with $*"
		record_patience=2
	fi
}

# step JOB_NAME [STEP]: the end record of that step (0), when it ran on one node
step() { record kind=end "job_name=$1" "step_id=${2-0}"; }

batch_step=4294967291
interactive_step=4294967290

here=$(dirname "$0")
