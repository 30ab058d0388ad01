/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slurm's entry points, by context; no logic.  A hook in a step succeeds
 * whatever happens: Slurm fails a job or drains a node over one that does not.
 */
#include <slurm/spank.h>

#include "args.h"
#include "declare.h"
#include "log.h"
#include "node.h"
#include "options.h"
#include "step.h"
#include "trace.h"

SPANK_PLUGIN(joboutliers, 1)

/* Slurm calls hooks without a place for our state; one process is one command or one step. */
static struct args args;
static struct declaration declaration;
static struct step step;

static void log_if_failed(int rc, const struct jo_err *err)
{
	if (rc < 0)
		log_failure(err);
}

static int on_option(int val, const char *optarg, int remote)
{
	struct jo_err err;
	int rc;

	if (val < 0 || val >= OPTION_COUNT)
		return 0;
	if (optarg == NULL && options_is_argument_optional((enum option)val))
		optarg = "";
	if (optarg == NULL)
		return 0;
	if (remote) {
		declare_option_in_step(&declaration, (enum option)val, optarg);
		return 0;
	}
	/* The one place that may refuse: the user's own command, before anything runs. */
	rc = declare_option(&declaration, (enum option)val, optarg, &err);
	log_if_failed(rc, &err);
	return rc < 0 ? -1 : 0;
}

int slurm_spank_init(spank_t spank, int argc, char **argv)
{
	struct jo_err err;

	switch (spank_context()) {
	case S_CTX_LOCAL:
	case S_CTX_ALLOCATOR:
		/* What is wrong with them is told on the nodes, to those who can mend it. */
		(void)args_read(argc, argv, &args, NULL);
		declare_check_environment();
		log_if_failed(options_register(spank, on_option, &err), &err);
		break;
	case S_CTX_REMOTE:
		step_init(&step);
		log_if_failed(args_read(argc, argv, &args, &err), &err);
		log_if_failed(options_register(spank, on_option, &err), &err);
		break;
	case S_CTX_SLURMD:
		log_if_failed(args_read(argc, argv, &args, &err), &err);
		log_if_failed(node_record(spank, &args, &err), &err);
		break;
	case S_CTX_JOB_SCRIPT:
	case S_CTX_ERROR:
		break;
	}
	return 0;
}

int slurm_spank_init_post_opt(spank_t spank, int argc, char **argv)
{
	struct jo_err err;
	bool is_step;

	(void)argc;
	(void)argv;
	switch (spank_context()) {
	case S_CTX_LOCAL:
	case S_CTX_ALLOCATOR:
		is_step = spank_context() == S_CTX_LOCAL && declare_is_in_job();
		log_if_failed(declare_export(&declaration, is_step, &err), &err);
		if (args.traceparent)
			log_if_failed(trace_export(&err), &err);
		break;
	case S_CTX_REMOTE:
		log_if_failed(step_begin(&step, spank, &args, &declaration, &err), &err);
		break;
	case S_CTX_SLURMD:
	case S_CTX_JOB_SCRIPT:
	case S_CTX_ERROR:
		break;
	}
	return 0;
}

int slurm_spank_user_init(spank_t spank, int argc, char **argv)
{
	struct jo_err err;

	(void)spank;
	(void)argc;
	(void)argv;
	log_if_failed(step_start(&step, &args, &err), &err);
	return 0;
}

int slurm_spank_task_init_privileged(spank_t spank, int argc, char **argv)
{
	struct jo_err err;

	(void)argc;
	(void)argv;
	log_if_failed(step_task_prepare(&step, spank, &args, &err), &err);
	return 0;
}

int slurm_spank_task_post_fork(spank_t spank, int argc, char **argv)
{
	struct jo_err err;

	(void)argc;
	(void)argv;
	log_if_failed(step_task_forked(&step, spank, &err), &err);
	return 0;
}

int slurm_spank_task_init(spank_t spank, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	step_task_starting(&step, spank, &args);
	return 0;
}

int slurm_spank_task_exit(spank_t spank, int argc, char **argv)
{
	struct jo_err err;

	(void)argc;
	(void)argv;
	log_if_failed(step_task_ended(&step, spank, &err), &err);
	return 0;
}

int slurm_spank_exit(spank_t spank, int argc, char **argv)
{
	struct jo_err err;

	(void)spank;
	(void)argc;
	(void)argv;
	if (spank_context() == S_CTX_REMOTE)
		log_if_failed(step_end(&step, &err), &err);
	return 0;
}
