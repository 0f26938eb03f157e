#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every event that a program can log is explained in docs/operations.md, and no other."""

import pathlib
import re
import sys

FOLDERS = ("daemon", "hsm", "policies", "http", "clients", "gateway", "courier", "companion")
ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGGED = re.compile(r'\blog::(?:error|warning|info)\(\s*"([^"]+)"')
ROW = re.compile(r"^\| (`[a-z_.`, ]+`) \|", re.MULTILINE)


def logged():
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.cpp"):
            for event in LOGGED.findall(file.read_text(encoding="utf-8")):
                yield event


def explained():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    chapter = text.partition("## What the log says")[2].partition("\n## ")[0]
    for cell in ROW.findall(chapter):
        yield from re.findall(r"`([a-z_.]+)`", cell)


def main():
    in_code, in_document = set(logged()), set(explained())
    for event in sorted(in_code - in_document):
        print(f"docs/operations.md does not explain {event}")
    for event in sorted(in_document - in_code):
        print(f"docs/operations.md explains {event}, which nothing logs")
    print(f"{len(in_code)} events in the code, {len(in_document)} in docs/operations.md")
    return 0 if in_code == in_document and in_code else 1


if __name__ == "__main__":
    sys.exit(main())
