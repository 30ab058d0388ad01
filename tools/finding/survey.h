/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the verdicts of a stretch of time: what was out of the normal,
 * how each node did, and how much could be judged at all.
 */
#ifndef FINDING_SURVEY_H
#define FINDING_SURVEY_H

#include <glib.h>

#include "explain/node_effect.h"
#include "finding/heat.h"
#include "model/model.h"
#include "store/store.h"

/* A high verdict; strings belong to the survey. */
struct survey_finding {
	int64_t step_id, group_id;
	enum metric metric;
	char job[STEP_LABEL_SIZE];
	const char *user, *partition;
	int64_t end_unix_us;
	double score;
	double core_hours;		      /* over what was expected; NaN for memory */
};

struct survey_partition {
	const char *name;
	int64_t step_count, sized_count, judged_count;
	int64_t reason_counts[REASON_MODEL_COUNT +
			      1]; /* of unjudged wall times; the last: others */
};

/* Steps of one class in one partition. */
struct survey_class {
	const char *partition, *name;
	int64_t step_count, sized_count, judged_count;
	int64_t high_counts[METRIC_COUNT];
	double core_hours; /* that its high steps took over what was expected, by the clock */
};

struct survey_node {
	const char *cluster, *name;
};

struct survey {
	GArray *findings;   /* struct survey_finding, the most surprising first */
	GArray *step_ids;   /* int64_t, of all steps, by their ends */
	GArray *partitions; /* struct survey_partition, by name */
	GArray *classes;	  /* struct survey_class, those that cost most first, then by steps */
	GArray *nodes;		  /* struct survey_node */
	struct explain_node *node_findings; /* one for each of nodes */
	int64_t step_count, sized_count, judged_count;
	int64_t history_count; /* further ones of the stretch, which are not judged */
	struct heat heat; /* of what was judged, run times over what was expected */
	GStringChunk *strings;
};

/* Read the verdicts on steps that ended in the stretch.  Release *ret_survey.  Returns 0, or a
 * negative errno when the store fails. */
int survey_read(struct store *store, int64_t from_unix_us, int64_t to_unix_us,
		struct survey *ret_survey, struct jo_err *err);

/* Free what was read, strings and all. */
void survey_release(struct survey *survey);

#endif
