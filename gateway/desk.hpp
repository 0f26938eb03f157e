// SPDX-License-Identifier: Apache-2.0
// What the gateway makes of a request: reads it, keeps to the rate of its source, has it answered.
#pragma once

#include "base/clock.hpp"
#include "gateway/daemon.hpp"
#include "http/server/handler.hpp"
#include "http/server/rate_limit.hpp"

namespace countersign::gateway {

class Desk final : public http::Handler {
 public:
  // REQUIRES: backend and clock outlive the desk.
  Desk(Backend& backend, const Clock& clock, http::Rate rate)
      : backend_{backend}, clock_{clock}, rate_limit_{rate} {}

  awaitable<http::Answer> answer(const http::RequestReader& request, const IpAddress& source,
                                 bool keeps_alive) override;
  [[nodiscard]] std::string refusal(const Error& error) const override;

 private:
  Backend& backend_;
  const Clock& clock_;
  http::RateLimit rate_limit_;
};

}  // namespace countersign::gateway
