/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs tests/smtp/smtpd.py beside a unit test; what it does and writes is described there. */
#ifndef SMTP_SERVER_H
#define SMTP_SERVER_H

#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mail/sender.h"
#include "tap.h"

#define SMTP_SERVER "tests/smtp/smtpd.py"

__attribute__((unused)) static void write_file(const char *folder, const char *name,
					       const char *text, int mode)
{
	char *path = g_build_filename(folder, name, NULL);

	(void)g_file_set_contents(path, text, -1, NULL);
	(void)g_chmod(path, mode);
	g_free(path);
}

__attribute__((unused)) static char *read_file(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL), *text;
	gboolean is_read = g_file_get_contents(path, &text, NULL, NULL);

	g_free(path);
	return is_read ? text : NULL;
}

__attribute__((unused)) static int has_file(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);
	int is_there = access(path, F_OK) == 0;

	g_free(path);
	return is_there;
}

/* Returns the server's process, and its port once it listens; 0 when it cannot run here. */
__attribute__((unused)) static pid_t start_server(const char *folder, const char *certificate,
						  const char *login, int *port)
{
	char *text = NULL;
	pid_t pid = fork();

	if (pid == 0) {
		if (certificate == NULL)
			(void)execl(SMTP_SERVER, SMTP_SERVER, folder, NULL);
		else if (login == NULL)
			(void)execl(SMTP_SERVER, SMTP_SERVER, "--certificate", certificate, folder,
				    NULL);
		else
			(void)execl(SMTP_SERVER, SMTP_SERVER, "--certificate", certificate,
				    "--login", login, folder, NULL);
		_exit(127);
	}
	while (pid > 0 && text == NULL) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return 0;
		text = read_file(folder, "port");
		g_usleep(10000);
	}
	*port = text == NULL ? 0 : atoi(text);
	g_free(text);
	return pid;
}

__attribute__((unused)) static void stop_server(pid_t pid)
{
	if (pid <= 0)
		return;
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
}

/* A server in a folder, and how to reach it. */
struct smtp_box {
	const char *folder;
	pid_t pid;
	char *url;
	struct mail_transport transport; /* without TLS, for the test to change */
};

/* Returns 0, and skips what it is for, where no server can run. */
__attribute__((unused)) static int open_box(struct smtp_box *box, const char *folder,
					    const char *certificate, const char *login,
					    const char *host, const char *what_for)
{
	int port = 0;

	box->folder = folder;
	box->pid = start_server(folder, certificate, login, &port);
	if (box->pid == 0) {
		skip("python3-aiosmtpd or openssl is missing", "%s", what_for);
		return 0;
	}
	box->url = g_strdup_printf("smtp://%s:%d", host, port);
	box->transport = (struct mail_transport){
		.via = MAIL_VIA_SMTP, .url = box->url, .tls = MAIL_TLS_NONE, .timeout_s = 60};
	return 1;
}

__attribute__((unused)) static void close_box(struct smtp_box *box)
{
	stop_server(box->pid);
	g_free(box->url);
}

/* Returns 0, and skips what it is for, where there is no openssl. */
__attribute__((unused)) static int make_certificate(const char *folder)
{
	char *command = g_strdup_printf(
		"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
		"-addext subjectAltName=DNS:localhost -keyout %s/key -out %s/cert 2>%s/openssl && "
		"cat %s/key %s/cert >%s/both",
		folder, folder, folder, folder, folder, folder);
	int status = system(command);

	g_free(command);
	if (status != 0)
		skip("openssl is missing", "certificates");
	return status == 0;
}

__attribute__((unused)) static void set_faults(const char *folder, const char *faults)
{
	write_file(folder, "faults", faults, 0600);
}

__attribute__((unused)) static void in_folder(void (*check)(const char *folder))
{
	char folder[] = "/tmp/mail.XXXXXX";
	char *command = g_strdup_printf("rm -rf %s", mkdtemp(folder));

	check(folder);
	if (system(command) != 0)
		printf("# %s: failed\n", command);
	g_free(command);
}

#endif
