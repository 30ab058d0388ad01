/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fit rests on, counted and in words. */
#include "provenance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/strbuf.h"

/* What the user declared goes without the prefix that tells it from what was measured. */
static char *describe_attrs(const struct fit_attributes *attributes, const struct model_fit *fit)
{
	struct strbuf text;

	strbuf_init(&text);
	for (uint32_t i = 0; i < fit->covariate_n; i++) {
		const struct fit_attribute *column =
			fit_attributes_find(attributes, fit->covariates[i].id);
		const char *name = column != NULL ? column->name : "";

		if (*name != '\0')
			strbuf_add_part(&text, "%s",
					strncmp(name, "attr.", 5) == 0 ? name + 5 : name);
	}
	return strbuf_detach(&text);
}

/* The lenders' names; the fit may have left out the last of them. */
static char *describe_lenders(const struct baseline *baseline, const struct model_fit *fit)
{
	struct strbuf text;

	strbuf_init(&text);
	for (size_t i = 0; i < baseline->lender_n && i < fit->lender_n; i++)
		strbuf_addf(&text, "%s%s", i > 0 ? "; " : "", baseline->lenders[i].name);
	return strbuf_detach(&text);
}

void provenance_fill(const struct provenance_source *source, const struct model_fit *fit,
		     bool is_sized, size_t apart_n, struct provenance *ret_provenance)
{
	const struct baseline *baseline = source->baseline;
	const struct matrix *own = source->own;
	struct provenance provenance = {
		.fit = fit,
		.apart_n = apart_n,
		.regime_start_unix_us = JO_MISSING,
		.regime_ratio = NAN,
		.group = "",
	};

	for (size_t i = 0; i < own->n; i++) {
		if (isnan(own->input_bytes[i]) == is_sized)
			continue;
		if (own->end_unix_us[i] >= baseline->before_unix_us) {
			provenance.night_n++;
			continue;
		}
		provenance.history_n++;
		provenance.censored_n += own->is_censored[i];
	}
	provenance.night_n -= apart_n;
	if (fit->source == MODEL_NOTHING) {
		provenance.borrowed_from = xstrdup("");
		provenance.attrs_used = xstrdup("");
		*ret_provenance = provenance;
		return;
	}
	if (fit->regime_start > 0 && fit->regime_start < own->n) {
		provenance.regime_start_unix_us = own->end_unix_us[fit->regime_start];
		provenance.regime_ratio = exp(fit->regime_log_ratio);
	}
	provenance.group = baseline->own.name;
	provenance.is_sized = is_sized;
	if (fit->n > fit->own_n)
		provenance.borrowed_n = fit->n - fit->own_n;
	provenance.borrowed_from = describe_lenders(baseline, fit);
	provenance.attrs_used = describe_attrs(source->attributes, fit);
	*ret_provenance = provenance;
}

void provenance_release(struct provenance *provenance)
{
	free(provenance->borrowed_from);
	free(provenance->attrs_used);
}
