// SPDX-License-Identifier: Apache-2.0
#include "tests/model/walk.hpp"

#include "daemon/service/session/bearer_secret.hpp"
#include "tests/model/token_codes.hpp"

#include <algorithm>
#include <array>

namespace countersign::model {
namespace {

using namespace std::chrono_literals;

// Of those that the store keeps open the oldest go; some of them nobody has ever seen.
constexpr std::size_t kOpenLinksMax = 20;

Account account_named(std::string_view realm, std::string_view username) {
  Account account{.name = {*Realm::from(realm), *Username::from(username)}};
  account.is_staff = realm == kStaff;
  return account;
}

std::string written(const Ruling& ruling) {
  const std::string_view say = ruling.say == Say::yes  ? "must"
                               : ruling.say == Say::no ? "must not: "
                                                       : "may: ";
  return std::string{say} + ruling.why;
}

std::string written(const Result<Answer>& answer, bool did) {
  if (!answer) return std::string{answer.error().operation.view()};
  return did ? "done" : "answered no";
}

bool is_fitting(By by, const Result<Answer>& answer) {
  if (by == By::anything) return true;
  if (by == By::answer) return answer.has_value();
  return !answer && answer.error().code == code_of(by);
}

}  // namespace

ErrorCode code_of(By by) {
  switch (by) {
    case By::proof:
      return ErrorCode::proof_required;
    case By::not_found:
      return ErrorCode::not_found;
    case By::conflict:
      return ErrorCode::conflict;
    case By::exists:
      return ErrorCode::already_exists;
    case By::malformed:
      return ErrorCode::malformed;
    default:
      return ErrorCode::denied;
  }
}

Walk::Walk(std::uint64_t seed) : random_{seed} {
  // Of two realms, one name in both.
  model_.accounts = {account_named("default", "bob"), account_named("default", "carol"),
                     account_named(kStaff, "bob")};
  model_.now = stage_.world.clock.time;
  stage_.world.add_to_stock();
  TokenRecord second = stage_.world.stock.front();
  second.fixed.id = TokenId{8};
  second.fixed.serial = "4712";
  second.fixed.public_id = "ccccccccccbe";
  second.fixed.sealed = Bytes(9, std::byte{2});
  stage_.world.stock.push_back(std::move(second));
}

const std::string& Walk::go(int steps) {
  for (int i = 0; i < steps && failure_.empty(); ++i) step();
  return failure_;
}

void Walk::step() {
  changed_ = FactorId{};
  about_ = nullptr;
  asked_.reset();
  lead_ = false;
  lead_session_ = nullptr;
  lead_account_ = nullptr;
  companion_ = Stage::kEverywhere;
  if (chance(50)) {
    sensible_step();
  } else {
    if (chance(4)) companion_ = Stage::kStaffOnly;
    random_step();
  }
  read_letters();
  check_invariants();
}

void Walk::random_step() {
  unsigned all = 0;
  for (const Operation& one : operations()) all += one.weight;
  auto at = static_cast<unsigned>(any(all));
  for (const Operation& one : operations()) {
    if (at < one.weight) return (this->*one.step)();
    at -= one.weight;
  }
}

void Walk::let_time_pass(Time::duration by) {
  stage_.world.clock.time += by;
  model_.now = stage_.world.clock.time;
  story_.push_back("  ... " + std::to_string(by / 1s) + " s");
  (void)stage_.letters();  // the courier asks again
}

void Walk::pass_time() {
  static constexpr std::array<std::chrono::seconds, 16> kTimes{
      1s, 9s, 10s, 30s, 30s, 31s, 61s, 90s, 240s, 300s, 301s, 600s, 900s, 1800s, 3600s, 43'200s};
  static constexpr std::array<std::chrono::seconds, 3> kLong{86'400s, 604'800s, 2'592'000s};
  let_time_pass(chance(4) ? one_of(kLong) : one_of(kTimes));
}

Result<Answer> Walk::ask(Ask ask, Role role, const Bearer& bearer) {
  const bool is_staffs = role == Role::enroll || role == Role::verify;
  return stage_.ask(std::move(ask), role, bearer.text, is_staffs ? companion_ : Stage::kEverywhere);
}

void Walk::fail(std::string_view what) {
  if (failure_.empty()) failure_ = what;
}

bool Walk::judge(std::string_view name, const Ruling& ruling, const Result<Answer>& answer,
                 bool did, Visitor* who, std::string_view about) {
  story_.push_back(std::string{name} + " " + std::string{about} + " [" + written(ruling) + "] -> " +
                   written(answer, did));
  const Say alive = who == nullptr ? Say::yes : model_.is_alive(*who);
  if (who != nullptr && alive != Say::no) {
    const bool is_gone = !answer && answer.error().operation.view() == "session.none";
    if (is_gone) who->ended = true;
    if (!is_gone) who->seen = model_.now;
  }
  if (did && ruling.say == Say::no) fail("it succeeded and must not: " + story_.back());
  if (!did && ruling.say == Say::yes) fail("it has to succeed and did not: " + story_.back());
  const bool is_broken = !answer && (answer.error().code == ErrorCode::unavailable ||
                                     answer.error().code == ErrorCode::corrupt ||
                                     answer.error().code == ErrorCode::busy);
  if (is_broken) fail("it broke: " + story_.back());
  if (!did && ruling.say == Say::no && alive != Say::maybe && !is_fitting(ruling.by, answer)) {
    fail("it was refused otherwise than it should: " + story_.back());
  }
  ++(did ? successes_ : refusals_)[std::string{name}];
  return did && failure_.empty();
}

Ruling Walk::peer_may(const Account& account) const {
  const bool may = companion_ == Stage::kEverywhere || account.is_staff;
  return no_unless(may, By::denied, "another realm's companion");
}

Ruling Walk::enters(const Bearer& bearer, Scopes scopes) const {
  const Ruling entered = model_.enters(bearer.who, scopes);
  if (bearer.who == nullptr) return entered;
  return entered & peer_may(model_.account_of(*bearer.who));
}

Ruling Walk::changes(const Bearer& bearer, Scopes scopes) const {
  const Ruling entered = enters(bearer, scopes);
  return entered.say == Say::no ? entered : entered & model_.changes(bearer.who, scopes);
}

Visitor& Walk::begin(std::size_t account, SessionScope scope, const SecretBytes& text) {
  const auto lifetime = scope == SessionScope::activation ? 3600s
                        : scope == SessionScope::sign_in  ? 600s
                        : scope == SessionScope::reset    ? 900s
                                                          : 43'200s;
  const auto bearer = bearer_secret_from(text);
  if (!bearer) fail("no session came with the answer");
  return model_.visitors.emplace_back(Visitor{.text = text_of(text),
                                              .id = SessionId{bearer ? bearer->id : 0},
                                              .account = account,
                                              .scope = scope,
                                              .seen = model_.now,
                                              .expires = model_.now + lifetime});
}

// The session has another text from now on; the old one is nobody's.
void Walk::go_on(Visitor& who, const SecretBytes& text) {
  const std::string fresh = text_of(text);
  if (fresh.empty() || fresh == who.text) return fail("the session kept its text");
  dead_.push_back(std::exchange(who.text, fresh));
  who.seen = model_.now;
}

void Walk::read_letters() {
  for (const Letter& letter : stage_.letters()) {
    if (about_ == nullptr) return fail("a letter that nobody asked for");
    const std::size_t account = index_of(*about_);
    const std::string own = std::to_string(account);
    const bool is_theirs =
        letter.to.starts_with("+35840123" + own) || letter.to.ends_with("@" + own + ".example.com");
    if (!is_theirs) return fail("a letter went to somebody else: " + letter.to);
    if (!letter.code.empty() && asked_) asked_->digits = letter.code;
    const std::string& text = letter.link.empty() ? letter.not_me : letter.link;
    const auto has_it = [&text](const Link& one) { return one.text == text; };
    if (text.empty() || std::ranges::any_of(model_.links, has_it)) continue;
    Link link{.text = text, .account = account, .about = letter.kind, .factor = changed_};
    const bool activates = letter.kind == MessageKind::activation;
    const bool is_link = activates || letter.kind == MessageKind::reset_link;
    link.purpose = activates ? TicketPurpose::activation
                   : is_link ? TicketPurpose::reset
                             : TicketPurpose::repudiation;
    link.expires = model_.now + (link.purpose == TicketPurpose::reset ? 900s : 604'800s);
    if (is_link) model_.close_links(account, link.purpose);
    model_.links.push_back(std::move(link));
  }
  if (asked_ && !asked_->digits.empty()) {
    for (Code& code : model_.codes) {
      const bool gives_way = code.account == asked_->account && code.factor == asked_->factor &&
                             code.purpose == asked_->purpose && code.channel == asked_->channel;
      code.is_over |= gives_way;
    }
    model_.codes.push_back(*asked_);
  }
  for (const Account& account : model_.accounts) {
    std::size_t open = 0;
    for (auto link = model_.links.rbegin(); link != model_.links.rend(); ++link) {
      if (link->account != index_of(account) || !link->is_open) continue;
      link->is_unsure |= ++open > kOpenLinksMax;
    }
  }
}

void Walk::expect_own(const Account& account, const SubjectName& name) {
  if (name != account.name) fail("it tells of somebody else: " + name.username.text());
}

void Walk::expect_own(const Account& account, const Factor& factor) {
  if (factor.subject != account.subject) fail("it tells of somebody else's factor");
}

}  // namespace countersign::model
