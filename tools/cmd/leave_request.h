/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How mute and expect reach the database: by a request of the user's, or at once by the admin. */
#ifndef CMD_LEAVE_REQUEST_H
#define CMD_LEAVE_REQUEST_H

#include "cmd/cmd.h"
#include "intake/request.h"
#include "util/user.h"

/*
 * user NULL: leave a request of whoever runs this in the configured folder; what
 * can be seen to be refused, where the database may be read, is refused now.
 * Otherwise do it for this user at once, which takes the right to write the
 * database.
 *
 * Returns what request_apply returned, 0 for a request that was left, or a
 * negative errno.
 */
int cmd_leave_request(struct cmd_env *env, const struct request *request, const char *user,
		      struct jo_err *err);

/* The name of whoever runs this; as user_name(). */
int cmd_own_name(char name[USER_NAME_SIZE], struct jo_err *err);

#endif
