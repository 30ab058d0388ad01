/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers of sacct's, and the fields of its lines. */
#include "intake/sacct_layout.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"

/* sacct's names for them; where two tell the same, whichever is there. */
static const struct {
	const char *name;
	enum sacct_field field;
	bool is_needed;
} names[] = {
	{"JobIDRaw", FIELD_ID, true},
	{"JobID", FIELD_SHOWN_ID, false},
	{"Cluster", FIELD_CLUSTER, false},
	{"User", FIELD_USER, true},
	{"UID", FIELD_UID, false},
	{"Account", FIELD_ACCOUNT, false},
	{"Partition", FIELD_PARTITION, false},
	{"QOS", FIELD_QOS, false},
	{"State", FIELD_STATE, true},
	{"ExitCode", FIELD_EXIT, false},
	{"Start", FIELD_START, true},
	{"ElapsedRaw", FIELD_ELAPSED, true},
	{"Elapsed", FIELD_ELAPSED, false},
	{"Suspended", FIELD_SUSPENDED, false},
	{"TimelimitRaw", FIELD_LIMIT_MINUTES, false},
	{"Timelimit", FIELD_LIMIT, false},
	{"NNodes", FIELD_NODE_COUNT, false},
	{"NodeList", FIELD_NODES, false},
	{"AllocCPUS", FIELD_CPUS, false},
	{"NCPUS", FIELD_CPUS, false},
	{"NTasks", FIELD_TASKS, false},
	{"MaxRSS", FIELD_MAX_RSS, false},
	{"UserCPU", FIELD_USER_CPU, false},
	{"SystemCPU", FIELD_SYSTEM_CPU, false},
	{"TotalCPU", FIELD_CPU, false},
	{"JobName", FIELD_NAME, true},
	{"Comment", FIELD_COMMENT, false},
	{"SubmitLine", FIELD_SUBMIT_LINE, false},
};
#define NAMES (sizeof(names) / sizeof(names[0]))

/* Besides the job's name these are texts of users', and may hold the separator. */
static const char *const free_names[] = {"AdminComment",  "Comment", "SubmitLine",
					 "SystemComment", "Extra",   "WorkDir"};

/* More than sacct has fields, which are 115 in 23.02. */
#define COLUMNS_MAX 256

static void set_delimiter(struct sacct_layout *layout, const char *text)
{
	layout->delimiter_len = strlen(text);
	(void)memcpy(layout->delimiter, text, layout->delimiter_len + 1);
}

/* Whether a delimiter ends this line. */
static bool has_end(const struct sacct_layout *layout, const char *line, size_t len)
{
	return len >= layout->delimiter_len &&
	       strcmp(line + len - layout->delimiter_len, layout->delimiter) == 0;
}

/* Cut the line at the separators; returns how many fields there are. */
static size_t split(const struct sacct_layout *layout, char *line, size_t len, char **fields)
{
	size_t count = 0;

	if (layout->has_end && has_end(layout, line, len))
		line[len - layout->delimiter_len] = '\0';
	for (char *at = line; at != NULL && count < COLUMNS_MAX; count++) {
		fields[count] = at;
		at = strstr(at, layout->delimiter);
		if (at != NULL) {
			*at = '\0';
			at += layout->delimiter_len;
		}
	}
	return count;
}

static void find_field(struct sacct_layout *layout, const char *name, size_t place)
{
	for (size_t i = 0; i < NAMES; i++)
		if (strcasecmp(names[i].name, name) == 0 &&
		    layout->places[names[i].field] == SACCT_NOWHERE)
			layout->places[names[i].field] = place;
	for (size_t i = 0; i < sizeof(free_names) / sizeof(free_names[0]); i++)
		layout->has_free |= strcasecmp(free_names[i], name) == 0;
}

void sacct_layout_read(struct sacct_layout *layout, char *header, size_t len)
{
	char *fields[COLUMNS_MAX];

	layout->has_end = has_end(layout, header, len);
	layout->has_free = false;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		layout->places[i] = SACCT_NOWHERE;
	layout->count = split(layout, header, len, fields);
	for (size_t i = 0; i < layout->count; i++)
		find_field(layout, fields[i], i);
}

/* The names in a header are letters, so the first sign that is none separates them, unless the
 * separator is given. */
void sacct_layout_delimit(struct sacct_layout *layout, const char *given, const char *line)
{
	char found[2] = "";

	while (isalnum((unsigned char)*line))
		line++;
	found[0] = *line;
	set_delimiter(layout, given[0] != '\0' ? given : found);
}

bool sacct_layout_is_header(const struct sacct_layout *layout, const char *line)
{
	const char *at = line;

	if (layout->delimiter_len == 0 || strcmp(layout->delimiter, " ") == 0)
		return false;
	while (at != NULL) {
		for (size_t i = 0; i < NAMES; i++) {
			size_t len = strlen(names[i].name);

			if (names[i].field <= FIELD_SHOWN_ID &&
			    strncasecmp(at, names[i].name, len) == 0 &&
			    (at[len] == '\0' ||
			     strncmp(at + len, layout->delimiter, layout->delimiter_len) == 0))
				return true;
		}
		at = strstr(at, layout->delimiter);
		if (at != NULL)
			at += layout->delimiter_len;
	}
	return false;
}

bool sacct_layout_assume(struct sacct_layout *layout, const char *format, const char *given,
			 const char *line, size_t len)
{
	char *names_copy = xstrdup(format), *copy = xstrdup(line), *fields[COLUMNS_MAX];
	bool fits;

	set_delimiter(layout, ",");
	sacct_layout_read(layout, names_copy, strlen(names_copy));
	set_delimiter(layout, given[0] != '\0' ? given : "|");
	layout->has_end = has_end(layout, line, len);
	fits = split(layout, copy, len, fields) == layout->count && isdigit((unsigned char)line[0]);
	free(copy);
	free(names_copy);
	if (!fits)
		layout->count = 0;
	return fits;
}

void sacct_layout_lacking(const struct sacct_layout *layout, struct strbuf *lacking)
{
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].is_needed && layout->places[names[i].field] == SACCT_NOWHERE &&
		    (names[i].field != FIELD_ID || layout->places[FIELD_SHOWN_ID] == SACCT_NOWHERE))
			strbuf_addf(lacking, "%s%s", lacking->len > 0 ? ", " : "", names[i].name);
}

int sacct_layout_fields(const struct sacct_layout *layout, char *line, size_t len,
			const char *ret_fields[FIELD_COUNT], struct jo_err *err)
{
	char *fields[COLUMNS_MAX];
	bool has_quote = strchr(line, '"') != NULL;
	size_t count = split(layout, line, len, fields), name = layout->places[FIELD_NAME], more;

	if (count < layout->count ||
	    (count > layout->count && (layout->has_free || layout->delimiter_len > 1)))
		return jo_err_set(err, -EINVAL, "%zu fields, the header has %zu%s", count,
				  layout->count,
				  has_quote ? "; quotes are not read, as sacct writes none: take "
					      "sacct -P, and no separator that a field may have"
					    : "");
	more = count - layout->count;
	for (size_t i = name; i < name + more; i++)
		fields[i][strlen(fields[i])] = layout->delimiter[0];
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		size_t place = layout->places[i];

		if (place == SACCT_NOWHERE)
			ret_fields[i] = "";
		else
			ret_fields[i] = fields[place > name ? place + more : place];
	}
	if (layout->places[FIELD_ID] == SACCT_NOWHERE)
		ret_fields[FIELD_ID] = ret_fields[FIELD_SHOWN_ID];
	else if (layout->places[FIELD_SHOWN_ID] == SACCT_NOWHERE)
		ret_fields[FIELD_SHOWN_ID] = ret_fields[FIELD_ID];
	return 0;
}
