// SPDX-License-Identifier: Apache-2.0
// By whom and about what a step is asked: mostly somebody's, and not always one's own.
#include "tests/model/token_codes.hpp"
#include "tests/model/walk.hpp"

#include <algorithm>

namespace countersign::model {
namespace {

constexpr std::size_t kOpenSessionsMax = 15;  // one more than the store keeps is somebody's end

}  // namespace

std::size_t Walk::index_of(const Account& account) const {
  return static_cast<std::size_t>(&account - model_.accounts.data());
}

Bearer Walk::bearer() {
  if (lead_session_ != nullptr) return {lead_session_->text, lead_session_};
  if (chance(85) && !model_.visitors.empty()) {
    std::vector<Visitor*> open;
    for (Visitor& one : model_.visitors) {
      if (!one.ended || chance(10)) open.push_back(&one);
    }
    if (!open.empty()) {
      Visitor* const who = one_of(open);
      return {who->text, who};
    }
  }
  if (chance(60) && !dead_.empty()) return {one_of(dead_)};
  if (chance(30) && !model_.links.empty()) return {one_of(model_.links).text};
  return {chance(50) ? std::string{} : std::string(43, 'A')};
}

Account& Walk::whom() {
  return lead_account_ != nullptr ? *lead_account_ : one_of(model_.accounts);
}

FactorId Walk::any_factor(Account& account) {
  Account& whose = is_apt(85) ? account : one_of(model_.accounts);
  if (whose.held.empty() || chance(2)) return FactorId{999'999};
  return one_of(whose.held).id;
}

FactorId Walk::factor_in(Account& account, FactorState state, unsigned percent) {
  std::vector<FactorId> fitting;
  for (const Held& held : account.held) {
    if (held.state == state) fitting.push_back(held.id);
  }
  return fitting.empty() || !chance(percent) ? any_factor(account) : one_of(fitting);
}

Held* Walk::find(FactorId id) {
  for (Account& account : model_.accounts) {
    if (Held* held = account.find(id)) return held;
  }
  return nullptr;
}

Link* Walk::any_link(std::optional<TicketPurpose> purpose) {
  std::vector<Link*> fitting;
  for (Link& link : model_.links) {
    const bool is_whose = lead_account_ == nullptr || link.account == index_of(*lead_account_);
    const bool is_it = !purpose || link.purpose == *purpose;
    if (is_whose && is_it && (link.is_open || chance(20))) fitting.push_back(&link);
  }
  return fitting.empty() ? nullptr : one_of(fitting);
}

Code* Walk::any_code(const Account* account, bool for_strangers) {
  std::vector<Code*> fitting;
  for (Code& code : model_.codes) {
    const bool is_whose = account == nullptr || code.account == index_of(*account);
    const bool is_strangers = code.purpose == Purpose::reset || code.purpose == Purpose::unlock;
    if (for_strangers && !is_strangers && chance(80)) continue;
    if (is_whose && (!code.is_over || chance(20))) fitting.push_back(&code);
  }
  if (fitting.empty()) return nullptr;
  return chance(70) ? fitting.back() : one_of(fitting);
}

std::string Walk::password_for(const Account& account) {
  const Held* known = account.active(FactorKind::password);
  if (known != nullptr && is_apt(70)) return known->secret;
  const Held* others = one_of(model_.accounts).active(FactorKind::password);
  if (others != nullptr && chance(50)) return others->secret;
  if (!old_passwords_.empty() && chance(70)) return one_of(old_passwords_);
  return "Wrong-Horse-42-Battery";
}

std::string Walk::passcode_for(Account& account) {
  Account& whose = is_apt(80) ? account : one_of(model_.accounts);
  const std::int64_t step = step_at(model_.now);
  std::vector<std::string> fitting;
  for (const Held& held : whose.held) {
    if (held.kind == FactorKind::totp && (!lead_ || held.state == FactorState::active)) {
      const std::int64_t distance = lead_ || chance(80) ? 0 : chance(50) ? -1 : 1;
      fitting.push_back(code_of(held.secret, step + distance));
    }
    if (!held.codes.empty()) fitting.push_back(*held.codes.begin());
  }
  if (!lead_ && chance(15) && !typed_.empty()) return one_of(typed_);
  if (fitting.empty() || (!lead_ && chance(5))) return "123456";
  return one_of(fitting);
}

std::string Walk::place_of(const Account& account, FactorKind kind) {
  const std::string number = std::to_string(index_of(account));
  const std::string which = std::to_string(any(3));
  if (channel_of(kind) == FactorKind::sms) return "+35840123" + number + which + "00";
  return "a" + which + "@" + number + ".example.com";
}

bool Walk::is_crowded(std::size_t account) const {
  const auto is_open = [account](const Visitor& one) {
    return one.account == account && !one.ended;
  };
  return std::ranges::count_if(model_.visitors, is_open) >=
         static_cast<std::ptrdiff_t>(kOpenSessionsMax);
}

}  // namespace countersign::model
