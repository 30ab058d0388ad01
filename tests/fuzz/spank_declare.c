/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A forged environment of a step: its lines are the carried variables and the
 * ones that identity is read from, in turn.  Whatever they hold, a record comes out.
 */
#include "declare.h"
#include "fakes/slurm.h"
#include "fuzz.h"
#include "identity.h"

static const char *const variables[] = {
	"SLURM_JOBOUTLIERS_INPUT", "SLURM_JOBOUTLIERS_CLASS",  "SLURM_JOBOUTLIERS_ATTRS",
	"SJOB_INPUT_SIZE",         "SLURM_JOB_NAME",           "SLURM_JOB_START_TIME",
	"SLURM_JOB_END_TIME",      "SLURM_HET_SIZE",           "SLURM_JOB_ID_HET_GROUP_0",
	"SLURM_CLUSTER_NAME",      "SLURM_JOB_ID_HET_GROUP_1", "SLURM_JOB_SLUID",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, *line, out[JO_RECORD_LINE_MAX];
	struct declaration declaration = {0};
	struct jo_record record;
	struct args args;
	gid_t gid;

	fake_slurm_reset(S_CTX_REMOTE);
	(void)args_read(0, NULL, &args, NULL);
	for (size_t i = 0; (line = strsep(&rest, "\n")) != NULL; i++) {
		if (i < sizeof(variables) / sizeof(variables[0]))
			fake_setenv(variables[i], line);
		else if (i < 20)
			declare_option_in_step(&declaration, (enum option)(i % OPTION_COUNT), line);
	}
	jo_record_init(&record, JO_RECORD_START);
	fuzz_check(identity_read(NULL, &args, &record, &gid, NULL) == 0);
	declare_import(&declaration, NULL, &record);
	fuzz_check((record.input_bytes == JO_MISSING) == (record.input_source == JO_INPUT_NONE ||
							  record.input_source == JO_INPUT_INVALID));
	fuzz_check(record.input_bytes == JO_MISSING || record.input_bytes >= 0);
	fuzz_check(jo_class_check(record.class_name, NULL) == 0);
	fuzz_check(record.time_limit_us == JO_MISSING || record.time_limit_us > 0);
	fuzz_check(jo_record_write(&record, out, sizeof(out)) > 0);
	free(text);
	return 0;
}
