/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names are looked up once, and then remembered. */
#include "intake/named_rows.h"

#include <ctype.h>
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/class.h"
#include "util/alloc.h"

/* Names that are remembered: a log has tens, and one with names that are values would fill the
 * memory. */
#define NAMES_MAX 4096

/* Names that are shown when none of them is one of ours. */
#define NAMES_SHOWN_MAX 12

/* One that is remembered. */
struct known_name {
	char *name;
	struct row_column column; /* .read NULL: nothing to us */
};

static void free_name(void *bytes)
{
	struct known_name *known = bytes;

	free(known->name);
	free(known);
}

int named_rows_init(struct named_rows *rows, const char *map, struct jo_err *err)
{
	*rows = (struct named_rows){0};
	if (column_map_parse(map, &rows->map, err) < 0)
		return -EINVAL;
	rows->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_name);
	return 0;
}

void named_rows_release(struct named_rows *rows)
{
	if (rows->names == NULL)
		return;
	g_hash_table_destroy(rows->names);
	column_map_release(&rows->map);
	*rows = (struct named_rows){0};
}

/* "attr_words" is "attr.words" where names have no dots. */
static const char *dotted(const char *name, char *buf, size_t size)
{
	size_t len = strlen(name);

	if (strncmp(name, "attr_", 5) != 0 || len >= size)
		return name;
	(void)memcpy(buf, name, len + 1);
	buf[4] = '.';
	return buf;
}

int named_rows_column(struct named_rows *rows, const char *name, bool is_strict,
		      const struct row_column **ret_column, struct jo_err *err)
{
	struct known_name *known = g_hash_table_lookup(rows->names, name);
	char buf[5 + JO_ATTR_KEY_SIZE];
	const char *ours;
	int rc = 0;

	if (known == NULL) {
		if (g_hash_table_size(rows->names) >= NAMES_MAX)
			g_hash_table_remove_all(rows->names);
		known = xcalloc(1, sizeof(*known));
		known->name = xstrdup(name);
		ours = column_map_ours(&rows->map, known->name);
		if (ours == known->name)
			ours = dotted(known->name, buf, sizeof(buf));
		if (ours != NULL)
			rc = row_column_find(ours, &known->column, err);
		if (rc == 0 && ours == buf) {
			known->name[4] = '.';
			known->column.name = known->name;
		}
		if (rc < 0 && is_strict) {
			free_name(known);
			return rc;
		}
		if (rc < 0)
			known->column.read = NULL;
		(void)g_hash_table_insert(rows->names, g_strdup(name), known);
	}
	*ret_column = known->column.read != NULL ? &known->column : NULL;
	return 0;
}

static void cut_ending(char *text, const char *ending)
{
	size_t len = strlen(text), ending_len = strlen(ending);

	if (len > ending_len && strcmp(text + len - ending_len, ending) == 0)
		text[len - ending_len] = '\0';
}

/* ".1", and "-20260301" as logrotate's dateext has it. */
static void cut_rotation(char *text)
{
	size_t len = strlen(text), rest = len;

	while (rest > 0 && isdigit((unsigned char)text[rest - 1]))
		rest--;
	if (rest > 1 && rest < len &&
	    (text[rest - 1] == '.' || (text[rest - 1] == '-' && len - rest == 8)))
		text[rest - 1] = '\0';
}

/* "/a/filter.log.2.gz" is of the class "filter". */
static void set_file_class(const struct line_place *place, struct jo_record *record)
{
	static const char *const endings[] = {".log", ".txt", ".out", ".json", ".jsonl"};
	const char *slash = strrchr(place->path, '/');
	char *base = xstrdup(slash != NULL ? slash + 1 : "");

	cut_ending(base, ".gz");
	cut_rotation(base);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		cut_ending(base, endings[i]);
	if (base[0] != '\0')
		jo_class_make(base, record->class_name);
	free(base);
}

int named_rows_finish(struct named_rows *rows, const struct line_place *place, struct row *row,
		      enum step_state *ret_state, struct jo_err *err)
{
	struct jo_record *record = row->record;
	bool has_times = record->start_unix_us != JO_MISSING && row->end_unix_us != JO_MISSING;
	int rc;

	rows->line_count++;
	if (record->wall_us == JO_MISSING && !has_times && row->state != STEP_STATE_RUNNING)
		return 1;
	if (record->job_id == JO_MISSING)
		record->job_id = place->made_job_id;
	/* A log is written when something has happened. */
	if (record->start_unix_us == JO_MISSING && row->end_unix_us == JO_MISSING) {
		row->end_unix_us = place->changed_unix_us;
		rows->has_guessed = true;
	}
	if (record->class_name[0] == '\0' && rows->class_name != NULL) {
		jo_class_make(rows->class_name, record->class_name);
		record->class_is_declared = 1;
	} else if (record->class_name[0] == '\0' && record->job_name[0] == '\0') {
		set_file_class(place, record);
	}
	rc = row_finish(row, err);
	*ret_state = row->state;
	rows->taken_count += rc == 0;
	return rc;
}

int named_rows_check(const struct named_rows *rows, struct jo_err *err)
{
	struct strbuf names;
	GHashTableIter iter;
	void *name;
	int shown = 0, rc;

	if (rows->taken_count > 0 || rows->line_count == 0)
		return 0;
	for (size_t i = 0; i < rows->map.count; i++)
		if (!rows->map.pairs[i].is_found)
			return column_map_check(&rows->map, err);
	strbuf_init(&names);
	g_hash_table_iter_init(&iter, rows->names);
	while (g_hash_table_iter_next(&iter, &name, NULL) && shown < NAMES_SHOWN_MAX)
		strbuf_addf(&names, "%s%.40s", shown++ > 0 ? ", " : "", (const char *)name);
	if (shown == 0)
		rc = jo_err_set(err, -EBADMSG,
				"no line is a JSON object or has name=value in it; --log reads "
				"others, with a --pattern");
	else
		rc = jo_err_set(
			err, -EBADMSG,
			"no line says how long something took: --map wall_s=NAME says what that is "
			"called there; there are %s",
			names.text);
	strbuf_release(&names);
	return rc;
}
