/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test job of known CPU time: burns so much, by its own clock, and prints the
 * microseconds that it took, without those of the process before it was this
 * program: some of them slurmstepd took before it put the process into the step's
 * cgroup.
 *
 * usage: burn_cpu MILLISECONDS [self|child|left]
 *	self	the process itself (the default)
 *	child	a child that is waited for
 *	left	a child that nobody waits for and that is still there at the end
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t cpu_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) < 0)
		abort();
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void burn(int64_t wanted_us)
{
	int64_t begin_us = cpu_us(), burnt_us;

	/* Work in both modes: the clock is asked in user mode, the process number in the kernel. */
	while ((burnt_us = cpu_us() - begin_us) < wanted_us)
		(void)getppid();
	printf("%lld\n", (long long)burnt_us);
	(void)fflush(stdout);
}

/* Burns in a child; when it is left, it says over the pipe that it is done, and stays. */
static void burn_in_child(int64_t wanted_us, int is_left)
{
	int done[2];
	char byte;
	pid_t pid;

	if (pipe(done) < 0 || (pid = fork()) < 0)
		abort();
	if (pid == 0) {
		burn(wanted_us);
		if (is_left) {
			(void)close(done[0]);
			(void)close(done[1]);
			/* Slurm ends it with the step. */
			(void)pause();
		}
		_exit(0);
	}
	(void)close(done[1]);
	if (read(done[0], &byte, 1) < 0)
		abort();
	if (!is_left)
		(void)waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	const char *who = argc > 2 ? argv[2] : "self";
	int64_t wanted_us;

	if (argc < 2) {
		(void)fputs("usage: burn_cpu MILLISECONDS [self|child|left]\n", stderr);
		return 2;
	}
	wanted_us = strtoll(argv[1], NULL, 10) * 1000;
	if (strcmp(who, "self") == 0)
		burn(wanted_us);
	else
		burn_in_child(wanted_us, strcmp(who, "left") == 0);
	return 0;
}
