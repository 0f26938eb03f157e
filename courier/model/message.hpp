// SPDX-License-Identifier: Apache-2.0
// A message on its way through the courier: as the daemon handed it over, and as it leaves.
//
// Codes and destinations live here in clear, for as long as the message is being sent. The program
// wipes whatever it frees (wiping.hpp, base/wipe_on_free.cpp); nothing of them is ever logged.
#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace countersign::courier {

enum class MessageId : std::uint64_t {};

enum class Channel : std::uint8_t { sms, email };

// How many messages there is room for.
struct Capacity {
  std::size_t sms = 0;
  std::size_t email = 0;
};

struct Value {
  std::string name;  // "transaction", "lifetime_minutes", "factor"
  std::string value;
};

// What is to be told, as the daemon says it.
struct Message {
  MessageId id{};
  Channel channel{};
  std::string destination;  // E.164, or an address
  std::string kind;         // "sign_in", "factor_added", …
  std::string realm;
  std::string language;  // BCP 47; may be empty
  std::string code;      // empty in a notice
  std::vector<Value> values;
  Time created_at{};
  Time expires_at{};  // not to be sent at or after it
};

// What a template makes of it, in UTF-8: `sms`, or the other three.
struct Rendered {
  std::string subject;
  std::string text;
  std::string html;  // may be empty: then the mail has no such part
  std::string sms;
  std::string sender;  // as whom the SMS comes; the provider's own when empty
};

// What a provider is given.
struct Outgoing {
  MessageId id{};
  Channel channel{};
  std::string destination;
  Rendered content;
  Time expires_at{};
};

}  // namespace countersign::courier
