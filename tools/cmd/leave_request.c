/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaves requests, or applies them at once. */
#include "cmd/leave_request.h"
#include "intake/request_folder.h"

#include <errno.h>
#include <unistd.h>

int cmd_own_name(char name[USER_NAME_SIZE], struct jo_err *err)
{
	return user_name((int64_t)geteuid(), name, err);
}

static int apply_now(struct cmd_env *env, const struct request *request, const char *user,
		     struct jo_err *err)
{
	struct store *store = NULL;
	char name[JO_NAME_SIZE];
	int count = 0, rc;

	rc = request_set_name(name, sizeof(name), user, err);
	if (rc < 0) {
		(void)jo_err_prefix(err, "--user");
		return rc;
	}
	rc = cmd_store_open(env, STORE_WRITE, &store, err);
	if (rc < 0)
		return rc;
	rc = store_begin(store, err);
	if (rc == 0) {
		count = request_apply(store, request, name, JO_MISSING, env->now_unix_us, false,
				      err);
		rc = count < 0 ? count : store_commit(store, err);
		if (rc < 0)
			store_rollback(store);
	}
	store_close(store);
	return rc < 0 ? rc : count;
}

/* The night decides; this only spares the user who may read the database, or its copy, the wait for
 * a no. */
static int look_ahead(struct cmd_env *env, const struct request *request, const char *user,
		      struct jo_err *err)
{
	struct store *store = NULL;
	struct jo_err why = {0};
	bool is_copy;
	int rc;

	if (cmd_store_read(env, false, &store, NULL) < 0)
		return 0;
	/* A copy does not know yet what ended since. */
	is_copy = store_copied_unix_us(store) != JO_MISSING;
	rc = request_apply(store, request, user, (int64_t)geteuid(), env->now_unix_us, true, &why);
	store_close(store);
	if (rc != -EPERM && (rc != -ENOENT || is_copy))
		return 0;
	if (err != NULL)
		*err = why;
	return rc;
}

int cmd_leave_request(struct cmd_env *env, const struct request *request, const char *user,
		      struct jo_err *err)
{
	const struct conf *conf = env->conf;
	char own[USER_NAME_SIZE];
	int rc;

	if (user != NULL)
		return apply_now(env, request, user, err);
	if (conf->requests[0] == '\0')
		return jo_err_set(err, -ENOTSUP,
				  "this site takes no requests (Requests is not set in %s)%s%s",
				  conf->path, conf->admin_mail[0] != '\0' ? "; write to " : "",
				  conf->admin_mail);
	rc = cmd_own_name(own, err);
	if (rc == 0)
		rc = look_ahead(env, request, own, err);
	return rc < 0 ? rc : request_folder_leave(conf->requests, request, err);
}
