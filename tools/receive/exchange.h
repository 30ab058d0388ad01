/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One request and its answer, without the connection: what its head says, what of its body is held,
 * and what it came to.  Private to receive/.
 */
#ifndef RECEIVE_EXCHANGE_H
#define RECEIVE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "receive/reply.h"
#include "receive/senders.h"
#include "util/strbuf.h"

/* What the head of a request says; NULL for what it does not. */
struct exchange_head {
	const char *method, *path;
	const char *type, *encoding, *length, *authorization; /* Content-... */
};

struct exchange {
	enum reply_form form;
	bool is_packed;
	int status;       /* of the answer; 0: it is not decided */
	char reason[320]; /* as a struct jo_err has it */
	char *body;
	size_t len, capacity;
	int64_t span_count;
	int64_t refused_count; /* spans that nobody could take in */
	const char *refused_reason;
};

/* Begin with what the head says; token is what it must have, or NULL.  With a status, its body is
 * not to be kept. */
void exchange_begin(struct exchange *exchange, const struct exchange_head *head, const char *token);

/* Decide the answer, unless one is decided, and let the body go. */
void exchange_refuse(struct exchange *exchange, int status, const char *reason);

/*
 * Keep more of the body, unless an answer is decided, of which so many bytes may be taken still.
 * Returns how much more memory it has now.
 */
size_t exchange_add(struct exchange *exchange, const char *bytes, size_t len, size_t room);

/*
 * The body is whole: append its spans to the lines as JSON, with who sent them, or decide why not.
 * Of spans without a parent the sender may send runs_max on one day.  The body is gone.
 */
void exchange_read(struct exchange *exchange, struct sender *sender, int64_t day, int64_t runs_max,
		   struct strbuf *lines);

/* Free what it holds. */
void exchange_release(struct exchange *exchange);

#endif
