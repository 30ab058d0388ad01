/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fit's provenance as text; jansson does the quoting. */
#include "provenance.h"

#include <math.h>
#include <stdlib.h>

#include "groups.h"
#include "util/alloc.h"
#include "util/json_member.h"
#include "util/strbuf.h"

static const char *const source_words[] = {
	[MODEL_NOTHING] = "nothing", [MODEL_OWN] = "own", [MODEL_POOLED] = "pooled"};

/* The text of a JSON value, which is given up; the caller frees it. */
static char *dump(json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(9));

	json_decref(json);
	return text != NULL ? text : xstrdup("");
}

static char *describe_attrs(const struct fit_attributes *attributes, const struct model_fit *fit)
{
	json_t *array;

	if (fit->covariate_n == 0)
		return xstrdup("");
	array = json_array();
	for (uint32_t i = 0; i < fit->covariate_n; i++) {
		const struct model_covariate *covariate = &fit->covariates[i];
		const struct fit_attribute *column = fit_attributes_find(attributes, covariate->id);
		json_t *object = json_object();

		if (column != NULL)
			(void)json_object_set_new(object, "name", json_string(column->name));
		if (covariate->kind == MODEL_NUMBER)
			json_member_real(object, "slope", covariate->slope);
		json_member_real(object, "gain", covariate->gain);
		(void)json_array_append_new(array, object);
	}
	return dump(array);
}

static char *describe_fit(const struct baseline *baseline, const struct provenance *provenance)
{
	const struct model_fit *fit = provenance->fit;
	json_t *object = json_object();
	char *group = group_format(&baseline->group);

	(void)json_object_set_new(object, "group", json_string(group));
	(void)json_object_set_new(object, "source", json_string(source_words[fit->source]));
	(void)json_object_set_new(object, "sized", json_boolean(fit->has_input));
	(void)json_object_set_new(object, "n", json_integer(fit->n));
	(void)json_object_set_new(object, "night_n", json_integer((json_int_t)provenance->night_n));
	(void)json_object_set_new(object, "apart_n", json_integer((json_int_t)provenance->apart_n));
	(void)json_object_set_new(object, "own_n", json_integer(fit->own_n));
	(void)json_object_set_new(object, "lender_n", json_integer(fit->lender_n));
	(void)json_object_set_new(object, "regime_n", json_integer(fit->regime_n));
	json_member_real(object, "regime_ratio", exp(fit->regime_log_ratio));
	json_member_real(object, "power", fit->power);
	json_member_real(object, "offset", fit->offset);
	json_member_real(object, "input_min", fit->input_min);
	json_member_real(object, "input_max", fit->input_max);
	json_member_real(object, "level", fit->level);
	json_member_real(object, "centre", fit->centre);
	json_member_real(object, "scale", fit->scale);
	free(group);
	return dump(object);
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
		.fit = fit, .apart_n = apart_n, .regime_start_unix_us = JO_MISSING};

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
		provenance.detail = xstrdup("");
		*ret_provenance = provenance;
		return;
	}
	if (fit->regime_start > 0 && fit->regime_start < own->n)
		provenance.regime_start_unix_us = own->end_unix_us[fit->regime_start];
	if (fit->n > fit->own_n)
		provenance.borrowed_n = fit->n - fit->own_n;
	provenance.borrowed_from = describe_lenders(baseline, fit);
	provenance.attrs_used = describe_attrs(source->attributes, fit);
	provenance.detail = describe_fit(baseline, &provenance);
	*ret_provenance = provenance;
}

void provenance_release(struct provenance *provenance)
{
	free(provenance->borrowed_from);
	free(provenance->attrs_used);
	free(provenance->detail);
}
