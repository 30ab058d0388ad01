#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Options that make no sense are refused at submission by srun, sbatch and salloc alike: one
# line that says why, beside the one by which Slurm names the option, an exit status, and no job.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

mkdir -m 700 secret
echo data >secret/data
long=$(head -c 4096 /dev/zero | tr '\0' x)
many=$(seq -s, -f 'key%g=1' 17)
printf '#!/bin/sh\ntrue\n' >job.sh

# refused COMMAND DESCRIPTION OPTION...
refused() {
	command=$1
	what="$1: refuses $2"
	option=$3
	case $command in
	sbatch) set -- sbatch -J refused "$option" job.sh ;;
	*) set -- "$command" -J refused "$option" true ;;
	esac
	status=0
	as-user alice "$@" >out 2>err </dev/null || status=$?
	if [ $status = 0 ]; then
		fail "$what" "exit status 0"
	elif [ "$(wc -l <err)" != 2 ] || [ "$(grep -c ': joboutliers: ' err)" != 1 ] ||
		[ "$(grep -c ": Invalid ${option%%=*} argument" err)" != 1 ]; then
		fail "$what" "$(cat err)"
	else
		pass "$what"
	fi
}

for command in srun sbatch salloc; do
	refused $command "an empty size" --input-size=
	refused $command "a negative size" --input-size=-5
	refused $command "an unknown unit" --input-size=10Q
	refused $command "no number" --input-size=1e400
	refused $command "2^64" --input-size=18446744073709551616
	refused $command "4 kB of text" "--input-size=$long"
	refused $command "control characters" "--input-size=1$(printf '\033')G"
	refused $command "a missing file" --input-files=there/is/none
	refused $command "a file out of reach" --input-files=secret/data
	refused $command "17 attributes" "--job-attr=$many"
	refused $command "an attribute twice" --job-attr=a=1,a=2
	refused $command "an attribute without a value" --job-attr=a
	refused $command "an empty class" --job-class=
done
is "no job came of it" "$(squeue -h -t all -n refused)" ""

as-user alice env SJOB_INPUT_SIZE=10Q srun -J refused true >out 2>err
is "a bad default in the environment is refused as well" $? 1
like "and named" "$(cat err)" '*SJOB_INPUT_SIZE*'

for command in srun sbatch salloc; do
	help=$(as-user alice $command --help)
	for option in --input-size --input-files --job-class --job-attr; do
		like "$command --help shows $option" "$help" "*$option=*"
	done
done

done_testing
