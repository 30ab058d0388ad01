/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the program behind srun's options. */
#include "intake/submit_line.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/program.h"
#include "util/alloc.h"

/*
 * srun's options with a value that may stand in a word of its own, of Slurm 20.02
 * to 25.05 and of our plugin: the word behind one is not the program.
 */
static const char value_letters[] = "AbBcCdDeFGiJLmMnNopqrStTwWx";
static const char value_words[] =
	" account acctg-freq attr bb bbf bcast bcast-exclude begin chdir cluster-constraint "
	"clusters"
	" comment constraint container container-id core-spec cores-per-socket cpu-bind cpu-freq"
	" cpus-per-gpu cpus-per-task deadline delay-boot dependency distribution epilog error "
	"exclude"
	" export export-file extra extra-node-info gpu-bind gpu-freq gpus gpus-per-node"
	" gpus-per-socket gpus-per-task gres gres-flags het-group hint input input-files input-size"
	" instances job-attr job-class job-name jobid licenses mail-type mail-user mcs-label mem"
	" mem-bind mem-per-cpu mem-per-gpu mincpus mpi msg-timeout network nodefile nodelist nodes"
	" ntasks ntasks-per-core ntasks-per-gpu ntasks-per-node ntasks-per-socket ntasks-per-tres"
	" open-mode output pack-group partition power prefer priority profile prolog qos relative"
	" reservation segment send-libs signal slurmd-debug sockets-per-node switches task-epilog"
	" task-prolog tasks-per-node thread-spec threads threads-per-core time time-min tmp"
	" tree-width tres-bind tres-per-job tres-per-task uid gid wait wckey ";

/* Words of a line that are looked at: longer ones are lists of files, long after the program. */
#define WORDS_MAX 512

enum word_kind { WORD_ALONE, WORD_TAKES_NEXT, WORD_NAMES, WORD_NAMES_NEXT };

static enum word_kind long_option(const char *word)
{
	char key[32];
	size_t length = strcspn(word, "=");

	if (strncmp(word, "job-name", length) == 0 && length == strlen("job-name"))
		return word[length] == '=' ? WORD_NAMES : WORD_NAMES_NEXT;
	if (word[length] == '=' || length + sizeof("  ") > sizeof(key))
		return WORD_ALONE;
	(void)snprintf(key, sizeof(key), " %s ", word);
	return strstr(value_words, key) != NULL ? WORD_TAKES_NEXT : WORD_ALONE;
}

/* "-Qn2" has the value with it, "-Qn" takes the next word. */
static enum word_kind short_options(const char *letter)
{
	for (; *letter != '\0'; letter++) {
		bool is_last = letter[1] == '\0';

		if (*letter == 'J')
			return is_last ? WORD_NAMES_NEXT : WORD_NAMES;
		if (strchr(value_letters, *letter) != NULL)
			return is_last ? WORD_TAKES_NEXT : WORD_ALONE;
	}
	return WORD_ALONE;
}

/* Where the program is among the words; argc when there is none. */
static int find_program(int argc, char *const *argv, bool *ret_has_name)
{
	int i = 1;

	*ret_has_name = false;
	for (; i < argc && argv[i][0] == '-'; i++) {
		bool is_long = argv[i][1] == '-';
		enum word_kind kind;

		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		kind = is_long ? long_option(argv[i] + 2) : short_options(argv[i] + 1);
		*ret_has_name |= kind == WORD_NAMES || kind == WORD_NAMES_NEXT;
		if (kind == WORD_TAKES_NEXT || kind == WORD_NAMES_NEXT)
			i++;
	}
	return i < argc ? i : argc;
}

/* Slurm joins the words by blanks: one that is the step's name stays one where it has some itself.
 */
static int split(char *line, const char *step_name, char **argv)
{
	char *name = strchr(step_name, ' ') == NULL ? NULL : strstr(line, step_name), *rest = line;
	int argc = 0;

	for (size_t i = 0; name != NULL && step_name[i] != '\0'; i++)
		if (name[i] == ' ')
			name[i] = '_';
	while (argc < WORDS_MAX && rest != NULL) {
		argv[argc] = strsep(&rest, " ");
		argc += argv[argc][0] != '\0';
	}
	argv[argc] = NULL;
	return argc;
}

static bool is_srun(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash == NULL ? path : slash + 1, "srun") == 0;
}

void submit_line_names(const char *line, const char *step_name, struct jo_record *record)
{
	char *argv[WORDS_MAX + 1], *copy = xstrdup(line);
	int argc = split(copy, step_name, argv), program;
	bool has_name;

	jo_record_set_string(record->program, sizeof(record->program), step_name);
	if (argc == 0 || !is_srun(argv[0]))
		goto out;
	program = find_program(argc, argv, &has_name);
	if (program == argc)
		goto out;
	/* As srun does, in the step's environment. */
	if (has_name)
		jo_record_set_string(record->job_name, sizeof(record->job_name), step_name);
	jo_program_name(argc - program, argv + program, record->program);
out:
	free(copy);
}
