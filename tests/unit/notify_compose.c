/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From verdicts to mails: what is worth one, who gets it, and what it says. */
#include <math.h>

#include "judge/judge.h"
#include "fit/groups.h"
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
	seen->problems += mail->recipient.problem.code != 0;
	for (guint i = 0; i < mail->doc.blocks->len; i++)
		seen->pictures +=
			((struct mail_block *)mail->doc.blocks->pdata[i])->kind == MAIL_IMAGE;
	g_string_append_printf(seen->text, "To: %s\nSubject: %s\n%s%s\n",
			       mail->recipient.problem.code == 0 ? mail->recipient.address
								 : mail->recipient.problem.text,
			       mail->subject, text, "");
	g_free(text);
	return 0;
}

static struct seen compose(struct store *store, const struct notify_settings *settings)
{
	struct seen seen = {.text = g_string_new(NULL)};
	struct tonight_now now = {.ledger = NULL};
	struct jo_err err = {0};

	is_int(tonight_now_read(store, &settings->rules, STORE_CHANNEL_MAIL, NOW_US, &now, &err), 0,
	       "verdicts are read (%s)", err.text);
	is_int(notify_compose(store, settings, &now.tonight.items, &now.tonight.news, NULL, see,
			      &seen, &err),
	       0, "mails are composed (%s)", err.text);
	tonight_now_release(&now);
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

/* Where no size and no earlier job is known, none is spoken of. */
static void check_unsized(const char *folder)
{
	struct store *store = new_store(folder);
	struct seen seen;

	input_bytes = JO_MISSING;
	history_count = 0;
	add_job(store, OUTLIER(200, "ada", 1001, 3.64));
	seen = compose(store, &good_settings);
	ok(strstr(seen.text->str, "are compared with others of the same kind.") != NULL,
	   "compared with those of its kind");
	ok(strstr(seen.text->str, "would be normal\n") != NULL, "from nothing that came before");
	(void)g_string_free(seen.text, TRUE);
	input_bytes = 40 * GIB;
	add_job(store, OUTLIER(201, "ada", 1001, 3.64));
	seen = compose(store, &good_settings);
	ok(strstr(seen.text->str, "of the same kind and input") != NULL,
	   "of one of them the size is known");
	(void)g_string_free(seen.text, TRUE);
	history_count = 41;
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
		struct finding_rules rules = good_settings.rules;
		struct tonight_now now = {.ledger = NULL};

		rules.min_ratio = cases[i].min_ratio;
		rules.min_core_hours = cases[i].min_core_hours;
		rules.min_time_us = cases[i].min_time_us;
		rules.max_age_us = cases[i].max_age_us;
		is_int(tonight_now_read(store, &rules, STORE_CHANNEL_MAIL, NOW_US, &now, NULL), 0, "%s", cases[i].name);
		is_int(now.tonight.items.count, cases[i].want, "%zu findings", cases[i].want);
		tonight_now_release(&now);
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
	/* a batch script is not judged beside the step that it waited for */
	add_job(store, &(struct job){600, JO_MISSING, "ada", 1001, "sort", JO_STEP_BATCH,
				     4294967291, 4, 1, 4, NULL, 3});
	add_job(store, &(struct job){600, JO_MISSING, "ada", 1001, "sort:sort", JO_STEP_SRUN, 0,
				     3.9, 1, 4, NULL, 3});
	seen = compose(store, &good_settings);
	is_int(seen.items, 31, "31 verdicts");
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

/* A name service that gives no answer makes nobody unknown, and nobody known. */
static void check_no_answer(const char *folder)
{
	char *path = g_build_filename(folder, "map", NULL);
	struct mail_map map = {0};
	struct recipient_sources sources = good_settings.recipients;
	struct recipient recipient;

	if (!g_file_set_contents(path, "later later@example.net\ngone gone@example.net\n", -1, NULL) ||
	    mail_map_read(path, &map, NULL) < 0)
		printf("Bail out! make a map\n");
	sources.mail_map = &map;
	recipient_find(&sources, "later", 1006, &recipient);
	is_int(recipient.problem.code, RECIPIENT_LATER, "no answer: %s", recipient.problem.text);
	is_str(recipient.address, "", "so no mail, though the map has an address");
	recipient_find(&sources, "gone", 1999, &recipient);
	is_int(recipient.problem.code, 0, "who left is reached by the map");
	is_str(recipient.address, "gone@example.net", "at its address");
	recipient_find(&sources, "", 1999, &recipient);
	is_int(recipient.problem.code, -ENOENT, "no name: %s", recipient.problem.text);
	mail_map_release(&map);
	g_free(path);
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
			char name[80];

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

/* Read the band of ada's only group by the models of the time's night; returns its points. */
static size_t read_band(struct store *store, struct night_predictors *predictors, int64_t unix_us,
			struct group_band bands[METRIC_COUNT])
{
	const struct group_band_step like = {"ada", 40 * GIB, 8, 1, 1, ""};
	struct store_group_selection selection;
	struct store_group *groups = NULL;
	struct predictor *predictor = NULL;
	struct judge_options judge;
	struct jo_err err = {0};
	size_t count = 0;

	judge_options_init(&judge);
	store_group_selection_init(&selection);
	is_int(group_list(store, &selection, &groups, &count, &err), 0, "groups are read (%s)",
	       err.text);
	is_int(count, 1, "one");
	is_int(night_predictors_get(predictors, store, &judge, unix_us, &predictor, &err), 0,
	       "a night's models (%s)", err.text);
	is_int(group_band_read_sizes(predictor, &groups[0], &like, 20.0 * GIB, 80.0 * GIB, bands,
				     &err),
	       0, "its band is read (%s)", err.text);
	group_list_free(groups, count);
	return bands[METRIC_WALL].count;
}

/* The band is what the job was judged by: of the night before it. */
static void check_band(const char *folder)
{
	struct store *store = new_store(folder);
	struct night_predictors predictors = {.count = 0};
	struct group_band bands[METRIC_COUNT] = {{.count = 0}};
	const struct group_band *band = &bands[METRIC_WALL];

	for (int i = 0; i < 41; i++)
		add_job(store,
			&(struct job){100 + i, JO_MISSING, "ada", 1001, "align", JO_STEP_BATCH,
				      4294967291, 1.4 + 0.001 * (i % 7), 1.4, 8, NULL, 48});
	add_job(store, OUTLIER(200, "ada", 1001, 3.64));
	is_int(read_band(store, &predictors, NOW_US - 3 * HOUR_US, bands), GROUP_BAND_POINTS,
	       "at all sizes");
	is_int(predictors.count, 1, "from the models of one night");
	is_int(bands[METRIC_MEMORY].count, 0, "and none of memory, which nobody measured");
	for (size_t i = 0; i < band->count; i++)
		if (!(band->list[i].low < band->list[i].expected &&
		      band->list[i].expected < band->list[i].high))
			ok(0, "is around what is expected at %g", band->list[i].x);
	is_near(band->list[0].x, 20.0 * GIB, 1e-9, "from the smallest");
	is_near(band->list[band->count - 1].x, 80.0 * GIB, 1e-9, "to the largest");
	ok(fabs(band->list[0].expected / (1.4 * 3600) - 1) < 0.1,
	   "what is expected is what the normal jobs took");
	is_int(read_band(store, &predictors, NOW_US - 403 * 24 * HOUR_US, bands), 0,
	       "before there was anything to learn from there is none");
	night_predictors_release(&predictors);
	store_close(store);
}

int main(void)
{
	struct strlist problems = {0};
	struct mail_catalog *wording = notify_wording_new("", &problems);

	(void)setenv("TZ", "UTC", 1);
	good_settings.wording = wording;
	in_folder(check_words);
	in_folder(check_unsized);
	in_folder(check_floors);
	in_folder(check_collapsing);
	in_folder(check_recipients);
	in_folder(check_no_answer);
	in_folder(check_screen);
	in_folder(check_band);
	mail_catalog_free(wording);
	return tap_done();
}
