// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/places.hpp"

namespace countersign {
namespace {

constexpr SourcePrint kNowhere{};

}  // namespace

SourcePrint Places::print(std::string_view client_address, Peer peer) const {
  return client_address.empty() ? kNowhere : prints_.print(client_address, peer.uid);
}

// Who asks is looked up for those alone who have to wait.
awaitable<Result<Turns::Turn>> Places::take_turn(SubjectId subject, const SourcePrint& from) const {
  Turns::Rank rank = Turns::Rank::stranger;
  if (from != kNowhere && !is_decoy(subject) && turns_.is_taken(subject)) {
    CS_CO_TRY(const SubjectPtr known, co_await store_.subject(subject));
    if (is_familiar(known->sources, from, clock_.now())) rank = Turns::Rank::known;
  }
  co_return co_await turns_.take(subject, rank);
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
  if (!attempt.aftermath) attempt.aftermath = std::make_unique<Aftermath>();
  attempt.aftermath->familiar = from;
}

}  // namespace countersign
