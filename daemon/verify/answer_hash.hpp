// SPDX-License-Identifier: Apache-2.0
// What the `sealed` of a question or a reset_question holds: which question, and its answer's hash.
//
//   format 1, 1 byte | number of the stock question, 2; 0: a custom one
//   | length, 2, and the custom question, sealed by the HSM; empty for a stock one | PepperedHash
#pragma once

#include "daemon/verify/peppered_hash.hpp"

#include <string>

namespace countersign::verify {

inline constexpr std::size_t kCustomQuestionBytesMax = 512;

struct QuestionRow {
  std::uint16_t stock_id = 0;
  Bytes custom;  // hsm::Hsm::seal_message; empty for a stock one
  PepperedHash answer;
};

[[nodiscard]] Bytes encode(const QuestionRow& row);
// Fails with `corrupt`.
[[nodiscard]] Result<QuestionRow> question_row_from(BytesView sealed);

struct AskedQuestion {
  std::uint16_t stock_id = 0;
  std::string custom;  // empty for a stock one
};

// `sealed` of a factor with this question and answer. REQUIRES: one of the two is there, the custom
// one of kCustomQuestionBytesMax at most; `answer` is normalised (normal_answer); all references
// outlive the wait. Fails with `busy`, `unavailable`.
awaitable<Result<SealedSecret>> fresh_question(Means means, HashedFor whom,
                                               const AskedQuestion& question,
                                               const SecretBytes& answer,
                                               Argon2Parameters parameters);
// What is asked. Fails with `corrupt`, `unavailable`.
awaitable<Result<AskedQuestion>> open_question(hsm::Hsm& hsm, const SealedSecret& sealed);

}  // namespace countersign::verify
