/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it costs a native program to be sampled, ten times a second: the same work with and without,
 * in rounds of changing order.
 *
 * usage: bench_native [ROUNDS]	(20)
 */
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "native.h"

#define RATE_HZ 10
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

static int work(void)
{
	for (long i = 0; i < 500000000; i++)
		sum += (double)i;
	return 0;
}

static void run(const char *self, const char *sampler, const char *folder, struct run *ret_run)
{
	struct native native;
	struct rusage usage;
	struct jo_err err;
	double *start_ms, begin_ms = now_ms();
	int pipe_fds[2], status;
	pid_t pid;

	native_init(&native);
	*ret_run = (struct run){0};
	start_ms = &ret_run->start_ms;
	if (native_begin(&native, NULL) < 0 || pipe(pipe_fds) < 0 || (pid = fork()) < 0)
		check(0, "cannot start a task");
	if (pid == 0) {
		double waited_ms = now_ms();

		if (sampler != NULL &&
		    native_start(&native, sampler, folder, 0, RATE_HZ, &err) < 0) {
			(void)fprintf(stderr, "bench_native: %s\n", err.text);
			_exit(1);
		}
		waited_ms = now_ms() - waited_ms;
		if (write(pipe_fds[1], &waited_ms, sizeof(waited_ms)) > 0)
			(void)execl(self, self, "work", NULL);
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
	native_wait(&native);
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
	if (strcmp(unit, "ratio") == 0)
		printf("native_%s_scatter %.4f ratio\n", name,
		       (numbers[count - 1 - count / 4] - numbers[count / 4]) / 2);
}

int main(int argc, char **argv)
{
	static double walls[ROUNDS_MAX], cpus[ROUNDS_MAX], starts[ROUNDS_MAX], ends[ROUNDS_MAX],
		sampler_cpus[ROUNDS_MAX], memories[ROUNDS_MAX];
	char self[4096], sampler[4200], folder[] = "/tmp/joboutliers-bench.XXXXXX", file[64];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 20;

	if (argc > 1 && strcmp(argv[1], "work") == 0)
		return work();
	if (len < 0 || rounds == 0 || rounds > ROUNDS_MAX || mkdtemp(folder) == NULL)
		return 1;
	self[len] = '\0';
	(void)snprintf(sampler, sizeof(sampler), "%.*s/../sjobsample",
		       (int)(strrchr(self, '/') - self), self);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (size_t i = 0; i < rounds; i++) {
		struct run with, without;

		if (i % 2 == 0)
			run(self, NULL, folder, &without);
		run(self, sampler, folder, &with);
		if (i % 2 != 0)
			run(self, NULL, folder, &without);
		walls[i] = with.wall_ms / without.wall_ms;
		cpus[i] = (with.cpu_ms + with.sampler_cpu_ms) / without.cpu_ms;
		starts[i] = with.start_ms;
		ends[i] = with.end_ms;
		sampler_cpus[i] = with.sampler_cpu_ms;
		memories[i] = with.sampler_kb;
	}
	(void)snprintf(file, sizeof(file), "%s/native-0", folder);
	(void)unlink(file);
	(void)rmdir(folder);
	print_median("ratio", walls, rounds, "ratio");
	print_median("cpu_ratio", cpus, rounds, "ratio");
	print_median("start", starts, rounds, "ms");
	print_median("end", ends, rounds, "ms");
	print_median("sampler_cpu", sampler_cpus, rounds, "ms");
	print_median("sampler_memory", memories, rounds, "kB");
	return 0;
}
