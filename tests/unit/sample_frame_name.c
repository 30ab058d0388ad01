/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What places in programs are called in a profile. */
#include "sample/frame_name.h"
#include "tap.h"

#include <stdlib.h>

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
	const char *symbol, *path;
	int line;
	const char *name;
} names[] = {
	/* what is not known */
	{NULL, NULL, 0, "[unknown]"},
	{NULL, "", 0, "[unknown]"},
	{NULL, "/opt/x/solver", 0, "[unknown] (solver)"},
	{"main", NULL, 0, "main"},
	{"main", "a.c", -1, "main (a.c)"},
	{"", "/", 3, ""},
	/* C */
	{"main", "/src/a.c", 7, "main (a.c:7)"},
	{"i", "a.c", 7, "i (a.c:7)"},
	{"clock_gettime@@GLIBC_2.17", "libc.so.6", 0, "clock_gettime (libc.so.6)"},
	{"work.constprop.0", "a.c", 7, "work.constprop.0 (a.c:7)"},
	/* Fortran, and a name that only looks like C++ */
	{"__solver_MOD_step", "solver.f90", 12, "__solver_MOD_step (solver.f90:12)"},
	{"_Zonk", "a.c", 1, "_Zonk (a.c:1)"},
	/* C++ */
	{"_ZN3one3twoEidPKc", "a.cc", 7, "one::two (a.cc:7)"},
	{"_ZNK3One3getEv", "a.cc", 7, "One::get (a.cc:7)"},
	{"_ZN3OneclEi", "a.cc", 7, "One::operator() (a.cc:7)"},
	{"_ZN12_GLOBAL__N_14workEPFivE", "a.cc", 7, "(anonymous namespace)::work (a.cc:7)"},
	{"_ZNSt6vectorIiSaIiEE9push_backERKi", "stl_vector.h", 1187,
	 "std::vector<int, std::allocator<int> >::push_back (stl_vector.h:1187)"},
	{"_ZN4workEv.part.0", "a.cc", 7, "work (a.cc:7)"},
	{"_ZN3foo3barEv.cold", "a.cc", 7, "foo::bar (a.cc:7)"},
	/* what would end a frame or a line of a profile */
	{"a;b\nc\td\033", "/src/x;y\n.c", 7, "a_b_c_d_ (x_y_.c:7)"},
	{"f (a.c:1)", "b.c", 2, "f (a.c:1) (b.c:2)"},
	/* what has no end */
	{"begin" HUNDRED, "/begin" HUNDRED, 7,
	 TEN TEN TEN TEN TEN TEN TEN TEN TEN " (" TEN TEN TEN TEN TEN TEN TEN TEN TEN ":7)"},
	{"main", "a.c", 2147483647, "main (a.c:2147483647)"},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *name = frame_name_make(names[i].symbol, names[i].path, names[i].line);

		is_str(name, names[i].name, "name %zu", i);
		free(name);
	}
	return tap_done();
}
