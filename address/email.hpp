// SPDX-License-Identifier: Apache-2.0
// E-mail addresses that codes may be sent to, in the one form in which they are kept and compared.
//
// Of what RFC 5321 allows, what people have: a dot-atom, an @, a domain with a dot in it. Nothing
// that is taken can end a line or a command of SMTP, or a header of a message.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace countersign::address {

inline constexpr std::size_t kEmailBytesMax = 254;      // RFC 5321, 4.5.3.1.3, without the <>
inline constexpr std::size_t kEmailLocalBytesMax = 64;  // 4.5.3.1.1

// Without the spaces around it, the domain in lower case; what stands before the @ is the receiving
// host's affair and stays as it is. ASCII alone: a domain of other letters is written with xn--.
//
// Fails with `malformed`; the operation says why: email.empty, email.too_long, email.not_ascii,
// email.characters, email.no_at, email.local, email.local_too_long, email.domain.
Result<std::string> parse_email(std::string_view typed);

}  // namespace countersign::address
