/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries in a list, and steps by their number, as there is one for each step that was told. */
#include "finding/ledger.h"

#include <glib.h>
#include <string.h>

#include "step/night.h"

/* Strings are read thousands of times, and stored once: so much of them at a time. */
#define STRINGS_CHUNK_BYTES 4096

/* What is asked of an entry; strings are the ledger's. */
struct entry {
	enum store_finding_kind kind;
	enum metric metric;
	int64_t step_id, group_id, since_unix_us, told_unix_us;
	const char *owner, *node;
};

struct ledger {
	GArray *entries;   /* struct entry */
	GHashTable *steps; /* a step's id to the index + 1 of the newest entry of each metric */
	GStringChunk *strings;
};

struct step_entries {
	guint places[METRIC_COUNT]; /* index + 1; 0: none */
};

struct ledger *ledger_new(void)
{
	struct ledger *ledger = g_new0(struct ledger, 1);

	ledger->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	ledger->steps = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	ledger->strings = g_string_chunk_new(STRINGS_CHUNK_BYTES);
	return ledger;
}

void ledger_free(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	(void)g_array_free(ledger->entries, TRUE);
	g_hash_table_destroy(ledger->steps);
	g_string_chunk_free(ledger->strings);
	g_free(ledger);
}

static const struct entry *entry_at(const struct ledger *ledger, guint i)
{
	return &g_array_index(ledger->entries, struct entry, i);
}

static void note_step(struct ledger *ledger, const struct entry *entry)
{
	struct step_entries *known = g_hash_table_lookup(ledger->steps, &entry->step_id);
	guint *place;

	if (known == NULL) {
		known = g_new0(struct step_entries, 1);
		g_hash_table_insert(ledger->steps,
				    g_memdup(&entry->step_id, sizeof(entry->step_id)), known);
	}
	place = &known->places[entry->metric];
	if (*place == 0 || entry_at(ledger, *place - 1)->since_unix_us < entry->since_unix_us)
		*place = ledger->entries->len;
}

void ledger_note(struct ledger *ledger, const struct store_finding *entry)
{
	const struct entry noted = {
		.kind = entry->kind,
		.metric = entry->metric,
		.step_id = entry->step_id,
		.group_id = entry->group_id,
		.since_unix_us = entry->since_unix_us,
		.told_unix_us = entry->created_unix_us,
		.owner = g_string_chunk_insert_const(ledger->strings, entry->owner),
		.node = g_string_chunk_insert_const(ledger->strings, entry->node),
	};

	g_array_append_val(ledger->entries, noted);
	if (noted.kind == STORE_FINDING_STEP)
		note_step(ledger, &noted);
}

int ledger_read(struct store *store, enum store_channel channel, struct ledger **ret_ledger,
		struct jo_err *err)
{
	const struct store_finding_selection selection = {.channel = channel,
							  .message_id = JO_MISSING};
	struct ledger *ledger;
	struct store_cursor *cursor;
	struct store_finding finding;
	int rc = store_findings_open(store, &selection, &cursor, err);

	if (rc < 0)
		return rc;
	ledger = ledger_new();
	while ((rc = store_findings_next(cursor, &finding, err)) > 0)
		ledger_note(ledger, &finding);
	store_cursor_close(cursor);
	if (rc < 0) {
		ledger_free(ledger);
		return rc;
	}
	*ret_ledger = ledger;
	return 0;
}

/* ---- entries ---- */

/* What all have in common. */
static struct store_finding entry_new(enum store_finding_kind kind, enum metric metric,
				      const char *owner, int64_t now_unix_us)
{
	return (struct store_finding){
		.kind = kind,
		.step_id = JO_MISSING,
		.group_id = JO_MISSING,
		.node = "",
		.metric = metric,
		.owner = owner,
		.night = night_day(now_unix_us),
		.detail = "",
		.created_unix_us = now_unix_us,
	};
}

struct store_finding ledger_entry_of_item(const struct finding_item *item, int64_t now_unix_us)
{
	struct store_finding entry =
		entry_new(STORE_FINDING_STEP, item->metric, item->user, now_unix_us);

	entry.step_id = item->step_id;
	entry.group_id = item->group_id;
	entry.since_unix_us = item->end_unix_us;
	return entry;
}

struct store_finding ledger_entry_of_drift(const struct store_drift *drift, const char *owner,
					   int64_t now_unix_us)
{
	struct store_finding entry =
		entry_new(STORE_FINDING_GROUP, drift->metric, owner, now_unix_us);

	entry.group_id = drift->group_id;
	entry.since_unix_us = drift->begin_unix_us;
	return entry;
}

struct store_finding ledger_entry_of_node(const char *node, int64_t since_unix_us,
					  int64_t now_unix_us)
{
	struct store_finding entry = entry_new(STORE_FINDING_NODE, METRIC_WALL, "", now_unix_us);

	entry.node = node;
	entry.since_unix_us = since_unix_us;
	return entry;
}

/* ---- questions ---- */

bool ledger_has_item(const struct ledger *ledger, const struct finding_item *item,
		     int64_t from_unix_us)
{
	const struct step_entries *known = g_hash_table_lookup(ledger->steps, &item->step_id);
	guint place = known == NULL ? 0 : known->places[item->metric];

	return place != 0 && entry_at(ledger, place - 1)->since_unix_us >= from_unix_us;
}

/* How many entries there are of the drift's group, metric and this owner in the stretch. */
static size_t count_entries(const struct ledger *ledger, const struct store_drift *drift,
			    const char *owner, enum store_finding_kind kind, int64_t from_unix_us,
			    int64_t to_unix_us)
{
	size_t count = 0;

	for (guint i = 0; i < ledger->entries->len; i++) {
		const struct entry *entry = entry_at(ledger, i);

		count += entry->kind == kind && entry->group_id == drift->group_id &&
			 entry->metric == drift->metric && entry->since_unix_us >= from_unix_us &&
			 entry->since_unix_us < to_unix_us && strcmp(entry->owner, owner) == 0;
	}
	return count;
}

bool ledger_has_drift(const struct ledger *ledger, const struct store_drift *drift,
		      const char *owner)
{
	return count_entries(ledger, drift, owner, STORE_FINDING_GROUP, drift->begin_unix_us,
			     drift->begin_unix_us + 1) > 0;
}

bool ledger_has_drift_before(const struct ledger *ledger, const struct store_drift *drift,
			     const char *owner)
{
	return count_entries(ledger, drift, owner, STORE_FINDING_GROUP, INT64_MIN,
			     drift->begin_unix_us) > 0;
}

size_t ledger_count_steps(const struct ledger *ledger, const struct store_drift *drift,
			  const char *owner)
{
	return count_entries(ledger, drift, owner, STORE_FINDING_STEP, drift->since_end_unix_us,
			     INT64_MAX);
}

int64_t ledger_node_told_unix_us(const struct ledger *ledger, const char *node)
{
	int64_t newest_unix_us = JO_MISSING;

	for (guint i = 0; i < ledger->entries->len; i++) {
		const struct entry *entry = entry_at(ledger, i);

		if (entry->kind == STORE_FINDING_NODE && entry->owner[0] == '\0' &&
		    strcmp(entry->node, node) == 0 &&
		    (newest_unix_us == JO_MISSING || entry->told_unix_us > newest_unix_us))
			newest_unix_us = entry->told_unix_us;
	}
	return newest_unix_us;
}
