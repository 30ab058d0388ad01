/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One row for each time that a group's level moved. */
#include "cmd/list_drifts.h"

#include <math.h>

#include "joboutliers/units.h"
#include "drift/account.h"
#include "step/night.h"
#include "util/when.h"

/* What was not seen for longer is how things are by now. */
#define RECENT_US (14 * 86400 * JO_US_PER_S)

/* A drift, and what of it the chosen users have. */
struct drift_row {
	const struct drift_finding *finding;
	int64_t user_count, job_count;
	double excess, core_hours;
};

static const struct store_drift *drift_of(const void *row)
{
	return &((const struct drift_row *)row)->finding->drift;
}

static void get_text(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_get_text(drift_of(row), column, cell);
}

static void get_time(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_get_time(drift_of(row), column, cell);
}

static void get_count(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_get_int(drift_of(row), column, cell);
}

static void get_statistic(const void *row, const struct out_column *column, struct out_cell *cell)
{
	out_get_real(drift_of(row), column, cell);
}

static void get_metric(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, metric_word(drift_of(row)->metric));
}

static void get_direction(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, drift_direction_words(drift_of(row)));
}

static void get_form(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, drift_of(row)->is_gradual ? "gradual" : "step");
}

static void get_ratio(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_ratio(cell, exp(drift_of(row)->log_ratio));
}

static void get_excess(const void *row, const struct out_column *column, struct out_cell *cell)
{
	double excess = ((const struct drift_row *)row)->excess;

	(void)column;
	if (metric_infos[drift_of(row)->metric].kind == METRIC_OF_TIME)
		out_duration(cell, (int64_t)fmin(excess, 9e18));
}

static void get_excess_bytes(const void *row, const struct out_column *column,
			     struct out_cell *cell)
{
	double excess = ((const struct drift_row *)row)->excess;

	(void)column;
	if (metric_infos[drift_of(row)->metric].kind == METRIC_OF_BYTES)
		out_bytes(cell, (int64_t)fmin(excess, 9e18));
}

static void get_core_hours(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	if (metric_infos[drift_of(row)->metric].kind == METRIC_OF_TIME)
		out_real(cell, round(((const struct drift_row *)row)->core_hours * 100) / 100);
}

static void get_began_with(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct drift_finding *finding = ((const struct drift_row *)row)->finding;
	struct strbuf text;

	(void)column;
	strbuf_init(&text);
	for (size_t i = 0; i < finding->difference_count; i++) {
		strbuf_adds(&text, i == 0 ? "" : ". ");
		drift_add_difference(&finding->differences[i].contrast, &text);
	}
	out_text(cell, text.text);
	strbuf_release(&text);
}

static void get_cause(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct drift_finding *finding = ((const struct drift_row *)row)->finding;

	(void)column;
	out_text(cell, finding->is_of_nodes ? "node" : cause_words[finding->cause]);
}

#define OF_DRIFT(member) offsetof(struct store_drift, member)
#define OF_ROW(member) offsetof(struct drift_row, member)

/* clang-format off */
const struct out_column list_drift_columns[] = {
	{.name = "since", .help = "start of the first job at the new level", .get = get_time,
	 .offset = OF_DRIFT(since_unix_us)},
	{.name = "until", .help = "when it was over; empty while it holds", .get = get_time,
	 .offset = OF_DRIFT(until_unix_us)},
	{.name = "cluster", .help = "of the jobs", .get = get_text, .offset = OF_DRIFT(cluster)},
	{.name = "partition", .help = "likewise", .get = get_text, .offset = OF_DRIFT(partition)},
	{.name = "user", .help = "likewise; empty for a declared class, which all share",
	 .get = get_text, .offset = OF_DRIFT(user)},
	{.name = "class", .help = "likewise", .get = get_text, .offset = OF_DRIFT(class_name)},
	{.name = "metric", .help = "what moved, such as wall", .get = get_metric},
	{.name = "direction", .help = "slower, faster, back to normal; more or less memory or "
		"CPU time",
	 .get = get_direction},
	{.name = "form", .help = "step, or gradual: little by little, without a date",
	 .get = get_form},
	{.name = "ratio", .is_right = true, .help = "times what it was before", .get = get_ratio},
	{.name = "jobs", .is_right = true, .help = "that completed since", .get = out_get_int,
	 .offset = OF_ROW(job_count)},
	{.name = "users", .is_right = true, .help = "whose jobs these are", .get = out_get_int,
	 .offset = OF_ROW(user_count)},
	{.name = "before", .is_right = true, .help = "jobs that it is compared with",
	 .get = get_count, .offset = OF_DRIFT(before_count)},
	{.name = "excess_s", .header = "excess", .is_right = true,
	 .help = "run time or CPU time since, beyond what it was", .get = get_excess},
	{.name = "core_hours", .is_right = true, .help = "the same, run time times the CPUs",
	 .get = get_core_hours},
	{.name = "excess_bytes", .header = "excess memory", .is_right = true,
	 .help = "memory of a job beyond what it was", .get = get_excess_bytes},
	{.name = "began_with", .header = "began with",
	 .help = "what is different in the jobs since", .get = get_began_with},
	{.name = "cause", .help = "node: only the nodes are different; work: run time and CPU time grew; "
		"wait: the run time did, and not the CPU time",
	 .get = get_cause},
	{.name = "statistic", .is_right = true,
	 .help = "the shift in standard errors; 4.5 is the least", .get = get_statistic,
	 .offset = OF_DRIFT(statistic)},
	{.name = NULL},
};
/* clang-format on */
const char list_drift_default_columns[] =
	"since,user,partition,class,direction,ratio,jobs,core_hours,began_with";

/* Returns whether the chosen users have a part in it. */
static bool fill_row(const struct strlist *users, const struct drift_finding *finding,
		     struct drift_row *row)
{
	bool is_mean = metric_infos[finding->drift.metric].kind == METRIC_OF_BYTES;
	int64_t measured_count = 0;

	*row = (struct drift_row){.finding = finding};
	if (users->count == 0) {
		row->user_count = finding->shares->len;
		row->job_count = finding->all.step_count;
		row->excess = finding->all.excess;
		row->core_hours = finding->all.core_hours;
		return true;
	}
	for (size_t i = 0; i < users->count; i++) {
		const struct drift_share *share = drift_account_share(finding, users->list[i]);

		if (share == NULL)
			continue;
		row->user_count++;
		row->job_count += share->step_count;
		row->excess += share->excess * (is_mean ? (double)share->measured_count : 1);
		row->core_hours += share->core_hours;
		measured_count += share->measured_count;
	}
	if (is_mean && measured_count > 0)
		row->excess /= (double)measured_count;
	return row->user_count > 0;
}

static gint compare_rows(gconstpointer left, gconstpointer right)
{
	const struct store_drift *a = drift_of(left), *b = drift_of(right);

	if (a->since_unix_us != b->since_unix_us)
		return a->since_unix_us > b->since_unix_us ? -1 : 1;
	if (a->group_id != b->group_id)
		return a->group_id < b->group_id ? -1 : 1;
	return (gint)a->metric - (gint)b->metric;
}

static void print_rows(const struct cmd_selection *select, const struct drift_account *drifts,
		       struct out *out)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct drift_row));
	struct drift_row row;

	for (guint i = 0; i < drifts->list->len; i++)
		if (fill_row(&select->users, drift_account_get(drifts, i), &row))
			g_array_append_val(rows, row);
	g_array_sort(rows, compare_rows);
	for (guint i = 0; i < rows->len; i++)
		out_row(out, &g_array_index(rows, struct drift_row, i));
	(void)g_array_free(rows, TRUE);
}

static struct store_words words_of(const struct strlist *list)
{
	return (struct store_words){(const char *const *)list->list, list->count};
}

int list_drifts(struct cmd_env *env, const struct cmd_selection *select,
		const struct out_options *output, struct jo_err *err)
{
	struct store_drift_selection selection;
	struct drift_account drifts = {0};
	struct store *store = NULL;
	struct out *out;
	int rc = cmd_store_read(env, output->format == OUT_TABLE, &store, err);

	if (rc < 0)
		return rc;
	store_drift_selection_init(&selection);
	selection.clusters = words_of(&select->clusters);
	selection.partitions = words_of(&select->partitions);
	selection.classes = words_of(&select->classes);
	if (select->has_since)
		selection.begin_from_unix_us = select->since_unix_us;
	if (select->has_until)
		selection.begin_to_unix_us = select->until_unix_us;
	if (!select->has_since && !select->has_until) {
		selection.want_open = true;
		selection.seen_from_night = night_of(env->now_unix_us - RECENT_US).number;
	}
	rc = drift_account_read(store, &selection, &drifts, err);
	store_close(store);
	if (rc == 0)
		rc = cmd_output_open(output, "drifts", list_drift_columns,
				     list_drift_default_columns, &out, err);
	if (rc == CMD_DONE) {
		print_rows(select, &drifts, out);
		rc = out_close(out, err);
	}
	drift_account_release(&drifts);
	return rc;
}
