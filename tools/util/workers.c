/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that take the next item from a shared counter until there is none. */
#include "workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct workers {
	workers_work *work;
	void *context;
	size_t count;
	atomic_size_t next;
};

struct worker {
	struct workers *pool;
	unsigned int number;
	pthread_t thread;
};

static void *run_items(void *arg)
{
	struct worker *worker = arg;
	struct workers *pool = worker->pool;

	for (;;) {
		size_t index = atomic_fetch_add(&pool->next, 1);

		if (index >= pool->count)
			return NULL;
		pool->work(pool->context, index, worker->number);
	}
}

void workers_run(workers_work *work, void *context, size_t count, unsigned int thread_count)
{
	struct workers pool = {.work = work, .context = context, .count = count};
	struct worker workers[WORKERS_MAX] = {0};
	unsigned int started = 1; /* the caller's own thread is number 0 */

	atomic_init(&pool.next, 0);
	workers[0].pool = &pool;
	while (started < thread_count && started < count && started < WORKERS_MAX) {
		workers[started].pool = &pool;
		workers[started].number = started;
		if (pthread_create(&workers[started].thread, NULL, run_items, &workers[started]) !=
		    0)
			break;
		started++;
	}
	(void)run_items(&workers[0]);
	for (unsigned int i = 1; i < started; i++)
		(void)pthread_join(workers[i].thread, NULL);
}

unsigned int workers_count(unsigned int wanted)
{
	cpu_set_t set;
	int processors = 1;

	if (wanted == 0 && sched_getaffinity(0, sizeof(set), &set) == 0)
		processors = CPU_COUNT(&set);
	if (wanted == 0)
		wanted = processors < 1 ? 1 : (unsigned int)processors;
	return wanted < WORKERS_MAX ? wanted : WORKERS_MAX;
}
