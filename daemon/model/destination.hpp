// SPDX-License-Identifier: Apache-2.0
// Where codes and notices go.
#pragma once

#include "daemon/model/subject.hpp"

#include <string>

namespace countersign {

struct Destination {
  static constexpr std::size_t kBytesMax = 254;  // RFC 5321 section 4.5.3.1.3, less its brackets

  FactorKind channel{};  // sms or email
  std::string
      text;  // canonical: E.164 with its plus sign; an address with its domain in lower case
};

}  // namespace countersign
