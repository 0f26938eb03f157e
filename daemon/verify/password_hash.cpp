// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/password_hash.hpp"

#include <algorithm>

namespace countersign::verify {
namespace {

constexpr std::uint8_t kFormat = 1;

}  // namespace

Bytes encode(const PasswordHashes& hashes) {
  Bytes sealed;
  Writer writer{sealed};
  writer.integer(kFormat).integer(static_cast<std::uint8_t>(hashes.all.size()));
  for (const PepperedHash& hash : hashes.all) write(writer, hash);
  return sealed;
}

Result<PasswordHashes> password_hashes_from(BytesView sealed) {
  Reader reader{sealed};
  const auto format = reader.integer<std::uint8_t>();
  const auto count = reader.integer<std::uint8_t>();
  if (format != kFormat || count == 0 || count > 1 + kPasswordHistoryMax) {
    return Error{ErrorCode::corrupt, "sealed.password"};
  }
  PasswordHashes hashes;
  for (std::size_t i = 0; i < count; ++i) {
    CS_TRY(hashes.all.emplace_back(), read_hash(reader));
  }
  if (!reader.whole()) return Error{ErrorCode::corrupt, "sealed.password"};
  return hashes;
}

awaitable<Result<bool>> was_used(Means means, SubjectId subject, const SealedSecret& sealed,
                                 const SecretBytes& text, std::size_t history) {
  CS_CO_TRY(const PasswordHashes hashes, password_hashes_from(sealed));
  const HashedFor whom{subject, FactorKind::password};
  const std::size_t compared = std::min(hashes.all.size(), 1 + history);
  bool used = false;
  for (std::size_t i = 0; i < compared; ++i) {
    const PepperedHash& hash = hashes.all[i];
    CS_CO_TRY(const hsm::Mac mac, co_await peppered(means, whom, text, hash.salt, hash.parameters));
    used = equal(mac, hash.mac) || used;
  }
  co_return used;
}

awaitable<Result<SealedSecret>> fresh_password(Means means, SubjectId subject,
                                               const SecretBytes& text,
                                               const policies::Password& policy,
                                               const SealedSecret& before) {
  PasswordHashes hashes;
  const HashedFor whom{subject, FactorKind::password};
  const Argon2Parameters parameters = parameters_of(policy);
  CS_CO_TRY(hashes.all.emplace_back(), co_await fresh_hash(means, whom, text, parameters));
  if (!before.empty()) {
    CS_CO_TRY(const PasswordHashes former, password_hashes_from(before));
    const std::size_t limit = std::min<std::size_t>(policy.history, kPasswordHistoryMax);
    const std::size_t kept = std::min(former.all.size(), limit);
    hashes.all.insert(hashes.all.end(), former.all.begin(),
                      former.all.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  const Bytes sealed = encode(hashes);
  co_return SealedSecret{sealed};
}

}  // namespace countersign::verify
