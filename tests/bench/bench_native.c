/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What else is there for a native program to be sampled, ten times a second: what waits for the
 * sampler, and what that takes.  What it costs the program itself is tests/bench/sampler's, by
 *
 * usage: bench_native [ROUNDS]	(20)
 *        bench_native once RATE AMOUNT	seconds by the clock and of CPU of one run of so many loops;
 *				RATE 0: without a sampler
 */
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "native.h"

#define RATE_HZ 10
#define LOOPS "500000000"
#define ROUNDS_MAX 1000

static volatile double sum;

/* One run, in milli-seconds. */
struct run {
	double wall_ms, cpu_ms;
	double start_ms, end_ms; /* that the task and slurmstepd wait */
	double sampler_cpu_ms, sampler_kb;
};

static double now_ms(void)
{
	return 1000 * clock_s(CLOCK_MONOTONIC);
}

static double cpu_ms(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000 +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1000;
}

static int work(const char *loops)
{
	for (long i = 0, count = atol(loops); i < count; i++)
		sum += (double)i;
	return 0;
}

static void run(const char *self, const char *sampler, int rate_hz, const char *folder,
		const char *loops, struct run *ret_run)
{
	struct native native;
	struct rusage usage;
	struct jo_err err;
	double *start_ms, begin_ms = now_ms();
	int pipe_fds[2], status;
	pid_t pid = -1;

	native_init(&native);
	*ret_run = (struct run){0};
	start_ms = &ret_run->start_ms;
	if (native_begin(&native, NULL) < 0 || pipe(pipe_fds) < 0 || (pid = fork()) < 0)
		check(0, "cannot start a task");
	if (pid == 0) {
		double waited_ms = now_ms();

		if (rate_hz > 0 && native_start(&native, sampler, folder, 0, rate_hz, &err) < 0) {
			(void)fprintf(stderr, "bench_native: %s\n", err.text);
			_exit(1);
		}
		waited_ms = now_ms() - waited_ms;
		if (write(pipe_fds[1], &waited_ms, sizeof(waited_ms)) > 0)
			(void)execl(self, self, "work", loops, NULL);
		_exit(1);
	}
	check(read(pipe_fds[0], start_ms, sizeof(*start_ms)) == sizeof(*start_ms) &&
		      wait4(pid, &status, 0, &usage) == pid && status == 0,
	      "a task failed");
	ret_run->wall_ms = now_ms() - begin_ms;
	ret_run->cpu_ms = cpu_ms(&usage);
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);
	begin_ms = now_ms();
	native_end(&native);
	(void)native_wait(&native);
	ret_run->end_ms = now_ms() - begin_ms;
	native_close(&native);
	/* It is nobody's child, so ours. */
	if (wait4(-1, &status, 0, &usage) > 0) {
		ret_run->sampler_cpu_ms = cpu_ms(&usage);
		ret_run->sampler_kb = (double)usage.ru_maxrss;
	}
}

static int by_number(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static void print_median(const char *name, double *numbers, size_t count, const char *unit)
{
	qsort(numbers, count, sizeof(*numbers), by_number);
	printf("native_%s %.4f %s\n", name, numbers[count / 2], unit);
	if (strcmp(unit, "ms") == 0)
		printf("native_%s_least %.4f ms\n", name, numbers[0]);
}

int main(int argc, char **argv)
{
	static double starts[ROUNDS_MAX], ends[ROUNDS_MAX], sampler_cpus[ROUNDS_MAX],
		memories[ROUNDS_MAX];
	char self[4096], sampler[4200], folder[] = "/tmp/joboutliers-bench.XXXXXX", file[64];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	bool is_once = argc == 4 && strcmp(argv[1], "once") == 0;
	size_t rounds = is_once ? 1 : argc > 1 ? strtoul(argv[1], NULL, 10) : 20;
	int rate_hz = is_once ? atoi(argv[2]) : RATE_HZ;
	struct run one;

	if (argc == 3 && strcmp(argv[1], "work") == 0)
		return work(argv[2]);
	if (len < 0 || rounds == 0 || rounds > ROUNDS_MAX || mkdtemp(folder) == NULL)
		return 1;
	self[len] = '\0';
	(void)snprintf(sampler, sizeof(sampler), "%.*s/../sjobsample",
		       (int)(strrchr(self, '/') - self), self);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (size_t i = 0; i < rounds; i++) {
		run(self, sampler, rate_hz, folder, is_once ? argv[3] : LOOPS, &one);
		starts[i] = one.start_ms;
		ends[i] = one.end_ms;
		sampler_cpus[i] = one.sampler_cpu_ms;
		memories[i] = one.sampler_kb;
	}
	(void)snprintf(file, sizeof(file), "%s/native-0", folder);
	(void)unlink(file);
	(void)rmdir(folder);
	if (is_once) {
		printf("%.6f %.6f\n", one.wall_ms / 1000, (one.cpu_ms + one.sampler_cpu_ms) / 1000);
		return 0;
	}
	print_median("start", starts, rounds, "ms");
	print_median("end", ends, rounds, "ms");
	print_median("sampler_cpu", sampler_cpus, rounds, "ms");
	print_median("sampler_memory", memories, rounds, "kB");
	return 0;
}
