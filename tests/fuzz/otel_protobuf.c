/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message in protobuf: what is read is the same when it is written in JSON and read again. */
#include "fuzz_spans.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_spans((fuzz_decode *)otel_decode_protobuf, data, size);
	return 0;
}
