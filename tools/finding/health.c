/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers health from the survey, the nodes' own counts and a month of days. */
#include "finding/health.h"

#include <string.h>

#define DAYS 35 /* the week, and four before it */
#define WEEK 7  /* days */
#define SILENT_US STORE_TALLY_DAY_US /* a node may well be idle for some hours */

/* Steps by day, of a node or a cluster. */
struct days {
	int64_t counts[DAYS];
};

struct month {
	int64_t from_unix_us;
	GHashTable *nodes;    /* "cluster\nnode" to struct days */
	GHashTable *clusters; /* name to struct days */
};

static void month_init(struct month *month, int64_t to_unix_us)
{
	month->from_unix_us = to_unix_us - DAYS * STORE_TALLY_DAY_US;
	month->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	month->clusters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static void month_release(struct month *month)
{
	g_hash_table_destroy(month->nodes);
	g_hash_table_destroy(month->clusters);
}

/* Takes the key. */
static void count_days(GHashTable *table, char *key, int64_t day, int64_t count)
{
	struct days *days = g_hash_table_lookup(table, key);

	if (days == NULL) {
		days = g_new0(struct days, 1);
		g_hash_table_insert(table, key, days);
	} else {
		g_free(key);
	}
	days->counts[day] += count;
}

static char *node_key(const char *cluster, const char *node)
{
	return g_strconcat(cluster, "\n", node, NULL);
}

static int read_month(struct store *store, int64_t to_unix_us, struct month *month,
		      struct health *health, struct jo_err *err)
{
	struct store_cursor *cursor;
	struct store_day day;
	int rc;

	rc = store_days_open(store, month->from_unix_us, to_unix_us, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_days_next(cursor, &day, err)) > 0) {
		struct health_share *share =
			day.day >= DAYS - WEEK ? &health->this_week : &health->weeks_before;

		share->step_count += day.step_count;
		share->sized_count += day.sized_count;
		count_days(month->nodes, node_key(day.cluster, day.node), day.day, day.step_count);
		count_days(month->clusters, g_strdup(day.cluster), day.day, day.step_count);
	}
	store_cursor_close(cursor);
	return rc;
}

static int64_t sum(const struct days *days, int64_t from, int64_t to)
{
	int64_t count = 0;

	for (int64_t day = from; day < to; day++)
		count += days->counts[day];
	return count;
}

/*
 * How many steps a node that fell silent would have had between its last day
 * and another, by its share of the cluster's until then.
 */
static double missed_until(const struct days *node, const struct days *cluster, int64_t last,
			   int64_t to)
{
	int64_t cluster_count = sum(cluster, 0, last + 1);

	if (to <= last + 1 || cluster_count == 0)
		return 0;
	return (double)sum(node, 0, last + 1) / (double)cluster_count *
	       (double)sum(cluster, last + 1, to);
}

static void look_for_silence(const struct month *month, const struct health_site *site,
			     struct health_node *node)
{
	char *key = node_key(node->cluster, node->name);
	const struct days *own = g_hash_table_lookup(month->nodes, key);
	const struct days *all = g_hash_table_lookup(month->clusters, node->cluster);
	int64_t since_unix_us = node->last_record_unix_us;
	int64_t last = (since_unix_us - month->from_unix_us) / STORE_TALLY_DAY_US;
	int64_t window = (site->from_unix_us - month->from_unix_us) / STORE_TALLY_DAY_US;

	g_free(key);
	if (own == NULL || since_unix_us == JO_MISSING ||
	    since_unix_us > site->to_unix_us - SILENT_US || last < WEEK)
		return;
	node->missed_count = missed_until(own, all, last, DAYS);
	node->is_silent = node->missed_count >= HEALTH_MISSED_MIN;
	node->is_newly_silent =
		node->is_silent &&
		(since_unix_us > site->from_unix_us - SILENT_US ||
		 missed_until(own, all, last, MIN(window, DAYS)) < HEALTH_MISSED_MIN);
}

static void add_node(struct health *health, const struct store_node_health *known,
		     const struct month *month)
{
	const struct health_site *site = &health->site;
	struct health_node node = {
		.cluster = g_string_chunk_insert_const(health->strings, known->cluster),
		.name = g_string_chunk_insert_const(health->strings, known->node),
		.last_record_unix_us = known->last_record_unix_us,
		.dropped_count = known->dropped_count,
		.is_dropping = known->last_dropped_unix_us != JO_MISSING &&
			       known->last_dropped_unix_us >= site->from_unix_us,
	};

	look_for_silence(month, site, &node);
	g_array_append_val(health->nodes, node);
	health->dropped_count += known->dropped_count;
	health->bad_count += known->bad_count;
	if (known->last_record_unix_us != JO_MISSING &&
	    (health->newest_record_unix_us == JO_MISSING ||
	     known->last_record_unix_us > health->newest_record_unix_us))
		health->newest_record_unix_us = known->last_record_unix_us;
}

static int read_nodes(struct store *store, const struct month *month, struct health *health,
		      struct jo_err *err)
{
	struct store_node_health known;
	struct store_cursor *cursor;
	int rc = store_node_health_open(store, &cursor, err);

	if (rc < 0)
		return rc;
	while ((rc = store_node_health_next(cursor, &known, err)) > 0)
		add_node(health, &known, month);
	store_cursor_close(cursor);
	return rc;
}

static void add_coverage(struct health *health, const struct survey *survey)
{
	health->step_count = survey->step_count;
	health->judged_count = survey->judged_count;
	health->history_count = survey->history_count;
	for (guint i = 0; i < survey->partitions->len; i++) {
		const struct survey_partition *partition =
			&g_array_index(survey->partitions, struct survey_partition, i);

		for (size_t r = 0; r <= REASON_MODEL_COUNT; r++)
			health->reason_counts[r] += partition->reason_counts[r];
	}
}

int health_read(struct store *store, const struct survey *survey, const struct health_site *site,
		struct health *ret_health, struct jo_err *err)
{
	struct health health = {
		.site = *site,
		.nodes = g_array_new(FALSE, FALSE, sizeof(struct health_node)),
		.newest_record_unix_us = JO_MISSING,
		.strings = g_string_chunk_new(4096),
	};
	struct month month;
	int rc;

	month_init(&month, site->to_unix_us);
	add_coverage(&health, survey);
	rc = read_month(store, site->to_unix_us, &month, &health, err);
	if (rc == 0)
		rc = read_nodes(store, &month, &health, err);
	if (rc == 0)
		rc = store_message_tally(store, STORE_MESSAGE_USER, site->from_unix_us,
					 site->to_unix_us, &health.user_mails, err);
	for (int i = 0; i < STORE_OUTLET_COUNT && rc == 0; i++)
		rc = store_outlet_get(store, (enum store_outlet_kind)i, &health.outlets[i], err);
	if (rc == 0)
		rc = store_counts(store, &health.counts, err);
	month_release(&month);
	if (rc == 0)
		*ret_health = health;
	else
		health_release(&health);
	return rc;
}

void health_release(struct health *health)
{
	(void)g_array_free(health->nodes, TRUE);
	g_string_chunk_free(health->strings);
}
