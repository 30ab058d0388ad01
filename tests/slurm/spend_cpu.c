/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test job that spends known shares of its CPU time in known functions, and prints how many
 * thousandths of it, by its own clock, each had.
 *
 * usage: spend_cpu MILLISECONDS
 *	or	spend_cpu ask
 *		whether the kernel would sample a user's program: status 0, or 1 and why not
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* So much that asking the clock does not count. */
#define TURNS 300000

static volatile double sum;

static int64_t cpu_us(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) < 0)
		abort();
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

__attribute__((noinline)) static void heavy(void)
{
	for (int i = 0; i < TURNS; i++)
		sum += i;
}

__attribute__((noinline)) static void middle(void)
{
	for (int i = 0; i < TURNS; i++)
		sum -= i;
}

__attribute__((noinline)) static void light(void)
{
	for (int i = 0; i < TURNS; i++)
		sum += 2.0 * i;
}

static const struct {
	const char *name;
	void (*spend)(void);
	double share;
} parts[] = {{"heavy", heavy, 0.6}, {"middle", middle, 0.3}, {"light", light, 0.1}};

#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))

/* Parts in no order, each as often as its share: one that comes again and again after as long as a
 * sample might be met by each of them. */
__attribute__((noinline)) static void work(int64_t all_us, int64_t *spent_us)
{
	int64_t begin_us = cpu_us(), before_us = begin_us;
	unsigned int seed = (unsigned int)getpid();

	while (before_us - begin_us < all_us) {
		double left = (double)rand_r(&seed) / RAND_MAX;
		size_t next = 0;

		while (next + 1 < PART_COUNT && left >= parts[next].share)
			left -= parts[next++].share;
		parts[next].spend();
		spent_us[next] += cpu_us() - before_us;
		before_us = cpu_us();
	}
}

static int ask(void)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
				       .size = sizeof(attr),
				       .config = PERF_COUNT_SW_CPU_CLOCK,
				       .exclude_kernel = 1};

	if (syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0) >= 0)
		return 0;
	printf("%s\n", strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	int64_t spent_us[PART_COUNT] = {0}, all_us = 0;

	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "ask") == 0)
		return ask();
	work(atoll(argv[1]) * 1000, spent_us);
	for (size_t i = 0; i < PART_COUNT; i++)
		all_us += spent_us[i];
	for (size_t i = 0; i < PART_COUNT; i++)
		printf("%s %" PRId64 "\n", parts[i].name, 1000 * spent_us[i] / all_us);
	return 3;
}
