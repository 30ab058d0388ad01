/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What show tells of a step's group: that its level has moved, and what began with it. */
#include "cmd/show.h"
#include "drift/account.h"

static bool covers(const struct store_drift *drift, const struct step *step)
{
	return step->end_unix_us != JO_MISSING && step->end_unix_us >= drift->since_end_unix_us &&
	       (drift->until_unix_us == JO_MISSING || step->end_unix_us < drift->until_unix_us);
}

static void print(const struct drift_finding *finding, struct strbuf *line)
{
	strbuf_adds(line, "its kind of job is ");
	drift_add_sentence(finding, line);
	show_line("drift", line);
	for (size_t i = 0; i < finding->difference_count; i++) {
		drift_add_difference(&finding->differences[i].contrast, line);
		show_line(i == 0 ? "began with" : "", line);
	}
}

int show_drift(struct store *store, const struct step *step, struct jo_err *err)
{
	struct store_drift_selection selection;
	struct drift_account drifts;
	struct strbuf line;
	int rc;

	store_drift_selection_init(&selection);
	selection.group_id = step->group_id;
	rc = drift_account_read(store, &selection, &drifts, err);
	if (rc < 0)
		return rc;
	strbuf_init(&line);
	for (guint i = 0; i < drifts.list->len; i++)
		if (covers(&drift_account_get(&drifts, i)->drift, step))
			print(drift_account_get(&drifts, i), &line);
	strbuf_release(&line);
	drift_account_release(&drifts);
	return 0;
}
