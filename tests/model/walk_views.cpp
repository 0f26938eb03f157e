// SPDX-License-Identifier: Apache-2.0
// What people look at: their own, and nobody else's.
#include "tests/model/walk.hpp"

#include <algorithm>

namespace countersign::model {
namespace {

constexpr auto kActivation = SessionScope::activation;
constexpr auto kSignIn = SessionScope::sign_in;
constexpr auto kReset = SessionScope::reset;
constexpr auto kAccount = SessionScope::account;

}  // namespace

void Walk::get_session() {
  const Bearer by = bearer();
  auto answer = ask(GetSession{}, Role::enroll, by);
  const Ruling ruling = enters(by, {kActivation, kSignIn, kReset, kAccount});
  if (!judge("get_session", ruling, answer, answer.has_value(), by.who)) return;
  const Account& account = model_.account_of(*by.who);
  const auto& report = *held_in<SessionReport>(answer);
  expect_own(account, report.subject);
  const Session& session = report.session;
  const bool is_it = session.id == by.who->id && session.scope == by.who->scope &&
                     session.expires_at == by.who->expires;
  if (!is_it) fail("it tells of another session");
  const bool is_proven = session.proof.password_at == by.who->password_at &&
                         session.proof.factor_at == by.who->factor_at;
  if (!is_proven) fail("it tells of other proofs");
}

void Walk::list_sessions() {
  const Bearer by = bearer();
  auto answer = ask(ListSessions{}, Role::enroll, by);
  if (!judge("list_sessions", enters(by, {kAccount}), answer, answer.has_value(), by.who)) return;
  for (const SessionReport& report : held_in<SessionList>(answer)->sessions) {
    const auto it = std::ranges::find(model_.visitors, report.session.id, &Visitor::id);
    const bool is_theirs = it != model_.visitors.end() && it->account == by.who->account;
    if (!is_theirs || it->ended) fail("it tells of a session that is not theirs, or over");
  }
}

void Walk::list_factors() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  Account& named = is_apt() ? account : whom();
  auto answer = ask(ListFactors{named.name}, Role::enroll, by);
  const Ruling ruling = enters(by, {kActivation, kSignIn, kAccount}) &
                        no_unless(&named == &account, By::denied, "they name somebody else");
  if (!judge("list_factors", ruling, answer, answer.has_value(), by.who)) return;
  for (const FactorReport& report : held_in<FactorList>(answer)->factors) {
    expect_own(account, report.subject);
    expect_own(account, report.factor);
  }
}

void Walk::get_profile() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  Account& named = is_apt() ? account : whom();
  const bool in_full = chance(50);
  auto answer = ask(GetProfile{.name = named.name, .unmasked = in_full}, Role::enroll, by);
  Ruling ruling = enters(by, {kActivation, kAccount});
  if (in_full && ruling.say != Say::no) ruling = ruling & model_.shows_in_full(*by.who);
  ruling = ruling & no_unless(&named == &account, By::denied, "they name somebody else");
  if (!judge("get_profile", ruling, answer, answer.has_value(), by.who)) return;
  const auto& report = *held_in<ProfileReport>(answer);
  expect_own(account, report.subject);
  if (number(report.profile.version) != account.profile_version) fail("another's names");
  for (const Contact& contact : report.contacts) {
    const Held* held = account.find(contact.factor);
    const bool is_theirs = held != nullptr && (!in_full || held->secret == contact.destination);
    if (!is_theirs) fail("it tells of somebody else's address");
  }
}

void Walk::list_activity() {
  const Bearer by = bearer();
  auto answer = ask(ListActivity{}, Role::enroll, by);
  if (!judge("list_activity", enters(by, {kAccount}), answer, answer.has_value(), by.who)) return;
  for (const JournalLine& line : held_in<ActivityList>(answer)->lines) {
    const SubjectId own = model_.account_of(*by.who).subject;
    if (line.entry.subject != own) fail("it tells of what others did");
  }
}

void Walk::get_question() {
  const Bearer by = bearer();
  auto answer = ask(GetQuestion{}, Role::enroll, by);
  const Ruling ruling = enters(by, {kReset, kSignIn, kAccount});
  if (!judge("get_question", ruling, answer, answer.has_value(), by.who)) return;
  const bool resets = by.who->scope == kReset;
  const Held* own =
      model_.account_of(*by.who).active(resets ? FactorKind::reset_question : FactorKind::question);
  const std::uint16_t asked = own == nullptr ? std::uint16_t{0} : own->question;
  if (held_in<QuestionReport>(answer)->stock_id != asked) fail("it is another question");
}

void Walk::show_pending_secret() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const FactorId id = factor_in(account, FactorState::pending, 70);
  const Held* held = account.find(id);
  auto answer = ask(ShowPendingSecret{id}, Role::enroll, by);
  const bool is_shown = held != nullptr && held->is_kept && held->state == FactorState::pending &&
                        model_.now < held->made + std::chrono::minutes{15};
  const Ruling ruling =
      enters(by, {kActivation, kAccount}) & no_unless(is_shown, By::not_found, "nothing to show");
  if (!judge("show_pending_secret", ruling, answer, answer.has_value(), by.who)) return;
  if (text_of(held_in<Enrolment>(answer)->secret_base32) != held->secret) fail("another's secret");
}

void Walk::describe_realm() {
  auto answer = ask(DescribeRealm{std::string{chance(50) ? kStaff : "default"}});
  judge("describe_realm", maybe("a realm of its own"), answer, answer.has_value());
}

void Walk::health() {
  auto answer = ask(Health{}, Role::enroll, bearer());
  judge("health", kYes, answer, answer.has_value());
}

}  // namespace countersign::model
