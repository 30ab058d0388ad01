/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines on standard error, "sjoboutliers: TEXT", for cmd/ alone: what lies
 * below returns errors instead.  Never exits.
 */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

/* Control characters in the finished text become '?'. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
