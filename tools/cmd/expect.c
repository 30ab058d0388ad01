/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: the owner of a job says that it was normal. */
#include "cmd/cmd.h"
#include "cmd/leave_request.h"
#include "cmd/selection.h"
#include "util/words.h"

struct expect_args {
	struct request request;
	const char *user; /* NULL: oneself */
	const char *text; /* of the job */
};

static const struct argp_option options[] = {
	{"cluster", 'M', "NAME", 0, "the job's cluster", 0},
	{"user", 'u', "USER", 0, "for USER, at once: for who may write the database", 0},
	{0},
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct expect_args *args = state->input;
	struct request *request = &args->request;
	struct jo_err err = {0};
	int rc = 0;

	switch (key) {
	case 'M':
		rc = request_set_name(request->cluster, sizeof(request->cluster), text, &err);
		break;
	case 'u':
		args->user = text;
		break;
	case ARGP_KEY_ARG:
		if (args->text != NULL)
			argp_error(state, "expected one job");
		rc = cmd_job_parse(text, &request->job, &err);
		args->text = text;
		break;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "expected a job, such as 123 or 123_4.batch");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (rc < 0)
		argp_error(state, "%s", err.text);
	return 0;
}

int cmd_expect(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		options,
		option,
		"JOB[.STEP]",
		"Say that a job of yours, or one of its steps, was normal whatever its verdict: "
		"later ones that are no further out are normal too.",
		NULL,
		NULL,
		NULL,
	};
	struct expect_args args = {.user = NULL};
	int rc;

	request_init(&args.request, REQUEST_EXPECT);
	rc = cmd_start(env, &argp, argc, argv, &args, err);
	if (rc != CMD_DONE)
		return rc;
	rc = cmd_leave_request(env, &args.request, args.user, err);
	if (rc < 0)
		return rc;
	if (args.user == NULL)
		cmd_summary(env, "asked for: %s counts as normal; from the next nightly run on",
			    args.text);
	else
		cmd_summary(env, "%s: %d step%s of job %s count%s as normal", args.user, rc,
			    words_plural(rc), args.text, rc == 1 ? "s" : "");
	return CMD_DONE;
}
