/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What separates the groups of steps that are compared with each other. */
#ifndef STORE_GROUP_RULE_H
#define STORE_GROUP_RULE_H

/* What separates groups (GroupBy): a set of these.  conf's words stand in the same order. */
enum {
	STORE_GROUP_CLUSTER = 1 << 0,
	STORE_GROUP_PARTITION = 1 << 1,
	STORE_GROUP_ACCOUNT = 1 << 2,
	STORE_GROUP_QOS = 1 << 3,
	STORE_GROUP_USER = 1 << 4, /* not where the class is declared: such a class is shared */
	STORE_GROUP_CLASS = 1 << 5,
	STORE_GROUP_PROGRAM = 1 << 6,
};
/* As joboutliers.conf(5) has it. */
#define STORE_GROUP_DEFAULT                                                                        \
	(STORE_GROUP_CLUSTER | STORE_GROUP_PARTITION | STORE_GROUP_USER | STORE_GROUP_CLASS)

#endif
