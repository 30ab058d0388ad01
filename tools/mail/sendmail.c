/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery through a sendmail program.  No shell is involved.
 */
#include <errno.h>
#include <glib.h>
#include <sys/wait.h>

#include "mail/doc.h"
#include "mail/transport.h"
#include "util/run.h"

/* Characters that are quoted: the first line of what went wrong. */
#define COMPLAINT_MAX 200

static enum mail_outcome judge_end(const char *program, const struct run_result *result,
				   struct jo_err *err)
{
	int status = result->wait_status;
	char *complaint = g_strstrip(mail_clean(result->complaint, COMPLAINT_MAX));

	if (WIFSIGNALED(status))
		(void)jo_err_set(err, -EIO, "%s was ended by signal %d", program, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		(void)jo_err_set(err, -EIO, "%s ended with status %d%s%s", program,
				 WEXITSTATUS(status), complaint[0] == '\0' ? "" : ": ", complaint);
	g_free(complaint);
	return WIFEXITED(status) ? mail_sendmail_outcome(WEXITSTATUS(status)) : MAIL_UNREACHABLE;
}

enum mail_outcome mail_sendmail_send(const char *program, int timeout_s, const char *from_address,
				     const char *to_address, const void *message, size_t size,
				     struct jo_err *err)
{
	/* -i: a line of one dot is text */
	const char *const argv[] = {program, "-i", "-f", from_address, to_address, NULL};
	GString *text = g_string_sized_new(size);
	enum mail_outcome outcome = MAIL_UNREACHABLE;
	struct run_result result = {0};
	int rc;

	/* By custom sendmail reads lines that end in "\n" alone. */
	for (size_t i = 0; i < size; i++) {
		const char *byte = (const char *)message + i;

		if (*byte != '\r' || i + 1 == size || byte[1] != '\n')
			(void)g_string_append_c(text, *byte);
	}
	rc = run_program(argv, text->str, text->len, timeout_s, &result, err);
	if (rc == 0)
		outcome = judge_end(program, &result, err);
	else if (rc == -ETIMEDOUT)
		(void)jo_err_set(err, rc,
				 "%s did not end within %d s, so the mail may have been taken",
				 program, timeout_s);
	run_result_release(&result);
	(void)g_string_free(text, TRUE);
	return outcome;
}
