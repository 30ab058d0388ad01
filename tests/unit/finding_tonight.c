/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to tell tonight, by a ledger in memory and by what was known at the time. */
#include "finding/tonight.h"

#include "notify_fixture.h"

/* All that a decision rests on, of a database with one outlier of ada's that ended 3 hours ago. */
struct scene {
	struct store *store;
	struct wishes wishes;
	struct finding_items candidates;
	struct ledger *ledger;
	struct slow_nodes nodes;
	struct drift_account drifts;
};

static void scene_init(struct scene *scene, const char *folder)
{
	struct store_drift_selection selection;
	struct jo_err err = {0};

	*scene = (struct scene){.store = new_store(folder), .ledger = ledger_new()};
	add_job(scene->store, OUTLIER(200, "ada", 1001, 3.64));
	slow_nodes_init(&scene->nodes);
	store_drift_selection_init(&selection);
	if (wishes_read(scene->store, &scene->wishes, &err) < 0 ||
	    drift_account_read(scene->store, &selection, &scene->drifts, &err) < 0 ||
	    candidates_read(scene->store, &good_settings.rules, &scene->wishes, JO_MISSING,
			    JO_MISSING, &scene->candidates, NULL, &err) < 0)
		printf("# %s\n", err.text);
	is_int(scene->candidates.count, 1, "a candidate");
}

static void scene_release(struct scene *scene)
{
	drift_account_release(&scene->drifts);
	slow_nodes_release(&scene->nodes);
	ledger_free(scene->ledger);
	finding_items_release(&scene->candidates);
	wishes_release(&scene->wishes);
	store_close(scene->store);
}

static void check_count(struct scene *scene, int64_t now_unix_us, int64_t known_until_unix_us,
			size_t want, const char *what)
{
	const struct tonight_question question = {
		.now_unix_us = now_unix_us,
		.known_until_unix_us = known_until_unix_us,
		.rules = &good_settings.rules,
		.wishes = &scene->wishes,
		.ledger = scene->ledger,
		.candidates = &scene->candidates,
		.drifts = scene->drifts.list,
		.nodes = &scene->nodes,
	};
	struct tonight tonight = {.held = NULL};
	struct jo_err err = {0};

	is_int(tonight_decide(scene->store, &question, &tonight, &err), 0, "%s (%s)", what,
	       err.text);
	is_int(tonight.items.count, want, "%zu items", want);
	tonight_release(&tonight);
}

static void check_known(const char *folder)
{
	struct scene scene;

	scene_init(&scene, folder);
	check_count(&scene, NOW_US - 4 * HOUR_US, NOW_US - 4 * HOUR_US, 0,
		    "what has not ended yet is not known");
	check_count(&scene, NOW_US - 3 * HOUR_US, NOW_US - 3 * HOUR_US, 0,
		    "nor what ends at that time");
	check_count(&scene, NOW_US, NOW_US, 1, "what has ended is told");
	check_count(&scene, NOW_US, INT64_MAX, 1, "to who knows everything as well");
	check_count(&scene, NOW_US + 6 * 24 * HOUR_US, INT64_MAX, 1, "six days later still");
	check_count(&scene, NOW_US + 7 * 24 * HOUR_US, INT64_MAX, 0, "after seven it is too old");
	scene_release(&scene);
}

static void check_told(const char *folder)
{
	struct store_finding entry;
	struct scene scene;

	scene_init(&scene, folder);
	entry = ledger_entry_of_item(&scene.candidates.list[0], NOW_US);
	check_count(&scene, NOW_US, NOW_US, 1, "what the ledger has not");
	ledger_note(scene.ledger, &entry);
	check_count(&scene, NOW_US, NOW_US, 0, "and has, is told once");
	check_count(&scene, NOW_US + 24 * HOUR_US, INT64_MAX, 0, "on any night");
	scene_release(&scene);
}

int main(void)
{
	(void)setenv("TZ", "UTC", 1);
	in_folder(check_known);
	in_folder(check_told);
	return tap_done();
}
