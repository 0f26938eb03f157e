// SPDX-License-Identifier: Apache-2.0
// What a client asks, checked as far as that goes without knowing the client.
#pragma once

#include "base/bytes.hpp"
#include "gateway/answer.hpp"
#include "gateway/query.hpp"
#include "gateway/signature.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace countersign::gateway {

struct Question {
  Version version = Version::two;
  std::uint32_t client_id = 0;
  std::string otp;            // as received: 32 to 48 letters and dots
  std::string canonical_otp;  // the same code in the one form that all its spellings have
  std::string nonce;          // empty in version one
  bool wants_counters = false;
  std::string signed_text;
  // None: the request bore none. What cannot be a signature became one that is wrong.
  std::optional<Signature> signature;
};

// The question, or how to refuse it. Checks in the order that clients know from the reference
// server: nonce, sync level and timeout, OTP, client id, nonce's form.
[[nodiscard]] std::variant<Question, Outcome> read_question(const Parameters& parameters,
                                                            Version version);

inline constexpr std::size_t kRequestIdBytes = 32;

// The id under which the daemon is asked: the same OTP and nonce of the same client are the same
// request, in whatever spelling, on whatever connection. REQUIRES: version two.
[[nodiscard]] std::string request_id(const Question& question);

}  // namespace countersign::gateway
