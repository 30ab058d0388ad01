/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of a record's fields, and the writer of its line.  Reading is left
 * to the tools, which have a JSON library; the plugin does not need one.
 */
#include "joboutliers/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "joboutliers/utf8.h"

static const char *const kind_words[] = {"start", "end", "node", NULL};
static const char *const step_kind_words[] = {"batch", "srun", "interactive", NULL};
static const char *const input_source_words[] = {
	"none", "option", "files", "environment", "program", "inherited", "invalid", "read", NULL};
static const char *const mem_source_words[] = {"none", "cgroup_v1", "cgroup_v2", NULL};

#define INT_FIELD(name)                                                                            \
	{                                                                                          \
#name, JO_FIELD_INT, offsetof(struct jo_record, name), 0, NULL                     \
	}
#define STRING_FIELD(name)                                                                         \
	{                                                                                          \
#name, JO_FIELD_STRING, offsetof(struct jo_record, name),                          \
			sizeof(((struct jo_record *)NULL)->name), NULL                             \
	}
#define LINES_FIELD(name)                                                                          \
	{                                                                                          \
#name, JO_FIELD_LINES, offsetof(struct jo_record, name),                           \
			sizeof(((struct jo_record *)NULL)->name), NULL                             \
	}
#define ENUM_FIELD(name, words)                                                                    \
	{                                                                                          \
#name, JO_FIELD_ENUM, offsetof(struct jo_record, name), 0, words                   \
	}

const struct jo_record_field jo_record_fields[] = {
	ENUM_FIELD(kind, kind_words),
	STRING_FIELD(cluster),
	STRING_FIELD(node),
	INT_FIELD(job_id),
	INT_FIELD(step_id),
	ENUM_FIELD(step_kind, step_kind_words),
	INT_FIELD(restart_count),
	INT_FIELD(array_job_id),
	INT_FIELD(array_task_id),
	INT_FIELD(het_job_id),
	INT_FIELD(het_job_offset),
	STRING_FIELD(sluid),
	INT_FIELD(node_index),
	INT_FIELD(node_count),
	INT_FIELD(uid),
	STRING_FIELD(user),
	STRING_FIELD(account),
	STRING_FIELD(partition),
	STRING_FIELD(qos),
	STRING_FIELD(job_name),
	STRING_FIELD(comment),
	STRING_FIELD(class_name),
	INT_FIELD(class_is_declared),
	STRING_FIELD(program),
	STRING_FIELD(trace_id),
	STRING_FIELD(span_id),
	STRING_FIELD(parent_span_id),
	STRING_FIELD(link_trace_id),
	STRING_FIELD(link_span_id),
	INT_FIELD(task_count),
	INT_FIELD(cpu_count),
	INT_FIELD(mem_request_bytes),
	INT_FIELD(time_limit_us),
	INT_FIELD(input_bytes),
	ENUM_FIELD(input_source, input_source_words),
	INT_FIELD(start_unix_us),
	INT_FIELD(wall_us),
	INT_FIELD(suspended_us),
	INT_FIELD(exit_status),
	INT_FIELD(term_signal),
	INT_FIELD(mem_peak_bytes),
	ENUM_FIELD(mem_source, mem_source_words),
	INT_FIELD(max_rss_bytes),
	INT_FIELD(mem_allocated_bytes),
	INT_FIELD(mem_limit_bytes),
	INT_FIELD(mem_limit_hit_count),
	INT_FIELD(oom_kill_count),
	INT_FIELD(swap_peak_bytes),
	INT_FIELD(cpu_user_us),
	INT_FIELD(cpu_system_us),
	INT_FIELD(cpu_us),
	INT_FIELD(read_bytes),
	INT_FIELD(write_bytes),
	INT_FIELD(major_fault_count),
	INT_FIELD(psi_cpu_some_us),
	INT_FIELD(psi_memory_some_us),
	INT_FIELD(psi_memory_full_us),
	INT_FIELD(psi_io_some_us),
	INT_FIELD(psi_io_full_us),
	STRING_FIELD(profile_kind),
	INT_FIELD(profile_rate_hz),
	INT_FIELD(profile_samples),
	STRING_FIELD(profile_missing),
	LINES_FIELD(profile),
	STRING_FIELD(node_model),
	INT_FIELD(socket_count),
	INT_FIELD(core_count),
	INT_FIELD(numa_node_count),
	INT_FIELD(node_mem_bytes),
	STRING_FIELD(slurm_version),
	STRING_FIELD(plugin_version),
	INT_FIELD(dropped_count),
	{NULL, JO_FIELD_INT, 0, 0, NULL},
};

/* A line being written; what does not fit any more is dropped, and noticed at the end. */
struct line {
	char *text;
	size_t size;
	size_t used;
	bool is_full;
};

static void put(struct line *line, const char *text, size_t len)
{
	/* One byte stays free for the NUL. */
	if (line->is_full || len >= line->size - line->used) {
		line->is_full = true;
		return;
	}
	memcpy(line->text + line->used, text, len);
	line->used += len;
}

static void put_text(struct line *line, const char *text)
{
	put(line, text, strlen(text));
}

/*
 * Records hold printable UTF-8, so only two characters and the newline need an
 * escape.  A record filled without jo_record_set_string still makes a valid line.
 */
static void put_string(struct line *line, const char *text, bool has_lines)
{
	put(line, "\"", 1);
	while (*text != '\0') {
		size_t length = jo_utf8_printable(text);

		if (*text == '"' || *text == '\\')
			put(line, "\\", 1);
		if (has_lines && *text == '\n')
			put(line, "\\n", 2);
		else if (length == 0)
			put(line, "?", 1);
		else
			put(line, text, length);
		text += length == 0 ? 1 : length;
	}
	put(line, "\"", 1);
}

static void put_int(struct line *line, int64_t value)
{
	char text[24];

	put(line, text, (size_t)snprintf(text, sizeof(text), "%" PRId64, value));
}

static void put_name(struct line *line, const char *prefix, const char *name)
{
	put_text(line, ",\"");
	put_text(line, prefix);
	put_text(line, name);
	put_text(line, "\":");
}

static void put_field(struct line *line, const struct jo_record *record,
		      const struct jo_record_field *field)
{
	const void *value = (const char *)record + field->offset;

	/* What is missing is left out: a reader finds missing and unknown in one way. */
	switch (field->type) {
	case JO_FIELD_INT:
		if (*(const int64_t *)value == JO_MISSING)
			return;
		put_name(line, "", field->name);
		put_int(line, *(const int64_t *)value);
		return;
	case JO_FIELD_STRING:
	case JO_FIELD_LINES:
		if (*(const char *)value == '\0')
			return;
		put_name(line, "", field->name);
		put_string(line, value, field->type == JO_FIELD_LINES);
		return;
	case JO_FIELD_ENUM:
		/* An enum is never missing; a node has no kind of step and the like. */
		if (record->kind == JO_RECORD_NODE && field->words != kind_words)
			return;
		put_name(line, "", field->name);
		put_string(line, field->words[*(const int *)value], false);
		return;
	}
}

void jo_record_init(struct jo_record *record, enum jo_record_kind kind)
{
	memset(record, 0, sizeof(*record));
	for (const struct jo_record_field *field = jo_record_fields; field->name != NULL; field++)
		if (field->type == JO_FIELD_INT)
			*(int64_t *)(void *)((char *)record + field->offset) = JO_MISSING;
	record->kind = kind;
}

void jo_record_set_string(char *field, size_t size, const char *text)
{
	jo_utf8_clean(field, size, text);
}

void jo_record_set_lines(char *field, size_t size, const char *text)
{
	jo_utf8_clean_lines(field, size, text);
}

int jo_record_write(const struct jo_record *record, char *text, size_t size)
{
	struct line line = {.text = text, .size = size};

	if (size == 0)
		return -ENOSPC;
	put_text(&line, "{\"v\":");
	put_int(&line, JO_RECORD_VERSION);
	for (const struct jo_record_field *field = jo_record_fields; field->name != NULL; field++)
		put_field(&line, record, field);
	for (size_t i = 0; i < record->attrs.count; i++) {
		put_name(&line, "attr.", record->attrs.list[i].key);
		put_string(&line, record->attrs.list[i].value, false);
	}
	put_text(&line, "}\n");
	line.text[line.used] = '\0';
	return line.is_full ? -ENOSPC : (int)line.used;
}
