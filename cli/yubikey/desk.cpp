// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/desk.hpp"

#include <unistd.h>

#include <cerrno>
#include <iostream>

namespace countersign::cli {
namespace {

constexpr std::size_t kLineBytesMax = 512;

}  // namespace

void tell(const std::string& text) { std::cerr << text << '\n' << std::flush; }

std::optional<std::string> ask_for_line(const std::string& question) {
  std::cerr << question << ' ' << std::flush;
  std::string line;
  // Byte by byte: what comes after it in the same pipe is for the next question.
  for (;;) {
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
