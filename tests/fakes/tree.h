/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for one test, to put files into: a captured /proc and /sys, a user's home. */
#ifndef FAKES_TREE_H
#define FAKES_TREE_H

#include <stddef.h>

/* Make an empty folder; its path stays valid until tree_remove. */
const char *tree_make(void);

/* The path of something in it; the last few results stay valid. */
const char *tree_at(const char *path);

/* Write a file, and the folders it lies in. */
void tree_file(const char *path, const char *text);

/* Run a shell command in it; ends the program when that fails. */
void tree_shell(const char *command);

void tree_remove(void);

#endif
