/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface of the model, before its method: nothing is judged yet. */
#include "model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct model_workspace *model_workspace_new(void)
{
	return NULL;
}

void model_workspace_free(struct model_workspace *workspace)
{
	(void)workspace;
}

void model_fit(const struct model_params *params, enum model_metric metric,
	       const struct model_history *own, const struct model_history *lenders,
	       size_t lender_n, struct model_workspace *workspace, struct model *ret_model)
{
	(void)params, (void)own, (void)lenders, (void)lender_n, (void)workspace;
	memset(ret_model, 0, sizeof(*ret_model));
	ret_model->metric = metric;
}

void model_release(struct model *model)
{
	memset(model, 0, sizeof(*model));
}

void model_prior_learn(const struct model *const *models, size_t n, enum model_metric metric,
		       struct model_prior *ret_prior)
{
	struct model_params defaults;

	(void)models, (void)n;
	model_params_init(&defaults);
	*ret_prior = defaults.prior[metric];
}

void model_judge(const struct model_params *params, const struct model *model,
		 const struct model_step *step, struct model_judgement *ret_judgement)
{
	(void)params, (void)model, (void)step;
	*ret_judgement = (struct model_judgement){
		.verdict = MODEL_UNJUDGED, .watch = MODEL_UNJUDGED, .reason = MODEL_TOO_FEW,
		.expected = NAN, .low = NAN, .high = NAN, .ratio = NAN, .log_ratio = NAN,
		.log_threshold = NAN, .p_value = 1};
}

double model_quantile(const struct model_params *params, const struct model *model,
		      const struct model_step *step, double probability,
		      enum model_reason *ret_reason)
{
	(void)params, (void)model, (void)step, (void)probability;
	if (ret_reason != NULL)
		*ret_reason = MODEL_TOO_FEW;
	return NAN;
}

void model_write(const struct model *model, void **ret_blob, size_t *ret_size)
{
	unsigned char *blob = malloc(1);

	if (blob == NULL)
		abort();
	blob[0] = (unsigned char)model->metric;
	*ret_blob = blob;
	*ret_size = 1;
}

int model_read(const void *blob, size_t size, struct model *ret_model, struct jo_err *err)
{
	const unsigned char *bytes = blob;

	if (size != 1 || bytes[0] >= MODEL_METRICS)
		return jo_err_set(err, -EBADMSG, "stored model: damaged");
	memset(ret_model, 0, sizeof(*ret_model));
	ret_model->metric = (enum model_metric)bytes[0];
	return 0;
}
