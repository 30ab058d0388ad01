/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who sends, and how much of what all share each has.  Private to receive/.
 *
 * Nobody has more of it than is free: one who takes all that he gets leaves half for others, n of
 * them leave one part in n + 1, whatever they do; and who is alone has half.  That is the dynamic
 * threshold of Choudhury and Hahne (1998), which shares a switch's memory so.
 */
#ifndef RECEIVE_SENDERS_H
#define RECEIVE_SENDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "receive/peer.h"

struct sender {
	char name[PEER_NAME_SIZE];
	int64_t connection_count;
	int64_t held_bytes; /* of bodies that are not whole */
	/* What is in the spool of it, by the spool's generation, this one's and the one's before.
	 */
	uint64_t generation;
	int64_t spooled_bytes, spooled_before_bytes;
	int64_t root_day, root_count; /* spans without a parent, on the day that it sent last */
};

struct senders {
	void *tree; /* of struct sender, by name */
	size_t count;
	struct sender others; /* for whom there is no room of their own */
};

/* None. */
void senders_init(struct senders *senders);

/* Forget all of them. */
void senders_release(struct senders *senders);

/* The sender of this name, known from now on. */
struct sender *senders_get(struct senders *senders, const char *name);

/* Whether one who has so much of something may have more, of which so much is free. */
bool senders_may(int64_t own, int64_t free);

/* How much of what the sender sent is in the spool, of this generation. */
int64_t sender_spooled(struct sender *sender, uint64_t generation);

/* Enter that so many bytes more are. */
void sender_add_spooled(struct sender *sender, uint64_t generation, int64_t bytes);

/* Of wanted spans without a parent so many the sender may have, this one included in what it has on
 * this day of at most max; they are entered. */
int64_t sender_take_roots(struct sender *sender, int64_t day, int64_t wanted, int64_t max);

#endif
