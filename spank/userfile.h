/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening what lies where a user may have put anything.  A file system that a user's program
 * answers for, mounted in the place of a file, would keep us waiting for as long as it likes:
 * what is not on the device that was expected is never asked.
 */
#ifndef SPANK_USERFILE_H
#define SPANK_USERFILE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Whether what a descriptor of O_PATH stands for is on this device, as the kernel alone knows. */
bool userfile_is_on(int fd, dev_t dev, ino_t *ret_ino);

/*
 * Open for reading what `name` is in the folder dir_fd, or AT_FDCWD, with what it is in ret_st.
 * No FIFO, link or lease makes us wait.  Returns the descriptor, -ESTALE for what is elsewhere, or
 * -errno.
 */
int userfile_open(int dir_fd, const char *name, dev_t dev, struct stat *ret_st);

#endif
