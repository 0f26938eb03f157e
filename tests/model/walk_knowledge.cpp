// SPDX-License-Identifier: Apache-2.0
// What people know and keep: passwords, questions, codes on paper, devices, names.
#include "tests/model/walk.hpp"

#include <array>

namespace countersign::model {
namespace {

using namespace std::chrono_literals;

constexpr auto kActivation = SessionScope::activation;
constexpr auto kReset = SessionScope::reset;
constexpr auto kAccount = SessionScope::account;

constexpr std::array<std::string_view, 5> kPasswords{
    "Correct-Horse-42-Battery", "Purple-Tractor-17-Lagoon", "Walnut+Ferry+93+Compass",
    "Quiet/Harbour/58/Lantern", "Copper_Meadow_71_Violin"};
constexpr std::array<std::string_view, 3> kBadPasswords{"short", "nothing but letters",
                                                        "Bob-Carol-Battery-42"};
constexpr std::array<std::string_view, 4> kAnswers{"wax crayons", "the red barn", "old harbour",
                                                   "seven geese"};

}  // namespace

void Walk::set_password() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const bool is_good = is_apt(85);
  const std::string fresh{is_good ? one_of(kPasswords) : one_of(kBadPasswords)};
  const std::string current = password_for(account);
  const bool only_checks = !lead_ && chance(10);
  auto answer = ask(SetPassword{.current = secret_of(current),
                                .fresh = secret_of(fresh),
                                .check_only = only_checks,
                                .client_address = {}},
                    Role::enroll, by);
  auto* report = held_in<PasswordReport>(answer);
  Ruling ruling = changes(by, {kActivation, kReset, kAccount});
  if (ruling.say != Say::no) {
    const Ruling may = model_.sets_password(*by.who, current);
    const Ruling fits = no_unless(is_good && !only_checks, By::answer, "it is not good enough");
    // What a session may not do comes before what is wrong with the password.
    ruling = ruling & (may.by == By::answer ? fits & may : may & fits);
  }
  const bool did = report != nullptr && report->set;
  const auto* name = by.who == nullptr              ? "set_password"
                     : by.who->scope == kActivation ? "set_first_password"
                     : by.who->scope == kReset      ? "reset_password"
                                                    : "set_password";
  if (judge(name, ruling, answer, did, by.who)) password_set(*by.who, *report, fresh);
}

// All others are signed out, and links to reset by are good no longer.
void Walk::password_set(Visitor& who, const PasswordReport& report, const std::string& fresh) {
  Account& account = model_.account_of(who);
  Held* known = account.active(FactorKind::password);
  for (Held& held : account.held) {
    const bool is_it = held.kind == FactorKind::password && held.state == FactorState::suspended;
    if (known == nullptr && is_it) known = &held;
  }
  if (known == nullptr) {
    const SubjectRecord& row = stage_.world.person(account.subject);
    known = &account.held.emplace_back(
        Held{.id = row.factors.back().fixed.id, .kind = FactorKind::password, .made = model_.now});
  }
  if (!known->secret.empty()) old_passwords_.push_back(known->secret);
  known->secret = fresh;
  known->state = FactorState::active;
  known->made = model_.now;
  about_ = &account;
  changed_ = known->id;
  for (Held& held : account.held) {
    if (held.kind == FactorKind::device) held.state = FactorState::revoked;
  }
  model_.close_links(who.account, TicketPurpose::reset);
  const bool goes_on = who.scope != kReset;
  model_.end_all(who.account, goes_on ? &who : nullptr);
  if (!goes_on) return;
  go_on(who, report.session);
  who.password_at = model_.now;
}

void Walk::set_question() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const bool is_factor = chance(account.is_staff ? 50 : 15);
  const auto kind = is_factor ? FactorKind::question : FactorKind::reset_question;
  const auto question = static_cast<std::uint16_t>((is_factor ? 7 : 3) + any(2));
  const std::string typed{is_apt(90) ? one_of(kAnswers) : "abc"};
  auto answer = ask(
      SetQuestion{
          .is_factor = is_factor, .stock_id = question, .custom = {}, .answer = secret_of(typed)},
      Role::enroll, by);
  const Ruling ruling =
      changes(by, {kActivation, kAccount}) &
      no_unless(!is_factor || account.is_staff, By::denied, "their realm does not offer it") &
      no_unless(typed.size() >= 4, By::malformed, "too short");
  if (!judge("set_question", ruling, answer, answer.has_value(), by.who)) return;
  const auto& report = *held_in<FactorReport>(answer);
  expect_own(account, report.factor);
  about_ = &account;
  changed_ = report.factor.id;
  Held* held = account.find(changed_);
  if (held == nullptr) held = &account.held.emplace_back(Held{.id = changed_, .kind = kind});
  held->state = FactorState::active;
  held->secret = typed;
  held->question = question;
}

void Walk::make_recovery_codes() {
  const Bearer by = bearer();
  auto answer = ask(MakeRecoveryCodes{}, Role::enroll, by);
  const Ruling ruling = changes(by, {kAccount});
  if (!judge("make_recovery_codes", ruling, answer, answer.has_value(), by.who)) return;
  Account& account = model_.account_of(*by.who);
  for (Held& held : account.held) {
    if (held.kind == FactorKind::recovery_codes) held.state = FactorState::revoked;
  }
  Held& set = account.held.emplace_back(
      Held{.id = stage_.world.person(account.subject).factors.back().fixed.id,
           .kind = FactorKind::recovery_codes,
           .made = model_.now});
  for (const SecretBytes& code : held_in<RecoveryCodes>(answer)->codes) {
    set.codes.insert(text_of(code));
  }
  about_ = &account;
  changed_ = set.id;
}

void Walk::remember_device() {
  const Bearer by = bearer();
  auto answer = ask(RememberDevice{*Label::from("laptop")}, Role::enroll, by);
  Ruling ruling = changes(by, {kAccount});
  if (ruling.say != Say::no) {
    const bool may = model_.account_of(*by.who).is_staff;
    ruling = ruling & no_unless(may, By::denied, "their realm does not offer it");
  }
  if (!judge("remember_device", ruling, answer, answer.has_value(), by.who)) return;
  Account& account = model_.account_of(*by.who);
  const auto& device = *held_in<RememberedDevice>(answer);
  expect_own(account, device.factor.factor);
  for (Held& held : account.held) {
    // Those that are forgotten anyway make room.
    const FactorRecord* row = stage_.world.person(account.subject).find(held.id);
    if (held.kind == FactorKind::device && row != nullptr) held.state = row->fixed.state;
  }
  about_ = &account;
  changed_ = device.factor.factor.id;
  account.held.push_back({.id = changed_,
                          .kind = FactorKind::device,
                          .secret = text_of(device.device),
                          .until = model_.now + 30 * 24h,
                          .made = model_.now});
}

void Walk::change_profile() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const std::uint64_t version = account.profile_version + (is_apt(80) ? 0 : 1);
  ChangeProfile wish;
  wish.profile = {.version = Version{version}, .first_name = "C"};
  auto answer = ask(std::move(wish), Role::enroll, by);
  const Ruling ruling = changes(by, {kAccount}) &
                        no_unless(version == account.profile_version, By::conflict, "an old page");
  if (!judge("change_profile", ruling, answer, answer.has_value(), by.who)) return;
  ++account.profile_version;
  expect_own(account, held_in<ProfileReport>(answer)->subject);
}

}  // namespace countersign::model
