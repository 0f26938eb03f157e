// SPDX-License-Identifier: Apache-2.0
// Fields that many messages have, from what Protobuf made of them to the model. Private to wire.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/secret_bytes.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/wire/from_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::wire {

// How the message of one operation is read.
struct MessageReader {
  unsigned operation = 0;
  Result<Ask> (*read)(BytesView message) = nullptr;
};

template <class Message>
[[nodiscard]] Status parse(BytesView bytes, Message& message) {
  // Cannot fail after check_message(); if Protobuf should disagree, it is right.
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return {};
  return Error{ErrorCode::malformed, "wire.field_bytes"};
}

// A subject that the operation cannot do without.
template <class Message>
[[nodiscard]] Result<SubjectName> subject_of(const Message& message) {
  if (!message.has_subject()) return Error{ErrorCode::malformed, "subject.missing"};
  return name_from(message.subject());
}

// One that a session stands for where it is not named: see check_own().
template <class Message>
[[nodiscard]] Result<SubjectName> own_or_named(const Message& message) {
  if (!message.has_subject()) return SubjectName::own();
  return name_from(message.subject());
}
template <class Message>
[[nodiscard]] Result<std::optional<SubjectName>> named_at_all(const Message& message) {
  if (!message.has_subject()) return std::optional<SubjectName>{};
  CS_TRY(SubjectName name, name_from(message.subject()));
  return std::optional{std::move(name)};
}

// Fails with `malformed`, here and below.
[[nodiscard]] Result<FactorId> factor_from(std::uint64_t id);

// Takes the bytes out of the message and wipes what they leave behind.
[[nodiscard]] SecretBytes taken_from(std::string& bytes);

// What was typed for a password or an answer, or nothing of nothing; likewise taken out.
[[nodiscard]] Result<SecretBytes> typed_text_from(std::string& typed);

// The text of a session, or nothing of nothing.
[[nodiscard]] Result<SecretBytes> session_from(BytesView text);
// The text of a ticket; it cannot be absent. Taken out of the message.
[[nodiscard]] Result<SecretBytes> ticket_from(std::string& text);
// The text of a device, or nothing of nothing. Taken out of the message.
[[nodiscard]] Result<SecretBytes> device_from(std::string& text);

// What a browser says of itself; 200 bytes at most, none of them a control character.
[[nodiscard]] Result<std::string> user_agent_from(std::string& text);

}  // namespace countersign::wire
