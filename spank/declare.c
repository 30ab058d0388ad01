/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries the declaration; which hook calls what is plugin.c's and step.c's. */
#include "declare.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "carried.h"
#include "inputfiles.h"
#include "joboutliers/class.h"
#include "joboutliers/units.h"
#include "profile_rate.h"

static int check_size(const char *text, struct jo_err *err)
{
	int64_t bytes;

	return jo_bytes_parse(text, &bytes, err);
}

static int check_rate(const char *text, struct jo_err *err)
{
	int rate_hz;

	return profile_rate_parse(text, &rate_hz, err);
}

/* The variables of users that stand in for an option. */
static const struct {
	const char *variable;
	enum option option;
	int (*check)(const char *text, struct jo_err *err);
} defaults[] = {
	{DECLARE_SIZE_VARIABLE, OPTION_INPUT_SIZE, check_size},
	{DECLARE_PROFILE_VARIABLE, OPTION_JOB_PROFILE, check_rate},
};

void declare_check_environment(void)
{
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		const char *text = getenv(defaults[i].variable);

		if (text != NULL && defaults[i].check(text, NULL) < 0)
			(void)setenv(options_inherited_variable(defaults[i].option), text, 1);
	}
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

static int take_rate(struct declaration *declaration, const char *text, struct jo_err *err)
{
	int rc = profile_rate_parse(text, &declaration->profile_rate_hz, err);

	if (rc < 0) {
		(void)jo_err_prefix(err, "--job-profile");
		return rc;
	}
	declaration->profile_is_said = true;
	return 0;
}

static int (*const takers[OPTION_COUNT])(struct declaration *, const char *, struct jo_err *) = {
	[OPTION_INPUT_SIZE] = take_size,  [OPTION_INPUT_FILES] = take_files,
	[OPTION_JOB_CLASS] = take_class,  [OPTION_JOB_ATTR] = take_attrs,
	[OPTION_JOB_PROFILE] = take_rate,
};

int declare_option(struct declaration *declaration, enum option option, const char *text,
		   struct jo_err *err)
{
	if (!is_inherited(declaration, option, text))
		return takers[option](declaration, text, err);
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		const char *environment = getenv(defaults[i].variable);
		int rc;

		if (defaults[i].option != option || environment == NULL ||
		    strcmp(environment, text) != 0)
			continue;
		/* Put there by declare_check_environment, or the same by chance. */
		rc = defaults[i].check(text, err);
		if (rc < 0)
			(void)jo_err_prefix(err, "%s in the environment", defaults[i].variable);
		return rc;
	}
	return 0;
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
	const char *of_job = getenv(CARRIED_INPUT), *seen = getenv(DECLARE_SIZE_VARIABLE);

	if (!is_step || of_job == NULL || !carried_input_read(of_job, &job))
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
	char text[CARRIED_INPUT_SIZE];

	return set_variable(CARRIED_INPUT, carried_input_write(&input, text), err);
}

static int export_class(const struct declaration *declaration, bool is_step, struct jo_err *err)
{
	const char *of_job = getenv(CARRIED_CLASS), *name = NULL;
	char text[CARRIED_CLASS_SIZE];
	bool is_own = false;

	if (declaration->class_is_own)
		name = declaration->class_name;
	else if (is_step && of_job != NULL)
		name = carried_class_read(of_job, &is_own);
	if (name == NULL)
		return set_variable(CARRIED_CLASS, NULL, err);
	return set_variable(CARRIED_CLASS,
			    carried_class_write(name, declaration->class_is_own, text), err);
}

/* The job's attributes hold for its steps, but for those a step gives anew. */
static int export_attrs(const struct declaration *declaration, bool is_step, struct jo_err *err)
{
	const char *of_job = getenv(CARRIED_ATTRS);
	struct jo_attrs attrs = {0};
	char text[JO_ATTRS_TEXT_SIZE];

	if (is_step && of_job != NULL && jo_attrs_parse(of_job, &attrs, NULL) < 0)
		attrs.count = 0;
	if (merge_attrs(&attrs, &declaration->attrs, NULL) < 0)
		attrs = declaration->attrs;
	if (attrs.count == 0)
		return set_variable(CARRIED_ATTRS, NULL, err);
	return set_variable(CARRIED_ATTRS, jo_attrs_format(&attrs, text), err);
}

/* What the job was given holds for its steps, and stands before what their environment says: that
 * is mostly the job's own. */
static int export_rate(const struct declaration *declaration, bool is_step, struct jo_err *err)
{
	const char *of_job = getenv(CARRIED_PROFILE),
		   *environment = getenv(DECLARE_PROFILE_VARIABLE);
	char text[16];
	int rate_hz;

	if (declaration->profile_is_said)
		rate_hz = declaration->profile_rate_hz;
	else if ((!is_step || of_job == NULL || profile_rate_parse(of_job, &rate_hz, NULL) < 0) &&
		 (environment == NULL || profile_rate_parse(environment, &rate_hz, NULL) < 0))
		return set_variable(CARRIED_PROFILE, NULL, err);
	(void)snprintf(text, sizeof(text), "%d", rate_hz);
	return set_variable(CARRIED_PROFILE, text, err);
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
	if (rc == 0)
		rc = export_rate(declaration, is_step, err);
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
	if (get_variable(spank, CARRIED_INPUT, text, sizeof(text))) {
		if (!carried_input_read(text, &input)) {
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
	char text[CARRIED_CLASS_SIZE];
	const char *base = record->job_name, *declared = NULL;
	bool is_own = declaration->class_is_own;

	if (get_variable(spank, CARRIED_CLASS, text, sizeof(text)))
		declared = carried_class_read(text, &is_own);
	else if (is_own)
		declared = declaration->class_name;
	if (declared != NULL)
		base = declared;

	if ((declared != NULL && is_own) || record->step_kind != JO_STEP_SRUN)
		jo_class_make(base, record->class_name);
	else
		jo_class_of_step(base, record->program, record->class_name);
	record->class_is_declared = declared != NULL;
}

static void import_attrs(const struct declaration *declaration, spank_t spank,
			 struct jo_record *record)
{
	char text[JO_ATTRS_TEXT_SIZE];

	record->attrs = declaration->attrs;
	if (get_variable(spank, CARRIED_ATTRS, text, sizeof(text)) &&
	    jo_attrs_parse(text, &record->attrs, NULL) < 0)
		record->attrs.count = 0;
}

void declare_import(const struct declaration *declaration, spank_t spank, struct jo_record *record)
{
	import_input(declaration, spank, record);
	import_class(declaration, spank, record);
	import_attrs(declaration, spank, record);
}

bool declare_profile(const struct declaration *declaration, spank_t spank, int *ret_rate_hz)
{
	static const char *const variables[] = {CARRIED_PROFILE, DECLARE_PROFILE_VARIABLE};
	char text[16];

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (get_variable(spank, variables[i], text, sizeof(text)) &&
		    profile_rate_parse(text, ret_rate_hz, NULL) == 0)
			return true;
		/* Slurm's own way, from a submit host without this plugin. */
		if (i == 0 && declaration->profile_is_said) {
			*ret_rate_hz = declaration->profile_rate_hz;
			return true;
		}
	}
	return false;
}
