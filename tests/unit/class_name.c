/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What numbers a job among its like is taken off its name, and nothing else. */
#include "step/class_name.h"
#include "tap.h"

#define UUID "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
#define TEXT_50 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx"

/* family NULL: nothing is left, and the name stays. */
static const struct {
	const char *name, *family, *tag;
} names[] = {
	/* Nextflow: the tag in brackets, as Slurm shows it */
	{"nf-NFCORE_RNASEQ_FASTQC_(sample_12)", "nf-NFCORE_RNASEQ_FASTQC", "sample_12"},
	{"nf-align_(1)", "nf-align", "1"},
	{"nf-align (NA12878 (tumour))", "nf-align", "NA12878 (tumour)"},
	{"nf-align_(a)_(b)", "nf-align", "a"},
	{"nf-align", "nf-align", ""},
	{"(alone)", "(alone)", ""},
	{"f(x)=2", "f", "x"},
	{TEXT_50 TEXT_50 "_(sample_with_a_long_name_12", TEXT_50 TEXT_50,
	 "sample_with_a_long_name_12"},
	{"short_(of_a_bracket", "short_(of_a_bracket", ""},
	/* Snakemake: its own names, and those of its profiles */
	{"snakejob_align_12", "snakejob_align", ""},
	{"snakejob.align.12.sh", "snakejob.align.sh", ""},
	{UUID, NULL, ""},
	{"smk-" UUID, "smk", ""},
	{UUID "_align", "align", ""},
	{"align." UUID ".sort", "align.sort", ""},
	{"ALIGN-3F2504E0-4F89-11D3-9A0C-0305E82C3301", "ALIGN", ""},
	/* hashes */
	{"build-1a2b3c4", "build", ""},
	{"build_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "build", ""},
	{"d41d8cd98f00b204e9800998ecf8427e.fit", "fit", ""},
	{"decade12", "decade", ""}, /* a word and a number */
	{"deadbeef", "deadbeef", ""},
	{"facade", "facade", ""},
	{"1a2b3c", "1a2b3c", ""},
	/* dates and times */
	{"nightly-2024-01-31", "nightly", ""},
	{"nightly_20240131", "nightly", ""},
	{"nightly20240131", "nightly", ""},
	{"20240131_nightly", "nightly", ""},
	{"nightly_2024-01-31T10:11:12Z", "nightly", ""},
	{"nightly_2024-01-31_10-11-12_full", "nightly_full", ""},
	{"nightly.20240131T101112.full", "nightly.full", ""},
	{"nightly_20240131101112", "nightly", ""},
	{"nightly_31.01.2024_x", "nightly_x", ""},
	{"report-2024-01-sales", "report-sales", ""},
	{"run at 10:11:12", "run at", ""},
	{"job_1706695872_end", "job_end", ""},
	{"job-1706695872123", "job", ""},
	{"align_20241399_x", "align_20241399_x", ""}, /* no such month */
	{"2024-01-31", NULL, ""},
	/* numbers of jobs among their like */
	{"align1", "align", ""},
	{"align2", "align", ""},
	{"align_12", "align", ""},
	{"align-007", "align", ""},
	{"align.3", "align", ""},
	{"align 7", "align", ""},
	{"align[12]", "align", ""},
	{"align#5", "align", ""},
	{"align_1_2", "align", ""},
	{"align1.sh", "align.sh", ""},
	{"align_2.sh_(A)", "align.sh", "A"},
	{"run_12.sbatch", "run.sbatch", ""},
	{"sample12_align", "sample_align", ""},
	{"align_sample_12_hg38", "align_sample_hg38", ""},
	{"chr12", "chr", ""},
	{"chunk_003.fit", "chunk_fit", ""},
	{"fold3-seed42", "fold-seed", ""},
	{"größe_12", "größe", ""},
	{"12345", NULL, ""},
	{"12_34", NULL, ""},
	{"", NULL, ""},
	/* numbers that belong to the name */
	{"python3", "python3", ""},
	{"python3.11", "python3.11", ""},
	{"bwa-mem2", "bwa-mem2", ""},
	{"bowtie2", "bowtie2", ""},
	{"hisat2_12", "hisat2", ""},
	{"hg38", "hg38", ""},
	{"align_hg38", "align_hg38", ""},
	{"GRCh38", "GRCh38", ""},
	{"mm10", "mm10", ""},
	{"step1", "step1", ""},
	{"step2", "step2", ""},
	{"step_2", "step_2", ""},
	{"Stage-3", "Stage-3", ""},
	{"pipeline_v2", "pipeline_v2", ""},
	{"version_2", "version_2", ""},
	{"samtools-1.17", "samtools-1.17", ""},
	{"gatk4.2.0", "gatk4.2.0", ""},
	{"sha256", "sha256", ""},
	{"s3", "s3", ""},
	{"x86", "x86", ""},
	{"size_1000", "size_1000", ""},
	{"n100", "n100", ""},
	{"k_31", "k_31", ""},
	{"lr_0.001", "lr_0.001", ""},
	{"era5_download", "era5_download", ""},
	{"resnet50", "resnet50", ""},
	{"a", "a", ""},
	{"align", "align", ""},
	{"c++", "c++", ""},
	{"my job", "my job", ""},
	{"-x-", "-x-", ""},
	{"a\nb", "a?b", ""},
	{"_12", NULL, ""},
	{"()", NULL, ""},
	{"x()", "x", ""},
};

static const struct {
	struct class_facts facts;
	const char *family, *whole, *tag;
} steps[] = {
	{{"align1", "tool", "", JO_STEP_SRUN}, "align/tool", "align1/tool", ""},
	{{"align1", "tool", "", JO_STEP_BATCH}, "align", "align1", ""},
	{{"align1", "tool", "", JO_STEP_INTERACTIVE}, "align", "align1", ""},
	{{"align1", "", "", JO_STEP_SRUN}, "align", "align1", ""},
	/* an srun that was given no name */
	{{"tool12", "tool12", "", JO_STEP_SRUN}, "tool", "tool12", ""},
	{{"tool", "tool", "", JO_STEP_SRUN}, "tool", "tool", ""},
	/* two programs stay two, whatever numbers they have */
	{{"align", "tool1", "", JO_STEP_SRUN}, "align/tool1", "align/tool1", ""},
	{{"", "tool", "", JO_STEP_SRUN}, "tool", "tool", ""},
	{{"", "", "", JO_STEP_BATCH}, "", "", ""},
	/* nothing is left: the program says more, when it is one's own */
	{{"12345", "tool", "", JO_STEP_SRUN}, "tool", "12345/tool", ""},
	{{"12345", "python3", "", JO_STEP_SRUN}, "12345/python3", "12345/python3", ""},
	{{"12345", "", "", JO_STEP_BATCH}, "12345", "12345", ""},
	/* Snakemake's comment, only beside a UUID */
	{{UUID, "", "rule_align_wildcards_A_1", JO_STEP_BATCH}, "rule_align", UUID, "A_1"},
	{{UUID, "python3", "rule_align_wildcards_A", JO_STEP_SRUN},
	 "rule_align/python3",
	 UUID "/python3",
	 "A"},
	{{"me_" UUID, "", "rule_index", JO_STEP_BATCH}, "rule_index", "me_" UUID, ""},
	{{UUID, "", "group_two", JO_STEP_BATCH}, "group_two", UUID, ""},
	{{UUID, "", "for my boss", JO_STEP_BATCH}, UUID, UUID, ""},
	{{UUID, "", "rule_", JO_STEP_BATCH}, UUID, UUID, ""},
	{{"align", "", "rule_index", JO_STEP_BATCH}, "align", "align", ""},
	{{"nf-X_(a)", "", "", JO_STEP_BATCH}, "nf-X", "nf-X_(a)", "a"},
};

int main(void)
{
	char family[JO_NAME_SIZE], tag[JO_NAME_SIZE], again[JO_NAME_SIZE];
	struct class_made made;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		bool is_left = class_name_family(names[i].name, family, tag);

		is_int(is_left, names[i].family != NULL, "'%s': is a name left", names[i].name);
		is_str(family, is_left ? names[i].family : names[i].name, "its family");
		is_str(tag, names[i].tag, "its tag");
		(void)class_name_family(family, again, tag);
		is_str(again, family, "the family's family is itself");
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		class_name_make(CLASS_NAMES_FAMILY, &steps[i].facts, &made);
		is_str(made.name, steps[i].family, "step %zu: class", i);
		is_str(made.tag, steps[i].tag, "its tag");
		class_name_make(CLASS_NAMES_WHOLE, &steps[i].facts, &made);
		is_str(made.name, steps[i].whole, "its class of whole names");
		is_str(made.tag, "", "which have no tag");
	}
	return tap_done();
}
