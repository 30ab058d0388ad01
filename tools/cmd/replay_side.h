/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One of the configurations that replay compares: as it is, or with other values of some keys. */
#ifndef CMD_REPLAY_SIDE_H
#define CMD_REPLAY_SIDE_H

#include "cmd/mail_settings.h"
#include "notify/replay_nights.h"

/* Zeroed memory is fit to be released. */
struct replay_side {
	struct conf *conf;
	struct mail_settings settings;
	bool has_settings;
	bool is_judged_anew; /* a key says that the stored verdicts will not do */
	struct finding_items items;
};

/*
 * Read the configuration file and set each "Key=Value" over it.  Returns 0, or
 * a negative errno with *err for a key that does not exist, a value that the
 * key does not take, or a key that says nothing about mails of the past.
 */
int replay_side_init(struct replay_side *side, const char *conf_path, const struct strlist *sets,
		     struct jo_err *err);

/* Free what the side has.  Zeroed memory is fine. */
void replay_side_release(struct replay_side *side);

/* Read what could be told of the steps that ended in the stretch, by stored verdicts or new ones.
 */
int replay_side_read(struct replay_side *side, struct store *store, const struct wishes *wishes,
		     int64_t from_unix_us, int64_t to_unix_us, struct jo_err *err);

#endif
