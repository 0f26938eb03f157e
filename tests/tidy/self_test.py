#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No check that cannot fail: each rule finds its bad example, and lets its neighbour pass."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import code_rules
import document_rules
import tidy
from examples import BAD, GOOD
from tree import File, Tree


class Example:
    """A tiny tree in a folder of its own, gone at the end."""

    def __init__(self, files):
        self.files = files

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.folder.name)
        for path, text in self.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text.replace("@ROOT@", str(root.resolve())), encoding="utf-8")
        return root

    def __exit__(self, *_):
        self.folder.cleanup()


class Rules(unittest.TestCase):
    def test_every_rule_has_a_bad_and_a_good_example(self):
        names = {rule.__name__ for rule in tidy.RULES}
        self.assertEqual(names, {name for name, *_ in BAD})
        self.assertEqual(names, {name for name, *_ in GOOD})

    def test_bad_examples_are_found_at_their_line(self):
        rules = {rule.__name__: rule for rule in tidy.RULES}
        for name, files, path, line, word in BAD:
            with self.subTest(rule=name, word=word), Example(files) as root:
                found = list(rules[name](Tree(root)))
                self.assertEqual([(p, n) for p, n, _ in found], [(path, line)])
                self.assertIn(word, found[0][2])

    def test_good_neighbours_pass(self):
        rules = {rule.__name__: rule for rule in tidy.RULES}
        for name, files in GOOD:
            with self.subTest(rule=name, files=sorted(files)), Example(files) as root:
                self.assertEqual(list(rules[name](Tree(root))), [])


class Program(unittest.TestCase):
    def run_on(self, files):
        with Example(files) as root:
            script = pathlib.Path(__file__).with_name("tidy.py")
            return subprocess.run([sys.executable, "-B", script, root], capture_output=True,
                                  text=True, check=False)

    def test_prints_file_line_and_what_and_fails(self):
        run = self.run_on({"CMakeLists.txt": "x" * 101 + "\n"})
        self.assertEqual(run.returncode, 1)
        self.assertIn("CMakeLists.txt:1: 101 columns; 100 at most\n", run.stdout)

    def test_refuses_a_folder_that_is_not_the_root(self):
        run = self.run_on({"notes.txt": "nothing\n"})
        self.assertEqual(run.returncode, 2)


class Functions(unittest.TestCase):
    """What counts as a function, for the rule that measures them."""

    def measure(self, text):
        with Example({"a.cpp": text}) as root:
            return code_rules.functions(File(root, root / "a.cpp"))

    def test_sees_bodies_through_namespaces_and_classes(self):
        text = "namespace a {\nclass B final : C<int> {\n  int f() const {\n  }\n};\n}\n"
        self.assertEqual(self.measure(text), [(3, 4)])

    def test_sees_the_body_behind_member_initialisers(self):
        text = "A::A(int x)\n    : x_{x},\n      y_{1, 2} {\n  go();\n}\n"
        self.assertEqual(self.measure(text)[-1], (3, 5))

    def test_sees_a_trailing_return_type(self):
        self.assertEqual(self.measure("auto f() -> std::vector<int> {\n}\n"), [(1, 2)])

    def test_sees_tests_and_named_lambdas(self):
        text = "TEST(A, B) {\n}\nconst auto f = [](int x) {\n  return x;\n};\n"
        self.assertEqual(self.measure(text), [(1, 2), (3, 5)])

    def test_takes_no_table_for_a_function(self):
        text = "constexpr auto kRows = std::to_array<Row>({\n{1}, {2},\n});\nint b[] = {\n1};\n"
        self.assertEqual(self.measure(text), [])

    def test_is_not_misled_by_braces_in_texts_comments_and_macros(self):
        text = '#define OPEN {\nvoid f() {\n  g("}", \'}\', R"x(})x");  // }\n  h(1\'000);\n}\n'
        self.assertEqual(self.measure(text), [(2, 5)])


class Tests(unittest.TestCase):
    def test_a_commented_out_test_is_none(self):
        files = {"tests/a.cpp": "// TEST(A, Gone) {}\nTEST(A, Here) {}\nTYPED_TEST(B, Too) {}\n",
                 "tests/CMakeLists.txt": "add_test(NAME C.Script)\n# add_test(NAME C.No)\n"}
        with Example(files) as root:
            self.assertEqual(document_rules.tests_of(Tree(root)),
                             {"A": {"Here"}, "B": {"Too"}, "C": {"Script"}})


if __name__ == "__main__":
    unittest.main()
