// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/recovery_codes.hpp"

#include "daemon/verify/crockford.hpp"

#include <algorithm>
#include <bit>

namespace countersign::verify {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kCodeRandomBytes = 10;  // 80 bits: 16 characters of five
constexpr std::string_view kContext = "countersign recovery code v1";

std::uint64_t bits_of(Position position) {
  return position == Position::none ? 0 : static_cast<std::uint64_t>(number(position));
}

SecretBytes mac_input(SubjectId subject, BytesView nonce, const SecretBytes& code) {
  Bytes head;
  Writer{head}
      .text(kContext)
      .integer(number(subject))
      .raw(nonce)
      .integer(static_cast<std::uint16_t>(code.size()));
  SecretBytes input{head.size() + code.size()};
  const auto place = std::ranges::copy(head, input.expose().begin()).out;
  std::ranges::copy(code.expose(), place);
  return input;
}

}  // namespace

Bytes encode(const RecoverySet& set) {
  Bytes sealed;
  Writer writer{sealed};
  writer.integer(kFormat).integer(static_cast<std::uint8_t>(set.macs.size())).raw(set.nonce);
  for (const hsm::Mac& mac : set.macs) writer.raw(mac);
  return sealed;
}

Result<RecoverySet> recovery_set_from(BytesView sealed) {
  Reader reader{sealed};
  const auto format = reader.integer<std::uint8_t>();
  const auto count = reader.integer<std::uint8_t>();
  if (format != kFormat || count == 0 || count > kRecoveryCodesMax) {
    return Error{ErrorCode::corrupt, "sealed.recovery_codes"};
  }
  RecoverySet set;
  std::ranges::copy(reader.raw(set.nonce.size()), set.nonce.begin());
  for (std::size_t i = 0; i < count; ++i) {
    std::ranges::copy(reader.raw(sizeof(hsm::Mac)), set.macs.emplace_back().begin());
  }
  if (!reader.whole()) return Error{ErrorCode::corrupt, "sealed.recovery_codes"};
  return set;
}

awaitable<Result<FreshRecoveryCodes>> fresh_recovery_codes(hsm::Hsm& hsm, SubjectId subject,
                                                           std::size_t count) {
  RecoverySet set;
  CS_CO_TRY(const SecretBytes nonce, co_await hsm.random(set.nonce.size()));
  std::ranges::copy(nonce.expose(), set.nonce.begin());
  FreshRecoveryCodes fresh{.sealed = {}, .codes = std::vector<SecretBytes>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    CS_CO_TRY(const SecretBytes random, co_await hsm.random(kCodeRandomBytes));
    const SecretBytes code = crockford::encode(random.expose(), kRecoveryCharacters);
    CS_CO_TRY(const hsm::Mac mac, co_await mac_of_recovery_code(hsm, subject, set, code));
    set.macs.push_back(mac);
    fresh.codes[i] = crockford::grouped(code);
  }
  const Bytes sealed = encode(set);
  fresh.sealed = sealed;
  co_return fresh;
}

awaitable<Result<hsm::Mac>> mac_of_recovery_code(hsm::Hsm& hsm, SubjectId subject,
                                                 const RecoverySet& set, const SecretBytes& code) {
  const SecretBytes input = mac_input(subject, set.nonce, code);
  co_return co_await hsm.mac(hsm::MacKey::pepper, input.expose());
}

std::size_t used_at(Position position) {
  return static_cast<std::size_t>(std::popcount(bits_of(position)));
}

bool is_used_at(Position position, std::size_t code) {
  return (bits_of(position) >> code & 1U) != 0;
}

Position after_use(Position position, std::size_t code) {
  return Position{static_cast<std::int64_t>(bits_of(position) | std::uint64_t{1} << code)};
}

}  // namespace countersign::verify
