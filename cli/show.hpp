// SPDX-License-Identifier: Apache-2.0
// Answers as people read them and as programs do.
#pragma once

#include "api/countersign.pb.h"

#include <string>

namespace countersign::cli {

// The outcome alone, in Protobuf's JSON mapping, on one line; absent numbers and texts are written
// too, so that a script finds every field.
[[nodiscard]] std::string as_json(const v1::Reply& reply);

// Lines of `name: value`, ending in a line feed.
[[nodiscard]] std::string as_text(const v1::Reply& reply);

// An enumerator as a word: FACTOR_SUSPENDED is "suspended", WRONG_CODE "wrong code".
[[nodiscard]] std::string word(v1::Answer answer);
[[nodiscard]] std::string word(v1::Reason reason);
[[nodiscard]] std::string word(v1::ErrorCode code);

}  // namespace countersign::cli
