// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/questions.hpp"

#include "daemon/service/standing.hpp"
#include "policies/stock_questions.hpp"

namespace countersign {
namespace {

// Part of what is sealed: nothing else is ever opened as a question.
constexpr std::string_view kLabel = "countersign question v1";

}  // namespace

// format, 1 | stock id, 2 | length, 2, and the custom question, sealed | the answer's hash
awaitable<Result<QuestionReport>> Questions::shown(const SubjectRecord& subject, FactorKind kind) {
  const FactorRecord* record = active_factor(subject, kind);
  if (record == nullptr) co_return QuestionReport{};
  Reader reader{record->fixed.sealed};
  reader.integer<std::uint8_t>();
  const auto stock_id = reader.integer<std::uint16_t>();
  const BytesView custom = reader.blob();
  if (!reader.good()) co_return Error{ErrorCode::corrupt, "question.sealed"};
  if (stock_id != 0) {
    co_return QuestionReport{stock_id, std::string{policies::stock_question(stock_id)}};
  }
  CS_CO_TRY(const hsm::OpenedMessage opened, co_await hsm_.open_message(custom, as_bytes(kLabel)));
  co_return QuestionReport{0, std::string{as_text(opened.message.expose())}};
}

}  // namespace countersign
