#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Some damages to a small database, in seconds; "make faults" tries them all.
exec "$(dirname "$0")/damage" -e 40 -n 6
