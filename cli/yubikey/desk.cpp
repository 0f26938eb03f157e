// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/desk.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>

namespace countersign::cli {
namespace {

constexpr std::size_t kLineBytesMax = 512;
constexpr std::array kInterrupts{SIGINT, SIGTERM, SIGHUP};

// Kept back but while a question waits, so that none can fall between looking and waiting.
sigset_t while_waiting;
bool heeds_interrupts = false;
bool interrupted = false;

// False: there will be no more input.
bool wait_for_input() {
  if (!heeds_interrupts) return true;
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  if (!interrupted && ::ppoll(&input, 1, nullptr, &while_waiting) < 0) interrupted = true;
  return !interrupted;
}

}  // namespace

void take_interrupts_as_end_of_input() {
  struct sigaction action {};
  action.sa_handler = [](int) {};  // waking the wait is all
  sigset_t kept_back;
  ::sigemptyset(&kept_back);
  for (const int signal : kInterrupts) {
    ::sigaddset(&kept_back, signal);
    ::sigaction(signal, &action, nullptr);
  }
  ::sigprocmask(SIG_BLOCK, &kept_back, &while_waiting);
  heeds_interrupts = true;
}

void tell(const std::string& text) { std::cerr << text << '\n' << std::flush; }

std::optional<std::string> ask_for_line(const std::string& question) {
  std::cerr << question << ' ' << std::flush;
  std::string line;
  // Byte by byte: what comes after it in the same pipe is for the next question.
  for (;;) {
    if (!wait_for_input()) return std::nullopt;
    char c = 0;
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 && line.empty()) return std::nullopt;
    if (count <= 0 || c == '\n') break;
    if (line.size() < kLineBytesMax) line += c;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace countersign::cli
