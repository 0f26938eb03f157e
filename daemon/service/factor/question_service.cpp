// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/question_service.hpp"

#include "daemon/service/gate/standing.hpp"
#include "daemon/verify/answer_hash.hpp"
#include "daemon/verify/password_hash.hpp"
#include "daemon/verify/typed_text.hpp"
#include "policies/stock_questions.hpp"

namespace countersign {
namespace {

// What is asked; fails with `malformed` when it is neither a stock one nor a proper custom one.
Result<std::string_view> text_of(const SetQuestion& ask) {
  const bool is_stock = ask.stock_id != 0;
  if (is_stock == !ask.custom.empty()) return Error{ErrorCode::malformed, "question.one"};
  if (is_stock) {
    const std::string_view text = policies::stock_question(ask.stock_id);
    if (text.empty()) return Error{ErrorCode::malformed, "question.stock_id"};
    return text;
  }
  const std::size_t length = verify::code_points(SecretBytes{as_bytes(ask.custom)});
  const bool fits = length >= QuestionService::kCustomCodePointsMin &&
                    length <= QuestionService::kCustomCodePointsMax &&
                    ask.custom.size() <= verify::kCustomQuestionBytesMax;
  if (!fits) return Error{ErrorCode::malformed, "question.custom"};
  return std::string_view{ask.custom};
}

bool has_within(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

awaitable<Result<FactorReport>> QuestionService::set(const Visit& visit, const SetQuestion& ask) {
  const CurrentPolicy current = parts_.policy;
  const SubjectRecord& subject = *visit.subject;
  const policies::Policy& policy = current->of(subject.fixed.name.realm.text());
  const FactorKind kind = ask.is_factor ? FactorKind::question : FactorKind::reset_question;
  if (!may_set_up(policy, visit.peer, kind)) {
    co_return Error{ErrorCode::denied, "question.offer"};
  }
  CS_CO_TRY(const std::string_view text, text_of(ask));
  CS_CO_CHECK(co_await check_answer(subject, ask, text));
  co_return co_await write(visit, ask, kind);
}

// As it will be compared, so that nobody hides the name of the dog behind capital letters.
awaitable<Status> QuestionService::check_answer(const SubjectRecord& subject,
                                                const SetQuestion& ask, std::string_view question) {
  const CurrentPolicy current = parts_.policy;
  const policies::Policy& policy = current->of(subject.fixed.name.realm.text());
  const std::optional<SecretBytes> answer = verify::normal_answer(ask.answer);
  const SecretBytes typed_question{as_bytes(question)};
  const std::optional<SecretBytes> asked = verify::normal_answer(typed_question);
  if (!answer || !asked) co_return Error{ErrorCode::malformed, "answer.text"};
  const std::string_view text = as_text(answer->expose());
  const std::size_t length = verify::code_points(*answer);
  const bool fits = length >= policy.question.answer_length_min && length <= kAnswerCodePointsMax;
  if (!fits) co_return Error{ErrorCode::malformed, "answer.length"};
  if (has_within(as_text(asked->expose()), text)) {
    co_return Error{ErrorCode::malformed, "answer.in_question"};
  }
  if (text == subject.fixed.name.username.text()) {
    co_return Error{ErrorCode::malformed, "answer.username"};
  }
  const FactorRecord* password = active_factor(subject, FactorKind::password);
  const std::optional<SecretBytes> as_password = verify::normal_password(ask.answer);
  if (password == nullptr || !as_password) co_return Status{};
  const verify::Means means{parts_.hsm, parts_.hasher, Rank::known};
  CS_CO_TRY(
      const bool is_password,
      co_await verify::was_used(means, subject.fixed.id, password->fixed.sealed, *as_password, 0));
  if (is_password) co_return Error{ErrorCode::malformed, "answer.password"};
  co_return Status{};
}

// Whoever knows the answer to one would know both.
awaitable<Status> QuestionService::check_other(const SubjectRecord& subject, FactorKind kind,
                                               const SetQuestion& ask) {
  const FactorKind other =
      kind == FactorKind::question ? FactorKind::reset_question : FactorKind::question;
  if (active_factor(subject, other) == nullptr) co_return Status{};
  CS_CO_TRY(const QuestionReport its, co_await questions_.shown(subject, other));
  const bool is_same = ask.stock_id != 0 ? its.stock_id == ask.stock_id : its.text == ask.custom;
  if (is_same) co_return Error{ErrorCode::already_exists, "question.same"};
  co_return Status{};
}

awaitable<Result<FactorReport>> QuestionService::write(const Visit& visit, const SetQuestion& ask,
                                                       FactorKind kind) {
  const SubjectId id = visit.subject->fixed.id;
  const std::optional<SecretBytes> answer = verify::normal_answer(ask.answer);
  if (!answer) co_return Error{ErrorCode::malformed, "answer.text"};
  const verify::AskedQuestion asked{ask.stock_id, ask.custom};
  const verify::Means means{parts_.hsm, parts_.hasher, Rank::known};
  const verify::HashedFor whom{id, kind};
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(id));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
    CS_CO_CHECK(co_await sessions_.stands(visit.by()));
    CS_CO_CHECK(co_await check_other(*subject, kind, ask));
    const Time now = parts_.clock.now();
    const CurrentPolicy current = parts_.policy;
    const policies::Policy& policy = current->of(subject->fixed.name.realm.text());
    CS_CO_TRY(SealedSecret sealed,
              co_await verify::fresh_question(means, whom, asked, *answer,
                                              verify::parameters_of(policy.password)));
    Factor factor = KnownFactors::fresh(*subject, kind, std::move(sealed), now);
    JournalEntry entry{.at = now,
                       .event = Event::question_set,
                       .peer_uid = visit.peer.uid,
                       .subject = id,
                       .kind = kind};
    Aftermath also;
    Result<Factor> kept =
        co_await known_.set(subject, std::move(factor), MessageKind::question_changed,
                            std::move(entry), std::move(also));
    if (kept) co_return FactorReport{.subject = subject->fixed.name, .factor = *std::move(kept)};
    if (kept.error().code != ErrorCode::conflict) co_return kept.error();
    // Another writer was first. Ours begins again.
  }
  co_return Error{ErrorCode::conflict, "question.conflicts"};
}

awaitable<Result<QuestionReport>> QuestionService::get(const Visit& visit) {
  const bool resets = visit.session->scope == SessionScope::reset;
  const FactorKind kind = resets ? FactorKind::reset_question : FactorKind::question;
  co_return co_await questions_.shown(*visit.subject, kind);
}

}  // namespace countersign
