/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From verdicts to mails: which high verdicts are worth a mail, who gets it,
 * how it is worded, and the outbox's way to the mail server.  Judges nothing,
 * and leaves layout and delivery to mail/.
 */
#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "finding/days.h"
#include "finding/exclude.h"
#include "finding/health.h"
#include "mail/address.h"
#include "mail/catalog.h"
#include "mail/doc.h"
#include "mail/sender.h"
#include "store/store.h"
#include "util/strlist.h"

struct judge_options; /* judge/judge.h */

/* What the passwd database knows of a user. */
struct notify_person {
	int64_t uid;
	char name[128]; /* in full, from GECOS; "" for none */
};

/* Returns whether there is such a user. */
typedef bool notify_find_person(const char *user, struct notify_person *ret_person);

/* The passwd database of this host. */
notify_find_person notify_passwd_person;

/* Strings may be "", never NULL. */
struct notify_settings {
	/* Floors; a finding is worth a mail when it is below none of them. */
	double min_ratio;
	int64_t min_time_us;
	double min_core_hours;
	int64_t min_memory_bytes;
	int64_t max_age_us; /* since the step's end */
	double min_drift;   /* the least ratio of a drift */

	struct notify_excluded excluded; /* lists that are lent */
	const struct notify_days *days;  /* NULL: users get mail on every day */

	bool want_users;     /* users get mail; else the admin alone */
	int64_t night_max;   /* mails to users in a night, 0: any number */
	int64_t minute_max;  /* mails in a minute, 0: any number */
	bool takes_requests; /* users may mute and expect, so mails say how */

	const char *from_address;
	const char *admin_address;
	const char *unsubscribe; /* "": a mail to the admin */
	const char *mail_domain;
	const struct mail_map *mail_map;
	notify_find_person *find_person;
	const struct mail_catalog *wording; /* of notify_wording_new */
	const struct judge_options *judge; /* by which verdicts were made; NULL: pictures go without
					      the band */
	const char *gnuplot;               /* the program for pictures; "": mails go without */
};

/* One high verdict that has not been told yet.  Owns its strings. */
struct notify_item {
	int64_t step_id, group_id; /* the store's */
	enum metric metric;
	char *user;
	int64_t uid;
	char *cluster, *partition, *class_name, *attrs;
	char *node;  /* the first of its nodes */
	char *job;   /* "4711_3" */
	char *label; /* "4711_3", for an srun's step "4711_3.0" */
	bool is_batch;
	enum step_state state;
	int64_t end_unix_us, input_bytes, cpu_count, task_count, node_count;
	int64_t mem_limit_bytes, oom_kill_count, time_limit_us;
	double value, expected, low, high, ratio, score;
	int64_t history_count, borrowed_count;
};

struct notify_items {
	struct notify_item *list; /* by user */
	size_t count, size;       /* size: what the list has room for */
};

/*
 * Read what is worth a mail at this time: the candidates (candidates.h) that
 * are for tonight and were not told in an earlier message.  Release it.
 */
int notify_items_read(struct store *store, const struct notify_settings *settings,
		      int64_t now_unix_us, struct notify_items *ret_items, struct jo_err *err);
void notify_items_release(struct notify_items *items);
void notify_item_release(struct notify_item *item);

struct notify_drift; /* drifts.h */
struct notify_drifts;

/* One user's digest. */
struct notify_mail {
	const char *user;
	char address[MAIL_ADDRESS_SIZE];
	struct jo_err
		problem; /* why there is no address, for the admin; its code is 0 when there is */
	struct notify_person person;
	const struct notify_item *items; /* all that it tells */
	size_t item_count;
	const struct notify_drift *drifts; /* likewise; good news come last */
	size_t drift_count;
	size_t finding_count; /* what the items are collapsed into, and the drifts */
	char *subject;
	struct mail_doc doc;
};

/* Find out who has the mail, by its user and first item: address, problem and person. */
void notify_find_recipient(const struct notify_settings *settings, struct notify_mail *mail);

/* Returns 0, or a negative errno, which ends the composing. */
typedef int notify_sink(void *context, const struct notify_mail *mail, struct jo_err *err);

/*
 * Compose the digest of each user (user NULL) or of one, and hand it to sink: the user with the
 * worst finding first, as a limit may let only some of them out tonight.
 * drifts may be NULL.
 */
int notify_compose(struct store *store, const struct notify_settings *settings,
		   const struct notify_items *items, const struct notify_drifts *drifts,
		   const char *user, notify_sink *sink, void *context, struct jo_err *err);

/*
 * Put a composed mail into the outbox and what it tells into the ledger, in one
 * transaction.  Returns 1; or 0 when the user had a mail this night already,
 * what it tells then waits for the next one.
 */
int notify_queue(struct store *store, const struct notify_settings *settings,
		 const struct notify_mail *mail, int64_t now_unix_us, struct jo_err *err);

/* What a run of the outbox came to. */
struct notify_delivery {
	int64_t sent_count, deferred_count, failed_count;
	int64_t waiting_count; /* of users' mails, for another night: night_max is reached */
	bool is_broken_off;    /* the mail server is out of reach; the rest was left for later */
	struct jo_err trouble; /* the last mail that was not taken, and why; code 0: none */
};

/*
 * Send all messages that are due, without want_users the admin's alone, and users no more than
 * night_max; the others wait for the next night, those that wait longest are sent first.  Whatever
 * becomes of one, the others are tried, until MAIL_UNREACHABLE_MAX in a row met no mail server.
 * *delivery is added to.  A negative errno means that the database failed.
 *
 * Nobody else may be at it: notify_lock first.
 */
int notify_deliver(struct store *store, const struct notify_settings *settings,
		   struct mail_sender *sender, int64_t now_unix_us,
		   struct notify_delivery *delivery, struct jo_err *err);

/* When the last notice to the admin was made; JO_MISSING: never. */
int notify_last_notice(struct store *store, int64_t *ret_created_unix_us, struct jo_err *err);

/* What the admin is told. */
struct notify_notice {
	const struct strlist *lines; /* what needs to be known or done */
	const struct health_fact *facts;
	size_t fact_count;
};

/*
 * Queue the admin's notice: the lines, what could not be delivered since the
 * last notice, and the facts on the site's health.  Without lines, and without
 * trouble among the facts, there is one on the weekly day alone, which says that
 * all is well.  Returns 1; 0 when there is nothing to say, or there was a notice
 * this night already.
 */
int notify_queue_notice(struct store *store, const struct notify_settings *settings,
			const struct notify_notice *notice, int64_t now_unix_us,
			struct jo_err *err);

#endif
