/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each finding is told once, and no message is lost or sent twice unknown, whoever dies when. */
#include "store_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- findings ---- */

static struct store_finding finding_of(enum store_finding_kind kind, int64_t id, const char *owner)
{
	const struct store_finding finding = {
		.kind = kind,
		.step_id = kind == STORE_FINDING_STEP ? id : JO_MISSING,
		.group_id = kind == STORE_FINDING_NODE ? JO_MISSING : id,
		.node = kind == STORE_FINDING_NODE ? "n1" : "",
		.metric = METRIC_WALL,
		.owner = owner,
		.since_unix_us = T0,
		.night = NIGHT,
		.detail = "{\"ratio\":3}",
		.created_unix_us = T0 + HOUR,
	};

	return finding;
}

static int64_t find(struct store *store, const struct store_finding *finding)
{
	int64_t id = -1;

	must(store_finding_add(store, finding, &id, &err) == 1, "add a finding");
	return id;
}

/* How many there are of an owner (NULL: any) that nobody was told, or are in the message. */
static int count_findings(struct store *store, const char *owner, int64_t message_id)
{
	const struct store_finding_selection selection = {
		.owner = owner,
		.want_untold = message_id == JO_MISSING,
		.message_id = message_id,
	};
	struct store_cursor *cursor;
	struct store_finding finding;
	int count = 0;

	must(store_findings_open(store, &selection, &cursor, &err) == 0, "list findings");
	while (store_findings_next(cursor, &finding, &err) == 1)
		count++;
	store_cursor_close(cursor);
	return count;
}

static void findings(void)
{
	static const struct {
		enum store_finding_kind kind;
		int64_t id, since_unix_us;
		enum metric metric;
		const char *owner;
		int is_new;
		const char *what;
	} rows[] = {
		{STORE_FINDING_STEP, 1, T0, METRIC_WALL, "ann", 1, "a step's"},
		{STORE_FINDING_STEP, 1, T0, METRIC_WALL, "ann", 0, "the same again"},
		{STORE_FINDING_STEP, 1, T0 + S, METRIC_WALL, "ann", 0, "its end is not what it is"},
		{STORE_FINDING_STEP, 1, T0, METRIC_MEMORY, "ann", 1, "of its memory"},
		{STORE_FINDING_STEP, 1, T0, METRIC_WALL, "", 1, "for the admin"},
		{STORE_FINDING_STEP, 2, T0, METRIC_WALL, "ann", 1, "another step's"},
		{STORE_FINDING_GROUP, 1, T0, METRIC_WALL, "ann", 1, "its group's"},
		{STORE_FINDING_GROUP, 1, T0, METRIC_WALL, "ann", 0, "the same since the same day"},
		{STORE_FINDING_GROUP, 1, T0 + S, METRIC_WALL, "ann", 1, "since another day"},
		{STORE_FINDING_NODE, 0, T0, METRIC_WALL, "", 1, "a node's"},
		{STORE_FINDING_NODE, 0, T0, METRIC_WALL, "", 0, "the same node's"},
		{STORE_FINDING_NODE, 0, T0 + S, METRIC_WALL, "", 1, "that of another day"},
	};
	struct store *store = open_new("findings");
	struct store_finding_selection selection = {.owner = "ann", .message_id = JO_MISSING};
	struct store_finding finding;
	struct store_cursor *cursor;
	int64_t id;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		finding = finding_of(rows[i].kind, rows[i].id, rows[i].owner);
		finding.since_unix_us = rows[i].since_unix_us;
		finding.metric = rows[i].metric;
		id = -1;
		is_int(store_finding_add(store, &finding, &id, &err), rows[i].is_new,
		       "a finding: %s", rows[i].what);
		ok((id == -1) == (rows[i].is_new == 0), "has an id if it is new");
	}
	is_int(count_findings(store, NULL, JO_MISSING), 8, "all are kept, and not told");
	is_int(count_findings(store, "", JO_MISSING), 3, "of these some for the admin");
	is_int(count_findings(store, "bob", JO_MISSING), 0, "none for others");

	must(store_findings_open(store, &selection, &cursor, &err) == 0, "list");
	is_int(store_findings_next(cursor, &finding, &err), 1, "the first");
	is_int(finding.step_id, 1, "comes back: its step");
	is_int(finding.kind, STORE_FINDING_STEP, "its kind");
	is_int(finding.night, NIGHT, "its night");
	is_str(finding.detail, "{\"ratio\":3}", "its detail");
	is_str(finding.node, "", "no node");
	is_int(finding.created_unix_us, T0 + HOUR, "its time");
	store_cursor_close(cursor);
	store_close(store);
}

/* ---- messages ---- */

static struct store_message message_of(const char *owner, int32_t night, const char *header_id)
{
	const struct store_message message = {
		.kind = *owner != '\0' ? STORE_MESSAGE_USER : STORE_MESSAGE_ADMIN,
		.night = night,
		.owner = owner,
		.address = "someone@example.org",
		.header_id = header_id,
		.created_unix_us = T0,
		.body = "Subject: x\r\n\r\nan\0y bytes",
		.body_size = 23,
	};

	return message;
}

static int queue(struct store *store, const struct store_message *message, const int64_t *findings_,
		 size_t count, int64_t *ret_id)
{
	int rc;

	must(store_begin(store, &err) == 0, "begin");
	rc = store_message_queue(store, message, findings_, count, ret_id, &err);
	must(store_commit(store, &err) == 0, "commit");
	return rc;
}

static int count_messages(struct store *store, enum store_message_state state,
			  struct store_message *ret_last)
{
	const struct store_message_selection selection = {.state_mask = 1U << state};
	struct store_message message;
	struct store_cursor *cursor;
	int count = 0;

	must(store_messages_open(store, &selection, &cursor, &err) == 0, "list messages");
	while (store_messages_next(cursor, &message, &err) == 1) {
		*ret_last = message;
		count++;
	}
	store_cursor_close(cursor);
	/* Their strings went with the cursor. */
	ret_last->owner = ret_last->address = ret_last->header_id = ret_last->error = NULL;
	ret_last->body = NULL;
	return count;
}

/* As another program sees it, which knows what is in the file alone. */
static int count_of_owner(const char *name, const char *owner)
{
	const struct store_message_selection selection = {.owner = owner};
	struct store *store = open_new(name);
	struct store_message message;
	struct store_cursor *cursor;
	int count = 0;

	must(store_messages_open(store, &selection, &cursor, &err) == 0, "list messages");
	while (store_messages_next(cursor, &message, &err) == 1)
		count += strcmp(message.owner, owner) == 0;
	store_cursor_close(cursor);
	store_close(store);
	return count;
}

static void once_a_night(void)
{
	struct store *store = open_new("once");
	struct store_message message = message_of("ann", NIGHT, "1@x"), last;
	struct store_finding of_step = finding_of(STORE_FINDING_STEP, 1, "ann");
	struct store_finding of_other = finding_of(STORE_FINDING_STEP, 2, "ann");
	int64_t findings_[2] = {find(store, &of_step), find(store, &of_other)};
	int64_t first = -1, id = -1;

	is_int(queue(store, &message, findings_, 1, &first), 0, "a message with a finding");
	is_int(count_findings(store, "ann", first), 1, "which is told by it");
	is_int(count_findings(store, "ann", JO_MISSING), 1, "and the other not yet");

	message = message_of("ann", NIGHT, "2@x");
	is_int(queue(store, &message, &findings_[1], 1, &id), -EEXIST, "a second in one night: %s",
	       err.text);
	is_int(id, -1, "is none");
	is_int(count_findings(store, "ann", JO_MISSING), 1, "and tells nothing");

	message = message_of("ann", NIGHT + 1, "3@x");
	is_int(queue(store, &message, findings_, 2, &id), -EEXIST, "a finding told twice: %s",
	       err.text);
	is_int(count_findings(store, "ann", JO_MISSING), 1, "leaves the other one untold");
	is_int(count_messages(store, STORE_MESSAGE_PENDING, &last), 1, "and no message behind");

	/* The name of an owner that was added with a message goes with it. */
	message = message_of("zoe", NIGHT, "4@x");
	is_int(queue(store, &message, findings_, 1, &id), -EEXIST, "a new owner's is refused");
	message = message_of("zoe", NIGHT, "5@x");
	is_int(queue(store, &message, NULL, 0, &id), 0, "and accepted without it");
	is_int(count_of_owner("once", "zoe"), 1, "with its name");
	message = message_of("", NIGHT, "6@x");
	is_int(queue(store, &message, &findings_[1], 1, &id), 0, "the admin's is another");
	message = message_of("bob", NIGHT, "1@x");
	is_int(queue(store, &message, NULL, 0, &id), -EEXIST, "no Message-ID is used twice");
	is_int(count_messages(store, STORE_MESSAGE_PENDING, &last), 3, "all others wait");

	/* A message that was sent, or given up, is the night's all the same. */
	must(store_message_sent(store, first, T0, &err) == 0, "sent");
	message = message_of("ann", NIGHT, "7@x");
	is_int(queue(store, &message, NULL, 0, &id), -EEXIST, "also when the first was sent");
	store_close(store);
}

static void fate(void)
{
	struct store *store = open_new("fate"), *other;
	struct store_message message = message_of("ann", NIGHT, "1@x"), claimed, last;
	int64_t ann, bob, admin;

	must(queue(store, &message, NULL, 0, &ann) == 0, "queue");
	message = message_of("bob", NIGHT, "2@x");
	must(queue(store, &message, NULL, 0, &bob) == 0, "queue");
	message = message_of("", NIGHT, "3@x");
	must(queue(store, &message, NULL, 0, &admin) == 0, "queue");

	is_int(store_message_claim(store, 0, T0 - 1, &claimed, &err), 0, "none is due before");
	is_int(store_message_claim(store, 1U << STORE_MESSAGE_ADMIN, T0, &claimed, &err), 1,
	       "the admin's alone");
	is_int(claimed.id, admin, "is asked for");
	is_int(store_message_claim(store, 0, T0, &claimed, &err), 1, "the next one");
	is_int(claimed.id, ann, "is the oldest");
	is_str(claimed.address, "someone@example.org", "to its address");
	is_str(claimed.owner, "ann", "of its owner");
	ok(claimed.body_size == 23 && memcmp(claimed.body, message.body, 23) == 0, "as it was");
	other = open_new("fate");
	is_int(count_messages(other, STORE_MESSAGE_SENDING, &last), 2, "for all to see");
	store_close(other);

	must(store_message_failed(store, ann, "450 later", T0 + HOUR, T0, &err) == 0, "refused");
	is_int(store_message_claim(store, 0, T0, &claimed, &err), 1, "one refused for now");
	is_int(claimed.id, bob, "does not hold up the others");
	is_int(store_message_sent(store, bob, T0 + S, &err), 0, "which is taken");
	is_int(count_messages(store, STORE_MESSAGE_SENT, &last), 1, "and sent");
	ok(last.body_size == 0, "without its body");
	is_int(last.done_unix_us, T0 + S, "at its time");
	is_int(store_message_claim(store, 0, T0 + HOUR - 1, &claimed, &err), 0, "nothing is due");
	is_int(store_message_claim(store, 0, T0 + HOUR, &claimed, &err), 1, "until it is");
	is_int(claimed.id, ann, "again");
	is_int(claimed.attempt_count, 2, "for the second time");
	is_str(claimed.error, "450 later", "with what was said the first time");
	is_int(store_message_failed(store, ann, "550 never", JO_MISSING, T0 + HOUR, &err), 0,
	       "refused for good");
	is_int(count_messages(store, STORE_MESSAGE_FAILED, &last), 1, "it has failed");
	ok(last.body_size == 23, "and is kept");
	is_int(store_message_claim(store, 0, T0 + 1000 * HOUR, &claimed, &err), 0,
	       "it is never due again");
	is_int(store_message_sent(store, 4711, T0, &err), -ENOENT, "of an unknown one: %s",
	       err.text);
	store_close(store);
}

/* Those with the fewest attempts come first. */
static void fair(void)
{
	struct store *store = open_new("fair");
	struct store_message message = message_of("ann", NIGHT, "1@x"), claimed;
	int64_t ann, bob;

	must(queue(store, &message, NULL, 0, &ann) == 0, "queue");
	must(store_message_claim(store, 0, T0, &claimed, &err) == 1, "claim");
	must(store_message_failed(store, ann, "x", T0 + S, T0, &err) == 0, "fail");
	message = message_of("bob", NIGHT, "2@x");
	must(queue(store, &message, NULL, 0, &bob) == 0, "queue");
	is_int(store_message_claim(store, 0, T0 + S, &claimed, &err), 1, "of two that are due");
	is_int(claimed.id, bob, "the one that was tried less often comes first");
	store_close(store);
}

/* A program claims a message and dies; -9 leaves it no last word. */
static void die_sending(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		struct store *store = open_new("death");
		struct store_message claimed;

		if (store_message_claim(store, 0, T0, &claimed, &err) == 1)
			(void)raise(SIGKILL);
		_exit(1);
	}
	must(pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status), "die");
}

static void deaths(void)
{
	struct store *store = open_new("death");
	struct store_message message = message_of("ann", NIGHT, "1@x"), claimed, last;
	int64_t id;

	must(queue(store, &message, NULL, 0, &id) == 0, "queue");
	store_close(store);
	die_sending();

	store = open_new("death");
	is_int(count_messages(store, STORE_MESSAGE_SENDING, &last), 1,
	       "whoever dies while sending leaves a message whose fate is not known");
	is_int(store_message_claim(store, 0, T0 + HOUR, &claimed, &err), 0, "nobody sends it");
	is_int(store_outbox_recover(store, T0 + HOUR, &err), 1, "until it is recovered");
	is_int(store_outbox_recover(store, T0 + HOUR, &err), 0, "once");
	is_int(count_messages(store, STORE_MESSAGE_PENDING, &last), 1, "it is pending");
	is_int(last.attempt_count, 1, "with one attempt, of which nobody knows");
	is_int(store_message_claim(store, 0, T0 + HOUR - 1, &claimed, &err), 0, "not before");
	is_int(store_message_claim(store, 0, T0 + HOUR, &claimed, &err), 1, "due from then on");
	is_str(claimed.header_id, "1@x", "under the same Message-ID");
	ok(claimed.body_size == 23 && memcmp(claimed.body, message.body, 23) == 0,
	   "with the same bytes");
	is_int(store_message_sent(store, id, T0 + HOUR, &err), 0, "sent");
	is_int(store_outbox_recover(store, T0 + HOUR, &err), 0, "and done with");
	store_close(store);
}

int main(void)
{
	begin_tests();
	findings();
	once_a_night();
	fate();
	fair();
	deaths();
	return end_tests();
}
