// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/checks.hpp"
#include "policies/policy_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace countersign::cli::doctor {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;
// A write that fails is a refusal: the daemon needs room for its log of changes and its journal.
constexpr std::uint64_t kFreeBytesMin = 200 * kMegabyte;
constexpr std::uint64_t kFreeBytesWished = 2'000 * kMegabyte;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

Finding cannot_look_at(const std::string& path) {
  const int error = errno;
  const std::string what = path + ": " + std::strerror(error);
  if (error == EACCES) return {Severity::unknown, what, "run `countersign doctor` as root"};
  return {Severity::problem, what, "see docs/operations.md, Install"};
}

std::string octal(mode_t mode) {
  char text[8];
  char* end = text + sizeof text;
  char* at = end;
  for (mode &= 07777; mode != 0; mode >>= 3) *--at = static_cast<char>('0' + (mode & 7));
  *--at = '0';
  return {at, end};
}

}  // namespace

Findings check_state_dir(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return {cannot_look_at(directory)};
  if (!S_ISDIR(status.st_mode)) {
    return {{Severity::problem, directory + " is not a directory", "name another --state-dir"}};
  }
  if ((status.st_mode & kOthers) != 0) {
    return {{Severity::problem,
             directory + " is open to others (mode " + octal(status.st_mode) + ")",
             "chmod 0700 " + directory}};
  }
  struct stat store {};
  const std::string file = directory + "/store.db";
  if (::stat(file.c_str(), &store) == 0 && store.st_uid != status.st_uid) {
    return {{Severity::problem, file + " belongs to somebody else than its directory",
             "chown --reference=" + directory + " " + file}};
  }
  return {{Severity::good, directory + " is closed to others", {}}};
}

Findings check_disk_space(const std::string& directory) {
  struct statvfs disk {};
  if (::statvfs(directory.c_str(), &disk) != 0) {
    // That it is missing has been said already.
    return errno == ENOENT ? Findings{} : Findings{cannot_look_at(directory)};
  }
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const std::string what = std::to_string(free / kMegabyte) + " MB free for " + directory;
  if ((disk.f_flag & ST_RDONLY) != 0) {
    return {{Severity::problem, directory + " is on a read-only file system",
             "mount it for writing: nothing can be accepted that cannot be written down"}};
  }
  if (free >= kFreeBytesWished) return {{Severity::good, what, {}}};
  return {{free < kFreeBytesMin ? Severity::problem : Severity::warning, what,
           "make room: when the disk is full, every passcode is refused"}};
}

Findings check_pin_file(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {cannot_look_at(file)};
  if ((status.st_mode & kOthers) != 0) {
    return {{Severity::problem,
             file + " can be read by others (mode " + octal(status.st_mode) + ")",
             "chmod 0400 " + file + ", and change the PIN: it may be known"}};
  }
  if (status.st_size == 0) {
    return {{Severity::problem, file + " is empty", "write the service token's PIN into it"}};
  }
  return {{Severity::good, file + " is closed to others", {}}};
}

Findings check_policy_file(const std::string& file) {
  const auto loaded = policies::load(file);
  if (const auto* unreadable = std::get_if<policies::Unreadable>(&loaded)) {
    if (unreadable->error == ENOENT && unreadable->file == file) {
      return {
          {Severity::warning, "no policy at " + file,
           "write one that names your peers (docs/operations.md, Policy): a daemon that is told "
           "to read it does not start without; one that is told of none lets only root in"}};
    }
    errno = unreadable->error;
    return {cannot_look_at(unreadable->file)};
  }
  if (const auto* mistake = std::get_if<policies::Mistake>(&loaded)) {
    return {{Severity::problem,
             mistake->file + ":" + std::to_string(mistake->line) + ":" +
                 std::to_string(mistake->column) + ": " + mistake->message,
             "mend the line; the daemon does not start, and does not reload, with a mistake"}};
  }
  const std::size_t realms = std::get<policies::Policy>(loaded).realms.size();
  const std::string beside =
      realms == 0 ? "" : ", with those of realms beside it: " + std::to_string(realms);
  return {{Severity::good, "the policy " + file + " is valid" + beside, {}}};
}

}  // namespace countersign::cli::doctor
