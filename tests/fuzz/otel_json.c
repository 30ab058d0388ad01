/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message in JSON: what is read is the same when it is written and read again. */
#include "fuzz_spans.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_spans(otel_decode_json, data, size);
	return 0;
}
