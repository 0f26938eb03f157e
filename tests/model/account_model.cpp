// SPDX-License-Identifier: Apache-2.0
#include "tests/model/account_model.hpp"

#include "tests/model/token_codes.hpp"

#include <algorithm>
#include <utility>

namespace countersign::model {
namespace {

using namespace std::chrono_literals;

constexpr auto kIdle = 30min;
constexpr auto kSeenTo = 1min;  // how exactly it is kept when a session was seen
constexpr auto kProof = 5min;
constexpr int kTries = 5;
constexpr int kTriedAtOnce = 3;  // so many factors is a passcode tried on

bool is_recent(Time at, Time now) { return at != Time{} && now - at <= kProof; }

}  // namespace

bool may_be_sole(FactorKind kind) {
  return kind == FactorKind::totp || kind == FactorKind::sms || kind == FactorKind::email ||
         kind == FactorKind::yubico_otp;
}

bool is_reached_by(FactorKind kind) {
  return kind == FactorKind::sms || kind == FactorKind::email || kind == FactorKind::reset_phone ||
         kind == FactorKind::primary_email || kind == FactorKind::secondary_email ||
         kind == FactorKind::mobile;
}

const Held* Account::active(FactorKind kind) const {
  const auto is_it = [kind](const Held& one) {
    return one.kind == kind && one.state == FactorState::active;
  };
  const auto found = std::ranges::find_if(held, is_it);
  return found == held.end() ? nullptr : &*found;
}

Held* Account::active(FactorKind kind) {
  return const_cast<Held*>(std::as_const(*this).active(kind));
}

Held* Account::find(FactorId id) {
  const auto found = std::ranges::find(held, id, &Held::id);
  return found == held.end() ? nullptr : &*found;
}

bool Account::is_set(FactorKind kind) const {
  return std::ranges::any_of(held, [kind](const Held& one) {
    const bool stands = one.state == FactorState::active || one.state == FactorState::suspended;
    return one.kind == kind && stands;
  });
}

bool Account::can_prove_factor(Time now) const {
  return std::ranges::any_of(held, [now](const Held& one) {
    if (one.state != FactorState::active) return false;
    if (one.kind == FactorKind::recovery_codes) return !one.codes.empty();
    if (one.kind == FactorKind::temporary_code) return !one.codes.empty() && now < one.until;
    return may_be_sole(one.kind);
  });
}

int Account::sole() const {
  const auto counts = [](const Held& one) {
    return may_be_sole(one.kind) && one.state == FactorState::active;
  };
  return static_cast<int>(std::ranges::count_if(held, counts));
}

// Over at its end, when nobody has used it for a while, and when its account is not what it was
// made for.
Say Model::is_alive(const Visitor& who) const {
  const Life asked = who.scope == SessionScope::activation ? Life::pending : Life::active;
  if (who.ended || account_of(who).life != asked || now >= who.expires) return Say::no;
  if (now >= who.seen + kIdle) return Say::no;
  return now < who.seen + kIdle - kSeenTo ? Say::yes : Say::maybe;
}

Ruling Model::enters(const Visitor* who, Scopes scopes) const {
  const Say alive = who == nullptr ? Say::no : is_alive(*who);
  if (alive == Say::no) return no(By::denied, "there is no such session");
  const bool fits = std::ranges::find(scopes, who->scope) != scopes.end();
  const Ruling scope = no_unless(fits, By::denied, "its scope may not");
  return alive == Say::maybe ? maybe("it may have idled") & scope : scope;
}

Ruling Model::proven_lately(const Visitor& who) const {
  const bool has_factor = account_of(who).can_prove_factor(now);
  const bool proven =
      is_recent(who.password_at, now) && (!has_factor || is_recent(who.factor_at, now));
  return no_unless(proven, By::proof, "it was proven too long ago");
}

Ruling Model::changes(const Visitor* who, Scopes scopes) const {
  const Ruling entered = enters(who, scopes);
  if (entered.say == Say::no || who->scope != SessionScope::account) return entered;
  return entered & proven_lately(*who);
}

Ruling Model::shows_in_full(const Visitor& who) const {
  if (who.scope == SessionScope::account) return proven_lately(who);
  return no_unless(is_recent(who.password_at, now), By::proof, "a link alone proves nothing");
}

Ruling Model::has_password_first(const Visitor* who) const {
  const bool sets_up = who != nullptr && who->scope == SessionScope::activation;
  const bool has_one = sets_up && account_of(*who).active(FactorKind::password) != nullptr;
  return no_unless(!sets_up || has_one, By::conflict, "the password comes first");
}

bool Model::needs_password(const Link& link) const {
  return link.purpose == TicketPurpose::activation &&
         accounts[link.account].is_set(FactorKind::password);
}

Ruling Model::opens(const Link* link, std::string_view password) const {
  if (link == nullptr || !link->is_open || now >= link->expires) {
    return no(By::answer, "the link is good no longer");
  }
  const Account& account = accounts[link->account];
  const Ruling unsure = link->is_unsure ? maybe("a newer one was asked for") : kYes;
  switch (link->purpose) {
    case TicketPurpose::activation: {
      const Held* known = account.active(FactorKind::password);
      const bool is_it = known != nullptr && known->secret == password;
      const bool fits = is_it || !account.is_set(FactorKind::password);
      return unsure & no_unless(account.life == Life::pending && fits, By::answer, "activation");
    }
    case TicketPurpose::reset:
      return unsure & no_unless(account.life == Life::active &&
                                    account.active(FactorKind::primary_email) != nullptr,
                                By::answer, "reset");
    case TicketPurpose::repudiation:
      return unsure;
    case TicketPurpose::hand_over:
      break;
  }
  return no(By::answer, "a hand-over is for the portal");
}

Ruling Model::redeems(const Link* link) const {
  const bool is_one = link != nullptr && link->purpose == TicketPurpose::hand_over;
  if (!is_one || !link->is_open || now >= link->expires) return no(By::answer, "no hand-over");
  const auto session = std::ranges::find(visitors, link->session, &Visitor::id);
  const Say alive = session == visitors.end() ? Say::no : is_alive(*session);
  if (alive == Say::no) return no(By::answer, "nobody is signed in");
  return alive == Say::maybe ? maybe("it may have idled") : kYes;
}

Ruling Model::signs_in(const Account& account, std::string_view password) const {
  const Held* known = account.active(FactorKind::password);
  const bool fits = known != nullptr && known->secret == password;
  return no_unless(account.life == Life::active && fits, By::answer, "name or password");
}

Ruling Model::sets_password(const Visitor& who, std::string_view current) const {
  const Account& account = account_of(who);
  const Held* known = account.active(FactorKind::password);
  switch (who.scope) {
    case SessionScope::activation:
      return no_unless(!account.is_set(FactorKind::password), By::conflict, "there is one");
    case SessionScope::reset: {
      const bool asks = account.is_set(FactorKind::reset_question);
      return no_unless(!asks || who.question_at != Time{}, By::conflict, "the question first");
    }
    case SessionScope::account:
      return no_unless(known != nullptr && known->secret == current, By::answer, "current");
    case SessionScope::sign_in:
      break;
  }
  return no(By::denied, "half signed in");
}

Ruling Model::answers(const Code* code, const Account* whose, Purpose purpose,
                      std::string_view digits) const {
  if (code == nullptr || code->is_over || code->tries >= kTries || now >= code->expires) {
    return no(By::anything, "the code is over");
  }
  const Account& account = accounts[code->account];
  if (whose != nullptr && whose != &account) return no(By::answer, "it is somebody else's");
  if (code->purpose != purpose) return no(By::anything, "it is for something else");
  if (code->digits != digits) return no(By::answer, "the digits are wrong");
  const bool confirms = purpose == Purpose::confirmation;
  const bool may = account.life == Life::active || (account.life == Life::pending && confirms);
  const auto it = std::ranges::find(account.held, code->factor, &Held::id);
  const FactorState asked = confirms ? FactorState::pending : FactorState::active;
  const bool stands = it != account.held.end() && it->state == asked;
  if (!may || !stands) return no(By::answer, "what it went to is out of use");
  if (code->is_unsure) return maybe("its address has moved");
  const Held* password = account.active(FactorKind::password);
  if (purpose != Purpose::reset || password == nullptr) return kYes;
  if (password->made == code->made) return maybe("the password was set at that instant");
  return no_unless(password->made < code->made, By::answer, "another password since");
}

// Whether a code goes out; to strangers the answer is the same when none does.
Ruling Model::starts(const Account& account, FactorKind channel, Purpose purpose,
                     const Held* named) const {
  const bool confirms = purpose == Purpose::confirmation;
  const bool may = account.life == Life::active || (account.life == Life::pending && confirms);
  const auto serves = [&](const Held& one) {
    const bool is_asked = named == nullptr || one.id == named->id;
    const FactorState state = confirms ? FactorState::pending : FactorState::active;
    if (!is_asked || !is_reached_by(one.kind) || one.state != state) return false;
    if (channel_of(one.kind) != channel) return false;
    if (!is_contact(one.kind) || confirms) return true;
    const bool is_for_these =
        one.kind == FactorKind::reset_phone || one.kind == FactorKind::primary_email;
    return is_for_these && (purpose == Purpose::reset || purpose == Purpose::unlock);
  };
  const bool names_one = named != nullptr || !confirms;
  return no_unless(may && names_one && std::ranges::any_of(account.held, serves), By::anything,
                   "nowhere to send it");
}

Ruling Model::removes(const Account& account, const Held& held) const {
  if (held.state == FactorState::revoked) return no(By::conflict, "it is revoked");
  if (held.state != FactorState::active) return kYes;
  const bool stays = held.kind == FactorKind::password || held.kind == FactorKind::primary_email;
  const bool is_last = may_be_sole(held.kind) && account.sole() == 1;
  return no_unless(!stays && !is_last, By::conflict, "nobody gets in without it");
}

Ruling Model::is_code_of(const Held& held, std::string_view typed, std::int64_t& step) const {
  const std::int64_t present = step_at(now);
  for (const std::int64_t distance : {0, -1, 1, -2, 2, -3, 3}) {
    step = present + distance;
    if (code_of(held.secret, step) != typed || step <= held.position) continue;
    return distance == 0 && !held.has_drifted ? kYes : maybe("clocks drift");
  }
  return no(By::answer, "it is no code of now");
}

Held* Model::proven_by(Account& account, std::string_view typed, Ruling& ruling) const {
  ruling = no(By::answer, "it is nobody's, or was used");
  if (account.life != Life::active) return nullptr;
  int tried = 0;
  Held* by = nullptr;
  for (Held& held : account.held) {
    if (held.state != FactorState::active) continue;
    Ruling fits = no(By::answer, "");
    const bool is_written =
        held.kind == FactorKind::recovery_codes || held.kind == FactorKind::temporary_code;
    if (is_written && held.codes.contains(std::string{typed})) {
      fits = no_unless(held.kind == FactorKind::recovery_codes || now < held.until, By::answer, "");
    } else if (held.kind == FactorKind::totp) {
      std::int64_t step = 0;
      fits = is_code_of(held, typed, step);
      ++tried;
    }
    if (fits.say <= ruling.say) continue;
    ruling = fits;
    by = &held;
  }
  if (by != nullptr && tried > kTriedAtOnce) ruling = maybe("there are too many to try");
  return by;
}

void Model::use_up(Held& held, std::string_view typed, std::int64_t step) {
  held.codes.erase(std::string{typed});
  if (held.kind != FactorKind::totp) return;
  held.position = step;
  const std::int64_t distance = step - step_at(now);
  held.has_drifted = held.has_drifted || distance < -1 || distance > 1;
}

void Model::end_all(std::size_t account, const Visitor* but) {
  for (Visitor& one : visitors) {
    if (one.account == account && &one != but) one.ended = true;
  }
}

void Model::close_links(std::size_t account, TicketPurpose purpose) {
  for (Link& link : links) {
    if (link.account == account && link.purpose == purpose) link.is_open = false;
  }
}

void Model::close_all_but_repudiations(std::size_t account) {
  for (Link& link : links) {
    const bool goes = link.account == account && link.purpose != TicketPurpose::repudiation;
    if (goes) link.is_open = false;
  }
}

void Model::end_resets(std::size_t account) {
  close_links(account, TicketPurpose::reset);
  for (Visitor& one : visitors) {
    if (one.account == account && one.scope == SessionScope::reset) one.ended = true;
  }
}

// One session hands over once at a time.
void Model::hand_over(const Visitor& from, Link link) {
  for (Link& other : links) {
    const bool gives_way = other.purpose == TicketPurpose::hand_over && other.session == from.id;
    if (gives_way) other.is_open = false;
  }
  links.push_back(std::move(link));
}

void Model::activate(std::size_t account) {
  accounts[account].life = Life::active;
  close_links(account, TicketPurpose::activation);
}

// "This was not me": what was changed goes, and unless it was a new factor, the password.
// Of an address, where its owner is reached now, and the codes that go there.
void Model::suspend_what_was_changed(const Link& link) {
  Account& account = accounts[link.account];
  if (link.about == MessageKind::address_changed) {
    const Held* told = account.find(link.factor);
    Held* contact =
        told == nullptr || !is_contact(told->kind) ? nullptr : account.active(told->kind);
    const auto goes_there = [contact](const Held& one) {
      return one.kind == channel_of(contact->kind) && one.secret == contact->secret &&
             one.state == FactorState::active;
    };
    for (Held& held : account.held) {
      if (contact != nullptr && goes_there(held)) held.state = FactorState::suspended;
    }
    if (contact != nullptr) contact->state = FactorState::suspended;
  }
  for (Held& held : account.held) {
    if (held.state != FactorState::active) continue;
    const bool is_password =
        held.kind == FactorKind::password && link.about != MessageKind::factor_added;
    if (held.id == link.factor || is_password) held.state = FactorState::suspended;
  }
  end_all(link.account);
  close_links(link.account, TicketPurpose::activation);
  close_links(link.account, TicketPurpose::reset);
}

// The new one takes the place of the old, and codes that went to the old primary address follow.
void Model::replace_contact(std::size_t index, Held& confirmed) {
  Account& account = accounts[index];
  const bool resets =
      confirmed.kind == FactorKind::primary_email || confirmed.kind == FactorKind::reset_phone;
  if (resets) end_resets(index);
  for (Held& held : account.held) {
    const bool gives_way = held.kind == confirmed.kind && held.id != confirmed.id &&
                           held.state != FactorState::revoked;
    if (!gives_way) continue;
    const bool moves = held.kind == FactorKind::primary_email && held.state == FactorState::active;
    held.state = FactorState::revoked;
    if (!moves) continue;
    const auto is_at = [&account](const std::string& place) {
      const auto is_one = [&place](const Held& one) {
        return one.kind == FactorKind::email && one.state == FactorState::active &&
               one.secret == place;
      };
      return std::ranges::find_if(account.held, is_one);
    };
    const auto follows = is_at(held.secret);
    if (follows == account.held.end()) continue;
    const bool is_there = is_at(confirmed.secret) != account.held.end();
    if (is_there) follows->state = FactorState::revoked;
    if (!is_there) follows->secret = confirmed.secret;
    for (Code& code : codes) code.is_unsure |= code.factor == follows->id;
  }
}

void Model::erase(std::size_t account) {
  Account& gone = accounts[account];
  gone.life = Life::absent;
  gone.held.clear();
  gone.link_asked.clear();
  gone.profile_version = 0;
  end_all(account);
  for (Link& link : links) link.is_open &= link.account != account;
  for (Code& code : codes) code.is_over |= code.account == account;
}

}  // namespace countersign::model
