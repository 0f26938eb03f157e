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

// A code on its way. The numbers are the daemon's, and no secrets.
struct SentCode {
  std::uint64_t challenge = 0;
  std::uint64_t minutes = 0;  // how long it works
  std::uint64_t until = 0;    // when another one may be asked for, in seconds since 1970
};
[[nodiscard]] SentCode sent_code_of(const Visit& visit, const v1::Challenge& challenge);
// As the form that was typed into has it, or the address.
[[nodiscard]] SentCode typed_sent_code(const Visit& visit);
// What a page says of it: CHALLENGE, MINUTES, UNTIL, SENT_TEXT, EXPIRES_TEXT, WAIT_SECONDS, and
// CODE_FIELD. `destination`: masked.
void fill_sent_code(const Visit& visit, Page& page, const SentCode& sent,
                    const std::string& destination);

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
