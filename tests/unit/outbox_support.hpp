// SPDX-License-Identifier: Apache-2.0
// Messages for the outbox's tests.
#pragma once

#include "daemon/outbox/ledger.hpp"

namespace countersign::test {

using outbox::Sending;

// Some day, at noon.
inline constexpr Time kStart = from_milliseconds(1'790'000'000'000);

inline DestinationPrint print(std::int64_t number) {
  DestinationPrint print{};
  for (std::size_t i = 0; i < 8; ++i) {
    print[7 - i] = std::byte(static_cast<std::uint64_t>(number) >> (8 * i) & 0xff);
  }
  return print;
}

// The defaults, and SMS to Finland.
inline policies::Policy policy() {
  policies::Policy policy = policies::defaults();
  policy.sms.prefixes = {{"+358", 500}};
  return policy;
}

// A code by SMS for signing in, to a number of the subject's own, from a familiar place.
inline Sending code(std::int64_t subject, std::int64_t source = 1) {
  Sending sending;
  sending.channel = FactorKind::sms;
  sending.kind = MessageKind::sign_in;
  sending.subject = SubjectId{subject};
  sending.factor = FactorId{subject};
  sending.destination = print(subject);
  sending.source = print(source);
  sending.prefix = "+358";
  sending.familiar = true;
  sending.peer_uid = 1000;
  return sending;
}

// One that was asked for a name that nobody bears, as if to Finland.
inline Sending nobodys(std::int64_t decoy) {
  Sending sending = code(decoy);
  sending.factor = FactorId{};
  sending.destination = {};
  sending.familiar = false;
  sending.nobodys = true;
  return sending;
}

}  // namespace countersign::test
