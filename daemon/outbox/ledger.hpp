// SPDX-License-Identifier: Apache-2.0
// What was sent lately, and so whether the next message may be.
//
// Every number is one of a sliding window, of an hour or of 24: no window of that length, wherever
// it begins, holds more than the budget. Where budgets are small (a destination's, a subject's)
// each time is remembered; the large ones (a prefix's, a peer's, all e-mail) are SlidingCounts.
//
// All of it is made of the store's rows of the last 24 hours and nothing else, so that a restart
// changes nothing: what was counted before counts again. Only whether a place was familiar stands
// in no row; whoever restores one says so, and is careful to say no when in doubt.
//
// What strangers ask for makes the owner wait no longer, and leaves a share of the owner's budgets.
//
// Codes that are nobody's (of a name that nobody bears) wait and are refused like others, so that a
// stranger sees no difference, count for the subject alone, and use up nothing of a prefix, a peer
// or a channel, so that random names shut nothing for others. Notices are counted where codes are
// bounded (prefix, e-mail), and themselves bounded by nothing but where they may go.
#pragma once

#include "daemon/model/courier.hpp"
#include "daemon/model/message.hpp"
#include "daemon/outbox/breaker.hpp"
#include "daemon/outbox/sliding_count.hpp"
#include "policies/policy.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace countersign::outbox {

// A message that is to be sent, or was.
struct Sending {
  FactorKind channel{};  // sms or email
  MessageKind kind{};
  SubjectId subject{};  // 0: nobody's but the security team's (a test)
  FactorId factor{};    // 0: none; then its channel tells its waits from others
  DestinationPrint destination{};
  SourcePrint source{};
  // sms: policies::prefix_of, or one that nobody's shares the refusals of; empty: the policy sends
  // nothing there
  std::string prefix;
  bool familiar = false;  // whether the subject was accepted from `source` of late
  bool nobodys = false;
  std::int64_t peer_uid = -1;
  Time expires_at{};
};

struct Refused {
  DeliveryOutcome outcome{};
  std::chrono::seconds retry_after{0};
  Literal rule{};         // of the policy, the one that holds longest
  std::uint32_t max = 0;  // what it allows, where that is a number of messages
};

// A prefix's breaker opened or closed.
struct BreakerEvent {
  std::string prefix;
  Breaker::Change change;
};

[[nodiscard]] constexpr bool is_code(MessageKind kind) { return kind <= MessageKind::address; }
[[nodiscard]] constexpr bool is_notice(MessageKind kind) {
  return kind >= MessageKind::factor_added && kind <= MessageKind::factor_changed &&
         kind != MessageKind::test;
}

class Ledger {
 public:
  Ledger() = default;
  Ledger(Ledger&&) = default;  // a copy would point into what it was copied from
  Ledger& operator=(Ledger&&) = default;
  ~Ledger() = default;

  // Why it may not be sent now: NOT_ALLOWED, TOO_SOON or LIMIT_REACHED, the first that holds.
  // Refusals count nowhere: waiting is not made longer by asking.
  [[nodiscard]] std::optional<Refused> refusal_of(const Sending& sending,
                                                  const policies::Policy& policy, Time now);

  // Whether its destination is what gets nothing now, whoever asks: the policy sends nothing there,
  // or it was reached too often.
  [[nodiscard]] bool is_shut(const Sending& sending, const policies::Policy& policy,
                             Time now) const;

  // It is about to be kept. Called without a wait after refusal_of(), and before the commit, so
  // that parallel requests cannot outrun a budget between the two.
  void count(MessageId id, const Sending& sending, Time now);
  // The commit failed: as if it had never been counted. REQUIRES: within kCommitMax of count().
  void uncount(MessageId id);
  // After how long the next one of its kind may be asked for.
  [[nodiscard]] std::chrono::seconds wait_before_next(const Sending& sending,
                                                      const policies::Policy& policy,
                                                      Time now) const;

  // Its code was accepted.
  void answered(MessageId id, Time now);
  // It moved to another state.
  void settled(const Message& from, MessageState to, Time now);
  // One was asked for and not accepted for delivery, for whatever reason.
  void refused(FactorKind channel, Time now);

  // Takes in a row of the store, in any order; then, once, restored(). Nothing is asked before.
  // REQUIRES: the same `now`, or about.
  void restore(const Message& row, Time now, bool familiar = false);
  void restored(const policies::Policy& policy, Time now);

  // What happened to breakers since it was asked last, for the log.
  [[nodiscard]] std::vector<BreakerEvent> take_events() { return std::exchange(events_, {}); }
  // But for `up` and `queued`, which others know.
  [[nodiscard]] ChannelStatus status(FactorKind channel, Time now) const;
  // Of the prefixes that the policy names, in its order.
  [[nodiscard]] std::vector<PrefixStatus> prefixes(const policies::Policy& policy, Time now);

  static constexpr std::chrono::seconds kCommitMax{30};

 private:
  // A code of one subject.
  struct Sent {
    Time at{};
    FactorId factor{};
    std::uint64_t source = 0;  // of its print, which is enough to tell one subject's apart
    FactorKind channel{};
    MessageKind kind{};
    bool familiar = false;
    bool answered = false;
  };
  // A code to one destination.
  struct Reached {
    Time at{};
    bool owners = false;  // its owner asked for it
  };
  struct Prefix {
    SlidingCount hour{std::chrono::hours{1}};
    Breaker breaker;
  };
  using Prefixes = std::map<std::string, Prefix, std::less<>>;
  // What may still be answered or taken back.
  struct Open {
    SubjectId subject{};
    FactorId factor{};
    DestinationPrint destination{};
    Time at{};
    std::int64_t peer_uid = -1;
    Prefixes::value_type* prefix = nullptr;  // its nodes stay where they are
    Breaker::Round round{};
    FactorKind channel{};
    MessageKind kind{};
    bool nobodys = false;
    bool owners = false;
    bool sent = false;
    bool answered = false;
  };
  struct Restored {
    MessageId id{};
    Time over_at{};
    Open open;
  };
  struct DestinationHash {
    std::size_t operator()(const DestinationPrint& print) const;
  };
  struct Counts {
    SlidingCount accepted{std::chrono::hours{24}};
    SlidingCount sent{std::chrono::hours{24}};
    SlidingCount delivered{std::chrono::hours{24}};
    SlidingCount undeliverable{std::chrono::hours{24}};
    SlidingCount too_late{std::chrono::hours{24}};
    SlidingCount refused{std::chrono::hours{24}};
    SlidingCount answered{std::chrono::hours{24}};
  };
  using Over = std::pair<Time, MessageId>;
  using Milliseconds = std::chrono::milliseconds;
  // For how long a rule holds; 0: not at all.
  struct Limit {
    Milliseconds wait{0};
    Literal rule{};
    std::uint32_t max = 0;
  };

  [[nodiscard]] Milliseconds wait_of(const Sending& sending, const policies::Codes& codes,
                                     Time now) const;
  [[nodiscard]] static Limit longer(const Limit& a, const Limit& b);
  [[nodiscard]] Limit limit_of(const Sending& sending, const policies::Policy& policy,
                               Time now) const;
  [[nodiscard]] Limit subject_limit(const Sending& sending, const policies::Messages& messages,
                                    Time now) const;
  [[nodiscard]] bool is_answerer(const Sending& sending, Time now) const;
  [[nodiscard]] Limit destination_limit(const Sending& sending, const policies::Messages& messages,
                                        Time now) const;
  [[nodiscard]] Limit channel_limit(const Sending& sending, const policies::Policy& policy,
                                    Time now) const;
  void advance(const policies::Policy& policy, Time now);
  void judge(const Open& open, const policies::Sms& sms, Time at);
  void remember(const Sending& sending, When when, bool was_answered);
  void begin(MessageId id, Open open, Time over_at);
  [[nodiscard]] Open open_of(const Sending& sending, Time at);
  [[nodiscard]] Sent* find(const Open& open);
  void count_state(FactorKind channel, MessageState state, When when);
  void sweep(Time now);
  [[nodiscard]] Counts& counts_of(FactorKind channel);
  [[nodiscard]] const Counts& counts_of(FactorKind channel) const;

  std::unordered_map<SubjectId, std::vector<Sent>> subjects_;  // each by time
  std::unordered_map<DestinationPrint, std::vector<Reached>, DestinationHash> destinations_;
  std::unordered_map<std::int64_t, SlidingCount> peers_;
  Prefixes prefixes_;
  SlidingCount email_{std::chrono::hours{1}};
  std::array<Counts, 2> counts_;

  std::unordered_map<MessageId, Open> open_;
  std::priority_queue<Over, std::vector<Over>, std::greater<>> over_;
  std::vector<Restored> restored_;
  std::vector<BreakerEvent> events_;
  std::size_t subjects_swept_ = 0;
  std::size_t destinations_swept_ = 0;
};

}  // namespace countersign::outbox
