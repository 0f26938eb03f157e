// SPDX-License-Identifier: Apache-2.0
// Where a person can be reached by a code: factors, and addresses that are none. Each is set up by
// the same pages, under an address of its own.
#pragma once

#include "companion/door/visit.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::companion {

struct Reach {
  std::string_view id;    // its words: reach.<id>.title, reach.<id>.text
  std::string_view path;  // of its form; below it /code and /send
  v1::FactorKind kind = v1::FACTOR_KIND_UNSPECIFIED;
  bool is_phone = false;
  bool is_factor = false;

  // SMS or EMAIL: by what its codes come.
  [[nodiscard]] v1::FactorKind channel() const { return is_phone ? v1::SMS : v1::EMAIL; }
  // The optional one of an activation, as opposed to the same phone in the settings.
  [[nodiscard]] bool is_step() const;
  // Codes go to the address that is registered already.
  [[nodiscard]] bool has_no_field() const { return kind == v1::EMAIL; }
  // "reach.sms.title"
  [[nodiscard]] std::string key(std::string_view what) const;
};

// The one that the request's address names; null if it names none.
[[nodiscard]] const Reach* reach_of(const Visit& visit);

// Something that may be this person's by a code.
struct Enrolled {
  std::uint64_t factor = 0;
  bool active = false;  // it is so already
};

// `destination` as the daemon takes it; of the e-mail factor it may be empty, which means the
// primary address. Whoever has begun before goes on with that. Fails as the daemon does.
awaitable<Result<Enrolled>> enrol_reach(Visit& visit, const Reach& reach, std::string destination);

// What the owner is shown of an address that is in force; empty where there is none.
struct Reached {
  std::uint64_t factor = 0;
  std::string masked;
};
awaitable<Result<Reached>> reached_now(Visit& visit, v1::FactorKind kind);

}  // namespace countersign::companion
