/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts that come with the program: whole, and in the words of what they are filled with. */
#include "notify/differences.h"
#include "notify/texts.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "explain/facts.h"
#include "tap.h"

#define GERMAN "etc/mail-templates.de"

static void check_words(void)
{
	struct strlist problems = {0};
	struct mail_catalog *wording = notify_wording_new(GERMAN, &problems);

	is_int(problems.count, 0, "the German texts can be used: %s",
	       problems.count == 0 ? "all" : problems.list[0]);
	for (size_t i = 0; explain_facts[i].name != NULL; i++)
		ok(strcmp(mail_catalog_word(wording, "words", explain_facts[i].name),
			  explain_facts[i].name) != 0,
		   "there is a word for '%s'", explain_facts[i].name);
	mail_catalog_free(wording);
	strlist_release(&problems);
}

/* What --templates prints is a file that can be used, and changes nothing. */
static void check_built_in(void)
{
	char path[] = "/tmp/notify_wording.XXXXXX";
	struct strlist problems = {0};
	int fd = mkstemp(path);

	(void)close(fd);
	(void)g_file_set_contents(path, notify_built_in(), -1, NULL);
	mail_catalog_free(notify_wording_new(path, &problems));
	is_int(problems.count, 0, "the built-in texts are a site's file");
	(void)g_unlink(path);
	strlist_release(&problems);
}

static void check_differences(void)
{
	static const struct {
		const char *form;
		int64_t jobs, jobs_with, peers_with;
		bool is_all;
		const char *want;
	} cases[] = {
		{"same", 1, 1, 41, true, "db was nt; in the 41 normal jobs it was nr"},
		{"same", 1, 1, 40, false, "db was nt; in 40 of the 41 normal jobs it was nr"},
		{"range", 1, 1, 0, false,
		 "db was nt; in the 41 normal jobs it was a to z, half of them up to nr"},
		{"share", 5, 4, 0, false, "db was nt in 4 of the 5; in none of the 41 normal jobs"},
		{"share", 5, 4, 2, false, "db was nt in 4 of the 5; in 2 of the 41 normal jobs"},
		{"around", 5, 0, 0, false, "db was around nt; in the 41 normal jobs around nr"},
	};
	struct strlist problems = {0};
	struct mail_catalog *wording = notify_wording_new("", &problems);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct mail_values *values = mail_values_new(notify_difference_names);
		char *text;

		mail_values_text(values, "what", "db");
		mail_values_text(values, "own", "nt");
		mail_values_text(values, "usual", "nr");
		mail_values_text(values, "low", "a");
		mail_values_text(values, "high", "z");
		mail_values_flag(values, cases[i].form, true);
		mail_values_flag(values, "all", cases[i].is_all);
		mail_values_count(values, "jobs", cases[i].jobs);
		mail_values_count(values, "jobs_with", cases[i].jobs_with);
		mail_values_count(values, "peers", 41);
		mail_values_count(values, "peers_with", cases[i].peers_with);
		text = mail_catalog_line(wording, "difference", values);
		is_str(text, cases[i].want, "difference: %s", cases[i].form);
		g_free(text);
		mail_values_free(values);
	}
	mail_catalog_free(wording);
}

static void check_where(void)
{
	static const struct {
		struct profile_gain gain;
		bool is_sized;
		const char *want;
	} cases[] = {
		{{"is_filtered", "word_filter.py", 21, false, 0.78, 0.31, 156e6 * 0.78, 60e6 * 0.31,
		  0},
		 true,
		 "78 % in is_filtered, word_filter.py:21 (in normal jobs of this size 31 %), "
		 "1 min 43 s more"},
		{{"f", "a.py", 24, true, 0.78, 0.31, NAN, NAN, 0},
		 false,
		 "78 % in f, a.py, mostly in line 24 (in normal jobs 31 %)"},
		{{"malloc", "libc.so.6", JO_MISSING, false, 0.5, 0, NAN, NAN, 0},
		 false,
		 "50 % in malloc, libc.so.6 (in normal jobs 0 %)"},
		{{"{{share}}", "", JO_MISSING, false, 0.5, 0.1, NAN, NAN, 0},
		 false,
		 "50 % in {{share}} (in normal jobs 10 %)"},
	};
	struct strlist problems = {0};
	struct mail_catalog *wording = notify_wording_new("", &problems);

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct explain_where where = {.is_sized = cases[i].is_sized, .peer_count = 9};
		char text[EXPLAIN_TEXT_SIZE];
		struct strbuf shown;

		notify_where_write(wording, &where, &cases[i].gain, text);
		is_str(text, cases[i].want, "where the time went");
		strbuf_init(&shown);
		explain_gain_write(&where, &cases[i].gain, &shown);
		is_str(shown.text, cases[i].want, "and show says the same");
		strbuf_release(&shown);
	}
	mail_catalog_free(wording);
}

int main(void)
{
	check_words();
	check_built_in();
	check_differences();
	check_where();
	return tap_done();
}
