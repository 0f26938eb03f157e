// SPDX-License-Identifier: Apache-2.0
// What people have and where they are reached: apps, YubiKeys, phones, addresses.
#include "tests/model/token_codes.hpp"
#include "tests/model/walk.hpp"

#include <algorithm>
#include <array>

namespace countersign::model {
namespace {

using namespace std::chrono_literals;

constexpr auto kActivation = SessionScope::activation;
constexpr auto kSignIn = SessionScope::sign_in;
constexpr auto kAccount = SessionScope::account;

}  // namespace

void Walk::enrol_oath() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  Account& named = is_apt(90) ? account : whom();
  const bool is_own = lead_ || chance(50);
  EnrolOath wish{.name = is_own ? SubjectName::own() : named.name,
                 .kind = FactorKind::totp,
                 .oath = {},
                 .label = *Label::from("app"),
                 .secret = {},
                 .counter = 0,
                 .issuer = *Label::from("Countersign"),
                 .token_identifier = {}};
  auto answer = ask(std::move(wish), Role::enroll, by);
  Ruling ruling = enters(by, {kActivation, kAccount}) & model_.has_password_first(by.who);
  ruling = ruling.say == Say::no ? ruling : changes(by, {kActivation, kAccount});
  ruling = ruling & no_unless(is_own || &named == &account, By::denied, "they name somebody else");
  if (!judge("enrol_oath", ruling, answer, answer.has_value(), by.who)) return;
  const auto& enrolment = *held_in<Enrolment>(answer);
  expect_own(account, enrolment.factor.factor);
  account.held.push_back({.id = enrolment.factor.factor.id,
                          .kind = FactorKind::totp,
                          .state = FactorState::pending,
                          .secret = text_of(enrolment.secret_base32),
                          .is_kept = true,
                          .made = model_.now});
}

// With the first one that may be the only one the account is active, and its owner signed in.
void Walk::factor_is_active(Visitor& who, Held& held, const SecretBytes& session) {
  Account& account = model_.account_of(who);
  held.state = FactorState::active;
  held.is_kept = false;
  about_ = &account;
  changed_ = held.id;
  if (is_contact(held.kind)) model_.replace_contact(who.account, held);
  const bool activates = account.life == Life::pending && may_be_sole(held.kind);
  if (!activates) {
    if (session.size() != 0) fail("a new factor is not yet the person");
    return;
  }
  model_.activate(who.account);
  if (!account.is_complete()) fail("the account is active and not complete");
  go_on(who, session);
  who.scope = kAccount;
  who.expires = model_.now + 43'200s;
  who.factor_at = model_.now;
  ++successes_["activate"];
}

void Walk::confirm_factor() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  FactorId id = any_factor(account);
  for (const Held& one : account.held) {
    const bool awaits = one.kind == FactorKind::totp && one.state == FactorState::pending;
    if (awaits && (lead_ || chance(60))) id = one.id;
  }
  Held* held = account.find(id);
  const bool is_totp = held != nullptr && held->kind == FactorKind::totp;
  const std::string typed =
      is_totp && is_apt(85) ? code_of(held->secret, step_at(model_.now)) : passcode_for(account);
  auto answer = ask(ConfirmFactor{id, *Passcode::from(typed)}, Role::enroll, by);
  Ruling ruling = enters(by, {kActivation, kAccount}) & model_.has_password_first(by.who) &
                  no_unless(held != nullptr, By::not_found, "another's");
  std::int64_t step = 0;
  if (ruling.say != Say::no) {
    const bool awaits = is_totp && held->state == FactorState::pending;
    ruling = ruling & no_unless(awaits, By::answer, "it awaits no confirmation");
    if (awaits) ruling = ruling & model_.is_code_of(*held, typed, step);
  }
  auto* outcome = held_in<SessionVerdict>(answer);
  const bool did = outcome != nullptr && outcome->verdict.accepted;
  typed_.push_back(typed);
  if (!judge("confirm_factor", ruling, answer, did, by.who, typed)) return;
  model_.use_up(*held, typed, step);
  factor_is_active(*by.who, *held, outcome->session);
}

void Walk::enrol_out_of_band() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  static constexpr std::array kAll{
      FactorKind::sms,           FactorKind::email,           FactorKind::reset_phone,
      FactorKind::primary_email, FactorKind::secondary_email, FactorKind::mobile};
  const FactorKind kind = one_of(kAll);
  const std::string place = place_of(account, kind);
  Account& named = is_apt(92) ? account : whom();
  EnrolOutOfBand wish{.name = named.name,
                      .kind = kind,
                      .destination = Destination{channel_of(kind), place},
                      .label = *Label::from("way")};
  auto answer = ask(std::move(wish), Role::enroll, by);
  Ruling ruling = enters(by, {kActivation, kAccount}) & model_.has_password_first(by.who);
  ruling = ruling.say == Say::no ? ruling : changes(by, {kActivation, kAccount});
  ruling = ruling & no_unless(&named == &account, By::denied, "they name somebody else");
  bool is_known = false;
  for (const Held& one : account.held) {
    const bool is_there = one.state != FactorState::revoked && one.secret == place;
    is_known |= is_there && is_contact(one.kind) == is_contact(kind);
  }
  if (is_known) ruling = ruling & maybe("it is there already");
  if (!judge("enrol_out_of_band", ruling, answer, answer.has_value(), by.who)) return;
  const Factor& factor = held_in<Enrolment>(answer)->factor.factor;
  expect_own(account, factor);
  if (account.find(factor.id) != nullptr) return;
  account.held.push_back({.id = factor.id,
                          .kind = kind,
                          .state = FactorState::pending,
                          .secret = place,
                          .made = model_.now});
}

void Walk::start_challenge() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const bool signs_in = by.who != nullptr && by.who->scope == kSignIn;
  std::vector<FactorId> fitting;
  for (const Held& one : account.held) {
    const FactorState state = signs_in ? FactorState::active : FactorState::pending;
    if (is_reached_by(one.kind) && one.state == state) fitting.push_back(one.id);
  }
  const bool is_fitting = !fitting.empty() && (lead_ || chance(75));
  const FactorId id = is_fitting ? one_of(fitting) : any_factor(account);
  Held* held = account.find(id);
  const Held* anybodys = find(id);
  const bool is_place = anybodys != nullptr && is_reached_by(anybodys->kind);
  const FactorKind channel = is_place ? channel_of(anybodys->kind) : FactorKind::email;
  const bool awaits = held != nullptr && held->state == FactorState::pending;
  Purpose purpose = awaits ? Purpose::confirmation : Purpose::sign_in;
  if (!lead_ && chance(10)) purpose = chance(50) ? Purpose::reset : Purpose::confirmation;
  const bool names_other = !lead_ && chance(5);
  Account& named = names_other ? whom() : account;
  auto answer = ask(StartChallenge{.subject = named.name,
                                   .factor = id,
                                   .client_address = {},
                                   .kind = channel,
                                   .purpose = purpose},
                    Role::enroll, by);
  auto* report = held_in<ChallengeReport>(answer);
  about_ = &account;
  const bool waits =
      report != nullptr && report->delivery->outcome != DeliveryOutcome::accepted_for_delivery;
  Ruling ruling = enters(by, {kActivation, kSignIn, kAccount}) & model_.has_password_first(by.who);
  if (ruling.say != Say::no) {
    const auto scope = by.who->scope;
    const bool may = (purpose == Purpose::sign_in && scope != kActivation) ||
                     (purpose == Purpose::confirmation && scope != kSignIn);
    ruling = ruling & no_unless(may, By::denied, "not for this purpose") &
             no_unless(&named == &account, By::denied, "they name somebody else") &
             no_unless(held != nullptr, By::not_found, "another's") &
             model_.starts(account, channel, purpose, held);
    if (waits && ruling.say == Say::yes) ruling = maybe("one was sent just now");
  }
  if (report != nullptr && !waits) {
    asked_ = Code{.id = report->id,
                  .account = index_of(account),
                  .factor = id,
                  .channel = channel,
                  .purpose = purpose,
                  .expires = model_.now + 300s,
                  .made = model_.now};
  }
  const std::uint64_t before = model_.codes.size();
  read_letters();
  asked_.reset();
  judge("start_challenge", ruling, answer, model_.codes.size() > before, by.who);
}

void Walk::answer_challenge() {
  const Bearer by = bearer();
  if (by.text.empty()) return answer_as_stranger();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  Code* code = any_code(is_apt(85) ? &account : nullptr);
  const Purpose purpose = code != nullptr && is_apt(92) ? code->purpose : Purpose::sign_in;
  const std::string digits = code == nullptr || !is_apt(85) ? "123456" : code->digits;
  AnswerChallenge wish{.challenge = code == nullptr ? ChallengeId{7} : code->id};
  wish.passcode.emplace(*Passcode::from(digits));
  wish.purpose = purpose;
  auto answer = ask(std::move(wish), Role::enroll, by);
  Ruling ruling = enters(by, {kActivation, kSignIn, kAccount}) & model_.has_password_first(by.who);
  if (ruling.say != Say::no) {
    const auto scope = by.who->scope;
    const bool may = (purpose == Purpose::sign_in && scope != kActivation) ||
                     (purpose == Purpose::confirmation && scope != kSignIn);
    ruling = ruling & no_unless(may, By::denied, "not for this purpose");
    const bool is_heard = ruling.say != Say::no;
    ruling = ruling & model_.answers(code, &account, purpose, digits);
    const bool is_tried = answer && is_heard && code != nullptr && digits != code->digits;
    const bool was_good =
        is_tried && model_.answers(code, &account, purpose, code->digits).say != Say::no;
    if (was_good) ++code->tries;
  }
  auto* outcome = held_in<SessionVerdict>(answer);
  const bool did = outcome != nullptr && outcome->verdict.accepted;
  if (judge("answer_challenge", ruling, answer, did, by.who)) {
    challenge_answered(*by.who, *code, *outcome);
  }
}

void Walk::challenge_answered(Visitor& who, Code& code, const SessionVerdict& outcome) {
  code.is_over = true;
  Held* held = model_.account_of(who).find(code.factor);
  if (code.purpose == Purpose::confirmation) {
    return factor_is_active(who, *held, outcome.session);
  }
  go_on(who, outcome.session);
  if (who.scope == kSignIn) who.expires = model_.now + 43'200s;
  who.scope = kAccount;
  who.factor_at = model_.now;
}

// A YubiKey from stock, by its tap: once, and by one person.
void Walk::claim_token() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const bool is_second = chance(50);
  const std::string_view key = is_second ? "ccccccccccbe" : test::World::kPublicId;
  std::uint64_t& taps = taps_[std::string{key}];
  const bool was_tapped = taps != 0 && !is_apt(80);
  if (!was_tapped) ++taps;
  const std::string typed =
      test::World::otp({.session_counter = static_cast<std::uint16_t>(taps), .session_use = 1}, key,
                       std::byte{static_cast<unsigned char>(is_second ? 2 : 1)});
  const auto has_it = [key](const TokenRecord& row) { return row.fixed.public_id == key; };
  const bool is_in_stock = std::ranges::any_of(stage_.world.stock, has_it);
  auto answer =
      ask(ClaimToken{account.name, *Passcode::from(typed), *Label::from("key")}, Role::enroll, by);
  Ruling ruling = enters(by, {kActivation, kAccount}) & model_.has_password_first(by.who);
  ruling = ruling.say == Say::no ? ruling : changes(by, {kActivation, kAccount});
  ruling = ruling & no_unless(is_in_stock, By::answer, "it is somebody's already");
  const auto* factor = held_in<FactorReport>(answer);
  const auto* promoted = held_in<SessionVerdict>(answer);
  const bool did = factor != nullptr || (promoted != nullptr && promoted->verdict.accepted);
  if (!judge("claim_token", ruling, answer, did, by.who)) return;
  const FactorId id = factor != nullptr ? factor->factor.id : promoted->verdict.factor;
  Held& held =
      account.held.emplace_back(Held{.id = id, .kind = FactorKind::yubico_otp, .made = model_.now});
  const SecretBytes nothing;
  factor_is_active(*by.who, held, promoted != nullptr ? promoted->session : nothing);
}

void Walk::rename_factor() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const FactorId id = any_factor(account);
  const Held* held = account.find(id);
  auto answer = ask(RenameFactor{id, *Label::from("mine")}, Role::enroll, by);
  Ruling ruling = changes(by, {kAccount}) & no_unless(held != nullptr, By::not_found, "another's");
  const bool stands = held != nullptr && held->state != FactorState::revoked;
  ruling = ruling & no_unless(stands, By::conflict, "it is revoked");
  if (!judge("rename_factor", ruling, answer, answer.has_value(), by.who)) return;
  expect_own(account, held_in<FactorReport>(answer)->factor);
  about_ = &account;
  changed_ = id;
}

void Walk::revoke_factor() {
  const Bearer by = bearer();
  Account& account = by.who == nullptr ? whom() : model_.account_of(*by.who);
  const FactorId id = any_factor(account);
  Held* held = account.find(id);
  const bool was_complete = account.is_complete();
  auto answer = ask(RevokeFactor{id}, Role::enroll, by);
  Ruling ruling = changes(by, {kAccount}) & no_unless(held != nullptr, By::not_found, "another's");
  if (held != nullptr) ruling = ruling & model_.removes(account, *held);
  if (!judge("revoke_factor", ruling, answer, answer.has_value(), by.who)) return;
  held->state = FactorState::revoked;
  about_ = &account;
  changed_ = id;
  if (was_complete && !account.is_complete()) fail("its owner has removed the last way in");
}

}  // namespace countersign::model
