// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/temporary_code.hpp"

#include "daemon/verify/crockford.hpp"

#include <algorithm>

namespace countersign::verify {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kCodeRandomBytes = 8;  // of which 60 bits: 12 characters of five
constexpr std::string_view kContext = "countersign temporary code v1";

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

Bytes encode(const TemporaryCodeRow& row) {
  Bytes sealed;
  Writer{sealed}
      .integer(kFormat)
      .raw(row.nonce)
      .raw(row.mac)
      .integer(to_milliseconds(row.from))
      .integer(to_milliseconds(row.until))
      .integer(row.uses);
  return sealed;
}

Result<TemporaryCodeRow> temporary_code_from(BytesView sealed) {
  Reader reader{sealed};
  const auto format = reader.integer<std::uint8_t>();
  TemporaryCodeRow row;
  std::ranges::copy(reader.raw(row.nonce.size()), row.nonce.begin());
  std::ranges::copy(reader.raw(row.mac.size()), row.mac.begin());
  row.from = from_milliseconds(reader.integer<std::int64_t>());
  row.until = from_milliseconds(reader.integer<std::int64_t>());
  row.uses = reader.integer<std::uint16_t>();
  const bool odd = format != kFormat || !reader.whole() || row.uses == 0 || row.until <= row.from;
  if (odd) return Error{ErrorCode::corrupt, "sealed.temporary_code"};
  return row;
}

awaitable<Result<FreshTemporaryCode>> fresh_temporary_code(hsm::Hsm& hsm, SubjectId subject,
                                                           TemporaryCodeRow draft) {
  CS_CO_TRY(const SecretBytes nonce, co_await hsm.random(draft.nonce.size()));
  std::ranges::copy(nonce.expose(), draft.nonce.begin());
  CS_CO_TRY(const SecretBytes random, co_await hsm.random(kCodeRandomBytes));
  const SecretBytes code = crockford::encode(random.expose(), kTemporaryCharacters);
  CS_CO_TRY(draft.mac, co_await mac_of_temporary_code(hsm, subject, draft, code));
  const Bytes sealed = encode(draft);
  FreshTemporaryCode fresh{SealedSecret{sealed}, crockford::grouped(code)};
  co_return fresh;
}

awaitable<Result<hsm::Mac>> mac_of_temporary_code(hsm::Hsm& hsm, SubjectId subject,
                                                  const TemporaryCodeRow& row,
                                                  const SecretBytes& code) {
  const SecretBytes input = mac_input(subject, row.nonce, code);
  co_return co_await hsm.mac(hsm::MacKey::pepper, input.expose());
}

}  // namespace countersign::verify
