/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folded text: what is refused, what its frames are, and that it comes out as it went in. */
#include "profile/places.h"

#include <errno.h>
#include <stdlib.h>

#include "tap.h"

static void check_refused(void)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"main", "line 1 of the profile, \"main\": expected frames, a blank and a count"},
		{" 3", "line 1 of the profile, \" 3\": expected frames, a blank and a count"},
		{"a 1\nmain \n",
		 "line 2 of the profile, \"main \": expected a count after the blank"},
		{"a 1\n\nb 1\n",
		 "line 2 of the profile, \"\": expected frames, a blank and a count"},
		{"a 1.5", "line 1 of the profile, \"a 1.5\": expected a whole number as its count"},
		{"a -1", "line 1 of the profile, \"a -1\": expected a whole number as its count"},
		{"a 0", "line 1 of the profile, \"a 0\": expected a count above 0"},
		{";a 1", "line 1 of the profile, \";a 1\": has a frame without a name"},
		{"a; 1", "line 1 of the profile, \"a; 1\": has a frame without a name"},
		{"a;;b 1", "line 1 of the profile, \"a;;b 1\": has a frame without a name"},
		{"a 99999999999999999999",
		 "line 1 of the profile, \"a 99999999999999999999\": more samples than there can "
		 "be"},
		{"a 999999999999999\nb 2",
		 "line 2 of the profile, \"b 2\": more samples than there can be"},
	};
	struct profile_names *names = profile_names_new();
	struct profile profile;

	profile_stacks_init(&profile, names);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jo_err err = {0};

		is_int(profile_add(&profile, rows[i].text, &err), -EBADMSG, "refused: %s",
		       rows[i].why);
		is_str(err.text, rows[i].why, "in these words");
	}
	is_int(profile.sample_count, 0, "and nothing of them is added");
	is_int(profile.stacks->len, 0, "not even what was right before it");
	profile_stacks_release(&profile);
	profile_names_free(names);
}

static void check_frames(void)
{
	static const struct {
		const char *text, *function, *file;
		int64_t line;
	} rows[] = {
		{"is_filtered (word_filter.py:21)", "is_filtered", "word_filter.py", 21},
		{"<module> (my script.py:1)", "<module>", "my script.py", 1},
		{"f(int, (x)) (a:b.c:3)", "f(int, (x))", "a:b.c", 3},
		{"malloc (libc.so.6)", "malloc", "libc.so.6", JO_MISSING},
		{"f (a.c:0)", "f", "a.c:0", JO_MISSING},
		{"f (a.c:99999999999)", "f", "a.c:99999999999", JO_MISSING},
		{"f (a.c:)", "f", "a.c:", JO_MISSING},
		{"f (:3)", "f", ":3", JO_MISSING},
		{"operator()", "operator()", "", JO_MISSING},
		{"f ()", "f ()", "", JO_MISSING},
		{" (a.c:3)", " (a.c:3)", "", JO_MISSING},
		{")", ")", "", JO_MISSING},
		{"[unknown]", "[unknown]", "", JO_MISSING},
	};
	struct profile_names *names = profile_names_new();
	struct profile profile;

	profile_stacks_init(&profile, names);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct profile_frame *frame;
		char line[100];

		(void)snprintf(line, sizeof(line), "%s 1\n", rows[i].text);
		is_int(profile_add(&profile, line, NULL), 0, "taken: %s", rows[i].text);
		frame = profile_frame(names, names->frames->len - 1);
		is_str(frame->text, rows[i].text, "its text");
		is_str(frame->function, rows[i].function, "its function");
		is_str(frame->file, rows[i].file, "its file");
		is_int(frame->line, rows[i].line, "its line");
	}
	profile_stacks_release(&profile);
	profile_names_free(names);
}

static void check_sums(void)
{
	struct profile_names *names = profile_names_new();
	struct profile_place_counts *counts;
	struct profile profile;
	struct strbuf text;
	size_t main_1, f_2, f;

	profile_stacks_init(&profile, names);
	is_int(profile_add(&profile, "", NULL), 0, "nothing is a profile");
	is_int(profile_add(&profile, "m (a:1);f (a:2) 3\nm (a:1) 1\n[other] 2\n", NULL), 0,
	       "one node");
	is_int(profile_add(&profile, "m (a:1);f (a:3);f (a:2) 4\nm (a:1) 9", NULL), 0,
	       "another, without a newline at its end");
	is_int(profile.sample_count, 19, "all samples");
	is_int(profile.other_count, 2, "and those that had no room");
	strbuf_init(&text);
	profile_sort(&profile);
	profile_fold(&profile, &text);
	is_str(text.text, "m (a:1) 10\nm (a:1);f (a:3);f (a:2) 4\nm (a:1);f (a:2) 3\n[other] 2\n",
	       "equal stacks are one, the heaviest is first");
	is_int(profile_add(&profile, "m (a:1);f (a:2) 1\n", NULL), 0, "what is sorted");
	is_int(profile_stack(&profile, 2)->count, 4, "can be added to");

	counts = calloc(profile_place_count(names), sizeof(*counts));
	profile_count(&profile, NULL, counts);
	main_1 = profile_call(&profile, profile_stack(&profile, 0), 0);
	f_2 = profile_call(&profile, profile_stack(&profile, 2), 1);
	f = profile_function_place(names, profile_frame(names, f_2));
	is_int(counts[main_1].total_count, 18, "a line's samples");
	is_int(counts[main_1].self_count, 10, "and those in which it called nothing");
	is_int(counts[f].total_count, 8, "of a function that calls itself each sample is one");
	is_int(counts[f].self_count, 8, "also in itself");
	is_int((int64_t)profile_main_line(names, counts, f), (int64_t)f_2, "its main line");
	free(counts);
	strbuf_release(&text);
	profile_stacks_release(&profile);
	profile_names_free(names);
}

int main(void)
{
	check_refused();
	check_frames();
	check_sums();
	return tap_done();
}
