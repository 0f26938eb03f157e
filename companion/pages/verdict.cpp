// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/verdict.hpp"

#include <utility>

namespace countersign::companion {

namespace {

std::string_view replayed_text(v1::FactorKind kind) {
  switch (kind) {
    case v1::YUBICO_OTP:
      return "yubikey.replayed";
    case v1::RECOVERY_CODES:
      return "refusal.replayed_recovery";
    default:
      return "refusal.replayed";
  }
}

}  // namespace

awaitable<Result<v1::Verdict>> verdict_of(Visit& visit, v1::Request request) {
  auto reply = co_await visit.ask(std::move(request));
  if (reply) co_return reply->verdict();
  if (reply.error().code != ErrorCode::malformed) co_return reply.error();
  co_return v1::Verdict{};
}

bool is_locked(const v1::Verdict& verdict) {
  return verdict.reason() == v1::THROTTLED && verdict.retry_after_seconds() == 0;
}

std::string refusal_text(const Catalogue& words, const v1::Verdict& verdict, v1::FactorKind kind) {
  switch (verdict.reason()) {
    case v1::REPLAYED:
      return words(replayed_text(kind));
    case v1::EXPIRED:
      return words("refusal.expired");
    case v1::SUSPENDED:
      return words("refusal.suspended");
    case v1::THROTTLED:
      if (is_locked(verdict)) return words("refusal.locked");
      return words("refusal.throttled", {{"seconds", std::int64_t{verdict.retry_after_seconds()}}});
    default:
      return words(kind == v1::YUBICO_OTP ? "yubikey.wrong" : "refusal.wrong_code");
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
