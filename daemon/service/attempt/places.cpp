// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/attempt/places.hpp"

namespace countersign {
namespace {

constexpr SourcePrint kNowhere{};

}  // namespace

SourcePrint Places::print(std::string_view client_address, Peer peer) const {
  return client_address.empty() ? kNowhere : prints_.print(client_address, peer.uid);
}

// Who asks is looked up for those alone who have to wait.
awaitable<Result<Turns::Turn>> Places::take_turn(SubjectId subject, const SourcePrint& from,
                                                 std::size_t waiting_max) const {
  const bool may_be_known = from != kNowhere && !is_decoy(subject);
  if (!may_be_known || !turns_.is_taken(subject)) {
    return turns_.take(subject, Rank::stranger, waiting_max);
  }
  return wait_for_turn(subject, from, waiting_max);
}

awaitable<Result<Turns::Turn>> Places::wait_for_turn(SubjectId subject, const SourcePrint& from,
                                                     std::size_t waiting_max) const {
  CS_CO_TRY(const SubjectPtr known, co_await store_.subject(subject));
  const bool is_known = is_familiar(known->sources, from, clock_.now());
  const Rank rank = is_known ? Rank::known : Rank::stranger;
  co_return co_await turns_.take(subject, rank, waiting_max);
}

policies::Lane Places::lane_of(const SubjectRecord& subject, const SourcePrint& from, bool unlocks,
                               Time now) {
  return policies::lane_of(is_familiar(subject.sources, from, now), unlocks);
}

void Places::note(const SubjectRecord& subject, const SourcePrint& from, Attempt& attempt) {
  const bool is_fresh = attempt.verdict.accepted && attempt.entry.event != Event::repeat;
  // Passwords are reused and phished, and answers looked up: nobody is known again by them.
  if (!is_fresh || from == kNowhere || is_memorised(attempt.verdict.kind)) return;
  if (was_accepted(subject.sources, from, kSourceNoted, attempt.entry.at)) return;
  attempt.also().familiar = from;
}

}  // namespace countersign
