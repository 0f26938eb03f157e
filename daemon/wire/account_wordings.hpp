// SPDX-License-Identifier: Apache-2.0
// What operations of accounts, and of the sessions on enroll.sock, say to peers. Private to wire.
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

// Of requests that are wrong in themselves.
[[nodiscard]] std::span<const Wording> account_wordings();

// Of requests that somebody else, or the same person at another time, may well make: denied, in
// conflict, or without a proof. Looked up by the whole name alone.
[[nodiscard]] std::span<const Wording> refusal_wordings();

}  // namespace countersign::wire
