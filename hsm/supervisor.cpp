// SPDX-License-Identifier: Apache-2.0
#include "hsm/supervisor.hpp"

#include "base/log.hpp"
#include "hsm/explain.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <new>
#include <string>
#include <tuple>
#include <utility>

namespace countersign::hsm {
namespace {

using namespace std::chrono_literals;

// The loop looks around this often even when nothing happens.
constexpr auto kTick = 250ms;
// A worker that has lived so long has started well: the next delay is short again.
constexpr auto kHealthyAfter = 10s;

Error failed(Literal call) {
  return {ErrorCode::unavailable, call, static_cast<std::uint64_t>(errno)};
}

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGCHLD, SIGHUP}) sigaddset(&set, number);
  return set;
}

// Keeps what a worker knows out of swap. Only with an unlimited allowance: under a limit, locking
// what comes later would make the library's own allocations fail.
void lock_memory(std::size_t index) {
  rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_MEMLOCK, &limit) != 0) ::getrlimit(RLIMIT_MEMLOCK, &limit);
  if (limit.rlim_cur == RLIM_INFINITY && ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) {
    return;
  }
  if (index == 0) log::info("hsm.memory_not_locked");
}

// In the child: no life without the supervisor.
void leave_parent(pid_t parent, std::size_t index) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kExitFailed);
  // fork() keeps both, but a library may have been told otherwise: these two never hurt.
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NAME, ("hsm-worker-" + std::to_string(index)).c_str());
}

// Until here the supervisor's signals stayed blocked. SoftHSM truncates its token's file at every
// login and writes it anew: a worker that ended in between would take the token with it.
void obey_signals() {
  const sigset_t set = handled_signals();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

// What the first worker cannot do, no worker can: a refused PIN ends the program for good.
int exit_status_for(const Error& error) {
  return error.code == ErrorCode::denied ? kExitRefused : kExitFailed;
}

}  // namespace

Supervisor::Supervisor(SupervisorSettings settings, int listener)
    : settings_{std::move(settings)},
      listener_{listener},
      parent_{::getpid()},
      slots_(settings_.workers) {}

Supervisor::~Supervisor() {
  if (signals_ >= 0) ::close(signals_);
  if (ready_pipe_ >= 0) ::close(ready_pipe_);
  if (busy_ != nullptr) ::munmap(busy_, sizeof(BusySince) * slots_.size());
}

int Supervisor::run() {
  if (const Status prepared = prepare(); !prepared) {
    log::error("hsm.start", prepared.error());
    return kExitFailed;
  }
  while (!exit_status_) {
    start_next();
    wait();
    kill_stuck();
    announce();
    ping_watchdog();
  }
  ::sd_notify(0, "STOPPING=1");
  stop_all();
  return *exit_status_;
}

Status Supervisor::prepare() {
  const sigset_t set = handled_signals();
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return failed("sigprocmask");
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0) return failed("signalfd");

  void* shared = ::mmap(nullptr, sizeof(BusySince) * slots_.size(), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return failed("mmap");
  busy_ = static_cast<BusySince*>(shared);
  for (std::size_t i = 0; i < slots_.size(); ++i) new (busy_ + i) BusySince{0};
  static_assert(BusySince::is_always_lock_free);

  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) > 0) {
    watchdog_interval_ = std::chrono::microseconds{microseconds / 3};
  }
  return {};
}

void Supervisor::start_next() {
  if (starting_) return;
  const auto now = Clock::now();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].process != 0 || slots_[i].not_before > now) continue;
    if (const Status started = start(i); !started) {
      log::error("hsm.fork", started.error());
      slots_[i].not_before = now + kRestartDelayMax;
      continue;
    }
    return;
  }
}

Status Supervisor::start(std::size_t index) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) return failed("pipe");
  busy_[index].store(0);
  const pid_t process = ::fork();
  if (process < 0) {
    const Error error = failed("fork");
    ::close(pipe[0]);
    ::close(pipe[1]);
    return error;
  }
  if (process == 0) {
    ::close(pipe[0]);
    be_worker(index, pipe[1]);
  }
  ::close(pipe[1]);
  ready_pipe_ = pipe[0];
  starting_ = index;
  slots_[index].process = process;
  slots_[index].ready = false;
  slots_[index].since = Clock::now();
  return {};
}

// The worker's whole life. It leaves by _exit: nothing of the supervisor is its to destroy.
void Supervisor::be_worker(std::size_t index, int ready_pipe) {
  ::close(signals_);
  leave_parent(parent_, index);
  lock_memory(index);
  int status = kExitFailed;
  {
    Result<Engine> engine = Engine::open(settings_.engine);
    if (!engine) {
      log::error("hsm.worker_start", engine.error(),
                 {{"meaning", log::ConfigText{explain(engine.error())}},
                  {"worker", index},
                  {"module", log::ConfigText{settings_.engine.module_path}},
                  {"token", log::ConfigText{settings_.engine.token_label}},
                  {"pin_file", log::ConfigText{settings_.engine.pin_file}}});
      ::_exit(exit_status_for(engine.error()));
    }
    obey_signals();
    constexpr char kReady = 1;
    std::ignore = ::write(ready_pipe, &kReady, 1);
    ::close(ready_pipe);

    const Hello place{static_cast<std::uint16_t>(index), settings_.workers};
    Worker worker{*engine, {place, settings_.worker_memory_bytes_max}, busy_[index]};
    const Status served = worker.run(listener_);
    if (served) status = kExitDrained;
    if (!served) log::error("hsm.worker", served.error(), {{"worker", index}});
  }
  ::_exit(status);
}

void Supervisor::wait() {
  std::array<pollfd, 2> ready{{{signals_, POLLIN, 0}, {ready_pipe_, POLLIN, 0}}};
  auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(kTick);
  const auto now = Clock::now();
  for (const Slot& slot : slots_) {
    if (slot.process != 0 || starting_) continue;
    timeout = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(slot.not_before - now), 0ms,
                         timeout);
  }
  // A negative descriptor is skipped by poll.
  if (::poll(ready.data(), ready.size(), static_cast<int>(timeout.count())) <= 0) return;
  if (ready[1].revents != 0) take_readiness();
  if (ready[0].revents != 0) take_signals();
}

void Supervisor::take_signals() {
  signalfd_siginfo signal{};
  while (::read(signals_, &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT) exit_status_ = 0;
  }
  bury_dead();
}

// A byte says that the worker is ready. The end of the pipe without one says that it died, which
// SIGCHLD tells as well.
void Supervisor::take_readiness() {
  char byte = 0;
  const bool ready = ::read(ready_pipe_, &byte, 1) == 1;
  ::close(ready_pipe_);
  ready_pipe_ = -1;
  if (!ready || !starting_) return;
  slots_[*starting_].ready = true;
  worked_ = true;
  log::info("hsm.worker_ready", {{"worker", *starting_}, {"pid", slots_[*starting_].process}});
  starting_.reset();
}

void Supervisor::bury_dead() {
  int wait_status = 0;
  for (pid_t dead = 0; (dead = ::waitpid(-1, &wait_status, WNOHANG)) > 0;) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].process == dead) bury(i, wait_status);
    }
  }
}

void Supervisor::bury(std::size_t index, int wait_status) {
  Slot& slot = slots_[index];
  slot.process = 0;
  slot.ready = false;
  if (starting_ == index) {
    if (ready_pipe_ >= 0) ::close(std::exchange(ready_pipe_, -1));
    starting_.reset();
  }
  if (exit_status_) return;

  const auto now = Clock::now();
  const int status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : kExitFailed;
  if (status == kExitDrained) {
    slot.delay = kRestartDelayMin;
    slot.not_before = now;
    return;
  }
  log::warning("hsm.worker_died",
               {{"worker", index},
                {"status", WIFEXITED(wait_status) ? status : 0},
                {"signal", WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0}});
  if (status == kExitRefused) exit_status_ = kExitRefused;
  if (!worked_ && !exit_status_) exit_status_ = kExitFailed;

  if (now - slot.since >= kHealthyAfter) slot.delay = kRestartDelayMin;
  slot.not_before = now + slot.delay;
  slot.delay = std::min(slot.delay * 2, kRestartDelayMax);
}

// A library that hangs, in an operation or at start, costs one worker and no more.
void Supervisor::kill_stuck() {
  const auto now = Clock::now();
  const std::int64_t now_ms = monotonic_milliseconds();
  const std::int64_t hang_ms = std::chrono::milliseconds{kHangTimeout}.count();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].process == 0) continue;
    const std::int64_t busy_since = busy_[i].load();
    const bool hangs = busy_since != 0 && now_ms - busy_since > hang_ms;
    const bool never_ready = !slots_[i].ready && now - slots_[i].since > kReadyTimeout;
    if (!hangs && !never_ready) continue;
    log::error("hsm.worker_hangs", {{"worker", i}, {"pid", slots_[i].process}});
    ::kill(slots_[i].process, SIGKILL);
    busy_[i].store(0);
  }
}

void Supervisor::announce() {
  if (announced_ || !std::ranges::all_of(slots_, &Slot::ready)) return;
  announced_ = true;
  ::sd_notify(0, "READY=1");
  log::info("hsm.ready", {{"workers", slots_.size()}});
}

void Supervisor::ping_watchdog() {
  const auto now = Clock::now();
  if (watchdog_interval_ == Clock::duration::zero() || now < watchdog_next_) return;
  watchdog_next_ = now + watchdog_interval_;
  ::sd_notify(0, "WATCHDOG=1");
}

void Supervisor::stop_all() {
  const auto signal_all = [this](int number) {
    for (const Slot& slot : slots_) {
      if (slot.process != 0) ::kill(slot.process, number);
    }
  };
  const auto any_left = [this] {
    return std::ranges::any_of(slots_, [](const Slot& slot) { return slot.process != 0; });
  };
  signal_all(SIGTERM);
  const auto deadline = Clock::now() + kStopTimeout;
  while (any_left()) {
    pollfd signals{signals_, POLLIN, 0};
    ::poll(&signals, 1, 50);
    take_signals();
    if (Clock::now() >= deadline) signal_all(SIGKILL);
  }
}

}  // namespace countersign::hsm
