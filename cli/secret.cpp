// SPDX-License-Identifier: Apache-2.0
#include "cli/secret.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

namespace countersign::cli {
namespace {

// Switches the echo off, and back on whatever happens.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_{terminal} {
    if (::tcgetattr(terminal_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (changed_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  [[nodiscard]] bool works() const { return changed_; }

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

std::optional<SecretBytes> complain(const std::string& what) {
  std::cerr << "countersign: " << what << '\n';
  return std::nullopt;
}

// Byte by byte and unbuffered: the next secret may be the next line of the same pipe.
std::optional<SecretBytes> read_line(int from) {
  SecretBytes line{kSecretBytesMax};
  std::size_t size = 0;
  for (;;) {
    char c = 0;
    const ssize_t count = ::read(from, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return complain(std::string{"cannot read the secret: "} + std::strerror(errno));
    if (count == 0 || c == '\n') break;
    if (size == kSecretBytesMax) return complain("the secret is too long");
    line.expose()[size++] = static_cast<std::byte>(c);
  }
  if (size > 0 && line.expose()[size - 1] == std::byte{'\r'}) --size;
  if (size == 0) return complain("the secret is empty");
  return SecretBytes{BytesView{line.expose()}.first(size)};
}

std::optional<SecretBytes> ask_aloud(const std::string& prompt) {
  std::cerr << prompt << ": " << std::flush;
  return read_line(STDIN_FILENO);
}

std::optional<SecretBytes> ask_at_terminal(const std::string& prompt) {
  const Silence silence{STDIN_FILENO};
  if (!silence.works()) return complain("cannot switch the terminal's echo off");
  std::cerr << prompt << ": " << std::flush;
  auto line = read_line(STDIN_FILENO);
  std::cerr << '\n';
  return line;
}

std::optional<SecretBytes> read_file(const std::string& file) {
  const int from = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0) return complain("cannot open " + file + ": " + std::strerror(errno));
  auto line = read_line(from);
  ::close(from);
  return line;
}

}  // namespace

std::optional<SecretBytes> read_secret(const std::string& file, const std::string& prompt,
                                       Echo echo) {
  if (file == "-") return read_line(STDIN_FILENO);
  if (!file.empty()) return read_file(file);
  if (::isatty(STDIN_FILENO) != 1) return read_line(STDIN_FILENO);
  return echo == Echo::on ? ask_aloud(prompt) : ask_at_terminal(prompt);
}

}  // namespace countersign::cli
