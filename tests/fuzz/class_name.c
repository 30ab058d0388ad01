/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job's name, program and comment, a line each: the class is one, and a family's family is
 * itself. */
#include "fuzz.h"
#include "step/class_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text;
	char fields[3][JO_NAME_SIZE] = {"", "", ""}, again[JO_NAME_SIZE], family[JO_NAME_SIZE];
	char tag[JO_NAME_SIZE];
	struct class_facts facts = {fields[0], fields[1], fields[2], JO_STEP_SRUN};
	struct class_made made;

	for (size_t i = 0; i < 3 && rest != NULL; i++)
		jo_record_set_string(fields[i], sizeof(fields[i]), strsep(&rest, "\n"));
	for (int names = CLASS_NAMES_FAMILY; names <= CLASS_NAMES_WHOLE; names++) {
		class_name_make((enum class_names)names, &facts, &made);
		fuzz_check(made.name[0] == '\0' || jo_class_check(made.name, NULL) == 0);
		fuzz_check(strlen(made.tag) < sizeof(made.tag));
	}
	if (class_name_family(fields[0], family, tag)) {
		fuzz_check(strlen(family) <= strlen(fields[0]) && family[0] != '\0');
		fuzz_check(class_name_family(family, again, tag) && strcmp(family, again) == 0);
	}
	free(text);
	return 0;
}
