# SPDX-License-Identifier: Apache-2.0
"""Titles, links, and the promises with the tests that hold them."""
import os.path
import re
import subprocess
import sys

TEST = re.compile(r"^[ \t]*(?:TYPED_)?TEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
NAME = re.compile(r"`([A-Z]\w*)\.([A-Z]\w*)`")
PROMISES = range(1, 9)


def prose(file):
    """A document with the contents of its fences blanked, line by line."""
    lines, fence = [], None
    for line in file.lines:
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark and fence is None:
            fence = mark[1]
            lines.append("")
        elif mark and mark[1].startswith(fence):
            fence = None
            lines.append("")
        else:
            lines.append("" if fence else line)
    return lines


def titles(tree):
    for file in tree.documents:
        found = [number for number, line in enumerate(prose(file), 1) if line.startswith("# ")]
        if len(found) != 1:
            yield file.finding(found[1] if found else 1,
                               f"{len(found)} titles; exactly one # Title")


def anchors(lines):
    """The names that a web page gives to the headings."""
    for line in lines:
        if match := re.match(r"#{1,6}\s+(.*?)\s*$", line):
            name = re.sub(r"[^\w\s-]", "", match[1].lower())
            yield re.sub(r"\s", "-", name)


def links(tree):
    documents = {file.path: file for file in tree.documents}
    for file in tree.documents:
        for number, line in enumerate(prose(file), 1):
            for target in re.findall(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)", re.sub(r"`[^`]*`", "", line)):
                if re.match(r"[a-z][a-z+.-]*:", target):
                    continue
                name, _, anchor = target.partition("#")
                path = os.path.normpath(os.path.join(os.path.dirname(file.path), name))
                path = path if name else file.path
                if path.startswith("..") or not (tree.root / path).exists():
                    yield file.finding(number, f"{target} leads nowhere")
                elif anchor and path in documents and anchor not in anchors(prose(documents[path])):
                    yield file.finding(number, f"{target}: no such heading")


def build_machines(tree):
    # Wherever this runs: the root of this very tree is a path of a build machine.
    paths = [r"/(?:home|Users)/\w+/", r"/root\b/"]
    if len(tree.root.parts) > 2:
        paths.append(re.escape(str(tree.root)) + r"\b")
    pattern = r"(?<![\w.~$}])(?:" + "|".join(paths) + ")"
    for file in tree.files:
        yield from file.matches(pattern, "{}: a path of one machine", within=file.text)


def tests_of(tree):
    """{suite: {name}}: GoogleTest's, and those that CMake lists by name."""
    tests = {}
    for file in tree.files:
        if not file.path.startswith("tests/"):
            continue
        pattern = TEST if file.is_cpp else None
        if file.is_cmake:
            pattern = re.compile(r"^[^#\n]*\badd_test\s*\(\s*NAME\s+(\w+)\.(\w+)", re.MULTILINE)
        if pattern:
            for suite, name in pattern.findall(file.code if file.is_cpp else file.text):
                tests.setdefault(suite, set()).add(name)
    return tests


def named_tests(tree):
    tests = tests_of(tree)
    for file in tree.documents:
        for number, line in enumerate(prose(file), 1):
            for suite, name in NAME.findall(line):
                if name not in tests.get(suite, ()):
                    yield file.finding(number, f"{suite}.{name}: there is no such test")


def promises(tree):
    """Each promise names its test, or says that it is not kept yet."""
    file = next((f for f in tree.documents if f.path == "ARCHITECTURE.md"), None)
    if file is None:
        yield "ARCHITECTURE.md", 1, "missing: it holds the promises"
        return
    lines = prose(file)
    start = next((n for n, line in enumerate(lines) if line.startswith("## Promises")), None)
    if start is None:
        yield file.finding(1, "no section ## Promises")
        return
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("## ")), len(lines))
    items = {}
    for number in range(start + 1, end):
        if match := re.match(r"(\d+)\. ", lines[number]):
            items[int(match[1])] = (number + 1, [])
        if items:
            items[max(items)][1].append(lines[number])
    for promise in PROMISES:
        line, text = items.get(promise, (start + 1, []))
        if not text:
            yield file.finding(line, f"promise {promise} is missing")
        elif not NAME.search("\n".join(text)) and "not yet" not in "\n".join(text):
            yield file.finding(line, f"promise {promise} names no test and does not say not yet")


def reference(tree):
    """docs/api.md is what its generator makes of the contract and of what is told by hand."""
    generator = tree.root / "docs/api/generate.py"
    if not generator.exists():
        return
    checked = subprocess.run([sys.executable, "-B", generator, "--check"], capture_output=True,
                             text=True)
    if checked.returncode != 0:
        said = checked.stderr.strip().splitlines()
        yield "docs/api.md", 1, said[-1] if said else "its generator failed"


RULES = [titles, links, build_machines, named_tests, promises, reference]
