// SPDX-License-Identifier: Apache-2.0
#include "courier/engine/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>

namespace countersign::courier {
namespace {

using NameOf = int (*)(int, sockaddr*, socklen_t*);

int port_of(int socket, NameOf name_of) {
  sockaddr_in6 address{};
  socklen_t size = sizeof address;
  if (name_of(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  // In IPv4's address the port stands at the same place.
  static_assert(offsetof(sockaddr_in6, sin6_port) == offsetof(sockaddr_in, sin_port));
  return ntohs(address.sin6_port);
}

}  // namespace

void Sockets::serve(CURL* handle) {
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &Sockets::open);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, &Sockets::close);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, this);
}

void Sockets::hang_up(Ends ends) const {
  for (const int socket : open_) {
    const Ends its{port_of(socket, &::getsockname), port_of(socket, &::getpeername)};
    if (its == ends) ::shutdown(socket, SHUT_RD);
  }
}

void Sockets::hang_up_all() const {
  for (const int socket : open_) ::shutdown(socket, SHUT_RD);
}

curl_socket_t Sockets::open(void* self, curlsocktype, curl_sockaddr* address) {
  const int made = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (made < 0) return CURL_SOCKET_BAD;
  static_cast<Sockets*>(self)->open_.insert(made);
  return made;
}

int Sockets::close(void* self, curl_socket_t socket) {
  static_cast<Sockets*>(self)->open_.erase(socket);
  return ::close(socket);
}

}  // namespace countersign::courier
