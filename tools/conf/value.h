/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One value of the configuration between its text and its member of struct conf. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "conf/conf.h"

/*
 * Read text as a value of the key and put it in its place.  Returns 0 or
 * -EINVAL with the reason in *err; *conf is then untouched.
 */
int conf_value_set(struct conf *conf, const struct conf_key *key, const char *text,
		   struct jo_err *err);

/* Free what the key's member owns, and leave it empty. */
void conf_value_release(struct conf *conf, const struct conf_key *key);

#endif
