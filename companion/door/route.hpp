// SPDX-License-Identifier: Apache-2.0
// Which page answers which address, and what a browser needs to have for it.
#pragma once

#include "companion/door/visit.hpp"

#include <span>
#include <string_view>

namespace countersign::companion {

// What a page needs. Whether somebody may do what the page offers, the daemon decides each time.
enum class Access : std::uint8_t {
  anyone,
  activation,  // a session that sets an account up
  set_up,      // that, or a signed-in one
  sign_in,     // the password was right; a factor is awaited
  reset,
  account,
};

// What a page does with a visit. An error is told by a page of its own (Router); `proof_required`
// by the one that asks for the proof, and comes back.
using Handler = awaitable<Result<Response>> (*)(Visit& visit);

struct Route {
  Method method = Method::get;
  std::string_view path;  // "/factors/{id}/rename": of {id} there is one at most
  Access access = Access::anyone;
  Handler handler = nullptr;
};
using Routes = std::span<const Route>;

}  // namespace countersign::companion
