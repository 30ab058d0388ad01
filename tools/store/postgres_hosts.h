/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The servers behind a database's name: those that it names, and those that follow the one that
 * takes changes.  Private to the PostgreSQL engine. */
#ifndef STORE_POSTGRES_HOSTS_H
#define STORE_POSTGRES_HOSTS_H

#include <libpq-fe.h>

#include "terms.h"

/* Tell how they do, as seen from this connection; NULL: there is none, and each host is asked all the
 * same. */
void postgres_hosts_check(const char *database, PGconn *conn, store_tell_fn *tell, void *context);

#endif
