// SPDX-License-Identifier: Apache-2.0
// A password or an answer as it is kept: Argon2id, and over that an HMAC by a key which never
// leaves the HSM. Who has the database alone cannot even try a guess.
//
//   memory in KiB, 4 bytes | passes, 1 | salt, 16 | MAC, 32
#pragma once

#include "async/awaitable.hpp"
#include "base/bytes.hpp"
#include "daemon/hashing/hasher.hpp"
#include "daemon/model/subject.hpp"
#include "hsm/client/hsm.hpp"
#include "policies/policy.hpp"

#include <array>

namespace countersign::verify {

using Salt = std::array<std::byte, kArgon2SaltBytes>;

struct PepperedHash {
  static constexpr std::size_t kBytes = 4 + 1 + kArgon2SaltBytes + std::tuple_size_v<hsm::Mac>;

  Argon2Parameters parameters;
  Salt salt{};
  hsm::Mac mac{};
};

// Of whom, and of which kind of factor; part of what the MAC covers.
struct HashedFor {
  SubjectId subject{};
  FactorKind kind{};  // password, question, reset_question
};

// By what hashes are made, and in whose queue; both parts outlive all that is asked of them.
struct Means {
  hsm::Hsm& hsm;
  Hasher& hasher;
  Rank rank;
};

[[nodiscard]] inline Argon2Parameters parameters_of(const policies::Password& policy) {
  return {.memory_kib = policy.argon2_memory_kib, .passes = policy.argon2_passes};
}

// Whether a hash by these is worth hashing again by those.
[[nodiscard]] inline bool is_weaker(const Argon2Parameters& these, const Argon2Parameters& those) {
  return these.memory_kib < those.memory_kib || these.passes < those.passes;
}

void write(Writer<Bytes>& out, const PepperedHash& hash);
// Fails with `corrupt`: cut off, or parameters that nobody has ever hashed by.
[[nodiscard]] Result<PepperedHash> read_hash(Reader& in);

// Of a normalised text. Fails with `busy`, `unavailable`. REQUIRES: all references outlive the
// wait.
awaitable<Result<hsm::Mac>> peppered(Means means, HashedFor whom, const SecretBytes& text,
                                     const Salt& salt, Argon2Parameters parameters);
// The same with a salt of its own.
awaitable<Result<PepperedHash>> fresh_hash(Means means, HashedFor whom, const SecretBytes& text,
                                           Argon2Parameters parameters);
// In constant time.
[[nodiscard]] bool equal(const hsm::Mac& a, const hsm::Mac& b);

}  // namespace countersign::verify
