/* SPDX-License-Identifier: GPL-2.0-or-later */
/* predict: what jobs that have not run yet will take, and the line to ask Slurm for it. */
#include "cmd/predict_csv.h"
#include "cmd/predict_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/attr.h"
#include "joboutliers/units.h"
#include "cmd/judge_options.h"
#include "intake/row_columns.h"
#include "judge/audit.h"

/* One job in a hundred like it would need more. */
#define DEFAULT_SAFETY 0.99

#define MIB ((double)(1 << 20))
/* More than this is not asked of Slurm, and fits an integer: 30 years, 8 EiB. */
#define LARGEST_S 1e9
#define LARGEST_BYTES 9e18

enum {
	OPTION_CSV = 0x200,
	OPTION_INPUT_SIZE,
	OPTION_ATTR,
	OPTION_SAFETY,
	OPTION_PROGRAM,
	OPTION_NCPUS,
};

struct predict_args {
	struct out_options output;
	const char *csv_path; /* NULL: one job, below */
	struct jo_record job; /* what is known of it before it runs */
	double safety;        /* share of such jobs that what is asked for is enough for */
};

static const struct argp_option options[] = {
	{"csv", OPTION_CSV, "FILE", 0,
	 "jobs to predict, one a row: a header names the columns partition, user, class and "
	 "input_bytes, and if you like cluster, job_name, program, ncpus and attr.NAME; - is "
	 "standard input",
	 0},
	{"partition", 'p', "NAME", 0, "the job's partition", 1},
	{"user", 'u', "USER", 0, "its owner", 1},
	{"class", 'C', "NAME", 0, "its class", 1},
	{"job-name", 'J', "NAME", 0, "its name, of which the class is made when none is given", 1},
	{"cluster", 'M', "NAME", 0, "its cluster", 1},
	{"input-size", OPTION_INPUT_SIZE, "SIZE", 0, "its input size, as srun takes it", 1},
	{"ncpus", OPTION_NCPUS, "COUNT", 0, "the CPUs it will have", 1},
	{"program", OPTION_PROGRAM, "NAME", 0, "the file name of its program", 1},
	{"job-attr", OPTION_ATTR, "KEY=VALUE[,...]", 0, "its attributes, as srun takes them", 1},
	{"safety", OPTION_SAFETY, "SHARE", 0,
	 "share of such jobs that the #SBATCH line is enough for (default 0.99)", 1},
	{0},
};

static int read_safety(const char *text, double *ret_share, struct jo_err *err)
{
	char *end;
	double share = strtod(text, &end);

	if (end == text || *end != '\0' || !(share >= 0.5 && share <= 0.9999))
		return jo_err_set(err, -EINVAL, "'%.40s' is not a share from 0.5 to 0.9999", text);
	*ret_share = share;
	return 0;
}

/* Options that say what a column of a file would, and are read as it is. */
static const struct {
	int key;
	const char *column;
} described_by[] = {
	{'p', "partition"},
	{'u', "user"},
	{'C', "class"},
	{'J', "job_name"},
	{'M', "cluster"},
	{OPTION_NCPUS, "ncpus"},
	{OPTION_INPUT_SIZE, "input_bytes"},
	{OPTION_PROGRAM, "program"},
};
#define DESCRIBED_BY (sizeof(described_by) / sizeof(described_by[0]))

/* Returns 1 when it is another option. */
static int read_description(int key, const char *text, struct jo_record *job, struct jo_err *err)
{
	struct row row = {.record = job};
	struct row_column column;
	int rc;

	for (size_t i = 0; i < DESCRIBED_BY; i++) {
		if (described_by[i].key != key)
			continue;
		rc = row_column_find(described_by[i].column, &column, err);
		return rc < 0 ? rc : column.read(&column, text, &row, err);
	}
	return 1;
}

static bool is_described(const struct jo_record *job)
{
	return job->cluster[0] != '\0' || job->partition[0] != '\0' || job->user[0] != '\0' ||
	       job->class_name[0] != '\0' || job->job_name[0] != '\0' || job->program[0] != '\0' ||
	       job->attrs.count > 0 || job->input_bytes != JO_MISSING ||
	       job->cpu_count != JO_MISSING;
}

static error_t predict_option(int key, char *text, struct argp_state *state)
{
	struct predict_args *args = state->input;
	struct jo_err err = {0};
	int rc;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &args->output;
		return 0;
	case OPTION_CSV:
		args->csv_path = text;
		return 0;
	case OPTION_ATTR:
		rc = jo_attrs_parse(text, &args->job.attrs, &err);
		break;
	case OPTION_SAFETY:
		rc = read_safety(text, &args->safety, &err);
		break;
	case ARGP_KEY_END:
		if ((args->csv_path != NULL) == is_described(&args->job))
			argp_error(state, "expected either --csv, or a job by its -p, -u, -C, -J, "
					  "--input-size");
		return 0;
	default:
		rc = read_description(key, text, &args->job, &err);
		break;
	}
	if (rc < 0)
		argp_error(state, "%s", err.text);
	return rc > 0 ? ARGP_ERR_UNKNOWN : 0;
}

/* Why nothing is asked for: a job of several processes would be killed with what one needs. */
static const char *no_memory(const struct predictor_metric *memory)
{
	if (memory->reason[0] != '\0')
		return reason_clause(memory->reason);
	if (memory->measure == MEASURE_RSS)
		return "what is known is its largest process, and --mem is for all of them "
		       "together";
	if (memory->measure == MEASURE_ALLOCATED)
		return "what is known is what its program allocates, and --mem is for all that its "
		       "processes hold, with the files that they have in memory";
	return memory->enough < LARGEST_BYTES ? NULL : "it would be more than there is";
}

/* "#SBATCH --time=01:45:00 --mem=12G", or what of it can be said. */
static void print_request(const struct predictor_answer *answer)
{
	double wall_s = answer->metrics[METRIC_WALL].enough;
	double memory_bytes = answer->metrics[METRIC_MEMORY].enough;
	const char *why = no_memory(&answer->metrics[METRIC_MEMORY]);
	char text[32];

	if (why != NULL)
		memory_bytes = NAN;
	if (!(wall_s < LARGEST_S) && !(memory_bytes < LARGEST_BYTES))
		return;
	if (why != NULL)
		(void)printf("# no --mem: %s\n", why);
	(void)printf("#SBATCH");
	if (wall_s < LARGEST_S) {
		int64_t us = (int64_t)(ceil(wall_s * JO_US_PER_S / JO_US_PER_MIN) * JO_US_PER_MIN);

		(void)printf(" --time=%s", jo_duration_format_slurm(us, text, sizeof(text)));
	}
	if (memory_bytes < LARGEST_BYTES)
		(void)printf(" --mem=%.0fM", ceil(memory_bytes / MIB));
	(void)printf("\n");
}

/* "no prediction: " and why, with the sizes there are when it is for those. */
static int refuse(const struct predictor_metric *metric, struct jo_err *err)
{
	char from[16], to[16];

	if (strcmp(metric->reason, reason_word(REASON_OUTSIDE_SIZES)) == 0 &&
	    metric->input_max < LARGEST_BYTES)
		return jo_err_set(err, CMD_FAILED, "no prediction: %s, %s to %s",
				  reason_clause(metric->reason),
				  jo_bytes_format(llround(metric->input_min), from, sizeof(from)),
				  jo_bytes_format(llround(metric->input_max), to, sizeof(to)));
	return jo_err_set(err, CMD_FAILED, "no prediction: %s", reason_clause(metric->reason));
}

static int predict_one(const struct predict_args *args, struct predictor *predictor,
		       struct jo_err *err)
{
	struct predictor_answer answer;
	struct out *out;
	bool is_known = false;
	int rc = predict_rows_ask(predictor, &args->job, args->safety, &answer, err);

	if (rc < 0)
		return rc;
	rc = predict_rows_open(&args->output, &out, err);
	if (rc != CMD_DONE)
		return rc;
	predict_rows_add(out, 1, &answer);
	rc = out_close(out, err);
	if (rc < 0 || args->output.format != OUT_TABLE)
		return rc;
	for (size_t m = 0; m < METRIC_COUNT; m++)
		is_known = is_known || answer.metrics[m].reason[0] == '\0';
	if (!is_known)
		return refuse(&answer.metrics[METRIC_WALL], err);
	print_request(&answer);
	return CMD_DONE;
}

int cmd_predict(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp_child children[] = {{&cmd_output_argp, 0, "Output:", 2}, {0}};
	static const struct argp argp = {
		options,  predict_option,
		NULL,     "Say what a job will take, by what the like of it took before.\v",
		children, predict_rows_help,
		NULL,
	};
	struct predict_args args = {.csv_path = NULL, .safety = DEFAULT_SAFETY};
	struct judge_options judge_options;
	struct predictor *predictor = NULL;
	struct store *store = NULL;
	int rc;

	jo_record_init(&args.job, JO_RECORD_START);
	rc = cmd_start(env, &argp, argc, argv, &args, err);
	if (rc != CMD_DONE)
		return rc;
	cmd_judge_options(env->conf, &judge_options);
	rc = cmd_store_read(env, args.output.format == OUT_TABLE, &store, err);
	if (rc < 0)
		return rc;
	rc = predictor_new(store, &judge_options, NULL, env->now_unix_us, &predictor, err);
	if (rc == 0)
		rc = args.csv_path != NULL
			     ? predict_csv(args.csv_path, args.safety, &args.output, predictor, err)
			     : predict_one(&args, predictor, err);
	predictor_free(predictor);
	store_close(store);
	return rc;
}
