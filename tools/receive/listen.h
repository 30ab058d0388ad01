/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket that requests come in by.  Private to receive/. */
#ifndef RECEIVE_LISTEN_H
#define RECEIVE_LISTEN_H

#include "joboutliers/err.h"

/* A socket that listens there; or a negative errno. */
int listen_open(const char *text, struct jo_err *err);

#endif
