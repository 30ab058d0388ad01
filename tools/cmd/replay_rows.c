/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts mails, users, groups and findings, each once. */
#include "cmd/replay_rows.h"

#include <string.h>

#include "util/when.h"

/* What a row counts, and what it has counted already. */
struct count {
	struct replay_tally tally;
	GHashTable *users, *groups;
	const struct notify_told *last;
};

struct row {
	char night[WHEN_TEXT_SIZE];
	const char *user, *problem;
	struct count counts[REPLAY_SIDES];
};

struct rows {
	GPtrArray *list;     /* struct row */
	GHashTable *by_user; /* name to row */
};

static void row_free(gpointer pointer)
{
	struct row *row = pointer;

	for (int side = 0; side < REPLAY_SIDES; side++) {
		g_hash_table_destroy(row->counts[side].users);
		g_hash_table_destroy(row->counts[side].groups);
	}
	g_free(row);
}

static struct row *row_new(void)
{
	struct row *row = g_new0(struct row, 1);

	row->user = row->problem = "";
	for (int side = 0; side < REPLAY_SIDES; side++) {
		row->counts[side].users = g_hash_table_new(g_str_hash, g_str_equal);
		row->counts[side].groups = g_hash_table_new(g_int64_hash, g_int64_equal);
	}
	return row;
}

/* A mail's lines come one after the other. */
static void count_told(struct count *count, const struct notify_told *told)
{
	struct replay_tally *tally = &count->tally;

	if (count->last == NULL || count->last->night != told->night ||
	    strcmp(count->last->user, told->user) != 0)
		tally->mail_count++;
	count->last = told;
	tally->finding_count++;
	tally->verdict_count += (int64_t)told->verdict_count;
	tally->user_count += g_hash_table_add(count->users, (gpointer)told->user);
	tally->group_count += g_hash_table_add(count->groups, (gpointer)&told->group_id);
}

static struct row *user_row(struct rows *rows, const char *user)
{
	struct row *row = g_hash_table_lookup(rows->by_user, user);

	if (row == NULL) {
		row = row_new();
		row->user = user;
		g_ptr_array_add(rows->list, row);
		g_hash_table_insert(rows->by_user, (gpointer)user, row);
	}
	return row;
}

static struct row *row_of(struct rows *rows, const struct replay_outcome *outcome,
			  enum replay_by by, const struct notify_told *told)
{
	switch (by) {
	case REPLAY_BY_NIGHT:
		return g_ptr_array_index(rows->list, told->night - outcome->first);
	case REPLAY_BY_USER:
		return user_row(rows, told->user);
	default:
		return g_ptr_array_index(rows->list, 0);
	}
}

static gint compare_users(gconstpointer left, gconstpointer right)
{
	const struct row *a = *(const struct row *const *)left;
	const struct row *b = *(const struct row *const *)right;

	return strcmp(a->user, b->user);
}

static void add_side(struct rows *rows, const struct replay_outcome *outcome, enum replay_by by,
		     enum replay_which side)
{
	const struct notify_replay *replay = &outcome->sides[outcome->has_set ? side : REPLAY_CONF];

	for (guint i = 0; i < replay->told->len; i++) {
		const struct notify_told *told =
			&g_array_index(replay->told, struct notify_told, i);

		count_told(&row_of(rows, outcome, by, told)->counts[side], told);
	}
	for (guint i = 0; by == REPLAY_BY_USER && i < replay->unaddressed->len; i++) {
		const struct notify_unaddressed *who =
			&g_array_index(replay->unaddressed, struct notify_unaddressed, i);

		user_row(rows, who->user)->problem = who->problem;
	}
}

static void rows_make(const struct replay_outcome *outcome, enum replay_by by,
		      struct rows *ret_rows)
{
	struct rows rows = {g_ptr_array_new_with_free_func(row_free),
			    g_hash_table_new(g_str_hash, g_str_equal)};

	for (size_t i = outcome->first; by == REPLAY_BY_NIGHT && i < outcome->count; i++) {
		struct row *row = row_new();

		(void)when_format(outcome->times[i], row->night);
		row->night[strcspn(row->night, "T")] = '\0';
		g_ptr_array_add(rows.list, row);
	}
	if (by == REPLAY_BY_TOTAL)
		g_ptr_array_add(rows.list, row_new());
	for (int side = 0; side < REPLAY_SIDES; side++)
		add_side(&rows, outcome, by, (enum replay_which)side);
	if (by == REPLAY_BY_USER)
		g_ptr_array_sort(rows.list, compare_users);
	*ret_rows = rows;
}

static void rows_release(struct rows *rows)
{
	g_ptr_array_free(rows->list, TRUE);
	g_hash_table_destroy(rows->by_user);
}

void replay_total(const struct replay_outcome *outcome, enum replay_which side,
		  struct replay_tally *ret_tally)
{
	struct rows rows;

	rows_make(outcome, REPLAY_BY_TOTAL, &rows);
	*ret_tally = ((const struct row *)g_ptr_array_index(rows.list, 0))->counts[side].tally;
	rows_release(&rows);
}

/* ---- columns ---- */

static void get_night(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct row *)row)->night);
}

static void get_count(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct count *count = &((const struct row *)row)->counts[column->which];

	out_int(cell,
		*(const int64_t *)(const void *)((const char *)&count->tally + column->offset));
}

#define COUNT(text, head, member, side, what)                                                      \
	{                                                                                          \
		.name = (text), .header = (head), .is_right = true, .help = (what),                \
		.get = get_count, .offset = offsetof(struct replay_tally, member), .which = (side) \
	}

static const struct out_column columns[] = {
	{.name = "night", .help = "the day of the mails", .get = get_night},
	{.name = "user",
	 .help = "who would have had them",
	 .get = out_get_text,
	 .offset = offsetof(struct row, user)},
	COUNT("mails", NULL, mail_count, REPLAY_SET, "mails"),
	COUNT("users", NULL, user_count, REPLAY_SET, "users who had one"),
	COUNT("groups", NULL, group_count, REPLAY_SET, "groups of jobs that they were about"),
	COUNT("findings", NULL, finding_count, REPLAY_SET, "findings that they told"),
	COUNT("verdicts", NULL, verdict_count, REPLAY_SET, "high verdicts behind these"),
	COUNT("conf_mails", "now mails", mail_count, REPLAY_CONF, "mails, without --set"),
	COUNT("conf_users", "now users", user_count, REPLAY_CONF, "and so on"),
	COUNT("conf_groups", "now groups", group_count, REPLAY_CONF, ""),
	COUNT("conf_findings", "now findings", finding_count, REPLAY_CONF, ""),
	COUNT("conf_verdicts", "now verdicts", verdict_count, REPLAY_CONF, ""),
	{.name = "problem",
	 .help = "why a user has no address",
	 .get = out_get_text,
	 .offset = offsetof(struct row, problem)},
	{.name = NULL},
};

/* By enum replay_by, without and with --set. */
static const char *const default_columns[REPLAY_BYS][2] = {
	[REPLAY_BY_NIGHT] = {"night,mails,groups,findings",
			     "night,mails,groups,findings,conf_mails,conf_groups,conf_findings"},
	[REPLAY_BY_USER] = {"user,mails,groups,findings,problem",
			    "user,mails,groups,findings,conf_mails,conf_groups,conf_findings,"
			    "problem"},
	[REPLAY_BY_TOTAL] = {"mails,users,groups,findings,verdicts",
			     "mails,users,groups,findings,verdicts,conf_mails,conf_users,"
			     "conf_groups,conf_findings,conf_verdicts"},
};

int replay_print(const struct replay_outcome *outcome, const struct out_options *output,
		 enum replay_by by, struct jo_err *err)
{
	struct rows rows;
	struct out *out;
	int rc = cmd_output_open(output, "replay", columns, default_columns[by][outcome->has_set],
				 &out, err);

	if (rc != CMD_DONE)
		return rc;
	rows_make(outcome, by, &rows);
	for (guint i = 0; i < rows.list->len; i++)
		out_row(out, g_ptr_array_index(rows.list, i));
	rows_release(&rows);
	return out_close(out, err);
}

char *replay_help(int key, const char *text, void *input)
{
	(void)input;
	return cmd_help_columns(key, text, columns, default_columns[REPLAY_BY_NIGHT][0]);
}
