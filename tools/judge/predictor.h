/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a step that has not run yet will take, by the models of its group. */
#ifndef JUDGE_PREDICTOR_H
#define JUDGE_PREDICTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"
#include "model/model.h"
#include "store/store.h"

/* What is known of the step; strings "" and numbers JO_MISSING for unknown. */
struct predictor_query {
	const char *cluster, *partition, *user, *class_name, *program;
	const char *job_name; /* of which the class is made where class_name is "" */
	int64_t input_bytes;
	int64_t cpu_count, task_count, node_count;
	const char *attrs; /* "KEY=VALUE,..." */
	/* Of which share of such steps the amounts in `enough` are enough; 0 < probability < 1. */
	double probability;
	/* The band of a step that is judged with its night, as nearly all are; else of one alone.
	 */
	bool is_among;
};

struct predictor_answer {
	const char *group; /* its name, "" when there is none; good as long as the predictor */
	struct predictor_metric {
		enum measure measure;       /* which measurement the amounts are */
		double expected, low, high; /* seconds or bytes; NaN: unknown */
		double enough;
		int64_t n;                   /* steps it rests on */
		double input_min, input_max; /* their input sizes; NaN: it goes without */
		const char *reason;          /* why nothing can be said, "" when it can */
	} metrics[METRIC_COUNT];
};

/* Keeps the models it has fitted, so that many questions about a group cost little. */
struct predictor;

/* Answer from the steps that ended before the time.  carryover is what other predictors read, or
 * NULL. */
int predictor_new(struct store *store, const struct judge_options *options,
		  struct carryover *carryover, int64_t before_unix_us,
		  struct predictor **ret_predictor, struct jo_err *err);

/* Free the predictor and its models; NULL is fine. */
void predictor_free(struct predictor *predictor);

/*
 * A class that was declared is asked for by whichever user.  Of several groups
 * that fit what is named, the one answers that has most of it, as a group of
 * steps that lack something may be of others; then one whose class was declared
 * (of a job's name: was not), then the one whose steps ended last.  Nobody to answer is no error: the
 * reasons then say "unknown-group", or "which-group" for a query that names none
 * and is not about the only one there is.
 */
int predictor_ask(struct predictor *predictor, const struct predictor_query *query,
		  struct predictor_answer *ret_answer, struct jo_err *err);

/* As predictor_ask, of a group that is known; the query's names are not looked at. */
int predictor_ask_group(struct predictor *predictor, const struct store_group *group,
			const struct predictor_query *query, struct predictor_answer *ret_answer,
			struct jo_err *err);

/* An answer that says no more than why there is none; reason must live as long. */
void predictor_refuse(struct predictor_answer *answer, const char *reason);

#endif
