/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The blocks in which the ways in hand out what they read, and options that they share. */
#include "intake/source.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/when.h"

void source_block_init(struct source_block *block)
{
	*block = (struct source_block){0};
	block->records = xreallocarray(NULL, SOURCE_BLOCK_RECORDS, sizeof(*block->records));
}

void source_block_clear(struct source_block *block)
{
	for (size_t i = 0; i < block->bad_count; i++) {
		free(block->bad[i].node);
		free(block->bad[i].text);
	}
	block->record_count = block->span_count = block->bad_count = block->skipped_count = 0;
	arena_reset(&block->span_texts);
	strlist_release(&block->notes);
	block->done = block->total = 0;
	block->wants_commit = false;
}

void source_block_release(struct source_block *block)
{
	source_block_clear(block);
	arena_release(&block->span_texts);
	free(block->spans);
	free(block->records);
	free(block->bad);
}

bool source_block_is_full(const struct source_block *block)
{
	return block->record_count + block->bad_count + block->skipped_count >=
	       SOURCE_BLOCK_RECORDS;
}

struct jo_record *source_block_record(struct source_block *block)
{
	assert(block->record_count < SOURCE_BLOCK_RECORDS);
	return &block->records[block->record_count];
}

void source_block_put(struct source_block *block, enum step_state state)
{
	block->states[block->record_count++] = state;
}

void source_block_span(struct source_block *block, const struct store_span *span)
{
	struct store_span *added;
	const char **texts[7];

	block->spans = xgrow(block->spans, block->span_count, &block->span_capacity,
			     sizeof(*block->spans));
	added = &block->spans[block->span_count++];
	*added = *span;
	texts[0] = &added->trace_id;
	texts[1] = &added->span_id;
	texts[2] = &added->parent_id;
	texts[3] = &added->name;
	texts[4] = &added->status_text;
	texts[5] = &added->attrs;
	texts[6] = &added->sender;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = arena_strdup(&block->span_texts, *texts[i]);
}

void source_block_note(struct source_block *block, const char *text)
{
	strlist_add(&block->notes, text);
}

void source_block_refuse(struct source_block *block, const char *node, const char *text)
{
	block->bad = xgrow(block->bad, block->bad_count, &block->bad_capacity, sizeof(*block->bad));
	block->bad[block->bad_count++] =
		(struct source_bad){node != NULL ? xstrdup(node) : NULL, xstrdup(text)};
}

/* How far ahead a start may be: the times of a file may be those of another zone. */
#define FUTURE_MAX_US JO_US_PER_DAY

bool source_is_future(const struct source_request *request, int64_t unix_us)
{
	return unix_us - FUTURE_MAX_US > request->now_unix_us;
}

int source_check_start(const struct source_request *request, const struct jo_record *record,
		       struct jo_err *err)
{
	char text[WHEN_TEXT_SIZE];

	if (!source_is_future(request, record->start_unix_us))
		return 0;
	return jo_err_set(err, -EINVAL, "start: %s is in the future",
			  when_format(record->start_unix_us, text));
}

int source_delimiter(const char *text, const char *allowed, char *ret_delimiter, struct jo_err *err)
{
	char delimiter = '\0';

	if (text != NULL && (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0))
		delimiter = '\t';
	else if (text != NULL && text[0] != '\0' && text[1] == '\0')
		delimiter = text[0];
	if (text != NULL && (delimiter == '\0' || strchr(allowed, delimiter) == NULL))
		return jo_err_set(err, -EINVAL,
				  "--delimiter: expected one of %s, or 'tab', found '%.40s'",
				  allowed, text);
	*ret_delimiter = delimiter;
	return 0;
}

bool source_guess(const struct source_request *request, const struct source *asked,
		  const char *line, char ret_guess[SOURCE_GUESS_SIZE])
{
	for (size_t i = 0; request->sources != NULL && i < SOURCE_COUNT; i++) {
		const struct source *source = request->sources[i];

		if (source == asked || source->looks_like == NULL || !source->looks_like(line))
			continue;
		(void)snprintf(ret_guess, SOURCE_GUESS_SIZE, "%s, which --%s reads",
			       source->likeness, source->options[0].name);
		return true;
	}
	return false;
}
