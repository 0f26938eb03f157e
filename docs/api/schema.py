# SPDX-License-Identifier: Apache-2.0
"""api/countersign.proto, as its comments and declarations say it."""
import dataclasses
import re

TOKEN = re.compile(r'//[^\n]*|"[^"\n]*"|[\w.]+|[{}=;\[\]]')
ON = re.compile(r"on (?P<sockets>[^>]*?) ?-> (?P<answer>[\w ]+?)(?:; (?P<errors>[A-Z_ ]+))?$")
SOCKET = re.compile(r"(\w+)(?: \[([^\]]*)\])?")


@dataclasses.dataclass
class Field:
    name: str
    type: str
    number: int
    repeated: bool
    comment: str


@dataclasses.dataclass
class Declaration:
    kind: str  # "message" or "enum"
    name: str
    comment: str
    fields: list


@dataclasses.dataclass
class Operation:
    name: str  # "start_challenge"
    message: str
    sockets: dict  # {"enroll": what it needs there, or ""}
    answer: str
    errors: list


class Tokens:
    """The schema's words; comments are kept apart, by line."""

    def __init__(self, text):
        self.words, self.comments, self.alone = [], {}, set()
        for number, line in enumerate(text.splitlines(), 1):
            found = TOKEN.findall(line)
            for word in found:
                if word.startswith("//"):
                    self.comments[number] = word[2:].strip()
                else:
                    self.words.append((word, number))
            if found and found[0].startswith("//"):
                self.alone.add(number)
        self.at = 0

    def next(self):
        self.at += 1
        return self.words[self.at - 1]

    def peek(self):
        return self.words[self.at] if self.at < len(self.words) else (None, 0)

    def before(self, line):
        """The comment that stands right above a line."""
        first = line
        while first - 1 in self.alone:
            first -= 1
        return " ".join(self.comments[number] for number in range(first, line)).strip()

    def beside(self, line):
        return "" if line in self.alone else self.comments.get(line, "")


def read_field(tokens):
    """A field of a message, or a value of an enum: up to its semicolon."""
    words, line = [], tokens.peek()[1]
    while (word := tokens.next()[0]) != ";":
        words.append(word)
    comment = " ".join(filter(None, [tokens.before(line), tokens.beside(line)]))
    repeated = words[0] == "repeated"
    words = words[repeated:]
    name = words[words.index("=") - 1]
    kind = words[0] if words[0] != name else ""
    return Field(name, kind, int(words[words.index("=") + 1]), repeated, comment)


def read_declaration(tokens, kind, line):
    name = tokens.next()[0]
    comment, fields = tokens.before(line), []
    tokens.next()
    while tokens.peek()[0] != "}":
        if tokens.peek()[0] == "oneof":
            tokens.at += 3
            while tokens.peek()[0] != "}":
                fields.append(read_field(tokens))
            tokens.next()
        else:
            fields.append(read_field(tokens))
    end = tokens.next()[1]
    if end == line:  # on a line of its own what stands behind is about the whole
        for field in fields:
            field.comment = ""
    beside = tokens.beside(end)
    return Declaration(kind, name, " ".join(filter(None, [comment, beside])), fields)


def declarations(text):
    tokens, found = Tokens(text), []
    while tokens.peek()[0] is not None:
        word, line = tokens.next()
        if word in ("message", "enum"):
            found.append(read_declaration(tokens, word, line))
    return found


def operations(found):
    request = next(one for one in found if one.name == "Request")
    for field in request.fields:
        if field.type in ("bytes", "string"):
            continue
        match = ON.match(field.comment)
        if not match:
            raise ValueError(f"{field.name}: nothing says where it is answered, and by what")
        sockets = dict(SOCKET.findall(match["sockets"]))
        yield Operation(field.name, field.type, sockets, match["answer"],
                        (match["errors"] or "").split())
