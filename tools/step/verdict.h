/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was said of one metric of a step, why nothing was said, and all that it
 * was said against, so that it can be explained later without the model.
 */
#ifndef STEP_VERDICT_H
#define STEP_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "step/metric.h"

/* The database has these numbers. */
enum verdict {
	VERDICT_NORMAL,
	VERDICT_HIGH, /* a normal step takes as much with a chance of Alpha at most, and it is at
			 least so many times what was expected (MinRatio) */
	VERDICT_LOW,  /* likewise little */
	VERDICT_UNJUDGED,
	VERDICT_COUNT,
};

/* "normal", "high", "low", "unjudged": by value, NULL at the end. */
extern const char *const verdict_words[];

/* How sure it is that a step is high: each level holds those after it.  The database has these
 * numbers. */
enum verdict_level {
	VERDICT_LEVEL_NONE,
	VERDICT_LEVEL_WATCH,   /* worth a look on request: further out than the group's steps are as
				  a rule */
	VERDICT_LEVEL_HIGH,    /* VERDICT_HIGH */
	VERDICT_LEVEL_CERTAIN, /* the chance is NotifyAlpha at most, and the group's earlier steps
				  have no likes of it */
	VERDICT_LEVEL_COUNT,
};

/* "", "watch", "high", "certain": by level, NULL at the end. */
extern const char *const verdict_level_words[];

/*
 * Whether like_count of near_count earlier steps of about a step's size that were as far out are
 * so many that it may be another way to run, and not certain to be wrong.  JO_MISSING: nobody
 * counted, which is none.
 */
bool verdict_has_likes(int64_t near_count, int64_t like_count);

/*
 * The chance that is told of a verdict: of a normal step to be as far out; and what a group's
 * earlier steps of about this size have done, with the counts as above, is no matter of chance, but
 * of how many did.  NaN where no chance is known.
 */
double verdict_chance(double p_value, int64_t near_count, int64_t like_count);

#define VERDICT_ODDS_MAX 1000000 /* rarer is not known of any history */

/* N of "one normal step in N is as far out", to two digits; VERDICT_ODDS_MAX for fewer than one in
 * so many, JO_MISSING where no chance is known. */
int64_t verdict_odds(double p_value);

/* Why a step is VERDICT_UNJUDGED, or what limits its verdict. */
enum reason {
	REASON_NONE,
	/* the model's own */
	REASON_TOO_FEW,       /* the group is still learning, and has nobody to borrow from */
	REASON_NO_INPUT_SIZE, /* the group's steps declare their input size, this one does not */
	REASON_OUTSIDE_SIZES, /* more than twice the largest or under half the smallest size seen */
	REASON_CUT_SHORT, /* stopped at a limit: "at least this much", and that much is normal */
	REASON_NO_VALUE,  /* not measured, not finite or not positive */
	REASON_TOO_NOISY, /* the group's own spread explains any value */
	REASON_MODEL_COUNT,
	/* of those who ask the model */
	REASON_NOT_FINISHED = REASON_MODEL_COUNT, /* ended by the machine, or nobody knows how */
	REASON_PAGE_CACHE,                        /* the memory may be no more than cached files */
	REASON_EXPECTED,                          /* its owner called the like of it normal */
	REASON_UNKNOWN_GROUP,                     /* no earlier step is like it */
	REASON_WHICH_GROUP,                       /* it does not say which steps it is like */
	REASON_HISTORY, /* it ended before the nights that are judged: no verdict is stored */
	REASON_COUNT,
};

/* A stable word for parsable output and the database: "too-few"; "" for REASON_NONE. */
const char *reason_word(enum reason reason);

/* What a reason's word means, as a clause ("it was not measured"); the word itself when no reason
 * has it, as one of a later version. */
const char *reason_clause(const char *word);

/* Values are in the metric's unit: microseconds or bytes. */
struct step_verdict {
	int64_t step_id; /* struct step's id */
	enum metric metric;
	enum measure measure; /* which measurement the value is */
	enum verdict verdict;
	const char *reason; /* why unjudged, or what limits the verdict; "" for none */
	double value;
	double expected;
	double low, high; /* the band */
	double ratio;     /* value / expected */
	double score;     /* how far out, and how surely: what is high is beyond 1, what is beyond 1
			     need not be high; comparable */
	double p_value;   /* the chance of a normal step to be as far out; 1 where unjudged */
	double alpha;     /* the chance that was too large to be high, such as 0.005 */
	enum verdict_level level; /* NONE in verdicts from before there were levels, too */
	int64_t near_count; /* of what is watched: earlier steps of about its size; JO_MISSING:
			       none, or not counted */
	int64_t like_count; /* those among them that were as far out, and not high when they ended
			     */

	const char *group;            /* whose steps it was compared with, in words; "" for none */
	bool is_sized;                /* with those of about its size */
	int64_t night_count;          /* steps of its night among them, and itself */
	int64_t apart_count;          /* others of its night that stand out and were left out */
	int64_t history_count;        /* steps of its own group that the model saw */
	int64_t censored_count;       /* of these, known only as "at least this" */
	int64_t regime_start_unix_us; /* since when the level is as it is */
	double regime_ratio;          /* by how many times it moved then */
	int64_t borrowed_count;       /* steps of other groups */
	const char *borrowed_from;    /* in words, "" for nowhere */
	const char *attrs_used;       /* which attributes the level was corrected by: "words, db" */
	int64_t model_version;
	int64_t judged_unix_us;
	int32_t night;
};

#endif
