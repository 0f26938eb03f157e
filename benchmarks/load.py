# SPDX-License-Identifier: Apache-2.0
"""The programs that ask, for benchmarks/run."""

import json
import subprocess

from appliance import BIN


class Load:
    """A load generator, told what to do line by line."""

    def __init__(self, program, appliance, *arguments):
        command = [str(BIN / program), "--run-dir", str(appliance.run_directory), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.hello = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the load generator ended before it answered")
        return json.loads(line)

    def tell(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.read()

    def run(self, *pace):
        outcome = self.tell(*pace)
        if outcome["other"]:
            raise SystemExit(f"{outcome['other']} answers were not acceptances")
        return outcome

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
