/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The site's health: which nodes went silent and when, declared sizes then and now, in words. */
#include "finding/health.h"

#include "store_fixture.h"

#define DAY (24 * HOUR)
#define TO (T0 + 35 * DAY) /* day 0 begins at T0 */

static int64_t next_job = 1;

/* So many steps a day, spread over it, on the days from the one to before the other. */
static void add_days(struct store *store, const char *node, int from, int to, int a_day,
		     bool is_sized)
{
	struct store_added added = {0};

	must(store_begin(store, &err) == 0, "begin");
	for (int i = from * a_day; i < to * a_day; i++) {
		struct jo_record record = record_of(JO_RECORD_END, next_job++, 0, node);
		const struct store_input input = {&record, NULL, STEP_SOURCE_PLUGIN,
						  STEP_STATE_NONE};

		record.start_unix_us = T0 + 60 * S + i * (DAY / a_day);
		if (is_sized) {
			record.input_bytes = 1;
			record.input_source = JO_INPUT_OPTION;
		}
		must(store_add(store, &input, 1, TO, &added, &err) == 0, "add");
	}
	must(store_commit(store, &err) == 0, "commit");
}

static struct health read_health(struct store *store, int64_t from_unix_us, int64_t to_unix_us,
				 const struct health_spool *spools, size_t spool_count)
{
	const struct health_site site = {from_unix_us, to_unix_us, spools, spool_count};
	struct survey survey;
	struct health health;

	must(survey_read(store, from_unix_us, to_unix_us, &survey, &err) == 0, "survey");
	is_int(health_read(store, &survey, &site, &health, &err), 0, "health is read");
	survey_release(&survey);
	return health;
}

static const struct health_node *find(const struct health *health, const char *name)
{
	for (guint i = 0; i < health->nodes->len; i++)
		if (strcmp(g_array_index(health->nodes, struct health_node, i).name, name) == 0)
			return &g_array_index(health->nodes, struct health_node, i);
	must(0, name);
	return NULL;
}

static const struct health_fact *fact(const struct health_fact *facts, size_t count,
				      const char *label)
{
	static char nothing[] = "";
	static const struct health_fact none = {"", nothing, HEALTH_FINE};

	for (size_t i = 0; i < count; i++)
		if (strcmp(facts[i].label, label) == 0)
			return &facts[i];
	return &none;
}

static void test_nothing(void)
{
	struct store *store = open_new("nothing");
	struct health health = read_health(store, TO - DAY, TO, NULL, 0);
	struct health_fact facts[HEALTH_FACTS_MAX];
	size_t count = health_facts(&health, facts);

	for (size_t i = 0; i < count; i++)
		ok(facts[i].state == HEALTH_FINE, "no trouble: %s: %s", facts[i].label,
		   facts[i].text);
	is_str(fact(facts, count, "Size declared")->text, "", "nothing on the sizes of no steps");
	is_str(fact(facts, count, "Nodes")->text, "0 sent records", "no nodes");
	health_facts_release(facts, count);
	health_release(&health);
	store_close(store);
}

/* Beside two that are always at work: one that died, one that is seldom used, one long gone. */
static void test_silence(void)
{
	struct store *store = open_new("silence");
	struct health_fact facts[HEALTH_FACTS_MAX];
	struct health health;
	size_t count;

	add_days(store, "busy1", 0, 35, 40, false);
	add_days(store, "busy2", 0, 35, 40, false);
	add_days(store, "dead", 0, 32, 40, false);
	add_days(store, "seldom", 0, 32, 1, false);
	add_days(store, "gone", 0, 5, 40, false);
	health = read_health(store, TO - DAY, TO, NULL, 0);
	is_int(health.nodes->len, 5, "five nodes");
	is_int(health.this_week.step_count, 2 * 7 * 40 + 4 * 40 + 4, "the week's steps");
	is_int(health.weeks_before.step_count, 3 * 28 * 40 + 28 + 5 * 40, "the steps before");
	ok(!find(&health, "busy1")->is_silent, "who is at work is not silent");
	ok(find(&health, "dead")->is_silent, "who died is");
	is_near(find(&health, "dead")->missed_count, 1280.0 / 4072 * 240, 1e-9,
		"with what it missed");
	ok(!find(&health, "dead")->is_newly_silent, "but no longer newly");
	ok(!find(&health, "seldom")->is_silent, "who is seldom used is not");
	ok(!find(&health, "gone")->is_silent, "nor who is long gone");
	count = health_facts(&health, facts);
	ok(fact(facts, count, "Nodes")->state != HEALTH_TROUBLE, "what was told is no trouble");
	ok(strstr(fact(facts, count, "Nodes")->text, "; silent: dead since 2023-12-16") != NULL,
	   "but a fact: %s", fact(facts, count, "Nodes")->text);
	health_facts_release(facts, count);
	health_release(&health);

	health = read_health(store, TO - 3 * DAY, TO - DAY, NULL, 0);
	ok(find(&health, "dead")->is_newly_silent, "a day earlier it was newly silent");
	count = health_facts(&health, facts);
	ok(fact(facts, count, "Nodes")->state == HEALTH_TROUBLE, "which is trouble");
	health_facts_release(facts, count);
	health_release(&health);

	health = read_health(store, TO - 4 * DAY, TO - 3 * DAY, NULL, 0);
	ok(!find(&health, "dead")->is_silent, "and before that not silent");
	health_release(&health);
	store_close(store);
}

static void test_sizes(void)
{
	struct store *store = open_new("sizes");
	struct health_fact facts[HEALTH_FACTS_MAX];
	struct health health;
	size_t count;

	add_days(store, "n1", 0, 28, 10, true);
	add_days(store, "n1", 0, 28, 10, false);
	add_days(store, "n1", 28, 35, 4, true);
	add_days(store, "n1", 28, 35, 16, false);
	health = read_health(store, TO - DAY, TO, NULL, 0);
	count = health_facts(&health, facts);
	is_str(fact(facts, count, "Size declared")->text,
	       "20% of the last week's 140 steps, 50% in the four weeks before", "then and now");
	is_int(fact(facts, count, "Size declared")->state, HEALTH_FINE, "that is fine");
	health_facts_release(facts, count);
	health_release(&health);
	store_close(store);
}

/* A week without any is not fine: it says how sizes are declared. */
static void test_no_sizes(void)
{
	struct store *store = open_new("no-sizes");
	struct health_fact facts[HEALTH_FACTS_MAX];
	struct health health;
	size_t count;

	add_days(store, "n1", 0, 28, 10, true);
	add_days(store, "n1", 28, 35, 20, false);
	health = read_health(store, TO - DAY, TO, NULL, 0);
	count = health_facts(&health, facts);
	is_str(fact(facts, count, "Size declared")->text,
	       "0% of the last week's 140 steps, 100% in the four weeks "
	       "before; " STEP_UNSIZED_ADVICE,
	       "the share, and what to do");
	is_int(fact(facts, count, "Size declared")->state, HEALTH_COULD_BE_MORE,
	       "is not fine, and no trouble");
	is_str(health_state_words[HEALTH_COULD_BE_MORE], "could be more", "in words");
	health_facts_release(facts, count);
	health_release(&health);
	store_close(store);
}

static void test_spools(void)
{
	static const struct {
		const char *name;
		struct health_spool spool;
		bool is_trouble, is_bad_trouble;
	} cases[] = {
		{"an empty spool", {"/s", 0, JO_MISSING, 0, 0}, false, false},
		{"one that cannot be read",
		 {"/s", JO_MISSING, JO_MISSING, JO_MISSING, JO_MISSING},
		 true,
		 false},
		{"records of tonight", {"/s", 3, TO - HOUR, 0, 0}, false, false},
		{"records that nobody takes", {"/s", 3, TO - DAY - HOUR, 0, 0}, true, false},
		{"old bad files", {"/s", 0, JO_MISSING, 3, 0}, false, false},
		{"new ones", {"/s", 0, JO_MISSING, 3, 1}, false, true},
	};
	struct store *store = open_new("spools");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct health health = read_health(store, TO - DAY, TO, &cases[i].spool, 1);
		struct health_fact facts[HEALTH_FACTS_MAX];
		size_t count = health_facts(&health, facts);

		is_int(fact(facts, count, "Spool")->state == HEALTH_TROUBLE, cases[i].is_trouble,
		       "%s: %s", cases[i].name, fact(facts, count, "Spool")->text);
		is_int(fact(facts, count, "Bad records")->state == HEALTH_TROUBLE,
		       cases[i].is_bad_trouble, "%s: bad records", cases[i].name);
		health_facts_release(facts, count);
		health_release(&health);
	}
	store_close(store);
}

static void test_losses(void)
{
	struct store *store = open_new("losses");
	struct jo_record record = record_of(JO_RECORD_END, 1, 0, "n1");
	struct health_fact facts[HEALTH_FACTS_MAX];
	struct store_added added;
	struct health health;
	size_t count;

	record.dropped_count = 7;
	add(store, &record, &added); /* is ingested at T0 */
	health = read_health(store, T0 - DAY, T0 + S, NULL, 0);
	count = health_facts(&health, facts);
	ok(fact(facts, count, "Lost records")->state == HEALTH_TROUBLE, "lost records are trouble");
	ok(strncmp(fact(facts, count, "Lost records")->text,
		   "n1 (7 since its spool began) could not", 38) == 0,
	   "which names the node: %s", fact(facts, count, "Lost records")->text);
	health_facts_release(facts, count);
	health_release(&health);
	health = read_health(store, T0 + S, T0 + DAY, NULL, 0);
	count = health_facts(&health, facts);
	is_str(fact(facts, count, "Lost records")->text, "none lately, 7 since the spools began",
	       "once");
	health_facts_release(facts, count);
	health_release(&health);
	store_close(store);
}

static void add_mail(struct store *store, int32_t night, int64_t done_unix_us, bool is_sent)
{
	char header_id[32];
	const struct store_message message = {.owner = "ann",
					      .night = night,
					      .address = "a@x",
					      .header_id = header_id,
					      .created_unix_us = T0,
					      .body = "x",
					      .body_size = 1};
	int64_t id;

	(void)snprintf(header_id, sizeof(header_id), "%d@x", (int)night);
	must(store_begin(store, &err) == 0 &&
		     store_message_queue(store, &message, NULL, 0, &id, &err) == 0 &&
		     store_commit(store, &err) == 0,
	     "queue");
	if (done_unix_us == JO_MISSING)
		return;
	must((is_sent ? store_message_sent(store, id, done_unix_us, &err)
		      : store_message_failed(store, id, "no", JO_MISSING, done_unix_us, &err)) == 0,
	     "done");
}

static void test_mails(void)
{
	struct store *store = open_new("mails");
	struct health_fact facts[HEALTH_FACTS_MAX];
	struct health health;
	size_t count;

	add_mail(store, 1, TO - 2 * DAY, true);
	add_mail(store, 2, TO - HOUR, true);
	add_mail(store, 3, TO - HOUR, false);
	add_mail(store, 4, JO_MISSING, false);
	health = read_health(store, TO - DAY, TO, NULL, 0);
	count = health_facts(&health, facts);
	is_str(fact(facts, count, "Mails")->text, "1 sent to users; 1 wait; 1 given up",
	       "what came of mails in the window");
	ok(fact(facts, count, "Mails")->state == HEALTH_TROUBLE, "what was given up is trouble");
	health_facts_release(facts, count);
	health_release(&health);
	store_close(store);
}

int main(void)
{
	(void)setenv("TZ", "UTC", 1);
	begin_tests();
	test_nothing();
	test_silence();
	test_sizes();
	test_no_sizes();
	test_spools();
	test_losses();
	test_mails();
	return end_tests();
}
