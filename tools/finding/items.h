/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * High verdicts as there is something to tell of them: what a mail says of each
 * step and metric, kept apart from the store's cursors.
 */
#ifndef FINDING_ITEMS_H
#define FINDING_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "step/cause.h"
#include "step/step.h"
#include "step/verdict.h"

/* One high verdict and its step.  Owns its strings. */
struct finding_item {
	int64_t step_id, group_id; /* the store's */
	enum metric metric;
	enum measure measure; /* which measurement value is */
	char *user;
	int64_t uid;
	char *cluster, *partition, *class_name, *attrs;
	char *node;  /* the first of its nodes */
	char *job;   /* "4711_3" */
	char *label; /* "4711_3", for an srun's step "4711_3.0" */
	bool is_batch;
	enum step_state state;
	int64_t end_unix_us, input_bytes, cpu_count, task_count, node_count;
	int64_t oom_kill_count;
	double value, expected, high, ratio, score; /* as in struct step_verdict */
	double chance; /* verdict_chance() of the surest verdict that it tells of, */
	enum metric
		surest; /* on this: of a run time, its own or the CPU time's where that is high */
	int64_t history_count, borrowed_count;
	enum cause cause;
	double cpu_ratio; /* of a run time: its CPU time's to what was expected; 0: not judged */
	int64_t psi_cpu_some_us, psi_memory_some_us, psi_io_some_us;
};

/* Zeroed memory is an empty list. */
struct finding_items {
	struct finding_item *list;
	size_t count, capacity;
};

/* Free what the item owns. */
void finding_item_release(struct finding_item *item);

/* Free the items, and leave the list empty. */
void finding_items_release(struct finding_items *items);

/* Append the verdict on the step, with copies of its strings. */
void finding_items_add(struct finding_items *items, const struct step *step,
		       const struct step_verdict *verdict);

/* Take in what the verdict on its step's CPU time, NULL for none, says of an item, and the chance
 * of that where it is the surer of the two. */
void finding_item_set_cause(struct finding_item *item, const struct step_verdict *cpu);

/* Append a copy of the item. */
void finding_items_copy(struct finding_items *items, const struct finding_item *item);

/* Append the item itself: what it owns is the list's from now on. */
void finding_items_move(struct finding_items *items, const struct finding_item *item);

/* Order by user, then step, then metric. */
void finding_items_sort(struct finding_items *items);

/* The index of the sorted list's item of the same user, step and metric; it must be there. */
size_t finding_items_index(const struct finding_items *items, const struct finding_item *item);

#endif
