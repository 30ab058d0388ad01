/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A judged step as a JSON object, the same for whoever writes one. */
#ifndef EXPORT_STEP_JSON_H
#define EXPORT_STEP_JSON_H

#include <jansson.h>

#include "store/store.h"

/*
 * Make the object: the step's columns by name, in the units that end the names,
 * its verdicts in micro-seconds or bytes, and of a step that was seen on several nodes what each of
 * them told. What is not known is not there.  Returns 0, and the caller owns *ret_object.
 */
int step_json_make(struct store *store, const struct judged_step *row, json_t **ret_object,
		   struct jo_err *err);

#endif
