/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fit rests on, in the form in which verdicts keep it. */
#ifndef FIT_PROVENANCE_H
#define FIT_PROVENANCE_H

#include "attributes.h"
#include "baseline.h"
#include "matrix.h"

/* How one fit came about, for the words of a verdict. */
struct provenance {
	const struct model_fit *fit;
	size_t history_n;  /* own earlier steps the model saw, "at least" ones included */
	size_t censored_n; /* those among them */
	size_t night_n;    /* steps of the same night that it saw, and the judged one */
	size_t apart_n;    /* others of the night that stand out and were left out */
	int64_t regime_start_unix_us; /* JO_MISSING: the level has always been this */
	double regime_ratio;          /* by how many times it moved then */
	size_t borrowed_n;            /* steps of the lenders */
	bool is_sized;                /* of steps with a size */
	const char *group;   /* the baseline's name of its group, "" for a fit of nothing */
	char *borrowed_from; /* the lenders' names, "" for none */
	char *attrs_used;    /* "words, db", "" for none */
};

/* What there is to know of a fit beside its numbers. */
struct provenance_source {
	const struct baseline *baseline;
	const struct matrix *own; /* the rows that were fitted, of lenders apart */
	const struct fit_attributes *attributes;
};

/*
 * Describe a fit, of steps with a size or of those without.  apart_n others of
 * the night were left out of it.  Fit and baseline must outlive *ret_provenance,
 * which the caller releases.
 */
void provenance_fill(const struct provenance_source *source, const struct model_fit *fit,
		     bool is_sized, size_t apart_n, struct provenance *ret_provenance);

/* Free the texts.  Zeroed memory is fine. */
void provenance_release(struct provenance *provenance);

#endif
