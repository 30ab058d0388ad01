/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings (the ledger: what there is to tell, each told once) and messages
 * (the outbox: what is on its way).
 *
 * The way of a message, each arrow one transaction:
 *
 *	                        ,--> SENT
 *	PENDING --> SENDING ----+--> PENDING, next_attempt later (refused for now)
 *	                        `--> FAILED (refused for good, or given up)
 *
 * SENDING is committed before the mail server hears the first byte, so a
 * message that is still SENDING when a new run begins is one whose fate is not
 * known: it may have been taken.  store_outbox_recover makes it PENDING again
 * and counts it in uncertain_count; it keeps its body and its Message-ID, so
 * that a second copy can be known as one.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"
#include "step/metric.h"

struct store;
struct store_cursor;

enum store_finding_kind { STORE_FINDING_STEP, STORE_FINDING_GROUP, STORE_FINDING_NODE };

/* By which way something is told; each tells everything once. */
enum store_channel {
	STORE_CHANNEL_MAIL,
	STORE_CHANNEL_HOOK,
	STORE_CHANNEL_HOOK_RUNNING, /* of a step that had not ended */
	STORE_CHANNEL_COUNT,
};

struct store_finding {
	enum store_channel channel;
	enum store_finding_kind kind;
	int64_t step_id;  /* STEP, else JO_MISSING */
	int64_t group_id; /* STEP and GROUP, else JO_MISSING */
	const char *node; /* NODE, else "" */
	enum metric metric;
	const char *owner;     /* user to be told; "" for the admin */
	int64_t since_unix_us; /* GROUP and NODE: when it began; STEP: its end */
	int32_t night;         /* in which it was found */
	const char *detail;    /* JSON for the one who words it */
	int64_t created_unix_us;
};

/*
 * Add a finding once: returns 1 and its new id, or 0 when it is known (channel,
 * kind, step or group or node with since, metric, owner), leaving that one as it is.
 */
int store_finding_add(struct store *store, const struct store_finding *finding, int64_t *ret_id,
		      struct jo_err *err);

struct store_finding_selection {
	enum store_channel channel;
	const char *owner;  /* NULL: any */
	bool want_untold;   /* only those in no message */
	int64_t message_id; /* those in this one, or JO_MISSING */
	int32_t night;      /* or 0 */
};

/* The selected findings, by owner, then id. */
int store_findings_open(struct store *store, const struct store_finding_selection *selection,
			struct store_cursor **ret_cursor, struct jo_err *err);

/* The next finding; see cursor.h. */
int store_findings_next(struct store_cursor *cursor, struct store_finding *ret_finding,
			struct jo_err *err);

enum store_message_kind { STORE_MESSAGE_USER, STORE_MESSAGE_ADMIN };
enum store_message_state {
	STORE_MESSAGE_PENDING,
	STORE_MESSAGE_SENDING,
	STORE_MESSAGE_SENT,
	STORE_MESSAGE_FAILED,
	STORE_MESSAGE_STATE_COUNT,
};

/* "pending", "sending", "sent", "failed": by value, NULL at the end. */
extern const char *const store_message_state_words[];

struct store_message {
	int64_t id;
	enum store_message_kind kind;
	int32_t night;
	const char *owner;     /* user; "" for the admin */
	const char *address;   /* recipient */
	const char *header_id; /* the Message-ID, without angle brackets */
	int64_t attempt_count;
	int64_t created_unix_us;
	int64_t next_attempt_unix_us;
	int64_t done_unix_us; /* when it became SENT or FAILED */
	const char *error;    /* of the last attempt that failed */
	const void *body;     /* as it goes over the wire; dropped when SENT */
	size_t body_size;
};

/*
 * Queue a message that tells these findings, PENDING and due at once; of
 * *message kind, night, owner, address, header_id, created_unix_us and body
 * are read.  Call it between begin and commit together with nothing else that
 * must stay when it fails.  Returns -EEXIST when this owner has a message of
 * this kind and night already, or when one of the findings is told elsewhere.
 */
int store_message_queue(struct store *store, const struct store_message *message,
			const int64_t *finding_ids, size_t finding_count, int64_t *ret_id,
			struct jo_err *err);

/* What was SENDING when its program died becomes PENDING, due at once.  Returns how many. */
int store_outbox_recover(struct store *store, int64_t now_unix_us, struct jo_err *err);

/*
 * Claim the next message of these kinds (bit 1 << enum store_message_kind; 0:
 * any) that is due, those with the fewest attempts first, so that one that
 * kills whoever sends it cannot hold up the others.  It is SENDING, on the
 * disk, when this returns 1, and its strings are good until the next call; 0
 * when none is due.
 */
int store_message_claim(struct store *store, unsigned kind_mask, int64_t now_unix_us,
			struct store_message *ret_message, struct jo_err *err);

/* The server took it. */
int store_message_sent(struct store *store, int64_t id, int64_t now_unix_us, struct jo_err *err);

/* The server did not; JO_MISSING as next attempt gives up. */
int store_message_failed(struct store *store, int64_t id, const char *error,
			 int64_t next_attempt_unix_us, int64_t now_unix_us, struct jo_err *err);

struct store_message_selection {
	unsigned state_mask;       /* bit 1 << enum store_message_state; 0: any */
	const char *owner;         /* NULL: any */
	int32_t night;             /* or 0 */
	int64_t done_from_unix_us; /* those done at or after it; 0: any */
};

/* The selected messages, by id. */
int store_messages_open(struct store *store, const struct store_message_selection *selection,
			struct store_cursor **ret_cursor, struct jo_err *err);

/* The next message; see cursor.h. */
int store_messages_next(struct store_cursor *cursor, struct store_message *ret_message,
			struct jo_err *err);

#endif
