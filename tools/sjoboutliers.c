/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command: global options, dispatch, exit status; no logic. */

int main(void)
{
	return 0;
}
