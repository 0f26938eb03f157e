// SPDX-License-Identifier: Apache-2.0
// Something to be told by SMS or e-mail, as the outbox keeps it: sealed, and for a while.
#pragma once

#include "daemon/model/challenge.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace countersign {

// What a message tells. Stored numbers; those of a code are its Purpose's.
enum class MessageKind : std::uint8_t {
  sign_in = 1,
  confirmation = 2,
  reset = 3,
  unlock = 4,
  transaction = 5,
  address = 6,
  factor_added = 20,
  factor_removed = 21,
  password_changed = 22,
  question_changed = 23,
  address_changed = 24,
  recovery_codes_made = 25,
  recovery_code_used = 26,
  device_remembered = 27,
  device_stolen = 28,
  unlocked = 29,
  test = 30,
  suspended = 31,  // by its owner: "this was not me"
  factor_changed = 32,
  activation = 40,
  reset_link = 41,
};
[[nodiscard]] constexpr MessageKind kind_of(Purpose purpose) {
  return static_cast<MessageKind>(purpose);
}

// Stored numbers. A message is sealed while it is queued; afterwards only these facts stay.
enum class MessageState : std::uint8_t {
  queued = 1,
  sent = 2,       // a provider has taken it
  delivered = 3,  // and says that it has arrived
  undeliverable = 4,
  too_late = 5,    // it expired while it was queued
  superseded = 6,  // by a newer code
  nobodys = 7,     // asked for a name that nobody bears: counted like any other
};

// A keyed hash of where a message goes.
using DestinationPrint = std::array<std::byte, 16>;

struct Message {
  static constexpr std::size_t kSealedBytesMax = 1400;
  static constexpr std::size_t kPrefixBytesMax = 8;

  MessageId id{};
  FactorKind channel{};  // sms or email
  MessageKind kind{};
  MessageState state = MessageState::queued;
  SubjectId subject{};      // 0: nobody's (a test)
  FactorId factor{};        // 0: none
  ChallengeId challenge{};  // whose code it carries; 0: none
  std::int64_t peer_uid = -1;
  DestinationPrint destination{};
  SourcePrint source{};
  std::string prefix;     // sms: what the policy allows it by: "+358"
  bool answered = false;  // its code was
  Time created_at{};
  Time expires_at{};
  Bytes sealed;  // empty unless it is queued
};

}  // namespace countersign
