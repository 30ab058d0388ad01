#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What users declare: each way reaches the record, and says which way it was.
# shellcheck disable=SC2154 # record() sets r_FIELD
. "$(dirname "$0")/lib.sh"

GIB=$((1024 * MIB))

# declared JOB_NAME STEP BYTES SOURCE
declared() {
	step "$1" "$2"
	is "$1.$2: size" "${r_input_bytes-missing}" "$3"
	is "$1.$2: source" "$r_input_source" "$4"
}

as-user alice mkdir input
as-user alice sh -c 'head -c 1000 /dev/zero >input/one; head -c 234 /dev/zero >input/two
	head -c 1000000 /dev/zero >three.csv; echo "print()" >"job.py"'

as-user alice srun -Q -J option --input-size=40G true &
as-user alice srun -Q -J decimal --input-size=1.5MB true &
as-user alice srun -Q -J files --input-files=input,three.csv true &
as-user alice srun -Q -J globbed --input-files='input/*o*' true &
as-user alice env SJOB_INPUT_SIZE=5M srun -Q -J environment true &
as-user alice env SJOB_INPUT_SIZE=5M srun -Q -J both --input-size=6M true &
as-user alice srun -Q -J program --input-size=1G sh -c 'sjobattr input_size=123 words=174 "note=two words" peak_allocated=3M; sjobattr peak_allocated=2M' &
as-user alice srun -Q -J undeclared true &
as-user alice srun -Q -J class --job-class=align --job-attr=filter_words=174,db=nr true &
as-user alice srun -Q -J script /usr/bin/python3 job.py >/dev/null &
as-user alice salloc -J allocated --input-size=7G srun true >/dev/null 2>&1 &

cat >batch.sh <<'END'
#!/bin/sh
srun true
srun --input-size=3G true
srun sh -c 'sjobattr input_size=4K'
END
as-user alice sbatch --wait -J inherited --input-size=2G --job-attr=from=batch -o /dev/null batch.sh >/dev/null &
as-user alice env SJOB_INPUT_SIZE=8M sbatch --wait -J "in environment" -o /dev/null batch.sh >/dev/null &
wait

declared option 0 $((40 * GIB)) option
declared decimal 0 1500000 option
declared files 0 1001234 files
declared globbed 0 1234 files
declared environment 0 $((5 * MIB)) environment
declared both 0 $((6 * MIB)) option
declared program 0 123 program
is "program: attribute" "$r_attr_words" 174
is "program: attribute of two words" "$r_attr_note" "two words"
is "program: the most that it allocated" "$r_mem_allocated_bytes" $((3 * MIB))
is "program: which is no attribute" "${r_attr_peak_allocated-missing}" missing
declared undeclared 0 missing none
is "undeclared: the class is made from job and program" "$r_class_is_declared" 0
like "undeclared: the class names the program" "$r_class_name" '*true*'
declared allocated 0 $((7 * GIB)) inherited
declared inherited $batch_step $((2 * GIB)) option
is "inherited: attribute of the job" "$r_attr_from" batch
declared inherited 0 $((2 * GIB)) inherited
declared inherited 1 $((3 * GIB)) option
declared inherited 2 4096 program
declared "in environment" $batch_step $((8 * MIB)) environment

step class
is "class: as declared" "$r_class_name" align
is "class: and marked so" "$r_class_is_declared" 1
is "attributes: a number" "$r_attr_filter_words" 174
is "attributes: a word" "$r_attr_db" nr

step script
is "script: the program is the script, not python" "$r_program" job.py

done_testing
