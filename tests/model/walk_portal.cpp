// SPDX-License-Identifier: Apache-2.0
// What portals, the account service and the security team do.
#include "tests/model/token_codes.hpp"
#include "tests/model/walk.hpp"

namespace countersign::model {
namespace {

using namespace std::chrono_literals;

Ruling is_in(const Account& account, Life life) {
  if (account.life == Life::absent) return no(By::not_found, "there is nobody of that name");
  return no_unless(account.life == life, By::conflict, "its state");
}

Ruling is_there(const Account& account) {
  return no_unless(account.life != Life::absent, By::not_found, "there is nobody of that name");
}

}  // namespace

void Walk::create_subject() {
  Account& account = whom();
  const bool activates = is_apt(90);
  CreateSubject ask{
      .name = account.name,
      .profile = {.first_name = "B"},
      .primary_email = Destination{FactorKind::email, place_of(account, FactorKind::primary_email)},
      .send_activation = activates};
  const std::string place = ask.primary_email->text;
  const Ruling ruling = no_unless(account.life == Life::absent, By::exists, "the name is taken");
  auto answer = ask_of_portal(std::move(ask));
  if (!judge("create_subject", ruling, answer, answer.has_value())) return;
  account.life = activates ? Life::pending : Life::active;
  account.subject = held_in<SubjectReport>(answer)->subject.id;
  account.profile_version = 1;
  about_ = &account;
  account.link_asked.clear();
  if (activates) account.link_asked[TicketPurpose::activation] = model_.now;
  auto profile = ask_of_portal(GetProfile{.name = account.name});
  const auto* report = held_in<ProfileReport>(profile);
  if (report == nullptr || report->contacts.size() != 1) return fail("it has no contact");
  account.held.push_back({.id = report->contacts[0].factor,
                          .kind = FactorKind::primary_email,
                          .secret = place,
                          .made = model_.now});
}

void Walk::send_activation() {
  Account& account = whom();
  auto answer = ask_of_portal(SendActivation{.name = account.name, .language = "en"});
  const auto* delivery = held_in<Delivery>(answer);
  const bool did =
      delivery != nullptr && delivery->outcome == DeliveryOutcome::accepted_for_delivery;
  const bool is_reached = account.active(FactorKind::primary_email) != nullptr;
  const Ruling ruling =
      is_in(account, Life::pending) & no_unless(is_reached, By::answer, "the address is suspended");
  if (!judge("send_activation", ruling, answer, did)) return;
  about_ = &account;
  account.link_asked[TicketPurpose::activation] = model_.now;
}

// It is over for everybody who is signed in.
void Walk::suspend_subject() {
  Account& account = whom();
  auto answer = ask_of_portal(SuspendSubject{account.name});
  if (!judge("suspend_subject", is_in(account, Life::active), answer, answer.has_value())) return;
  account.life = Life::suspended;
  model_.end_all(index_of(account));
  model_.close_all_but_repudiations(index_of(account));
}

void Walk::resume_subject() {
  Account& account = whom();
  auto answer = ask_of_portal(ResumeSubject{account.name});
  const Ruling ruling = is_in(account, Life::suspended);
  if (judge("resume_subject", ruling, answer, answer.has_value())) account.life = Life::active;
}

void Walk::unlock_subject() {
  Account& account = whom();
  auto answer = ask(UnlockSubject{account.name}, Role::admin);
  judge("unlock_subject", is_there(account), answer, answer.has_value());
}

void Walk::erase_subject() {
  Account& account = whom();
  if (account.life != Life::absent && chance(88)) return;
  auto answer = ask_of_portal(EraseSubject{account.name});
  if (!judge("erase_subject", is_there(account), answer, answer.has_value())) return;
  model_.erase(index_of(account));
}

void Walk::export_subject() {
  Account& account = whom();
  auto answer = ask_of_portal(ExportSubject{account.name});
  if (!judge("export_subject", is_there(account), answer, answer.has_value())) return;
  const auto& all = *held_in<SubjectExport>(answer);
  expect_own(account, all.subject.subject.name);
  for (const FactorReport& report : all.factors) expect_own(account, report.factor);
  for (const SessionReport& report : all.sessions) {
    if (report.session.subject != account.subject) fail("another's session");
  }
}

void Walk::change_factor(bool suspends) {
  const FactorState from = suspends ? FactorState::active : FactorState::suspended;
  const FactorId id = factor_in(whom(), from, 60);
  Held* held = find(id);
  const Ruling ruling = held == nullptr
                            ? no(By::not_found, "there is no such factor")
                            : no_unless(held->state == from, By::conflict, "the factor's state");
  auto answer = suspends ? ask_of_portal(SuspendFactor{id}) : ask_of_portal(ResumeFactor{id});
  const auto* name = suspends ? "suspend_factor" : "resume_factor";
  if (!judge(name, ruling, answer, answer.has_value(), nullptr, std::to_string(number(id)))) return;
  held->state = suspends ? FactorState::suspended : FactorState::active;
  for (Account& account : model_.accounts) {
    if (account.find(id) != nullptr) about_ = &account;
  }
  changed_ = id;
}

void Walk::suspend_factor() { change_factor(true); }
void Walk::resume_factor() { change_factor(false); }

void Walk::issue_temporary_code() {
  Account& account = whom();
  auto answer =
      ask(IssueTemporaryCode{.name = account.name, .lifetime = 600s, .uses = 1}, Role::admin);
  if (!judge("issue_temporary_code", is_there(account), answer, answer.has_value())) return;
  auto& issued = *held_in<TemporaryCode>(answer);
  expect_own(account, issued.factor.factor);
  about_ = &account;
  changed_ = issued.factor.factor.id;
  for (Held& held : account.held) {
    const bool goes = held.kind == FactorKind::temporary_code;
    if (goes) held.state = FactorState::revoked;
  }
  account.held.push_back({.id = changed_,
                          .kind = FactorKind::temporary_code,
                          .codes = {text_of(issued.code)},
                          .until = model_.now + 600s,
                          .made = model_.now});
}

// A passcode, as portals ask about it. What was accepted once is accepted by nobody again.
void Walk::verify() {
  Account& account = whom();
  const std::string typed = passcode_for(account);
  Ruling ruling;
  Held* by = model_.proven_by(account, typed, ruling);
  std::int64_t step = 0;
  if (by != nullptr && by->kind == FactorKind::totp) (void)model_.is_code_of(*by, typed, step);
  auto answer = ask(Verify{.subject = account.name,
                           .factor = {},
                           .passcode = *Passcode::from(typed),
                           .client_address = {}},
                    Role::verify);
  const auto* verdict = held_in<Verdict>(answer);
  const bool did = verdict != nullptr && verdict->accepted;
  typed_.push_back(typed);
  if (!judge("verify", peer_may(account) & ruling, answer, did, nullptr, typed)) return;
  if (by == nullptr || verdict->factor != by->id) return fail("another factor accepted");
  about_ = &account;
  changed_ = by->id;
  model_.use_up(*by, typed, step);
}

void Walk::redeem_hand_over() {
  Link* link = any_link(is_apt(85) ? std::optional{TicketPurpose::hand_over} : std::nullopt);
  const std::string text = link == nullptr ? std::string(43, 'A') : link->text;
  auto answer = ask(RedeemHandOver{secret_of(text)}, Role::verify);
  const auto* report = held_in<HandOverReport>(answer);
  const bool did = report != nullptr && report->accepted;
  const bool may = link == nullptr || companion_ == Stage::kEverywhere ||
                   model_.accounts[link->account].is_staff;
  const Ruling ruling = no_unless(may, By::answer, "another realm's portal") & model_.redeems(link);
  if (!judge("redeem_hand_over", ruling, answer, did)) return;
  link->is_open = false;
  expect_own(model_.accounts[link->account], *report->subject);
}

}  // namespace countersign::model
