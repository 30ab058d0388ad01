/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of what Snakemake's "benchmark:" writes: a small table for each job, with a
 * row for each time it was run.  FILE may be a folder, with all benchmarks below it.
 *
 *	s	how long it took
 *	max_rss	of all its processes together, in MiB, looked at every 30 s at most: so
 *		it is the job's memory
 *	io_in, io_out	from and to disks, in MiB; io_in stands for the input's size where
 *		nothing else tells it, and what came from the page cache is not in it
 *	cpu_time	seconds, as of the last look
 *	rule_name, wildcards, threads, input_size_mb	of --benchmark-extended
 *
 * Whose file it is, its job is; when it was written last, the job ended.  Otherwise
 * the file's path tells the rule, which is the class, and the wildcards, which are
 * attributes: as --benchmark-path says, or below a folder "benchmarks" as RULE/REST or
 * RULE.REST, with the attribute "wildcards" for the rest.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake/field.h"
#include "intake/line_rows.h"
#include "intake/pattern.h"
#include "intake/size_list.h"
#include "intake/tab_table.h"
#include "joboutliers/class.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/strlist.h"

enum {
	FIELD_SECONDS,
	FIELD_MAX_RSS,
	FIELD_IO_IN,
	FIELD_IO_OUT,
	FIELD_CPU_TIME,
	FIELD_RULE,
	FIELD_WILDCARDS,
	FIELD_THREADS,
	FIELD_INPUT_SIZE,
	FIELD_COUNT,
};

static const char *const field_names[FIELD_COUNT] = {
	[FIELD_SECONDS] = "s",
	[FIELD_MAX_RSS] = "max_rss",
	[FIELD_IO_IN] = "io_in",
	[FIELD_IO_OUT] = "io_out",
	[FIELD_CPU_TIME] = "cpu_time",
	[FIELD_RULE] = "rule_name",
	[FIELD_WILDCARDS] = "wildcards",
	[FIELD_THREADS] = "threads",
	[FIELD_INPUT_SIZE] = "input_size_mb",
};

/* How each benchmark begins. */
static const char header_start[] = "s\th:m:s\t";

struct snakemake_import {
	struct line_files files;
	struct strlist paths; /* files, and those of folders */
	struct tab_table table;
	struct pattern *path_pattern; /* NULL: the usual paths */
	struct size_list *sizes;
};

enum { VALUE_PATH, VALUE_BENCHMARK_PATH };

/* ---- paths ---- */

static void set_attr(struct jo_record *record, const char *key, const char *text)
{
	char value[JO_ATTR_VALUE_SIZE];

	jo_record_set_string(value, sizeof(value), text);
	for (char *c = value; *c != '\0'; c++)
		if (*c == ',')
			*c = ';';
	/* A key that is none, or one too many, is of no use, and the job is a job all the same. */
	if (value[0] != '\0')
		(void)jo_attrs_set(&record->attrs, key, value, NULL);
}

static bool is_word(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_')
			return false;
	return len > 0 && !isdigit((unsigned char)text[0]);
}

/* "{name}" or "{name,regex}" at text; returns what follows it, NULL for none. */
static const char *add_wildcard(struct strbuf *regex, struct strlist *names, const char *text)
{
	size_t len = strcspn(text + 1, ",}");
	const char *end = text + 1 + len, *constraint = ".+";
	size_t constraint_len = 2;
	int depth = 1;
	char *name;

	if (!is_word(text + 1, len))
		return NULL;
	if (*end == ',') {
		constraint = end + 1;
		for (end = constraint; *end != '\0'; end++) {
			depth += *end == '{' ? 1 : *end == '}' ? -1 : 0;
			if (depth == 0)
				break;
		}
		constraint_len = (size_t)(end - constraint);
	}
	if (*end != '}')
		return NULL;
	name = xstrndup(text + 1, len);
	if (strlist_has(names, name)) {
		strbuf_addf(regex, "\\k<%s>", name);
	} else {
		strbuf_addf(regex, "(?<%s>", name);
		strbuf_add(regex, constraint, constraint_len);
		strbuf_addc(regex, ')');
		strlist_add(names, name);
	}
	free(name);
	return end + 1;
}

/* A path as a Snakefile has it, with wildcards in braces, as a regular expression. */
static int make_pattern(const char *text, struct pattern **ret_pattern, struct jo_err *err)
{
	struct strlist names = {0};
	struct strbuf regex;
	const char *at = text;
	int rc = 0;

	strbuf_init(&regex);
	strbuf_adds(&regex, "(?:^|/)");
	while (*at != '\0' && rc == 0) {
		if (*at == '{') {
			at = add_wildcard(&regex, &names, at);
			if (at == NULL) {
				rc = jo_err_set(err, -EINVAL,
						"expected a path such as "
						"benchmarks/{rule}/{sample}.tsv");
				break;
			}
			continue;
		}
		if (!isalnum((unsigned char)*at))
			strbuf_addc(&regex, '\\');
		strbuf_addc(&regex, *at++);
	}
	strbuf_addc(&regex, '$');
	if (rc == 0 && !strlist_has(&names, "rule"))
		rc = jo_err_set(err, -EINVAL, "no {rule}, which is the job's class");
	if (rc == 0)
		rc = pattern_new(regex.text, ret_pattern, err);
	strbuf_release(&regex);
	strlist_release(&names);
	return rc < 0 ? jo_err_prefix(err, "--benchmark-path") : 0;
}

static int read_path(const struct snakemake_import *import, const char *path,
		     struct jo_record *record, struct jo_err *err)
{
	int rc = pattern_match(import->path_pattern, path, err);

	if (rc == 0)
		return jo_err_set(err, -ENODATA, "its path is not as --benchmark-path says");
	for (size_t i = 0; rc > 0 && i < pattern_group_count(import->path_pattern); i++) {
		const char *name = pattern_group_name(import->path_pattern, i);
		const char *value = pattern_group(import->path_pattern, i);

		if (strcmp(name, "rule") == 0)
			jo_class_make(value, record->class_name);
		else
			set_attr(record, name, value);
	}
	return rc < 0 ? rc : 0;
}

/* What follows the last folder "benchmarks", or the file's name. */
static const char *path_below_benchmarks(const char *path)
{
	const char *below = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;

	for (const char *at = path; at != NULL; at = strchr(at, '/')) {
		size_t len;

		at += *at == '/';
		len = strcspn(at, "/");
		if (at[len] == '/' && ((len == 10 && strncmp(at, "benchmarks", len) == 0) ||
				       (len == 9 && strncmp(at, "benchmark", len) == 0)))
			below = at + len + 1;
	}
	return below;
}

static void guess_path(const char *path, struct jo_record *record)
{
	static const char *const endings[] = {".tsv", ".txt", ".benchmark", ".bench"};
	char *below = xstrdup(path_below_benchmarks(path));
	size_t rule_len;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t len = strlen(below), ending_len = strlen(endings[i]);

		if (len > ending_len && strcmp(below + len - ending_len, endings[i]) == 0)
			below[len - ending_len] = '\0';
	}
	rule_len = strcspn(below, strchr(below, '/') != NULL ? "/" : ".");
	if (below[rule_len] != '\0') {
		below[rule_len] = '\0';
		set_attr(record, "wildcards", below + rule_len + 1);
	}
	if (below[0] != '\0')
		jo_class_make(below, record->class_name);
	free(below);
}

/* ---- fields ---- */

static int read_mib(const char *text, int64_t *ret_bytes, struct jo_err *err)
{
	int64_t millionths;

	if (field_seconds(text, &millionths, NULL) < 0)
		return jo_err_set(err, -EINVAL, "expected MB such as 12.34, found '%.40s'", text);
	*ret_bytes = (int64_t)llround((double)millionths * 1.048576);
	return 0;
}

static const struct {
	int field;
	int (*read)(const char *text, int64_t *ret_value, struct jo_err *err);
	size_t offset;
	bool is_never_0; /* it was not looked at before the job had ended */
} figures[] = {
	{FIELD_SECONDS, field_seconds, offsetof(struct jo_record, wall_us), false},
	{FIELD_MAX_RSS, read_mib, offsetof(struct jo_record, mem_peak_bytes), true},
	{FIELD_IO_IN, read_mib, offsetof(struct jo_record, read_bytes), false},
	{FIELD_IO_OUT, read_mib, offsetof(struct jo_record, write_bytes), false},
	{FIELD_CPU_TIME, field_seconds, offsetof(struct jo_record, cpu_us), true},
	{FIELD_THREADS, field_count, offsetof(struct jo_record, cpu_count), true},
};

static int read_figures(const char *const *fields, struct jo_record *record, struct jo_err *err)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		const char *text = fields[figures[i].field];
		int64_t *member = (int64_t *)(void *)((char *)record + figures[i].offset);

		if (text[0] == '\0')
			continue;
		if (figures[i].read(text, member, err) < 0)
			return jo_err_prefix(err, "%s", field_names[figures[i].field]);
		if (figures[i].is_never_0 && *member == 0)
			*member = JO_MISSING;
	}
	return 0;
}

/* The next text or number of a dictionary as Python prints it; returns what follows it, or NULL. */
static const char *read_item(const char *text, struct strbuf *ret_item)
{
	char quote;

	strbuf_reset(ret_item);
	text += strspn(text, "{,: ");
	if (*text != '\'' && *text != '"') {
		size_t len = strcspn(text, ",}");

		strbuf_add(ret_item, text, len);
		return len > 0 ? text + len : NULL;
	}
	for (quote = *text++; *text != quote; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		if (*text == '\0')
			return NULL;
		strbuf_addc(ret_item, *text);
	}
	return text + 1;
}

/* Hand each pair of the dictionary to take. */
static void read_pairs(const char *text, struct jo_record *record,
		       void (*take)(struct jo_record *record, const char *key, const char *value))
{
	struct strbuf key, value;

	strbuf_init(&key);
	strbuf_init(&value);
	while (text != NULL && (text = read_item(text, &key)) != NULL) {
		text = read_item(text, &value);
		if (text != NULL)
			take(record, key.text, value.text);
	}
	strbuf_release(&key);
	strbuf_release(&value);
}

static void add_size(struct jo_record *record, const char *key, const char *value)
{
	int64_t bytes = JO_MISSING;

	(void)key;
	if (read_mib(value, &bytes, NULL) < 0)
		return;
	if (record->input_bytes == JO_MISSING)
		record->input_bytes = 0;
	if (__builtin_add_overflow(record->input_bytes, bytes, &record->input_bytes))
		record->input_bytes = JO_BYTES_MAX;
	record->input_source = JO_INPUT_FILES;
}

static void read_input(const struct snakemake_import *import, const char *const *fields,
		       const char *path, struct jo_record *record)
{
	const char *name = strrchr(path, '/');

	if (import->sizes != NULL &&
	    (size_list_find(import->sizes, path, &record->input_bytes) ||
	     (name != NULL && size_list_find(import->sizes, name + 1, &record->input_bytes)))) {
		record->input_source = JO_INPUT_OPTION;
		return;
	}
	read_pairs(fields[FIELD_INPUT_SIZE], record, add_size);
	/* Nothing that was read from a disk says nothing of what was read. */
	if (record->input_bytes == JO_MISSING && record->read_bytes > 0) {
		record->input_bytes = record->read_bytes;
		record->input_source = JO_INPUT_READ;
	}
}

/* ---- rows ---- */

static int begin_benchmark(void *context, const struct line_place *place, char *line,
			   struct jo_err *err)
{
	struct snakemake_import *import = context;
	bool is_benchmark = strncmp(line, header_start, strlen(header_start)) == 0;
	int rc = tab_table_begin(&import->table, line, field_names, FIELD_COUNT, err);

	(void)place;
	if (rc < 0)
		return rc;
	if (!is_benchmark)
		return jo_err_set(err, -EBADMSG,
				  "no benchmark of Snakemake: it begins with 's', 'h:m:s' and "
				  "'max_rss', between tabs");
	return 1;
}

static int read_run(void *context, const struct line_place *place, char *line,
		    struct jo_record *record, enum step_state *ret_state, struct jo_err *err)
{
	struct snakemake_import *import = context;
	const char *fields[FIELD_COUNT];
	char *identity;
	int rc;

	(void)ret_state; /* a benchmark is written of what went well */
	if (line[0] == '\0')
		return 1;
	/* Two runs of a rule can be alike to the last digit. */
	identity = xasprintf("%s %lld %s", place->path, (long long)place->line_number, line);
	record->job_id = line_job_make("snakemake", identity);
	free(identity);
	rc = tab_table_row(&import->table, line, fields, err);
	for (size_t i = 0; i < FIELD_COUNT && rc == 0; i++)
		if (strcmp(fields[i], "-") == 0 || strcmp(fields[i], "NA") == 0)
			fields[i] = "";
	if (rc == 0)
		rc = read_figures(fields, record, err);
	if (rc == 0 && record->wall_us == JO_MISSING)
		return 1;
	if (rc == 0 && place->changed_unix_us == JO_MISSING)
		rc = jo_err_set(err, -ENODATA,
				"when it ended is the time of its file, which has "
				"none");
	if (rc < 0)
		return rc;
	record->start_unix_us = place->changed_unix_us - record->wall_us;
	read_input(import, fields, place->path, record);
	if (fields[FIELD_RULE][0] != '\0') {
		jo_class_make(fields[FIELD_RULE], record->class_name);
		read_pairs(fields[FIELD_WILDCARDS], record, set_attr);
	} else if (import->path_pattern != NULL) {
		rc = read_path(import, place->path, record, err);
	} else {
		guess_path(place->path, record);
	}
	return rc;
}

static const struct line_format snakemake_format = {.source = &source_snakemake,
						    .begin = begin_benchmark,
						    .read = read_run,
						    .is_of_owner = true};

/* ---- files and folders ---- */

static bool is_benchmark(const char *path)
{
	char start[sizeof(header_start)] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t len = fd < 0 ? -1 : read(fd, start, strlen(header_start));

	if (fd >= 0)
		(void)close(fd);
	return len == (ssize_t)strlen(header_start) && strcmp(start, header_start) == 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int add_folder(struct strlist *paths, const char *path, struct jo_err *err)
{
	char *const roots[] = {(char *)(uintptr_t)path, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	size_t before = paths->count;
	FTSENT *entry;
	int rc = 0;

	if (walk == NULL)
		return jo_err_sys(err, -errno, "read %s", path);
	while (rc == 0 && (entry = fts_read(walk)) != NULL) {
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
			rc = jo_err_sys(err, -entry->fts_errno, "read %s", entry->fts_path);
		else if (entry->fts_info == FTS_F && is_benchmark(entry->fts_accpath))
			strlist_add(paths, entry->fts_path);
	}
	(void)fts_close(walk);
	if (rc == 0 && paths->count == before)
		return jo_err_set(err, -EBADMSG,
				  "%s: no file in it is a benchmark of Snakemake, which begins "
				  "with 's', 'h:m:s' and 'max_rss', between tabs",
				  path);
	return rc;
}

static int find_files(struct snakemake_import *import, const struct source_request *request,
		      struct jo_err *err)
{
	struct stat st;
	int rc = 0;

	for (size_t i = 0; i < request->file_count && rc == 0; i++) {
		if (stat(request->files[i], &st) == 0 && S_ISDIR(st.st_mode))
			rc = add_folder(&import->paths, request->files[i], err);
		else
			strlist_add(&import->paths, request->files[i]);
	}
	return rc;
}

static int next_runs(void *context, struct source_block *block, struct jo_err *err)
{
	return line_files_next(&((struct snakemake_import *)context)->files, block, err);
}

static int close_snakemake(void *context, struct jo_err *err)
{
	struct snakemake_import *import = context;

	(void)err;
	line_files_close(&import->files);
	strlist_release(&import->paths);
	pattern_free(import->path_pattern);
	size_list_free(import->sizes);
	free(import);
	return 0;
}

static int open_snakemake(const struct source_request *request, void **ret_reader,
			  struct jo_err *err)
{
	struct snakemake_import *import = xcalloc(1, sizeof(*import));
	int rc = 0;

	if (request->values[VALUE_BENCHMARK_PATH] != NULL)
		rc = make_pattern(request->values[VALUE_BENCHMARK_PATH], &import->path_pattern,
				  err);
	if (rc == 0 && request->shared[SOURCE_SIZES] != NULL)
		rc = size_list_read(request->shared[SOURCE_SIZES], &import->sizes, err);
	if (rc == 0)
		rc = find_files(import, request, err);
	if (rc == 0)
		rc = line_files_open(&import->files, &snakemake_format, import, request,
				     (const char *const *)import->paths.list, import->paths.count,
				     err);
	if (rc < 0) {
		(void)close_snakemake(import, NULL);
		return rc;
	}
	*ret_reader = import;
	return 0;
}

static bool looks_like_snakemake(const char *line)
{
	return strncmp(line, header_start, strlen(header_start)) == 0;
}

static const struct source_option snakemake_options[] = {
	[VALUE_PATH] =
		{"snakemake", "FILE", false,
		 "import what Snakemake's benchmark: writes; FILE may be a folder of such, and "
		 "more may follow",
		 0},
	[VALUE_BENCHMARK_PATH] = {"benchmark-path", "PATH", false,
				  "the rule's benchmark:, with {rule} in it, as "
				  "benchmarks/{rule}/{sample}.tsv",
				  0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_snakemake = {
	.noun = "run",
	.step_source = STEP_SOURCE_SNAKEMAKE,
	.options = snakemake_options,
	.takes = SOURCE_TAKES(SOURCE_SIZES),
	.takes_files = true,
	.likeness = "a benchmark of Snakemake",
	.looks_like = looks_like_snakemake,
	.open = open_snakemake,
	.next = next_runs,
	.close = close_snakemake,
};
