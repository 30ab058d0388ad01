/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one step is worth to a model: its value, "at least this much", or
 * nothing.  Says nothing about what is normal.
 *
 *	state			wall time	memory
 *	COMPLETED		value		value, at least when at the limit
 *	TIMEOUT, DEADLINE	at least	at least
 *	CANCELLED, FAILED	at least	at least
 *	OUT_OF_MEMORY		at least	at least
 *	any other		nothing		nothing: the machine's doing, or not known
 *
 * Of the "at least" rows in a history a model uses those that lie above what it
 * expects, so a job that failed at once does not count as a fast one.
 *
 * Memory has two measures.  The cgroup's peak is what the limit applies to, but
 * it contains page cache: a job that only reads a large file reaches its limit
 * without needing the memory.  The largest process's RSS has no cache, but
 * knows one process alone.  A group is judged by its peaks as long as they are
 * informative, else by RSS (usable_basis).  A peak at the limit is "at least
 * this much" when RSS is not known or near it, and nothing when RSS shows that
 * cache filled it.
 */
#ifndef FIT_USABLE_H
#define FIT_USABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"
#include "store/store.h"

enum usable_kind {
	USABLE_NOT_MEASURED, /* no value, or one that is not positive */
	USABLE_NOT_FINISHED, /* the step's state says nothing about what it takes */
	USABLE_CACHE,        /* memory: page cache filled it to the limit */
	USABLE_AT_LEAST,     /* from here on it counts in a history */
	USABLE_VALUE,
};

/* Which measure of memory a group is judged by. */
enum usable_basis { USABLE_PEAK, USABLE_RSS };

/* "peak", "rss" */
const char *usable_basis_word(enum usable_basis basis);

/* The measure that count steps support best. */
enum usable_basis usable_basis_choose(const struct store_obs *list, size_t count);

/*
 * The step's value for the metric into *ret_value, in seconds or bytes, NaN
 * when it was not measured; returns what it is worth.  basis is looked at for
 * memory alone.
 */
enum usable_kind usable_value(const struct store_obs *obs, enum metric metric,
			      enum usable_basis basis, double *ret_value);

/* Memory that processes held, as far as RSS tells: the largest one's, times the tasks of a node;
 * NaN: unknown. */
double usable_process_bytes(const struct store_obs *obs);

#endif
