// SPDX-License-Identifier: Apache-2.0
// What was proven, in the words of RFC 8176 (authentication method references). Private to wire.
//
// Where the RFC has no word: "email" (a code that was sent there), "rc" (a recovery code), "tap" (a
// temporary code) and "dev" (a device that is remembered).
#pragma once

#include "daemon/model/account.hpp"

#include <cstdint>
#include <string_view>

#include <boost/container/static_vector.hpp>

namespace countersign::wire {

inline constexpr std::size_t kAmrWordsMax = 12;
using AmrWords = boost::container::static_vector<std::string_view, kAmrWordsMax>;

// Of one bit for each FactorKind, as SessionProof has them: each word once. What is known and what
// is had together are "mfa" besides.
[[nodiscard]] AmrWords amr_of(std::uint32_t kinds);

}  // namespace countersign::wire
