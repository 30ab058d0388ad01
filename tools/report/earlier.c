/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts earlier findings by class and cause. */
#include "report/earlier.h"

#include <math.h>

#include "joboutliers/units.h"
#include "report/found_steps.h"
#include "report/why.h"

#define EARLIER_DAYS 7   /* "since Tuesday" names one day */
#define EARLIER_MAX 5000 /* the newest of a bad week */

static void count(GHashTable *by_kind, GPtrArray *list, const struct report_finding *row)
{
	const char *why = why_words(row->cause, row->metric);
	char *key = g_strconcat(why, "\n", row->class_name, NULL);
	struct report_earlier *earlier = g_hash_table_lookup(by_kind, key);

	if (earlier == NULL) {
		earlier = g_new(struct report_earlier, 1);
		*earlier = (struct report_earlier){row->class_name, why, 0, INFINITY};
		g_ptr_array_add(list, earlier);
		(void)g_hash_table_insert(by_kind, g_strdup(key), earlier);
	}
	g_free(key);
	earlier->step_count++;
	earlier->first_unix_s = fmin(earlier->first_unix_s, row->end_unix_s);
}

int earlier_add(struct store *store, const struct report_options *options, struct report_page *page,
		struct jo_err *err)
{
	GHashTable *by_kind = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	struct found_steps steps;
	int rc = found_steps_before(store, options->from_unix_us - EARLIER_DAYS * JO_US_PER_DAY,
				    options->from_unix_us, EARLIER_MAX, &steps, err);

	if (rc < 0)
		goto out;
	for (guint i = 0; i < steps.list->len; i++)
		count(by_kind, list, &g_array_index(steps.list, struct found_step, i).row);
	for (guint i = 0; i < list->len; i++)
		report_page_add_earlier(page, g_ptr_array_index(list, i));
	found_steps_release(&steps);
out:
	g_ptr_array_unref(list);
	g_hash_table_destroy(by_kind);
	return rc;
}
