// SPDX-License-Identifier: Apache-2.0
// What a client is told, and the text that tells it.
//
//   h=<signature>\r\n  t=2010-04-23T20:34:51Z0678\r\n  otp=…\r\n  nonce=…\r\n  sl=100\r\n
//   timestamp=…\r\n  sessioncounter=…\r\n  sessionuse=…\r\n  status=OK\r\n  \r\n
//
// Clients compare `otp` and `nonce` letter by letter with what they sent, and some understand no
// other line end than CR LF.
#pragma once

#include "base/clock.hpp"
#include "gateway/signature.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::gateway {

// The protocol's states that we use. It has others; some clients stop at a word they do not know.
enum class Outcome : std::uint8_t {
  ok,
  bad_otp,
  replayed_otp,
  replayed_request,
  bad_signature,
  missing_parameter,
  no_such_client,
  operation_not_allowed,
  backend_error,
};

[[nodiscard]] std::string_view name_of(Outcome outcome);

enum class Version : std::uint8_t { one, two };

// What a key told of itself.
struct Counters {
  std::uint32_t session_counter = 0;
  std::uint32_t session_use = 0;
  std::uint32_t timestamp = 0;
};

struct Answer {
  Outcome outcome = Outcome::backend_error;  // an answer nobody filled in still refuses
  Version version = Version::two;
  std::string otp;                   // as received, and known to hold nothing but letters and dots
  std::string nonce;                 // the same, letters and digits
  std::optional<Counters> counters;  // when they were asked for
};

// An answer at one moment, line by line.
class Response {
 public:
  Response(const Answer& answer, Time now);

  // Every line in the order of the keys' bytes, as "key=value" joined by "&".
  [[nodiscard]] std::string signed_text() const;
  [[nodiscard]] std::string body(const Signature& signature) const;

 private:
  struct Line {
    std::string_view key;
    std::string value;
  };
  static constexpr std::size_t kLinesMax = 8;
  void add(std::string_view key, std::string value);

  std::array<Line, kLinesMax> lines_;
  std::size_t count_ = 0;
};

// An answer to somebody whose key we do not know, or cannot have: signed with the empty one.
[[nodiscard]] std::string body_without_key(const Answer& answer, Time now);

// YYYY-MM-DDTHH:MM:SSZ0mmm, UTC. REQUIRES: a year of four digits.
[[nodiscard]] std::string to_text(Time time);

}  // namespace countersign::gateway
