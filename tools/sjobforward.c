/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries records from the plugin's spool on a node to where ingest reads them,
 * apart from any step.  It runs on compute nodes, and so needs libc alone.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "forward/folder.h"
#include "forward/origin.h"
#include "forward/watch.h"
#include "forward/wire.h"
#include "joboutliers/spool.h"
#include "joboutliers/units.h"

#define DEFAULT_SPOOL "/var/spool/joboutliers"

/* Less than the time between two runs of the timer; a full spool takes a minute or two on a slow
 * shared file system. */
#define DEFAULT_TIME_LIMIT_US (5 * 60 * (int64_t)1000000)

/* Who sends ends before who receives would lose patience with it. */
#define DEFAULT_SEND_TIME_LIMIT_US (4 * 60 * (int64_t)1000000)

/* Beyond that no site has a use for a number of records. */
#define NUMBER_MAX 1000000000

const char *argp_program_version = "sjobforward " JO_VERSION;

enum mode { MODE_CARRY, MODE_SEND, MODE_RECEIVE };

struct args {
	enum mode mode;
	bool is_quiet, is_dry;
	const char *spool; /* NULL: the default */
	const char *node;
	const char *target;
	char **command;
	int64_t records_max, waiting_max, time_limit_us;
	int from_command_fd, to_command_fd;
};

enum { KEY_SEND = 0x100, KEY_RECEIVE };

static const struct argp_option options[] = {
	{"spool", 's', "PATH", 0, "the spool to carry from; " DEFAULT_SPOOL " unless given", 0},
	{"node", 'n', "NAME", 0, "carry the records of this node alone", 0},
	{"max-records", 'm', "NUMBER", 0, "carry at most so many; 25000 unless given", 0},
	{"waiting-max", 'w', "NUMBER", 0,
	 "carry no more of a node while so many wait in TARGET; 25000 unless given", 0},
	{"time-limit", 't', "TIME", 0,
	 "end after this time; 5min unless given, or 4min with --send", 0},
	{"send", KEY_SEND, NULL, 0, "carry to the --receive that runs this, not to a TARGET", 0},
	{"receive", KEY_RECEIVE, NULL, 0,
	 "run COMMAND, which is to be --send on a node, and "
	 "carry what it sends",
	 0},
	{"dry-run", 'd', NULL, 0, "tell what would be carried, and change nothing", 0},
	{"quiet", 'q', NULL, 0, "print nothing when all went well", 0},
	{0},
};

static void take_number(struct argp_state *state, const char *name, const char *text,
			int64_t *ret_number)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9' || number < 1 ||
	    number > NUMBER_MAX)
		argp_error(state, "--%s=%.40s: expected a number from 1 to %d", name, text,
			   NUMBER_MAX);
	*ret_number = number;
}

static void take_argument(struct args *args, char *text, struct argp_state *state)
{
	if (args->target == NULL) {
		args->target = text;
	} else if (args->mode == MODE_RECEIVE) {
		args->command = state->argv + state->next - 1;
		state->next = state->argc;
	} else {
		argp_error(state, "one TARGET, not also '%.80s'", text);
	}
}

static void check(struct args *args, struct argp_state *state)
{
	if (args->mode == MODE_SEND && args->target != NULL)
		argp_error(state, "--send takes no TARGET");
	if (args->mode != MODE_SEND && args->target == NULL)
		argp_error(state, "expected a TARGET");
	if (args->mode == MODE_RECEIVE && args->command == NULL)
		argp_error(state, "expected a COMMAND, such as ssh NODE sjobforward --send");
	if (args->mode == MODE_RECEIVE && args->spool != NULL)
		argp_error(state, "--spool belongs into the COMMAND of --receive");
	if (args->mode != MODE_CARRY && args->is_dry)
		argp_error(state, "--dry-run goes with a TARGET alone");
	if (args->mode == MODE_SEND && (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO)))
		argp_error(state, "--send is to be run by sjobforward --receive");
	if (args->node != NULL && !parcel_is_node_name(args->node))
		argp_error(state, "--node=%.80s: expected a node's name", args->node);
	if (args->spool == NULL)
		args->spool = DEFAULT_SPOOL;
	if (args->time_limit_us == 0)
		args->time_limit_us = args->mode == MODE_SEND ? DEFAULT_SEND_TIME_LIMIT_US
							      : DEFAULT_TIME_LIMIT_US;
}

static error_t option(int key, char *text, struct argp_state *state)
{
	struct args *args = state->input;
	struct jo_err err;

	switch (key) {
	case 's':
		args->spool = text;
		return 0;
	case 'n':
		args->node = text;
		return 0;
	case 'm':
		take_number(state, "max-records", text, &args->records_max);
		return 0;
	case 'w':
		take_number(state, "waiting-max", text, &args->waiting_max);
		return 0;
	case 't':
		if (jo_duration_parse(text, &args->time_limit_us, &err) < 0)
			argp_error(state, "--time-limit: %s", err.text);
		if (args->time_limit_us <= 0)
			argp_error(state, "--time-limit=%.40s: expected more than 0", text);
		return 0;
	case KEY_SEND:
		args->mode = MODE_SEND;
		return 0;
	case KEY_RECEIVE:
		args->mode = MODE_RECEIVE;
		return 0;
	case 'd':
		args->is_dry = true;
		return 0;
	case 'q':
		args->is_quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		take_argument(args, text, state);
		return 0;
	case ARGP_KEY_SUCCESS:
		check(args, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	option,
	"TARGET\n--send\n--receive TARGET COMMAND [ARG...]",
	"Carry the records in a node's spool to the folder TARGET, from where 'sjoboutliers "
	"ingest' takes them.\v"
	"It may be broken off at any moment and run again.\n"
	"\n"
	"Exit status:\n"
	"  0  done\n"
	"  1  failed; one line on standard error says why\n"
	"  2  the command line is not right; nothing was done\n"
	"  3  done, but something that is no record was left where it is\n"
	"  4  another run is at work; nothing was done",
	NULL,
	NULL,
	NULL,
};

/* ---- the work, in a process of its own ---- */

/* A process that hangs must not keep open what a remote shell waits for. */
static void let_go(int first_fd)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = first_fd; fd >= 0 && i <= STDERR_FILENO; i++)
		(void)dup2(fd, i);
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

static void fail(struct forward_summary *report, const struct jo_err *err)
{
	forward_complain(report, FORWARD_FAILED, err);
	if (err->code == -EBUSY)
		report->status = FORWARD_BUSY;
}

/* Two names of one folder: a record would be taken from it for being there already. */
static int check_apart(const struct origin *source, const struct folder_target *target,
		       struct jo_err *err)
{
	struct stat from, to;

	if (fstat(source->top_fd, &from) < 0 || fstat(target->top_fd, &to) < 0)
		return jo_err_sys(err, -errno, "stat %s", target->path);
	if (from.st_dev == to.st_dev && from.st_ino == to.st_ino)
		return jo_err_set(err, -EINVAL, "%s is the spool itself: expected another folder",
				  target->path);
	return 0;
}

/* The lock before the target: while one hangs there, the next must not come as far. */
static void carry(void *context, struct forward_summary *report)
{
	const struct args *args = context;
	struct origin source = {.path = args->spool,
				.node = args->node,
				.records_max = args->records_max,
				.is_dry = args->is_dry};
	struct folder_target target = {
		.path = args->target, .waiting_max = args->waiting_max, .is_dry = args->is_dry};
	const struct parcel_sink sink = {folder_target_take, &target};
	struct jo_err err;
	int rc;

	let_go(STDIN_FILENO);
	report->doing = "opening the spool";
	origin_check_place(&source, report);
	rc = origin_open(&source, &err);
	if (rc < 0) {
		fail(report, &err);
		return;
	}
	report->doing = "opening the target";
	rc = folder_target_open(&target, &err);
	if (rc == 0) {
		rc = check_apart(&source, &target, &err);
		if (rc == 0)
			rc = origin_walk(&source, &sink, report, &err);
		folder_target_close(&target);
	}
	if (rc < 0)
		fail(report, &err);
	origin_close(&source);
}

static void send_records(void *context, struct forward_summary *report)
{
	static struct wire wire = {.in_fd = STDIN_FILENO, .out_fd = STDOUT_FILENO};
	const struct args *args = context;
	struct origin source = {
		.path = args->spool, .node = args->node, .records_max = args->records_max};
	const struct parcel_sink sink = {wire_send_take, &wire};
	struct jo_err err;
	int rc;

	let_go(STDERR_FILENO);
	report->doing = "opening the spool";
	origin_check_place(&source, report);
	rc = origin_open(&source, &err);
	if (rc < 0) {
		fail(report, &err);
		return;
	}
	rc = wire_send_begin(&wire, &err);
	if (rc == 0)
		rc = origin_walk(&source, &sink, report, &err);
	if (rc == 0)
		rc = wire_send_end(&wire, report, &err);
	if (rc < 0)
		fail(report, &err);
	origin_close(&source);
}

static void receive_records(void *context, struct forward_summary *report)
{
	static struct wire wire;
	static struct parcel parcel;
	const struct args *args = context;
	const struct wire_limits limits = {args->node, args->records_max};
	struct folder_target target = {.path = args->target, .waiting_max = args->waiting_max};
	const struct parcel_sink sink = {folder_target_take, &target};
	struct jo_err err;
	int rc;

	let_go(STDIN_FILENO);
	wire.in_fd = args->from_command_fd;
	wire.out_fd = args->to_command_fd;
	report->doing = "opening the target";
	rc = folder_target_open(&target, &err);
	if (rc == 0) {
		rc = wire_receive(&wire, &limits, &parcel, &sink, report, &err);
		folder_target_close(&target);
	}
	if (rc < 0)
		fail(report, &err);
}

/* ---- what is told ---- */

static void print_summary(const struct args *args, const struct forward_summary *report)
{
	static const char *const verbs[] = {"carried", "would be carried"};

	(void)printf("%s: %" PRId64 " record%s %s, %" PRId64 " there already, %" PRId64
		     " left, %" PRId64 " foreign%s\n",
		     program_invocation_short_name, report->carried_count,
		     report->carried_count == 1 ? "" : "s", verbs[args->is_dry],
		     report->known_count, report->left_count, report->foreign_count,
		     report->is_cut ? "; ended before all was looked at" : "");
}

static void print_report(const struct args *args, const struct forward_summary *report)
{
	for (size_t i = 0; i < report->complaint_count && i < FORWARD_COMPLAINTS_MAX; i++)
		(void)fprintf(stderr, "%s: %s\n", program_invocation_short_name,
			      report->complaints[i]);
	if (report->complaint_count > FORWARD_COMPLAINTS_MAX)
		(void)fprintf(stderr, "%s: and %zu more like these\n",
			      program_invocation_short_name,
			      report->complaint_count - FORWARD_COMPLAINTS_MAX);
	/* The sender's standard output is the records'. */
	if (args->mode != MODE_SEND && !args->is_quiet && report->status != FORWARD_BUSY)
		print_summary(args, report);
}

static int fail_plainly(const char *what)
{
	(void)fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	return FORWARD_FAILED;
}

int main(int argc, char **argv)
{
	static void (*const work[])(void *, struct forward_summary *) = {
		[MODE_CARRY] = carry, [MODE_SEND] = send_records, [MODE_RECEIVE] = receive_records};
	struct args args = {.records_max = JO_SPOOL_FILES_MAX, .waiting_max = JO_SPOOL_FILES_MAX};
	int to[2] = {-1, -1}, from[2] = {-1, -1};
	struct forward_summary *report;
	struct watch watch;
	struct jo_err err;

	(void)setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
	argp_err_exit_status = FORWARD_USAGE;
	(void)argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &args);
	report = watch_report();
	if (report == NULL)
		return fail_plainly("memory");
	report->doing = "starting";
	if (args.command != NULL && (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0))
		return fail_plainly("pipe");
	args.from_command_fd = from[0];
	args.to_command_fd = to[1];
	watch = (struct watch){
		.time_limit_us = args.time_limit_us,
		.command = args.command,
		.command_in_fd = to[0],
		.command_out_fd = from[1],
		.worker_in_fd = from[0],
		.worker_out_fd = to[1],
		.work = work[args.mode],
		.context = &args,
	};
	if (watch_run(&watch, report, &err) < 0) {
		(void)fprintf(stderr, "%s: %s\n", program_invocation_short_name, err.text);
		return FORWARD_FAILED;
	}
	print_report(&args, report);
	if (fflush(stdout) != 0)
		return fail_plainly("standard output");
	return (int)report->status;
}
