// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/code_context.hpp"

namespace countersign::verify {

Bytes code_context(const Challenge& challenge, std::string_view transaction) {
  Bytes context;
  Writer{context}
      .integer(number(challenge.id))
      .integer(number(challenge.subject))
      .integer(number(challenge.factor))
      .integer(challenge.purpose)
      .integer(to_milliseconds(challenge.expires_at))
      .text(challenge.purpose == Purpose::transaction ? transaction : std::string_view{});
  return context;
}

}  // namespace countersign::verify
