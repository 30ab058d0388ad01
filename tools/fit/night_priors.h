/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The site's priors of the last nights, as they were when these were judged: to
 * learn them again takes as long as to fit the models of some hundred groups.
 */
#ifndef FIT_NIGHT_PRIORS_H
#define FIT_NIGHT_PRIORS_H

#include "model/model.h"
#include "store/store.h"

/*
 * The priors that were learnt of what ended before the time, with these
 * parameters, into params->prior: 1; or 0 where they are not kept.
 */
int night_priors_get(struct store *store, int64_t before_unix_us, struct model_params *params,
		     struct jo_err *err);

/* Keep params->prior as the priors of what ended before the time; the oldest night
 * makes room. */
int night_priors_put(struct store *store, int64_t before_unix_us, const struct model_params *params,
		     struct jo_err *err);

#endif
