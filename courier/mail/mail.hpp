// SPDX-License-Identifier: Apache-2.0
// The lines at the top of a mail (RFC 5322), each in a form that nothing in its value can break
// out of.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "courier/model/message.hpp"

#include <string>
#include <string_view>

namespace countersign::courier {

// Whether an address can stand in an envelope and a header as it is: one "@", no space, no control
// character, none of the characters that mean something there. Says nothing about its existence.
[[nodiscard]] bool is_plain_address(std::string_view address);

// A text in a header: as it is when it is short and ASCII, else as encoded words (RFC 2047),
// folded. Control characters become spaces.
[[nodiscard]] std::string header_text(std::string_view utf8);

// "codes@example.com", or "Example <codes@example.com>" with the name as header_text has it, in
// quotes where it needs them.
[[nodiscard]] std::string mailbox(std::string_view name, std::string_view address);

// "Sun, 22 Nov 2026 11:51:08 +0000", in UTC.
[[nodiscard]] std::string mail_date(Time time);

// "<17.1795341068000@example.com>": the same for a message however often it is sent. The domain is
// the sender's.
[[nodiscard]] std::string mail_id(const Outgoing& message, std::string_view sender);

// Line ends as mail has them: CR LF, and no CR or LF alone.
[[nodiscard]] std::string with_crlf(std::string_view text);

}  // namespace countersign::courier
