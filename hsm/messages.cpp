// SPDX-License-Identifier: Apache-2.0
#include "hsm/messages.hpp"

#include <algorithm>

namespace countersign::hsm {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kIvBytes = 12;
constexpr std::size_t kHeaderAndIvBytes = 4 + kIvBytes;
constexpr std::size_t kCodeLengthBytes = 1;
static_assert(kSealedMessageBytesMax == kHeaderAndIvBytes + kCodeLengthBytes + kCodeDigitsMax +
                                            kMessageBytesMax + Gcm::kTagBytes);

struct SealedMessage {
  std::uint16_t envelope_version{};
  BytesView header;  // with the IV
  BytesView iv;
  BytesView hidden;
};

Status check_associated_data(BytesView data) {
  if (data.empty()) return Error{ErrorCode::malformed, "message.associated_data"};
  if (data.size() <= kAssociatedDataBytesMax) return {};
  return Error{ErrorCode::limit_exceeded, "message.associated_data", data.size()};
}

Result<SealedMessage> parse(BytesView sealed) {
  constexpr std::size_t kLeast = kHeaderAndIvBytes + kCodeLengthBytes + Gcm::kTagBytes;
  if (sealed.size() < kLeast || sealed.size() > kSealedMessageBytesMax) {
    return Error{ErrorCode::corrupt, "sealed.size", sealed.size()};
  }
  Reader reader{sealed};
  const auto format = reader.integer<std::uint8_t>();
  const auto kind = reader.integer<std::uint8_t>();
  if (format != kFormat) return Error{ErrorCode::corrupt, "sealed.format"};
  if (kind != static_cast<std::uint8_t>(SecretKind::message)) {
    return Error{ErrorCode::corrupt, "sealed.kind"};
  }
  SealedMessage parsed;
  parsed.envelope_version = reader.integer<std::uint16_t>();
  parsed.header = sealed.first(kHeaderAndIvBytes);
  parsed.iv = reader.raw(kIvBytes);
  parsed.hidden = sealed.subspan(kHeaderAndIvBytes);
  return parsed;
}

Bytes joined(BytesView header, BytesView associated_data) {
  Bytes all;
  Writer{all}.raw(header).raw(associated_data);
  return all;
}

// What `seal` wrote: whoever holds the key is the only one who can have written anything else.
Result<OpenedMessage> split(BytesView plain) {
  const auto code_bytes = plain.empty() ? 0 : std::to_integer<std::size_t>(plain.front());
  if (plain.size() < kCodeLengthBytes + code_bytes || code_bytes > kCodeDigitsMax) {
    return Error{ErrorCode::corrupt, "sealed.message"};
  }
  const BytesView content = plain.subspan(kCodeLengthBytes);
  return OpenedMessage{SecretBytes{content.first(code_bytes)},
                       SecretBytes{content.subspan(code_bytes)}};
}

}  // namespace

Result<Bytes> Messages::seal(BytesView code, BytesView message, BytesView associated_data) {
  CS_CHECK(check_associated_data(associated_data));
  if (message.size() > kMessageBytesMax) {
    return Error{ErrorCode::limit_exceeded, "message.length", message.size()};
  }
  SecretBytes plain{kCodeLengthBytes + code.size() + message.size()};
  plain.expose().front() = static_cast<std::byte>(code.size());
  const auto behind = std::ranges::copy(code, plain.expose().begin() + kCodeLengthBytes).out;
  std::ranges::copy(message, behind);

  const FoundKey& envelope = keys_.newest(KeyRole::envelope);
  std::array<std::byte, kIvBytes> iv{};
  CS_CHECK(session_.random(iv));
  Bytes sealed;
  Writer writer{sealed};
  writer.integer(kFormat).integer(SecretKind::message).integer(envelope.name.version).raw(iv);
  const Bytes bound_to = joined(sealed, associated_data);
  CS_TRY(const Bytes hidden, session_.encrypt(envelope.handle, {iv, bound_to}, plain.expose()));
  if (hidden.size() != plain.size() + Gcm::kTagBytes) {
    return Error{ErrorCode::unavailable, "C_Encrypt.length", hidden.size()};
  }
  writer.raw(hidden);
  return sealed;
}

Result<OpenedMessage> Messages::open(BytesView sealed, BytesView associated_data) {
  CS_CHECK(check_associated_data(associated_data));
  CS_TRY(const SealedMessage parsed, parse(sealed));
  const auto envelope = keys_.of_version(KeyRole::envelope, parsed.envelope_version);
  if (!envelope) {
    return Error{ErrorCode::corrupt, "sealed.envelope_version", parsed.envelope_version};
  }
  const Bytes bound_to = joined(parsed.header, associated_data);
  SecretBytes room{parsed.hidden.size()};
  const auto plain =
      session_.decrypt(*envelope, {parsed.iv, bound_to}, parsed.hidden, room.expose());
  if (!plain) return secrets_.blame(plain.error(), "sealed.message");
  if (plain->size() + Gcm::kTagBytes != parsed.hidden.size()) {
    return Error{ErrorCode::unavailable, "C_Decrypt.length", plain->size()};
  }
  return split(*plain);
}

}  // namespace countersign::hsm
