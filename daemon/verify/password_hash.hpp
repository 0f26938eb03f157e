// SPDX-License-Identifier: Apache-2.0
// What a password factor's `sealed` holds: the present password and those before it, as hashes.
//
//   format 1, 1 byte | count, 1 | count times PepperedHash, the present one first
#pragma once

#include "daemon/verify/peppered_hash.hpp"

#include <vector>

namespace countersign::verify {

inline constexpr std::size_t kPasswordHistoryMax = 8;  // policies::Password::history

struct PasswordHashes {
  std::vector<PepperedHash> all;  // 1 to 1 + kPasswordHistoryMax

  [[nodiscard]] const PepperedHash& present() const { return all.front(); }
};

[[nodiscard]] Bytes encode(const PasswordHashes& hashes);
// Fails with `corrupt`.
[[nodiscard]] Result<PasswordHashes> password_hashes_from(BytesView sealed);

// Whether it is the present one or one of those before it (so many of them): each costs a hash.
// REQUIRES: `text` is normalised (normal_password), here and below. Fails with `busy`,
// `unavailable`, `corrupt`.
awaitable<Result<bool>> was_used(Means means, SubjectId subject, const SealedSecret& sealed,
                                 const SecretBytes& text, std::size_t history);

// `sealed` of a factor with this password, which remembers as many of those `before` as policies
// ask for. REQUIRES: `before` is another such `sealed`, or empty. Fails as was_used.
awaitable<Result<SealedSecret>> fresh_password(Means means, SubjectId subject,
                                               const SecretBytes& text,
                                               const policies::Password& policy,
                                               const SealedSecret& before);

}  // namespace countersign::verify
