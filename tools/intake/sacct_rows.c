/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of jobs and of steps, and the records they make. */
#include "intake/sacct_rows.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "joboutliers/units.h"
#include "intake/field.h"
#include "intake/sacct_query.h"
#include "intake/submit_line.h"
#include "util/text_input.h"

void sacct_rows_init(struct sacct_rows *rows, const struct source *source,
		     const struct source_request *request)
{
	*rows = (struct sacct_rows){
		.request = request, .source = source, .name = "", .delimiter = ""};
	strbuf_init(&rows->record);
}

void sacct_rows_release(struct sacct_rows *rows)
{
	strbuf_release(&rows->record);
}

static void drop_record(struct sacct_rows *rows)
{
	strbuf_reset(&rows->record);
	rows->delimiter_count = 0;
}

void sacct_rows_begin(struct sacct_rows *rows, const char *name, const char *delimiter)
{
	rows->name = name;
	rows->delimiter = delimiter;
	rows->line_number = 0;
	rows->layout.count = 0;
	rows->has_job = false;
	drop_record(rows);
}

/* ---- the header ---- */

static int check_names(const struct sacct_rows *rows, struct jo_err *err)
{
	struct strbuf lacking;
	int rc = 0;

	strbuf_init(&lacking);
	sacct_layout_lacking(&rows->layout, &lacking);
	if (lacking.len > 0)
		rc = jo_err_set(err, -EBADMSG, "%s: no %s, needed of sacct; take " SACCT_COMMAND,
				rows->name, lacking.text, sacct_format);
	strbuf_release(&lacking);
	return rc;
}

/* What is no output of sacct's, by its first line. */
static int refuse_file(const struct sacct_rows *rows, const char *line, struct jo_err *err)
{
	const char *name = rows->name;
	char guess[SOURCE_GUESS_SIZE];

	if (source_guess(rows->request, rows->source, line, guess))
		return jo_err_set(err, -EBADMSG, "%s: it looks like %s", name, guess);
	if (strncmp(line, "----", 4) == 0)
		return jo_err_set(err, -EBADMSG,
				  "%s: it looks like a report of sreport's, which has sums and no "
				  "jobs; take " SACCT_COMMAND,
				  name, sacct_format);
	if (strncasecmp(line + strspn(line, " "), "JobID", 5) == 0)
		return jo_err_set(err, -EBADMSG,
				  "%s: it looks like sacct without -P, whose fields are cut; "
				  "take " SACCT_COMMAND,
				  name, sacct_format);
	return jo_err_set(
		err, -EBADMSG,
		"%s: not what sacct prints: no header names JobIDRaw; take " SACCT_COMMAND, name,
		sacct_format);
}

/* The first line of a file, or of what sacct prints.  Returns 1 for a header, 0 for a line to read.
 */
static int read_first(struct sacct_rows *rows, char *line, size_t len, struct jo_err *err)
{
	struct sacct_layout *layout = &rows->layout;

	sacct_layout_delimit(layout, rows->delimiter, line);
	if (sacct_layout_is_header(layout, line)) {
		sacct_layout_read(layout, line, len);
		return check_names(rows, err) < 0 ? -EBADMSG : 1;
	}
	/* Without a header it is what we would ask for, or nobody knows. */
	if (sacct_layout_assume(layout, sacct_format, rows->delimiter, line, len))
		return 0;
	return refuse_file(rows, line, err);
}

/* ---- fields ---- */

/* UNLIMITED and Partition_Limit: there is none that is known. */
static bool has_limit(const char *text)
{
	return text[0] >= '0' && text[0] <= '9';
}

static int read_limit(const char *text, int64_t *ret_us, struct jo_err *err)
{
	return has_limit(text) ? field_seconds(text, ret_us, err) : 0;
}

static int read_limit_minutes(const char *text, int64_t *ret_us, struct jo_err *err)
{
	int64_t minutes;

	if (!has_limit(text))
		return 0;
	if (field_count(text, &minutes, err) < 0 || minutes > INT32_MAX)
		return jo_err_set(err, -EINVAL, "expected minutes, found '%.40s'", text);
	*ret_us = minutes * 60 * 1000000;
	return 0;
}

/* Numbers of a line; each is missing when its field is empty. */
static const struct {
	enum sacct_field field;
	int (*read)(const char *text, int64_t *ret_value, struct jo_err *err);
	size_t offset;
	const char *name;
	bool is_of_job; /* stands in the job's line alone */
} numbers[] = {
	{FIELD_UID, field_count, offsetof(struct jo_record, uid), "UID", true},
	{FIELD_LIMIT, read_limit, offsetof(struct jo_record, time_limit_us), "Timelimit", true},
	{FIELD_LIMIT_MINUTES, read_limit_minutes, offsetof(struct jo_record, time_limit_us),
	 "TimelimitRaw", true},
	{FIELD_ELAPSED, field_seconds, offsetof(struct jo_record, wall_us), "Elapsed", false},
	{FIELD_SUSPENDED, field_seconds, offsetof(struct jo_record, suspended_us), "Suspended",
	 false},
	{FIELD_NODE_COUNT, field_count, offsetof(struct jo_record, node_count), "NNodes", false},
	{FIELD_CPUS, field_count, offsetof(struct jo_record, cpu_count), "AllocCPUS", false},
	{FIELD_TASKS, field_count, offsetof(struct jo_record, task_count), "NTasks", false},
	{FIELD_MAX_RSS, jo_bytes_parse, offsetof(struct jo_record, max_rss_bytes), "MaxRSS", false},
	{FIELD_USER_CPU, field_seconds, offsetof(struct jo_record, cpu_user_us), "UserCPU", false},
	{FIELD_SYSTEM_CPU, field_seconds, offsetof(struct jo_record, cpu_system_us), "SystemCPU",
	 false},
	{FIELD_CPU, field_seconds, offsetof(struct jo_record, cpu_us), "TotalCPU", false},
};

static int read_numbers(const char *const *fields, bool is_of_job, struct jo_record *record,
			struct jo_err *err)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *text = fields[numbers[i].field];
		int64_t *member = (int64_t *)(void *)((char *)record + numbers[i].offset);

		if (numbers[i].is_of_job != is_of_job || *text == '\0')
			continue;
		if (numbers[i].read(text, member, err) < 0)
			return jo_err_prefix(err, "%s", numbers[i].name);
	}
	/* Slurm's elapsed time is without it, a record's run time with it. */
	if (!is_of_job && record->suspended_us != JO_MISSING && record->wall_us != JO_MISSING)
		record->wall_us += record->suspended_us;
	return 0;
}

/* ---- lines ---- */

#define SET(member, text) jo_record_set_string(member, sizeof(member), text)

/* Whether it has begun, and so is something for us. */
static bool has_begun(const char *const *fields)
{
	enum step_state state;
	const char *start = fields[FIELD_START];

	return (field_state(fields[FIELD_STATE], &state, NULL) < 0 || state != STEP_STATE_NONE) &&
	       start[0] != '\0' && strcmp(start, "Unknown") != 0 && strcmp(start, "None") != 0;
}

static int read_job(struct sacct_rows *rows, const char *const *fields, struct jo_err *err)
{
	struct jo_record *job = &rows->job;
	bool has_step;

	rows->has_job = false;
	jo_record_init(job, JO_RECORD_END);
	/* The number Slurm gave it, and the one it shows: an array's task has both. */
	if (field_job(fields[FIELD_SHOWN_ID], job, &has_step, err) < 0 ||
	    field_job(fields[FIELD_ID], job, &has_step, err) < 0)
		return -EINVAL;
	SET(job->cluster, fields[FIELD_CLUSTER]);
	SET(job->user, fields[FIELD_USER]);
	SET(job->account, fields[FIELD_ACCOUNT]);
	SET(job->partition, fields[FIELD_PARTITION]);
	SET(job->qos, fields[FIELD_QOS]);
	SET(job->job_name, fields[FIELD_NAME]);
	SET(job->comment, fields[FIELD_COMMENT]);
	if (read_numbers(fields, true, job, err) < 0)
		return -EINVAL;
	rows->has_job = true;
	rows->job_count += has_begun(fields);
	return 0;
}

/* Returns 1 for a step that is nothing for us. */
static int read_step(struct sacct_rows *rows, const char *const *fields, struct jo_record *record,
		     enum step_state *ret_state, struct jo_err *err)
{
	bool has_step, is_of_job;
	int rc;

	*record = rows->job;
	rc = field_job(fields[FIELD_ID], record, &has_step, err);
	if (rc < 0)
		return rc;
	is_of_job = rows->has_job && record->job_id == rows->job.job_id;
	rows->step_count += is_of_job;
	if (rc > 0)
		return rc;
	if (!is_of_job)
		return jo_err_set(err, -EINVAL, "a step without the line of its job before it");
	if (field_state(fields[FIELD_STATE], ret_state, err) < 0)
		return -EINVAL;
	if (!has_begun(fields))
		return 1;
	if (field_time(fields[FIELD_START], &record->start_unix_us, err) < 0)
		return jo_err_prefix(err, "Start");
	if (source_check_start(rows->request, record, err) < 0)
		return -EINVAL;
	if (fields[FIELD_EXIT][0] != '\0' && field_exit(fields[FIELD_EXIT], record, err) < 0)
		return -EINVAL;
	if (read_numbers(fields, false, record, err) < 0)
		return -EINVAL;
	if (record->node_count == 1)
		SET(record->node, fields[FIELD_NODES]);
	if (record->step_kind == JO_STEP_SRUN)
		submit_line_names(fields[FIELD_SUBMIT_LINE], fields[FIELD_NAME], record);
	if (*ret_state == STEP_STATE_RUNNING) {
		record->kind = JO_RECORD_START;
		*ret_state = STEP_STATE_NONE;
	}
	return 0;
}

/* Fill the block's next record: 0, 1 for a line that is no step, or why it is bad. */
static int read_line(struct sacct_rows *rows, char *line, size_t len, struct source_block *block,
		     enum step_state *ret_state, struct jo_err *err)
{
	const char *fields[FIELD_COUNT] = {NULL};
	int rc = sacct_layout_fields(&rows->layout, line, len, fields, err);

	if (rc < 0)
		return rc;
	if (strchr(fields[FIELD_SHOWN_ID], '[') != NULL)
		return 1; /* tasks of an array that have not begun */
	if (rows->layout.places[FIELD_ID] == SACCT_NOWHERE &&
	    strpbrk(fields[FIELD_ID], "_+") != NULL)
		return jo_err_set(err, -EINVAL,
				  "of %.40s nobody knows the job's number without JobIDRaw",
				  fields[FIELD_ID]);
	if (strchr(fields[FIELD_ID], '.') == NULL)
		return read_job(rows, fields, err) < 0 ? -EINVAL : 1;
	return read_step(rows, fields, source_block_record(block), ret_state, err);
}

static int refuse_line(struct source_block *block, const struct jo_err *why)
{
	source_block_refuse(block, NULL, why->text);
	return 0;
}

static int take_record(struct sacct_rows *rows, char *line, size_t len, struct source_block *block,
		       struct jo_err *err)
{
	enum step_state state;
	struct jo_err why;
	int rc;

	/* Files that were put together have a header each. */
	if (rows->layout.count == 0 ||
	    (!isdigit((unsigned char)line[0]) && sacct_layout_is_header(&rows->layout, line))) {
		rc = read_first(rows, line, len, err);
		if (rc != 0) {
			block->skipped_count += rc > 0;
			return rc < 0 ? rc : 0;
		}
	}
	rc = read_line(rows, line, len, block, &state, &why);
	if (rc < 0) {
		(void)jo_err_prefix(&why, "%s:%lld", rows->name, (long long)rows->line_number);
		return refuse_line(block, &why);
	} else if (rc > 0) {
		block->skipped_count++;
	} else {
		source_block_put(block, state);
	}
	return 0;
}

/* A separator of one sign may be anybody's; of a longer one nobody but us and who gave it knows. */
static bool can_go_on(const struct sacct_layout *layout)
{
	return layout->count > 0 && layout->has_end && layout->delimiter_len > 1;
}

/*
 * Names, comments and command lines may have newlines, which sacct prints as they are.  A
 * record then goes on in the next line, until it has all its fields.
 */
int sacct_rows_take(struct sacct_rows *rows, char *line, size_t len, struct source_block *block,
		    struct jo_err *err)
{
	const struct sacct_layout *layout = &rows->layout;
	struct jo_err why;
	int rc;

	if (!can_go_on(layout))
		return take_record(rows, line, len, block, err);
	for (const char *at = line; (at = strstr(at, layout->delimiter)) != NULL;
	     at += layout->delimiter_len)
		rows->delimiter_count++;
	if (rows->record.len == 0 && rows->delimiter_count >= layout->count) {
		drop_record(rows);
		return take_record(rows, line, len, block, err);
	}
	strbuf_adds(&rows->record, rows->record.len > 0 ? "\n" : "");
	strbuf_add(&rows->record, line, len);
	if (rows->record.len > TEXT_INPUT_LINE_MAX) {
		drop_record(rows);
		(void)jo_err_set(&why, -EBADMSG, "%s:%lld: a record of more than %d bytes",
				 rows->name, (long long)rows->line_number, TEXT_INPUT_LINE_MAX);
		return refuse_line(block, &why);
	}
	if (rows->delimiter_count < layout->count)
		return 0;
	rc = take_record(rows, rows->record.text, rows->record.len, block, err);
	drop_record(rows);
	return rc;
}

void sacct_rows_end(struct sacct_rows *rows, struct source_block *block)
{
	struct jo_err why;

	if (rows->record.len == 0)
		return;
	drop_record(rows);
	(void)jo_err_set(&why, -EBADMSG, "%s: its last line is cut short", rows->name);
	(void)refuse_line(block, &why);
}
