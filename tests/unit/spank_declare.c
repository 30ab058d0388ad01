/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of a declaration from the submit side to the step: what is refused,
 * whose size it is in the end, and what forged variables can do (nothing).
 */
#include "declare.h"
#include "fakes/slurm.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

static const char *const carried[] = {"SLURM_JOBOUTLIERS_INPUT", "SLURM_JOBOUTLIERS_CLASS",
				      "SLURM_JOBOUTLIERS_ATTRS", "SLURM_JOBOUTLIERS_PROFILE"};
#define CARRIED_COUNT (sizeof(carried) / sizeof(carried[0]))

static void clear_environment(void)
{
	for (size_t i = 0; i < CARRIED_COUNT; i++)
		(void)unsetenv(carried[i]);
	for (int i = 0; i < OPTION_COUNT; i++)
		(void)unsetenv(options_inherited_variable((enum option)i));
	(void)unsetenv(DECLARE_SIZE_VARIABLE);
	(void)unsetenv(DECLARE_PROFILE_VARIABLE);
	(void)unsetenv("SLURM_JOB_ID");
}

/* The step finds what the command left in the environment. */
static void import(const struct declaration *declaration, const char *program,
		   enum jo_step_kind kind, struct jo_record *record)
{
	fake_slurm_reset(S_CTX_REMOTE);
	for (size_t i = 0; i < CARRIED_COUNT; i++)
		if (getenv(carried[i]) != NULL)
			fake_setenv(carried[i], getenv(carried[i]));
	if (getenv(DECLARE_SIZE_VARIABLE) != NULL)
		fake_setenv(DECLARE_SIZE_VARIABLE, getenv(DECLARE_SIZE_VARIABLE));
	if (getenv(DECLARE_PROFILE_VARIABLE) != NULL)
		fake_setenv(DECLARE_PROFILE_VARIABLE, getenv(DECLARE_PROFILE_VARIABLE));
	jo_record_init(record, JO_RECORD_START);
	record->step_kind = kind;
	strcpy(record->job_name, "nightly");
	strcpy(record->program, program);
	declare_import(declaration, NULL, record);
}

static void check_refusals(void)
{
	static const struct {
		enum option option;
		const char *text, *in_error;
	} rows[] = {
		{OPTION_INPUT_SIZE, "", "--input-size"},
		{OPTION_INPUT_SIZE, "-1", "negative"},
		{OPTION_INPUT_SIZE, "10Q", "'10Q'"},
		{OPTION_INPUT_SIZE, "1e400", "too large"},
		{OPTION_INPUT_SIZE, "18446744073709551616", "too large"},
		{OPTION_INPUT_SIZE, "4\n0", "'4?0'"},
		{OPTION_INPUT_FILES, "/nowhere/at/all", "/nowhere/at/all"},
		{OPTION_INPUT_FILES, "", "empty path"},
		{OPTION_JOB_CLASS, "", "empty class"},
		{OPTION_JOB_CLASS, "a|b", "'a|b'"},
		{OPTION_JOB_ATTR, "", "KEY=VALUE"},
		{OPTION_JOB_ATTR, "a", "'a'"},
		{OPTION_JOB_ATTR, "a=1,a=2", "twice"},
		{OPTION_JOB_PROFILE, "1000", "2 to 100"},
		{OPTION_JOB_PROFILE, "ten", "--job-profile"},
	};
	struct declaration declaration = {0}, before = declaration;
	char many[200] = "";
	struct jo_err err;

	clear_environment();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ok(declare_option(&declaration, rows[i].option, rows[i].text, &err) < 0 &&
			   strstr(err.text, rows[i].in_error) != NULL,
		   "refused: %s", err.text);
		ok(memcmp(&declaration, &before, sizeof(before)) == 0, "and nothing was taken");
	}
	for (int i = 0; i < 17; i++)
		(void)snprintf(many + strlen(many), sizeof(many) - strlen(many), "%sk%d=1",
			       i == 0 ? "" : ",", i);
	is_int(declare_option(&declaration, OPTION_JOB_ATTR, many, &err), -E2BIG, "17 attributes");
	is_int(declare_option(&declaration, OPTION_JOB_ATTR, "a=1", &err), 0, "one");
	*strrchr(many, ',') = '\0';
	is_int(declare_option(&declaration, OPTION_JOB_ATTR, many, &err), -E2BIG, "and 16 more");
	is_int(declaration.attrs.count, 1, "all or none of an option's are taken");
}

static void check_environment(void)
{
	struct declaration declaration = {0};
	struct jo_err err;

	clear_environment();
	declare_check_environment();
	ok(getenv(options_inherited_variable(OPTION_INPUT_SIZE)) == NULL, "no SJOB_INPUT_SIZE");
	(void)setenv(DECLARE_SIZE_VARIABLE, "40G", 1);
	declare_check_environment();
	ok(getenv(options_inherited_variable(OPTION_INPUT_SIZE)) == NULL, "or a right one is left");
	(void)setenv(DECLARE_SIZE_VARIABLE, "10Q", 1);
	declare_check_environment();
	is_str(getenv(options_inherited_variable(OPTION_INPUT_SIZE)), "10Q",
	       "Slurm is made to ask about a wrong one");
	is_int(declare_option(&declaration, OPTION_INPUT_SIZE, "10Q", &err), -EINVAL,
	       "which is refused");
	ok(strstr(err.text, "SJOB_INPUT_SIZE") != NULL, "by its name: %s", err.text);

	(void)setenv(DECLARE_PROFILE_VARIABLE, "1", 1);
	declare_check_environment();
	ok(getenv(options_inherited_variable(OPTION_JOB_PROFILE)) == NULL,
	   "SJOB_PROFILE=1 is left");
	(void)setenv(DECLARE_PROFILE_VARIABLE, "often", 1);
	declare_check_environment();
	is_int(declare_option(&declaration, OPTION_JOB_PROFILE, "often", &err), -EINVAL,
	       "another is refused");
	ok(strstr(err.text, "SJOB_PROFILE") != NULL, "by its name: %s", err.text);
}

/* As of the size: is a step sampled, and how often? */
static const struct rate_scene {
	const char *what;
	struct {
		const char *option, *environment; /* NULL: not given */
		bool is_step, is_said;
		int rate_hz;
	} commands[3];
	size_t count;
} rate_scenes[] = {
	{"nothing said", {{NULL, NULL, false, false, 0}, {NULL, NULL, true, false, 0}}, 2},
	{"an option without a rate", {{"", NULL, false, true, 10}}, 1},
	{"the option before the environment", {{"off", "20", false, true, 0}}, 1},
	{"the environment alone", {{NULL, "1", false, true, 10}, {NULL, "1", true, true, 10}}, 2},
	{"a step is sampled as its job, or as it says",
	 {{"20", NULL, false, true, 20}, {NULL, NULL, true, true, 20}, {"0", NULL, true, true, 0}},
	 3},
	{"a job that is not to be, whatever its environment",
	 {{"0", "1", false, true, 0}, {NULL, "1", true, true, 0}},
	 2},
	{"a script that sets the variable",
	 {{NULL, NULL, false, false, 0}, {NULL, "50", true, true, 50}},
	 2},
	{"a job submitted in a job",
	 {{"20", NULL, false, true, 20}, {NULL, NULL, false, false, 0}},
	 2},
};

static void check_rates(void)
{
	struct jo_record record;

	for (size_t i = 0; i < sizeof(rate_scenes) / sizeof(rate_scenes[0]); i++) {
		clear_environment();
		for (size_t k = 0; k < rate_scenes[i].count; k++) {
			const char *option = rate_scenes[i].commands[k].option;
			const char *environment = rate_scenes[i].commands[k].environment;
			struct declaration declaration = {0};
			int rate_hz = 0;

			if (environment != NULL)
				(void)setenv(DECLARE_PROFILE_VARIABLE, environment, 1);
			if (option != NULL)
				(void)declare_option(&declaration, OPTION_JOB_PROFILE, option,
						     NULL);
			(void)declare_export(&declaration, rate_scenes[i].commands[k].is_step,
					     NULL);
			import(&(struct declaration){0}, "bwa", JO_STEP_SRUN, &record);
			is_int(declare_profile(&(struct declaration){0}, NULL, &rate_hz),
			       rate_scenes[i].commands[k].is_said, "%s: command %zu",
			       rate_scenes[i].what, k);
			is_int(rate_hz, rate_scenes[i].commands[k].rate_hz, "and its rate");
		}
	}
	clear_environment();
	(void)setenv("SLURM_JOBOUTLIERS_PROFILE", "10;rm -rf /", 1);
	import(&(struct declaration){0}, "bwa", JO_STEP_SRUN, &record);
	ok(!declare_profile(&(struct declaration){0}, NULL, &(int){0}),
	   "what is forged says nothing");
	clear_environment();
	import(&(struct declaration){0}, "bwa", JO_STEP_SRUN, &record);
	ok(declare_profile(&(struct declaration){.profile_is_said = true}, NULL, &(int){0}),
	   "without the variable, Slurm's own way counts");
}

/*
 * One command after another, each in the environment that the one before left:
 * whose size does a step have?
 */
struct command {
	const char *size;        /* --input-size, or NULL */
	const char *environment; /* SJOB_INPUT_SIZE; "": unset; NULL: as before */
	bool is_step;            /* srun in a job */
	enum jo_input_source source;
	int64_t bytes;
};

static const struct scene {
	const char *what;
	struct command commands[4];
	size_t count;
} scenes[] = {
	{"nothing declared", {{NULL, NULL, false, JO_INPUT_NONE, JO_MISSING}}, 1},
	{"srun alone", {{"40", NULL, false, JO_INPUT_OPTION, 40}}, 1},
	{"a size of 0 is a size", {{"0", NULL, false, JO_INPUT_OPTION, 0}}, 1},
	{"the environment alone", {{NULL, "7", false, JO_INPUT_ENVIRONMENT, 7}}, 1},
	{"the option before the environment", {{"40", "7", false, JO_INPUT_OPTION, 40}}, 1},
	{"a step inherits, another has its own, a third inherits again",
	 {{"40", NULL, false, JO_INPUT_OPTION, 40},
	  {NULL, NULL, true, JO_INPUT_INHERITED, 40},
	  {"3", NULL, true, JO_INPUT_OPTION, 3}},
	 3},
	{"a step in a step inherits",
	 {{"40", NULL, false, JO_INPUT_OPTION, 40},
	  {NULL, NULL, true, JO_INPUT_INHERITED, 40},
	  {NULL, NULL, true, JO_INPUT_INHERITED, 40}},
	 3},
	{"the environment of the job is inherited",
	 {{NULL, "7", false, JO_INPUT_ENVIRONMENT, 7}, {NULL, NULL, true, JO_INPUT_INHERITED, 7}},
	 2},
	{"one that the option has beaten stays beaten",
	 {{"40", "7", false, JO_INPUT_OPTION, 40}, {NULL, NULL, true, JO_INPUT_INHERITED, 40}},
	 2},
	{"one that the script sets is the step's own",
	 {{"40", "7", false, JO_INPUT_OPTION, 40}, {NULL, "8", true, JO_INPUT_ENVIRONMENT, 8}},
	 2},
	{"also where the job had none",
	 {{NULL, NULL, false, JO_INPUT_NONE, JO_MISSING},
	  {NULL, "8", true, JO_INPUT_ENVIRONMENT, 8}},
	 2},
	{"without the variable, under --export=NONE, a step inherits",
	 {{NULL, "7", false, JO_INPUT_ENVIRONMENT, 7}, {NULL, "", true, JO_INPUT_INHERITED, 7}},
	 2},
	{"a job submitted in a job does not inherit",
	 {{"40", NULL, false, JO_INPUT_OPTION, 40}, {NULL, NULL, false, JO_INPUT_NONE, JO_MISSING}},
	 2},
};

static void play(const struct scene *scene)
{
	struct jo_record record;

	clear_environment();
	for (size_t i = 0; i < scene->count; i++) {
		const struct command *command = &scene->commands[i];
		struct declaration declaration = {0};
		const char *of_job = getenv(options_inherited_variable(OPTION_INPUT_SIZE));

		if (command->environment != NULL && command->environment[0] == '\0')
			(void)unsetenv(DECLARE_SIZE_VARIABLE);
		else if (command->environment != NULL)
			(void)setenv(DECLARE_SIZE_VARIABLE, command->environment, 1);
		/* As Slurm: the job's option first, whatever the command. */
		if (of_job != NULL)
			(void)declare_option(&declaration, OPTION_INPUT_SIZE, of_job, NULL);
		if (command->size != NULL) {
			(void)declare_option(&declaration, OPTION_INPUT_SIZE, command->size, NULL);
			if (!command->is_step)
				(void)setenv(options_inherited_variable(OPTION_INPUT_SIZE),
					     command->size, 1);
		}
		is_int(declare_export(&declaration, command->is_step, NULL), 0, "%s: command %zu",
		       scene->what, i);
		import(&(struct declaration){0}, "bwa", JO_STEP_SRUN, &record);
		is_int(record.input_source, command->source, "its source");
		is_int(record.input_bytes, command->bytes, "and size");
	}
}

/* A program whose class does not fit, and as much of it as does. */
#define LONG_PROGRAM_CUT "a-program-with-a-name-that-is-too-long-for-a-cl"
#define LONG_PROGRAM LONG_PROGRAM_CUT "ass-name-v"

static void check_class(void)
{
	struct declaration declaration = {0};
	struct jo_record record;

	clear_environment();
	(void)declare_export(&declaration, false, NULL);
	import(&declaration, "bwa", JO_STEP_SRUN, &record);
	is_str(record.class_name, "nightly/bwa", "a class made of job and program");
	is_int(record.class_is_declared, 0, "is not declared");
	import(&declaration, "nightly", JO_STEP_SRUN, &record);
	is_str(record.class_name, "nightly", "of a job named after its program");
	import(&declaration, "", JO_STEP_BATCH, &record);
	is_str(record.class_name, "nightly", "of a job script");
	import(&declaration, "x|y", JO_STEP_SRUN, &record);
	is_str(record.class_name, "nightly/x?y", "of a strange name");
	is_int(jo_class_check(record.class_name, NULL), 0, "is a class all the same");
	import(&declaration, LONG_PROGRAM "1", JO_STEP_SRUN, &record);
	is_str(record.class_name, "nightly/" LONG_PROGRAM_CUT "~42511fd8", "of a long one");
	import(&declaration, LONG_PROGRAM "2", JO_STEP_SRUN, &record);
	is_str(record.class_name, "nightly/" LONG_PROGRAM_CUT "~45512491", "and its like");

	is_int(declare_option(&declaration, OPTION_JOB_CLASS, "align", NULL), 0,
	       "sbatch --job-class");
	(void)declare_export(&declaration, false, NULL);
	import(&declaration, "", JO_STEP_BATCH, &record);
	is_str(record.class_name, "align", "is the script's class");
	is_int(record.class_is_declared, 1, "declared");
	declaration = (struct declaration){0};
	(void)declare_export(&declaration, true, NULL);
	import(&declaration, "bwa", JO_STEP_SRUN, &record);
	is_str(record.class_name, "align/bwa", "its steps' class names their program");
	is_int(record.class_is_declared, 1, "declared");
	is_int(declare_option(&declaration, OPTION_JOB_CLASS, "sort", NULL), 0, "srun --job-class");
	(void)declare_export(&declaration, true, NULL);
	import(&declaration, "samtools", JO_STEP_SRUN, &record);
	is_str(record.class_name, "sort", "is the step's class as it is");
}

static void check_attrs(void)
{
	struct declaration declaration = {0};
	struct jo_record record;
	char text[JO_ATTR_VALUE_SIZE + 8];

	clear_environment();
	(void)declare_option(&declaration, OPTION_JOB_ATTR, "a=1,b=2", NULL);
	(void)declare_option(&declaration, OPTION_JOB_ATTR, "c=3,a=4", NULL);
	(void)declare_export(&declaration, false, NULL);
	declaration = (struct declaration){0};
	(void)declare_option(&declaration, OPTION_JOB_ATTR, "b=5", NULL);
	(void)declare_export(&declaration, true, NULL);
	import(&(struct declaration){0}, "x", JO_STEP_SRUN, &record);
	is_int(record.attrs.count, 3, "the job's attributes and the step's");
	is_str(jo_attrs_get(&record.attrs, "a"), "4", "the later of two options holds");
	is_str(jo_attrs_get(&record.attrs, "b"), "5", "the step's before the job's");

	declaration = (struct declaration){0};
	for (char c = 'a'; c < 'a' + JO_ATTR_MAX; c++) {
		memset(text, c, sizeof(text));
		text[1] = '=';
		text[2 + JO_ATTR_VALUE_SIZE - 1] = '\0';
		is_int(declare_option(&declaration, OPTION_JOB_ATTR, text, NULL), 0,
		       "a long value");
	}
	clear_environment();
	(void)declare_export(&declaration, false, NULL);
	import(&(struct declaration){0}, "x", JO_STEP_SRUN, &record);
	is_int(record.attrs.count, JO_ATTR_MAX, "the longest list arrives");
	is_int(strlen(jo_attrs_get(&record.attrs, "p")), JO_ATTR_VALUE_SIZE - 1, "whole");
}

/* What a user may put into the variables by hand. */
static void check_forged(void)
{
	static const struct {
		const char *input;
		enum jo_input_source source;
		int64_t bytes;
	} rows[] = {
		{"", JO_INPUT_INVALID, JO_MISSING},
		{"option", JO_INPUT_INVALID, JO_MISSING},
		{"option:", JO_INPUT_INVALID, JO_MISSING},
		{"option::", JO_INPUT_INVALID, JO_MISSING},
		{"option:1", JO_INPUT_INVALID, JO_MISSING},
		{"option:1:2:3", JO_INPUT_INVALID, JO_MISSING},
		{"option:-1:", JO_INPUT_INVALID, JO_MISSING},
		{"option:1G:", JO_INPUT_INVALID, JO_MISSING},
		{"option: 1:", JO_INPUT_INVALID, JO_MISSING},
		{"option:9223372036854775808:", JO_INPUT_INVALID, JO_MISSING},
		{"option:1:x", JO_INPUT_INVALID, JO_MISSING},
		{"none:1:", JO_INPUT_INVALID, JO_MISSING},
		{"invalid:1:", JO_INPUT_INVALID, JO_MISSING},
		{"program:1:", JO_INPUT_INVALID, JO_MISSING},
		{"Option:1:", JO_INPUT_INVALID, JO_MISSING},
		{"opt:1:", JO_INPUT_INVALID, JO_MISSING},
		{":1:", JO_INPUT_INVALID, JO_MISSING},
		{"none::", JO_INPUT_NONE, JO_MISSING},
		{"none::5", JO_INPUT_NONE, JO_MISSING},
		{"files:9223372036854775807:", JO_INPUT_FILES, INT64_MAX},
	};
	struct declaration declaration = {0};
	struct jo_record record;
	char *huge;

	clear_environment();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)setenv("SLURM_JOBOUTLIERS_INPUT", rows[i].input, 1);
		import(&declaration, "x", JO_STEP_SRUN, &record);
		ok(record.input_source == rows[i].source && record.input_bytes == rows[i].bytes,
		   "forged input '%s'", rows[i].input);
	}
	huge = malloc(4097);
	memset(huge, '1', 4096);
	huge[4096] = '\0';
	for (size_t i = 0; i < CARRIED_COUNT; i++)
		(void)setenv(carried[i], huge, 1);
	import(&declaration, "x", JO_STEP_SRUN, &record);
	ok(record.input_source == JO_INPUT_INVALID && record.attrs.count == 0 &&
		   record.class_is_declared == 0,
	   "4 kB in each of them");
	free(huge);

	clear_environment();
	(void)setenv("SLURM_JOBOUTLIERS_CLASS", "own:a|b", 1);
	(void)setenv("SLURM_JOBOUTLIERS_ATTRS", "a=1,a=2", 1);
	import(&declaration, "x", JO_STEP_SRUN, &record);
	is_str(record.class_name, "nightly/x", "a class that is none is not taken");
	is_int(record.attrs.count, 0, "nor are attributes that are none");

	/* Slurm's own way, as from a host without this plugin, or by hand. */
	clear_environment();
	declare_option_in_step(&declaration, OPTION_INPUT_SIZE, "40");
	declare_option_in_step(&declaration, OPTION_INPUT_FILES, "/etc/passwd");
	declare_option_in_step(&declaration, OPTION_JOB_CLASS, "align");
	declare_option_in_step(&declaration, OPTION_JOB_ATTR, "a=1");
	import(&declaration, "x", JO_STEP_SRUN, &record);
	ok(record.input_source == JO_INPUT_OPTION && record.input_bytes == 40,
	   "an option that came alone counts");
	is_str(record.class_name, "align", "also a class");
	is_int(record.attrs.count, 1, "and attributes");
	(void)setenv("SLURM_JOBOUTLIERS_INPUT", "none::", 1);
	import(&declaration, "x", JO_STEP_SRUN, &record);
	is_int(record.input_source, JO_INPUT_NONE, "but not against what the command said");
	declare_option_in_step(&declaration, OPTION_INPUT_SIZE, "10Q");
	import(&declaration, "x", JO_STEP_SRUN, &record);
	is_int(record.input_source, JO_INPUT_INVALID, "a forged size that is none is told");
	(void)setenv("SLURM_JOBOUTLIERS_INPUT", "option:5:", 1);
	import(&declaration, "x", JO_STEP_SRUN, &record);
	is_int(record.input_bytes, 5, "unless there is a true one");

	clear_environment();
	declaration = (struct declaration){0};
	(void)setenv(DECLARE_SIZE_VARIABLE, "5K", 1);
	import(&declaration, "x", JO_STEP_SRUN, &record);
	ok(record.input_source == JO_INPUT_ENVIRONMENT && record.input_bytes == 5120,
	   "a submit host without the plugin: the step reads SJOB_INPUT_SIZE");
	(void)setenv(DECLARE_SIZE_VARIABLE, "5Q", 1);
	import(&declaration, "x", JO_STEP_SRUN, &record);
	is_int(record.input_source, JO_INPUT_INVALID, "a wrong one is told");
}

/* A heterogeneous srun reads the job's options again for each component. */
static void check_components(void)
{
	struct declaration declaration = {0};
	struct jo_record record;

	clear_environment();
	(void)setenv(options_inherited_variable(OPTION_INPUT_SIZE), "40", 1);
	(void)setenv("SLURM_JOBOUTLIERS_INPUT", "option:40:", 1);
	for (int i = 0; i < 2; i++) {
		(void)declare_option(&declaration, OPTION_INPUT_SIZE, "40", NULL);
		(void)declare_export(&declaration, true, NULL);
	}
	import(&(struct declaration){0}, "x", JO_STEP_SRUN, &record);
	is_int(record.input_source, JO_INPUT_INHERITED, "both components inherit");
}

int main(void)
{
	check_refusals();
	check_environment();
	check_rates();
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		play(&scenes[i]);
	check_class();
	check_attrs();
	check_forged();
	check_components();
	clear_environment();
	is_int(declare_is_in_job(), 0, "no job around");
	(void)setenv("SLURM_JOB_ID", "1", 1);
	is_int(declare_is_in_job(), 1, "one around");
	return tap_done();
}
