/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drifts in mails: whose they are, what they explain, what keeps them back, and told once. */
#include "notify/drift_values.h"
#include "notify/queue.h"
#include "notify/texts.h"
#include "notify_fixture.h"
#include "step/night.h"

#define SINCE_HOURS 20 /* ago, when the first of the jobs at the new level ended */

/* 1.4 hours are what is usual, 2.24 are 1.6 times as long; 8 CPUs. */
static void add_align(struct store *store, int64_t id, double hours, int64_t age_hours)
{
	add_job(store, &(struct job){id, JO_MISSING, "ada", 1001, "align", JO_STEP_BATCH,
				     4294967291, hours, 1.4, 8, "version=2", age_hours});
}

static struct store_drift drift_of(struct store *store, double ratio, int64_t age_hours)
{
	struct store_drift drift = {
		.metric = METRIC_WALL,
		.measure = MEASURE_CLOCK,
		.begin_unix_us = NOW_US - age_hours * HOUR_US - 2 * HOUR_US,
		.since_unix_us = NOW_US - age_hours * HOUR_US - 2 * HOUR_US,
		.since_end_unix_us = NOW_US - age_hours * HOUR_US,
		.until_unix_us = JO_MISSING,
		.log_ratio = log(ratio),
		.statistic = 6,
		.before_count = 20,
		.since_count = 8,
		.night_count = 2,
		.found_night = night_day(NOW_US),
		.seen_night = night_day(NOW_US),
	};
	struct store_group_selection selection;
	struct store_cursor *cursor;
	struct store_group group;

	store_group_selection_init(&selection);
	if (store_groups_open(store, &selection, &cursor, NULL) == 0 &&
	    store_groups_next(cursor, &group, NULL) == 1)
		drift.group_id = group.id;
	store_cursor_close(cursor);
	return drift;
}

/* Twenty jobs as ever, eight that are 1.6 times as long, and one that is 10 times so. */
static struct store *new_drift(const char *folder)
{
	struct store *store = new_store(folder);
	struct store_drift drift;

	for (int i = 0; i < 20; i++)
		add_align(store, 100 + i, 1.4, 40 + i);
	for (int i = 0; i < 8; i++)
		add_align(store, 200 + i, 2.24, SINCE_HOURS - 2 * i);
	add_align(store, 300, 14, 4);
	drift = drift_of(store, 1.6, SINCE_HOURS);
	is_int(store_drift_put(store, &drift, NULL), 0, "a drift");
	return store;
}

static void read_all(struct store *store, const struct notify_settings *settings,
		     struct tonight_now *now)
{
	struct jo_err err = {0};

	*now = (struct tonight_now){.ledger = NULL};
	if (tonight_now_read(store, &settings->rules, STORE_CHANNEL_MAIL, NOW_US, now, &err) != 0)
		printf("# %s\n", err.text);
}

/* How many drifts and items there are to tell. */
static void check_counts(struct store *store, const struct notify_settings *settings, size_t drifts,
			 size_t items, const char *what)
{
	struct tonight_now now;

	read_all(store, settings, &now);
	is_int(now.tonight.news.count, drifts, "%s: %zu drifts", what, drifts);
	is_int(now.tonight.items.count, items, "and %zu jobs of their own", items);
	tonight_now_release(&now);
}

static void check_share(const char *folder)
{
	struct store *store = new_drift(folder);
	const struct drift_news *drift;
	struct tonight_now now;

	read_all(store, &good_settings, &now);
	is_int(drift_news_of(&now.tonight.news, "bob", &drift), 0, "bob has no part in it");
	is_int(drift_news_of(&now.tonight.news, "ada", &drift), 1, "ada has one drift");
	is_int(drift->share->step_count, 9, "of all jobs since");
	is_near(drift->share->core_hours, (8 * 2.24 + 14) * 8 * (1 - 1 / 1.6), 1e-6,
		"with what these cost beyond the level before");
	is_int(drift->held.count, 8, "eight were high for no other reason");
	is_int(drift->told_count, 0, "and none was told before");
	is_int(now.tonight.items.count, 1, "one is more than that");
	is_str(now.tonight.items.list[0].job, "300", "the tenfold one");
	tonight_now_release(&now);
	store_close(store);
}

static void check_floors(const char *folder)
{
	static const struct {
		const char *name;
		double min_drift, min_core_hours;
		int64_t min_time_us;
		size_t drifts, items;
	} cases[] = {
		{"floors that are met", 1.6, 95, 11 * HOUR_US, 1, 1},
		{"a ratio below", 1.61, 0, 0, 0, 9},
		{"core-hours below", 1.25, 97, 0, 0, 1},
		{"time below", 1.25, 0, 13 * HOUR_US, 0, 0},
	};
	struct store *store = new_drift(folder);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct notify_settings settings = good_settings;

		settings.rules.min_drift = cases[i].min_drift;
		settings.rules.min_core_hours = cases[i].min_core_hours;
		settings.rules.min_time_us = cases[i].min_time_us;
		check_counts(store, &settings, cases[i].drifts, cases[i].items, cases[i].name);
	}
	store_close(store);
}

static void check_wishes(const char *folder)
{
	struct store_mute mute = {"ada", "align", "", JO_MISSING, NOW_US};
	struct store *store = new_drift(folder);
	struct store_drift drift;
	struct jo_err err = {0};

	is_int(store_mute_put(store, &mute, &err), 0, "ada mutes align (%s)", err.text);
	check_counts(store, &good_settings, 0, 0, "muted");
	is_int(store_mute_drop(store, "ada", "", "", &err), 1, "and no more");
	check_counts(store, &good_settings, 1, 1, "not muted");
	is_int(store_weekly_set(store, "ada", true, NOW_US, &err), 0, "one mail a week");
	check_counts(store, &good_settings, 1, 1, "on the day of that");
	is_int(store_weekly_set(store, "ada", false, NOW_US, &err), 0, "and no more");
	drift = drift_of(store, 1.6, SINCE_HOURS);
	drift.is_gradual = true;
	is_int(store_drift_put(store, &drift, &err), 0, "without a date");
	check_counts(store, &good_settings, 0, 9, "a gradual one is for the report");
	drift.is_gradual = false;
	drift.found_night = drift.seen_night = night_day(NOW_US - 30 * 24 * HOUR_US);
	is_int(store_drift_put(store, &drift, &err), 0, "not seen for a month");
	check_counts(store, &good_settings, 0, 9, "what is not seen any more is no news");
	store_close(store);
}

static int queue(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	return MIN(notify_queue(context, &good_settings, mail, NOW_US, err), 0);
}

static int count_mail(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	char *text = mail_doc_text(&mail->doc);

	(void)err;
	g_string_append_printf(context, "%s\n%s", mail->subject, text);
	g_free(text);
	return 0;
}

static void check_once(const char *folder)
{
	struct store *store = new_drift(folder);
	struct store_drift drift;
	struct tonight_now now;
	struct jo_err err = {0};
	GString *text = g_string_new(NULL);

	read_all(store, &good_settings, &now);
	is_int(notify_compose(store, &good_settings, &now.tonight.items, &now.tonight.news, NULL,
			      queue, store, &err),
	       0, "it is mailed (%s)", err.text);
	tonight_now_release(&now);
	check_counts(store, &good_settings, 0, 0, "what was told is not told again");
	drift = drift_of(store, 1.7, SINCE_HOURS - 2);
	drift.begin_unix_us = NOW_US - SINCE_HOURS * HOUR_US - 2 * HOUR_US;
	is_int(store_drift_put(store, &drift, &err), 0, "the same one, as it is known better");
	check_counts(store, &good_settings, 0, 0, "nor is it when its date has moved");

	drift.until_unix_us = NOW_US - 3 * HOUR_US;
	is_int(store_drift_put(store, &drift, &err), 0, "it is over");
	drift = drift_of(store, 1 / 1.6, 3);
	drift.is_back = true;
	is_int(store_drift_put(store, &drift, &err), 0, "and all is as it was");
	add_align(store, 400, 1.4, 2);
	read_all(store, &good_settings, &now);
	is_int(now.tonight.news.count, 1, "who was told of it is told that");
	ok(now.tonight.news.list[0].is_good_news, "as good news");
	is_int(notify_compose(store, &good_settings, &now.tonight.items, &now.tonight.news, NULL,
			      count_mail, text, &err),
	       0, "which are no reason to write (%s)", err.text);
	is_str(text->str, "", "to anybody");
	tonight_now_release(&now);
	add_align(store, 401, 14, 1);
	read_all(store, &good_settings, &now);
	is_int(notify_compose(store, &good_settings, &now.tonight.items, &now.tonight.news, NULL,
			      count_mail, text, &err),
	       0, "but with another finding (%s)", err.text);
	ok(strstr(text->str, "Good news: align takes as long as it used to again") != NULL,
	   "they are told");
	tonight_now_release(&now);
	(void)g_string_free(text, TRUE);
	store_close(store);
}

static void put_cpu_drift(struct store *store, double ratio, int64_t age_hours)
{
	struct store_drift drift = drift_of(store, ratio, age_hours);

	drift.metric = METRIC_CPU;
	drift.measure = MEASURE_CPU;
	is_int(store_drift_put(store, &drift, NULL), 0, "one of the CPU time");
}

static char *headline_of(const struct drift_news *news, const struct mail_catalog *wording)
{
	struct mail_values *values = mail_values_new(notify_drift_names);
	char *headline;

	notify_drift_fill(wording, news, "", values);
	headline = mail_catalog_line(wording, "drift-headline", values);
	mail_values_free(values);
	return headline;
}

/* What the run time and the CPU time did at one date is told once. */
static void check_pair(const char *folder)
{
	struct strlist problems = {0};
	struct mail_catalog *german = notify_wording_new("etc/mail-templates.de", &problems);
	static const struct {
		const char *name;
		double processors, ratio;
		int64_t age_hours;
		size_t drifts;
		const char *headline, *german; /* but for what comes before; NULL: without it */
	} cases[] = {
		{"as much", 4, 1.6, SINCE_HOURS, 1,
		 "with 1.6 times the CPU time: it does more work",
		 ", mit 1.6-mal so viel CPU-Zeit: er tut mehr"},
		{"a night later", 4, 1.6, SINCE_HOURS - 10, 1,
		 "with 1.6 times the CPU time: it does more work",
		 ", mit 1.6-mal so viel CPU-Zeit: er tut mehr"},
		{"less", 4, 1.25, SINCE_HOURS, 1, "with 1.2 times the CPU time",
		 ", mit 1.2-mal so viel CPU-Zeit"},
		{"hardly any processor", 0.01, 1.6, SINCE_HOURS, 1, "with 1.6 times the CPU time",
		 ", mit 1.6-mal so viel CPU-Zeit"},
		{"a week before", 4, 1.6, SINCE_HOURS + 150, 2, NULL, NULL},
		{"the other way", 4, 1 / 1.6, SINCE_HOURS, 1, NULL, NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *own = g_strdup_printf("%s/%zu", folder, i);
		struct store *store;
		const struct drift_news *news;
		struct tonight_now now;
		struct jo_err err = {0};
		char *headline, *in_german;

		(void)mkdir(own, 0700);
		processors_used = cases[i].processors;
		store = new_drift(own);
		put_cpu_drift(store, cases[i].ratio, cases[i].age_hours);
		read_all(store, &good_settings, &now);
		is_int(drift_news_of(&now.tonight.news, "ada", &news), cases[i].drifts,
		       "%s: so many are told", cases[i].name);
		headline = headline_of(news, good_settings.wording);
		in_german = headline_of(news, german);
		if (cases[i].headline != NULL) {
			ok(g_str_has_suffix(headline, cases[i].headline), "%s: %s", cases[i].name,
			   headline);
			ok(g_str_has_suffix(in_german, cases[i].german), "%s: %s", cases[i].name,
			   in_german);
		} else {
			ok(strstr(headline, "with") == NULL, "%s: %s", cases[i].name, headline);
			ok(strstr(in_german, "CPU") == NULL, "%s: %s", cases[i].name, in_german);
		}
		g_free(in_german);
		g_free(headline);
		is_int(notify_compose(store, &good_settings, &now.tonight.items, &now.tonight.news,
				      NULL, queue, store, &err),
		       0, "%s: mailed (%s)", cases[i].name, err.text);
		tonight_now_release(&now);
		check_counts(store, &good_settings, 0, 0, "and not again, of neither");
		store_close(store);
		g_free(own);
	}
	processors_used = 0;
	is_int(problems.count, 0, "the German texts can be used");
	mail_catalog_free(german);
	strlist_release(&problems);
}

/* A job since the drift, of which the CPU time is high as well as the run time. */
static void put_high(struct store *store, int64_t job_id)
{
	struct store_job key = {job_id, JO_MISSING, JO_MISSING, 4294967291};
	struct step_verdict verdicts[] = {
		{.metric = METRIC_WALL, .value = 2.24, .expected = 1.4},
		{.metric = METRIC_CPU, .measure = MEASURE_CPU, .value = 9, .expected = 5.6},
	};
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;

	store_selection_init(&selection);
	selection.jobs = &key;
	selection.job_count = 1;
	is_int(store_steps_open(store, &selection, &cursor, NULL), 0, "job %d", (int)job_id);
	is_int(store_steps_next(cursor, &step, NULL), 1, "is there");
	for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++) {
		struct step_verdict *verdict = &verdicts[i];

		verdict->step_id = step.id;
		verdict->verdict = VERDICT_HIGH;
		verdict->reason = verdict->borrowed_from = verdict->attrs_used = "";
		verdict->group = "class align";
		verdict->ratio = verdict->value / verdict->expected;
		verdict->value *= (double)HOUR_US;
		verdict->expected *= (double)HOUR_US;
		verdict->high = 1.3 * verdict->expected;
		verdict->judged_unix_us = NOW_US;
		verdict->night = night_day(step.end_unix_us);
	}
	store_cursor_close(cursor);
	is_int(store_verdicts_put(store, verdicts, G_N_ELEMENTS(verdicts), JO_MISSING, NULL), 0,
	       "is high by both");
}

/* Jobs that take longer with the CPU time of before: they wait, which excuses no more work. */
static void check_waits(const char *folder)
{
	static const struct {
		const char *name;
		double processors, processors_since;
		const char *end; /* of the headline; NULL: it does not say so */
		/* To tell beside the drift: the tenfold one, the CPU time of one that did more
		 * work, and its run time where the others waited. */
		size_t items;
	} cases[] = {
		{"no more CPU time", 4, 2.5, ", with the same CPU time: it waits", 3},
		{"a fifth more", 4, 2.8, ", with the same CPU time: it waits", 3},
		{"as much more", 4, 4, NULL, 2},
		{"CPU time that is not known", 0, 0, NULL, 2},
		{"hardly any processor", 0.01, 0.00625, NULL, 2},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *own = g_strdup_printf("%s/%zu", folder, i), *headline;
		const struct drift_news *news;
		struct tonight_now now;
		struct store_drift drift;
		struct store *store;

		(void)mkdir(own, 0700);
		store = new_store(own);
		processors_used = cases[i].processors;
		for (int k = 0; k < 20; k++)
			add_align(store, 100 + k, 1.4, 40 + k);
		processors_used = cases[i].processors_since;
		for (int k = 0; k < 8; k++)
			add_align(store, 200 + k, 2.24, SINCE_HOURS - 2 * k);
		add_align(store, 300, 14, 4);
		processors_used = 0;
		drift = drift_of(store, 1.6, SINCE_HOURS);
		is_int(store_drift_put(store, &drift, NULL), 0, "a drift");
		put_high(store, 203);
		read_all(store, &good_settings, &now);
		is_int(drift_news_of(&now.tonight.news, "ada", &news), 1, "%s: one drift",
		       cases[i].name);
		headline = headline_of(news, good_settings.wording);
		ok(cases[i].end != NULL ? g_str_has_suffix(headline, cases[i].end)
					: strstr(headline, "wait") == NULL,
		   "%s: %s", cases[i].name, headline);
		is_int(now.tonight.items.count, cases[i].items, "and so many jobs of their own");
		g_free(headline);
		tonight_now_release(&now);
		store_close(store);
		g_free(own);
	}
}

int main(void)
{
	struct strlist problems = {0};
	struct mail_catalog *wording = notify_wording_new("", &problems);

	(void)setenv("TZ", "UTC", 1);
	good_settings.wording = wording;
	good_settings.gnuplot = "";
	good_settings.rules.min_drift = 1.25;
	in_folder(check_share);
	in_folder(check_floors);
	in_folder(check_wishes);
	in_folder(check_once);
	in_folder(check_pair);
	in_folder(check_waits);
	mail_catalog_free(wording);
	strlist_release(&problems);
	return tap_done();
}
