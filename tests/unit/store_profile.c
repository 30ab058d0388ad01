/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles in the store: kept once, of a bounded number of nodes, and as long as their step. */
#include "store_fixture.h"

#define TEXT "main (a.py:1);f (a.py:2) 30\nmain (a.py:1) 10\n"

static struct jo_record sampled(int64_t job, const char *node, const char *text, int64_t samples)
{
	struct jo_record record = record_of(JO_RECORD_END, job, 0, node);

	(void)strcpy(record.profile_kind, "python");
	record.profile_rate_hz = 10;
	record.profile_samples = samples;
	(void)snprintf(record.profile, sizeof(record.profile), "%s", text);
	return record;
}

static char *text_of(struct store *store, int64_t job)
{
	char *text = NULL;

	must(store_profile_get(store, id_of(store, job), &text, &err) >= 0, "get a profile");
	return text;
}

static void one_node(void)
{
	struct store *store = open_new("one");
	struct jo_record record = sampled(1, "n1", TEXT, 40),
			 none = record_of(JO_RECORD_END, 2, 0, "n1");
	struct store_added added;
	struct step step;
	char *text;

	(void)strcpy(none.profile_missing, "no Python");
	add(store, &record, &added);
	add(store, &none, &added);
	text = text_of(store, 1);
	is_str(text, TEXT, "it comes out as it went in");
	free(text);
	store_cursor_close(get(store, 1, &step));
	is_int(step.profile_samples, 40, "the step knows how many samples there are");
	is_int(step.profile_rate_hz, 10, "and how often they were taken");
	ok(text_of(store, 2) == NULL, "another step has none");

	(void)strcpy(record.profile, "main (a.py:1) 1\n");
	add(store, &record, &added);
	is_int(added.duplicate_count, 1, "a second end of the node says nothing new");
	text = text_of(store, 1);
	is_str(text, TEXT, "and what was there stays");
	free(text);
	store_close(store);
}

static void several_nodes(void)
{
	struct store *store = open_new("several");
	struct store_added added;
	struct store_cursor *cursor;
	struct step step;
	char node[8], *text;
	size_t lines = 0;

	for (int i = 1; i <= 3; i++) {
		struct jo_record record =
			sampled(1, "n0", i == 2 ? "" : "a 5", i == 2 ? JO_MISSING : 5);

		(void)snprintf(record.node, sizeof(record.node), "n%d", i);
		record.node_index = i;
		record.node_count = 3;
		if (i == 2) {
			(void)strcpy(record.profile_kind, "");
			(void)strcpy(record.profile_missing, "no Python");
		}
		add(store, &record, &added);
	}
	cursor = get(store, 1, &step);
	is_int(step.profile_samples, 10, "samples of those nodes that have any");
	is_str(step.profile_kind, "python", "what took them");
	is_str(step.profile_missing, "no Python", "and why a node has none");
	store_cursor_close(cursor);
	text = text_of(store, 1);
	is_str(text, "a 5\na 5\n", "their lines, each with its end");
	free(text);

	for (int i = 1; i <= 20; i++) {
		struct jo_record record = sampled(2, "n0", "a 5\n", 5);

		(void)snprintf(node, sizeof(node), "m%d", i);
		(void)strcpy(record.node, node);
		record.node_index = i;
		record.node_count = 20;
		add(store, &record, &added);
	}
	text = text_of(store, 2);
	for (const char *at = text; *at != '\0'; at++)
		lines += *at == '\n';
	is_int((int64_t)lines, 16, "of many nodes 16 are kept");
	free(text);
	store_close(store);
}

static void selected_and_pruned(void)
{
	struct store *store = open_new("pruned");
	struct jo_record record = sampled(1, "n1", TEXT, 40);
	struct store_selection selection;
	struct store_added added;
	int64_t count, id;
	char *text = NULL;

	add(store, &record, &added);
	add_job(store, 2, "ann", T0);
	store_selection_init(&selection);
	selection.want_profiled = true;
	is_int(store_steps_count(store, &selection, &count, &err), 0, "those with samples");
	is_int(count, 1, "are one of two");
	id = id_of(store, 1);
	is_int(prune(store, T0 + HOUR, &count), 0, "both are pruned");
	is_int(store_profile_get(store, id, &text, &err), 0, "and the profile with its step");
	store_close(store);
}

int main(void)
{
	begin_tests();
	one_node();
	several_nodes();
	selected_and_pruned();
	return end_tests();
}
