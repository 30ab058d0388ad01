/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From verdicts to mails: what is worth one, who gets it, and what it says. */
#include <math.h>

#include "judge/judge.h"
#include "notify/band.h"
#include "notify/digest.h"
#include "notify_fixture.h"

struct seen {
	GString *text; /* of all mails */
	size_t mails, items, findings, problems, pictures;
};

static int see(void *context, const struct notify_mail *mail, struct jo_err *err)
{
	struct seen *seen = context;
	char *text = mail_doc_text(&mail->doc);

	(void)err;
	seen->mails++;
	seen->items += mail->item_count;
	seen->findings += mail->finding_count;
	seen->problems += mail->problem.code != 0;
	for (guint i = 0; i < mail->doc.blocks->len; i++)
		seen->pictures +=
			((struct mail_block *)mail->doc.blocks->pdata[i])->kind == MAIL_IMAGE;
	g_string_append_printf(seen->text, "To: %s\nSubject: %s\n%s%s\n",
			       mail->problem.code == 0 ? mail->address : mail->problem.text,
			       mail->subject, text, "");
	g_free(text);
	return 0;
}

static struct seen compose(struct store *store, const struct notify_settings *settings)
{
	struct seen seen = {.text = g_string_new(NULL)};
	struct notify_items items = {0};
	struct jo_err err = {0};

	is_int(notify_items_read(store, settings, NOW_US, &items, &err), 0,
	       "verdicts are read (%s)", err.text);
	is_int(notify_compose(store, settings, &items, NULL, NULL, see, &seen, &err), 0,
	       "mails are composed (%s)", err.text);
	notify_items_release(&items);
	return seen;
}

static void check_words(const char *folder)
{
	struct notify_settings settings = good_settings;
	struct store *store = new_store(folder);
	struct seen seen;

	for (int i = 0; i < 41; i++)
		add_job(store, NORMAL(100 + i, "filter_words=30,db=nr"));
	add_job(store, OUTLIER(200, "ada", 1001, 3.64));
	seen = compose(store, &good_settings);
	is_int(seen.mails, 1, "one user has a mail");
	is_int(seen.findings, 1, "about one finding");
	ok(strstr(seen.text->str, "To: ada@example.org\n") != NULL, "at ada's address");
	ok(strstr(seen.text->str, "Subject: align took 2.6 times as long as expected\n") != NULL,
	   "the subject says what happened");
	ok(strstr(seen.text->str, "filter_words was 174; in the 41 normal jobs it was 30") != NULL,
	   "what differs");
	ok(strstr(seen.text->str, "db was not declared; in the 41 normal jobs it was nr") != NULL,
	   "what was left out differs as well");
	ok(strstr(seen.text->str, "17.9 core-hours") != NULL, "what it cost");
	ok(strstr(seen.text->str, "40.0 GiB") != NULL, "for which input");
	is_int(seen.pictures, 1, "with a picture");
	(void)g_string_free(seen.text, TRUE);
	settings.gnuplot = "/nonexistent";
	seen = compose(store, &settings);
	is_int(seen.mails, 1, "no gnuplot, no picture, but the mail");
	is_int(seen.pictures, 0, "without one");
	(void)g_string_free(seen.text, TRUE);
	store_close(store);
}

static void check_floors(const char *folder)
{
	static const struct {
		const char *name;
		double min_ratio, min_core_hours;
		int64_t min_time_us, max_age_us;
		size_t want;
	} cases[] = {
		{"floors that are met", 2.0, 11, HOUR_US, 7 * 24 * HOUR_US, 1},
		{"a ratio below", 2.1, 0, 0, 7 * 24 * HOUR_US, 0},
		{"core-hours below", 1, 12, 0, 7 * 24 * HOUR_US, 0},
		{"time below", 1, 0, 2 * HOUR_US, 7 * 24 * HOUR_US, 0},
		{"too old", 1, 0, 0, 2 * HOUR_US, 0},
		{"just young enough", 1, 0, 0, 3 * HOUR_US, 1},
	};
	struct store *store = new_store(folder);

	add_job(store, OUTLIER(200, "ada", 1001, 2.8)); /* 1.4 h and 11.2 core-hours too much */
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct notify_settings settings = good_settings;
		struct notify_items items = {0};

		settings.min_ratio = cases[i].min_ratio;
		settings.min_core_hours = cases[i].min_core_hours;
		settings.min_time_us = cases[i].min_time_us;
		settings.max_age_us = cases[i].max_age_us;
		is_int(notify_items_read(store, &settings, NOW_US, &items, NULL), 0, "%s",
		       cases[i].name);
		is_int(items.count, cases[i].want, "%zu findings", cases[i].want);
		notify_items_release(&items);
	}
	store_close(store);
}

static void check_collapsing(const char *folder)
{
	struct store *store = new_store(folder);
	struct seen seen;

	for (int i = 1; i <= 30; i++)
		add_job(store, &(struct job){500, i, "ada", 1001, "sweep", JO_STEP_BATCH,
					     4294967291, 3 + 0.01 * i, 1, 4, NULL, 3});
	/* a batch script and the step that it waited for */
	add_job(store, &(struct job){600, JO_MISSING, "ada", 1001, "sort", JO_STEP_BATCH,
				     4294967291, 4, 1, 4, NULL, 3});
	add_job(store, &(struct job){600, JO_MISSING, "ada", 1001, "sort:sort", JO_STEP_SRUN, 0,
				     3.9, 1, 4, NULL, 3});
	seen = compose(store, &good_settings);
	is_int(seen.items, 32, "32 verdicts");
	is_int(seen.findings, 2, "are two findings");
	ok(strstr(seen.text->str, "1. sort:sort took 3.9 times") != NULL, "the worst first");
	ok(strstr(seen.text->str, "2. 30 x sweep took up to 3.3 times as long as expected") != NULL,
	   "an array once");
	ok(strstr(seen.text->str, "500_30, 500_29, 500_28, 500_27 and 26 more") != NULL,
	   "with its worst tasks");
	(void)g_string_free(seen.text, TRUE);
	store_close(store);
}

static void check_recipients(const char *folder)
{
	struct store *store = new_store(folder);
	struct seen seen;

	add_job(store, OUTLIER(200, "ada", 1001, 3.64));
	add_job(store, OUTLIER(201, "gone", 1999, 3.64));
	add_job(store, OUTLIER(202, "bob", 1002, 3.64));
	/* a user whose uid passwd does not know says to be eve */
	add_job(store, OUTLIER(203, "eve", 1998, 3.64));
	add_job(store, OUTLIER(204, "cy\nBcc: all", 1997, 3.64));
	add_job(store, OUTLIER(205, "cy", 1003, 3.64));
	add_job(store, OUTLIER(206, "dan", 1005, 3.64));
	seen = compose(store, &good_settings);
	is_int(seen.mails, 7, "seven users");
	is_int(seen.problems, 3, "three of them cannot be reached");
	ok(strstr(seen.text->str, "'gone' has no passwd entry and is not in MailMap") != NULL,
	   "one who left");
	ok(strstr(seen.text->str, "'eve' is named by jobs of uid 1998, whose name it is not") !=
		   NULL,
	   "one who gives another's name");
	ok(strstr(seen.text->str, "Hello Ada Lovelace,") != NULL, "names are greeted");
	ok(strstr(seen.text->str, "Hello B\xc3\xb6"
				  "b Bcc: x@example.org,") != NULL,
	   "hostile ones as one line");
	ok(strstr(seen.text->str, "Hello cy,") != NULL, "who has no name by the login's");
	ok(strstr(seen.text->str, "Hello D\xef\xbf\xbdn,") != NULL, "and bytes that are no text");
	(void)g_string_free(seen.text, TRUE);
	store_close(store);
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += *text == '\n';
	return count;
}

/* However much there is to tell, it fits a screen, and nothing is left uncounted. */
static void check_screen(const char *folder)
{
	static const struct {
		int findings;
		const char *want;
	} cases[] = {
		{1, "Subject: class"},
		{2, "and 1 more finding\n"},
		{3, "And further\n"},
		{60, "more, each smaller than these"},
	};
	struct notify_settings settings = good_settings;
	struct store *store = new_store(folder);
	int added = 0;

	settings.takes_requests = true;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct seen seen;

		for (; added < cases[i].findings; added++) {
			char name[64];

			(void)snprintf(name, sizeof(name), "class%02d_%.50s", added,
				       "a_name_that_takes_most_of_a_line_for_itself_and_wraps");
			add_job(store, &(struct job){300 + added, JO_MISSING, "ada", 1001, name,
						     JO_STEP_BATCH, 4294967291, 3 + 0.01 * added, 1,
						     8, "filter_words=174", 3});
		}
		seen = compose(store, &settings);
		is_int(seen.findings, cases[i].findings, "%d findings", cases[i].findings);
		/* To and Subject are the test's, and the blank line behind */
		if (!ok(count_lines(seen.text->str) - 3 <= NOTIFY_SCREEN_LINES, "fit a screen"))
			printf("%s", seen.text->str);
		if (!ok(strstr(seen.text->str, cases[i].want) != NULL, "and are all counted"))
			printf("%s", seen.text->str);
		(void)g_string_free(seen.text, TRUE);
	}
	store_close(store);
}

/* The band is what the job was judged by: of the night before it. */
static void check_band(const char *folder)
{
	struct store *store = new_store(folder);
	struct night_predictors predictors = {.count = 0};
	struct notify_band band = {.count = 0};
	struct notify_items items = {0};
	struct judge_options judge;
	struct jo_err err = {0};

	judge_options_init(&judge);
	for (int i = 0; i < 41; i++)
		add_job(store,
			&(struct job){100 + i, JO_MISSING, "ada", 1001, "align", JO_STEP_BATCH,
				      4294967291, 1.4 + 0.001 * (i % 7), 1.4, 8, NULL, 48});
	add_job(store, OUTLIER(200, "ada", 1001, 3.64));
	is_int(notify_items_read(store, &good_settings, NOW_US, &items, &err), 0, "an item (%s)",
	       err.text);
	is_int(notify_band_read(&predictors, store, &judge, &items.list[0], 10.0 * GIB, 80.0 * GIB,
				&band, &err),
	       0, "its band is read (%s)", err.text);
	is_int(predictors.count, 1, "from the models of one night");
	ok(band.count > 0, "at %zu sizes", band.count);
	for (size_t i = 0; i < band.count; i++)
		if (!(band.low[i] < band.expected[i] && band.expected[i] < band.high[i]))
			ok(0, "is around what is expected at %g", band.x[i]);
	ok(band.count > 0 && fabs(band.expected[0] / (1.4 * 3600) - 1) < 0.1,
	   "which is what the normal jobs took");
	band.count = 0;
	items.list[0].end_unix_us -= 400 * 24 * HOUR_US;
	is_int(notify_band_read(&predictors, store, &judge, &items.list[0], 10.0 * GIB, 80.0 * GIB,
				&band, &err),
	       0, "before there was anything to learn from (%s)", err.text);
	is_int(band.count, 0, "there is none");
	night_predictors_release(&predictors);
	notify_items_release(&items);
	store_close(store);
}

int main(void)
{
	struct strlist problems = {0};
	struct mail_catalog *wording = notify_wording_new("", &problems);

	(void)setenv("TZ", "UTC", 1);
	good_settings.wording = wording;
	in_folder(check_words);
	in_folder(check_floors);
	in_folder(check_collapsing);
	in_folder(check_recipients);
	in_folder(check_screen);
	in_folder(check_band);
	mail_catalog_free(wording);
	return tap_done();
}
