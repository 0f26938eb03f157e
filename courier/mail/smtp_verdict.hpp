// SPDX-License-Identifier: Apache-2.0
// What an SMTP server's refusal is about: the recipient, or the server itself. Pure.
#pragma once

#include "courier/engine/transfer.hpp"

#include <curl/curl.h>

#include <cstdint>
#include <string_view>

namespace countersign::courier {

// Where a conversation stood when it ended.
enum class SmtpStep : std::uint8_t {
  greeting,   // up to, and with, TLS, EHLO and AUTH
  sender,     // MAIL FROM
  recipient,  // RCPT TO
  data,       // DATA
  body,       // the mail itself
};

// A server's last line: "550 5.1.1 …".
struct SmtpReply {
  unsigned status = 0;   // 0: none
  unsigned subject = 0;  // of the enhanced status (RFC 3463), the middle number; 0: none
};

[[nodiscard]] SmtpReply read_smtp_reply(std::string_view line);

[[nodiscard]] Outcome judge_smtp(CURLcode code, SmtpStep step, SmtpReply reply);

}  // namespace countersign::courier
