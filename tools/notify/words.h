/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding in the words of a mail. */
#ifndef NOTIFY_WORDS_H
#define NOTIFY_WORDS_H

#include "mail/digest.h"
#include "notify/collapse.h"
#include "notify/peers.h"
#include "notify/picture.h"

#define WORDS_FACTS_MAX 8

/* Owns the texts that finding points to; so it must not move. */
struct notify_words {
	struct mail_finding finding;
	struct mail_fact facts[WORDS_FACTS_MAX];
	char *fact_texts[WORDS_FACTS_MAX];
	const char *differences[NOTIFY_DIFFERENCES_MAX];
	struct notify_peers peers;
	struct notify_picture picture;
	char *headline, *jobs, *next_step, *next_command;
};

/*
 * peers: what was found of the finding's first item; it is copied.  The picture
 * is taken over.
 */
void notify_words_write(const struct notify_finding *finding, const struct notify_peers *peers,
			struct notify_picture *picture, struct notify_words *ret_words);
void notify_words_release(struct notify_words *words);

/* What the findings' items took beyond what was expected, "17.9 core-hours", or NULL for too little
 * to say. */
char *notify_excess_words(const struct notify_findings *findings);

#endif
