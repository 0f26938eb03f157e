// SPDX-License-Identifier: Apache-2.0
#include "hsm/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace countersign::hsm {
namespace {

class Descriptor {
 public:
  Descriptor(const char* path, int flags, mode_t mode = 0)
      : number_{::open(path, flags | O_CLOEXEC, mode)} {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool good() const { return number_ >= 0; }

 private:
  int number_;
};

Error failed(Literal call) {
  return {ErrorCode::unavailable, call, static_cast<std::uint64_t>(errno)};
}

Status write_all(int descriptor, BytesView content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed("file.write");
    content = content.subspan(static_cast<std::size_t>(count));
  }
  if (::fsync(descriptor) != 0) return failed("file.fsync");
  return {};
}

Status write_beside(const std::string& path, BytesView content) {
  const Descriptor file{path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600};
  if (!file.good()) return failed("file.create");
  return write_all(file.number(), content);
}

}  // namespace

Result<SecretBytes> read_private_file(const std::string& path, std::size_t bytes_max) {
  const Descriptor file{path.c_str(), O_RDONLY};
  if (!file.good()) {
    return Error{ErrorCode::not_found, "file.open", static_cast<std::uint64_t>(errno)};
  }
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) return failed("file.stat");
  // Not the group's bits: an access list, as systemd gives to credentials, shows up in them.
  if ((facts.st_mode & S_IRWXO) != 0) return Error{ErrorCode::denied, "file.open_to_all"};

  SecretBytes buffer{bytes_max + 1};
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const auto space = buffer.expose().subspan(filled);
    const ssize_t count = ::read(file.number(), space.data(), space.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("file.read");
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  if (filled > bytes_max) return Error{ErrorCode::limit_exceeded, "file.size"};
  return SecretBytes{BytesView{buffer.expose()}.first(filled)};
}

Status write_private_file(const std::string& path, BytesView content) {
  const std::string beside = path + ".new";
  if (auto written = write_beside(beside, content); !written) {
    ::unlink(beside.c_str());
    return written;
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return failed("file.rename");
  return sync_parent(path);
}

Status sync_parent(const std::string& path) {
  const std::string folder = std::filesystem::path{path}.parent_path().string();
  const Descriptor parent{folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY};
  if (!parent.good() || ::fsync(parent.number()) != 0) return failed("folder.fsync");
  return {};
}

}  // namespace countersign::hsm
