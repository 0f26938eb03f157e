// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/questions.hpp"

#include "daemon/service/gate/standing.hpp"
#include "daemon/verify/answer_hash.hpp"
#include "policies/stock_questions.hpp"

namespace countersign {

awaitable<Result<QuestionReport>> Questions::shown(const SubjectRecord& subject, FactorKind kind) {
  const FactorRecord* record = active_factor(subject, kind);
  if (record == nullptr) co_return QuestionReport{};
  CS_CO_TRY(verify::AskedQuestion asked,
            co_await verify::open_question(hsm_, record->fixed.sealed));
  if (asked.stock_id == 0) co_return QuestionReport{0, std::move(asked.custom)};
  co_return QuestionReport{asked.stock_id, std::string{policies::stock_question(asked.stock_id)}};
}

}  // namespace countersign
