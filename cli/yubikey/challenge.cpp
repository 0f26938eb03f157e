// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/challenge.hpp"

#include "cli/ask.hpp"
#include "cli/show.hpp"
#include "cli/yubikey/desk.hpp"

namespace countersign::cli {

Outcome<bool> confirm_by_challenge(const Command& command, const v1::SubjectName& subject,
                                   std::uint64_t factor_id, yubikey::Which which,
                                   yubikey::SlotNumber slot) {
  v1::Request start;
  *start.mutable_start_challenge()->mutable_subject() = subject;
  start.mutable_start_challenge()->set_factor_id(factor_id);
  const v1::Reply started = ask(command, Door::admin, std::move(start));
  if (!started.has_challenge()) return trouble_of(started);

  tell("The key is asked; touch it if it blinks.");
  const v1::Challenge& challenge = started.challenge();
  CS_TRY(const yubikey::Response response,
         in_words(yubikey::challenge(which, slot, as_bytes(challenge.challenge()))));

  v1::Request answer;
  answer.mutable_answer_challenge()->set_challenge_id(challenge.challenge_id());
  answer.mutable_answer_challenge()->set_response(std::string{countersign::as_text(response)});
  const v1::Reply answered = ask(command, Door::admin, std::move(answer));
  if (!answered.has_verdict()) return trouble_of(answered);
  if (answered.verdict().answer() == v1::ACCEPTED) return true;
  tell("Not accepted: " + word(answered.verdict().reason()) + ".");
  return false;
}

}  // namespace countersign::cli
