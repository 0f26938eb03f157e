// SPDX-License-Identifier: Apache-2.0
#include "courier/settings/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace countersign::courier {
namespace {

Error failed(ErrorCode code, Literal call) {
  return Error{code, call, static_cast<std::uint64_t>(errno)};
}

Result<std::string> path_of(const std::string& name) {
  if (name.starts_with('/')) return name;
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || name.find('/') != std::string::npos) {
    return Error{ErrorCode::not_found, "secret.credential"};
  }
  return std::string{folder} + "/" + name;
}

Status check_owner(int fd) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) return failed(ErrorCode::unavailable, "secret.stat");
  const bool is_ours = facts.st_uid == ::geteuid() || facts.st_uid == 0;
  if (!S_ISREG(facts.st_mode) || !is_ours || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{ErrorCode::denied, "secret.mode", facts.st_mode & 07777U};
  }
  return {};
}

Result<SecretBytes> read_all(int fd) {
  SecretBytes buffer{kSecretBytesMax + 1};
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t count = ::read(fd, buffer.expose().data() + filled, buffer.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(ErrorCode::unavailable, "secret.read");
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  if (filled > kSecretBytesMax) return Error{ErrorCode::malformed, "secret.length"};
  return SecretBytes{BytesView{buffer.expose()}.first(filled)};
}

}  // namespace

Result<SecretBytes> read_secret(const std::string& name) {
  CS_TRY(const std::string path, path_of(name));
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return failed(ErrorCode::not_found, "secret.open");
  const Status checked = check_owner(fd);
  auto whole = checked ? read_all(fd) : Result<SecretBytes>{checked.error()};
  ::close(fd);
  CS_TRY(const SecretBytes read, std::move(whole));

  std::string_view line = as_text(read.expose());
  if (line.ends_with('\n')) line.remove_suffix(1);
  const bool has_control =
      std::ranges::any_of(line, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
  if (line.empty() || has_control) return Error{ErrorCode::malformed, "secret.line"};
  return SecretBytes{as_bytes(line)};
}

}  // namespace countersign::courier
