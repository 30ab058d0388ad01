/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that are not Python, sampled by the kernel, and whether they notice. */
#include "native.h"
#include "fakes/tree.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* No test has more open. */
#define FDS_MAX 1000

static struct native native;
static char self[PATH_MAX], sampler[PATH_MAX + 32];

/* --- what is run as the task's program: this program, with a word --- */

static volatile double sum;

static double cpu_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

__attribute__((noinline)) static void spend_most(void)
{
	for (int i = 0; i < 1000000; i++)
		sum += i;
}

__attribute__((noinline)) static void spend_little(void)
{
	for (int i = 0; i < 1000000; i++)
		sum -= i;
}

/* Three quarters of its CPU time here, by its own clock, however busy the machine is. */
static int spend(double all_s)
{
	double most_s = 0, begin_s = cpu_s(), before_s;

	while ((before_s = cpu_s()) - begin_s < all_s) {
		if (most_s <= (before_s - begin_s) * 3 / 4) {
			spend_most();
			most_s += cpu_s() - before_s;
		} else {
			spend_little();
		}
	}
	return 0;
}

/* What a program could see of a sampler: 0 for nothing. */
static int look(void)
{
	struct rusage usage;
	sigset_t pending;
	int fd_count = 0;

	if (wait(NULL) >= 0 || errno != ECHILD)
		return 1;
	if (getrusage(RUSAGE_CHILDREN, &usage) < 0 || usage.ru_maxrss != 0 ||
	    usage.ru_utime.tv_usec + usage.ru_stime.tv_usec != 0)
		return 2;
	if (sigpending(&pending) < 0 || sigismember(&pending, SIGCHLD))
		return 3;
	if (signal(SIGCHLD, SIG_DFL) != SIG_DFL)
		return 4;
	for (int fd = 3; fd < FDS_MAX; fd++)
		fd_count += fcntl(fd, F_GETFD) >= 0;
	return fd_count == 0 ? 0 : 5;
}

static int run_word(const char *word)
{
	if (strcmp(word, "spend") == 0)
		return spend(2);
	if (strcmp(word, "fork") == 0 && fork() != 0) {
		(void)wait(NULL);
		return 0;
	}
	if (strcmp(word, "fork") == 0)
		return execl(self, self, "spend", NULL);
	if (strcmp(word, "stop") == 0) {
		(void)spend(1);
		(void)raise(SIGSTOP);
	}
	if (strcmp(word, "look") == 0)
		return look();
	return strcmp(word, "7") == 0 ? 7 : 0;
}

/* --- the test --- */

/* Begin a step of one task that runs us with this word; *err is what the task has to say. */
static pid_t begin_step(const char *program, const char *word, struct jo_err *err)
{
	int pipe_fds[2];
	struct jo_err why = {.code = 0};
	pid_t pid;

	native_init(&native);
	is_int(native_begin(&native, NULL), 0, "a step begins");
	if (pipe2(pipe_fds, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		exit(1);
	if (pid == 0) {
		(void)native_start(&native, program, tree_at("."), 0, 100, &why);
		if (write(pipe_fds[1], &why, sizeof(why)) == sizeof(why))
			(void)execl(self, self, word, NULL);
		_exit(127);
	}
	(void)close(pipe_fds[1]);
	if (read(pipe_fds[0], err, sizeof(*err)) != sizeof(*err))
		err->code = -EIO;
	(void)close(pipe_fds[0]);
	return pid;
}

/* Whether the samplers were done in time. */
static bool end_step(void)
{
	bool are_done;

	native_end(&native);
	are_done = native_wait(&native);
	native_close(&native);
	return are_done;
}

static int run_step(const char *program, const char *word, struct jo_err *err)
{
	pid_t pid = begin_step(program, word, err);
	int status;

	(void)waitpid(pid, &status, 0);
	end_step();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The file of the samples, which is taken away; "" for none. */
static const char *take_file(void)
{
	static char text[32768];
	FILE *file = fopen(tree_at("native-0"), "r");

	text[file == NULL ? 0 : fread(text, 1, sizeof(text) - 1, file)] = '\0';
	if (file != NULL)
		(void)fclose(file);
	(void)unlink(tree_at("native-0"));
	return text;
}

/* Samples whose innermost call is in the function; NULL: all. */
static int64_t count_of(const char *text, const char *function)
{
	int64_t sum_of = 0;

	for (const char *line = strchr(text, '\n'); line != NULL && line[1] != '\0';
	     line = strchr(line + 1, '\n')) {
		const char *end = strchr(line + 1, '\n'), *inner = end;

		while (inner[-1] != '\n' && inner[-1] != ';')
			inner--;
		if (function == NULL || strncmp(inner, function, strlen(function)) == 0)
			sum_of += atoll((const char *)memrchr(line, ' ', (size_t)(end - line)));
	}
	return sum_of;
}

/* Of 200 samples, a share of three quarters scatters by 3 %. */
static void is_told(const char *what)
{
	const char *text = take_file();
	int64_t all = count_of(text, NULL);

	/* On a busy machine there is no time for lines. */
	ok(strncmp(text, "perf", 4) == 0, "%s: told", what);
	ok(strncmp(text, "perf\n", 5) != 0 || strstr(text, "spend_most (spank_native.c:") != NULL,
	   "%s: with lines of the source", what);
	ok(all >= 50 && all <= 220, "%s: %" PRId64 " samples of 200", what, all);
	is_near(100.0 * (double)count_of(text, "spend_most ") / (double)all, 75, 15 / 75.0,
		"%s: three quarters in one function", what);
}

/* What the task is whose samples nobody takes: as any other. */
static void check_without(void)
{
	struct jo_err err;

	is_int(run_step("/nowhere/sampler", "7", &err), 7, "without a sampler it runs");
	is_int(err.code, -ENOENT, "%s", err.text);
	is_int(run_step("/bin/true", "7", &err), 7, "with one that does nothing, too");
	ok(err.code < 0, "%s", err.text);
	is_str(take_file(), "", "and nothing is told");
	is_int(run_step(sampler, "look", &err), 0, "it cannot see a sampler");
	native_init(&native);
	ok(native_start(&native, sampler, tree_at("."), 0, 10, &err) < 0, "no step: %s", err.text);
	end_step();
}

/* The child of ours that is not this one. */
static pid_t find_sampler(pid_t task)
{
	char path[64], text[256] = "", *at = text;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "r");
	if (file != NULL) {
		text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
		(void)fclose(file);
	}
	while (*at != '\0') {
		long pid = strtol(at, &at, 10);

		if (pid > 0 && pid != task)
			return (pid_t)pid;
		at += *at == ' ';
	}
	return 0;
}

/* A time limit: a signal that it will end, and the end. */
static void check_killed(void)
{
	struct jo_err err;
	pid_t task, other;
	int status;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		exit(1);
	task = begin_step(sampler, "stop", &err);
	(void)waitpid(task, &status, WUNTRACED);
	other = find_sampler(task);
	ok(other > 0, "the sampler is nobody's child, so ours");
	(void)kill(other, SIGUSR1);
	(void)kill(other, SIGRTMIN);
	(void)kill(other, SIGTERM);
	while (access(tree_at("native-0"), F_OK) < 0 && waitpid(other, NULL, WNOHANG) == 0)
		(void)poll(NULL, 0, 10);
	(void)kill(other, SIGKILL);
	(void)kill(task, SIGKILL);
	(void)waitpid(task, NULL, 0);
	(void)waitpid(other, NULL, 0);
	end_step();
	ok(strstr(take_file(), "spend_most (spank_native.") != NULL,
	   "what was sampled before SIGTERM is told, whatever comes then");
}

/* A process of the user's that has the sampler's end of the socket, as one that took it could. */
static void check_kept(void)
{
	struct jo_err err;
	char script[PATH_MAX + 128], line[32] = "";
	pid_t task;
	FILE *file;

	(void)snprintf(script, sizeof(script),
		       "#!/bin/sh\n/bin/sleep 600 &\necho $! >%s\nexec %s \"$1\"\n",
		       tree_at("keeper"), sampler);
	tree_file("sampler", script);
	(void)chmod(tree_at("sampler"), 0700);
	task = begin_step(tree_at("sampler"), "7", &err);
	(void)waitpid(task, NULL, 0);
	file = fopen(tree_at("keeper"), "r");
	ok(file != NULL && fgets(line, sizeof(line), file) != NULL && kill(atoi(line), 0) == 0,
	   "another process has the sampler's socket");
	if (file != NULL)
		(void)fclose(file);
#ifdef SYS_pidfd_open
	ok(end_step(), "it is not waited for");
#else
	(void)end_step();
#endif
	if (atoi(line) > 0)
		(void)kill(atoi(line), SIGKILL);
	(void)take_file();
}

int main(int argc, char **argv)
{
	struct jo_err err;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (argc > 1)
		return run_word(argv[1]);
	if (len < 0)
		return 1;
	for (int fd = 3; fd < FDS_MAX; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)snprintf(sampler, sizeof(sampler), "%.*s/../sjobsample",
		       (int)(strrchr(self, '/') - self), self);
	(void)tree_make();
	check_without();
#ifdef __SANITIZE_ADDRESS__
	skip("a sanitizer takes more memory than the sampler may have", "what it tells");
	tree_remove();
	return tap_done();
#endif
	is_int(run_step(sampler, "spend", &err), 0, "a program");
	if (err.code < 0) {
		ok(strstr(err.text, "perf") != NULL, "is not sampled: %s", err.text);
		is_str(take_file(), "", "and nothing is told");
		tree_remove();
		return tap_done();
	}
	is_told("a program");
	is_int(run_step(sampler, "fork", &err), 0, "one that forks and runs another");
	is_told("its child");
	is_int(run_step(sampler, "7", &err), 7, "one that does nothing");
	is_str(take_file(), "missing other programs took too little CPU time\n", "is told so");
	check_killed();
	check_kept();
	tree_remove();
	return tap_done();
}
