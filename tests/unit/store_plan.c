/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the engine goes about long lists: by which index, and without sorting all that it finds. */
#include "store_fixture.h"

#include "store/open_store.h"
#include "store/query.h"
#include "store/step_select.h"
#include "store/verdict_pack.h"
#include "store/verdict_select.h"
#include "util/strbuf.h"

/* The plan's lines. */
static void explain_sql(struct store *store, const char *text, struct strbuf *ret_plan)
{
	struct strbuf sql;
	struct db_stmt stmt;

	strbuf_init(&sql);
	strbuf_addf(&sql, "EXPLAIN QUERY PLAN %s", text);
	must(db_prepare(store->db, sql.text, DB_ONCE, &stmt, &err) == 0, "explain it");
	strbuf_reset(ret_plan);
	while (db_step(&stmt, &err) > 0) {
		for (int i = 0; i < 3; i++)
			(void)db_column_int(&stmt);
		strbuf_addf(ret_plan, "%s; ", db_column_text(&stmt));
	}
	db_release(&stmt);
	strbuf_release(&sql);
}

/* Of a query as store_judged_open and store_verdicts_open make it. */
static void explain(struct store *store, const struct store_selection *selection, unsigned kinds,
		    struct strbuf *ret_plan)
{
	const struct verdict_wanted wanted = {.kinds = kinds, .want_without = kinds == 0};
	struct query query;

	query_init(&query);
	must(query_verdicts(&query, store, selection, &wanted, &err) == 0, "make a query");
	explain_sql(store, query.sql.text, ret_plan);
	query_release(&query);
}

/* Of a query as store_steps_open makes it, of which 200 rows are wanted. */
static void explain_steps(struct store *store, const struct store_selection *selection,
			  struct strbuf *ret_plan)
{
	struct query query;

	query_init(&query);
	strbuf_addf(&query.sql, "SELECT %s FROM step AS s WHERE true", store_step_sql);
	must(query_steps(&query, store, selection, &err) == 0, "make a query");
	query_order(&query, selection, NULL);
	explain_sql(store, query.sql.text, ret_plan);
	query_release(&query);
}

/* What a finding is compared with: thousands of times for a report. */
static void peers(struct store *store)
{
	struct store_selection selection;
	struct strbuf plan;

	strbuf_init(&plan);
	store_selection_init(&selection);
	selection.group_id = 1;
	selection.end_to_unix_us = T0;
	selection.state_mask = 1u << STEP_STATE_COMPLETED | 1u << STEP_STATE_FAILED;
	selection.order = STORE_BY_END_NEWEST;
	selection.want_unhigh = true;
	selection.limit = 200;
	explain_steps(store, &selection, &plan);
	if (!ok(strstr(plan.text, "s USING INDEX step_history (group_id=? AND end_unix_us<?)") !=
			NULL,
		"peers: the newest of the group"))
		printf("# %s\n", plan.text);
	ok(strstr(plan.text, "SEARCH verdict USING INTEGER PRIMARY KEY") != NULL,
	   "peers: whether one was high is looked up");
	ok(strstr(plan.text, "TEMP B-TREE FOR ORDER BY") == NULL,
	   "peers: the group's others are not sorted");
	ok(strstr(plan.text, " name ") == NULL, "peers: no name is looked up in each row");
	strbuf_release(&plan);
}

/* The newest step, of which a plot draws the group. */
static void newest(struct store *store)
{
	static const enum store_ending endings[] = {STORE_ENDED, STORE_UNENDED};
	struct store_selection selection;
	struct strbuf plan;

	strbuf_init(&plan);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		store_selection_init(&selection);
		selection.ending = endings[i];
		selection.order = STORE_BY_END_NEWEST;
		selection.limit = 1;
		explain_steps(store, &selection, &plan);
		if (!ok(strstr(plan.text, "s USING INDEX step_end") != NULL,
			"the newest step: by the index of ends"))
			printf("# %s\n", plan.text);
	}
	strbuf_release(&plan);
}

static void plans(struct store *store)
{
	static const char *const classes[] = {"align"};
	const struct store_words class = {classes, 1};
	const struct {
		const char *name;
		enum store_ending ending;
		unsigned kinds;
		bool has_time, has_class, is_running;
		const char *first; /* what the plan begins with, after SCAN or SEARCH */
	} cases[] = {
		{"all", STORE_ENDED, 0, false, false, false, "s USING INDEX step_end"},
		{"what runs, of those that ended", STORE_ENDED, 0, false, false, true,
		 "s USING INDEX step_running"},
		{"what runs", STORE_UNENDED, 0, true, false, true, "s USING INDEX step_running"},
		{"of some days", STORE_ENDED, 0, true, false, false, "s USING INDEX step_end"},
		{"of a class", STORE_ENDED, 0, true, true, false, "s USING INDEX step_end"},
		{"normal ones", STORE_ENDED, VERDICT_KIND_NORMAL, true, false, false,
		 "s USING INDEX step_end"},
		{"high ones", STORE_ENDED, VERDICT_KIND_HIGH, true, false, false,
		 "j USING INDEX judging_night"},
		{"high ones of a class", STORE_ENDED, VERDICT_KIND_HIGH, true, true, false,
		 "j USING INDEX judging_night"},
		{"the high ones of a night", STORE_ANY, VERDICT_KIND_HIGH, true, false, false,
		 "j USING INDEX judging_night"},
	};
	struct strbuf plan;

	strbuf_init(&plan);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_selection selection;
		const char *first;

		store_selection_init(&selection);
		selection.ending = cases[i].ending;
		if (cases[i].has_time)
			selection.active_from_unix_us = T0;
		if (cases[i].has_class)
			selection.classes = class;
		if (cases[i].is_running)
			selection.state_mask = 1u << STEP_STATE_RUNNING;
		explain(store, &selection, cases[i].kinds, &plan);
		first = strchr(plan.text, ' ');
		must(first != NULL, "a plan");
		if (!ok(strncmp(first + 1, cases[i].first, strlen(cases[i].first)) == 0, "%s: %s",
			cases[i].name, cases[i].first))
			printf("# %s\n", plan.text);
		if (cases[i].kinds >= VERDICT_KIND_FIRST_NOTABLE)
			ok(strstr(plan.text, "v USING INDEX verdict_notable") != NULL,
			   "%s: then by the index of what matters", cases[i].name);
		ok(cases[i].is_running || strstr(plan.text, "TEMP B-TREE FOR ORDER BY") == NULL,
		   "%s: not all of them are sorted", cases[i].name);
	}
	strbuf_release(&plan);
}

int main(void)
{
	struct store *store;

	begin_tests();
	store = open_new("plan");
	plans(store);
	peers(store);
	newest(store);
	store_close(store);
	return end_tests();
}
