// SPDX-License-Identifier: Apache-2.0
// A daemon in memory, for what the gateway does by itself.
#pragma once

#include "base/clock.hpp"
#include "gateway/daemon.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::gateway {

class FrozenClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return from_milliseconds(1'272'054'891'678); }
};

// Fails at its n-th call, if told to, in the way that it is told.
class World final : public Backend {
 public:
  std::optional<Outcome> refusal;
  Outcome verdict = Outcome::ok;
  ErrorCode failure = ErrorCode::unavailable;
  int fail_call = 0;
  int calls = 0;
  std::vector<std::string> asked;

  awaitable<Result<std::optional<Outcome>>> check(const Question& question,
                                                  const std::string& source) override {
    asked.push_back("check " + std::to_string(question.client_id) + " from " + source);
    if (++calls == fail_call) co_return Error{failure, "world"};
    co_return refusal;
  }
  awaitable<Result<Verified>> verify(const Question&) override {
    asked.emplace_back("verify");
    if (++calls == fail_call) co_return Error{failure, "world"};
    const Verified verified{verdict, {.session_counter = 19, .session_use = 17, .timestamp = 5}};
    co_return verified;
  }
  awaitable<Result<Signature>> sign(std::uint32_t client_id, const std::string& text) override {
    asked.push_back("sign " + std::to_string(client_id));
    if (++calls == fail_call) co_return Error{failure, "world"};
    signed_text = text;
    Signature signature;
    signature.fill(std::byte{0xff});
    co_return signature;
  }
  std::string signed_text;
};

}  // namespace countersign::gateway
