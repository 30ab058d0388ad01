/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs one function over many independent items on a few threads.  Which
 * thread does which item is left open, so the items must not share anything
 * that is written.
 */
#ifndef UTIL_WORKERS_H
#define UTIL_WORKERS_H

#include <stddef.h>

#define WORKERS_MAX 64 /* no thread_count above this is believed */

/*
 * One item's work; nothing is returned, results go where context says.  worker
 * is below the number of threads, and no two that run at once have the same.
 */
typedef void workers_work(void *context, size_t index, unsigned int worker);

/*
 * Call work(context, i, ...) once for each i below count, on up to thread_count
 * threads (the caller's own is one of them; 0 counts as 1), and return when all
 * are done.  A thread that cannot be started is done without.
 */
void workers_run(workers_work *work, void *context, size_t count, unsigned int thread_count);

/* How many threads to use: as many as wanted, for 0 one per processor; at most WORKERS_MAX. */
unsigned int workers_count(unsigned int wanted);

#endif
