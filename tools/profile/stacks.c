/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folded text into frames with numbers and stacks of them, and back. */
#include "profile/stacks.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "joboutliers/utf8.h"
#include "util/alloc.h"

#define QUOTED_SIZE 41 /* of a bad line, what a person needs to find it */

struct profile_names *profile_names_new(void)
{
	struct profile_names *names = xcalloc(1, sizeof(*names));

	names->frames = g_array_new(FALSE, FALSE, sizeof(struct profile_frame));
	names->by_text = g_hash_table_new(g_str_hash, g_str_equal);
	names->by_function = g_hash_table_new(g_str_hash, g_str_equal);
	names->strings = g_string_chunk_new(4096);
	return names;
}

void profile_names_free(struct profile_names *names)
{
	if (names == NULL)
		return;
	(void)g_array_free(names->frames, TRUE);
	g_hash_table_destroy(names->by_text);
	g_hash_table_destroy(names->by_function);
	g_string_chunk_free(names->strings);
	free(names);
}

/* The digits at the end of a text that begins at colon; JO_MISSING when that is no line's number.
 */
static int64_t line_number(const char *colon, size_t len)
{
	int64_t number = 0;

	/* longer ones are of no file */
	if (len < 2 || len > 10)
		return JO_MISSING;
	for (size_t i = 1; i < len; i++) {
		if (colon[i] < '0' || colon[i] > '9')
			return JO_MISSING;
		number = 10 * number + (colon[i] - '0');
	}
	return number > 0 ? number : JO_MISSING;
}

/*
 * "function (file:line)".  Functions of C++ have parentheses and colons of their
 * own, so all is looked for from the end; what is not of that form is a function.
 */
static void split_frame(struct profile_names *names, const char *text, size_t len,
			struct profile_frame *frame)
{
	const char *open, *file, *end = text + len - 1, *colon;
	size_t file_len;

	frame->function = frame->text;
	frame->file = "";
	frame->line = JO_MISSING;
	if (len < 5 || *end != ')')
		return;
	for (open = end; open > text && !(open[0] == '(' && open[-1] == ' ');)
		open--;
	file = open + 1;
	file_len = (size_t)(end - file);
	if (open < text + 2 || file_len == 0)
		return;
	frame->function =
		g_string_chunk_insert_len(names->strings, text, (gssize)(open - 1 - text));
	colon = memrchr(file, ':', file_len);
	if (colon != NULL && colon > file) {
		frame->line = line_number(colon, (size_t)(end - colon));
		if (frame->line != JO_MISSING)
			file_len = (size_t)(colon - file);
	}
	frame->file = g_string_chunk_insert_len(names->strings, file, (gssize)file_len);
}

/* The number of a key that is kept; a new one is count. */
static size_t number_of(GHashTable *table, const char *key, size_t count)
{
	gpointer number = g_hash_table_lookup(table, key);

	if (number != NULL)
		return GPOINTER_TO_SIZE(number) - 1;
	(void)g_hash_table_insert(table, (gpointer)(uintptr_t)key, GSIZE_TO_POINTER(count + 1));
	return count;
}

static guint32 frame_number(struct profile_names *names, const char *text, size_t len)
{
	struct profile_frame frame = {
		.text = g_string_chunk_insert_len(names->strings, text, (gssize)len),
	};
	size_t number = number_of(names->by_text, frame.text, names->frames->len);
	char *key;

	if (number < names->frames->len)
		return (guint32)number;
	split_frame(names, text, len, &frame);
	key = xasprintf("%s;%s", frame.function, frame.file);
	frame.function_id =
		number_of(names->by_function, g_string_chunk_insert(names->strings, key),
			  names->function_count);
	free(key);
	if (frame.function_id == names->function_count)
		names->function_count++;
	g_array_append_val(names->frames, frame);
	return (guint32)number;
}

void profile_stacks_init(struct profile *profile, struct profile_names *names)
{
	*profile = (struct profile){
		.names = names,
		.calls = g_array_new(FALSE, FALSE, sizeof(guint32)),
		.stacks = g_array_new(FALSE, FALSE, sizeof(struct profile_stack)),
		.by_text = g_hash_table_new(g_str_hash, g_str_equal),
	};
}

void profile_stacks_release(struct profile *profile)
{
	if (profile->names == NULL)
		return;
	(void)g_array_free(profile->calls, TRUE);
	(void)g_array_free(profile->stacks, TRUE);
	g_hash_table_destroy(profile->by_text);
	*profile = (struct profile){0};
}

/* ---- reading ---- */

/* A line in its parts. */
struct line {
	const char *text;
	size_t len, stack_len; /* of all of it, and of the frames */
	int64_t count;
};

static int refuse(const struct line *line, size_t number, const char *what, struct jo_err *err)
{
	char *start = xstrndup(line->text, line->len), quoted[QUOTED_SIZE];

	jo_utf8_clean(quoted, sizeof(quoted), start);
	free(start);
	return jo_err_set(err, -EBADMSG, "line %zu of the profile, \"%s\": %s", number, quoted,
			  what);
}

/* Split the line at *at, which moves to the next one. */
static int read_line(const char **at, size_t number, struct line *ret_line, struct jo_err *err)
{
	struct line line = {.text = *at, .len = strcspn(*at, "\n")};
	const char *space = memrchr(line.text, ' ', line.len);

	*at += line.len + (line.text[line.len] == '\n');
	if (space == NULL || space == line.text)
		return refuse(&line, number, "expected frames, a blank and a count", err);
	line.stack_len = (size_t)(space - line.text);
	if (space + 1 == line.text + line.len)
		return refuse(&line, number, "expected a count after the blank", err);
	for (const char *digit = space + 1; digit < line.text + line.len; digit++) {
		if (*digit < '0' || *digit > '9')
			return refuse(&line, number, "expected a whole number as its count", err);
		line.count = 10 * line.count + (*digit - '0');
		if (line.count > PROFILE_COUNT_MAX)
			return refuse(&line, number, "more samples than there can be", err);
	}
	if (line.count == 0)
		return refuse(&line, number, "expected a count above 0", err);
	if (line.text[0] == ';' || space[-1] == ';' ||
	    memmem(line.text, line.stack_len, ";;", 2) != NULL)
		return refuse(&line, number, "has a frame without a name", err);
	*ret_line = line;
	return 0;
}

static int check(const struct profile *profile, const char *text, struct jo_err *err)
{
	int64_t sample_count = profile->sample_count;
	struct line line;
	int rc;

	for (size_t number = 1; *text != '\0'; number++) {
		rc = read_line(&text, number, &line, err);
		if (rc < 0)
			return rc;
		sample_count += line.count;
		if (sample_count > PROFILE_COUNT_MAX)
			return refuse(&line, number, "more samples than there can be", err);
	}
	return 0;
}

static bool is_other(const struct line *line)
{
	return line->stack_len == strlen(PROFILE_OTHER) &&
	       memcmp(line->text, PROFILE_OTHER, line->stack_len) == 0;
}

static void add_calls(struct profile *profile, const struct line *line, struct profile_stack *stack)
{
	const char *frame = line->text, *end = line->text + line->stack_len;

	stack->begin = profile->calls->len;
	while (frame < end) {
		const char *semicolon = memchr(frame, ';', (size_t)(end - frame));
		size_t len = (size_t)((semicolon != NULL ? semicolon : end) - frame);
		guint32 number = frame_number(profile->names, frame, len);

		g_array_append_val(profile->calls, number);
		frame += len + 1;
	}
	stack->depth = profile->calls->len - stack->begin;
}

static void add_line(struct profile *profile, const struct line *line)
{
	struct profile_stack stack = {.count = 0};
	size_t number;

	profile->sample_count += line->count;
	if (is_other(line)) {
		profile->other_count += line->count;
		return;
	}
	stack.text = g_string_chunk_insert_len(profile->names->strings, line->text,
					       (gssize)line->stack_len);
	number = number_of(profile->by_text, stack.text, profile->stacks->len);
	if (number == profile->stacks->len) {
		add_calls(profile, line, &stack);
		g_array_append_val(profile->stacks, stack);
	}
	g_array_index(profile->stacks, struct profile_stack, number).count += line->count;
}

int profile_add(struct profile *profile, const char *text, struct jo_err *err)
{
	struct line line;
	int rc = check(profile, text, err);

	if (rc < 0)
		return rc;
	while (*text != '\0' && read_line(&text, 1, &line, NULL) == 0)
		add_line(profile, &line);
	return 0;
}

/* ---- writing ---- */

static int compare_stacks(const void *left, const void *right)
{
	const struct profile_stack *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->text, b->text);
}

void profile_sort(struct profile *profile)
{
	g_array_sort(profile->stacks, compare_stacks);
	for (size_t i = 0; i < profile->stacks->len; i++)
		(void)g_hash_table_insert(profile->by_text,
					  (gpointer)(uintptr_t)profile_stack(profile, i)->text,
					  GSIZE_TO_POINTER(i + 1));
}

void profile_fold(const struct profile *profile, struct strbuf *text)
{
	for (size_t i = 0; i < profile->stacks->len; i++) {
		const struct profile_stack *stack = profile_stack(profile, i);

		strbuf_addf(text, "%s %" PRId64 "\n", stack->text, stack->count);
	}
	if (profile->other_count > 0)
		strbuf_addf(text, "%s %" PRId64 "\n", PROFILE_OTHER, profile->other_count);
}

/* The samples of the stack in a profile that may not have it. */
static int64_t count_of(const struct profile *profile, const char *stack)
{
	gpointer number = g_hash_table_lookup(profile->by_text, stack);

	return number != NULL ? profile_stack(profile, GPOINTER_TO_SIZE(number) - 1)->count : 0;
}

void profile_fold_beside(const struct profile *profile, const struct profile *there,
			 struct strbuf *text)
{
	for (size_t i = 0; i < profile->stacks->len; i++) {
		const struct profile_stack *stack = profile_stack(profile, i);

		strbuf_addf(text, "%s %" PRId64 " %" PRId64 "\n", stack->text,
			    count_of(there, stack->text), stack->count);
	}
	for (size_t i = 0; i < there->stacks->len; i++) {
		const struct profile_stack *stack = profile_stack(there, i);

		if (count_of(profile, stack->text) == 0)
			strbuf_addf(text, "%s %" PRId64 " 0\n", stack->text, stack->count);
	}
	if (profile->other_count > 0 || there->other_count > 0)
		strbuf_addf(text, "%s %" PRId64 " %" PRId64 "\n", PROFILE_OTHER, there->other_count,
			    profile->other_count);
}
