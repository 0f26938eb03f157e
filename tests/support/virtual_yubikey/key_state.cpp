// SPDX-License-Identifier: Apache-2.0
#include "tests/support/virtual_yubikey/key_state.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

namespace countersign::test::yubikey {

std::uint64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

KeyFile::KeyFile(const std::filesystem::path& path)
    : file_{::open(path.c_str(), O_RDWR | O_CLOEXEC)} {
  const bool whole = file_ >= 0 && ::flock(file_, LOCK_EX) == 0 &&
                     ::pread(file_, &state_, sizeof state_, 0) == ssize_t{sizeof state_} &&
                     state_.magic == KeyState{}.magic;
  if (whole) return;
  if (file_ >= 0) ::close(file_);
  throw std::runtime_error{"no virtual YubiKey: " + path.string()};
}

KeyFile::~KeyFile() {
  // A short write would leave a key that nobody can open: the next one to try says so.
  if (::pwrite(file_, &state_, sizeof state_, 0) != ssize_t{sizeof state_}) ::ftruncate(file_, 0);
  ::close(file_);
}

void KeyFile::create(const std::filesystem::path& path, std::uint32_t serial) {
  KeyState state;
  state.serial = serial;
  state.powered_at_ms = now_ms();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, &state, sizeof state) == ssize_t{sizeof state};
  if (file >= 0) ::close(file);
  if (!written) throw std::runtime_error{"cannot create " + path.string()};
}

}  // namespace countersign::test::yubikey
