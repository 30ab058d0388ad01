/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a place in a program is called in a profile. */
#ifndef SAMPLE_FRAME_NAME_H
#define SAMPLE_FRAME_NAME_H

#include <stdint.h>

/*
 * "function (file:line)" as new text, or NULL.  A symbol of C++ or Rust is shown as it is written
 * there, without its parameters; NULL is an unknown one.  Of the file the last part of its path
 * is told, and of long names their end; line 0 is not known.  What would end a frame or a line of
 * a profile becomes '_'.
 */
char *frame_name_make(const char *symbol, const char *path, int line);

#endif
