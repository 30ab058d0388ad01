/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries the declaration; which hook calls what is plugin.c's and step.c's. */
#include "declare.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inputfiles.h"
#include "joboutliers/units.h"
#include "joboutliers/utf8.h"

#define INPUT_VARIABLE "SLURM_JOBOUTLIERS_INPUT"
#define CLASS_VARIABLE "SLURM_JOBOUTLIERS_CLASS"
#define ATTRS_VARIABLE "SLURM_JOBOUTLIERS_ATTRS"
#define CLASS_OWN "own:"
#define CLASS_OF_JOB "job:"

/* A source's word and two numbers. */
#define INPUT_TEXT_SIZE 64

/* How a source is written in INPUT_VARIABLE; what is not here cannot be carried. */
static const char *const source_words[] = {
	[JO_INPUT_NONE] = "none",           [JO_INPUT_OPTION] = "option",
	[JO_INPUT_FILES] = "files",         [JO_INPUT_ENVIRONMENT] = "environment",
	[JO_INPUT_INHERITED] = "inherited", [JO_INPUT_INVALID] = NULL,
};

/* INPUT_VARIABLE taken apart. */
struct carried_input {
	enum jo_input_source source;
	int64_t bytes;
	int64_t seen_bytes; /* JO_MISSING: SJOB_INPUT_SIZE was not set */
};

static bool read_bytes(const char *text, size_t len, int64_t *ret_bytes)
{
	int64_t bytes = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(bytes, 10, &bytes) ||
		    __builtin_add_overflow(bytes, text[i] - '0', &bytes))
			return false;
	}
	*ret_bytes = bytes;
	return true;
}

static bool read_input(const char *text, struct carried_input *ret_input)
{
	struct carried_input input = {.bytes = JO_MISSING, .seen_bytes = JO_MISSING};
	size_t word_len = strcspn(text, ":");
	const char *bytes, *seen;
	size_t bytes_len;
	bool is_known = false;

	for (size_t i = 0; i < sizeof(source_words) / sizeof(source_words[0]); i++) {
		if (source_words[i] == NULL || strlen(source_words[i]) != word_len ||
		    strncmp(source_words[i], text, word_len) != 0)
			continue;
		input.source = (enum jo_input_source)i;
		is_known = true;
	}
	if (!is_known || text[word_len] != ':')
		return false;
	bytes = text + word_len + 1;
	bytes_len = strcspn(bytes, ":");
	if (bytes[bytes_len] != ':')
		return false;
	seen = bytes + bytes_len + 1;
	if ((input.source == JO_INPUT_NONE) != (bytes_len == 0))
		return false;
	if (bytes_len > 0 && !read_bytes(bytes, bytes_len, &input.bytes))
		return false;
	if (*seen != '\0' && !read_bytes(seen, strlen(seen), &input.seen_bytes))
		return false;
	*ret_input = input;
	return true;
}

static void write_input(const struct carried_input *input, char text[static INPUT_TEXT_SIZE])
{
	char bytes[24] = "", seen[24] = "";

	if (input->source != JO_INPUT_NONE)
		(void)snprintf(bytes, sizeof(bytes), "%" PRId64, input->bytes);
	if (input->seen_bytes != JO_MISSING)
		(void)snprintf(seen, sizeof(seen), "%" PRId64, input->seen_bytes);
	(void)snprintf(text, INPUT_TEXT_SIZE, "%s:%s:%s", source_words[input->source], bytes, seen);
}

/* The class in CLASS_VARIABLE's text, or NULL; *ret_is_own tells whose it is. */
static const char *read_class(const char *text, bool *ret_is_own)
{
	bool is_own = strncmp(text, CLASS_OWN, strlen(CLASS_OWN)) == 0;

	if (!is_own && strncmp(text, CLASS_OF_JOB, strlen(CLASS_OF_JOB)) != 0)
		return NULL;
	text += is_own ? strlen(CLASS_OWN) : strlen(CLASS_OF_JOB);
	if (jo_class_check(text, NULL) < 0)
		return NULL;
	*ret_is_own = is_own;
	return text;
}

void declare_check_environment(void)
{
	const char *text = getenv(DECLARE_SIZE_VARIABLE);
	int64_t bytes;

	if (text != NULL && jo_bytes_parse(text, &bytes, NULL) < 0)
		(void)setenv(options_inherited_variable(OPTION_INPUT_SIZE), text, 1);
}

/* Slurm shows the job's own options first, once, with the text of the variable. */
static bool is_inherited(struct declaration *declaration, enum option option, const char *text)
{
	const char *of_job = getenv(options_inherited_variable(option));

	if (declaration->was_inherited[option] || of_job == NULL || strcmp(of_job, text) != 0)
		return false;
	declaration->was_inherited[option] = true;
	return true;
}

static int take_size(struct declaration *declaration, const char *text, struct jo_err *err)
{
	int64_t bytes;
	int rc = jo_bytes_parse(text, &bytes, err);

	if (rc < 0) {
		(void)jo_err_prefix(err, "--input-size");
		return rc;
	}
	declaration->input_source = JO_INPUT_OPTION;
	declaration->input_bytes = bytes;
	return 0;
}

static int take_files(struct declaration *declaration, const char *text, struct jo_err *err)
{
	int64_t bytes;
	int rc = input_files_size(text, &bytes, err);

	if (rc < 0)
		return rc;
	declaration->input_source = JO_INPUT_FILES;
	declaration->input_bytes = bytes;
	return 0;
}

static int take_class(struct declaration *declaration, const char *text, struct jo_err *err)
{
	int rc = jo_class_check(text, err);

	if (rc < 0)
		return rc;
	memcpy(declaration->class_name, text, strlen(text) + 1);
	declaration->class_is_own = true;
	return 0;
}

/* Adds the pairs of more to attrs: all of them, or none. */
static int merge_attrs(struct jo_attrs *attrs, const struct jo_attrs *more, struct jo_err *err)
{
	struct jo_attrs merged = *attrs;

	for (size_t i = 0; i < more->count; i++) {
		int rc = jo_attrs_set(&merged, more->list[i].key, more->list[i].value, err);

		if (rc < 0)
			return rc;
	}
	*attrs = merged;
	return 0;
}

static int take_attrs(struct declaration *declaration, const char *text, struct jo_err *err)
{
	struct jo_attrs attrs;
	int rc = jo_attrs_parse(text, &attrs, err);

	return rc < 0 ? rc : merge_attrs(&declaration->attrs, &attrs, err);
}

static int (*const takers[OPTION_COUNT])(struct declaration *, const char *, struct jo_err *) = {
	[OPTION_INPUT_SIZE] = take_size,
	[OPTION_INPUT_FILES] = take_files,
	[OPTION_JOB_CLASS] = take_class,
	[OPTION_JOB_ATTR] = take_attrs,
};

int declare_option(struct declaration *declaration, enum option option, const char *text,
		   struct jo_err *err)
{
	const char *environment = getenv(DECLARE_SIZE_VARIABLE);

	int64_t bytes;
	int rc;

	if (!is_inherited(declaration, option, text))
		return takers[option](declaration, text, err);
	if (option != OPTION_INPUT_SIZE || environment == NULL || strcmp(environment, text) != 0)
		return 0;
	/* Put there by declare_check_environment, or the same by chance. */
	rc = jo_bytes_parse(text, &bytes, err);
	if (rc < 0)
		(void)jo_err_prefix(err, "%s in the environment", DECLARE_SIZE_VARIABLE);
	return rc;
}

static int set_variable(const char *name, const char *value, struct jo_err *err)
{
	int rc = value == NULL ? unsetenv(name) : setenv(name, value, 1);

	return rc == 0 ? 0 : jo_err_sys(err, -errno, "set %s", name);
}

/* What the submit side says about the input: its own word, the environment's, or the job's. */
static struct carried_input decide_input(const struct declaration *declaration, bool is_step)
{
	struct carried_input job = {.source = JO_INPUT_NONE, .seen_bytes = JO_MISSING}, input;
	const char *of_job = getenv(INPUT_VARIABLE), *seen = getenv(DECLARE_SIZE_VARIABLE);

	if (!is_step || of_job == NULL || !read_input(of_job, &job))
		job = (struct carried_input){.source = JO_INPUT_NONE, .seen_bytes = JO_MISSING};

	input = job;
	if (seen == NULL || jo_bytes_parse(seen, &input.seen_bytes, NULL) < 0)
		input.seen_bytes = job.seen_bytes;
	if (declaration->input_source != JO_INPUT_NONE) {
		input.source = declaration->input_source;
		input.bytes = declaration->input_bytes;
	} else if (input.seen_bytes != job.seen_bytes) {
		input.source = JO_INPUT_ENVIRONMENT;
		input.bytes = input.seen_bytes;
	} else if (job.source != JO_INPUT_NONE) {
		input.source = JO_INPUT_INHERITED;
	}
	return input;
}

static int export_input(const struct declaration *declaration, bool is_step, struct jo_err *err)
{
	struct carried_input input = decide_input(declaration, is_step);
	char text[INPUT_TEXT_SIZE];

	write_input(&input, text);
	return set_variable(INPUT_VARIABLE, text, err);
}

static int export_class(const struct declaration *declaration, bool is_step, struct jo_err *err)
{
	const char *of_job = getenv(CLASS_VARIABLE), *name = NULL;
	char text[sizeof(CLASS_OWN) + JO_CLASS_SIZE];
	bool is_own = false;

	if (declaration->class_is_own)
		name = declaration->class_name;
	else if (is_step && of_job != NULL)
		name = read_class(of_job, &is_own);
	if (name == NULL)
		return set_variable(CLASS_VARIABLE, NULL, err);
	(void)snprintf(text, sizeof(text), "%s%s",
		       declaration->class_is_own ? CLASS_OWN : CLASS_OF_JOB, name);
	return set_variable(CLASS_VARIABLE, text, err);
}

/* The job's attributes hold for its steps, but for those a step gives anew. */
static int export_attrs(const struct declaration *declaration, bool is_step, struct jo_err *err)
{
	const char *of_job = getenv(ATTRS_VARIABLE);
	struct jo_attrs attrs = {0};
	char text[JO_ATTRS_TEXT_SIZE];

	if (is_step && of_job != NULL && jo_attrs_parse(of_job, &attrs, NULL) < 0)
		attrs.count = 0;
	if (merge_attrs(&attrs, &declaration->attrs, NULL) < 0)
		attrs = declaration->attrs;
	if (attrs.count == 0)
		return set_variable(ATTRS_VARIABLE, NULL, err);
	return set_variable(ATTRS_VARIABLE, jo_attrs_format(&attrs, text), err);
}

bool declare_is_in_job(void)
{
	return getenv("SLURM_JOB_ID") != NULL;
}

int declare_export(struct declaration *declaration, bool is_step, struct jo_err *err)
{
	int rc = export_input(declaration, is_step, err);

	/* Slurm shows the job's options anew to the next component. */
	memset(declaration->was_inherited, 0, sizeof(declaration->was_inherited));
	if (rc == 0)
		rc = export_class(declaration, is_step, err);
	if (rc == 0)
		rc = export_attrs(declaration, is_step, err);
	return rc;
}

void declare_option_in_step(struct declaration *declaration, enum option option, const char *text)
{
	/* Names of files mean nothing here: the step may not even see them. */
	if (option == OPTION_INPUT_FILES || takers[option](declaration, text, NULL) == 0)
		return;
	if (option == OPTION_INPUT_SIZE)
		declaration->input_source = JO_INPUT_INVALID;
}

/* The variable's text, or false when it is not set; one that does not fit is cut, and so invalid.
 */
static bool get_variable(spank_t spank, const char *name, char *buf, size_t size)
{
	spank_err_t rc = spank_getenv(spank, name, buf, (int)size);

	return rc == ESPANK_SUCCESS || rc == ESPANK_NOSPACE;
}

static void import_input(const struct declaration *declaration, spank_t spank,
			 struct jo_record *record)
{
	/* Longer than any size that is worth reading. */
	char text[256];
	struct carried_input input;

	record->input_source = declaration->input_source;
	record->input_bytes = declaration->input_bytes;
	if (get_variable(spank, INPUT_VARIABLE, text, sizeof(text))) {
		if (!read_input(text, &input)) {
			record->input_source = JO_INPUT_INVALID;
		} else if (input.source != JO_INPUT_NONE ||
			   declaration->input_source != JO_INPUT_INVALID) {
			record->input_source = input.source;
			record->input_bytes = input.bytes;
		}
	} else if (record->input_source == JO_INPUT_NONE &&
		   get_variable(spank, DECLARE_SIZE_VARIABLE, text, sizeof(text))) {
		record->input_source = jo_bytes_parse(text, &record->input_bytes, NULL) == 0
					       ? JO_INPUT_ENVIRONMENT
					       : JO_INPUT_INVALID;
	}
	if (record->input_source == JO_INPUT_NONE || record->input_source == JO_INPUT_INVALID)
		record->input_bytes = JO_MISSING;
}

/*
 * A class the job was given stands in for the job's name: its steps are of as
 * many kinds as it runs programs.
 */
static void import_class(const struct declaration *declaration, spank_t spank,
			 struct jo_record *record)
{
	char text[sizeof(CLASS_OWN) + JO_CLASS_SIZE], made[2 * JO_NAME_SIZE];
	const char *base = record->job_name, *declared = NULL;
	bool is_own = declaration->class_is_own;

	if (get_variable(spank, CLASS_VARIABLE, text, sizeof(text)))
		declared = read_class(text, &is_own);
	else if (is_own)
		declared = declaration->class_name;
	if (declared != NULL)
		base = declared;

	if ((declared != NULL && is_own) || record->step_kind != JO_STEP_SRUN ||
	    record->program[0] == '\0' || strcmp(base, record->program) == 0)
		(void)snprintf(made, sizeof(made), "%s", base);
	else
		(void)snprintf(made, sizeof(made), "%s%s%s", base, base[0] == '\0' ? "" : "/",
			       record->program);
	for (char *c = made; *c != '\0'; c++)
		if (*c == '|')
			*c = '?';
	jo_utf8_clean(record->class_name, sizeof(record->class_name), made);
	record->class_is_declared = declared != NULL;
}

static void import_attrs(const struct declaration *declaration, spank_t spank,
			 struct jo_record *record)
{
	char text[JO_ATTRS_TEXT_SIZE];

	record->attrs = declaration->attrs;
	if (get_variable(spank, ATTRS_VARIABLE, text, sizeof(text)) &&
	    jo_attrs_parse(text, &record->attrs, NULL) < 0)
		record->attrs.count = 0;
}

void declare_import(const struct declaration *declaration, spank_t spank, struct jo_record *record)
{
	import_input(declaration, spank, record);
	import_class(declaration, spank, record);
	import_attrs(declaration, spank, record);
}
