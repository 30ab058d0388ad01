/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request to a receiver of spans, and what its answer means. */
#ifndef EXPORT_OTLP_POST_H
#define EXPORT_OTLP_POST_H

#include <stddef.h>
#include <stdint.h>

#include "export/otlp_target.h"

enum otlp_outcome {
	OTLP_TAKEN,   /* acknowledged; rejected_count of the spans are not kept there */
	OTLP_LATER,   /* 429, 502, 503, 504, or no answer: to be tried again, after a while */
	OTLP_REFUSED, /* 400, 413, 422: something about these spans */
	OTLP_FAILED, /* any other: another request would meet the same, so no more are to be made */
};

struct otlp_answer {
	enum otlp_outcome outcome;
	int64_t rejected_count;
	int64_t retry_after_s; /* as the receiver asked; -1: it did not */
	struct jo_err trouble; /* code 0: none */
};

/* A connection, kept open between requests. */
struct otlp_post;

/* The target stays the caller's and must outlive it.  Returns 0 or a negative errno. */
int otlp_post_new(const struct otlp_target *target, struct otlp_post **ret_post,
		  struct jo_err *err);

/* NULL is fine. */
void otlp_post_free(struct otlp_post *post);

/* Send a message in JSON.  What becomes of it is in *ret_answer. */
void otlp_post_send(struct otlp_post *post, const char *json, size_t size,
		    struct otlp_answer *ret_answer);

#endif
