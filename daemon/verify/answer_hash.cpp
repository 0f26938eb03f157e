// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/answer_hash.hpp"

namespace countersign::verify {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kSealedCustomBytesMax = hsm::kMessageBytesMax + 64;
// Part of what is sealed: nothing else is ever opened as a question.
constexpr std::string_view kLabel = "countersign question v1";

}  // namespace

Bytes encode(const QuestionRow& row) {
  Bytes sealed;
  Writer writer{sealed};
  writer.integer(kFormat).integer(row.stock_id).blob(row.custom);
  write(writer, row.answer);
  return sealed;
}

Result<QuestionRow> question_row_from(BytesView sealed) {
  Reader reader{sealed};
  const auto format = reader.integer<std::uint8_t>();
  QuestionRow row{.stock_id = reader.integer<std::uint16_t>()};
  const BytesView custom = reader.blob();
  CS_TRY(row.answer, read_hash(reader));
  const bool is_stock = row.stock_id != 0;
  const bool odd = format != kFormat || !reader.whole() || is_stock != custom.empty() ||
                   custom.size() > kSealedCustomBytesMax;
  if (odd) return Error{ErrorCode::corrupt, "sealed.question"};
  row.custom.assign(custom.begin(), custom.end());
  return row;
}

awaitable<Result<SealedSecret>> fresh_question(Means means, HashedFor whom,
                                               const AskedQuestion& question,
                                               const SecretBytes& answer,
                                               Argon2Parameters parameters) {
  QuestionRow row{.stock_id = question.stock_id};
  if (row.stock_id == 0) {
    CS_CO_TRY(row.custom,
              co_await means.hsm.seal_message(as_bytes(question.custom), as_bytes(kLabel)));
  }
  CS_CO_TRY(row.answer, co_await fresh_hash(means, whom, answer, parameters));
  const Bytes sealed = encode(row);
  co_return SealedSecret{sealed};
}

awaitable<Result<AskedQuestion>> open_question(hsm::Hsm& hsm, const SealedSecret& sealed) {
  CS_CO_TRY(const QuestionRow row, question_row_from(sealed));
  AskedQuestion question{.stock_id = row.stock_id, .custom = {}};
  if (row.stock_id != 0) co_return question;
  CS_CO_TRY(const hsm::OpenedMessage opened,
            co_await hsm.open_message(row.custom, as_bytes(kLabel)));
  question.custom = as_text(opened.message.expose());
  co_return question;
}

}  // namespace countersign::verify
