/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ingest takes every record once, whatever lies among them, and although it is
 * killed at any of its calls to the system: after the next run everything is
 * as if nothing had happened.  The calls are counted by standing before libc's.
 */
#include "joboutliers/spool.h"
#include "intake/intake.h"
#include "intake/spool_reader.h"
#include "store/store.h"
#include "tap.h"
#include "util/alloc.h"
#include "util/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define S INT64_C(1000000)
#define T0 (INT64_C(1700000000) * S)

/* In memory: the deaths are many, and each run waits for its disk. */
static char folder[] = "/dev/shm/intake_spool.XXXXXX";
static char spool[100], database[100];
static struct jo_err err;

/* ---- death at the n-th call that changes something ---- */

static int calls_left = -1; /* -1: nobody dies */

static void count_call(void)
{
	if (calls_left > 0 && __atomic_sub_fetch(&calls_left, 1, __ATOMIC_SEQ_CST) == 0)
		(void)kill(getpid(), SIGKILL);
}

int unlinkat(int fd, const char *name, int flags)
{
	count_call();
	return (int)syscall(SYS_unlinkat, fd, name, flags);
}

int renameat(int old_fd, const char *old_name, int new_fd, const char *new_name)
{
	count_call();
	return (int)syscall(SYS_renameat2, old_fd, old_name, new_fd, new_name, 0);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	count_call();
	return syscall(SYS_write, fd, bytes, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
	count_call();
	return syscall(SYS_pwrite64, fd, bytes, size, offset);
}

int fdatasync(int fd)
{
	count_call();
	return (int)syscall(SYS_fdatasync, fd);
}

/* ---- what lies in the spool ---- */

static void must(int is_good, const char *what)
{
	if (is_good)
		return;
	printf("Bail out! %s: %s %s\n", what, err.text, strerror(errno));
	exit(1);
}

static void put(const char *node, const char *name, const char *bytes, size_t len)
{
	int fd;

	must(jo_spool_open(spool, node, &fd, &err) == 0, "open the spool");
	must(jo_spool_write(fd, name, bytes, len, &err) == 0, "write to the spool");
	(void)close(fd);
}

static int make_line(char *line, enum jo_record_kind kind, int job, const char *node)
{
	struct jo_record record;

	jo_record_init(&record, kind);
	record.job_id = job;
	record.step_id = 0;
	record.step_kind = JO_STEP_SRUN;
	record.node_count = job % 4 == 0 ? 2 : 1;
	record.node_index = node[1] - '1';
	(void)strcpy(record.node, node);
	(void)strcpy(record.user, "ann");
	record.start_unix_us = T0 + job * S;
	if (kind == JO_RECORD_END) {
		record.wall_us = job * S;
		record.exit_status = 0;
		record.term_signal = 0;
		record.mem_peak_bytes = 1000 * job + node[1];
	}
	return jo_record_write(&record, line, JO_RECORD_LINE_MAX);
}

static void put_record(enum jo_record_kind kind, int job, const char *node)
{
	char line[JO_RECORD_LINE_MAX], name[40];

	(void)snprintf(name, sizeof(name), "%d.%d", job, (int)kind);
	put(node, name, line, (size_t)make_line(line, kind, job, node));
}

/* Twelve steps, three of them on two nodes and one that runs; and one file of three lines, two bad.
 */
static void fill_spool(void)
{
	char text[3 * JO_RECORD_LINE_MAX];
	int len;

	must(mkdir(spool, 0750) == 0, "make the spool");
	for (int job = 1; job <= 12; job++) {
		put_record(JO_RECORD_START, job, "n1");
		if (job == 5)
			continue;
		put_record(JO_RECORD_END, job, "n1");
		if (job % 4 == 0)
			put_record(JO_RECORD_END, job, "n2");
	}
	len = snprintf(text, 100, "garbage\n");
	len += make_line(text + len, JO_RECORD_END, 13, "n2");
	len += snprintf(text + len, 100, "{\"v\":1,");
	put("n2", "three", text, (size_t)len);
}

/* Everything that was not there, or there as text, in a fixed order. */
static void add_folder(struct strbuf *text, const char *path)
{
	struct dirent **names;
	int count = scandir(path, &names, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		strbuf_addf(text, "%s ", names[i]->d_name);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	strbuf_addc(text, '\n');
}

static char *describe(void)
{
	const struct store_options options = {STORE_READ, 1000};
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
	struct strbuf text;
	struct store *store;
	char path[300];

	strbuf_init(&text);
	must(store_open(database, &options, &store, &err) == 0, "open the store");
	must(store_check(store, &err) == 0, "check the store");
	store_selection_init(&selection);
	selection.order = STORE_BY_JOB;
	must(store_steps_open(store, &selection, &cursor, &err) == 0, "read the store");
	while (store_steps_next(cursor, &step, &err) == 1)
		strbuf_addf(&text, "%d %s %d/%d %s %lld %lld\n", (int)step.job_id,
			    step_state_words[step.state], (int)step.node_ended_count,
			    (int)step.node_seen_count, step.node, (long long)step.wall_us,
			    (long long)step.mem_peak_sum_bytes);
	store_cursor_close(cursor);
	store_close(store);
	for (size_t i = 0; i < 3; i++) {
		static const char *const parts[] = {"n1/new", "n2/new", "bad"};

		(void)snprintf(path, sizeof(path), "%s/%s", spool, parts[i]);
		add_folder(&text, path);
	}
	return strbuf_detach(&text);
}

static void clean(void)
{
	char *command =
		xasprintf("rm -rf '%s' '%s' '%s'-* '%s'.*", spool, database, database, database);

	must(system(command) == 0, "clean");
	free(command);
}

static int ingest(struct intake_stats *stats)
{
	const struct store_options options = {STORE_CREATE, 1000};
	const struct intake_calls calls = {0};
	const char *const spools[] = {spool};
	struct source_request request = {.spools = spools, .spool_count = 1};
	struct store *store;
	int rc;

	rc = store_open(database, &options, &store, &err);
	if (rc < 0)
		return rc;
	request.store = store;
	rc = intake_take(&source_spool, &request, &calls, T0, stats, &err);
	store_close(store);
	return rc;
}

/* In a child that dies at its n-th call; false when it came to its end. */
static bool ingest_and_die(int n)
{
	struct intake_stats stats;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		calls_left = n;
		_exit(ingest(&stats) == 0 ? 0 : 1);
	}
	must(pid > 0 && waitpid(pid, &status, 0) == pid, "wait for the child");
	must(!WIFEXITED(status) || WEXITSTATUS(status) == 0, "the child failed");
	return WIFSIGNALED(status);
}

/* The sanitizers make a process slow to fork and to end: with them it dies at some of its calls. */
#ifdef __SANITIZE_ADDRESS__
#define DEATH_STEP 7
#else
#define DEATH_STEP 1
#endif

static void every_death(void)
{
	struct intake_stats stats;
	char *wanted, *found;
	int bad = 0, n;

	fill_spool();
	is_int(ingest(&stats), 0, "a run that nothing happens to");
	is_int(stats.read_count, 29, "reads every line");
	is_int(stats.bad_count, 2, "and sets two aside");
	is_int(stats.added.new_count, 13, "13 steps");
	wanted = describe();
	ok(strstr(wanted, "12 COMPLETED 2/2 n1 12000000 24099\n") != NULL, "nodes are merged");
	ok(strstr(wanted, "5 RUNNING 0/1") != NULL, "a start alone runs");
	ok(strstr(wanted, "n2.three.1 n2.three.1.reason n2.three.3 n2.three.3.reason") != NULL,
	   "bad lines lie beside their reasons");
	ok(strstr(wanted, ". .. \n. .. \n") != NULL, "the spool is empty");
	is_int(ingest(&stats), 0, "again");
	is_int(stats.read_count, 0, "there is nothing left");
	clean();
	for (n = 1;; n += DEATH_STEP) {
		bool has_died;

		fill_spool();
		has_died = ingest_and_die(n);
		must(ingest(&stats) == 0, "the run after it");
		found = describe();
		if (strcmp(found, wanted) != 0 && bad++ == 0)
			printf("# killed at call %d\n# %s\n# %s\n", n, wanted, found);
		free(found);
		clean();
		if (!has_died)
			break;
	}
	is_int(bad, 0, "killed at each %d. call, everything is there once after the next run",
	       DEATH_STEP);
	ok(n > 50, "the calls are counted");
	free(wanted);
}

/* ---- things that are no records ---- */

static void hostile_things(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct intake_stats stats;
	char path[200], secret[200];
	struct stat st;
	int fd;

	fill_spool();
	(void)snprintf(secret, sizeof(secret), "%s/secret", folder);
	fd = open(secret, O_WRONLY | O_CREAT, 0600);
	must(fd >= 0 && close(fd) == 0, "make a file");
	(void)snprintf(path, sizeof(path), "%s/n1/new/link", spool);
	must(symlink(secret, path) == 0, "make a link");
	(void)snprintf(path, sizeof(path), "%s/n1/new/fifo", spool);
	must(mkfifo(path, 0600) == 0, "make a FIFO");
	(void)snprintf(path, sizeof(path), "%s/n1/new/folder", spool);
	must(mkdir(path, 0700) == 0, "make a folder");
	(void)snprintf(path, sizeof(path), "%s/n1/new/huge", spool);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	must(fd >= 0 && ftruncate(fd, SPOOL_FILE_BYTES_MAX + 1) == 0 && close(fd) == 0,
	     "make a huge file");
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/n1/new/socket", spool);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	must(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "make a socket");
	(void)close(fd);
	put("n1", "empty", "", 0);
	put("n1", "-rf", "not a record\n", 13);
	(void)snprintf(path, sizeof(path), "%s/linked", spool);
	must(symlink(folder, path) == 0, "make a link to a folder");
	(void)snprintf(path, sizeof(path), "%s/README", spool);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	must(fd >= 0 && close(fd) == 0, "make a foreign file");

	is_int(ingest(&stats), 0, "whatever lies in the spool, nobody blocks");
	is_int(stats.bad_count, 2 + 7, "and what is no record is set aside");
	is_int(stats.added.new_count, 13, "all the others are taken");
	(void)snprintf(path, sizeof(path), "%s/bad/n1.link", spool);
	ok(lstat(path, &st) == 0 && S_ISLNK(st.st_mode), "a link is set aside as a link");
	ok(stat(secret, &st) == 0, "what it points to stays");
	(void)snprintf(path, sizeof(path), "%s/bad/n1.fifo", spool);
	ok(lstat(path, &st) == 0 && S_ISFIFO(st.st_mode), "a FIFO as a FIFO");
	(void)snprintf(path, sizeof(path), "%s/README", spool);
	ok(lstat(path, &st) == 0, "a file beside the folders is nobody's business");
	is_int(ingest(&stats), 0, "the next run");
	is_int(stats.bad_count, 0, "hears of none of it");
	clean();
}

/* bad/ has a folder with something in it wherever one would go, and where a reason would. */
static void names_taken(void)
{
	struct intake_stats stats;
	char *command = xasprintf("cd %s && mkdir -p bad/n1.folder/full bad/n1.text.1.reason/full "
				  "n1/new/folder/second",
				  spool);

	fill_spool();
	must(system(command) == 0, "make folders");
	put("n1", "text", "no record\n", 10);
	is_int(ingest(&stats), 0, "what is set aside finds a name: %s", err.text);
	is_int(stats.bad_count, 2 + 2, "all of it");
	free(command);
	command = xasprintf(
		"cd %s/bad && test -d n1.folder~1/second && test -f n1.folder~1.reason && "
		"test -f n1.text.1~1 && test -f n1.text.1~1.reason && "
		"test -d n1.folder/full && test -d n1.text.1.reason/full",
		spool);
	is_int(system(command), 0, "beside what was there");
	free(command);
	is_int(ingest(&stats), 0, "the next run");
	is_int(stats.bad_count, 0, "hears of none of it");
	clean();
}

/* ---- files of others ---- */

#define OTHER_UID 65534

/* Their owner is somebody else, who lets them be read and removed, and no more. */
static void files_of_others(void)
{
	static const char what[] = "who does not own the records takes them all the same";
	struct intake_stats stats;
	int status = 0;
	char *command;
	pid_t pid;

	if (geteuid() != 0) {
		skip("needs root", "%s", what);
		return;
	}
	fill_spool();
	command = xasprintf("chown %d '%s' && chmod -R go+rwX '%s' && chown %d '%s'/*/new",
			    OTHER_UID, folder, spool, OTHER_UID, spool);
	must(system(command) == 0, "give the folders away");
	free(command);
	pid = fork();
	if (pid == 0)
		_exit(setuid(OTHER_UID) == 0 && ingest(&stats) == 0 && stats.bad_count == 2 &&
				      stats.added.new_count == 13
			      ? 0
			      : 1);
	must(pid > 0 && waitpid(pid, &status, 0) == pid, "wait for the child");
	is_int(status, 0, "%s", what);
	clean();
}

/* ---- runs that cannot do everything ---- */

static void refusals(void)
{
	static const struct timespec long_ago[] = {{.tv_sec = 1}, {.tv_sec = 1}};
	struct intake_stats stats;
	char path[300];
	struct stat st;
	int fd;

	fill_spool();
	is_int(ingest(&stats), 0, "a first run");
	(void)snprintf(path, sizeof(path), "%s.ingest", database);
	fd = open(path, O_RDWR | O_CREAT, 0640);
	must(fd >= 0 && flock(fd, LOCK_EX) == 0, "lock");
	put_record(JO_RECORD_END, 77, "n1");
	is_int(ingest(&stats), -EBUSY, "a second run at once is refused");
	(void)close(fd);
	is_int(ingest(&stats), 0, "and works when the first has ended");
	is_int(stats.added.new_count, 1, "with nothing lost");

	put("n1", "bad-line", "x\n", 2);
	(void)snprintf(path, sizeof(path), "%s/n1/new/bad-line", spool);
	must(utimensat(AT_FDCWD, path, long_ago, 0) == 0, "set its times");
	put_record(JO_RECORD_END, 78, "n1");
	(void)snprintf(path, sizeof(path), "rm -r %s/bad && ln -s / %s/bad", spool, spool);
	must(system(path) == 0, "replace the folder");
	ok(ingest(&stats) < 0, "where bad lines cannot be set aside, that is an error: %s",
	   err.text);
	is_int(stats.added.new_count, 1, "after everything else was done");
	(void)snprintf(path, sizeof(path), "%s/n1/new/bad-line", spool);
	ok(stat(path, &st) == 0, "and the line stays where it was");
	is_int(st.st_atim.tv_sec, 1, "without a note that it was read");
	clean();
	is_int(ingest(&stats), -ENOENT, "no spool at all");
	ok(strstr(err.text, spool) != NULL, "is named: %s", err.text);
	clean();
}

int main(void)
{
	must(mkdtemp(folder) != NULL, "make a folder");
	(void)snprintf(spool, sizeof(spool), "%s/spool", folder);
	(void)snprintf(database, sizeof(database), "%s/db", folder);
	every_death();
	hostile_things();
	names_taken();
	files_of_others();
	refusals();
	(void)snprintf(err.text, sizeof(err.text), "rm -r %s", folder);
	return system(err.text) != 0 || tap_done();
}
