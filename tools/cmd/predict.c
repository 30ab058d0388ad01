/* SPDX-License-Identifier: GPL-2.0-or-later */
/* predict: what jobs that have not run yet will take, and the line to ask Slurm for it. */
#include "cmd/cmd.h"
#include "cmd/judging.h"
#include "joboutliers/attr.h"
#include "joboutliers/units.h"
#include "judge/audit.h"
#include "intake/intake.h"
#include "judge/predict.h"
#include "util/csv.h"
#include "util/alloc.h"
#include "util/strbuf.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_COLUMNS "row,metric,expected,low,high,n,group,reason"

/* One job in a hundred like it would need more. */
#define DEFAULT_SAFETY 0.99

#define MIB ((double)(1 << 20))
#define US_PER_S 1e6
#define US_PER_MIN 6e7

/* More than this is not asked of Slurm, and fits an integer: 30 years, 8 EiB. */
#define LARGEST_S 1e9
#define LARGEST_BYTES 9e18

struct predict_args {
	struct cmd_output output;
	const char *csv_path; /* NULL: one query, below */
	struct predict_query query;
};

enum { OPTION_CSV = 0x200, OPTION_INPUT_SIZE, OPTION_ATTR, OPTION_SAFETY };

static const struct argp_option options[] = {
	{"csv", OPTION_CSV, "FILE", 0,
	 "jobs to predict, one a row: a header names the columns partition, user, class and "
	 "input_bytes, and if you like cluster, program, ncpus and attr.NAME; - is standard input",
	 0},
	{"partition", 'p', "NAME", 0, "the job's partition", 1},
	{"user", 'u', "USER", 0, "its owner", 1},
	{"class", 'C', "NAME", 0, "its class", 1},
	{"cluster", 'M', "NAME", 0, "its cluster", 1},
	{"input-size", OPTION_INPUT_SIZE, "SIZE", 0, "its input size, as srun takes it", 1},
	{"job-attr", OPTION_ATTR, "KEY=VALUE[,...]", 0, "its attributes, as srun takes them", 1},
	{"safety", OPTION_SAFETY, "SHARE", 0,
	 "share of such jobs that the #SBATCH line is enough for (default 0.99)", 1},
	{0},
};

static void query_init(struct predict_query *query)
{
	*query = (struct predict_query){
		.cluster = "",
		.partition = "",
		.user = "",
		.class_name = "",
		.program = "",
		.input_bytes = JO_MISSING,
		.cpu_count = JO_MISSING,
		.task_count = JO_MISSING,
		.node_count = JO_MISSING,
		.attrs = "",
		.probability = DEFAULT_SAFETY,
	};
}

static bool is_asked(const struct predict_query *query)
{
	return query->cluster[0] != '\0' || query->partition[0] != '\0' || query->user[0] != '\0' ||
	       query->class_name[0] != '\0' || query->attrs[0] != '\0' ||
	       query->input_bytes != JO_MISSING;
}

static int parse_safety(const char *text, double *ret_share, struct jo_err *err)
{
	char *end;
	double share = strtod(text, &end);

	if (end == text || *end != '\0' || !(share >= 0.5 && share <= 0.9999))
		return jo_err_set(err, -EINVAL, "'%.40s' is not a share from 0.5 to 0.9999", text);
	*ret_share = share;
	return 0;
}

static error_t predict_option(int key, char *text, struct argp_state *state)
{
	struct predict_args *args = state->input;
	struct jo_attrs attrs;
	struct jo_err err = {0};
	int rc = 0;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->output;
		return 0;
	case OPTION_CSV:
		args->csv_path = text;
		return 0;
	case 'p':
		args->query.partition = text;
		return 0;
	case 'u':
		args->query.user = text;
		return 0;
	case 'C':
		args->query.class_name = text;
		return 0;
	case 'M':
		args->query.cluster = text;
		return 0;
	case OPTION_INPUT_SIZE:
		rc = jo_bytes_parse(text, &args->query.input_bytes, &err);
		break;
	case OPTION_ATTR:
		rc = jo_attrs_parse(text, &attrs, &err);
		args->query.attrs = text;
		break;
	case OPTION_SAFETY:
		rc = parse_safety(text, &args->query.probability, &err);
		break;
	case ARGP_KEY_END:
		if ((args->csv_path != NULL) == is_asked(&args->query))
			argp_error(
				state,
				"expected either --csv, or a job by its -p, -u, -C, --input-size");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	if (rc < 0)
		argp_error(state, "%s", err.text);
	return 0;
}

/* One line of output: one metric of a row of the file. */
struct row {
	int64_t number;
	enum model_metric metric;
	const char *group;
	const struct predict_metric *answer;
};

static void get_metric(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, model_metric_word(((const struct row *)row)->metric));
}

static void get_value(const void *row, const struct out_column *column, struct out_cell *cell)
{
	const struct row *of = row;
	double value;

	memcpy(&value, (const char *)of->answer + column->offset, sizeof(value));
	cmd_out_metric(cell, of->metric, value);
}

static void get_n(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_int(cell, ((const struct row *)row)->answer->n);
}

static void get_reason(const void *row, const struct out_column *column, struct out_cell *cell)
{
	(void)column;
	out_text(cell, ((const struct row *)row)->answer->reason);
}

#define ANSWER(member) offsetof(struct predict_metric, member), 0

/* clang-format off */
static const struct out_column columns[] = {
	{"row", "ROW", true, "row of the file, the first below the header is 1",
		out_get_int, offsetof(struct row, number), 0},
	{"metric", "METRIC", false, "wall or memory", get_metric, 0, 0},
	{"expected", "EXPECTED", true, "what is expected, in seconds or bytes",
		get_value, ANSWER(expected)},
	{"low", "LOW", true, "least that is normal", get_value, ANSWER(low)},
	{"high", "HIGH", true, "most that is normal", get_value, ANSWER(high)},
	{"enough", "ENOUGH", true, "what is enough for the share of jobs that --safety says",
		get_value, ANSWER(enough)},
	{"n", "STEPS", true, "earlier steps this rests on", get_n, 0, 0},
	{"group", "GROUP", false, "the group that was asked",
		out_get_text, offsetof(struct row, group), 0},
	{"reason", "REASON", false, "why there is no answer", get_reason, 0, 0},
	{NULL, NULL, false, NULL, NULL, 0, 0},
};
/* clang-format on */

static char *help(int key, const char *text, void *input)
{
	(void)input;
	return cmd_help_columns(key, text, columns, DEFAULT_COLUMNS);
}

static void print_answer(struct out *out, int64_t number, const struct predict_answer *answer)
{
	for (size_t m = 0; m < MODEL_METRICS; m++) {
		const struct row row = {number, (enum model_metric)m, answer->group,
					&answer->metrics[m]};

		out_row(out, &row);
	}
}

/* What becomes of one column of the file. */
enum csv_use { CSV_IGNORED, CSV_STRING, CSV_BYTES, CSV_COUNT, CSV_ATTR };

static const struct {
	const char *name;
	enum csv_use use;
	size_t offset; /* in struct predict_query */
} csv_columns[] = {
	{"cluster", CSV_STRING, offsetof(struct predict_query, cluster)},
	{"partition", CSV_STRING, offsetof(struct predict_query, partition)},
	{"user", CSV_STRING, offsetof(struct predict_query, user)},
	{"class", CSV_STRING, offsetof(struct predict_query, class_name)},
	{"program", CSV_STRING, offsetof(struct predict_query, program)},
	{"input_bytes", CSV_BYTES, offsetof(struct predict_query, input_bytes)},
	{"ncpus", CSV_COUNT, offsetof(struct predict_query, cpu_count)},
	/* The rest of what import takes, so that one file serves both. */
	{"job", CSV_IGNORED, 0},
	{"step", CSV_IGNORED, 0},
	{"node", CSV_IGNORED, 0},
	{"start", CSV_IGNORED, 0},
	{"wall_s", CSV_IGNORED, 0},
	{"mem_peak_bytes", CSV_IGNORED, 0},
	{"max_rss_bytes", CSV_IGNORED, 0},
	{"mem_limit_bytes", CSV_IGNORED, 0},
	{"state", CSV_IGNORED, 0},
	{"exit_code", CSV_IGNORED, 0},
	{INTAKE_VERDICT_PREFIX, CSV_IGNORED, 0}, /* for all that begin so */
};
#define CSV_COLUMNS (sizeof(csv_columns) / sizeof(csv_columns[0]))
#define CSV_IS_ATTR CSV_COLUMNS

static int find_column(const char *name, size_t *ret_which, struct jo_err *err)
{
	if (strncmp(name, INTAKE_VERDICT_PREFIX, strlen(INTAKE_VERDICT_PREFIX)) == 0)
		name = INTAKE_VERDICT_PREFIX;
	for (size_t i = 0; i < CSV_COLUMNS; i++) {
		if (strcmp(csv_columns[i].name, name) == 0) {
			*ret_which = i;
			return 0;
		}
	}
	if (strncmp(name, "attr.", 5) != 0)
		return jo_err_set(err, -EINVAL, "there is no column '%.40s'", name);
	*ret_which = CSV_IS_ATTR;
	return 0;
}

/* Put one field into the query; attributes gather in *attrs. */
static int set_field(struct predict_query *query, struct strbuf *attrs, size_t which,
		     const char *name, const char *text, struct jo_err *err)
{
	char *at = (char *)query + (which < CSV_COLUMNS ? csv_columns[which].offset : 0);
	struct jo_attrs checked;
	size_t before = attrs->len;
	int rc = 0;

	if (text[0] == '\0')
		return 0;
	if (which == CSV_IS_ATTR) {
		strbuf_addf(attrs, "%s%s=%s", attrs->len > 0 ? "," : "", name + 5, text);
		if (strchr(text, ',') != NULL)
			return jo_err_set(err, -EINVAL, "%.40s: a value has no comma", name);
		return jo_attrs_parse(attrs->text + before + (before > 0), &checked, err);
	}
	switch (csv_columns[which].use) {
	case CSV_STRING:
		memcpy(at, &text, sizeof(text));
		break;
	case CSV_BYTES:
	case CSV_COUNT:
		rc = jo_bytes_parse(text, (int64_t *)at, err);
		break;
	default:
		break;
	}
	return rc;
}

static int ask_row(struct predictor *predictor, const struct csv_reader *reader,
		   const size_t *which, const char *const *fields, double probability,
		   struct predict_answer *ret_answer, struct jo_err *err)
{
	struct predict_query query;
	struct strbuf attrs;
	int rc = 0;

	strbuf_init(&attrs);
	query_init(&query);
	query.probability = probability;
	for (size_t i = 0; rc == 0 && i < csv_reader_column_count(reader); i++)
		rc = set_field(&query, &attrs, which[i], csv_reader_column(reader, i), fields[i],
			       err);
	query.attrs = attrs.text;
	if (rc == 0)
		rc = predictor_ask(predictor, &query, ret_answer, err);
	else
		rc = -EINVAL;
	strbuf_release(&attrs);
	return rc;
}

static const struct predict_answer bad_row = {
	.group = "",
	.metrics = {{NAN, NAN, NAN, NAN, 0, "bad-row"}, {NAN, NAN, NAN, NAN, 0, "bad-row"}},
};

/* Returns CMD_DONE, CMD_BAD_INPUT when a row could not be read, or a negative errno. */
static int answer_rows(struct predictor *predictor, struct csv_reader *reader, const size_t *which,
		       double probability, struct out *out, struct jo_err *err)
{
	const char *const *fields;
	int rc, status = CMD_DONE;

	while ((rc = csv_reader_next(reader, &fields, err)) != 0) {
		struct predict_answer answer = bad_row;

		if (rc > 0)
			rc = ask_row(predictor, reader, which, fields, probability, &answer, err);
		if (rc == -EINVAL || rc == -EBADMSG)
			status = CMD_BAD_INPUT;
		else if (rc < 0)
			return rc;
		if (rc < 0)
			answer = bad_row;
		print_answer(out, csv_reader_row(reader), &answer);
	}
	return status;
}

static int predict_csv(const struct predict_args *args, struct predictor *predictor,
		       struct jo_err *err)
{
	struct csv_reader *reader = NULL;
	struct out *out = NULL;
	size_t *which = NULL;
	size_t count;
	int rc = csv_reader_open(args->csv_path, &reader, err);

	if (rc < 0)
		return rc;
	count = csv_reader_column_count(reader);
	which = xcalloc(count, sizeof(which[0]));
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = find_column(csv_reader_column(reader, i), &which[i], err);
	if (rc < 0)
		(void)jo_err_prefix(err, "%s", args->csv_path);
	else
		rc = cmd_output_open(&args->output, "predictions", columns, DEFAULT_COLUMNS, &out,
				     err);
	if (rc == CMD_DONE) {
		rc = answer_rows(predictor, reader, which, args->query.probability, out, err);
		if (out_close(out, rc < 0 ? NULL : err) < 0 && rc >= 0)
			rc = -EIO;
	}
	free(which);
	csv_reader_close(reader);
	return rc;
}

/* "#SBATCH --time=01:45:00 --mem=12G", or what of it can be said. */
static void print_request(const struct predict_answer *answer)
{
	double wall_s = answer->metrics[MODEL_WALL].enough;
	double memory_bytes = answer->metrics[MODEL_MEMORY].enough;
	char text[32];

	if (!(wall_s < LARGEST_S) && !(memory_bytes < LARGEST_BYTES))
		return;
	(void)printf("#SBATCH");
	if (wall_s < LARGEST_S) {
		int64_t us = (int64_t)(ceil(wall_s * US_PER_S / US_PER_MIN) * US_PER_MIN);

		(void)printf(" --time=%s", jo_duration_format_slurm(us, text, sizeof(text)));
	}
	if (memory_bytes < LARGEST_BYTES)
		(void)printf(" --mem=%.0fM", ceil(memory_bytes / MIB));
	(void)printf("\n");
}

static int predict_one(const struct predict_args *args, struct predictor *predictor,
		       struct jo_err *err)
{
	struct predict_answer answer;
	struct out *out;
	bool is_known = false;
	int rc = predictor_ask(predictor, &args->query, &answer, err);

	if (rc < 0)
		return rc;
	rc = cmd_output_open(&args->output, "predictions", columns, DEFAULT_COLUMNS, &out, err);
	if (rc != CMD_DONE)
		return rc;
	print_answer(out, 1, &answer);
	rc = out_close(out, err);
	if (rc < 0 || args->output.format != OUT_TABLE)
		return rc;
	for (size_t m = 0; m < MODEL_METRICS; m++)
		is_known = is_known || answer.metrics[m].reason[0] == '\0';
	if (!is_known)
		return jo_err_set(err, CMD_FAILED, "no prediction: %s",
				  audit_reason(answer.metrics[MODEL_WALL].reason));
	print_request(&answer);
	return CMD_DONE;
}

int cmd_predict(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {{&cmd_output_argp, 0, "Output:", 2}, {0}};
	static const struct argp argp = {
		options,  predict_option,
		NULL,     "Say what a job will take, by what the like of it took before.\v",
		children, help,
		NULL,
	};
	struct predict_args args = {.csv_path = NULL};
	struct judge_options judge_options;
	struct predictor *predictor = NULL;
	struct store *store = NULL;
	int rc;

	query_init(&args.query);
	rc = cmd_start(env, &argp, argc, argv, &args, err);
	if (rc != CMD_DONE)
		return rc;
	cmd_judge_options(env->conf, &judge_options);
	rc = cmd_store_open(env, STORE_READ, &store, err);
	if (rc < 0)
		return rc;
	rc = predictor_new(store, &judge_options, env->now_unix_us, &predictor, err);
	if (rc == 0)
		rc = args.csv_path != NULL ? predict_csv(&args, predictor, err)
					   : predict_one(&args, predictor, err);
	predictor_free(predictor);
	store_close(store);
	return rc;
}
