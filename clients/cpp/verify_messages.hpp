// SPDX-License-Identifier: Apache-2.0
// The two messages of api/countersign.proto that the C face needs, written and read by hand.
//
// What is loaded into a program that is not ours must not bring Protobuf with it: two copies of its
// registry in one process clash. Private.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace countersign::client {

// An empty field is an absent one.
struct Question {
  std::string_view request_id;
  std::string_view realm;
  std::string_view username;
  std::string_view passcode;
  std::string_view client_address;
};

[[nodiscard]] std::size_t request_bytes(const Question& question);
// REQUIRES: out.size() == request_bytes(question).
void write_request(const Question& question, std::span<std::byte> out);

// Numbers as the schema has them; 0 where the daemon did not say.
struct Answer {
  enum class Outcome : std::uint8_t { other, error, verdict };

  std::string_view request_id;
  Outcome outcome = Outcome::other;
  std::uint64_t error_code = 0;
  std::string_view message;
  std::uint64_t answer = 0;
  std::uint64_t reason = 0;
  std::uint64_t factor_id = 0;
  std::uint64_t repeated = 0;
  std::uint64_t retry_after_seconds = 0;
};

// Its texts point into `body`. Fields that it does not know are passed over; a second outcome is
// refused. Fails with `malformed`.
[[nodiscard]] Result<Answer> read_reply(BytesView body);

}  // namespace countersign::client
