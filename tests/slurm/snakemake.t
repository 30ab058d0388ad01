#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The sample of a Snakemake profile, with the real Snakemake on the private Slurm: its jobs tell
# their class, input size and attributes.
# shellcheck disable=SC2154 # record() sets r_FIELD
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${JO_DIR-}" ]; then
	. "$here/need.sh"
	need slurmctld slurmd munged snakemake
	exec "$here/cluster" -- "$here/snakemake.t"
fi
profile=$JO_DIR/profile
cp -R "$here/../../etc/snakemake" "$profile"
chmod -R a+rX "$profile"
# shellcheck source=tests/slurm/suite/lib.sh
. "$here/suite/lib.sh"
here=$here/suite
work=$(mktemp -d)
cd "$work" || exit 1

mkdir in
for sample in A B; do
	head -c 20000 /dev/zero >"in/$sample.txt"
	head -c 3000 /dev/zero >"in/$sample.idx"
done
cat >Snakefile <<'END'
rule all:
    input: expand("out/{sample}.{lane}.txt", sample=["A", "B"], lane=[1])
rule align:
    input: "in/{sample}.txt", "in/{sample}.idx", "out/made"
    output: "out/{sample}.{lane}.txt"
    shell: "cat {input} > {output}"
rule make:
    output: "out/made"
    shell: "touch {output}"
END
chmod -R a+rwX "$work"
as-user alice env HOME="$JO_DIR/home/alice" snakemake --profile "$profile" --nolock >log 2>&1
is "the workflow ends" "$?" 0
grep -i error log | sed 's/^/# /'

record kind=end class_name=align attr.sample=B
is "class: the rule" "$r_class_is_declared" 1
is "size: of all input files" "$r_input_bytes" 23000
is "from the option" "$r_input_source" option
record kind=end class_name=align attr.sample=B attr.lane=1
is "attributes: the wildcards" "$r_class_name" align
record kind=end class_name=make
is "what has no input" "$r_input_source" none
is "declares none" "${r_input_bytes-missing}" missing
done_testing
