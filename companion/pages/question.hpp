// SPDX-License-Identifier: Apache-2.0
// A question and its answer are chosen: one that is asked before a forgotten password is replaced,
// or one to sign in by.
//
//   /activate/question   /account/question   /factors/question
#pragma once

#include "companion/door/route.hpp"

#include <string>

namespace countersign::companion {

// A stock one in the reader's language, somebody's own as they wrote it.
[[nodiscard]] std::string question_text(const Catalogue& words, const v1::Question& question);

[[nodiscard]] Routes question_routes();

}  // namespace countersign::companion
