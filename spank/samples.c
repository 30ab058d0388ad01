/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads files, and says which of them are told. */
#include "samples.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "joboutliers/dirents.h"
#include "joboutliers/native.h"
#include "joboutliers/units.h"
#include "stacks.h"
#include "userfile.h"

/*
 * What is read of a step: its processes write 16 kB each at most, and those that ended 2 MB in one
 * file.  A step's end waits for some milliseconds; where a disk or the node is slow, for half a
 * second at most.
 */
#define FILE_BYTES_MAX (INT64_C(2) << 20)
#define BYTES_MAX (INT64_C(4) << 20)
#define FILES_MAX 512
#define READ_US_MAX (500 * INT64_C(1000))

/* What else lies there is passed by. */
#define ENTRIES_MAX 4096

/*
 * Python's samples are told where they are of so much of the run time, a sample at each time that
 * one was due: a program of Python's that waits, or computes in a library of C, is still one.
 */
#define PYTHON_SHARE_MIN 0.1

/* What all of the samplers left. */
struct samples {
	struct stacks python, native;
	char *texts[FILES_MAX + JO_NATIVE_TASKS_MAX]; /* the stacks are in them */
	size_t text_count;
	int64_t bytes_left;
	bool has_functions_only;
	const char *missing; /* what a sampler of native programs has no samples for, in a text */
};

/* Open a file of the user's own that has a text and can be read at once; -1 for anything else. */
static int open_file(const struct samples_from *from, const char *name, int64_t bytes_left,
		     struct stat *ret_st)
{
	int fd = userfile_open(from->dir_fd, name, from->dev, ret_st);

	if (fd < 0)
		return -1;
	if (S_ISREG(ret_st->st_mode) && ret_st->st_uid == from->uid && ret_st->st_nlink == 1 &&
	    ret_st->st_size > 0 && ret_st->st_size <= FILE_BYTES_MAX &&
	    ret_st->st_size <= bytes_left)
		return fd;
	(void)close(fd);
	return -1;
}

/* A file's text, which is kept; what its size promised is read, however it grows.  NULL: none was
 * to be had. */
static char *read_file(const struct samples_from *from, const char *name, struct samples *samples)
{
	struct stat st;
	char *text = NULL;
	size_t used = 0;
	ssize_t n = 0;
	int fd = open_file(from, name, samples->bytes_left, &st);

	if (fd < 0)
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	while (text != NULL && used < (size_t)st.st_size &&
	       (n = read(fd, text + used, (size_t)st.st_size - used)) > 0)
		used += (size_t)n;
	(void)close(fd);
	if (text == NULL)
		return NULL;
	/* A NUL would hide what follows. */
	for (size_t i = 0; i < used; i++)
		if (text[i] == '\0')
			text[i] = '_';
	text[used] = '\0';
	samples->bytes_left -= (int64_t)used;
	samples->texts[samples->text_count++] = text;
	return text;
}

/* The files of Python's sampler, which may have any name but those of others. */
static int read_python(const struct samples_from *from, struct samples *samples, struct jo_err *err)
{
	int64_t end_us = clock_now_us(CLOCK_MONOTONIC) + READ_US_MAX;
	const struct jo_dirent *dirent;
	struct jo_dirents dirents;
	size_t count = 0, seen = 0;
	int rc = 0;

	jo_dirents_init(&dirents, from->dir_fd);
	while (rc == 0 && count < FILES_MAX && seen++ < ENTRIES_MAX &&
	       clock_now_us(CLOCK_MONOTONIC) < end_us &&
	       (dirent = jo_dirents_next(&dirents)) != NULL) {
		char *text;

		/* Others are what the folder is known by, and what the sampler was compiled to. */
		if (dirent->name[0] == '.' || strncmp(dirent->name, JO_NATIVE_FILE_PREFIX,
						      strlen(JO_NATIVE_FILE_PREFIX)) == 0)
			continue;
		text = read_file(from, dirent->name, samples);
		if (text == NULL)
			continue;
		rc = stacks_add(&samples->python, text, err);
		count++;
	}
	return rc;
}

/* One file of sjobsample's; the first line says what the others are. */
static int take_native(struct samples *samples, char *text, struct jo_err *err)
{
	const char *head = strsep(&text, "\n");

	if (strncmp(head, JO_NATIVE_MISSING, strlen(JO_NATIVE_MISSING)) == 0)
		samples->missing = head + strlen(JO_NATIVE_MISSING);
	else if (strcmp(head, JO_NATIVE_KIND_FUNCTIONS) == 0)
		samples->has_functions_only = true;
	else if (strcmp(head, JO_NATIVE_KIND) != 0)
		return 0;
	return text == NULL ? 0 : stacks_add(&samples->native, text, err);
}

static int read_native(const struct samples_from *from, struct samples *samples, struct jo_err *err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < JO_NATIVE_TASKS_MAX; i++) {
		char name[32], *text;

		(void)snprintf(name, sizeof(name), JO_NATIVE_FILE, i);
		text = read_file(from, name, samples);
		if (text != NULL)
			rc = take_native(samples, text, err);
	}
	return rc;
}

static bool is_python(const struct samples *samples, const struct jo_record *record)
{
	double wall_s = (double)record->wall_us / JO_US_PER_S;
	double expected =
		record->wall_us == JO_MISSING ? 0 : wall_s * (double)record->profile_rate_hz;

	return samples->python.sample_count > 0 &&
	       (samples->python.sample_count >= samples->native.sample_count ||
		(double)samples->python.sample_count >= PYTHON_SHARE_MIN * expected);
}

/* Write them into the record, or say why there are none. */
static int take_samples(const struct samples *samples, const struct samples_from *from,
			struct jo_record *record, struct jo_err *err)
{
	const char *kind = "python";
	const struct stacks *stacks = &samples->python;
	int rc;

	if (!is_python(samples, record)) {
		stacks = &samples->native;
		kind = samples->has_functions_only ? JO_NATIVE_KIND_FUNCTIONS : JO_NATIVE_KIND;
	}
	if (stacks->sample_count == 0)
		return jo_err_set(err, -ENODATA, "no Python left samples, and %s",
				  samples->missing != NULL ? samples->missing : from->not_native);
	rc = stacks_write(stacks, record->profile, sizeof(record->profile), err);
	if (rc < 0)
		return rc;
	record->profile_samples = stacks->sample_count;
	jo_record_set_string(record->profile_kind, sizeof(record->profile_kind), kind);
	return 0;
}

int samples_read(const struct samples_from *from, struct jo_record *record, struct jo_err *err)
{
	struct samples *samples = calloc(1, sizeof(*samples));
	int rc;

	if (samples == NULL)
		return jo_err_set(err, -ENOMEM, "no memory for samples");
	samples->bytes_left = BYTES_MAX;
	rc = read_native(from, samples, err);
	if (rc == 0)
		rc = read_python(from, samples, err);
	if (rc == 0)
		rc = take_samples(samples, from, record, err);
	stacks_free(&samples->python);
	stacks_free(&samples->native);
	for (size_t i = 0; i < samples->text_count; i++)
		free(samples->texts[i]);
	free(samples);
	return rc;
}
