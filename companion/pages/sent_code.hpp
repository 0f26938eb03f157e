// SPDX-License-Identifier: Apache-2.0
// A code that is sent by SMS or e-mail, and the page where it is typed: for a factor, an address, a
// reset, or an unlock.
//
// The page's address says which challenge it is about. The numbers in it are no secrets, and
// nothing of it is shown but times.
#pragma once

#include "companion/door/visit.hpp"

#include <string>

namespace countersign::companion {

struct CodePage {
  std::string_view title;               // a key of the catalogue
  std::string path;                     // where this page is, and where its form goes
  std::string send_path;                // where another code is asked for
  std::string back_path;                // "Use another number", "Another way"
  std::string_view back;                // a key of the catalogue
  std::string destination;              // masked, as the daemon says it; empty: it is not told
  std::string next;                     // where to go afterwards; may be empty
  std::string_view sent = "code.sent";  // a key: what is said where no destination is told
};

// Where to go once a code is on its way: the page, with what it has to know.
[[nodiscard]] std::string code_location(const Visit& visit, const CodePage& page,
                                        const v1::Challenge& challenge);

// The page itself: code.html. Say with wrong("code", ...) what has to be mended.
[[nodiscard]] Page code_page(Visit& visit, const CodePage& page);

// What was typed there, as an answer. `purpose` as it was started for.
[[nodiscard]] v1::Request code_answer(Visit& visit, v1::Purpose purpose);

// Where one of the session's factors is reached, masked; empty when there is no such factor.
awaitable<Result<std::string>> destination_of(Visit& visit, std::uint64_t factor_id);

}  // namespace countersign::companion
