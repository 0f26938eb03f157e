// SPDX-License-Identifier: Apache-2.0
// A set of codes on paper, each good once.
//
//   format 1, 1 byte | count, 1 | nonce, 16 | count times a MAC, 32
//
// 80 bits each, from the HSM. The factor's position is a number in which each used code has set its
// bit: it only grows, and the compare-and-set on it is what makes each code good once.
#pragma once

#include "async/awaitable.hpp"
#include "base/secret_bytes.hpp"
#include "daemon/model/subject.hpp"
#include "hsm/client/hsm.hpp"

#include <vector>

namespace countersign::verify {

inline constexpr std::size_t kRecoveryCharacters = 16;
inline constexpr std::size_t kRecoveryCodesMax = 16;
inline constexpr std::size_t kCodeNonceBytes = 16;

struct RecoverySet {
  std::array<std::byte, kCodeNonceBytes> nonce{};
  std::vector<hsm::Mac> macs;  // 1 to kRecoveryCodesMax
};

[[nodiscard]] Bytes encode(const RecoverySet& set);
// Fails with `corrupt`.
[[nodiscard]] Result<RecoverySet> recovery_set_from(BytesView sealed);

struct FreshRecoveryCodes {
  SealedSecret sealed;
  std::vector<SecretBytes> codes;  // as they are shown
};
// REQUIRES: 1 to kRecoveryCodesMax of them. Fails with `unavailable`.
awaitable<Result<FreshRecoveryCodes>> fresh_recovery_codes(hsm::Hsm& hsm, SubjectId subject,
                                                           std::size_t count);

// What the set keeps of a code. REQUIRES: `code` is canonical; all references outlive the wait.
awaitable<Result<hsm::Mac>> mac_of_recovery_code(hsm::Hsm& hsm, SubjectId subject,
                                                 const RecoverySet& set, const SecretBytes& code);

// How many codes of a set are used at this position.
[[nodiscard]] std::size_t used_at(Position position);
// Whether this one (counted from 0) is, and the position after it.
[[nodiscard]] bool is_used_at(Position position, std::size_t code);
[[nodiscard]] Position after_use(Position position, std::size_t code);

}  // namespace countersign::verify
