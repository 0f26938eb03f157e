// SPDX-License-Identifier: Apache-2.0
#include "hsm/listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cerrno>

namespace countersign::hsm {
namespace {

constexpr int kBacklog = 128;

Error failed(Literal call) {
  return {ErrorCode::unavailable, call, static_cast<std::uint64_t>(errno)};
}

int new_socket() { return ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0); }

// Makes room for the socket, if what lies there is the socket of a process that has gone.
Status clear_path(const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(address.sun_path, &found) != 0) {
    return errno == ENOENT ? Status{} : Status{failed("lstat")};
  }
  const Error in_use{ErrorCode::already_exists, "hsm.socket_path", EADDRINUSE};
  if (!S_ISSOCK(found.st_mode)) return in_use;

  const int probe = new_socket();
  if (probe < 0) return failed("socket");
  const int connected =
      ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const bool abandoned = connected != 0 && errno == ECONNREFUSED;
  ::close(probe);
  if (!abandoned) return in_use;
  return ::unlink(address.sun_path) == 0 ? Status{} : Status{failed("unlink")};
}

}  // namespace

Result<Listener> Listener::open(const std::string& path) {
  const int inherited_count = ::sd_listen_fds(1);
  if (inherited_count > 1) return Error{ErrorCode::malformed, "hsm.listen_fds"};
  if (inherited_count == 1) return inherited();

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Error{ErrorCode::malformed, "hsm.socket_path"};
  }
  path.copy(address.sun_path, path.size());
  CS_CHECK(clear_path(address));

  const int descriptor = new_socket();
  if (descriptor < 0) return failed("socket");
  Listener listener{descriptor, {}};
  // The mode is right from the first moment on: owner and group connect, nobody else.
  const mode_t mask = ::umask(0117);
  const int bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::umask(mask);
  if (bound != 0) return failed("bind");
  listener.path_ = path;
  if (::listen(descriptor, kBacklog) != 0) return failed("listen");
  return listener;
}

Result<Listener> Listener::inherited() {
  const int descriptor = SD_LISTEN_FDS_START;
  if (::sd_is_socket_unix(descriptor, SOCK_SEQPACKET, 1, nullptr, 0) <= 0) {
    return Error{ErrorCode::malformed, "hsm.listen_fds"};
  }
  // The workers block in accept: it is all they do while nobody is connected.
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) != 0) return failed("fcntl");
  return Listener{descriptor, {}};
}

Listener::~Listener() {
  if (!path_.empty()) ::unlink(path_.c_str());
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace countersign::hsm
