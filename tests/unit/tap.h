/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few macros a unit test needs to speak TAP to prove(1).  A test program
 * calls these in main() and ends with "return tap_done();".
 */
#ifndef TAP_H
#define TAP_H

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((format(printf, 4, 5), unused)) static int tap_result(int passed, const char *file,
								    int line, const char *format, ...)
{
	va_list ap;

	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	if (!passed) {
		tap_failed++;
		fprintf(stderr, "#   at %s:%d\n", file, line);
	}
	fflush(stdout);
	return passed;
}

#define ok(cond, ...) tap_result((cond) != 0, __FILE__, __LINE__, __VA_ARGS__)

#define is_int(got, want, ...)                                                                     \
	do {                                                                                       \
		intmax_t got_ = (intmax_t)(got), want_ = (intmax_t)(want);                         \
		if (!ok(got_ == want_, __VA_ARGS__))                                               \
			fprintf(stderr, "#   got %" PRIdMAX ", want %" PRIdMAX "\n", got_, want_); \
	} while (0)

#define is_str(got, want, ...)                                                                     \
	do {                                                                                       \
		const char *got_ = (got), *want_ = (want);                                         \
		if (!ok(got_ != NULL && want_ != NULL && strcmp(got_, want_) == 0, __VA_ARGS__))   \
			fprintf(stderr, "#   got \"%s\", want \"%s\"\n", got_ ? got_ : "(null)",   \
				want_ ? want_ : "(null)");                                         \
	} while (0)

/* Relative to want, absolute when want is 0; NaN equals NaN. */
#define is_near(got, want, relative, ...)                                                          \
	do {                                                                                       \
		double got_ = (got), want_ = (want), unit_ = want_ != 0 ? fabs(want_) : 1;         \
		if (!ok((isnan(got_) && isnan(want_)) || fabs(got_ - want_) <= (relative) * unit_, \
			__VA_ARGS__))                                                              \
			fprintf(stderr, "#   got %.17g, want %.17g\n", got_, want_);               \
	} while (0)

#define skip(reason, ...)                                                                          \
	do {                                                                                       \
		printf("ok %d # SKIP %s: ", ++tap_count, reason);                                  \
		printf(__VA_ARGS__);                                                               \
		printf("\n");                                                                      \
	} while (0)

__attribute__((unused)) static int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
