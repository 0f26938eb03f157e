// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/verdict.hpp"

namespace countersign::companion {

std::string refusal_text(const Catalogue& words, const v1::Verdict& verdict) {
  switch (verdict.reason()) {
    case v1::REPLAYED:
      return words("refusal.replayed");
    case v1::EXPIRED:
      return words("refusal.expired");
    case v1::SUSPENDED:
      return words("refusal.suspended");
    case v1::THROTTLED:
      if (verdict.retry_after_seconds() == 0) return words("refusal.locked");
      return words("refusal.throttled", {{"seconds", std::int64_t{verdict.retry_after_seconds()}}});
    default:
      return words("refusal.wrong_code");
  }
}

std::string delivery_text(const Catalogue& words, const v1::Delivery& delivery) {
  switch (delivery.outcome()) {
    case v1::TOO_SOON:
      return words("delivery.too_soon",
                   {{"seconds", std::int64_t{delivery.retry_after_seconds()}}});
    case v1::LIMIT_REACHED:
      return words("delivery.limit_reached");
    case v1::NOT_ALLOWED:
      return words("delivery.not_allowed");
    default:
      return words("delivery.channel_down");
  }
}

}  // namespace countersign::companion
