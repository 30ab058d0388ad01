/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of states, and how jobs and steps are called. */
#include "step.h"

#include <inttypes.h>
#include <stdio.h>

const char *const step_state_words[] = {
	"NONE",      "RUNNING",   "COMPLETED", "FAILED",    "TIMEOUT", "OUT_OF_MEMORY", "CANCELLED",
	"NODE_FAIL", "PREEMPTED", "DEADLINE",  "BOOT_FAIL", "LOST",    "UNKNOWN",       NULL,
};

/* Slurm's accounting has no sizes; of two files with sizes the later one holds. */
static const int source_ranks[] = {
	[STEP_SOURCE_SACCT] = 0, [STEP_SOURCE_CSV] = 1,       [STEP_SOURCE_NEXTFLOW] = 1,
	[STEP_SOURCE_SWF] = 1,   [STEP_SOURCE_SNAKEMAKE] = 1, [STEP_SOURCE_JSONL] = 1,
	[STEP_SOURCE_LOG] = 1,   [STEP_SOURCE_OTLP] = 1,      [STEP_SOURCE_PLUGIN] = 2,
};

int step_source_rank(enum step_source source)
{
	return (unsigned)source < STEP_SOURCE_COUNT ? source_ranks[source] : 0;
}

char *step_job_format(const struct step *step, char *buf, size_t size)
{
	if (step->array_job_id != JO_MISSING && step->array_task_id != JO_MISSING)
		(void)snprintf(buf, size, "%" PRId64 "_%" PRId64, step->array_job_id,
			       step->array_task_id);
	else if (step->het_job_id != JO_MISSING && step->het_job_offset != JO_MISSING)
		(void)snprintf(buf, size, "%" PRId64 "+%" PRId64, step->het_job_id,
			       step->het_job_offset);
	else
		(void)snprintf(buf, size, "%" PRId64, step->job_id);
	return buf;
}

char *step_number_format(const struct step *step, char *buf, size_t size)
{
	switch (step->step_kind) {
	case JO_STEP_BATCH:
		(void)snprintf(buf, size, "batch");
		break;
	case JO_STEP_INTERACTIVE:
		(void)snprintf(buf, size, "interactive");
		break;
	case JO_STEP_SRUN:
		(void)snprintf(buf, size, "%" PRId64, step->step_id);
		break;
	}
	return buf;
}

char *step_full_format(const struct step *step, char *buf, size_t size)
{
	char job[STEP_JOB_TEXT_SIZE], number[STEP_JOB_TEXT_SIZE];

	(void)snprintf(buf, size, "%s.%s", step_job_format(step, job, sizeof(job)),
		       step_number_format(step, number, sizeof(number)));
	return buf;
}

char *step_label_format(const struct step *step, char *buf, size_t size)
{
	return step->step_kind == JO_STEP_BATCH ? step_job_format(step, buf, size)
						: step_full_format(step, buf, size);
}

char *step_exit_format(const struct step *step, char *buf, size_t size)
{
	int64_t term_signal = step->term_signal == JO_MISSING ? 0 : step->term_signal;

	buf[0] = '\0';
	if (step->exit_status != JO_MISSING)
		(void)snprintf(buf, size, "%d:%d", (int)step->exit_status, (int)term_signal);
	return buf;
}
