/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running programs: what goes in comes out, and nothing that they do can hang or surprise us. */
#include "util/run.h"
#include "tap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/* More than a pipe holds: with pipes this is where both sides wait for each other. */
#define LARGE (1 << 20)

static void refusals(void)
{
	const char *const missing[] = {"/nonexistent/program", NULL};
	const char *const hangs[] = {"sh", "-c", "sleep 1000 & wait", NULL};
	const char *const fails[] = {"sh", "-c", "echo first >&2; echo second >&2; exit 7", NULL};
	const char *const dies[] = {"sh", "-c", "kill -9 $$", NULL};
	struct run_result result = {0};
	struct jo_err err = {0};

	is_int(run_program(missing, NULL, 0, 10, &result, &err), -ENOENT, "a missing program");
	is_str(err.text, "/nonexistent/program: No such file or directory", "is named");
	is_int(run_program(hangs, NULL, 0, 1, &result, &err), -ETIMEDOUT, "a hanging one is ended");
	is_str(err.text, "sh did not end within 1 s", "and named");
	is_int(run_program_ok(fails, NULL, 0, 10, &result, &err), -EIO, "a failing one");
	is_str(err.text, "sh ended with status 7: first", "is quoted with its first complaint");
	is_int(run_program_ok(dies, NULL, 0, 10, &result, &err), -EIO, "a killed one");
	is_str(err.text, "sh was ended by signal 9", "is told apart");
	ok(result.output == NULL, "the result is untouched by all of these");
}

static void passes_through(void)
{
	const char *const cat[] = {"cat", NULL};
	const char *const fails[] = {"sh", "-c", "echo out; exit 3", NULL};
	struct run_result result = {0};
	struct jo_err err = {0};
	char *bytes = malloc(LARGE);

	for (size_t i = 0; i < LARGE; i++)
		bytes[i] = (char)(i * 7);
	is_int(run_program_ok(cat, bytes, LARGE, 10, &result, &err), 0, "cat runs");
	is_int(result.size, LARGE, "all bytes come back");
	ok(result.output != NULL && memcmp(result.output, bytes, LARGE) == 0, "and are the same");
	run_result_release(&result);
	free(bytes);

	is_int(run_program(fails, NULL, 0, 10, &result, &err), 0, "a failure may be the caller's to judge");
	is_int(WEXITSTATUS(result.wait_status), 3, "its status is told");
	is_str(result.output, "out\n", "with its output");
	run_result_release(&result);
}

static void is_bounded(void)
{
	static const char *const environment[] = {"PATH=/usr/bin:/bin", "ONLY=this", NULL};
	const char *const tells[] = {"sh", "-c", "env | grep -v -e PWD -e SHLVL -e _=; exit 3",
				     NULL};
	const char *const floods[] = {"sh", "-c", "exec cat /dev/zero", NULL};
	struct run_result result = {0};
	struct jo_err err = {0};

	(void)setenv("SECRET", "hunter2", 1);
	is_int(run_program_bounded(tells, environment, 4096, "x", 1, 10, &result, &err), 0,
	       "a program runs apart");
	ok(result.output != NULL && strstr(result.output, "ONLY=this\n") != NULL &&
		   strstr(result.output, "hunter2") == NULL,
	   "with the environment that it is given, and no other");
	is_int(run_result_check("it", &result, &err), -EIO, "its status can be judged");
	is_str(err.text, "it ended with status 3", "in the words of all");
	run_result_release(&result);
	is_int(run_program_bounded(floods, environment, 4096, NULL, 0, 60, &result, &err), 0,
	       "one that never stops writing ends");
	ok(WEXITSTATUS(result.wait_status) != 0, "as its writes fail");
	is_int((int64_t)result.size, 4096, "where its bound is");
	run_result_release(&result);
}

static void signals_stay(void)
{
	const char *const quick[] = {"true", NULL};
	struct run_result result = {0};
	sigset_t before, after;

	(void)sigprocmask(SIG_BLOCK, NULL, &before);
	is_int(run_program(quick, NULL, 0, 10, &result, NULL), 0, "true runs");
	(void)sigprocmask(SIG_BLOCK, NULL, &after);
	is_int(sigismember(&after, SIGCHLD), sigismember(&before, SIGCHLD), "signals are as before");
	run_result_release(&result);
}

int main(void)
{
	refusals();
	passes_through();
	is_bounded();
	signals_stay();
	return tap_done();
}
