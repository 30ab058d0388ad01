/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an answer says, in the form in which the request came.  Private to receive/. */
#ifndef RECEIVE_REPLY_H
#define RECEIVE_REPLY_H

#include <stddef.h>
#include <stdint.h>

/* Forms of a body. */
enum reply_form { REPLY_PROTOBUF, REPLY_JSON, REPLY_FORM_COUNT };

/* Their Content-Type, by value. */
extern const char *const reply_types[];

/* The body of a success, which is the caller's to free: refused_count of the request's spans were
 * not taken, for this reason. */
char *reply_success(enum reply_form form, int64_t refused_count, const char *reason,
		    size_t *ret_len);

/* The body of a failure, which is the caller's to free. */
char *reply_failure(enum reply_form form, const char *reason, size_t *ret_len);

#endif
