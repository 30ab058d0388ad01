#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a user may forge between submission and the step's end: the step runs and exits as
# always, nothing that is not the user's is read, and nobody waits.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

# forged JOB_NAME OPTION VALUE: past the submit side, straight to slurmstepd
forged() {
	as-user alice env "_SLURM_SPANK_OPTION_joboutliers_$2=$3" \
		"SLURM_SPANK__SLURM_SPANK_OPTION_joboutliers_$2=$3" \
		srun -J "$1" sh -c 'exit 3' 2>/dev/null
	[ $? = 3 ] || echo "$1 failed" >>failed
}

# attributes JOB_NAME SCRIPT: the script replaces the file for attributes, and must get that far
attributes() {
	as-user alice srun -Q -J "$1" sh -ec "$2; exit 3" 2>"$1.err"
	[ $? = 3 ] || echo "$1 failed" >>failed
}

echo 'stolen=1' >root-file
chmod 600 root-file
# Where the file for attributes is, as only a link can bring another user's file to its place.
bob_file=$JO_DIR/attributes/bob
echo 'stolen=1' >"$bob_file"
chown bob "$bob_file"
chmod 666 "$bob_file"
long=$(head -c 4096 /dev/zero | tr '\0' x)

forged forged-unit input_size 10Q &
forged forged-long input_size "$long" &
forged forged-escape input_size "$(printf '1\033[2J')" &
forged forged-attr job_attr "a=1,a=2,$long" &
forged forged-class job_class "$(printf 'a\nb')" &

attributes link-to-shadow 'rm -f "$SJOB_ATTRIBUTES"; ln -s /etc/shadow "$SJOB_ATTRIBUTES"' &
attributes link-to-root "rm -f \"\$SJOB_ATTRIBUTES\"; ln -s $PWD/root-file \"\$SJOB_ATTRIBUTES\"" &
attributes others-file "rm \"\$SJOB_ATTRIBUTES\"; ln $bob_file \"\$SJOB_ATTRIBUTES\"
	[ \"\$(stat -c '%U %h' \"\$SJOB_ATTRIBUTES\")\" = 'bob 2' ]
	grep -q stolen \"\$SJOB_ATTRIBUTES\"" &
attributes fifo 'rm -f "$SJOB_ATTRIBUTES"; mkfifo "$SJOB_ATTRIBUTES"' &
attributes folder 'rm -f "$SJOB_ATTRIBUTES"; mkdir "$SJOB_ATTRIBUTES"' &
attributes huge 'echo big=1 >"$SJOB_ATTRIBUTES"; truncate -s 1G "$SJOB_ATTRIBUTES"' &
attributes binary 'head -c 3000 /dev/urandom >"$SJOB_ATTRIBUTES"' &
attributes bad-lines 'printf "%s\n" good=1 = bad "input_size=10Q" >"$SJOB_ATTRIBUTES"' &
attributes gone 'rm -f "$SJOB_ATTRIBUTES"' &
wait

is "all steps ran and kept their exit status" "$(cat failed 2>/dev/null)" ""

for name in unit long escape; do
	step forged-$name
	is "forged-$name: no size" "${r_input_bytes-missing}" missing
	is "forged-$name: the record says so" "$r_input_source" invalid
done
step forged-attr
is "forged-attr: none is taken" "${r_attr_a-missing}" missing
step forged-class
is "forged-class: is not taken" "$r_class_is_declared" 0

for name in link-to-shadow link-to-root others-file fifo folder huge binary gone; do
	step $name
	is "$name: exit status" "$r_exit_status" 3
	is "$name: nothing was read" "$(set | grep -c '^r_attr_')" 0
	between "$name: nobody waited" "$r_wall_us" 1 20000000
done
step bad-lines
is "bad-lines: the good one counts" "$r_attr_good" 1
is "bad-lines: the bad size does not" "${r_input_bytes-missing}" missing

done_testing
