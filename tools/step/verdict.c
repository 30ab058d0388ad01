/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of verdicts and reasons. */
#include "verdict.h"

#include <math.h>
#include <string.h>

#include "joboutliers/record.h"

/* Rarer than this among steps of the size, the like of it may have been slow just as well. */
#define LIKES_SHARE 0.02

const char *const verdict_words[] = {"normal", "high", "low", "unjudged", NULL};
const char *const verdict_level_words[] = {"", "watch", "high", "certain", NULL};

bool verdict_has_likes(int64_t near_count, int64_t like_count)
{
	return near_count != JO_MISSING && like_count != JO_MISSING &&
	       (double)like_count > LIKES_SHARE * (double)near_count;
}

double verdict_chance(double p_value, int64_t near_count, int64_t like_count)
{
	bool has_done = near_count != JO_MISSING && near_count > 0 && like_count != JO_MISSING;

	if (isnan(p_value) || !has_done)
		return p_value;
	return fmax(p_value, (double)like_count / (double)near_count);
}

int64_t verdict_odds(double p_value)
{
	double digits;

	if (!(p_value >= 0 && p_value <= 1))
		return JO_MISSING;
	if (p_value * VERDICT_ODDS_MAX < 1)
		return VERDICT_ODDS_MAX;
	digits = pow(10, floor(log10(1 / p_value)) - 1);
	return p_value > 0.1 ? llround(1 / p_value)
			     : llround(1 / p_value / digits) * llround(digits);
}

static const struct {
	const char *word, *clause;
} reasons[REASON_COUNT] = {
	[REASON_NONE] = {"", ""},
	[REASON_TOO_FEW] = {"too-few", "its group has too few earlier steps"},
	[REASON_NO_INPUT_SIZE] = {"no-input-size",
				  "it declares no input size, and the earlier steps do"},
	[REASON_OUTSIDE_SIZES] = {"outside-sizes",
				  "its input size is far outside those of the earlier steps"},
	[REASON_CUT_SHORT] = {"cut-short", "it was stopped before its end, and had not yet used "
					   "more than normal"},
	[REASON_NO_VALUE] = {"no-value", "it was not measured"},
	[REASON_TOO_NOISY] = {"too-noisy", "the earlier steps differ too much among themselves"},
	[REASON_NOT_FINISHED] = {"not-finished", "it did not end by its own doing"},
	[REASON_PAGE_CACHE] = {"page-cache", "the memory may be no more than cached files"},
	[REASON_EXPECTED] = {"expected", "its owner called the like of it normal"},
	[REASON_UNKNOWN_GROUP] = {"unknown-group", "no earlier step is like it"},
	[REASON_WHICH_GROUP] = {"which-group", "it does not say which steps it is like"},
	[REASON_HISTORY] = {"history", "it is history, which later steps are judged by; "
				       "'sjoboutliers check --all' judges it, too"},
};

const char *reason_word(enum reason reason)
{
	return reasons[reason].word;
}

const char *reason_clause(const char *word)
{
	for (size_t i = 0; i < REASON_COUNT; i++)
		if (strcmp(reasons[i].word, word) == 0)
			return reasons[i].clause;
	return word;
}
