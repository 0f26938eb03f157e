# SPDX-License-Identifier: Apache-2.0
"""Size, words and the shape of headers."""
import re

COLUMNS_MAX = 100
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

# Printed tables are as long as the document they come from, and the contract stands in one place.
ANY_LENGTH = ("tests/vectors/", "api/countersign.proto")


def columns(tree):
    for file in tree.sources:
        for number, line in enumerate(file.lines, 1):
            if len(line) > COLUMNS_MAX and not re.search(r"https?://\S{40}", line):
                yield file.finding(number, f"{len(line)} columns; {COLUMNS_MAX} at most")


def file_length(tree):
    for file in tree.sources:
        if len(file.lines) > FILE_LINES_MAX and not file.path.startswith(ANY_LENGTH):
            yield file.finding(FILE_LINES_MAX + 1,
                               f"{len(file.lines)} lines; {FILE_LINES_MAX} at most")


def without_directives(code):
    """Code without #define and its like, whose braces need not balance."""
    directive = r"^[ \t]*#(?:[^\n\\]|\\[\s\S])*"
    return re.sub(directive, lambda m: re.sub(r"[^\n]", " ", m[0]), code, flags=re.MULTILINE)


def scope_of(head):
    """What a brace opens, by the words before it: `space`, `type`, `function` or `value`."""
    while (shorter := re.sub(r"<[^<>(){};]*>", "", head)) != head:
        head = shorter
    if re.search(r'\bnamespace\b[^()=]*$|\bextern\s*"[^"]*"\s*$', head):
        return "space"
    plain = re.sub(r"\[\[[^\]]*\]\]|\b(?:alignas|__attribute__)\s*\([^()]*\)+", "", head)
    if re.search(r"\b(?:class|struct|union|enum)\b", plain) and "(" not in plain:
        return "type"
    is_lambda = re.search(r"(?:^|[^\w\s)\]])\s*\[[^\[\]]*\]\s*(?:\([^{}]*)?$", plain)
    if "(" not in plain or is_lambda:
        return "function" if is_lambda else "value"
    if plain.count("(") > plain.count(")"):
        return "value"  # an argument
    while (shorter := re.sub(r"\([^()]*\)", "@", plain)) != plain:
        plain = shorter
    if re.search(r"(?<![=!<>])=(?!=)", plain) and "operator" not in plain:
        return "value"
    # `: member_{...}` after the parameters; the body comes after a `)` or a `}`.
    if re.search(r"@[^:]*(?<!:):(?!:)", plain) and re.search(r"[\w>]\s*$", plain):
        return "value"
    return "function"


def functions(file):
    """[(first line, last line)] of every function's body; None where braces do not balance."""
    code = without_directives(file.code)
    bodies, scopes, head_start = [], [], 0
    for match in re.finditer(r"[{};]", code):
        outside = all(scope in ("space", "type") for scope, _ in scopes)
        if match[0] == "{":
            scope = scope_of(code[head_start:match.start()]) if outside else "inner"
            scopes.append((scope, match.start()))
        elif match[0] == "}":
            if not scopes:
                return None
            scope, start = scopes.pop()
            if scope == "function":
                bodies.append((file.line_at(start), file.line_at(match.start())))
        else:
            scope = "statement" if outside else "inner"
        # The braces of a value may stand within a head: `Name() : member_{1} {`.
        if scope not in ("value", "inner"):
            head_start = match.end()
    return None if scopes else bodies


def function_length(tree):
    for file in tree.cpp:
        bodies = functions(file)
        if bodies is None:
            yield file.finding(1, "braces do not balance, so that functions cannot be measured")
            continue
        for first, last in bodies:
            if last - first + 1 > FUNCTION_LINES_MAX:
                yield file.finding(
                    first, f"function of {last - first + 1} lines; {FUNCTION_LINES_MAX} at most")


def banned_words(tree):
    for file in tree.cpp:
        if file.suffix in {".cpp", ".hpp"}:
            yield from file.matches(r"\b(?:v|f|s|d|sn|vs|vf|vd|vsn)?printf\s*\(",
                                    "{} takes anything: use the log, a stream or std::format")
        yield from file.matches(r"\b(?:strcpy|strcat|stpcpy|strncpy|strtok|gets|alloca)\s*\(",
                                "{} has no bound: use a span or a string")
        if file.path != "base/clock.cpp":
            yield from file.matches(r"\bsystem_clock::now\b",
                                    "{} outside base/clock.cpp: use Clock")
        yield from file.matches(r"\bdetached\b", "{}: give the coroutine a completion handler")
        yield from file.matches(r"\bstd::endl\b", "{} flushes: write '\\n'")
        if file.is_header:
            yield from file.matches(r"\busing\s+namespace\b", "{} in a header")
    for file in tree.files:
        if file.is_cmake:
            yield from file.matches(r"^\s*file\s*\(\s*GLOB\w*", "{}: list the sources",
                                    within=file.text)


def operand(code, start):
    """The rest of the expression that begins at `start`."""
    depth = 0
    for offset in range(start, len(code)):
        if code[offset] in "([{":
            depth += 1
        elif code[offset] in ")]}":
            depth -= 1
        if depth < 0 or (depth == 0 and code[offset] == ";"):
            return code[start:offset]
    return code[start:]


def awaited_lambdas(tree):
    # GCC 12 destroys a lambda inside of a co_await expression twice.
    introducer = re.compile(r"(?:^|[^\w\s)\]\[]|\b(?:co_await|return))\s*\[(?!\[)")
    for file in tree.cpp:
        for match in re.finditer(r"\bco_await\b", file.code):
            if introducer.search(operand(file.code, match.end())):
                yield file.finding(file.line_at(match.start()),
                                   "a lambda inside of a co_await expression: name it first")


def awaited_temporaries(tree):
    # GCC 12 copies a braced temporary inside of a co_await expression bit by bit, and destroys
    # what a co_await inside of a conditional expression gave twice.
    conditional = re.compile(r"\?[^;{}]*?\bco_await\b")
    for file in tree.cpp:
        for match in re.finditer(r"\bco_await\b", file.code):
            if "{" in operand(file.code, match.end()):
                yield file.finding(file.line_at(match.start()),
                                   "a braced temporary inside of a co_await expression: "
                                   "name it first")
        for match in conditional.finditer(file.code):
            yield file.finding(file.line_at(match.end()),
                               "co_await inside of a conditional expression: write if and else")


def licence(tree):
    for file in tree.cpp + [file for file in tree.files if file.suffix == ".proto"]:
        if not file.text.startswith("// SPDX-License-Identifier: Apache-2.0\n"):
            yield file.finding(1, "the first line is not // SPDX-License-Identifier: Apache-2.0")


def header_shape(tree):
    for file in tree.headers:
        if len(re.findall(r"^#pragma once$", file.code, re.MULTILINE)) != 1:
            yield file.finding(1, "no #pragma once")
        if not re.match(r"(?:// ?.*\n)?(?://(?! SPDX) ?\S|/\*)", file.text):
            yield file.finding(2, "no comment that says what the header is")


def dead_headers(tree):
    included = {}
    for file in tree.cpp:
        for _, name in file.includes:
            included.setdefault(name.rpartition("/")[2], []).append((name, file.path))
    for file in tree.headers:
        own_source = file.path[:-len(file.suffix)] + ".cpp"
        users = [user for name, user in included.get(file.path.rpartition("/")[2], ())
                 if user != own_source and ("/" + file.path).endswith("/" + name)]
        if not users:
            yield file.finding(1, "a header that nobody includes")


def suppressions(tree):
    # NOLINT(check-name): the reason
    for file in tree.cpp:
        yield from file.matches(r"\bNOLINT(?:NEXTLINE|BEGIN)?\b(?!\([\w.,\s-]+\):? \S)",
                                "{} without its check and its reason", within=file.comments)


def open_ends(tree):
    for file in tree.files:
        text = file.comments
        if file.suffix == ".md":
            text = re.sub(r"```[\s\S]*?```|`[^`\n]*`", lambda m: re.sub(r"[^\n]", " ", m[0]),
                          file.text)
        yield from file.matches(r"\bTODO\b(?!\s*\(?#\d)", "{} without an issue's number",
                                within=text)
        yield from file.matches(r"\bFIXME\b", "{} does not merge", within=text)


RULES = [columns, file_length, function_length, banned_words, awaited_lambdas, awaited_temporaries,
         licence,
         header_shape, dead_headers, suppressions, open_ends]
