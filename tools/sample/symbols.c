/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One file after the other, so that the memory of one alone is needed. */
#include "sample/symbols.h"

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sample/frame_name.h"

#define MADE_NAME "[code made as it ran]"

static char *debug_path; /* libdw's usual places */

static const Dwfl_Callbacks callbacks = {
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
	.debuginfo_path = &debug_path,
};

/* The address of an offset in the file, as its segments have it; false for none. */
static bool find_address(Elf *elf, uint64_t offset, GElf_Addr *ret_address)
{
	size_t count;

	if (elf_getphdrnum(elf, &count) < 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr segment;

		if (gelf_getphdr(elf, (int)i, &segment) == NULL || segment.p_type != PT_LOAD ||
		    offset < segment.p_offset || offset - segment.p_offset >= segment.p_filesz)
			continue;
		*ret_address = offset - segment.p_offset + segment.p_vaddr;
		return true;
	}
	return false;
}

/* The source and line of an address, or NULL. */
static const char *find_source(Dwfl_Module *module, GElf_Addr address, int *ret_number)
{
	Dwfl_Line *line = dwfl_module_getsrc(module, address);
	Dwarf_Die *unit = NULL;
	Dwarf_Addr bias;

	if (line != NULL)
		return dwfl_lineinfo(line, NULL, ret_number, NULL, NULL, NULL);
	/* clang leaves out the index by address, without which libdw 0.188 finds none. */
	while ((unit = dwfl_module_nextcu(module, unit, &bias)) != NULL) {
		Dwarf_Line *found;

		if (dwarf_haspc(unit, address - bias) <= 0)
			continue;
		found = dwarf_getsrc_die(unit, address - bias);
		if (found == NULL || dwarf_lineno(found, ret_number) != 0)
			return NULL;
		return dwarf_linesrc(found, NULL, NULL);
	}
	return NULL;
}

static char *name_in(Dwfl_Module *module, const char *path, uint64_t offset, bool want_lines)
{
	const char *symbol = NULL, *source = NULL;
	GElf_Addr bias, address;
	Elf *elf = dwfl_module_getelf(module, &bias);
	int number = 0;

	if (elf != NULL && find_address(elf, offset, &address)) {
		symbol = dwfl_module_addrname(module, address + bias);
		if (want_lines)
			source = find_source(module, address + bias, &number);
	}
	if (source == NULL || number <= 0)
		return frame_name_make(symbol, path, 0);
	return frame_name_make(symbol, source, number);
}

static void name_place(struct spots_entry *place, Dwfl_Module *module,
		       const struct spots_object *object, bool want_lines)
{
	free(place->name);
	if (module != NULL)
		place->name = name_in(module, object->path, place->offset, want_lines);
	else
		place->name = frame_name_make(object->is_made ? MADE_NAME : NULL,
					      object->is_made ? NULL : object->path, 0);
}

static void name_object(struct spots *spots, uint32_t number, bool want_lines)
{
	const struct spots_object *object = &spots->objects[number];
	Dwfl_Module *module = NULL;
	Dwfl *dwfl = NULL;
	int fd = -1;

	if (object->fd >= 0)
		dwfl = dwfl_begin(&callbacks);
	/* The descriptor becomes libdw's if it likes the file. */
	if (dwfl != NULL)
		fd = fcntl(object->fd, F_DUPFD_CLOEXEC, 0);
	if (fd >= 0) {
		module = dwfl_report_offline(dwfl, object->path, object->path, fd);
		if (module == NULL)
			(void)close(fd);
		(void)dwfl_report_end(dwfl, NULL, NULL);
	}
	for (size_t i = 0; i < spots->count; i++)
		if (spots->list[i].object == number)
			name_place(&spots->list[i], module, object, want_lines);
	if (dwfl != NULL)
		dwfl_end(dwfl);
}

void symbols_name(struct spots *spots, bool want_lines)
{
	for (size_t i = 0; i < spots->object_count; i++)
		name_object(spots, (uint32_t)i, want_lines);
}
