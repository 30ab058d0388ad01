/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trace of Nextflow, or something else. */
#include "fuzz_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_source_file(&source_nextflow, data, size);
}
