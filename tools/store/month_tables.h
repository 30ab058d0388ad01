/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables that are kept by the month of a step, with the column that has its
 * id: those with a row for each step, and more.  Private to store/.
 */
#ifndef STORE_MONTH_TABLES_H
#define STORE_MONTH_TABLES_H

#define MONTH_TABLES(X)                                                                            \
	X(step, id) X(step_node, step) X(verdict, step) X(profile, step) X(exported, step)

#endif
