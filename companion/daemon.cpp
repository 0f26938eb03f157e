// SPDX-License-Identifier: Apache-2.0
#include "companion/daemon.hpp"

#include <utility>

namespace countersign::companion {

awaitable<Result<v1::Reply>> Daemon::ask(v1::Request request) {
  request.set_request_id(links_.fresh_id());
  co_return co_await links_.ask(request);
}

}  // namespace countersign::companion
