/* SPDX-License-Identifier: GPL-2.0-or-later */
/* receive: spans of programs, into a spool for ingest. */
#include "receive/receiver.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "util/log.h"

/* Where OTLP over HTTP is looked for, on this host. */
#define LISTEN_DEFAULT "127.0.0.1:4318"

#define HOST_SIZE 256 /* HOST_NAME_MAX is 64; others have more */

static const struct argp_option options[] = {
	{"listen", 'l', "ADDRESS:PORT", 0,
	 "listen there, on " LISTEN_DEFAULT " when not given; both are numbers", 0},
	{0},
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct receive_options *args = state->input;
	struct jo_err err;

	switch (key) {
	case 'l':
		if (receive_listen_check(text, &err) < 0)
			argp_error(state, "--listen: %s", err.text);
		args->listen = text;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void tell(void *context, const char *text)
{
	(void)context;
	log_line("receive: %s", text);
}

static void tell_counts(void *context, const struct receive_counts *counts)
{
	(void)context;
	log_line("receive: %" PRId64 " requests, %" PRId64 " spans stored, %" PRId64
		 " requests refused, %" PRId64 " told to come again",
		 counts->request_count, counts->span_count, counts->refused_count,
		 counts->full_count);
}

/* Whoever reaches another address than this host's own needs a token, or everybody there may send.
 */
static bool is_open(const struct receive_options *args)
{
	return args->token == NULL && strncmp(args->listen, "127.", 4) != 0 &&
	       strncmp(args->listen, "[::1]", 5) != 0;
}

int cmd_receive(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {options,
					 option,
					 NULL,
					 "Receive the spans of programs that speak OpenTelemetry "
					 "(OTLP over HTTP, protobuf or "
					 "JSON), and leave them in OtlpSpool, from where ingest "
					 "takes them.  Runs until it is "
					 "ended, as a user of its own.",
					 NULL,
					 NULL,
					 NULL};
	static const struct receive_calls calls = {NULL, tell, tell_counts};
	struct receive_options args = {.listen = LISTEN_DEFAULT};
	char host[HOST_SIZE] = "", *token = NULL;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	if (env->conf->otlp_spool[0] == '\0') {
		(void)jo_err_set(err, -EINVAL,
				 "%s: OtlpSpool is not set, so there is no place for "
				 "spans",
				 env->conf->path);
		return CMD_USAGE;
	}
	(void)gethostname(host, sizeof(host) - 1);
	host[strcspn(host, ".")] = '\0';
	if (env->conf->otlp_token_file[0] != '\0')
		rc = receive_token_read(env->conf->otlp_token_file, &token, err);
	if (rc < 0)
		return rc;
	args.token = token;
	args.spool = env->conf->otlp_spool;
	args.spool_bytes = env->conf->otlp_spool_bytes;
	args.runs_max = env->conf->otlp_runs_max;
	args.host = host;
	if (is_open(&args))
		log_line("receive: whoever reaches %s can send: OtlpTokenFile is not set",
			 args.listen);
	rc = receive_run(&args, &calls, err);
	free(token);
	return rc < 0 ? rc : CMD_DONE;
}
