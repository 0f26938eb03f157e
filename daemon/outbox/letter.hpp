// SPDX-License-Identifier: Apache-2.0
// What is sealed of a message: to whom, in whose name, in which language, and what it tells.
//
//   version, 1 | channel, 1 | kind, 1 | destination | realm | language | count, 1 | name, value …
//
// Texts have their length in front, in two bytes. The code is not in it: the HSM puts it beside.
// Equal letters are equal bytes, and the other way round.
#pragma once

#include "base/secret_bytes.hpp"
#include "daemon/model/courier.hpp"

#include <string>
#include <vector>

namespace countersign::outbox {

struct Letter {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::size_t kBytesMax = 1280;  // what the HSM seals at once
  static constexpr std::size_t kLanguageBytesMax = 35;
  static constexpr std::size_t kValuesMax = 8;
  static constexpr std::size_t kNameBytesMax = 32;
  static constexpr std::size_t kValueBytesMax = 800;  // 200 characters of a transaction

  Destination destination;
  MessageKind kind{};
  std::string realm;
  std::string language;  // may be empty
  std::vector<MessageValue> values;
};

// Fails with `malformed` where read_letter() would, and with `limit_exceeded` beyond kBytesMax.
[[nodiscard]] Result<SecretBytes> write(const Letter& letter);

// Fails with `malformed` on whatever write() would not have written.
[[nodiscard]] Result<Letter> read_letter(BytesView bytes);

}  // namespace countersign::outbox
