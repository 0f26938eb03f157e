// SPDX-License-Identifier: Apache-2.0
// The daemon, as the pages ask it.
#pragma once

#include "api/countersign.pb.h"
#include "async/awaitable.hpp"
#include "base/error.hpp"

namespace countersign::companion {

class Backend {
 public:
  virtual ~Backend() = default;

  // One question and its answer, which may be an error of the daemon's. Gives the request an id of
  // its own. Fails with `unavailable` when it cannot be asked.
  virtual awaitable<Result<v1::Reply>> ask(v1::Request request) = 0;
};

}  // namespace countersign::companion
