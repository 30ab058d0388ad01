/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes into a file, all of them. */
#ifndef UTIL_WRITE_ALL_H
#define UTIL_WRITE_ALL_H

#include <stddef.h>

/* Write until all is written, whatever signals come.  Returns 0 or a negative errno. */
int write_all(int fd, const char *bytes, size_t size);

#endif
