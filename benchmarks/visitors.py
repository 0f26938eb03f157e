# SPDX-License-Identifier: Apache-2.0
"""People at the companion's pages, and what clients that take their time do to them."""

import statistics
import sys

from appliance import Appliance
from load import Load

ERRANDS = ["strangers", "members", "sign_ins"]

# As many sign-ins as there is time for, with passwords that cost little: what is measured is the
# companion, not Argon2id.
POLICY = """
[account]
url = "https://accounts.example.com"
link_wait = "10s"

[password]
argon2_memory_kib = {kib}
argon2_passes = {passes}

[hashing]
queue_max = 1000

[question]
asked_before_reset = false
"""


def say(text):
    print(text, file=sys.stderr, flush=True)


class Pages:
    def __init__(self, appliance, load, options):
        self.appliance, self.load, self.options = appliance, load, options
        self.runs = {errand: {"alone": [], "beside_slow": []} for errand in ERRANDS}
        self.came_again = 0

    def memory(self):
        return {"connections": self.appliance.companion_connections(),
                "countersign_web_mb": self.appliance.rss_mb()["countersign-web"]}

    def measure(self, company):
        for errand in ERRANDS:
            run = self.load.tell(errand, self.options.visitors, self.options.seconds)
            self.runs[errand][company].append(run)
            say(f"  {errand:10} {company:12} {run['per_second']:8.0f}/s   "
                f"p50 {run['p50_ms']:6.1f} ms   p99 {run['p99_ms']:6.1f} ms")

    def measure_beside_slow(self):
        """Returns what the memory is with the slow clients there."""
        self.load.tell("slow", self.options.slow)
        memory = self.memory()
        self.measure("beside_slow")
        self.came_again += self.load.tell("slow", 0)["came_again"]
        return memory

    def middle(self):
        return {errand: {company: middle_of(runs) for company, runs in companies.items()}
                for errand, companies in self.runs.items()}


def middle_of(runs):
    return {name: round(statistics.median(run[name] for run in runs), 1)
            for name in ["per_second", "p50_ms", "p99_ms"]}


def companion(options):
    policy = POLICY.format(kib=options.argon2_kib, passes=options.argon2_passes)
    with Appliance(workers=options.workers, handles=1024, policy=policy) as appliance:
        load = Load("bench_companion", appliance, "--port", str(appliance.start_companion()))
        pages = Pages(appliance, load, options)
        say(f"making {options.people} people with a password and a token …")
        load.tell("people", options.people)
        memory = {"at_first": pages.memory()}
        say(f"{options.sessions} of them sign in and stay …")
        load.tell("open", options.sessions)
        memory["sessions_open"] = pages.memory()
        for turn in range(options.rounds):
            say(f"round {turn + 1}")
            pages.measure("alone")
            memory["slow_clients_there"] = pages.measure_beside_slow()
        rss = appliance.rss_mb()
        load.end()
    return {"workers": options.workers, "people": options.people, "sessions": options.sessions,
            "visitors": options.visitors, "slow": options.slow,
            "slow_came_again": pages.came_again, **pages.middle(), "memory": memory, "rss_mb": rss}
