/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request of a user's: what is taken says the same when it is written and read again. */
#include "fuzz.h"
#include "intake/request.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Zeroed, so that the bytes behind a name can be compared. */
	static struct request request, again;
	char *text = fuzz_text(data, size), *written;
	struct jo_err err = {0};
	int rc = request_parse(text, size, &request, &err);

	if (rc == 0) {
		fuzz_check_text(request.class_name, sizeof(request.class_name));
		fuzz_check_text(request.partition, sizeof(request.partition));
		fuzz_check_text(request.cluster, sizeof(request.cluster));
		fuzz_check(request.until_unix_us >= 0 || request.until_unix_us == JO_MISSING);
		fuzz_check(request.kind != REQUEST_EXPECT || request.job.job_id >= 0);
		written = request_format(&request);
		fuzz_check(written != NULL && strlen(written) <= REQUEST_FILE_MAX);
		fuzz_check(request_parse(written, strlen(written), &again, NULL) == 0);
		fuzz_check(again.kind == request.kind &&
			   strcmp(again.class_name, request.class_name) == 0 &&
			   strcmp(again.partition, request.partition) == 0 &&
			   strcmp(again.cluster, request.cluster) == 0 &&
			   again.until_unix_us == request.until_unix_us &&
			   memcmp(&again.job, &request.job, sizeof(again.job)) == 0);
		free(written);
	} else {
		fuzz_check(rc == -EBADMSG && err.text[0] != '\0');
	}
	free(text);
	return 0;
}
