/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of Slurm's accounting: what sacct prints now, or what it printed into
 * a file.  Its header says what stands where; without one it must be what we would
 * ask for.  Extern steps and jobs that have not begun are skipped.  Slurm knows no
 * input sizes; what the plugin or a CSV file said of a step is not replaced.
 *
 * sacct prints a line for each job and one for each of its steps; the steps are what
 * we keep, and who, where and how long it may take stand in the job's line alone.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "joboutliers/units.h"
#include "intake/field.h"
#include "intake/source.h"
#include "intake/submit_line.h"
#include "util/alloc.h"
#include "util/run.h"
#include "util/strbuf.h"
#include "util/text_input.h"
#include "util/when.h"

extern char **environ;

/* What sacct is asked for.  The job's name comes last, as it may hold the separator. */
static const char sacct_format[] =
	"JobIDRaw,JobID,Cluster,User,UID,Account,Partition,QOS,State,ExitCode,Start,ElapsedRaw,"
	"Suspended,TimelimitRaw,NNodes,NodeList,AllocCPUS,NTasks,MaxRSS,UserCPU,SystemCPU,JobName";

/* And first, where Slurm has the last of them (21.08): what classes are made of besides. */
static const char sacct_names[] = "Comment,SubmitLine,";
#define SACCT_NEWEST "SubmitLine"

/* Until sacct has told its fields, which takes it no query. */
#define SACCT_TIMEOUT_S 60

/* How a user gets the same. */
#define SACCT_COMMAND "sacct -a -P -o %s"

enum sacct_field {
	FIELD_ID,
	FIELD_SHOWN_ID,
	FIELD_CLUSTER,
	FIELD_USER,
	FIELD_UID,
	FIELD_ACCOUNT,
	FIELD_PARTITION,
	FIELD_QOS,
	FIELD_STATE,
	FIELD_EXIT,
	FIELD_START,
	FIELD_ELAPSED,
	FIELD_SUSPENDED,
	FIELD_LIMIT_MINUTES,
	FIELD_LIMIT,
	FIELD_NODE_COUNT,
	FIELD_NODES,
	FIELD_CPUS,
	FIELD_TASKS,
	FIELD_MAX_RSS,
	FIELD_USER_CPU,
	FIELD_SYSTEM_CPU,
	FIELD_CPU,
	FIELD_NAME,
	FIELD_COMMENT,
	FIELD_SUBMIT_LINE,
	FIELD_COUNT,
};

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

/* What separates fields: longer than any that people choose. */
#define DELIMITER_SIZE 64

/* Where the fields stand in a line. */
struct sacct_layout {
	char delimiter[DELIMITER_SIZE]; /* "": not known yet */
	size_t delimiter_len;
	bool has_end;               /* a delimiter ends each line, as -p has it */
	bool has_free;              /* not the job's name alone may hold one */
	size_t count;               /* fields of a line */
	size_t places[FIELD_COUNT]; /* NOWHERE: not there */
};
#define NOWHERE SIZE_MAX

struct sacct_import {
	const struct source_request *request;
	struct text_input *input;       /* NULL: no sacct was started yet */
	char delimiter[DELIMITER_SIZE]; /* "": as the header has it */
	struct sacct_layout layout;     /* its count is 0 before the first line */
	struct strbuf record;           /* lines of one that goes on in the next; "": none */
	size_t delimiter_count;         /* that it has */
	struct jo_record job;           /* what the last job's line said */
	bool has_job;
	int64_t job_count, step_count; /* that have begun */
	pid_t pid;                     /* of sacct, whose output is read; -1: it is a file */
	int64_t slice_unix_us;         /* up to where sacct was asked */
	char *fields;                  /* what sacct is asked for; NULL: it was not yet */
};

/* ---- the header ---- */

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
		    layout->places[names[i].field] == NOWHERE)
			layout->places[names[i].field] = place;
	for (size_t i = 0; i < sizeof(free_names) / sizeof(free_names[0]); i++)
		layout->has_free |= strcasecmp(free_names[i], name) == 0;
}

static void read_names(struct sacct_layout *layout, char *header, size_t len)
{
	char *fields[COLUMNS_MAX];

	layout->has_end = has_end(layout, header, len);
	layout->has_free = false;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		layout->places[i] = NOWHERE;
	layout->count = split(layout, header, len, fields);
	for (size_t i = 0; i < layout->count; i++)
		find_field(layout, fields[i], i);
}

/* The names in a header are letters, so the first sign that is none separates them, unless the
 * separator is given. */
static void find_delimiter(struct sacct_layout *layout, const char *given, const char *line)
{
	char found[2] = "";

	while (isalnum((unsigned char)*line))
		line++;
	found[0] = *line;
	set_delimiter(layout, given[0] != '\0' ? given : found);
}

/* Whether it is a header of sacct's with this delimiter. */
static bool is_header(const struct sacct_layout *layout, const char *line)
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

static int check_names(const struct sacct_import *import, struct jo_err *err)
{
	struct strbuf lacking;
	int rc = 0;

	strbuf_init(&lacking);
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].is_needed && import->layout.places[names[i].field] == NOWHERE &&
		    (names[i].field != FIELD_ID ||
		     import->layout.places[FIELD_SHOWN_ID] == NOWHERE))
			strbuf_addf(&lacking, "%s%s", lacking.len > 0 ? ", " : "", names[i].name);
	if (lacking.len > 0)
		rc = jo_err_set(err, -EBADMSG, "%s: no %s, needed of sacct; take " SACCT_COMMAND,
				text_input_name(import->input), lacking.text, sacct_format);
	strbuf_release(&lacking);
	return rc;
}

/* What is no output of sacct's, by its first line. */
static int refuse_file(const struct sacct_import *import, const char *line, struct jo_err *err)
{
	const char *name = text_input_name(import->input);
	char guess[SOURCE_GUESS_SIZE];

	if (source_guess(import->request, &source_sacct, line, guess))
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
static int read_first(struct sacct_import *import, char *line, size_t len, struct jo_err *err)
{
	struct sacct_layout *layout = &import->layout;
	char format[sizeof(sacct_format)], *copy, *fields[COLUMNS_MAX];
	size_t count;

	find_delimiter(layout, import->delimiter, line);
	if (is_header(layout, line)) {
		read_names(layout, line, len);
		return check_names(import, err) < 0 ? -EBADMSG : 1;
	}
	/* Without a header it is what we would ask for, or nobody knows. */
	(void)memcpy(format, sacct_format, sizeof(format));
	set_delimiter(layout, ",");
	read_names(layout, format, strlen(format));
	set_delimiter(layout, import->delimiter[0] != '\0' ? import->delimiter : "|");
	layout->has_end = has_end(layout, line, len);
	copy = xstrdup(line);
	count = split(layout, copy, len, fields);
	free(copy);
	if (count == layout->count && isdigit((unsigned char)line[0]))
		return 0;
	layout->count = 0;
	return refuse_file(import, line, err);
}

/*
 * The fields of a line, "" for those that are not there.  Separators that are too many
 * are the job's name's, as long as no other field is a text of its user's.
 */
static int read_fields(const struct sacct_layout *layout, char *line, size_t len,
		       const char **ret_fields, struct jo_err *err)
{
	char *fields[COLUMNS_MAX];
	size_t count = split(layout, line, len, fields), name = layout->places[FIELD_NAME], more;

	if (count < layout->count ||
	    (count > layout->count && (layout->has_free || layout->delimiter_len > 1)))
		return jo_err_set(err, -EINVAL, "%zu fields, the header has %zu", count,
				  layout->count);
	more = count - layout->count;
	for (size_t i = name; i < name + more; i++)
		fields[i][strlen(fields[i])] = layout->delimiter[0];
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		size_t place = layout->places[i];

		if (place == NOWHERE)
			ret_fields[i] = "";
		else
			ret_fields[i] = fields[place > name ? place + more : place];
	}
	if (layout->places[FIELD_ID] == NOWHERE)
		ret_fields[FIELD_ID] = ret_fields[FIELD_SHOWN_ID];
	else if (layout->places[FIELD_SHOWN_ID] == NOWHERE)
		ret_fields[FIELD_SHOWN_ID] = ret_fields[FIELD_ID];
	return 0;
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

static int read_job(struct sacct_import *import, const char *const *fields, struct jo_err *err)
{
	struct jo_record *job = &import->job;
	bool has_step;

	import->has_job = false;
	import->job_count += has_begun(fields);
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
	import->has_job = true;
	return 0;
}

/* Returns 1 for a step that is nothing for us. */
static int read_step(struct sacct_import *import, const char *const *fields,
		     struct jo_record *record, enum step_state *ret_state, struct jo_err *err)
{
	bool has_step;
	int rc;

	*record = import->job;
	import->step_count++;
	rc = field_job(fields[FIELD_ID], record, &has_step, err);
	if (rc != 0)
		return rc;
	if (!import->has_job || record->job_id != import->job.job_id)
		return jo_err_set(err, -EINVAL, "a step without the line of its job before it");
	if (field_state(fields[FIELD_STATE], ret_state, err) < 0)
		return -EINVAL;
	if (!has_begun(fields))
		return 1;
	if (field_time(fields[FIELD_START], &record->start_unix_us, err) < 0)
		return jo_err_prefix(err, "Start");
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
static int read_line(struct sacct_import *import, char *line, size_t len,
		     struct source_block *block, enum step_state *ret_state, struct jo_err *err)
{
	const char *fields[FIELD_COUNT] = {NULL};
	int rc = read_fields(&import->layout, line, len, fields, err);

	if (rc < 0)
		return rc;
	if (strchr(fields[FIELD_SHOWN_ID], '[') != NULL)
		return 1; /* tasks of an array that have not begun */
	if (import->layout.places[FIELD_ID] == NOWHERE && strpbrk(fields[FIELD_ID], "_+") != NULL)
		return jo_err_set(err, -EINVAL,
				  "of %.40s nobody knows the job's number without JobIDRaw",
				  fields[FIELD_ID]);
	if (strchr(fields[FIELD_ID], '.') == NULL)
		return read_job(import, fields, err) < 0 ? -EINVAL : 1;
	return read_step(import, fields, source_block_record(block), ret_state, err);
}

static int refuse_line(struct source_block *block, const struct jo_err *why)
{
	source_block_refuse(block, NULL, why->text);
	return 0;
}

static int take_record(struct sacct_import *import, char *line, size_t len,
		       struct source_block *block, struct jo_err *err)
{
	enum step_state state;
	struct jo_err why;
	int rc;

	/* Files that were put together have a header each. */
	if (import->layout.count == 0 ||
	    (!isdigit((unsigned char)line[0]) && is_header(&import->layout, line))) {
		rc = read_first(import, line, len, err);
		if (rc != 0) {
			block->skipped_count += rc > 0;
			return rc < 0 ? rc : 0;
		}
	}
	rc = read_line(import, line, len, block, &state, &why);
	if (rc < 0) {
		(void)jo_err_prefix(&why, "%s:%lld", text_input_name(import->input),
				    (long long)text_input_line_number(import->input));
		return refuse_line(block, &why);
	} else if (rc > 0) {
		block->skipped_count++;
	} else {
		source_block_put(block, state);
	}
	return 0;
}

static void drop_record(struct sacct_import *import)
{
	strbuf_reset(&import->record);
	import->delimiter_count = 0;
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
static int take_line(struct sacct_import *import, char *line, size_t len,
		     struct source_block *block, struct jo_err *err)
{
	const struct sacct_layout *layout = &import->layout;
	struct jo_err why;
	int rc;

	if (!can_go_on(layout))
		return take_record(import, line, len, block, err);
	for (const char *at = line; (at = strstr(at, layout->delimiter)) != NULL;
	     at += layout->delimiter_len)
		import->delimiter_count++;
	if (import->record.len == 0 && import->delimiter_count >= layout->count) {
		drop_record(import);
		return take_record(import, line, len, block, err);
	}
	strbuf_adds(&import->record, import->record.len > 0 ? "\n" : "");
	strbuf_add(&import->record, line, len);
	if (import->record.len > TEXT_INPUT_LINE_MAX) {
		drop_record(import);
		(void)jo_err_set(&why, -EBADMSG, "%s:%lld: a record of more than %d bytes",
				 text_input_name(import->input),
				 (long long)text_input_line_number(import->input),
				 TEXT_INPUT_LINE_MAX);
		return refuse_line(block, &why);
	}
	if (import->delimiter_count < layout->count)
		return 0;
	rc = take_record(import, import->record.text, import->record.len, block, err);
	drop_record(import);
	return rc;
}

/* There are no more lines: what waits for its end is none. */
static void end_record(struct sacct_import *import, struct source_block *block)
{
	struct jo_err why;

	if (import->record.len == 0)
		return;
	drop_record(import);
	(void)jo_err_set(&why, -EBADMSG, "%s: its last line is cut short",
			 text_input_name(import->input));
	(void)refuse_line(block, &why);
}

/* ---- sacct itself ---- */

/* sacct's query is one of the database's: of a year of a large site it is refused, or takes all of
 * its memory. */
#define SLICE_US (7 * JO_US_PER_DAY)

/* So many that no user guesses them. */
#define DELIMITER_RANDOM_BYTES 16

/*
 * sacct prints what users wrote as it is, newlines and all, so one who knew what stands
 * between fields could write jobs of others.  Each sacct is given its own, of which nobody
 * knows before it runs.
 */
static int make_delimiter(char *ret_delimiter, struct jo_err *err)
{
	unsigned char bytes[DELIMITER_RANDOM_BYTES];
	char *end = ret_delimiter;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return jo_err_sys(err, -EIO, "get random bytes");
	*end++ = '|';
	for (size_t i = 0; i < sizeof(bytes); i++)
		end += sprintf(end, "%02x", bytes[i]);
	(void)strcpy(end, "|");
	return 0;
}

/* What to ask this sacct for: it refuses a field that it does not have. */
static int choose_fields(struct sacct_import *import, struct jo_err *err)
{
	static const char *const argv[] = {"sacct", "--helpformat", NULL};
	struct run_result result = {0};
	struct strbuf fields;
	int rc;

	if (import->fields != NULL)
		return 0;
	rc = run_program(argv, "", 0, SACCT_TIMEOUT_S, &result, err);
	if (rc == 0) {
		strbuf_init(&fields);
		if (strstr(result.output, SACCT_NEWEST) != NULL)
			strbuf_adds(&fields, sacct_names);
		strbuf_adds(&fields, sacct_format);
		import->fields = strbuf_detach(&fields);
	}
	run_result_release(&result);
	return rc;
}

/* Its output can be larger than memory, so it is read while it is written. */
static int start_sacct(struct sacct_import *import, int64_t since_unix_us, int64_t until_unix_us,
		       struct jo_err *err)
{
	char since[WHEN_TEXT_SIZE], until[WHEN_TEXT_SIZE];
	char option[sizeof("--delimiter=") + DELIMITER_SIZE];
	/* With -p even a record whose last field has a newline shows where it ends. */
	const char *const argv[] = {"sacct", "-a",
				    "-p",    option,
				    "-o",    import->fields,
				    "-S",    when_format(since_unix_us, since),
				    "-E",    when_format(until_unix_us, until),
				    NULL};
	posix_spawn_file_actions_t actions;
	int fds[2], rc = make_delimiter(import->delimiter, err);

	if (rc < 0)
		return rc;
	(void)snprintf(option, sizeof(option), "--delimiter=%s", import->delimiter);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return jo_err_sys(err, -errno, "make a pipe");
	/* Seconds since 1970: local time has an hour twice. */
	(void)setenv("SLURM_TIME_FORMAT", "%s", 1);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	rc = posix_spawnp(&import->pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv,
			  environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(fds[1]);
	if (rc != 0) {
		import->pid = -1;
		(void)close(fds[0]);
		return jo_err_sys(err, -rc, "run %s", argv[0]);
	}
	return text_input_attach(fds[0], argv[0], &import->input, err);
}

static int end_sacct(struct sacct_import *import, struct jo_err *err)
{
	pid_t pid = import->pid;
	int status;

	text_input_close(import->input);
	import->input = NULL;
	import->pid = -1;
	import->layout.count = 0;
	import->has_job = false;
	drop_record(import);
	while (pid >= 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return jo_err_sys(err, -errno, "wait for sacct");
	if (pid < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return 0;
	return jo_err_set(err, -EIO, "sacct did not end well; what it printed was imported");
}

/* Ask for the next slice of time; returns 0 when there is none. */
static int next_slice(struct sacct_import *import, struct jo_err *err)
{
	int64_t since_unix_us = import->slice_unix_us;
	int64_t until_unix_us = import->request->until_unix_us;
	int rc;

	if (since_unix_us >= until_unix_us)
		return 0;
	if (until_unix_us - since_unix_us > SLICE_US)
		until_unix_us = since_unix_us + SLICE_US;
	rc = choose_fields(import, err);
	if (rc == 0)
		rc = start_sacct(import, since_unix_us, until_unix_us, err);
	import->slice_unix_us = until_unix_us;
	return rc < 0 ? rc : 1;
}

/* ---- the source ---- */

static bool is_of_file(const struct sacct_import *import)
{
	return import->request->values[0][0] != '\0';
}

/* Steps are what is judged; and who takes jobs for them has each twice when the steps come. */
static int check_steps(const struct sacct_import *import, struct jo_err *err)
{
	if (import->step_count > 0 || import->job_count == 0)
		return 0;
	return jo_err_set(err, -EBADMSG,
			  "these are jobs without their steps: take sacct without -X; where Slurm "
			  "keeps none, --csv=FILE takes jobs, with --map=job=JobIDRaw,start=Start,"
			  "wall_s=ElapsedRaw,user=User,job_name=JobName,state=State");
}

/* Where it is within the time that is asked for, in seconds, or in the file. */
static void tell_place(const struct sacct_import *import, struct source_block *block)
{
	const struct source_request *request = import->request;

	if (is_of_file(import)) {
		text_input_place(import->input, &block->done, &block->total);
		return;
	}
	block->done = (import->slice_unix_us - request->since_unix_us) / JO_US_PER_S;
	block->total = (request->until_unix_us - request->since_unix_us) / JO_US_PER_S;
}

/* Of a file there is no more then; what a slice told is kept, whatever becomes of the next. */
static int end_lines(struct sacct_import *import, struct source_block *block, struct jo_err *err)
{
	int rc;

	end_record(import, block);
	if (is_of_file(import))
		return 0;
	block->wants_commit = true;
	rc = end_sacct(import, err);
	return rc < 0 ? rc : 1;
}

/* Read one line, or go on to the next slice; 0 when there is no more. */
static int next_line(struct sacct_import *import, struct source_block *block, struct jo_err *err)
{
	struct jo_err why;
	char *line;
	size_t len;
	int rc;

	if (import->input == NULL)
		return next_slice(import, err);
	rc = text_input_line(import->input, &line, &len, &why);
	if (rc == 0)
		return end_lines(import, block, err);
	if (rc > 0)
		rc = take_line(import, line, len, block, err);
	else if (rc == -EBADMSG)
		rc = refuse_line(block, &why);
	else
		rc = jo_err_set(err, rc, "%s", why.text);
	return rc < 0 ? rc : 1;
}

static int next_lines(void *context, struct source_block *block, struct jo_err *err)
{
	struct sacct_import *import = context;
	int rc = 1;

	while (rc > 0 && !source_block_is_full(block) && !block->wants_commit)
		rc = next_line(import, block, err);
	if (rc >= 0)
		tell_place(import, block);
	return rc == 0 ? check_steps(import, err) : rc;
}

static int close_sacct(void *context, struct jo_err *err)
{
	struct sacct_import *import = context;
	int rc = end_sacct(import, err);

	strbuf_release(&import->record);
	free(import->fields);
	free(import);
	return rc;
}

/* What sacct puts between fields is up to who runs it: a sign, or a text that nobody can guess. */
#define SACCT_DELIMITERS "|,;:\t^~#%@!"
#define DELIMITER_TEXT_MIN 8

static int read_delimiter(const char *text, char ret_delimiter[DELIMITER_SIZE], struct jo_err *err)
{
	size_t len = text != NULL ? strlen(text) : 0;

	if (len < DELIMITER_TEXT_MIN)
		return source_delimiter(text, SACCT_DELIMITERS, ret_delimiter, err);
	if (len >= DELIMITER_SIZE || strchr(text, '\n') != NULL)
		return jo_err_set(err, -EINVAL, "--delimiter: expected a sign, or %d to %d bytes",
				  DELIMITER_TEXT_MIN, DELIMITER_SIZE - 1);
	(void)memcpy(ret_delimiter, text, len + 1);
	return 0;
}

static int open_sacct(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	struct sacct_import *import = xcalloc(1, sizeof(*import));
	int rc;

	import->request = request;
	import->pid = -1;
	import->slice_unix_us = request->since_unix_us;
	strbuf_init(&import->record);
	rc = read_delimiter(request->shared[SOURCE_DELIMITER], import->delimiter, err);
	if (rc == 0 && is_of_file(import)) {
		if (request->shared[SOURCE_SINCE] != NULL || request->shared[SOURCE_UNTIL] != NULL)
			rc = jo_err_set(
				err, -EINVAL,
				"--starttime and --endtime ask sacct; of a file all is taken");
		else
			rc = text_input_open(request->values[0], &import->input, err);
	}
	if (rc < 0) {
		(void)close_sacct(import, NULL);
		return rc;
	}
	*ret_reader = import;
	return 0;
}

static bool looks_like_sacct(const char *line)
{
	struct sacct_layout layout;

	find_delimiter(&layout, "", line);
	return is_header(&layout, line);
}

static const struct source_option sacct_options[] = {
	{"sacct", "FILE", true,
	 "import Slurm's accounting: what sacct prints, or what it printed into FILE", 0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_sacct = {
	.word = "sacct",
	.noun = "line",
	.step_source = STEP_SOURCE_SACCT,
	.options = sacct_options,
	.takes = SOURCE_TAKES(SOURCE_DELIMITER) | SOURCE_TAKES(SOURCE_SINCE) |
		 SOURCE_TAKES(SOURCE_UNTIL),
	.likeness = "what sacct prints",
	.looks_like = looks_like_sacct,
	.open = open_sacct,
	.next = next_lines,
	.close = close_sacct,
};
