#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every twentieth fault of a receiver; "make faults" tries them all.
exec "$(dirname "$0")/receive" -e 20
