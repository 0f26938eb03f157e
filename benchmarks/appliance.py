# SPDX-License-Identifier: Apache-2.0
"""A whole appliance in a temporary directory: token, workers, daemon. For benchmarks."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / "release" / "bin"
READY_SECONDS_MAX = 30
MODULES = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"]
TARGETS = ["countersign", "countersignd", "countersign-hsm-program", "countersign-gateway-program",
           "countersign-courier-program", "countersign-web-program", "bench_raw", "bench_load",
           "bench_gateway", "bench_codes", "bench_timing", "bench_companion", "bench_pieces"]
# Whoever runs this is everything at once: administrator, account service, portal, gateway, courier.
POLICY = """[[peer]]
name = "self"
user = "self"
sockets = ["verify", "provision", "admin", "courier", "enroll"]

[[peer]]
name = "gateway"
user = "self"
sockets = ["verify"]
public_id_only = true

# As many codes as there is time for.
[messages]
per_destination_per_day = 1000
per_subject_per_day = 1000
unfamiliar_per_day = 1000
per_source_per_hour = 1000
per_peer_per_day = 10000000
queue_max = 200000

[[sms.prefix]]
prefix = "+358"
per_hour = 1000000
"""

# The SMS gateway is the load generator, which bench_codes' sink.hpp describes.
COURIER = """[templates]
directory = "{templates}"

[[provider]]
name = "sink"
kind = "http"
url = "http://127.0.0.1:{port}/"
body = '{{"to":"{{{{destination}}}}","text":"{{{{text}}}}"}}'
"""

# All come from this machine; as behind a TLS proxy, which is not measured.
WEB = """[limits]
connections_per_source = 4096
requests_per_second = 0

[[realm]]
origin = "https://accounts.example.com"
"""


def build():
    """The release preset, as it is shipped; quick when nothing changed."""
    quiet = {"cwd": ROOT, "check": True, "stdout": sys.stderr}
    if not (ROOT / "build" / "release" / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "release"], **quiet)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", *TARGETS], **quiet)


class Appliance:
    def __init__(self, workers, handles, policy=""):
        self.workers, self.handles, self.policy = workers, handles, policy
        self.token = "countersign"
        self.module = next(path for path in MODULES if os.path.exists(path))
        self.processes = {}

    def __enter__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="countersign-bench-"))
        self.run_directory = self.directory / "run"
        for name in ["run", "state", "tokens", "hsm-state"]:
            (self.directory / name).mkdir(mode=0o700)
        conf = self.directory / "softhsm2.conf"
        conf.write_text(f"directories.tokendir = {self.directory}/tokens\n"
                        "objectstore.backend = file\nlog.level = ERROR\n")
        self.environment = {**os.environ, "SOFTHSM2_CONF": str(conf)}
        self.pin_file = self.directory / "service.pin"
        try:
            self._init_token()
            self._start_hsm()
            self._start_daemon()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=30)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _init_token(self):
        subprocess.run([str(BIN / "countersign"), "hsm", "init", "--module", self.module,
                        "--pin-file", str(self.pin_file), "--custody-dir",
                        str(self.directory / "custody"), "--make-pin-files"],
                       check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def _start(self, name, *arguments):
        log = open(self.directory / f"{name}.log", "wb")
        self.processes[name] = subprocess.Popen([str(BIN / name), *map(str, arguments)],
                                                env=self.environment, stderr=log)

    def _start_hsm(self):
        self._start("countersign-hsm", "--module", self.module, "--token", self.token,
                    "--pin-file", self.pin_file, "--socket", self.run_directory / "hsm.sock",
                    "--workers", self.workers, "--handles", self.handles, "--state-dir",
                    self.directory / "hsm-state", "--worker-memory-mb", 4096)
        self._wait_for(self.run_directory / "hsm.sock")

    def _start_daemon(self):
        begin = time.monotonic()
        policy = self.directory / "policy.toml"
        policy.write_text(POLICY + self.policy)
        self._start("countersignd", "--run-dir", self.run_directory, "--state-dir",
                    self.directory / "state", "--hsm-socket", self.run_directory / "hsm.sock",
                    "--policy", policy)
        self._wait_for(self.run_directory / "verify.sock")
        self.ready_after_seconds = time.monotonic() - begin

    def restart_daemon(self):
        """Stops and starts the daemon on the same store; ready_after_seconds is new."""
        daemon = self.processes.pop("countersignd")
        daemon.terminate()
        daemon.wait(timeout=60)
        self._start_daemon()

    def start_gateway(self):
        """A gateway without a limit on this machine's rate; returns its port."""
        settings = self.directory / "gateway.toml"
        settings.write_text("[limits]\nrequests_per_second = 0\nconnections_per_source = 1024\n")
        self._start("countersign-gateway", "--config", settings, "--listen", "127.0.0.1:0",
                    "--socket", self.run_directory / "verify.sock")
        return self._port_of("countersign-gateway", "gateway.ready")

    def start_companion(self):
        """The companion without a limit on this machine's rate; returns its port. Its style and
        script are left out: nobody asks for them here."""
        settings = self.directory / "web.toml"
        settings.write_text(WEB)
        share = self.directory / "share"
        (share / "static").mkdir(parents=True)
        for name in ["templates", "texts"]:
            (share / name).symlink_to(ROOT / "companion" / name)
        self._start("countersign-web", "--config", settings, "--listen", "127.0.0.1:0",
                    "--socket", self.run_directory / "enroll.sock", "--share", share)
        self.companion_port = self._port_of("countersign-web", "web.ready")
        return self.companion_port

    def companion_connections(self):
        """So many clients are connected to the companion."""
        rows = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
        end, established = f":{self.companion_port:04X}", "01"
        return sum(local.endswith(end) and state == established
                   for _, local, _, state, *_ in map(str.split, rows))

    def _port_of(self, name, event):
        log = self.directory / f"{name}.log"
        end = time.monotonic() + READY_SECONDS_MAX
        while not (ready := re.search(event.replace(".", r"\.") + r" port=(\d+)",
                                      log.read_text())):
            if time.monotonic() > end:
                raise SystemExit(f"{name} did not start: " + log.read_text())
            time.sleep(0.01)
        return int(ready[1])

    def start_courier(self, port):
        """A courier that brings every message to this port."""
        settings = self.directory / "courier.toml"
        settings.write_text(COURIER.format(templates=ROOT / "courier" / "templates", port=port))
        self._start("countersign-courier", "--config", settings, "--socket",
                    self.run_directory / "courier.sock")
        log = self.directory / "countersign-courier.log"
        end = time.monotonic() + READY_SECONDS_MAX
        while "courier.ready" not in log.read_text():
            if time.monotonic() > end:
                raise SystemExit("the courier did not start: " + log.read_text())
            time.sleep(0.01)

    def _wait_for(self, path):
        end = time.monotonic() + READY_SECONDS_MAX
        while not path.exists():
            if time.monotonic() > end or any(p.poll() is not None
                                             for p in self.processes.values()):
                for log in self.directory.glob("*.log"):
                    sys.stderr.write(log.read_text())
                raise SystemExit(f"{path.name} did not appear")
            time.sleep(0.01)

    def rss_mb(self):
        """Resident memory of every process, the workers one by one."""
        result = {}
        daemon = self.processes["countersignd"].pid
        supervisor = self.processes["countersign-hsm"].pid
        result["countersignd"] = _rss(daemon)
        result["countersign-hsm"] = _rss(supervisor)
        for name in ["countersign-gateway", "countersign-courier", "countersign-web"]:
            if name in self.processes:
                result[name] = _rss(self.processes[name].pid)
        children = pathlib.Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text()
        for index, pid in enumerate(children.split()):
            result[f"worker {index}"] = _rss(pid)
        return result


def _rss(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
