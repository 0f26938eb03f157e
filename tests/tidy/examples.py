# SPDX-License-Identifier: Apache-2.0
"""For each rule a tiny tree that it must find fault with, and the nearest one that it must not."""

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
PROMISES = "# A\n\n## Promises\n\n" + "".join(f"{n}. not yet\n" for n in range(1, 9))
ROWS = "  x();\n"


def cpp(line, path="daemon/a.cpp"):
    return {path: SPDX + line + "\n"}


def document(text, path="a.md"):
    return {path: text}


def word(rule, line, what, path="daemon/a.cpp"):
    return rule, cpp(line, path), path, 2, what


# (rule, files, file and line of the one finding, a word of it)
BAD = [
    ("columns", cpp("// " + "x" * 98), "daemon/a.cpp", 2, "101 columns"),
    ("columns", {"cmake/a.cmake": "#" * 101}, "cmake/a.cmake", 1, "101 columns"),
    ("columns", {"run": "#!/bin/sh\n" + "#" * 101}, "run", 2, "101 columns"),
    ("file_length", cpp("\n" * 400), "daemon/a.cpp", 401, "at most"),
    ("function_length", cpp("void f() {\n" + ROWS * 69 + "}"), "daemon/a.cpp", 2, "71 lines"),
    ("function_length", cpp("TEST(A, B) {\n" + ROWS * 69 + "}"), "daemon/a.cpp", 2, "71 lines"),
    ("function_length", cpp("void f() {{"), "daemon/a.cpp", 1, "balance"),
    word("banned_words", "x = std::printf(text);", "printf"),
    word("banned_words", "snprintf(a, b, c);", "snprintf"),
    word("banned_words", "strcpy(a, b);", "strcpy"),
    word("banned_words", "std::chrono::system_clock::now();", "system_clock::now"),
    word("banned_words", "co_spawn(loop, run(), detached);", "detached"),
    word("banned_words", "out << std::endl;", "std::endl"),
    word("banned_words", "using namespace std;", "using namespace", "daemon/a.hpp"),
    ("banned_words", {"CMakeLists.txt": "file(GLOB sources *.cpp)\n"}, "CMakeLists.txt", 1, "GLOB"),
    word("awaited_lambdas", "co_await run([this] { go(); });", "lambda"),
    word("awaited_lambdas", "CS_CO_TRY(x, co_await f(1,\n [&](int y) { return y; }));", "lambda"),
    word("awaited_lambdas", "co_await [] { return f(); }();", "lambda"),
    word("awaited_temporaries", "co_await f(Entry{1});", "braced"),
    word("awaited_temporaries", "co_await f({.a = 1});", "braced"),
    word("awaited_temporaries", "auto x = a ? co_await f() : co_await g();", "conditional"),
    word("awaited_temporaries", "auto x = a ? f() : co_await g();", "conditional"),
    ("licence", {"daemon/a.cpp": "int x;\n"}, "daemon/a.cpp", 1, "SPDX"),
    ("licence", {"api/a.proto": 'syntax = "proto3";\n'}, "api/a.proto", 1, "SPDX"),
    ("header_shape", cpp("// What it is.\nint x;", "a.hpp"), "a.hpp", 1, "#pragma once"),
    ("header_shape", cpp("#pragma once\n// Late.", "a.hpp"), "a.hpp", 2, "what the header is"),
    ("dead_headers", {"base/a.hpp": "", "base/a.cpp": '#include "base/a.hpp"\n'}, "base/a.hpp", 1,
     "nobody includes"),
    word("suppressions", "x();  // NOLINT", "NOLINT"),
    word("suppressions", "x();  // NOLINT(bugprone-x)", "NOLINT"),
    word("open_ends", "// TODO: later", "TODO"),
    word("open_ends", "x();  // FIXME", "FIXME"),
    ("open_ends", {"run.sh": "true  # TODO later\n"}, "run.sh", 1, "TODO"),
    ("open_ends", document("# A\nTODO\n"), "a.md", 2, "TODO"),
    word("pkcs11_words", "CK_RV rv;", "CK_RV"),
    word("pkcs11_words", "return CKR_OK;", "CKR_OK", "hsm/client/a.cpp"),
    word("pkcs11_words", "#include <p11-kit/pkcs11.h>", "pkcs11.h", "hsm/protocol/a.hpp"),
    word("pkcs11_words", "CK_RV rv;", "CK_RV", "tests/integration/verify_test.cpp"),
    word("database_words", "sqlite3* db;", "sqlite3", "daemon/service/a.hpp"),
    word("database_words", "#include <sqlite3.h>", "sqlite3.h"),
    word("regular_expressions", "#include <re2/re2.h>", "re2.h", "address/a.hpp"),
    word("schema_words", '#include "api/countersign.pb.h"', "countersign.pb.h", "daemon/net/a.cpp"),
    word("schema_words", "#include <google/protobuf/arena.h>", "arena.h", "daemon/service/a.hpp"),
    ("native_headers", {"daemon/store/a.hpp": "sqlite3* db;\n",
                        "daemon/app/b.cpp": '#include "daemon/store/a.hpp"\n'},
     "daemon/app/b.cpp", 1, "SQLite"),
    ("titles", document("# A\n\n# B\n"), "a.md", 3, "2 titles"),
    ("titles", document("no title\n"), "a.md", 1, "0 titles"),
    ("links", document("# A\n[b](docs/b.md)\n"), "a.md", 2, "docs/b.md"),
    ("links", document("# A\n[b](#no-such)\n"), "a.md", 2, "no such heading"),
    ("links", document("# A\n[b](../../etc/passwd)\n"), "a.md", 2, "nowhere"),
    ("build_machines", cpp('auto path = "/home/' + 'somebody/x";'), "daemon/a.cpp", 2, "one"),
    ("build_machines", document("# A\nsee @ROOT@/x\n"), "a.md", 2, "path of one machine"),
    ("named_tests", {"a.md": "# A\n`Suite.Gone`\n", "tests/a.cpp": "TEST(Suite, Here) {}\n"},
     "a.md", 2, "no such test"),
    ("named_tests", {"a.md": "# A\n`Suite.Gone`\n", "tests/a.cpp": "// TEST(Suite, Gone) {}\n"},
     "a.md", 2, "no such test"),
    ("promises", document(PROMISES.replace("3. not yet", "3. kept, on our word"),
                          "ARCHITECTURE.md"), "ARCHITECTURE.md", 7, "promise 3"),
    ("promises", document(PROMISES.replace("8. not yet\n", ""), "ARCHITECTURE.md"),
     "ARCHITECTURE.md", 3, "promise 8 is missing"),
    ("promises", document("# A\n"), "ARCHITECTURE.md", 1, "missing"),
    ("reference", {"docs/api/generate.py": "import sys\nsys.exit('docs/api.md is old')\n"},
     "docs/api.md", 1, "docs/api.md is old"),
]

GOOD = [
    ("columns", cpp("// " + "ä" * 97)),
    ("columns", document("x" * 500)),
    ("columns", cpp("// https://example.org/" + "x" * 100)),
    ("file_length", cpp("\n" * 398)),
    ("file_length", cpp("\n" * 1000, "tests/vectors/rfc6238.cpp")),
    ("function_length", cpp("void f() {\n" + ROWS * 68 + "}")),
    ("function_length", cpp("const Row kRows[] = {\n" + "  {1, 2},\n" * 80 + "};")),
    ("banned_words", cpp('// printf(x) is banned, std::endl too\nlog("strcpy(a)", detached_x);')),
    ("banned_words", {"clients/c/example.c": 'printf("accepted");\n'}),
    ("banned_words", cpp("std::chrono::system_clock::now();", "base/clock.cpp")),
    ("banned_words", cpp("using namespace std::chrono_literals;")),
    ("awaited_lambdas", cpp("auto go = [this] { run(); };\nco_await run(go, moves[0], (a)[1]);")),
    ("awaited_lambdas", cpp("auto turn = co_await take();\nsort(x, [](int a) { return a; });")),
    ("awaited_temporaries", cpp("if (a ? b : c) { co_await f(1); }\nco_await g(h(2));")),
    ("licence", cpp("int x;")),
    ("licence", {"clients/example.py": "import socket\n"}),
    ("header_shape", cpp("// What it is.\n#pragma once", "a.hpp")),
    ("dead_headers", {"base/a.hpp": "", "daemon/b.cpp": '#include "base/a.hpp"\n'}),
    ("suppressions", cpp("x();  // NOLINT(bugprone-x): the interface is C's")),
    ("open_ends", cpp('// TODO(#12): later\nconst char* kText = "TODO";')),
    ("open_ends", document("# A\n`TODO` needs a number\n")),
    ("pkcs11_words", cpp("CK_RV rv;  // CKR_OK", "hsm/session.cpp")),
    ("pkcs11_words", cpp("CK_RV rv;", "tests/integration/hsm_attack_test.cpp")),
    ("pkcs11_words", cpp("CS_CHECK(x);  // CK_RV, errno or SQLite code")),
    ("database_words", cpp("sqlite3* db;", "daemon/store/sqlite.cpp")),
    ("regular_expressions", cpp("#include <re2/re2.h>", "address/a.cpp")),
    ("schema_words", cpp('#include "api/countersign.pb.h"', "daemon/wire/codec.cpp")),
    ("native_headers", {"daemon/store/a.hpp": "sqlite3* db;\n",
                        "daemon/store/b.cpp": '#include "daemon/store/a.hpp"\n'}),
    ("titles", document("# A\n\n```sh\n# a comment\n```\n\n## B\n")),
    ("links", document("# A\n[b](docs/b.md#the-end) [c](#a) [d](https://example.org)\n")
     | {"docs/b.md": "# B\n## The end\n[a](../a.md)\n"}),
    ("build_machines", cpp('const char* kPath = "/run/countersign/verify.sock";')),
    ("build_machines", document("# A\nin $HOME/root/x and ~/home/me/\n")),
    ("named_tests", {"a.md": "# A\n`Suite.Here`, not `VerifyService.answer`\n",
                     "tests/a.cpp": "TEST_P(Suite, Here) {}\n"}),
    ("promises", document(PROMISES.replace("3. not yet", "3. kept\n   by `Suite.Here`"),
                          "ARCHITECTURE.md")),
    ("reference", {"docs/api/generate.py": "import sys\nassert sys.argv[1:] == ['--check']\n"}),
]
