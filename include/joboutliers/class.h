/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kind of job a step is, made alike by the plugin and by what is imported. */
#ifndef JOBOUTLIERS_CLASS_H
#define JOBOUTLIERS_CLASS_H

#include "joboutliers/record.h"

/*
 * Make a class of any text: what no class may have becomes '?', and of a text
 * that is too long there is as much as fits with a '~' and eight digits of its
 * hash, so that two that begin alike stay two.
 */
void jo_class_make(const char *text, char ret_name[static JO_CLASS_SIZE]);

/*
 * Make the class of a step of its names: BASE/PROGRAM, or one of them alone where
 * the other is "" or the same.  The base is the job's class or name; both are
 * names of a record.  Quotes become '?', as Slurm's accounting keeps '"' as '`',
 * and a job's history is to meet the live one.
 */
void jo_class_of_step(const char *base, const char *program, char ret_name[static JO_CLASS_SIZE]);

#endif
