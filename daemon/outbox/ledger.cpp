// SPDX-License-Identifier: Apache-2.0
#include "daemon/outbox/ledger.hpp"

#include <algorithm>
#include <cstring>

namespace countersign::outbox {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kHour = 1h;
constexpr milliseconds kDay = 24h;
// A clock that steps back by less than an hour finds what it needs.
constexpr milliseconds kKept = kDay + kHour;
// So many old entries are looked for at each new one; more than one, so that they are found.
constexpr std::size_t kSweptAtOnce = 4;

struct Budget {
  milliseconds window;
  std::uint32_t max;
};

// How long until fewer than the budget are in its window: until the budget-th newest leaves it.
template <class Each, class Matches>
milliseconds until_below(const std::vector<Each>& by_time, Budget budget, Time now,
                         Matches matches) {
  std::uint32_t seen = 0;
  for (auto each = by_time.rbegin(); each != by_time.rend(); ++each) {
    const milliseconds left = each->at + budget.window - now;
    if (left <= 0ms) break;
    if (matches(*each) && ++seen >= budget.max) return left;
  }
  return 0ms;
}

std::uint64_t number_of(const SourcePrint& source) {
  return load_big_endian<std::uint64_t>(BytesView{source}.first(8));
}

std::chrono::seconds whole_seconds(milliseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(std::max(time, 0ms));
}

const policies::SmsPrefix* named(const policies::Sms& sms, std::string_view prefix) {
  const auto found = std::ranges::find(sms.prefixes, prefix, &policies::SmsPrefix::prefix);
  return found == sms.prefixes.end() || found->per_hour == 0 ? nullptr : &*found;
}

// Whose waits it shares. A row that is nobody's names no factor, so neither does what it was; and
// what strangers may ask for waits the same, whether somebody's or nobody's.
FactorId waits_with(const Sending& sending) {
  const bool is_for_strangers =
      sending.kind == MessageKind::reset || sending.kind == MessageKind::unlock;
  return sending.nobodys || is_for_strangers ? FactorId{} : sending.factor;
}

// Constants, because Clang 14 cannot make one where it is returned.
constexpr Literal kSmsSignIn = "[sms] sign_in";
constexpr Literal kEmailSignIn = "[email] sign_in";
constexpr Literal kSmsPrefix = "[[sms.prefix]]";

// The rule that never lets it through, whatever was sent before.
std::optional<Literal> forbidden_by(const Sending& sending, const policies::Policy& policy) {
  const bool is_sms = sending.channel == FactorKind::sms;
  const bool proves_who =
      sending.kind == MessageKind::sign_in || sending.kind == MessageKind::transaction;
  if (proves_who && is_sms && !policy.sms.sign_in) return kSmsSignIn;
  if (proves_who && !is_sms && !policy.email.sign_in) return kEmailSignIn;
  if (is_sms && named(policy.sms, sending.prefix) == nullptr) return kSmsPrefix;
  return std::nullopt;
}

// Whether the destination's owner asks, as far as anybody can tell: it is an active factor of the
// subject's, which was accepted from there. Whatever is confirmed first may be anybody's.
bool is_owners(const Sending& sending) {
  switch (sending.kind) {
    case MessageKind::sign_in:
    case MessageKind::reset:
    case MessageKind::unlock:
    case MessageKind::transaction:
    case MessageKind::activation:
    case MessageKind::reset_link:
      return sending.familiar;
    default:
      return false;
  }
}

// So much of a destination's budget may be used up by others than its owner: as much of it as of a
// subject's. REQUIRES: the policy was checked, so that a subject has a budget.
std::uint32_t share_of_others(const policies::Messages& messages) {
  const std::uint64_t share = std::uint64_t{messages.per_destination_per_day} *
                              messages.unfamiliar_per_day / messages.per_subject_per_day;
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(share, 1));
}

// Erases what no window reaches any more from a few buckets of a map, in turn.
template <class Map>
void sweep_some(Map& map, std::size_t& next, Time now) {
  for (std::size_t i = 0; i < kSweptAtOnce && !map.empty(); ++i) {
    next = (next + 1) % map.bucket_count();
    std::vector<typename Map::key_type> old;
    for (auto each = map.begin(next); each != map.end(next); ++each) {
      auto& times = each->second;
      const auto young =
          std::ranges::find_if(times, [now](const auto& one) { return one.at > now - kKept; });
      times.erase(times.begin(), young);
      if (times.empty()) old.push_back(each->first);
    }
    for (const auto& key : old) map.erase(key);
  }
}

}  // namespace

std::size_t Ledger::DestinationHash::operator()(const DestinationPrint& print) const {
  // A print is a keyed hash already.
  return load_big_endian<std::uint64_t>(BytesView{print}.first(8));
}

std::optional<Refused> Ledger::refusal_of(const Sending& sending, const policies::Policy& policy,
                                          Time now) {
  advance(policy, now);
  if (const auto rule = forbidden_by(sending, policy)) {
    return Refused{.outcome = DeliveryOutcome::not_allowed, .rule = *rule};
  }
  if (is_notice(sending.kind)) return std::nullopt;
  const milliseconds wait = wait_of(sending, policy.code, now);
  if (wait > 0ms) {
    return Refused{DeliveryOutcome::too_soon, whole_seconds(wait), "[code] resend_first"};
  }
  const Limit limit = limit_of(sending, policy, now);
  if (limit.wait <= 0ms) return std::nullopt;
  return Refused{DeliveryOutcome::limit_reached, whole_seconds(limit.wait), limit.rule, limit.max};
}

bool Ledger::is_shut(const Sending& sending, const policies::Policy& policy, Time now) const {
  return forbidden_by(sending, policy) ||
         destination_limit(sending, policy.messages, now).wait > 0ms;
}

Ledger::Limit Ledger::longer(const Limit& a, const Limit& b) { return b.wait > a.wait ? b : a; }

std::chrono::seconds Ledger::wait_before_next(const Sending& sending,
                                              const policies::Policy& policy, Time now) const {
  return whole_seconds(wait_of(sending, policy.code, now));
}

milliseconds Ledger::wait_of(const Sending& sending, const policies::Codes& codes, Time now) const {
  const auto subject = subjects_.find(sending.subject);
  if (!is_code(sending.kind) || subject == subjects_.end()) return 0ms;
  milliseconds wait = 0ms;
  Time last{};
  const auto& sent = subject->second;
  for (auto each = sent.rbegin(); each != sent.rend() && each->at > now - kDay; ++each) {
    const bool is_alike = each->kind == sending.kind && each->channel == sending.channel &&
                          each->factor == waits_with(sending);
    // Or a stranger who asks again and again makes the owner wait.
    if (!is_alike || (sending.familiar && !each->familiar)) continue;
    if (each->answered) break;
    if (wait == 0ms) last = each->at;
    wait = wait == 0ms ? milliseconds{codes.resend_first} : wait * 2;
    if (wait >= codes.resend_max) break;
  }
  if (wait == 0ms) return wait;
  return std::max(0ms, last + std::min<milliseconds>(wait, codes.resend_max) - now);
}

Ledger::Limit Ledger::subject_limit(const Sending& sending, const policies::Messages& messages,
                                    Time now) const {
  const auto subject = subjects_.find(sending.subject);
  if (!is_code(sending.kind) || subject == subjects_.end()) return {};
  const auto& sent = subject->second;
  const std::uint64_t source = number_of(sending.source);
  const Limit in_all{until_below(sent, {kDay, messages.per_subject_per_day}, now,
                                 [](const Sent&) { return true; }),
                     "[messages] per_subject_per_day", messages.per_subject_per_day};
  const Limit of_source{until_below(sent, {kHour, messages.per_source_per_hour}, now,
                                    [source](const Sent& each) { return each.source == source; }),
                        "[messages] per_source_per_hour", messages.per_source_per_hour};
  if (sending.familiar) return longer(in_all, of_source);
  const Limit of_strangers{until_below(sent, {kDay, messages.unfamiliar_per_day}, now,
                                       [](const Sent& each) { return !each.familiar; }),
                           "[messages] unfamiliar_per_day", messages.unfamiliar_per_day};
  return longer(longer(in_all, of_source), of_strangers);
}

Ledger::Limit Ledger::channel_limit(const Sending& sending, const policies::Policy& policy,
                                    Time now) const {
  if (sending.channel == FactorKind::email) {
    return {email_.until_below(policy.email.per_hour, now), "[email] per_hour",
            policy.email.per_hour};
  }
  const auto found = prefixes_.find(sending.prefix);
  const policies::SmsPrefix* rule = named(policy.sms, sending.prefix);
  if (found == prefixes_.end() || rule == nullptr) return {};
  const Limit full{found->second.hour.until_below(rule->per_hour, now), "[[sms.prefix]] per_hour",
                   rule->per_hour};
  if (!is_code(sending.kind) || is_answerer(sending, now)) return full;
  return longer(full, {found->second.breaker.pause(policy.sms, now), "[sms] conversion_min_percent",
                       policy.sms.conversion_min_percent});
}

// Whether its owner asks for it, and has answered all that they asked for within a day. Who earns
// by codes answers none; and strangers must not be able to shut everybody out by answering none.
bool Ledger::is_answerer(const Sending& sending, Time now) const {
  if (!is_owners(sending)) return false;
  const auto subject = subjects_.find(sending.subject);
  return subject == subjects_.end() ||
         std::ranges::none_of(subject->second, [now](const Sent& each) {
           return each.familiar && !each.answered && each.at > now - kDay;
         });
}

Ledger::Limit Ledger::limit_of(const Sending& sending, const policies::Policy& policy,
                               Time now) const {
  Limit limit =
      longer(subject_limit(sending, policy.messages, now), channel_limit(sending, policy, now));
  const auto peer = peers_.find(sending.peer_uid);
  if (peer != peers_.end()) {
    const std::uint32_t max = policy.messages.per_peer_per_day;
    limit = longer(limit, {peer->second.until_below(max, now), "[messages] per_peer_per_day", max});
  }
  if (sending.nobodys) return limit;
  return longer(limit, destination_limit(sending, policy.messages, now));
}

Ledger::Limit Ledger::destination_limit(const Sending& sending, const policies::Messages& messages,
                                        Time now) const {
  constexpr Literal kRule = "[messages] per_destination_per_day";
  const auto destination = destinations_.find(sending.destination);
  if (destination == destinations_.end()) return {};
  const auto& reached = destination->second;
  const Limit in_all{until_below(reached, {kDay, messages.per_destination_per_day}, now,
                                 [](const Reached&) { return true; }),
                     kRule, messages.per_destination_per_day};
  if (is_owners(sending)) return in_all;
  const std::uint32_t share = share_of_others(messages);
  const Limit of_others{
      until_below(reached, {kDay, share}, now, [](const Reached& each) { return !each.owners; }),
      kRule, share};
  return longer(in_all, of_others);
}

void Ledger::count(MessageId id, const Sending& sending, Time now) {
  sweep(now);
  remember(sending, {now, now}, false);
  if (!sending.nobodys) counts_of(sending.channel).accepted.add({now, now});
  begin(id, open_of(sending, now), is_code(sending.kind) ? sending.expires_at : now + kCommitMax);
}

// What each kind of message counts for, and so what it can use up.
void Ledger::remember(const Sending& sending, When when, bool was_answered) {
  const Time at = when.at;
  const bool counts_today = at > when.now - kDay;
  if (is_code(sending.kind) && counts_today) {
    auto& sent = subjects_[sending.subject];
    const Sent one{at,
                   waits_with(sending),
                   number_of(sending.source),
                   sending.channel,
                   sending.kind,
                   sending.familiar,
                   was_answered};
    sent.insert(std::ranges::upper_bound(sent, at, {}, &Sent::at), one);
  }
  if (sending.nobodys) return;
  if (sending.channel == FactorKind::email) {
    email_.add(when);
  } else {
    prefixes_[sending.prefix].hour.add(when);
  }
  if (is_notice(sending.kind) || !counts_today) return;
  auto& reached = destinations_[sending.destination];
  reached.insert(std::ranges::upper_bound(reached, at, {}, &Reached::at),
                 Reached{at, is_owners(sending)});
  peers_.try_emplace(sending.peer_uid, SlidingCount{kDay}).first->second.add(when);
}

Ledger::Open Ledger::open_of(const Sending& sending, Time at) {
  Open open;
  open.subject = sending.subject;
  open.factor = waits_with(sending);
  open.destination = sending.destination;
  open.at = at;
  open.peer_uid = sending.peer_uid;
  open.channel = sending.channel;
  open.kind = sending.kind;
  open.nobodys = sending.nobodys;
  open.owners = is_owners(sending);
  if (!sending.nobodys && sending.channel == FactorKind::sms) {
    open.prefix = &*prefixes_.try_emplace(sending.prefix).first;
  }
  return open;
}

void Ledger::begin(MessageId id, Open open, Time over_at) {
  if (open.prefix != nullptr && is_code(open.kind)) {
    open.round = open.prefix->second.breaker.let_through(over_at, open.at);
  }
  if (open_.insert_or_assign(id, open).second) over_.emplace(over_at, id);
}

Ledger::Sent* Ledger::find(const Open& open) {
  const auto subject = subjects_.find(open.subject);
  if (!is_code(open.kind) || subject == subjects_.end()) return nullptr;
  const auto found = std::ranges::find_if(subject->second, [&open](const Sent& each) {
    return each.at == open.at && each.kind == open.kind && each.channel == open.channel &&
           each.factor == open.factor;
  });
  return found == subject->second.end() ? nullptr : &*found;
}

void Ledger::uncount(MessageId id) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  const Open open = found->second;
  open_.erase(found);
  if (const Sent* sent = find(open)) {
    auto& all = subjects_.at(open.subject);
    all.erase(all.begin() + (sent - all.data()));
  }
  if (open.nobodys) return;
  counts_of(open.channel).accepted.remove(open.at);
  if (open.channel == FactorKind::email) email_.remove(open.at);
  if (open.prefix != nullptr) {
    open.prefix->second.hour.remove(open.at);
    if (is_code(open.kind)) open.prefix->second.breaker.take_back(open.round);
  }
  if (is_notice(open.kind)) return;
  auto& reached = destinations_[open.destination];
  const auto its = std::ranges::find_if(reached, [&open](const Reached& each) {
    return each.at == open.at && each.owners == open.owners;
  });
  if (its != reached.end()) reached.erase(its);
  const auto peer = peers_.find(open.peer_uid);
  if (peer != peers_.end()) peer->second.remove(open.at);
}

void Ledger::answered(MessageId id, Time now) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  found->second.answered = true;
  counts_of(found->second.channel).answered.add({now, now});
  if (Sent* sent = find(found->second)) sent->answered = true;
}

void Ledger::settled(const Message& from, MessageState to, Time now) {
  count_state(from.channel, to, {now, now});
  const auto found = open_.find(from.id);
  if (found == open_.end()) return;
  found->second.sent = to == MessageState::sent || to == MessageState::delivered;
}

// Judges the codes whose time is over, in the order in which it was.
void Ledger::advance(const policies::Policy& policy, Time now) {
  while (!over_.empty() && over_.top().first <= now) {
    const auto [at, id] = over_.top();
    over_.pop();
    const auto found = open_.find(id);
    if (found == open_.end()) continue;
    judge(found->second, policy.sms, at);
    open_.erase(found);
  }
}

void Ledger::judge(const Open& open, const policies::Sms& sms, Time at) {
  if (open.prefix == nullptr || !is_code(open.kind)) return;
  CodeEnd end = open.sent ? CodeEnd::ignored : CodeEnd::unsent;
  if (open.answered) end = CodeEnd::answered;
  const auto change = open.prefix->second.breaker.judge(open.round, end, sms, at);
  if (change) events_.push_back({open.prefix->first, *change});
}

void Ledger::sweep(Time now) {
  sweep_some(subjects_, subjects_swept_, now);
  sweep_some(destinations_, destinations_swept_, now);
}

}  // namespace countersign::outbox
