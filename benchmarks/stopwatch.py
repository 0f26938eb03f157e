# SPDX-License-Identifier: Apache-2.0
"""What a stopwatch tells of names: Welch's t over samples of known and unknown ones."""

import math
import sys
import time

from appliance import Appliance
from load import Load

OPERATIONS = ["sign_in", "reset_code", "reset_link", "activation_link"]
T_MAX = 4.5
# Rounds that are far enough apart find no link or code of the round before in their way.
PAUSE_SECONDS = 11
# More failures than these rounds have would meet the throttle, and both classes its refusals.
ROUNDS_MAX = 70
# So many unknown names may share a decoy with another: of 10 000 and 65 536 decoys 7 in a hundred.
SHARED_MAX = 0.1

# So much of everything that nobody is at a limit; passwords that cost little, so that what differs
# is not lost in what does not.
POLICY = """
[account]
url = "https://accounts.example.com"
link_wait = "10s"
links_per_day = 100

[code]
resend_first = "10s"
resend_max = "10s"

[email]
per_hour = 10000000

[throttle]
failures_free = 99
kept_for_familiar = 0
kept_for_unlock = 0

[password]
argon2_memory_kib = 8
argon2_passes = 1

[hashing]
queue_max = 1000

[question]
asked_before_reset = false

[limits]
answer_step_ms = {step}
"""


def say(text):
    print(text, file=sys.stderr, flush=True)


def show(name, result):
    tells = max(abs(result["t"]), abs(result["t_below_p90"])) >= T_MAX
    say(f"  {name:30} {result['known']['samples']:7} each   "
        f"known {result['known']['p50_us']:7.0f} us   unknown "
        f"{result['unknown']['p50_us']:7.0f} us   "
        f"t {result['t']:7.2f}   below p90 {result['t_below_p90']:7.2f} "
        f"({result['apart_below_p90_us']:+.2f} us)   {'TELLS' if tells else 'tells nothing'}")


class Outsider:
    def __init__(self, load, outstanding, step_ms):
        self.load, self.outstanding = load, outstanding
        self.stagger_us = round(1000 * step_ms / outstanding)

    def ask(self, operation, names, rounds):
        pause = 0 if operation == "sign_in" else PAUSE_SECONDS
        return self.load.tell("measure", operation, names, rounds, self.outstanding,
                              self.stagger_us, pause)

    def measure(self, name, operation, names, rounds):
        result = self.ask(operation, names, rounds)
        shared = result["refused_unknown"] / (names * rounds)
        if result["refused_known"] or shared > SHARED_MAX or not result["alike"]:
            raise SystemExit(f"{name}: of known names {result['refused_known']} answers were "
                             f"refusals, of unknown ones {result['refused_unknown']}, and the "
                             f"others are {'' if result['alike'] else 'not '}alike")
        show(name, result)
        return result


def timing(options):
    rounds = math.ceil(options.samples / options.names)
    if rounds > ROUNDS_MAX:
        raise SystemExit(f"so many samples need more --names: {ROUNDS_MAX} rounds at most")
    accounts = max(options.accounts, options.names)
    results = {}
    policy = POLICY.format(step=options.step_ms)
    with Appliance(workers=options.workers, handles=1024, policy=policy) as appliance:
        load = Load("bench_timing", appliance, "--seed", str(options.seed))
        outsider = Outsider(load, options.outstanding, options.step_ms)
        say(f"making {accounts} accounts that are active, and as many that are not yet ...")
        load.tell("people", accounts)
        load.tell("guests", accounts)
        time.sleep(PAUSE_SECONDS)
        for operation in options.operations:
            appliance.restart_daemon()  # nobody was asked about lately
            name = f"{operation}, first time"
            if options.accounts:
                results[name] = outsider.measure(name, operation, accounts, 1)
                time.sleep(PAUSE_SECONDS)
            else:
                outsider.ask(operation, options.names, 1)
                time.sleep(PAUSE_SECONDS)
            name = f"{operation}, again"
            results[name] = outsider.measure(name, operation, options.names, rounds)
        load.end()
    return {"workers": options.workers, "seed": options.seed, "step_ms": options.step_ms,
            "outstanding": options.outstanding, "operations": results}
