// SPDX-License-Identifier: Apache-2.0
#include "tests/support/account_client.hpp"

namespace countersign::test {

v1::PasswordReport AccountClient::set_password(const std::string& fresh,
                                               const std::string& current) {
  v1::Request request;
  v1::SetPassword& set = *request.mutable_set_password();
  set.set_new_password(fresh);
  set.set_current_password(current);
  set.set_client_address(address_);
  return call(std::move(request)).password_report();
}

v1::Factor AccountClient::set_question(std::uint32_t stock_id, const std::string& answer,
                                       bool factor) {
  v1::Request request;
  v1::SetQuestion& set = *request.mutable_set_question();
  set.set_stock_id(stock_id);
  set.set_answer(answer);
  set.set_factor(factor);
  return call(std::move(request)).factor();
}

v1::Factor AccountClient::set_custom_question(const std::string& custom,
                                              const std::string& answer) {
  v1::Request request;
  request.mutable_set_question()->set_custom(custom);
  request.mutable_set_question()->set_answer(answer);
  return call(std::move(request)).factor();
}

v1::Question AccountClient::get_question() {
  v1::Request request;
  request.mutable_get_question();
  return call(std::move(request)).question();
}

v1::Verdict AccountClient::answer_question(const std::string& answer) {
  v1::Request request;
  request.mutable_answer_question()->set_answer(answer);
  request.mutable_answer_question()->set_client_address(address_);
  return call(std::move(request)).verdict();
}

v1::RecoveryCodes AccountClient::make_recovery_codes() {
  v1::Request request;
  request.mutable_make_recovery_codes();
  return call(std::move(request)).recovery_codes();
}

v1::RememberedDevice AccountClient::remember_device(const std::string& label) {
  v1::Request request;
  request.mutable_remember_device()->set_label(label);
  return call(std::move(request)).remembered_device();
}

v1::Enrolment AccountClient::enrol_totp(const std::string& label) {
  v1::Request request;
  request.mutable_enrol_oath()->set_kind(v1::TOTP);
  request.mutable_enrol_oath()->set_label(label);
  return call(std::move(request)).enrolment();
}

v1::Verdict AccountClient::confirm_factor(std::uint64_t factor, const std::string& passcode) {
  v1::Request request;
  request.mutable_confirm_factor()->set_factor_id(factor);
  request.mutable_confirm_factor()->set_passcode(passcode);
  return call(std::move(request)).verdict();
}

v1::Enrolment AccountClient::show_pending_secret(std::uint64_t factor) {
  v1::Request request;
  request.mutable_show_pending_secret()->set_factor_id(factor);
  return call(std::move(request)).enrolment();
}

v1::Factor AccountClient::enrol_destination(v1::FactorKind kind, const std::string& destination) {
  v1::Request request;
  request.mutable_enrol_out_of_band()->set_kind(kind);
  request.mutable_enrol_out_of_band()->set_destination(destination);
  const v1::Reply reply = call(std::move(request));
  return reply.has_factor() ? reply.factor() : reply.enrolment().factor();
}

v1::FactorList AccountClient::list_factors() {
  v1::Request request;
  request.mutable_list_factors();
  return call(std::move(request)).factor_list();
}

v1::Factor AccountClient::rename_factor(std::uint64_t factor, const std::string& label) {
  v1::Request request;
  request.mutable_rename_factor()->set_factor_id(factor);
  request.mutable_rename_factor()->set_label(label);
  return call(std::move(request)).factor();
}

v1::Factor AccountClient::revoke_factor(std::uint64_t factor) {
  v1::Request request;
  request.mutable_revoke_factor()->set_factor_id(factor);
  return call(std::move(request)).factor();
}

v1::Challenge AccountClient::start_challenge(v1::FactorKind kind, v1::Purpose purpose,
                                             std::uint64_t factor, const std::string& username) {
  v1::Request request;
  v1::StartChallenge& start = *request.mutable_start_challenge();
  if (!username.empty()) start.mutable_subject()->set_username(username);
  start.set_kind(kind);
  start.set_purpose(purpose);
  start.set_factor_id(factor);
  start.set_client_address(address_);
  return call(std::move(request)).challenge();
}

v1::Verdict AccountClient::answer_challenge(std::uint64_t challenge, const std::string& passcode,
                                            v1::Purpose purpose, const std::string& username) {
  v1::Request request;
  v1::AnswerChallenge& answer = *request.mutable_answer_challenge();
  if (!username.empty()) answer.mutable_subject()->set_username(username);
  answer.set_challenge_id(challenge);
  answer.set_passcode(passcode);
  answer.set_purpose(purpose);
  answer.set_client_address(address_);
  return call(std::move(request)).verdict();
}

v1::Profile AccountClient::get_profile(bool unmasked) {
  v1::Request request;
  request.mutable_get_profile()->set_unmasked(unmasked);
  return call(std::move(request)).profile();
}

v1::Profile AccountClient::change_profile(const v1::ChangeProfile& change) {
  v1::Request request;
  *request.mutable_change_profile() = change;
  return call(std::move(request)).profile();
}

v1::ActivityList AccountClient::list_activity(std::uint64_t before) {
  v1::Request request;
  request.mutable_list_activity()->set_before(before);
  return call(std::move(request)).activity_list();
}

}  // namespace countersign::test
