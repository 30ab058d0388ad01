/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts, waits, asks, kills, and tells; never touches a file. */
#include "forward/watch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long a killed process may take to be gone; one that waits for a disk can take some. */
#define KILL_GRACE_US 1000000

struct child {
	pid_t pid; /* 0 for none, and once it has ended */
	int wait_status;
};

struct forward_summary *watch_report(void)
{
	void *report = mmap(NULL, sizeof(struct forward_summary), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return report == MAP_FAILED ? NULL : report;
}

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- children ---- */

static void end_soon(int signal_number)
{
	(void)signal_number;
	forward_is_over = true;
}

/* Without SA_RESTART, so that a read or write of a pipe does not go on. */
static void be_worker(const struct watch *watch, struct forward_summary *report, sigset_t *old)
{
	const struct sigaction action = {.sa_handler = end_soon};

	(void)sigaction(SIGTERM, &action, NULL);
	/* From a terminal they come to the watcher as well, which then asks for an end. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, old, NULL);
	/* The time limit is the watcher's: without it the work ends as well. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	watch->work(watch->context, report);
	_exit(0);
}

static void be_command(const struct watch *watch, sigset_t *old)
{
	(void)signal(SIGPIPE, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, old, NULL);
	if (dup2(watch->command_in_fd, STDIN_FILENO) < 0 ||
	    dup2(watch->command_out_fd, STDOUT_FILENO) < 0)
		_exit(126);
	(void)execvp(watch->command[0], watch->command);
	_exit(127);
}

static int start(const struct watch *watch, struct forward_summary *report, sigset_t *old,
		 struct child *worker, struct child *command, struct jo_err *err)
{
	/* The worker last: it must not hold the command's ends of the pipes. */
	if (watch->command != NULL) {
		command->pid = fork();
		if (command->pid == 0)
			be_command(watch, old);
		if (command->pid < 0) {
			command->pid = 0;
			return jo_err_sys(err, -errno, "start a process");
		}
		(void)close(watch->command_in_fd);
		(void)close(watch->command_out_fd);
	}
	worker->pid = fork();
	if (worker->pid == 0)
		be_worker(watch, report, old);
	/* Or the command would never see that the worker has ended. */
	if (watch->command != NULL) {
		(void)close(watch->worker_in_fd);
		(void)close(watch->worker_out_fd);
	}
	if (worker->pid < 0) {
		worker->pid = 0;
		return jo_err_sys(err, -errno, "start a process");
	}
	return 0;
}

static void tell_signal(const struct child *child, int signal_number)
{
	if (child->pid > 0)
		(void)kill(child->pid, signal_number);
}

static void reap(struct child *child)
{
	if (child->pid > 0 && waitpid(child->pid, &child->wait_status, WNOHANG) == child->pid)
		child->pid = 0;
}

/*
 * Until both have ended, the worker alone where command is NULL, or the time has
 * come; a signal to us goes to the worker, and shortens the time.  Returns
 * whether they have ended.
 */
static bool await(struct child *worker, struct child *command, const sigset_t *set,
		  int64_t until_us)
{
	bool is_asked = false;

	for (;;) {
		int64_t left_us = until_us - now_us();
		struct timespec left;
		int signal_number;

		reap(worker);
		if (command != NULL)
			reap(command);
		if (worker->pid == 0 && (command == NULL || command->pid == 0))
			return true;
		if (left_us <= 0)
			return false;
		left = (struct timespec){left_us / 1000000, left_us % 1000000 * 1000};
		signal_number = sigtimedwait(set, NULL, &left);
		if (signal_number > 0 && signal_number != SIGCHLD && !is_asked) {
			is_asked = true;
			tell_signal(worker, SIGTERM);
			if (left_us > WATCH_GRACE_US)
				until_us = now_us() + WATCH_GRACE_US;
		}
	}
}

/*
 * Both, within the time and some grace.  The worker first: the command still
 * carries its last answer.  Returns whether the worker had to be killed.
 */
static bool end_children(const struct watch *watch, struct child *worker, struct child *command,
			 const sigset_t *set)
{
	bool was_hung = false;

	if (await(worker, command, set, now_us() + watch->time_limit_us))
		return false;
	tell_signal(worker, SIGTERM);
	if (!await(worker, NULL, set, now_us() + WATCH_GRACE_US)) {
		was_hung = true;
		tell_signal(worker, SIGKILL);
	}
	tell_signal(command, SIGTERM);
	if (!await(worker, command, set, now_us() + KILL_GRACE_US)) {
		tell_signal(command, SIGKILL);
		(void)await(worker, command, set, now_us() + KILL_GRACE_US);
	}
	return was_hung;
}

/* ---- what came of it ---- */

static void tell_hung(struct forward_summary *report, bool is_gone)
{
	struct jo_err err;

	(void)jo_err_set(&err, -ETIMEDOUT, "no answer while %s: gave up%s", report->doing,
			 is_gone ? ""
				 : "; the process hangs and cannot be killed, and until it ends "
				   "no other one begins");
	forward_complain(report, FORWARD_FAILED, &err);
}

static void tell_died(struct forward_summary *report, int wait_status)
{
	struct jo_err err;

	if (WIFSIGNALED(wait_status))
		(void)jo_err_set(&err, -ECHILD, "killed by signal %d while %s",
				 WTERMSIG(wait_status), report->doing);
	else
		(void)jo_err_set(&err, -ECHILD, "ended with status %d while %s",
				 WEXITSTATUS(wait_status), report->doing);
	forward_complain(report, FORWARD_FAILED, &err);
}

/* A sender on the other side has told its reasons itself, on standard error. */
static void take_status(const struct watch *watch, struct forward_summary *report, int wait_status)
{
	const char *how = report->is_unanswered ? " without a word" : "";
	int status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
	struct jo_err err;

	if (status == FORWARD_DONE && !report->is_unanswered)
		return;
	if (status == FORWARD_BUSY && report->is_unanswered) {
		report->status = FORWARD_BUSY;
		return;
	}
	if (status == FORWARD_FOREIGN && !report->is_unanswered) {
		if (report->status == FORWARD_DONE)
			report->status = FORWARD_FOREIGN;
		return;
	}
	if (status < 0)
		(void)jo_err_set(&err, -ECHILD, "%s: killed by signal %d", watch->command[0],
				 WTERMSIG(wait_status));
	else
		(void)jo_err_set(&err, -ECHILD, "%s: ended with status %d%s", watch->command[0],
				 status, how);
	forward_complain(report, FORWARD_FAILED, &err);
}

int watch_run(const struct watch *watch, struct forward_summary *report, struct jo_err *err)
{
	struct child worker = {0}, command = {0};
	sigset_t set, old;
	bool was_hung;
	int rc;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, &old);
	(void)signal(SIGPIPE, SIG_IGN);
	rc = start(watch, report, &old, &worker, &command, err);
	if (rc < 0)
		tell_signal(&command, SIGKILL);
	was_hung = end_children(watch, &worker, &command, &set);
	if (rc < 0)
		return rc;
	if (was_hung)
		tell_hung(report, worker.pid == 0);
	else if (worker.wait_status != 0)
		tell_died(report, worker.wait_status);
	if (watch->command != NULL)
		take_status(watch, report, command.wait_status);
	return 0;
}
