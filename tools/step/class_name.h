/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kind of job a step is when nobody declared it: made of what is known of
 * it, alike for what the plugin recorded and for what was imported.
 *
 * A name that is new for each job makes each job a kind of its own, which has no
 * history.  So what numbers a job among its like is taken off its name here, and
 * not where it is recorded: the name itself stays in the step, and another rule
 * can be followed later.
 */
#ifndef STEP_CLASS_NAME_H
#define STEP_CLASS_NAME_H

#include <stdbool.h>

#include "joboutliers/class.h"
#include "joboutliers/record.h"

/* How an undeclared class is made of the names. */
enum class_names {
	CLASS_NAMES_FAMILY, /* without what numbers a job among its like */
	CLASS_NAMES_WHOLE,  /* as they are */
};

/* What is known of a step; each text is a record's, "" when not known. */
struct class_facts {
	const char *job_name;
	const char *program; /* without its arguments */
	const char *comment; /* of the job: some workflow engines write there what they run */
	enum jo_step_kind step_kind;
};

struct class_made {
	char name[JO_CLASS_SIZE]; /* "" when nothing is known */
	char tag[JO_NAME_SIZE];   /* which of its like it is: "sample_12"; "" when not told */
};

/*
 * Make the class of a step that nobody declared.  The program counts for what
 * srun started: a batch step has none.
 */
void class_name_make(enum class_names names, const struct class_facts *facts,
		     struct class_made *ret_made);

/*
 * Take off a job's name what numbers it among its like: UUIDs, hashes, dates and
 * times, numbers, and a tag in brackets, of which ret_tag has the last.  Numbers
 * that belong to a name stay: a tool's version (python3), a reference (hg38), a
 * step of a pipeline (step2), an amount (size_100).
 *
 * Returns whether a name is left; otherwise ret_family is as it came.
 */
bool class_name_family(const char *name, char ret_family[static JO_NAME_SIZE],
		       char ret_tag[static JO_NAME_SIZE]);

#endif
