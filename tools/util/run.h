/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Run another program to its end, without a shell, and take what it writes. */
#ifndef UTIL_RUN_H
#define UTIL_RUN_H

#include <stddef.h>

#include "joboutliers/err.h"

/* What a program left behind; release it. */
struct run_result {
	int wait_status; /* as of waitpid(2) */
	char *output;    /* standard output, with a NUL behind it that size does not count */
	size_t size;
	char *complaint; /* the first line of standard error, for quoting in an error; "" for none
			  */
};

/*
 * Run argv[0] (found in PATH unless it has a '/') with input as its standard
 * input.  Input and output are files in memory, so neither side can fill a pipe and
 * wait for the other; keep both to what memory holds.  When timeout_s are over, the
 * program is killed with all it started in its process group, and left to itself where
 * that does not end it.
 *
 * Returns 0 once the program has ended, however it did; -ETIMEDOUT; or the
 * errno of what kept it from starting.  *err names the program.
 */
int run_program(const char *const argv[], const void *input, size_t input_size, int timeout_s,
		struct run_result *ret_result, struct jo_err *err);

/*
 * As run_program, for a program that is a site's own: with no more environment than this
 * ("NAME=VALUE", NULL at the end), and output_max bytes for each of its outputs, beyond which its
 * writes fail.  Of standard output, whoever looks finds NULs behind what it wrote.
 */
int run_program_bounded(const char *const argv[], const char *const environment[],
			size_t output_max, const void *input, size_t input_size, int timeout_s,
			struct run_result *ret_result, struct jo_err *err);

/*
 * As run_program, and a program that did not exit with 0 is an error too:
 * -EIO, with its status and what it complained of in *err.
 */
int run_program_ok(const char *const argv[], const void *input, size_t input_size, int timeout_s,
		   struct run_result *ret_result, struct jo_err *err);

/* What run_program_ok makes of the program's end: 0, or -EIO with words in *err. */
int run_result_check(const char *program, const struct run_result *result, struct jo_err *err);

/* A zeroed result is fine. */
void run_result_release(struct run_result *result);

#endif
