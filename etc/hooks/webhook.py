#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sample of a Hook: post each finding to an incoming webhook, as Mattermost, Slack and others have.

    install -m 700 webhook.py /etc/joboutliers/hook
    install -m 600 /dev/null /etc/joboutliers/webhook-url    # and write the address into it
    echo Hook=/etc/joboutliers/hook >>/etc/joboutliers/joboutliers.conf

What it is given is described in sjoboutliers(1), under hook.  A status that is not 0 means that the
finding was not taken, and it comes again with the next run.
"""
import json
import sys
import urllib.request

URL_FILE = "/etc/joboutliers/webhook-url"

# Names of jobs are their users': none may call for everybody's attention, or make a link.
HARMLESS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "(at)", "`": "'", "[": "(", "]": ")"})

finding = json.load(sys.stdin)
with open(URL_FILE, encoding="ascii") as file:
    url = file.readline().strip()
body = json.dumps({"text": finding["text"].translate(HARMLESS)}).encode()
request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
with urllib.request.urlopen(request, timeout=20):
    pass
