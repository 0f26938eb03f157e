// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/listener.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace countersign::net {
namespace {

constexpr int kBacklog = 256;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_{fd} {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Error failed(Literal call) {
  return Error{ErrorCode::unavailable, call, static_cast<std::uint64_t>(errno)};
}

int new_socket() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return Error{ErrorCode::limit_exceeded, "socket.path_length", path.size()};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// Makes room for a new socket, if what is there is a socket that nobody listens on.
Status clear_path(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return failed("socket.lstat");
  }
  if (!S_ISSOCK(status.st_mode)) return Error{ErrorCode::conflict, "socket.not_a_socket"};

  const Descriptor probe{new_socket()};
  if (probe.get() < 0) return failed("socket");
  if (::connect(probe.get(), generic(address), sizeof address) == 0 || errno == EAGAIN) {
    return Error{ErrorCode::conflict, "socket.in_use"};
  }
  if (errno != ECONNREFUSED) return failed("socket.connect");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("socket.unlink");
  return {};
}

// The descriptor that bears this name, or -1.
Result<int> find_inherited(const std::string& name) {
  char** names = nullptr;
  const int count = ::sd_listen_fds_with_names(0, &names);
  if (count < 0) {
    errno = -count;
    return failed("sd_listen_fds");
  }
  int found = -1;
  for (int i = 0; i < count; ++i) {
    if (found < 0 && name == names[i]) found = SD_LISTEN_FDS_START + i;
    std::free(names[i]);
  }
  std::free(names);
  return found;
}

}  // namespace

Listener::Listener(Acceptor acceptor, std::string path)
    : acceptor_{std::move(acceptor)}, path_{std::move(path)} {}

Listener::Listener(Listener&& other) noexcept
    : acceptor_{std::move(other.acceptor_)}, path_{std::exchange(other.path_, {})} {}

Listener::~Listener() { close(); }

void Listener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

Result<Listener> Listener::bind(Executor executor, const std::string& path, mode_t mode) {
  CS_TRY(const sockaddr_un address, address_of(path));
  CS_CHECK(clear_path(path, address));
  Descriptor socket{new_socket()};
  if (socket.get() < 0) return failed("socket");
  if (::bind(socket.get(), generic(address), sizeof address) != 0) return failed("socket.bind");
  // Nobody can connect before listen(), so the mode is in force before the first peer.
  if (::chmod(path.c_str(), mode) != 0) return failed("socket.chmod");
  if (::listen(socket.get(), kBacklog) != 0) return failed("socket.listen");

  Acceptor acceptor{executor};
  boost::system::error_code code;
  acceptor.assign(boost::asio::local::stream_protocol{}, socket.get(), code);
  if (code) return Error{ErrorCode::unavailable, "socket.assign"};
  socket.release();
  return Listener{std::move(acceptor), path};
}

Result<std::optional<Listener>> Listener::inherit(Executor executor, const std::string& name) {
  CS_TRY(const int fd, find_inherited(name));
  if (fd < 0) return std::optional<Listener>{};
  if (::sd_is_socket_unix(fd, SOCK_STREAM, 1, nullptr, 0) <= 0) {
    return Error{ErrorCode::malformed, "socket.inherited"};
  }
  Acceptor acceptor{executor};
  boost::system::error_code code;
  acceptor.assign(boost::asio::local::stream_protocol{}, fd, code);
  if (code) return Error{ErrorCode::unavailable, "socket.assign"};
  return std::optional<Listener>{Listener{std::move(acceptor), {}}};
}

}  // namespace countersign::net
