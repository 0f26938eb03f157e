// SPDX-License-Identifier: Apache-2.0
// What a sensible person does next, so that walks get far.
#include "tests/model/token_codes.hpp"
#include "tests/model/walk.hpp"

#include <algorithm>
#include <array>

namespace countersign::model {
namespace {

using namespace std::chrono_literals;

bool has_pending(const Account& account, bool totp) {
  for (const Held& held : account.held) {
    if (held.state != FactorState::pending) continue;
    if (totp ? held.kind == FactorKind::totp : is_reached_by(held.kind)) return true;
  }
  return false;
}

}  // namespace

void Walk::sensible_step() {
  Account& account = one_of(model_.accounts);
  lead_ = true;
  lead_account_ = &account;
  const std::size_t index = index_of(account);
  switch (account.life) {
    case Life::absent:
      return create_subject();
    case Life::pending:
      return set_up(index);
    case Life::active:
      if (Visitor* who = visitor_of(index, SessionScope::account)) return look_after(*who);
      return get_in(index);
    case Life::suspended:
      return chance(60) ? resume_subject() : pass_time();
  }
}

Visitor* Walk::visitor_of(std::size_t account, SessionScope scope) {
  for (auto who = model_.visitors.rbegin(); who != model_.visitors.rend(); ++who) {
    const bool is_it = who->account == account && who->scope == scope;
    if (is_it && model_.is_alive(*who) == Say::yes) return &*who;
  }
  return nullptr;
}

bool Walk::has_open(std::size_t account, TicketPurpose purpose) const {
  return std::ranges::any_of(model_.links, [&](const Link& link) {
    return link.account == account && link.purpose == purpose && link.is_open && !link.is_unsure &&
           model_.now < link.expires;
  });
}

void Walk::lead(Visitor& who, void (Walk::*does)()) {
  lead_session_ = &who;
  (this->*does)();
}

// From the link to the first factor.
void Walk::set_up(std::size_t index) {
  Account& account = model_.accounts[index];
  Visitor* who = visitor_of(index, SessionScope::activation);
  if (who == nullptr) {
    if (has_open(index, TicketPurpose::activation)) return open_ticket();
    return chance(50) ? send_activation() : request_link();
  }
  if (account.active(FactorKind::password) == nullptr) return lead(*who, &Walk::set_password);
  if (account.active(FactorKind::reset_question) == nullptr && chance(70)) {
    return lead(*who, &Walk::set_question);
  }
  if (has_pending(account, true)) {
    return lead(*who, chance(8) ? &Walk::show_pending_secret : &Walk::confirm_factor);
  }
  if (has_pending(account, false) && chance(70)) {
    return lead(*who, chance(50) ? &Walk::start_challenge : &Walk::answer_challenge);
  }
  if (chance(10)) return lead(*who, &Walk::claim_token);
  lead(*who, chance(70) ? &Walk::enrol_oath : &Walk::enrol_out_of_band);
}

void Walk::get_in(std::size_t index) {
  Account& account = model_.accounts[index];
  if (Visitor* who = visitor_of(index, SessionScope::reset)) {
    const bool asks = account.active(FactorKind::reset_question) != nullptr;
    const bool is_asked = asks && who->question_at == Time{};
    lead_ = chance(70);  // nobody remembers everything
    const bool goes_round = is_asked && chance(35);
    return lead(*who, is_asked && !goes_round ? &Walk::answer_question : &Walk::set_password);
  }
  if (Visitor* who = visitor_of(index, SessionScope::sign_in)) {
    if (account.active(FactorKind::question) != nullptr && chance(20)) {
      return lead(*who, &Walk::answer_question);
    }
    if (account.active(FactorKind::totp) != nullptr && chance(75)) {
      const Held* app = account.active(FactorKind::totp);
      if (app->position >= step_at(model_.now)) let_time_pass(30s);
      return lead(*who, &Walk::prove_factor);
    }
    return lead(*who, chance(50) ? &Walk::start_challenge : &Walk::answer_challenge);
  }
  const bool knows = account.active(FactorKind::password) != nullptr;
  if (has_open(index, TicketPurpose::reset) && chance(60)) return open_ticket();
  if (knows && chance(40)) return sign_in();
  if (chance(60)) return chance(50) ? recover_by_code() : answer_as_stranger();
  return chance(50) ? request_link() : open_ticket();
}

// One change after the other, each with its proof.
void Walk::look_after(Visitor& who) {
  Account& account = model_.account_of(who);
  lead_session_ = &who;
  if (chance(25)) return issue_hand_over();
  if (chance(15)) return redeem_hand_over();
  if (has_pending(account, true) && chance(60)) return confirm_factor();
  if (has_pending(account, false) && chance(60)) {
    return chance(50) ? start_challenge() : answer_challenge();
  }
  if (model_.proven_lately(who).say == Say::no) {
    if (model_.now - who.password_at > 5min) return reauthenticate();
    const Held* app = account.active(FactorKind::totp);
    if (app == nullptr) return chance(50) ? start_challenge() : answer_challenge();
    if (app->position >= step_at(model_.now)) let_time_pass(30s);
    return prove_factor();
  }
  if (account.is_staff && chance(20)) return remember_device();
  static constexpr std::array kChanges{
      &Walk::set_password,      &Walk::set_question,        &Walk::enrol_oath,
      &Walk::enrol_out_of_band, &Walk::enrol_out_of_band,   &Walk::rename_factor,
      &Walk::revoke_factor,     &Walk::make_recovery_codes, &Walk::remember_device,
      &Walk::change_profile,    &Walk::claim_token,         &Walk::get_profile,
      &Walk::prove_factor};
  (this->*kChanges[any(kChanges.size())])();
}

}  // namespace countersign::model
