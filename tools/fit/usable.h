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
 * Memory has three measures.  The cgroup's peak is what the limit applies to, but
 * it contains page cache: a job that only reads a large file reaches its limit
 * without needing the memory.  The largest process's RSS has no cache, but
 * knows one process alone.  A group is judged by its peaks as long as they are
 * informative, else by RSS (usable_measure).  A peak at the limit is "at least
 * this much" when RSS is not known or near it, and nothing when RSS shows that
 * cache filled it.  What programs say that they allocated has neither cache nor a limit at
 * which it ends, so a group whose steps say it is judged by that.
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

/* The measure of the metric that count steps support best: by it their group is judged. */
enum measure usable_measure(const struct store_obs *list, size_t count, enum metric metric);

/*
 * The step's value of the metric's measure into *ret_value, in seconds or bytes,
 * NaN when it was not measured; returns what it is worth.
 */
enum usable_kind usable_value(const struct store_obs *obs, enum metric metric, enum measure measure,
			      double *ret_value);

/* What the step has of the metric's measure, in seconds or bytes; NaN: not measured. */
double usable_amount(const struct store_obs *obs, enum metric metric, enum measure measure);

/* Memory that processes held, as far as RSS tells: the largest one's, times the tasks of a node;
 * NaN: unknown. */
double usable_process_bytes(const struct store_obs *obs);

#endif
