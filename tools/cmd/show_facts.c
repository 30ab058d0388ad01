/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What show prints of a step as it was recorded: a line for each thing that is known. */
#include "cmd/show.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "joboutliers/units.h"
#include "joboutliers/utf8.h"
#include "step/class_name.h"
#include "step/efficiency.h"
#include "store/store.h"
#include "util/when.h"
#include "util/words.h"

static void part_duration(struct strbuf *line, const char *what, int64_t us)
{
	char text[24];

	if (us != JO_MISSING)
		strbuf_add_part(line, "%s%s", what, jo_duration_format(us, text, sizeof(text)));
}

static void part_bytes(struct strbuf *line, const char *what, int64_t bytes)
{
	char text[16];

	if (bytes != JO_MISSING)
		strbuf_add_part(line, "%s%s", what, jo_bytes_format(bytes, text, sizeof(text)));
}

static void part_count(struct strbuf *line, int64_t count, const char *what)
{
	if (count != JO_MISSING)
		strbuf_add_part(line, "%" PRId64 " %s%s", count, what, words_plural(count));
}

#define INDENT 13   /* two blanks and the column of labels: see show_line */
#define LINE_MIN 40 /* a narrower terminal breaks lines itself */

/* Where to break lines, or 0: programs get one line. */
static size_t line_length(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < INDENT + LINE_MIN)
		return 0;
	return size.ws_col - INDENT;
}

/* The length of what goes on the next line: up to a blank, unless a word is longer than that. */
static size_t take_words(const char *text, size_t room)
{
	size_t len = strlen(text), end = room;

	if (room == 0 || len <= room)
		return len;
	while (end > 0 && text[end] != ' ')
		end--;
	return end > 0 ? end : room + strcspn(text + room, " ");
}

void show_line(const char *label, struct strbuf *line)
{
	const char *text = line->text;
	size_t room = line_length();

	jo_utf8_mask(line->text);
	while (*text != '\0') {
		size_t len = take_words(text, room);

		(void)printf("  %-11s%.*s\n", label, (int)len, text);
		text += len + (text[len] == ' ');
		label = "";
	}
	strbuf_reset(line);
}

/* The class, and of what it was made where that is not to be seen. */
static void print_class(const struct step *step, struct strbuf *line)
{
	const struct class_facts facts = {step->job_name, step->program, step->comment,
					  step->step_kind};
	struct class_made whole;

	class_name_make(CLASS_NAMES_WHOLE, &facts, &whole);
	if (step->class_name[0] != '\0')
		strbuf_add_part(line, "%s%s", step->class_name,
				step->class_is_declared ? " (declared)" : "");
	if (!step->class_is_declared && step->job_name[0] != '\0' &&
	    strcmp(whole.name, step->class_name) != 0) {
		strbuf_add_part(line, "from job name %s", step->job_name);
		if (step->comment[0] != '\0')
			strbuf_add_part(line, "comment %s", step->comment);
	}
	show_line("class", line);
}

static void print_identity(const struct step *step, struct strbuf *line)
{
	const struct {
		const char *what, *text;
	} words[] = {
		{"user", step->user},           {"account", step->account},
		{"partition", step->partition}, {"QOS", step->qos},
		{"cluster", step->cluster},     {"job", step->job_name},
		{"program", step->program},     {"SLUID", step->sluid},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].text[0] != '\0')
			strbuf_add_part(line, "%s %s", words[i].what, words[i].text);
	if (step->restart_count != JO_MISSING && step->restart_count > 0)
		strbuf_add_part(line, "requeued %" PRId64 " time%s", step->restart_count,
				words_plural(step->restart_count));
	show_line("of", line);
	print_class(step, line);
}

static void print_given(const struct step *step, struct strbuf *line)
{
	static const char *const sources[] = {
		[JO_INPUT_NONE] = "",
		[JO_INPUT_OPTION] = "by --input-size",
		[JO_INPUT_FILES] = "by --input-files",
		[JO_INPUT_ENVIRONMENT] = "by SJOB_INPUT_SIZE",
		[JO_INPUT_PROGRAM] = "by the program",
		[JO_INPUT_INHERITED] = "for the whole job",
		[JO_INPUT_INVALID] = "declared, but not a size",
		[JO_INPUT_READ] = "what it read: no size was declared",
	};

	part_bytes(line, "", step->input_bytes);
	if (step->input_source != JO_INPUT_NONE &&
	    (step->source == STEP_SOURCE_PLUGIN || step->input_source == JO_INPUT_READ))
		strbuf_add_part(line, "%s", sources[step->input_source]);
	show_line("input", line);
	if (step->attrs[0] != '\0')
		strbuf_add_part(line, "%s", step->attrs);
	show_line("attributes", line);

	if (step->node[0] != '\0')
		strbuf_add_part(line, "%s", step->node);
	if (step->node_count != JO_MISSING && step->node_count > 1)
		strbuf_add_part(line, "the first of %" PRId64 " nodes", step->node_count);
	if (step->node_count != JO_MISSING && step->node_seen_count < step->node_count)
		strbuf_add_part(line, "%" PRId64 " of them told anything", step->node_seen_count);
	part_count(line, step->task_count, "task");
	part_count(line, step->cpu_count, "CPU");
	show_line("on", line);
}

/* Of what stands in front of it in the line, how much the step used, where that is known. */
static void add_share(const struct step *step, enum efficiency which, const char *before,
		      const char *after, struct strbuf *line)
{
	double share = efficiency_of(step, which);

	if (!isnan(share))
		strbuf_addf(line, "%s%.0f %%%s", before, 100 * share, after);
}

static void print_times(const struct step *step, struct strbuf *line)
{
	char text[WHEN_TEXT_SIZE];

	if (step->start_unix_us != JO_MISSING)
		strbuf_add_part(line, "%s", when_format(step->start_unix_us, text));
	if (step->end_unix_us != JO_MISSING)
		strbuf_add_part(line, "ended %s", when_format(step->end_unix_us, text));
	show_line("started", line);

	part_duration(line, "", step->wall_us);
	part_duration(line, "limit ", step->time_limit_us);
	add_share(step, EFFICIENCY_TIME, " (", " of it used)", line);
	show_line("run time", line);

	if (step->cpu_user_us == JO_MISSING && step->cpu_system_us == JO_MISSING)
		part_duration(line, "", step->cpu_us);
	part_duration(line, "user ", step->cpu_user_us);
	part_duration(line, "system ", step->cpu_system_us);
	add_share(step, EFFICIENCY_CPU, ", ", " of its CPUs", line);
	show_line("CPU time", line);
}

static void print_memory(const struct step *step, struct strbuf *line)
{
	static const char *const sources[] = {
		[JO_MEM_NONE] = "",
		[JO_MEM_CGROUP_V1] = " (cgroup v1, with page cache)",
		[JO_MEM_CGROUP_V2] = " (cgroup v2, with page cache)",
	};
	bool has_request = step->mem_request_bytes != JO_MISSING && step->mem_request_bytes > 0;

	part_bytes(line, "peak ", step->mem_peak_bytes);
	if (step->mem_peak_bytes != JO_MISSING)
		strbuf_adds(line, sources[step->mem_source]);
	part_bytes(line, "largest process ", step->max_rss_bytes);
	part_bytes(line, "allocated ", step->mem_allocated_bytes);
	part_bytes(line, has_request ? "requested " : "limit ",
		   has_request ? step->mem_request_bytes : step->mem_limit_bytes);
	add_share(step, EFFICIENCY_MEMORY, " (", " of it used)", line);
	if (has_request)
		part_bytes(line, "limit ", step->mem_limit_bytes);
	if (step->mem_limit_hit_count != JO_MISSING && step->mem_limit_hit_count > 0)
		strbuf_add_part(line, "hit %" PRId64 " time%s", step->mem_limit_hit_count,
				words_plural(step->mem_limit_hit_count));
	if (step->oom_kill_count != JO_MISSING && step->oom_kill_count > 0)
		strbuf_add_part(line, "killed for want of memory: %" PRId64, step->oom_kill_count);
	part_bytes(line, "swap ", step->swap_peak_bytes);
	show_line("memory", line);

	part_bytes(line, "read ", step->read_bytes);
	part_bytes(line, "written ", step->write_bytes);
	part_count(line, step->major_fault_count, "major page fault");
	show_line("I/O", line);
}

void show_facts(const struct step *step)
{
	char name[STEP_LABEL_SIZE], exit_text[24];
	struct strbuf line;

	strbuf_init(&line);
	(void)step_exit_format(step, exit_text, sizeof(exit_text));
	(void)printf("%s  %s%s%s\n", step_full_format(step, name, sizeof(name)),
		     step_state_words[step->state], exit_text[0] != '\0' ? ", exit " : "",
		     exit_text);
	print_identity(step, &line);
	print_given(step, &line);
	print_times(step, &line);
	print_memory(step, &line);
	strbuf_release(&line);
}
