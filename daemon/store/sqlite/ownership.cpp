// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/ownership.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace countersign::store::sqlite {
namespace {

constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
constexpr mode_t kOwnerOnly = 0600;

Error refuse(std::string& explanation, const std::filesystem::path& path, Literal call, int code) {
  explanation = path.string() + ": " + std::strerror(code);
  return {ErrorCode::unavailable, call, static_cast<std::uint64_t>(code)};
}

}  // namespace

std::filesystem::path database_file(const std::filesystem::path& directory) {
  return directory / "store.db";
}

Result<Ownership> Ownership::take(const std::filesystem::path& directory,
                                  std::string& explanation) {
  const auto lock_file = directory / "store.lock";
  const int lock = ::open(lock_file.c_str(), kFlags, kOwnerOnly);
  if (lock < 0) return refuse(explanation, lock_file, "open", errno);
  Ownership ownership{lock};
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int code = errno;
    const Error error = refuse(explanation, lock_file, "flock", code);
    if (code == EWOULDBLOCK) explanation = directory.string() + ": another daemon has it open";
    return error;
  }
  // SQLite would make it as the umask says, and gives its WAL the mode of the database.
  const auto file = database_file(directory);
  const int made = ::open(file.c_str(), kFlags, kOwnerOnly);
  if (made < 0) return refuse(explanation, file, "open", errno);
  ::close(made);
  return ownership;
}

Ownership::~Ownership() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace countersign::store::sqlite
