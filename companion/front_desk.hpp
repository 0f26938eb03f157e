// SPDX-License-Identifier: Apache-2.0
// What the companion makes of a request: reads it, keeps to the rate of its source, hands out a
// file, or lets the router find its page.
#pragma once

#include "companion/door/router.hpp"
#include "companion/files/static_files.hpp"
#include "http/server/handler.hpp"
#include "http/server/rate_limit.hpp"

#include <vector>

namespace countersign::companion {

class FrontDesk final : public http::Handler {
 public:
  // REQUIRES: all outlive the desk.
  FrontDesk(const std::vector<Brand>& brands, const StaticFiles& files, Router& router,
            http::Rate rate)
      : brands_{brands}, files_{files}, router_{router}, rate_limit_{rate} {}

  awaitable<http::Answer> answer(const http::RequestReader& reader, const IpAddress& source,
                                 bool keeps_alive) override;
  [[nodiscard]] std::string refusal(const Error& error) const override;

 private:
  [[nodiscard]] bool is_all_secure() const;

  const std::vector<Brand>& brands_;
  const StaticFiles& files_;
  Router& router_;
  http::RateLimit rate_limit_;
};

}  // namespace countersign::companion
