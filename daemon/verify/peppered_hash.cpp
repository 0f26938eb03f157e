// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/peppered_hash.hpp"

#include "base/passcode.hpp"

#include <algorithm>

namespace countersign::verify {
namespace {

constexpr std::string_view kPasswordContext = "countersign password v1";
constexpr std::string_view kAnswerContext = "countersign answer v1";

// What policies allow (policies::Password).
constexpr std::uint32_t kMemoryKibMin = 8;
constexpr std::uint32_t kMemoryKibMax = 1'048'576;
constexpr std::uint8_t kPassesMax = 10;

SecretBytes mac_input(HashedFor whom, const Salt& salt, Argon2Parameters parameters,
                      const SecretBytes& hash) {
  Bytes head;
  Writer writer{head};
  const bool is_password = whom.kind == FactorKind::password;
  writer.text(is_password ? kPasswordContext : kAnswerContext).integer(number(whom.subject));
  if (!is_password) writer.integer(whom.kind);
  writer.raw(salt).integer(parameters.memory_kib).integer(parameters.passes);
  SecretBytes input{head.size() + hash.size()};
  const auto place = std::ranges::copy(head, input.expose().begin()).out;
  std::ranges::copy(hash.expose(), place);
  return input;
}

}  // namespace

void write(Writer<Bytes>& out, const PepperedHash& hash) {
  out.integer(hash.parameters.memory_kib)
      .integer(hash.parameters.passes)
      .raw(hash.salt)
      .raw(hash.mac);
}

Result<PepperedHash> read_hash(Reader& in) {
  PepperedHash hash;
  hash.parameters.memory_kib = in.integer<std::uint32_t>();
  hash.parameters.passes = in.integer<std::uint8_t>();
  const BytesView salt = in.raw(hash.salt.size());
  const BytesView mac = in.raw(hash.mac.size());
  const Argon2Parameters& by = hash.parameters;
  const bool possible = by.memory_kib >= kMemoryKibMin && by.memory_kib <= kMemoryKibMax &&
                        by.passes >= 1 && by.passes <= kPassesMax;
  if (!in.good() || !possible) return Error{ErrorCode::corrupt, "sealed.hash"};
  std::ranges::copy(salt, hash.salt.begin());
  std::ranges::copy(mac, hash.mac.begin());
  return hash;
}

awaitable<Result<hsm::Mac>> peppered(Means means, HashedFor whom, const SecretBytes& text,
                                     const Salt& salt, Argon2Parameters parameters) {
  CS_CO_TRY(const SecretBytes hash, co_await means.hasher.hash(text, salt, parameters, means.rank));
  const SecretBytes input = mac_input(whom, salt, parameters, hash);
  co_return co_await means.hsm.mac(hsm::MacKey::pepper, input.expose());
}

awaitable<Result<PepperedHash>> fresh_hash(Means means, HashedFor whom, const SecretBytes& text,
                                           Argon2Parameters parameters) {
  CS_CO_TRY(const SecretBytes random, co_await means.hsm.random(kArgon2SaltBytes));
  PepperedHash hash{.parameters = parameters};
  std::ranges::copy(random.expose(), hash.salt.begin());
  CS_CO_TRY(hash.mac, co_await peppered(means, whom, text, hash.salt, parameters));
  co_return hash;
}

bool equal(const hsm::Mac& a, const hsm::Mac& b) {
  return equal_in_constant_time(as_text(a), as_text(b));
}

}  // namespace countersign::verify
