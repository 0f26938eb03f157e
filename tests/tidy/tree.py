# SPDX-License-Identifier: Apache-2.0
"""The repository's text files, and C++ with its comments and strings told apart from its code."""
import functools
import io
import os
import pathlib
import re
import tokenize

SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", ".cache", ".vscode", ".idea"}
CPP = {".cpp", ".hpp", ".c", ".h"}
SCRIPTS = {".py", ".sh", ".js", ".mjs", ".php", ".ts"}
TEXTS = CPP | SCRIPTS | {".cmake", ".proto", ".md", ".toml", ".service", ".socket", ".conf", ".sql",
                         ".json", ".txt", ".yml"}
FILE_BYTES_MAX = 1_000_000  # larger ones are data

# One token of C++ that may hide what looks like code. A quote between digits separates them.
HIDING = re.compile(
    r'(?P<comment>//(?:[^\n\\]|\\[\s\S])*|/\*[\s\S]*?\*/)'
    r'|(?P<raw>R"(?P<mark>[^()\s\\"]{0,16})\([\s\S]*?\)(?P=mark)")'
    r'|(?P<text>"(?:[^"\\\n]|\\[\s\S])*")'
    r"|(?P<digits>\b\d[\w.]*(?:'\w+)+)"
    r"|(?P<char>'(?:[^'\\\n]|\\[\s\S])*')")


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def python_comments(text):
    lines = [""] * (text.count("\n") + 2)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                lines[token.start[0] - 1] = token.string
    except (tokenize.TokenError, SyntaxError):
        return text  # no Python: whatever is wrong with it, it hides no comment
    return "\n".join(lines)


class File:
    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8", errors="replace")
        self.lines = self.text.splitlines()

    @property
    def suffix(self):
        return pathlib.PurePosixPath(self.path).suffix

    @property
    def is_cpp(self):
        return self.suffix in CPP

    @property
    def is_header(self):
        return self.suffix in {".hpp", ".h"}

    @property
    def is_cmake(self):
        return self.suffix == ".cmake" or self.path.endswith("CMakeLists.txt")

    @property
    def is_script(self):
        return self.suffix in SCRIPTS or self.text.startswith("#!")

    @functools.cached_property
    def code(self):
        """C++ without comments and the contents of strings; every line stays where it is."""
        def hide(match):
            if match["digits"]:
                return match[0]
            if match["text"] or match["raw"]:
                return '"' + blank(match[0])[1:-1] + '"'
            return blank(match[0])
        return HIDING.sub(hide, self.text)

    @functools.cached_property
    def comments(self):
        """The comments alone, each where it stands: of C++, or of what comments with a #."""
        if self.is_cpp or self.suffix in {".proto", ".js", ".mjs", ".ts", ".php"}:
            kept = [" "] * len(self.text)
            for match in HIDING.finditer(self.text):
                if match["comment"]:
                    kept[match.start():match.end()] = match[0]
            return "".join(k if c != "\n" else c for k, c in zip(kept, self.text))
        if self.suffix == ".py":
            return python_comments(self.text)
        return "\n".join(re.sub(r"^[^#]*", "", line) for line in self.lines)

    @functools.cached_property
    def includes(self):
        """[(line, name)], system and own alike."""
        found = []
        for number, line in enumerate(self.lines, 1):
            if match := re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line):
                found.append((number, match[1]))
        return found

    def line_at(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def finding(self, line, what):
        return self.path, line, what

    def matches(self, pattern, what, within=None):
        """A finding for every match of `pattern` in `within`, the code unless told."""
        text = self.code if within is None else within
        for match in re.finditer(pattern, text, re.MULTILINE):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            yield self.finding(text.count("\n", 0, start) + 1, what.format(match[0].strip()))


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.files = sorted(self._read(), key=lambda file: file.path)

    def _read(self):
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            for name in names:
                path = pathlib.Path(folder, name)
                if path.is_symlink() or not path.is_file() or not self._is_text(path):
                    continue
                yield File(self.root, path)

    @staticmethod
    def _is_text(path):
        if path.stat().st_size > FILE_BYTES_MAX:
            return False
        if path.suffix in TEXTS:
            return True
        if path.suffix:
            return False
        with path.open("rb") as file:
            return file.read(2) == b"#!"

    @property
    def cpp(self):
        return [file for file in self.files if file.is_cpp]

    @property
    def headers(self):
        return [file for file in self.files if file.is_header]

    @property
    def sources(self):
        """Whatever is written by hand and built or run."""
        return [file for file in self.files
                if file.is_cpp or file.is_cmake or file.is_script or file.suffix == ".proto"]

    @property
    def documents(self):
        """What is read as it is. The parts of docs/api.md are read, and linked from, as one."""
        return [file for file in self.files
                if file.suffix == ".md" and not file.path.startswith("docs/api/")]
