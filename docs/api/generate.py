#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes docs/api.md: what is told by hand in docs/api/*.md, then a reference of every operation,
message and enum, out of api/countersign.proto.

    docs/api/generate.py [--check]    writes it, or says whether it is up to date
"""
import pathlib
import re
import sys

import schema

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CHAPTERS = ["asking", "portal", "verify", "provision", "enroll", "admin", "courier"]
ENVELOPES = {"Request", "Reply"}
ANYBODYS = "`MALFORMED`, `DENIED`, `LIMIT_EXCEEDED`, `UNAVAILABLE`, `TAMPERED`"
LIMITS = {"bytes": "bytes", "string": "text"}


def path_of(operation):
    return operation.name.replace("_", "-")


def cell(text):
    return text.replace("|", "\\|")


def paragraphs(comment):
    return comment.replace("  ", "\n\n")  # an empty line of the comment


def type_of(field, declared):
    name = LIMITS.get(field.type, field.type)
    if field.type in declared:
        name = f"[{field.type}](#{declared[field.type].kind}-{field.type.lower()})"
    return f"{name}, any number" if field.repeated else name


def table(declaration, declared):
    if declaration.kind == "enum":
        yield "| value | |"
        yield "|---|---|"
        for field in declaration.fields:
            if field.number:
                yield f"| `{field.name}` | {cell(field.comment)} |"
        return
    if not declaration.fields:
        yield "No fields."
        return
    yield "| field | type | |"
    yield "|---|---|---|"
    for field in declaration.fields:
        yield f"| `{field.name}` | {type_of(field, declared)} | {cell(field.comment)} |"


def answer_of(operation, declared):
    names = operation.answer.split(" or ")
    return " or ".join(f"[{name}](#message-{name.lower()})" for name in names)


def described(operation, declared, told):
    message = declared[operation.message]
    # What it needs on enroll.sock is said once, above the operation itself.
    comment = re.sub(r"\s*\[[^\]]*\](?=\s|$)", "", message.comment).strip()
    yield f"### {path_of(operation)}: fields"
    yield ""
    sockets = ", ".join(f"`{name}.sock`" + (f" [{needs}]" if needs else "")
                        for name, needs in operation.sockets.items())
    errors = ", ".join(f"`{error}`" for error in operation.errors)
    yield f"On {sockets}. Answered by {answer_of(operation, declared)}" + \
        (f"; besides everybody's errors: {errors}." if errors else ".")
    if comment:
        yield ""
        yield paragraphs(comment)
    if path_of(operation) in told:
        yield ""
        yield f"Told at length: [{path_of(operation)}](#{told[path_of(operation)]})."
    yield ""
    yield from table(message, declared)
    yield ""


def headings(text):
    """{path of an operation: the anchor of the first section that tells of it}"""
    told = {}
    for line in text.splitlines():
        if line.startswith("### ") and re.fullmatch(r"[a-z, -]+(?:: .*)?", line[4:]):
            anchor = re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", line[4:].lower()))
            for name in line[4:].partition(":")[0].split(", "):
                told.setdefault(name, anchor)
    return told


def reference(text):
    found = schema.declarations((ROOT / "api/countersign.proto").read_text(encoding="utf-8"))
    declared = {one.name: one for one in found}
    operations, told = list(schema.operations(found)), headings(text)
    yield "## Reference: operations"
    yield ""
    yield ("Every operation, as [api/countersign.proto](../api/countersign.proto) has it. In "
           "brackets, for `enroll.sock`: the scope that a session has to have. Any operation may "
           f"fail with {ANYBODYS}; a request has at most 65 536 bytes.")
    yield ""
    for operation in operations:
        yield from described(operation, declared, told)
    yield "## Reference: messages"
    yield ""
    asked = {operation.message for operation in operations} | ENVELOPES
    for one in found:
        if one.name in asked:
            continue
        yield f"### {one.kind} {one.name}"
        yield ""
        if one.comment:
            yield paragraphs(one.comment)
            yield ""
        yield from table(one, declared)
        yield ""


def made():
    text = "\n\n".join((HERE / f"{name}.md").read_text(encoding="utf-8").strip()
                       for name in CHAPTERS)
    return text + "\n\n" + "\n".join(reference(text)).strip() + "\n"


def main():
    target = ROOT / "docs/api.md"
    if sys.argv[1:] == ["--check"]:
        if target.read_text(encoding="utf-8") == made():
            return 0
        print("docs/api.md is not what docs/api/generate.py makes: run it", file=sys.stderr)
        return 1
    target.write_text(made(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
