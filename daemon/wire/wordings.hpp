// SPDX-License-Identifier: Apache-2.0
// What operations say to peers, in tables by what they are about. Private to wire.
#pragma once

#include <span>
#include <string_view>

namespace countersign::wire {

// What an operation says to the peer, and its HTTP status where it is not its code's (0).
struct Wording {
  std::string_view operation;
  unsigned status;
  std::string_view message;
};

// Of requests that are wrong in themselves, by an account's fields, or by where something is to go.
[[nodiscard]] std::span<const Wording> account_wordings();
[[nodiscard]] std::span<const Wording> destination_wordings();

// Of requests that somebody else, or the same person at another time, may well make: denied, in
// conflict, or without a proof. Looked up by the whole name alone.
[[nodiscard]] std::span<const Wording> refusal_wordings();

}  // namespace countersign::wire
