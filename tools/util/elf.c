/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads one variable of an ELF file; trusts no offset in it. */
#include "util/elf.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOST_DATA (__BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB)

struct image {
	const unsigned char *bytes;
	uint64_t size;
};

/* Copy size bytes at offset; false if they are not all in the file. */
static bool image_get(const struct image *image, uint64_t offset, void *to, size_t size)
{
	if (offset > image->size || size > image->size - offset)
		return false;
	memcpy(to, image->bytes + offset, size);
	return true;
}

static bool read_header(const struct image *image, Elf64_Ehdr *ret_header)
{
	return image_get(image, 0, ret_header, sizeof(*ret_header)) &&
	       memcmp(ret_header->e_ident, ELFMAG, SELFMAG) == 0 &&
	       ret_header->e_ident[EI_CLASS] == ELFCLASS64 &&
	       ret_header->e_ident[EI_DATA] == HOST_DATA &&
	       ret_header->e_shentsize == sizeof(Elf64_Shdr) &&
	       ret_header->e_phentsize == sizeof(Elf64_Phdr);
}

/* Where in the file the bytes at this address of the loaded library are. */
static bool find_offset(const struct image *image, const Elf64_Ehdr *header, uint64_t address,
			uint64_t *ret_offset)
{
	for (unsigned i = 0; i < header->e_phnum; i++) {
		Elf64_Phdr segment;

		if (!image_get(image, header->e_phoff + i * sizeof(segment), &segment,
			       sizeof(segment)))
			return false;
		if (segment.p_type != PT_LOAD || address < segment.p_vaddr ||
		    address - segment.p_vaddr >= segment.p_filesz)
			continue;
		*ret_offset = segment.p_offset + (address - segment.p_vaddr);
		return true;
	}
	return false;
}

static bool is_named(const struct image *image, const Elf64_Shdr *strings, uint64_t at,
		     const char *name)
{
	size_t len = strlen(name) + 1;
	uint64_t offset = strings->sh_offset + at;

	return offset <= image->size && len <= image->size - offset &&
	       memcmp(image->bytes + offset, name, len) == 0;
}

/* Look the name up in one table of symbols. */
static bool find_in_table(const struct image *image, const Elf64_Ehdr *header,
			  const Elf64_Shdr *table, const char *name, Elf64_Sym *ret_symbol)
{
	Elf64_Shdr strings;

	if (table->sh_link >= header->e_shnum ||
	    !image_get(image, header->e_shoff + table->sh_link * sizeof(strings), &strings,
		       sizeof(strings)))
		return false;
	for (uint64_t i = 0; i < table->sh_size / sizeof(*ret_symbol); i++) {
		Elf64_Sym symbol;

		if (!image_get(image, table->sh_offset + i * sizeof(symbol), &symbol,
			       sizeof(symbol)))
			return false;
		if (symbol.st_shndx == SHN_UNDEF ||
		    !is_named(image, &strings, symbol.st_name, name))
			continue;
		*ret_symbol = symbol;
		return true;
	}
	return false;
}

static bool find_symbol(const struct image *image, const Elf64_Ehdr *header, const char *name,
			Elf64_Sym *ret_symbol)
{
	for (unsigned i = 0; i < header->e_shnum; i++) {
		Elf64_Shdr section;

		if (!image_get(image, header->e_shoff + i * sizeof(section), &section,
			       sizeof(section)))
			return false;
		if (section.sh_type == SHT_DYNSYM &&
		    find_in_table(image, header, &section, name, ret_symbol))
			return true;
	}
	return false;
}

static int read_image(const struct image *image, const char *path, const char *name,
		      uint32_t *ret_value, struct jo_err *err)
{
	Elf64_Ehdr header;
	Elf64_Sym symbol;
	uint64_t offset;

	if (!read_header(image, &header))
		return jo_err_set(err, -EBADMSG, "%s: expected a 64-bit ELF library of this host",
				  path);
	if (!find_symbol(image, &header, name, &symbol))
		return jo_err_set(err, -ENOENT, "%s: has no symbol %s", path, name);
	if (symbol.st_size != sizeof(*ret_value) ||
	    !find_offset(image, &header, symbol.st_value, &offset) ||
	    !image_get(image, offset, ret_value, sizeof(*ret_value)))
		return jo_err_set(err, -EBADMSG, "%s: %s is not a number in the file", path, name);
	return 0;
}

int elf_read_uint(const char *path, const char *symbol, uint32_t *ret_value, struct jo_err *err)
{
	struct image image;
	struct stat st;
	void *bytes;
	int fd, rc;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return jo_err_sys(err, -errno, "%s", path);
	if (fstat(fd, &st) < 0) {
		rc = jo_err_sys(err, -errno, "%s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		rc = jo_err_set(err, -EBADMSG, "%s: expected a library", path);
		goto out;
	}
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED) {
		rc = jo_err_sys(err, -errno, "map %s", path);
		goto out;
	}
	image = (struct image){bytes, (uint64_t)st.st_size};
	rc = read_image(&image, path, symbol, ret_value, err);
	(void)munmap(bytes, (size_t)st.st_size);
out:
	(void)close(fd);
	return rc;
}
