// SPDX-License-Identifier: Apache-2.0
// The ways to show who one is, by a factor: which there are, what a page asks for one of them, and
// what came of what was typed.
//
// The pages that ask have WAY with METHOD and FACTOR; TYPE with TYPE_TEXT and CODE_FIELD, ANSWER
// with QUESTION and ANSWER_FIELD, or SEND with SEND_TEXT (and SEND_FIRST) for what is sent first;
// NONE with NONE_TEXT; LOCKED where an unlock is needed.
#pragma once

#include "companion/door/visit.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::companion {

// The factors that can be asked for, the one that was used last first.
awaitable<Result<v1::FactorList>> ways(Visit& visit);

// The one of that number; else the first. Null when there is none. REQUIRES: the list outlives it.
[[nodiscard]] const v1::Factor* chosen_way(const v1::FactorList& list, std::uint64_t id);

// What is to be done for a factor. `focus`: it is the first thing to do on this page.
awaitable<Status> fill_way(Visit& visit, Page& page, const v1::Factor& factor, bool focus);
// Where nobody can be asked for anything: whom to turn to.
void say_no_way(Page& page, const v1::RealmDescription& realm);

// What became of it.
struct Shown {
  bool accepted = false;
  std::string_view field = "code";  // where to say
  std::string text = {};            // why it was refused
  bool locked = false;              // an unlock is needed
};
// Checks what was typed for a factor of this kind; of any, where none is given.
awaitable<Result<Shown>> check_way(Visit& visit, v1::FactorKind kind);
void say_refused(Page& page, const Shown& shown);

// Has a code sent. Fails with `not_found` when nothing can be sent to the factor.
awaitable<Result<v1::Challenge>> send_way(Visit& visit, const v1::Factor* factor);

}  // namespace countersign::companion
