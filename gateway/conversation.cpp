// SPDX-License-Identifier: Apache-2.0
#include "gateway/conversation.hpp"

#include "gateway/question.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace countersign::gateway {
namespace {

// What the daemon finds about a question whose form is good. Fails as Backend does.
awaitable<Result<Outcome>> find_outcome(const Question& question, const std::string& source,
                                        Backend& backend, Counters& counters) {
  CS_CO_TRY(const auto refusal, co_await backend.check(question, source));
  if (refusal) co_return *refusal;
  CS_CO_TRY(const auto verified, co_await backend.verify(question));
  counters = verified.counters;
  co_return verified.outcome;
}

}  // namespace

awaitable<std::string> converse(const Parameters& parameters, Version version,
                                const std::string& source, Backend& backend, const Clock& clock) {
  const auto read = read_question(parameters, version);
  const auto* question = std::get_if<Question>(&read);
  if (question == nullptr) {
    const Answer refusal{.outcome = std::get<Outcome>(read), .version = version};
    co_return body_without_key(refusal, clock.now());
  }

  Answer answer{.version = version, .otp = question->otp, .nonce = question->nonce};
  Counters counters;
  const auto outcome = co_await find_outcome(*question, source, backend, counters);
  if (outcome) answer.outcome = *outcome;
  if (question->wants_counters) answer.counters = counters;
  const bool is_silent = !outcome && outcome.error().code == ErrorCode::unavailable;
  if (is_silent || answer.outcome == Outcome::no_such_client) {
    co_return body_without_key(answer, clock.now());
  }

  const Response response{answer, clock.now()};
  const auto signature = co_await backend.sign(question->client_id, response.signed_text());
  if (signature) co_return response.body(*signature);
  // A yes that cannot be signed is none.
  if (answer.outcome == Outcome::ok) answer.outcome = Outcome::backend_error;
  co_return body_without_key(answer, clock.now());
}

}  // namespace countersign::gateway
