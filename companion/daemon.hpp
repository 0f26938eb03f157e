// SPDX-License-Identifier: Apache-2.0
// The daemon, behind enroll.sock.
#pragma once

#include "clients/link/links.hpp"
#include "companion/door/backend.hpp"

#include <string>

namespace countersign::companion {

class Daemon final : public Backend {
 public:
  Daemon(Executor executor, const std::string& path) : links_{executor, path} {}

  // As Links'.
  void start() { links_.start(); }
  void stop() { links_.stop(); }
  void check(SteadyTime now) { links_.check(now); }

  awaitable<Result<v1::Reply>> ask(v1::Request request) override;

 private:
  client::Links links_;
};

}  // namespace countersign::companion
