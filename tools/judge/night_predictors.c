/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps one predictor a night. */
#include "night_predictors.h"

#include "step/night.h"

int night_predictors_get(struct night_predictors *predictors, struct store *store,
			 const struct judge_options *options, int64_t unix_us,
			 struct predictor **ret_predictor, struct jo_err *err)
{
	const struct night night = night_of(unix_us);
	struct night_predictors_night added = {.number = night.number};
	int rc;

	for (size_t i = 0; i < predictors->count; i++)
		if (predictors->nights[i].number == night.number) {
			*ret_predictor = predictors->nights[i].predictor;
			return 0;
		}
	*ret_predictor = NULL;
	if (predictors->count == NIGHT_PREDICTORS_MAX)
		return 0;
	if (predictors->carryover == NULL)
		predictors->carryover = carryover_new();
	rc = predictor_new(store, options, predictors->carryover, night.from_unix_us,
			   &added.predictor, err);
	if (rc < 0)
		return rc;
	predictors->nights[predictors->count++] = added;
	*ret_predictor = added.predictor;
	return 0;
}

void night_predictors_release(struct night_predictors *predictors)
{
	for (size_t i = 0; i < predictors->count; i++)
		predictor_free(predictors->nights[i].predictor);
	carryover_free(predictors->carryover);
	*predictors = (struct night_predictors){0};
}
