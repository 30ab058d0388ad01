/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: run the checks one after the other, a line for each thing seen. */
#include "cmd/doctor.h"

#include <string.h>

static const struct check {
	const char *subject;
	void (*run)(struct doctor *doctor);
	const char *readers[4]; /* subjects whose checks read what this one opens, or NULL */
} checks[] = {
	{"spool", doctor_spool, {NULL}},
	{"logs", doctor_logs, {NULL}},
	{"spans", doctor_spans, {NULL}},
	{"requests", doctor_requests, {NULL}},
	{"database", doctor_database, {"nodes", "sizes", "hook", "send"}},
	{"readers", doctor_readers, {NULL}},
	{"slurm", doctor_slurm, {NULL}},
	{"nodes", doctor_nodes, {NULL}},
	{"sizes", doctor_sizes, {NULL}},
	{"mail", doctor_mail, {NULL}},
	{"hook", doctor_hook, {NULL}},
	{"send", doctor_send, {NULL}},
	{"night", doctor_night, {NULL}},
};
#define CHECK_COUNT (sizeof(checks) / sizeof(checks[0]))

struct doctor_args {
	struct doctor doctor;
	struct strlist subjects; /* empty: all */
};

enum { OPTION_FULL = 0x100 };

static const struct argp_option options[] = {
	{"full", OPTION_FULL, NULL, 0, "read the whole database, which takes a while", 0},
	{0},
};

static bool is_subject(const char *word)
{
	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (strcmp(checks[i].subject, word) == 0)
			return true;
	return false;
}

static error_t option(int key, char *text, struct argp_state *state)
{
	struct doctor_args *args = state->input;

	switch (key) {
	case OPTION_FULL:
		args->doctor.want_full = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!is_subject(text))
			argp_error(state,
				   "'%.40s' is no subject: expected spool, logs, spans, "
				   "requests, database, readers, slurm, nodes, sizes, mail, hook, "
				   "send or night",
				   text);
		strlist_add(&args->subjects, text);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool is_wanted(const struct check *check, const struct strlist *subjects)
{
	bool is_read = false;

	for (size_t i = 0; i < sizeof(check->readers) / sizeof(check->readers[0]); i++)
		is_read = is_read ||
			  (check->readers[i] != NULL && strlist_has(subjects, check->readers[i]));
	return is_read || subjects->count == 0 || strlist_has(subjects, check->subject);
}

int cmd_doctor(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		options,
		option,
		"[SUBJECT]...",
		"Check the set-up, or these subjects of it: one line for each thing seen, and what "
		"to do where it is not right.",
		NULL,
		NULL,
		NULL,
	};
	struct doctor_args args = {.doctor = {.env = env, .subject = "config"}};
	struct doctor *doctor = &args.doctor;

	(void)argp_parse(&argp, argc, argv, 0, NULL, &args);
	if (cmd_conf(env, err) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err->text);
		err->text[0] = '\0';
		goto out;
	}
	doctor->conf = env->conf;
	doctor_tell(doctor, DOCTOR_OK, "%s", env->conf_path);
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		if (!is_wanted(&checks[i], &args.subjects))
			continue;
		doctor->subject = checks[i].subject;
		checks[i].run(doctor);
	}
	store_close(doctor->store);
out:
	strlist_release(&args.subjects);
	return doctor->counts[DOCTOR_FAIL] > 0 ? CMD_FAILED : CMD_DONE;
}
