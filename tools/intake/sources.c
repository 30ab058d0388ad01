/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of ways in and of what they share. */
#include "intake/source.h"

#define SOURCE_ADDRESS(name) &source_##name,
const struct source *const sources[SOURCE_COUNT] = {SOURCES(SOURCE_ADDRESS)};

const struct source_option source_shared_options[] = {
	[SOURCE_MAP] = {"map", "OURS=THEIRS[,...]", false,
			"read the columns that the file calls THEIRS as OURS", 0},
	[SOURCE_SIZES] = {"sizes", "FILE", false,
			  "a CSV file of name and input_bytes: the sizes of what is in it", 0},
	[SOURCE_DELIMITER] = {"delimiter", "CHAR", false,
			      "what separates fields, or 'tab'; else as the header has it", 0},
	[SOURCE_SINCE] = {"starttime", "TIME", false,
			  "of sacct, jobs from TIME on; RetainDays ago when not given", 'S'},
	[SOURCE_UNTIL] = {"endtime", "TIME", false, "of sacct, jobs before TIME", 'E'},
};
