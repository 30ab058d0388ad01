/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What mail and replay have in common: the configuration as notify/ wants it. */
#ifndef CMD_MAIL_SETTINGS_H
#define CMD_MAIL_SETTINGS_H

#include "cmd/cmd.h"
#include "judge/judge.h"
#include "notify/settings.h"

/* The notify settings with what they point to.  The configuration must stay. */
struct mail_settings {
	struct notify_settings notify;
	struct mail_map map;
	struct judge_options judge;
	struct mail_catalog *wording;
	struct strlist wording_problems; /* what of the site's templates cannot be used */
	struct mail_days days;
	char *from_address;
};

/* What is worth telling, on any day; its lists are the configuration's. */
struct finding_rules mail_settings_rules(const struct conf *conf);

/*
 * Read them from the configuration, and the files that it names.  A look sends
 * nothing, so that it needs no sender's address.  Returns 0, or a negative
 * errno with *err for a configuration that mail cannot use.  Do not move
 * *ret_settings, and release it whatever is returned.
 */
int mail_settings_read(const struct conf *conf, bool is_look, struct mail_settings *ret_settings,
		       struct jo_err *err);

/* Free the settings, whether mail_settings_read succeeded or not. */
void mail_settings_release(struct mail_settings *settings);

#endif
