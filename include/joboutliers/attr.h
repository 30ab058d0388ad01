/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user may declare about a job beside its input size: its class and up
 * to 16 attributes.  The same rules hold on the submit side, in the step and in
 * the tools, so they stand here once.
 */
#ifndef JOBOUTLIERS_ATTR_H
#define JOBOUTLIERS_ATTR_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

#define JO_ATTR_MAX 16         /* attributes of a step: each costs every reader of its history */
#define JO_ATTR_KEY_SIZE 33    /* 32 characters and the NUL */
#define JO_ATTR_VALUE_SIZE 129 /* 128 bytes and the NUL */
#define JO_CLASS_SIZE 65       /* 64 characters and the NUL */

/* Every pair at its longest, with '=' and ',', and the NUL. */
#define JO_ATTRS_TEXT_SIZE (JO_ATTR_MAX * (JO_ATTR_KEY_SIZE + JO_ATTR_VALUE_SIZE) + 1)

/* Keys that only a running program tells, and that are fields of the record and no attributes:
 * sizes both. */
#define JO_ATTR_INPUT_SIZE "input_size"
#define JO_ATTR_PEAK_ALLOCATED "peak_allocated"

/*
 * A key matches [A-Za-z_][A-Za-z0-9_.-]*.  A value is UTF-8 without control
 * characters, not empty, without ',' (it separates pairs).
 */
struct jo_attr {
	char key[JO_ATTR_KEY_SIZE];
	char value[JO_ATTR_VALUE_SIZE];
};

struct jo_attrs {
	size_t count;
	struct jo_attr list[JO_ATTR_MAX];
};

/*
 * Read "KEY=VALUE[,KEY=VALUE...]" into *ret_attrs.
 * Returns 0, -EINVAL for a bad key or value or a key given twice, or -E2BIG for
 * more than JO_ATTR_MAX pairs; *err names the pair, and *ret_attrs is untouched.
 */
int jo_attrs_parse(const char *text, struct jo_attrs *ret_attrs, struct jo_err *err);

/*
 * Set one pair, replacing an earlier value of the key: what is said later holds.
 * Returns as jo_attrs_parse.
 */
int jo_attrs_set(struct jo_attrs *attrs, const char *key, const char *value, struct jo_err *err);

/* "KEY=VALUE[,KEY=VALUE...]", as jo_attrs_parse reads it, "" for none; returns text. */
char *jo_attrs_format(const struct jo_attrs *attrs, char text[JO_ATTRS_TEXT_SIZE]);

/* The value of key, or NULL.  Good until *attrs changes. */
const char *jo_attrs_get(const struct jo_attrs *attrs, const char *key);

/* Whether text is a class name: 1 to 64 printable characters of UTF-8, no '|' and no control
 * characters. */
int jo_class_check(const char *text, struct jo_err *err);

#endif
