// SPDX-License-Identifier: Apache-2.0
// What those do who cannot sign in: say who they are, choose a way, and type the code that comes.
// Whether there is anybody of that name, no page tells.
//
//   GET  <path>        username and way
//   POST <path>/send   another code
//   GET  <path>/code   where it is typed
//   POST <path>/code
#pragma once

#include "companion/door/visit.hpp"
#include "companion/pages/asker.hpp"

#include <string>
#include <string_view>

namespace countersign::companion {

struct Recovery {
  std::string_view path;
  std::string_view title;  // keys of the catalogue
  std::string_view text;
  std::string_view button;
  std::string_view by_email;  // the way by e-mail, in words
  std::string_view code_title;
  v1::Purpose purpose = v1::RESET;
  std::string_view next;  // once the code was right
};

struct Ways {
  bool sms = false;
  bool email = false;
};

// What the form says. The kind is one of the ways; UNSPECIFIED when none was chosen.
[[nodiscard]] Asker typed_asker(const Visit& visit, Ways ways);

// The form: recovery.html.
[[nodiscard]] Page recovery_page(Visit& visit, const Recovery& recovery, Ways ways);

// Says what is missing in the form.
void say_missing(Page& page, const Asker& asker);

// Has a code sent, and leads to where it is typed; or shows `page` again.
awaitable<Result<Response>> send_code(Visit& visit, const Recovery& recovery, Asker asker,
                                      Page page);
awaitable<Result<Response>> send_again(Visit& visit, const Recovery& recovery);

[[nodiscard]] Response show_code(Visit& visit, const Recovery& recovery);
awaitable<Result<Response>> answer_code(Visit& visit, const Recovery& recovery);

}  // namespace countersign::companion
