// SPDX-License-Identifier: Apache-2.0
// How people sign in and prove who they are, and what that leads to.
#include "tests/model/token_codes.hpp"
#include "tests/model/walk.hpp"

namespace countersign::model {
namespace {

using namespace std::chrono_literals;

constexpr auto kActivation = SessionScope::activation;
constexpr auto kSignIn = SessionScope::sign_in;
constexpr auto kReset = SessionScope::reset;
constexpr auto kAccount = SessionScope::account;

// What somebody types for a question, or its answer.
std::string answer_of(const Held* question) {
  return question == nullptr ? "no idea" : question->secret;
}

}  // namespace

void Walk::sign_in() {
  Account& account = whom();
  if (is_crowded(index_of(account))) return;
  const std::string password = password_for(account);
  Ruling ruling = peer_may(account) & model_.signs_in(account, password);
  Held* device = nullptr;
  std::string shown;
  const Ruling by_device = device_rules(account, device, shown);
  auto answer = ask(SignIn{.subject = account.name,
                           .password = secret_of(password),
                           .client_address = {},
                           .user_agent = "Firefox",
                           .device = secret_of(shown)});
  auto* report = held_in<SignInReport>(answer);
  const bool did = report != nullptr && report->accepted;
  if (!judge("sign_in", ruling, answer, did, nullptr, account.name.username.text())) return;
  about_ = &account;
  Visitor& who = begin(index_of(account), report->scope, report->session);
  who.password_at = model_.now;
  for (const FactorReport& way : report->factors) expect_own(account, way.factor);
  if (shown.empty()) {
    if (report->scope != kSignIn) fail("nothing was proven but a password");
    return;
  }
  judge("sign_in_by_device", by_device, answer, report->scope == kAccount);
  if (device != nullptr) device_shown(who, *device, *report);
}

// A device of theirs, or what it was called before, or somebody else's; mostly none.
Ruling Walk::device_rules(Account& account, Held*& device, std::string& text) {
  if (chance(30)) return kYes;
  // Only the staff have any to show.
  Account& whose = account.is_staff || chance(40) ? account : model_.accounts.back();
  device = whose.active(FactorKind::device);
  if (device == nullptr) return kYes;
  const bool is_old = chance(35) && !device->codes.empty();
  text = is_old ? *device->codes.begin() : device->secret;
  if (&whose != &account || !account.is_staff) {
    device = nullptr;
    return no(By::anything, "it is somebody else's");
  }
  if (model_.now >= device->until) return no(By::anything, "it was too long ago");
  const bool is_late = model_.now > device->made + 60s;
  if (is_old && !is_late) return maybe("its owner may not have had the reply");
  return is_old ? no(By::anything, "it was used before") : kYes;
}

void Walk::device_shown(const Visitor& who, Held& device, SignInReport& report) {
  changed_ = device.id;
  const bool stands_for_it = report.scope == kAccount;
  if (stands_for_it) {
    const std::string before = std::exchange(device.secret, text_of(report.device));
    if (before == device.secret) return;
    device.codes.insert(before);
    device.made = model_.now;
    return;
  }
  // Who shows an old secret has copied it: the device is forgotten, and everybody else signed out.
  const auto& row = *stage_.world.person(model_.account_of(who).subject).find(device.id);
  device.state = row.fixed.state;
  if (device.state == FactorState::revoked) model_.end_all(who.account, &who);
}

void Walk::prove_factor() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const std::string typed = passcode_for(account);
  Ruling proven;
  Held* held = model_.proven_by(account, typed, proven);
  std::int64_t step = 0;
  if (held != nullptr && held->kind == FactorKind::totp) {
    (void)model_.is_code_of(*held, typed, step);
  }
  std::optional<FactorId> named;
  if (!lead_ && chance(20)) named = any_factor(account);
  Ruling ruling = enters(by, {kSignIn, kAccount});
  if (named && account.find(*named) == nullptr) ruling = ruling & no(By::not_found, "another's");
  if (named && (held == nullptr || held->id != *named)) {
    proven = proven & no(By::answer, "it is another factor's");
  }
  ruling = ruling & proven;
  auto answer = ask(ProveFactor{named, *Passcode::from(typed), {}}, Role::enroll, by);
  auto* outcome = held_in<SessionVerdict>(answer);
  const bool did = outcome != nullptr && outcome->verdict.accepted;
  typed_.push_back(typed);
  if (!judge("prove_factor", ruling, answer, did, by.who, typed)) return;
  if (outcome->verdict.factor != held->id) return fail("another factor accepted");
  about_ = &account;
  changed_ = held->id;
  model_.use_up(*held, typed, step);
  go_on(*by.who, outcome->session);
  if (by.who->scope == kSignIn) by.who->expires = model_.now + 43'200s;
  by.who->scope = kAccount;
  by.who->factor_at = model_.now;
}

void Walk::reauthenticate() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const std::string password = password_for(account);
  const Ruling ruling = enters(by, {kAccount}) & model_.signs_in(account, password);
  auto answer = ask(Reauthenticate{secret_of(password), {}}, Role::enroll, by);
  auto* outcome = held_in<SessionVerdict>(answer);
  const bool did = outcome != nullptr && outcome->verdict.accepted;
  if (!judge("reauthenticate", ruling, answer, did, by.who)) return;
  go_on(*by.who, outcome->session);
  by.who->password_at = model_.now;
}

// Of a reset the question before it; otherwise the one that stands for a factor.
void Walk::answer_question() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const bool resets = by.who != nullptr && by.who->scope == kReset;
  const auto kind = resets ? FactorKind::reset_question : FactorKind::question;
  const Held* asked = account.active(kind);
  const FactorKind other = resets ? FactorKind::question : FactorKind::reset_question;
  const std::string typed =
      chance(resets ? 60 : 85) ? answer_of(asked) : answer_of(account.active(other));
  const bool fits = asked != nullptr && asked->secret == typed;
  const Ruling ruling =
      enters(by, {kReset, kSignIn, kAccount}) & no_unless(fits, By::answer, "it is no answer");
  auto answer = ask(AnswerQuestion{secret_of(typed), {}}, Role::enroll, by);
  auto* outcome = held_in<SessionVerdict>(answer);
  const bool did = outcome != nullptr && outcome->verdict.accepted;
  if (!judge(resets ? "answer_reset_question" : "answer_question", ruling, answer, did, by.who)) {
    return;
  }
  // It is no second step of whoever has nothing better.
  const bool is_step = resets || account.sole() > 0 || by.who->scope != kSignIn;
  if (!is_step) {
    if (outcome->session.size() != 0) fail("a question alone signs nobody in");
    return;
  }
  go_on(*by.who, outcome->session);
  by.who->question_at = model_.now;
  if (by.who->scope == kSignIn) {
    by.who->scope = kAccount;
    by.who->expires = model_.now + 43'200s;
  }
}

void Walk::end_session() {
  const Bearer by = bearer();
  const bool all = chance(30);
  Visitor* other = nullptr;
  if (!all && chance(50) && !model_.visitors.empty()) other = &one_of(model_.visitors);
  Ruling ruling = enters(by, {kActivation, kSignIn, kReset, kAccount});
  const bool is_others = all || (other != nullptr && other != by.who);
  if (is_others && by.who != nullptr) {
    const bool may = by.who->scope == kAccount;
    ruling = ruling & no_unless(may, By::denied, "half signed in, it ends itself");
  }
  const bool is_own = by.who != nullptr && (other == nullptr || other->account == by.who->account);
  if (!is_own) ruling = ruling & no(By::not_found, "it is somebody else's");
  const bool is_gone =
      other != nullptr && other != by.who && (other->ended || model_.now >= other->expires);
  if (is_own && is_gone) ruling = ruling & maybe("it has ended already");
  const EndSession wish{other == nullptr ? SessionId{} : other->id, all};
  auto answer = ask(wish, Role::enroll, by);
  if (!judge("end_session", ruling, answer, answer.has_value(), by.who)) return;
  if (all) return model_.end_all(by.who->account, by.who);
  (other == nullptr ? by.who : other)->ended = true;
}

void Walk::issue_hand_over() {
  const Bearer by = bearer();
  auto answer = ask(IssueHandOver{}, Role::enroll, by);
  const Ruling ruling = enters(by, {kAccount});
  if (!judge("issue_hand_over", ruling, answer, answer.has_value(), by.who)) return;
  model_.hand_over(*by.who, {.text = text_of(held_in<HandOver>(answer)->ticket),
                             .account = by.who->account,
                             .purpose = TicketPurpose::hand_over,
                             .expires = model_.now + 60s,
                             .session = by.who->id});
}

}  // namespace countersign::model
