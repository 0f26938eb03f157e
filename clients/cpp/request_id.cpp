// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/request_id.hpp"

#include <sys/random.h>

#include <cerrno>

namespace countersign::client {
namespace {

constexpr std::size_t kRequestIdBytes = 16;

}  // namespace

Result<std::string> new_request_id() {
  std::string id(kRequestIdBytes, '\0');
  if (::getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size())) {
    return Error{ErrorCode::unavailable, "getrandom", static_cast<std::uint64_t>(errno)};
  }
  return id;
}

}  // namespace countersign::client
