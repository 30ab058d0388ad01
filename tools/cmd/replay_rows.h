/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What replay found, counted by night, by user or in all, and printed. */
#ifndef CMD_REPLAY_ROWS_H
#define CMD_REPLAY_ROWS_H

#include "cmd/cmd.h"
#include "notify/replay_nights.h"

/* With the configuration as it is, and with what --set changes; without --set not replayed. */
enum replay_which { REPLAY_CONF, REPLAY_SET, REPLAY_SIDES };

enum replay_by { REPLAY_BY_NIGHT, REPLAY_BY_USER, REPLAY_BY_TOTAL, REPLAY_BYS };

struct replay_tally {
	int64_t mail_count, user_count, group_count, finding_count, verdict_count;
};

struct replay_outcome {
	const int64_t *times;
	size_t first, count; /* the nights reported are times[first] to before times[count] */
	bool has_set;
	struct notify_replay sides[REPLAY_SIDES];
};

/* Add up the reported nights of one side. */
void replay_total(const struct replay_outcome *outcome, enum replay_which side,
		  struct replay_tally *ret_tally);

/* Returns CMD_DONE, CMD_USAGE for a column that does not exist, or a negative errno. */
int replay_print(const struct replay_outcome *outcome, const struct out_options *output,
		 enum replay_by by, struct jo_err *err);

/* For a help_filter. */
char *replay_help(int key, const char *text, void *input);

#endif
