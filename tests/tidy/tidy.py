#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the tree for what the compiler cannot say. Prints file:line: what; fails on any finding.

    tests/tidy/tidy.py [root]
"""
import pathlib
import sys

import code_rules
import document_rules
import layer_rules
from tree import Tree

RULES = code_rules.RULES + layer_rules.RULES + document_rules.RULES


def findings(root):
    """Every finding in the tree at `root`, by file and line."""
    tree = Tree(root)
    return sorted({finding for rule in RULES for finding in rule(tree)})


def main():
    default = pathlib.Path(__file__).resolve().parents[2]
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    if not (root / "CMakeLists.txt").is_file():
        print(f"tidy: {root} is not the project's root", file=sys.stderr)
        return 2
    found = findings(root)
    for path, line, what in found:
        print(f"{path}:{line}: {what}")
    print(f"tidy: {len(RULES)} rules, {len(found)} findings", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
