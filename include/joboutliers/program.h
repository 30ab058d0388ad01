/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of the program that a step runs, without its arguments. */
#ifndef JOBOUTLIERS_PROGRAM_H
#define JOBOUTLIERS_PROGRAM_H

#include <stdbool.h>

#include "joboutliers/record.h"

/*
 * The base name of argv[0]; for an interpreter (python3 x.py, Rscript x.R, java
 * -jar x.jar ...) that of the script, when its place is certain.  Arguments may
 * hold what is private, so nothing else is ever taken from them.
 */
void jo_program_name(int argc, char *const *argv, char name[static JO_NAME_SIZE]);

/* Whether a name is that of an interpreter, and so says nothing of what it runs. */
bool jo_program_is_interpreter(const char *name);

#endif
