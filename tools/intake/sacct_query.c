/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sacct, started and ended. */
#include "intake/sacct_query.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/run.h"
#include "util/when.h"

extern char **environ;

const char sacct_format[] =
	"JobIDRaw,JobID,Cluster,User,UID,Account,Partition,QOS,State,ExitCode,Start,ElapsedRaw,"
	"Suspended,TimelimitRaw,NNodes,NodeList,AllocCPUS,NTasks,MaxRSS,UserCPU,SystemCPU,JobName";

/* And first, where Slurm has the last of them (21.08): what classes are made of besides. */
static const char sacct_names[] = "Comment,SubmitLine,";
#define SACCT_NEWEST "SubmitLine"

/* Until sacct has told its fields, which takes it no query. */
#define SACCT_TIMEOUT_S 60

void sacct_query_init(struct sacct_query *query)
{
	*query = (struct sacct_query){.pid = -1};
}

/* So many that no user guesses them. */
#define DELIMITER_RANDOM_BYTES 16

/*
 * sacct prints what users wrote as it is, newlines and all, so one who knew what stands
 * between fields could write jobs of others.  Each sacct is given its own, of which nobody
 * knows before it runs.
 */
static int make_delimiter(char *ret_delimiter, struct jo_err *err)
{
	unsigned char bytes[DELIMITER_RANDOM_BYTES];
	char *end = ret_delimiter;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return jo_err_sys(err, -EIO, "get random bytes");
	*end++ = '|';
	for (size_t i = 0; i < sizeof(bytes); i++)
		end += sprintf(end, "%02x", bytes[i]);
	(void)strcpy(end, "|");
	return 0;
}

/* What to ask this sacct for: it refuses a field that it does not have. */
static int choose_fields(struct sacct_query *query, struct jo_err *err)
{
	static const char *const argv[] = {"sacct", "--helpformat", NULL};
	struct run_result result = {0};
	struct strbuf fields;
	int rc;

	if (query->fields != NULL)
		return 0;
	rc = run_program(argv, "", 0, SACCT_TIMEOUT_S, &result, err);
	if (rc == 0) {
		strbuf_init(&fields);
		if (strstr(result.output, SACCT_NEWEST) != NULL)
			strbuf_adds(&fields, sacct_names);
		strbuf_adds(&fields, sacct_format);
		query->fields = strbuf_detach(&fields);
	}
	run_result_release(&result);
	return rc;
}

/* Seconds since 1970: local time has an hour twice. */
static void set_time_format(void)
{
	(void)setenv("SLURM_TIME_FORMAT", "%s", 1);
}

/* Its output can be larger than memory, so it is read while it is written. */
static int start_sacct(struct sacct_query *query, int64_t since_unix_us, int64_t until_unix_us,
		       struct text_input **ret_input, struct jo_err *err)
{
	char since[WHEN_TEXT_SIZE], until[WHEN_TEXT_SIZE];
	char option[sizeof("--delimiter=") + SACCT_DELIMITER_SIZE];
	/* With -p even a record whose last field has a newline shows where it ends. */
	const char *const argv[] = {"sacct", "-a",
				    "-p",    option,
				    "-o",    query->fields,
				    "-S",    when_format(since_unix_us, since),
				    "-E",    when_format(until_unix_us, until),
				    NULL};
	posix_spawn_file_actions_t actions;
	int fds[2], rc;

	(void)snprintf(option, sizeof(option), "--delimiter=%s", query->delimiter);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return jo_err_sys(err, -errno, "make a pipe");
	set_time_format();
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	rc = posix_spawnp(&query->pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv,
			  environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(fds[1]);
	if (rc != 0) {
		query->pid = -1;
		(void)close(fds[0]);
		return jo_err_sys(err, -rc, "run %s", argv[0]);
	}
	return text_input_attach(fds[0], argv[0], ret_input, err);
}

int sacct_query_start(struct sacct_query *query, int64_t since_unix_us, int64_t until_unix_us,
		      struct text_input **ret_input, struct jo_err *err)
{
	int rc = choose_fields(query, err);

	if (rc == 0)
		rc = make_delimiter(query->delimiter, err);
	return rc < 0 ? rc : start_sacct(query, since_unix_us, until_unix_us, ret_input, err);
}

int sacct_query_end(struct sacct_query *query, struct jo_err *err)
{
	pid_t pid = query->pid;
	int status;

	query->pid = -1;
	while (pid >= 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return jo_err_sys(err, -errno, "wait for sacct");
	if (pid < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return 0;
	return jo_err_set(err, -EIO, "sacct did not end well; what it printed was imported");
}

/* ---- the jobs that were suspended ---- */

/* A week of a large site's jobs without their steps takes the database a minute or two; what waits
 * for the night is to wait no longer. */
#define SUSPENDED_TIMEOUT_S 300

/* As sacct says it since long before the oldest release that we know. */
#define NO_ACCOUNTING "accounting storage is disabled"

/* "00:00:00" is of one that never was. */
static bool was_suspended(const char *text)
{
	return text[strspn(text, "0:-.")] != '\0';
}

static void add_jobs(const char *output, struct strlist *jobs)
{
	for (const char *line = output; *line != '\0';
	     line += strcspn(line, "\n"), line += *line == '\n') {
		char job[32], suspended[32];

		if (sscanf(line, "%31[0-9]|%31[0-9:.-]", job, suspended) == 2 &&
		    was_suspended(suspended))
			strlist_add(jobs, job);
	}
}

int sacct_query_suspended(int64_t since_unix_us, int64_t until_unix_us, struct strlist *jobs,
			  struct jo_err *err)
{
	char since[WHEN_TEXT_SIZE], until[WHEN_TEXT_SIZE];
	const char *const argv[] = {"sacct", "-a",
				    "-X",    "-D",
				    "-n",    "-P",
				    "-o",    "JobIDRaw,Suspended",
				    "-S",    when_format(since_unix_us, since),
				    "-E",    when_format(until_unix_us, until),
				    NULL};
	struct run_result result = {0};
	int rc = run_program(argv, NULL, 0, SUSPENDED_TIMEOUT_S, &result, err);

	if (rc == 0 && strstr(result.complaint, NO_ACCOUNTING) != NULL)
		rc = -ENOENT;
	if (rc == -ENOENT)
		rc = jo_err_set(err, -EOPNOTSUPP, "Slurm keeps no accounting here");
	if (rc == 0)
		rc = run_result_check(argv[0], &result, err);
	if (rc == 0)
		add_jobs(result.output, jobs);
	run_result_release(&result);
	return rc;
}

int sacct_query_jobs(struct sacct_query *query, const char *jobs, int64_t since_unix_us,
		     int64_t until_unix_us, struct run_result *ret_result, struct jo_err *err)
{
	char since[WHEN_TEXT_SIZE], until[WHEN_TEXT_SIZE];
	char option[sizeof("--delimiter=") + SACCT_DELIMITER_SIZE];
	const char *const argv[] = {"sacct",
				    "-a",
				    "-D",
				    "-p",
				    option,
				    "-o",
				    sacct_format,
				    "-j",
				    jobs,
				    "-S",
				    when_format(since_unix_us, since),
				    "-E",
				    when_format(until_unix_us, until),
				    NULL};
	int rc = make_delimiter(query->delimiter, err);

	if (rc < 0)
		return rc;
	(void)snprintf(option, sizeof(option), "--delimiter=%s", query->delimiter);
	set_time_format();
	return run_program_ok(argv, NULL, 0, SUSPENDED_TIMEOUT_S, ret_result, err);
}

void sacct_query_release(struct sacct_query *query)
{
	free(query->fields);
}
