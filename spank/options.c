/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of options; what their values mean is declare.c's. */
#include "options.h"

#include <errno.h>
#include <stdint.h>

#define INHERITED "SLURM_SPANK__SLURM_SPANK_OPTION_joboutliers_"

static const struct {
	const char *name;
	const char *argument;
	int has_arg; /* as Slurm has it, after getopt(3): 1 needs an argument, 2 takes one */
	const char *usage;
	const char *inherited_variable;
} options[OPTION_COUNT] = {
	[OPTION_INPUT_SIZE] = {"input-size", "SIZE", 1,
			       "size of the job's input, such as 40G (default: $SJOB_INPUT_SIZE)",
			       INHERITED "input_size"},
	[OPTION_INPUT_FILES] =
		{"input-files", "PATH[,PATH...]", 1,
		 "the input itself: files, folders or patterns, whose sizes are summed",
		 INHERITED "input_files"},
	[OPTION_JOB_CLASS] = {"job-class", "NAME", 1, "what kind of job this is, such as align",
			      INHERITED "job_class"},
	[OPTION_JOB_ATTR] = {"job-attr", "KEY=VALUE[,...]", 1,
			     "what else the run time depends on, such as filter_words=174",
			     INHERITED "job_attr"},
	[OPTION_JOB_PROFILE] = {"job-profile", "RATE", 2,
				"sample where its time goes, 10 times a second or RATE (default: "
				"$SJOB_PROFILE)",
				INHERITED "job_profile"},
};

int options_register(spank_t spank, spank_opt_cb_f callback, struct jo_err *err)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		/* Slurm copies the strings; its header is older than const. */
		struct spank_option option = {
			.name = (char *)(uintptr_t)options[i].name,
			.arginfo = (char *)(uintptr_t)options[i].argument,
			.usage = (char *)(uintptr_t)options[i].usage,
			.has_arg = options[i].has_arg,
			.val = i,
			.cb = callback,
		};

		if (spank_option_register(spank, &option) != ESPANK_SUCCESS)
			return jo_err_set(err, -EEXIST, "Slurm did not take the option --%s",
					  options[i].name);
	}
	return 0;
}

bool options_is_argument_optional(enum option option)
{
	return options[option].has_arg == 2;
}

const char *options_inherited_variable(enum option option)
{
	return options[option].inherited_variable;
}
