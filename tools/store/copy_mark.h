/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark of a database that transfer.h fills from another one, until that is done.  Private to
 * store/. */
#ifndef STORE_COPY_MARK_H
#define STORE_COPY_MARK_H

#include "driver.h"

/* 1 and what the other database is called, which the caller frees; 0: there is no mark. */
int copy_mark_read(struct db *db, char **ret_from, struct jo_err *err);

/* Refuse one that has the mark (-EINPROGRESS): what is only a part would be told as all of it. */
int copy_mark_refuse(struct db *db, struct jo_err *err);

/* Make the mark.  It is a setting, so it goes when those of the other database come. */
int copy_mark_put(struct db *db, const char *from, struct jo_err *err);

#endif
