/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A number that a shared library exports, without loading the library: its
 * undefined symbols and constructors are its host's business.
 */
#ifndef UTIL_ELF_H
#define UTIL_ELF_H

#include <stdint.h>

#include "joboutliers/err.h"

/*
 * Read the initial value of the unsigned int variable `symbol` of a 64-bit ELF
 * library in this host's byte order.  Returns 0; -ENOENT if the file or the
 * symbol is missing; -EBADMSG for a file of another kind or a damaged one.
 */
int elf_read_uint(const char *path, const char *symbol, uint32_t *ret_value, struct jo_err *err);

#endif
