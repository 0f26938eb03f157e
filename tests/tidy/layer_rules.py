# SPDX-License-Identifier: Apache-2.0
"""Which words stay behind which door. The include roots see to the rest (cmake/module.cmake)."""
import re


def inside(path, *folders):
    return path.startswith(tuple(folders))


def may_speak_pkcs11(path):
    # The protocol and the client are the daemon's side of the wall.
    if inside(path, "hsm/protocol/", "hsm/client/"):
        return False
    # Tests that attack a token, and the benchmark of the bare token, speak to it themselves.
    return inside(path, "hsm/", "benchmarks/", "tests/support/hsm_") or bool(
        re.match(r"tests/\w+/hsm_", path))


def pkcs11_words(tree):
    for file in tree.cpp:
        if may_speak_pkcs11(file.path):
            continue
        yield from file.matches(r"\bCK[A-Z]?_[A-Z]\w*", "{} outside of hsm/")
        for line, name in file.includes:
            if "pkcs11.h" in name:
                yield file.finding(line, f"{name} outside of hsm/")


def database_words(tree):
    for file in tree.cpp:
        if inside(file.path, "daemon/store/", "tests/"):
            continue
        yield from file.matches(r"\bsqlite3\w*\b(?!\.h)", "{} outside of daemon/store")
        for line, name in file.includes:
            if "sqlite3" in name:
                yield file.finding(line, f"{name} outside of daemon/store")


def regular_expressions(tree):
    """RE2 stays in the sources of address/: nothing else runs patterns that it did not write."""
    for file in tree.cpp:
        if inside(file.path, "tests/") or (inside(file.path, "address/") and not file.is_header):
            continue
        for line, name in file.includes:
            if name.startswith("re2/"):
                yield file.finding(line, f"{name} outside of address/*.cpp")


def schema_words(tree):
    for file in tree.cpp:
        if inside(file.path, "daemon/wire/", "clients/", "cli/", "gateway/", "courier/link/",
                  "companion/door/", "companion/pages/", "companion/daemon.", "tests/",
                  "benchmarks/"):
            continue
        for line, name in file.includes:
            if name.endswith(".pb.h") or name.startswith("google/protobuf/"):
                yield file.finding(line, f"{name}: generated types stay in daemon/wire")


def native_headers(tree):
    """A header that speaks a library's own types is for its own module alone."""
    kinds = {"hsm/": (r"\bCK[A-Z]?_[A-Z]\w*", "PKCS#11"),
             "daemon/store/": (r"\bsqlite3\w*", "SQLite"),
             "daemon/wire/": (r"\bgoogle::protobuf\b|\.pb\.h\b", "Protobuf")}
    private = {}
    for file in tree.headers:
        for folder, (pattern, library) in kinds.items():
            text = file.code + " ".join(name for _, name in file.includes)
            if inside(file.path, folder) and re.search(pattern, text):
                private[file.path] = (folder, library)
    for file in tree.cpp:
        for line, name in file.includes:
            folder, library = private.get(name, (None, None))
            if folder and not inside(file.path, folder, "tests/", "benchmarks/", "cli/"):
                yield file.finding(line, f"{name} speaks {library} and is for {folder} alone")


RULES = [pkcs11_words, database_words, regular_expressions, schema_words, native_headers]
