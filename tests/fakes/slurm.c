/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plays Slurm to the plugin; see slurm.h. */
#include "slurm.h"

#include <slurm/slurm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fake_slurm fake_slurm;

void fake_slurm_reset(enum spank_context context)
{
	static char *argv[] = {"/bin/true", NULL};

	for (size_t i = 0; i < fake_slurm.env_count; i++)
		free(fake_slurm.env[i]);
	fake_slurm = (struct fake_slurm){
		.context = context,
		.uid = geteuid(),
		.gid = getegid(),
		.job_id = 4711,
		.node_count = 1,
		.task_count = 1,
		.array_task_id = NO_VAL,
		.cpu_count = 2,
		.step_mem_mb = 100,
		.argc = 1,
		.argv = argv,
	};
	fake_setenv("SLURM_JOB_NAME", "nightly");
	fake_setenv("SLURM_CLUSTER_NAME", "forged");
}

static size_t find(const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; i < fake_slurm.env_count; i++)
		if (strncmp(fake_slurm.env[i], name, len) == 0 && fake_slurm.env[i][len] == '=')
			break;
	return i;
}

void fake_setenv(const char *name, const char *value)
{
	size_t i = find(name), size = strlen(name) + strlen(value) + 2;

	if (i == fake_slurm.env_count)
		fake_slurm.env_count++;
	else
		free(fake_slurm.env[i]);
	fake_slurm.env[i] = malloc(size);
	snprintf(fake_slurm.env[i], size, "%s=%s", name, value);
}

const char *fake_getenv(const char *name)
{
	size_t i = find(name);

	return i < fake_slurm.env_count ? fake_slurm.env[i] + strlen(name) + 1 : NULL;
}

int fake_option(const char *name, const char *value, int remote)
{
	for (size_t i = 0; i < fake_slurm.option_count; i++)
		if (strcmp(fake_slurm.options[i].name, name) == 0)
			return fake_slurm.options[i].cb(fake_slurm.options[i].val, value, remote);
	return -1;
}

spank_context_t spank_context(void)
{
	return fake_slurm.context;
}

spank_err_t spank_option_register(spank_t spank, struct spank_option *option)
{
	(void)spank;
	if (fake_slurm.refuses_options || fake_slurm.option_count == FAKE_OPTION_MAX)
		return ESPANK_BAD_ARG;
	fake_slurm.options[fake_slurm.option_count++] = *option;
	return ESPANK_SUCCESS;
}

spank_err_t spank_getenv(spank_t spank, const char *name, char *buf, int size)
{
	const char *value = fake_getenv(name);

	(void)spank;
	if (fake_slurm.context != S_CTX_REMOTE)
		return ESPANK_NOT_REMOTE;
	if (value == NULL)
		return ESPANK_ENV_NOEXIST;
	/* As Slurm: what fits is copied, and ends in a NUL. */
	return snprintf(buf, (size_t)size, "%s", value) >= size ? ESPANK_NOSPACE : ESPANK_SUCCESS;
}

spank_err_t spank_setenv(spank_t spank, const char *name, const char *value, int overwrite)
{
	(void)spank;
	if (fake_slurm.refuses_setenv || fake_slurm.context != S_CTX_REMOTE)
		return ESPANK_BAD_ARG;
	if (fake_getenv(name) != NULL && !overwrite)
		return ESPANK_ENV_EXISTS;
	fake_setenv(name, value);
	return ESPANK_SUCCESS;
}

spank_err_t spank_unsetenv(spank_t spank, const char *name)
{
	size_t i = find(name);

	(void)spank;
	if (fake_slurm.context != S_CTX_REMOTE)
		return ESPANK_BAD_ARG;
	if (i < fake_slurm.env_count) {
		free(fake_slurm.env[i]);
		fake_slurm.env[i] = fake_slurm.env[--fake_slurm.env_count];
	}
	return ESPANK_SUCCESS;
}

spank_err_t spank_get_item(spank_t spank, spank_item_t item, ...)
{
	spank_err_t rc = ESPANK_SUCCESS;
	va_list ap;

	(void)spank;
	if (fake_slurm.is_missing[item])
		return ESPANK_NOT_AVAIL;
	if (fake_slurm.context != S_CTX_REMOTE && item != S_SLURM_VERSION)
		return ESPANK_NOT_REMOTE;
	va_start(ap, item);
	switch (item) {
	case S_JOB_UID:
		*va_arg(ap, uid_t *) = fake_slurm.uid;
		break;
	case S_JOB_GID:
		*va_arg(ap, gid_t *) = fake_slurm.gid;
		break;
	case S_JOB_ID:
		*va_arg(ap, uint32_t *) = fake_slurm.job_id;
		break;
	case S_JOB_STEPID:
		*va_arg(ap, uint32_t *) = fake_slurm.step_id;
		break;
	case S_JOB_NODEID:
		*va_arg(ap, uint32_t *) = fake_slurm.node_id;
		break;
	case S_JOB_NNODES:
		*va_arg(ap, uint32_t *) = fake_slurm.node_count;
		break;
	case S_JOB_LOCAL_TASK_COUNT:
		*va_arg(ap, uint32_t *) = fake_slurm.task_count;
		break;
	case S_SLURM_RESTART_COUNT:
		*va_arg(ap, uint32_t *) = fake_slurm.restart_count;
		break;
	case S_JOB_ARRAY_ID:
		*va_arg(ap, uint32_t *) = fake_slurm.array_id;
		break;
	case S_JOB_ARRAY_TASK_ID:
		*va_arg(ap, uint32_t *) = fake_slurm.array_task_id;
		break;
	case S_JOB_NCPUS:
		*va_arg(ap, uint16_t *) = fake_slurm.cpu_count;
		break;
	case S_JOB_ALLOC_MEM:
		*va_arg(ap, uint64_t *) = fake_slurm.job_mem_mb;
		break;
	case S_STEP_ALLOC_MEM:
		*va_arg(ap, uint64_t *) = fake_slurm.step_mem_mb;
		break;
	case S_JOB_ARGV:
		*va_arg(ap, int *) = fake_slurm.argc;
		*va_arg(ap, char ***) = fake_slurm.argv;
		break;
	case S_TASK_ID:
		*va_arg(ap, int *) = fake_slurm.task_id;
		break;
	case S_TASK_PID:
		*va_arg(ap, pid_t *) = fake_slurm.task_pid;
		break;
	case S_TASK_EXIT_STATUS:
		*va_arg(ap, int *) = fake_slurm.task_status;
		break;
	case S_SLURM_VERSION:
		*va_arg(ap, char **) = "22.05.8";
		break;
	default:
		rc = ESPANK_BAD_ARG;
		break;
	}
	va_end(ap);
	return rc;
}

__attribute__((format(printf, 1, 0))) static void log_line(const char *format, va_list ap)
{
	fake_slurm.log_count++;
	vsnprintf(fake_slurm.last_log, sizeof(fake_slurm.last_log), format, ap);
}

void slurm_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(format, ap);
	va_end(ap);
}

void slurm_info(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	log_line(format, ap);
	va_end(ap);
}
