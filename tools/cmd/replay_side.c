/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Knows which keys can be replayed, and which of them take new verdicts. */
#include "cmd/replay_side.h"
#include "cmd/judge_options.h"
#include "finding/rejudge.h"
#include "util/alloc.h"
#include "util/progress.h"
#include "util/strbuf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What decides about mails; is_judging: about verdicts, which are then made anew. */
static const struct {
	const char *name;
	bool is_judging;
} keys[] = {
	{"NotifyAlpha", false},
	{"NotifyMinRatio", false},
	{"NotifyMinTime", false},
	{"NotifyMinCoreHours", false},
	{"NotifyMinMemory", false},
	{"NotifyMaxAge", false},
	{"NotifyMinDrift", false},
	{"NotifyExcludePartitions", false},
	{"NotifyExcludeAccounts", false},
	{"NotifyExcludeUsers", false},
	{"NotifyExcludeClasses", false},
	{"NotifyExcludeQos", false},
	{"MailDays", false},
	{"Holidays", false},
	{"MailDomain", false},
	{"MailMap", false},
	{"MinRatio", true},
	{"Alpha", true},
	{"HistoryMax", true},
};

static int refuse_key(const char *name, struct jo_err *err)
{
	struct strbuf text;
	int rc;

	strbuf_init(&text);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		strbuf_addf(&text, "%s%s", i == 0 ? "" : ", ", keys[i].name);
	rc = jo_err_set(err, -EINVAL,
			"--set %s: mails of the past cannot tell; these keys can be "
			"set: %s",
			name, text.text);
	strbuf_release(&text);
	return rc;
}

static int set_key(struct replay_side *side, const char *assignment, struct jo_err *err)
{
	size_t len = strcspn(assignment, "=");
	const struct conf_key *key;
	char *name;
	int rc;

	if (assignment[len] == '\0')
		return jo_err_set(err, -EINVAL, "--set %.60s: expected Key=Value", assignment);
	name = xasprintf("%.*s", (int)len, assignment);
	rc = conf_set(side->conf, name, assignment + len + 1, err);
	key = conf_key_find(name);
	free(name);
	if (rc < 0)
		return jo_err_prefix(err, "--set");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].name, key->name) == 0) {
			side->is_judged_anew |= keys[i].is_judging;
			return 0;
		}
	return refuse_key(key->name, err);
}

int replay_side_init(struct replay_side *side, const char *conf_path, const struct strlist *sets,
		     struct jo_err *err)
{
	int rc = conf_read(conf_path, &side->conf, err);

	for (size_t i = 0; rc == 0 && i < sets->count; i++)
		rc = set_key(side, sets->list[i], err);
	if (rc < 0)
		return rc;
	side->has_settings = true;
	return mail_settings_read(side->conf, true, &side->settings, err);
}

void replay_side_release(struct replay_side *side)
{
	finding_items_release(&side->items);
	if (side->has_settings)
		mail_settings_release(&side->settings);
	conf_free(side->conf);
}

static void show_progress(void *context, size_t done, size_t total)
{
	struct progress *progress = context;

	progress->total = (int64_t)total;
	progress_update(progress, (int64_t)done);
}

int replay_side_read(struct replay_side *side, struct store *store, const struct wishes *wishes,
		     int64_t from_unix_us, int64_t to_unix_us, struct jo_err *err)
{
	const struct finding_rules *rules = &side->settings.notify.rules;
	struct judge_options judge;
	struct progress progress;
	int rc;

	if (side->is_judged_anew) {
		cmd_judge_options(side->conf, &judge);
		progress_start(&progress, "judging nights anew", 0);
		judge.progress = show_progress;
		judge.progress_context = &progress;
		rc = rejudge_candidates(store, &judge, rules, wishes, from_unix_us, to_unix_us,
					&side->items, err);
		progress_stop(&progress);
	} else {
		rc = candidates_read(store, rules, wishes, from_unix_us, to_unix_us, &side->items,
				     NULL, err);
	}
	finding_items_sort(&side->items);
	return rc;
}
