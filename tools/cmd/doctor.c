/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: run the checks one after the other, a line for each thing seen. */
#include "cmd/doctor.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *subject;
	void (*run)(struct doctor *doctor);
} checks[] = {
	{"spool", doctor_spool},     {"requests", doctor_requests}, {"database", doctor_database},
	{"readers", doctor_readers}, {"slurm", doctor_slurm},       {"nodes", doctor_nodes},
	{"mail", doctor_mail},       {"night", doctor_night},
};

enum { OPTION_FULL = 0x100 };

static const struct argp_option options[] = {
	{"full", OPTION_FULL, NULL, 0, "read the whole database, which takes a while", 0},
	{0},
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct doctor *doctor = state->input;

	(void)text;
	if (key != OPTION_FULL)
		return ARGP_ERR_UNKNOWN;
	doctor->want_full = true;
	return 0;
}

int cmd_doctor(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		options,
		option,
		NULL,
		"Check the set-up: one line for each thing seen, and what to do where it is not "
		"right.",
		NULL,
		NULL,
		NULL,
	};
	struct doctor doctor = {.env = env, .subject = "config"};

	(void)argp_parse(&argp, argc, argv, 0, NULL, &doctor);
	if (cmd_conf(env, err) < 0) {
		doctor_tell(&doctor, DOCTOR_FAIL, "%s", err->text);
		err->text[0] = '\0';
		return CMD_FAILED;
	}
	doctor.conf = env->conf;
	doctor_tell(&doctor, DOCTOR_OK, "%s", env->conf_path);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		doctor.subject = checks[i].subject;
		checks[i].run(&doctor);
	}
	store_close(doctor.store);
	return doctor.counts[DOCTOR_FAIL] > 0 ? CMD_FAILED : CMD_DONE;
}
