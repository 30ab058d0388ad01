/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model that is given other priors is the one that they would have been fitted with. */
#include "model/model.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define N_MAX 600

static uint64_t state = 1;

static double uniform(void)
{
	state = state * 6364136223846793005U + 1442695040888963407U;
	return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

struct rows {
	double input[N_MAX], value[N_MAX];
	bool is_censored[N_MAX];
	struct model_history history;
};

/* Some without a size, some cut short, some far out. */
static void make_rows(struct rows *rows, size_t n, double scatter, double far_share)
{
	for (size_t i = 0; i < n; i++) {
		rows->input[i] = uniform() < 0.2 ? NAN : exp(22 + 1.5 * normal());
		rows->value[i] = (60 + 1e-7 * (isnan(rows->input[i]) ? 0 : rows->input[i])) *
				 exp(scatter * normal() + (uniform() < far_share));
		rows->is_censored[i] = uniform() < 0.03;
	}
	rows->history = (struct model_history){.n = n,
					       .input_bytes = rows->input,
					       .value = rows->value,
					       .is_censored = rows->is_censored};
}

static int is_same(const struct model_judgement *a, const struct model_judgement *b)
{
	return a->verdict == b->verdict && a->level == b->level && a->reason == b->reason &&
	       memcmp(&a->low, &b->low, sizeof(a->low)) == 0 &&
	       memcmp(&a->high, &b->high, sizeof(a->high)) == 0 && a->score == b->score &&
	       a->p_value == b->p_value;
}

/* Returns how many rows and bytes differ. */
static int compare(const struct model_params *params, const struct model *refitted,
		   const struct model *fitted, const struct model_history *history)
{
	void *one, *other;
	size_t one_size, other_size;
	int wrong;

	model_write(refitted, &one, &one_size);
	model_write(fitted, &other, &other_size);
	wrong = one_size != other_size || memcmp(one, other, one_size) != 0;
	for (size_t i = 0; i < history->n; i++) {
		struct model_step step = {.is_among = true};
		struct model_judgement a, b;

		step.input_bytes = history->input_bytes[i];
		step.value = history->value[i];
		model_judge(params, refitted, &step, &a);
		model_judge(params, fitted, &step, &b);
		wrong += !is_same(&a, &b);
	}
	free(one);
	free(other);
	return wrong;
}

int main(void)
{
	static const size_t lengths[] = {5, 8, 21, 60, 300, N_MAX};
	struct model_workspace *workspace = model_workspace_new();
	struct rows *rows = calloc(1, sizeof(*rows));
	int tried_n = 0, refitted_n = 0;

	for (size_t l = 0; l < sizeof(lengths) / sizeof(*lengths); l++)
		for (int i = 0; i < 12; i++) {
			struct model_params before, after;
			struct model from, refitted, fitted, other;

			make_rows(rows, lengths[l], 0.02 + 0.05 * i, 0.02 * i);
			model_params_init(&before);
			after = before;
			after.history_max = before.history_max = N_MAX;
			after.prior[METRIC_WALL].scale *= exp(normal());
			after.prior[METRIC_WALL].scale_weight = 3 + 9 * uniform();
			after.prior[METRIC_WALL].shape = 0.5 + uniform() / 2;
			after.prior[METRIC_WALL].alike = uniform();
			model_fit(&before, METRIC_WALL, &rows->history, NULL, 0, workspace, &from);
			model_fit(&after, METRIC_WALL, &rows->history, NULL, 0, workspace, &fitted);
			if (i % 2 == 1)
				model_forget_rows(&from);
			tried_n++;
			if (model_refit(&after, &from, lengths[l], &rows->history, &refitted)) {
				refitted_n++;
				is_int(compare(&after, &refitted, &fitted, &rows->history), 0,
				       "%zu rows: a model with other priors is what these make of "
				       "them",
				       lengths[l]);
				ok((refitted.sized.source == MODEL_NOTHING &&
				    refitted.unsized.source == MODEL_NOTHING) ||
					   !model_refit(&after, &refitted, lengths[l],
							&rows->history, &other),
				   "and serves for no other");
				model_release(&refitted);
			}
			model_release(&from);
			model_release(&fitted);
		}
	ok(refitted_n > 0 && refitted_n < tried_n,
	   "which with some of these are other rows that are far out: %d of %d",
	   tried_n - refitted_n, tried_n);
	model_workspace_free(workspace);
	free(rows);
	return tap_done();
}
