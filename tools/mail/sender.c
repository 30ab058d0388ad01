/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses the way, and checks what both ways rely on. */
#include "mail/sender.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "mail/address.h"
#include "mail/transport.h"
#include "util/secret.h"

struct mail_sender {
	const struct mail_transport *transport;
	struct mail_smtp *smtp; /* NULL when the mails go through sendmail */
};

/* One line of a file that nobody but its owner can read; free *ret_secret with g_free. */
static int read_secret(const char *path, char **ret_secret, struct jo_err *err)
{
	char line[SECRET_LINE_SIZE];
	int rc = secret_read_line(path, SECRET_NOBODY_ELSE, line, err);

	if (rc == 0)
		*ret_secret = g_strdup(line);
	explicit_bzero(line, sizeof(line));
	return rc;
}

/* A login in the address would not wait for TLS, and its password would stand in errors. */
static int check_url(const char *url, struct jo_err *err)
{
	if (strchr(url, '@') != NULL)
		return jo_err_set(err, -EINVAL,
				  "SmtpUrl: a login does not belong into the address; SmtpUser and "
				  "SmtpPasswordFile have it");
	if (!g_str_has_prefix(url, "smtp://") && !g_str_has_prefix(url, "smtps://"))
		return jo_err_set(err, -EINVAL,
				  "SmtpUrl %s: expected smtp://HOST[:PORT] or smtps://HOST[:PORT]",
				  url);
	return 0;
}

static int check_transport(const struct mail_transport *transport, struct jo_err *err)
{
	if (transport->timeout_s <= 0)
		return jo_err_set(err, -EINVAL, "a mail timeout of %d s, expected more",
				  transport->timeout_s);
	if (transport->via == MAIL_VIA_SENDMAIL) {
		if (transport->sendmail[0] != '/')
			return jo_err_set(err, -EINVAL, "SendmailPath: expected an absolute path");
		return 0;
	}
	if (check_url(transport->url, err) < 0)
		return -EINVAL;
	if (transport->login == NULL)
		return 0;
	if (transport->tls != MAIL_TLS_REQUIRED)
		return jo_err_set(err, -EINVAL,
				  "SmtpUser needs SmtpTls=required, or the password could be read "
				  "on its way");
	if (transport->password_file == NULL)
		return jo_err_set(err, -EINVAL, "SmtpUser needs SmtpPasswordFile");
	return 0;
}

/* The password of a transport that logs in; forget it. */
static int read_password(const struct mail_transport *transport, char **ret_password,
			 struct jo_err *err)
{
	int rc = check_transport(transport, err);

	*ret_password = NULL;
	if (rc == 0 && transport->via == MAIL_VIA_SMTP && transport->login != NULL)
		rc = read_secret(transport->password_file, ret_password, err);
	return rc;
}

static void forget(char *password)
{
	if (password != NULL)
		explicit_bzero(password, strlen(password));
	g_free(password);
}

int mail_sender_new(const struct mail_transport *transport, struct mail_sender **ret_sender,
		    struct jo_err *err)
{
	struct mail_smtp *smtp = NULL;
	char *password;
	int rc = read_password(transport, &password, err);

	if (rc == 0 && transport->via == MAIL_VIA_SMTP)
		rc = mail_smtp_new(transport, password, &smtp, err);
	forget(password);
	if (rc != 0)
		return rc;
	*ret_sender = g_new0(struct mail_sender, 1);
	(*ret_sender)->transport = transport;
	(*ret_sender)->smtp = smtp;
	return 0;
}

int mail_probe(const struct mail_transport *transport, const char *from_address,
	       const char *to_address, struct jo_err *err)
{
	char *password;
	int rc = read_password(transport, &password, err);

	if (rc == 0 && from_address != NULL)
		rc = mail_address_check(from_address, err);
	if (rc == 0 && to_address != NULL)
		rc = mail_address_check(to_address, err);
	if (rc == 0 && transport->via == MAIL_VIA_SMTP) {
		rc = mail_smtp_probe(transport, password, from_address, to_address, err);
		if (rc < 0)
			(void)jo_err_prefix(err, "%s", transport->url);
	}
	forget(password);
	return rc;
}

void mail_sender_free(struct mail_sender *sender)
{
	if (sender == NULL)
		return;
	mail_smtp_free(sender->smtp);
	g_free(sender);
}

enum mail_outcome mail_send(struct mail_sender *sender, const char *from_address,
			    const char *to_address, const void *message, size_t size,
			    struct jo_err *err)
{
	const struct mail_transport *transport = sender->transport;

	/* Addresses were checked when the mail was made; but these two reach a command line. */
	if (mail_address_check(from_address, err) != 0 || mail_address_check(to_address, err) != 0)
		return MAIL_REFUSED;
	if (sender->smtp != NULL)
		return mail_smtp_send(sender->smtp, from_address, to_address, message, size, err);
	return mail_sendmail_send(transport->sendmail, transport->timeout_s, from_address,
				  to_address, message, size, err);
}
