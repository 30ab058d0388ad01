/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the engine goes about long lists: by which index, and without sorting all that it finds. */
#include "store_fixture.h"

#include "store/open_store.h"
#include "store/query.h"
#include "store/verdict_pack.h"
#include "store/verdict_select.h"
#include "util/strbuf.h"

/* The plan's lines, of a query as store_judged_open and store_verdicts_open make it. */
static void explain(struct store *store, const struct store_selection *selection, unsigned kinds,
		    struct strbuf *ret_plan)
{
	const struct verdict_wanted wanted = {.kinds = kinds, .want_without = kinds == 0};
	struct strbuf sql;
	struct query query;
	struct db_stmt stmt;

	query_init(&query);
	strbuf_init(&sql);
	must(query_verdicts(&query, store, selection, &wanted, &err) == 0, "make a query");
	strbuf_addf(&sql, "EXPLAIN QUERY PLAN %s", query.sql.text);
	must(db_prepare(store->db, sql.text, DB_ONCE, &stmt, &err) == 0, "explain it");
	strbuf_reset(ret_plan);
	while (db_step(&stmt, &err) > 0) {
		for (int i = 0; i < 3; i++)
			(void)db_column_int(&stmt);
		strbuf_addf(ret_plan, "%s; ", db_column_text(&stmt));
	}
	db_release(&stmt);
	strbuf_release(&sql);
	query_release(&query);
}

static void plans(struct store *store)
{
	static const char *const classes[] = {"align"};
	const struct store_words class = {classes, 1};
	const struct {
		const char *name;
		enum store_ending ending;
		unsigned kinds;
		bool has_time, has_class;
		const char *first; /* what the plan begins with, after SCAN or SEARCH */
	} cases[] = {
		{"all", STORE_ENDED, 0, false, false, "s USING INDEX step_end"},
		{"of some days", STORE_ENDED, 0, true, false, "s USING INDEX step_end"},
		{"of a class", STORE_ENDED, 0, true, true, "s USING INDEX step_end"},
		{"normal ones", STORE_ENDED, VERDICT_KIND_NORMAL, true, false,
		 "s USING INDEX step_end"},
		{"high ones", STORE_ENDED, VERDICT_KIND_HIGH, true, false,
		 "j USING INDEX judging_night"},
		{"high ones of a class", STORE_ENDED, VERDICT_KIND_HIGH, true, true,
		 "j USING INDEX judging_night"},
		{"the high ones of a night", STORE_ANY, VERDICT_KIND_HIGH, true, false,
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
		explain(store, &selection, cases[i].kinds, &plan);
		first = strchr(plan.text, ' ');
		must(first != NULL, "a plan");
		if (!ok(strncmp(first + 1, cases[i].first, strlen(cases[i].first)) == 0, "%s: %s",
			cases[i].name, cases[i].first))
			printf("# %s\n", plan.text);
		if (cases[i].kinds >= VERDICT_KIND_FIRST_NOTABLE)
			ok(strstr(plan.text, "v USING INDEX verdict_notable") != NULL,
			   "%s: then by the index of what matters", cases[i].name);
		ok(strstr(plan.text, "TEMP B-TREE FOR ORDER BY") == NULL,
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
	store_close(store);
	return end_tests();
}
