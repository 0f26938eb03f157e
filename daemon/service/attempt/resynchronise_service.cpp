// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/attempt/resynchronise_service.hpp"

#include "daemon/verify/candidates.hpp"
#include "daemon/verify/judge.hpp"
#include "daemon/verify/window.hpp"

#include <algorithm>
#include <limits>

namespace countersign {
namespace {

// The counters to search, both ends included; nothing at or below the position.
struct Range {
  std::int64_t first = 0;
  std::int64_t last = -1;
};

Range range_of(const FactorRecord& factor, const policies::Windows& windows, Time now) {
  const std::int64_t above = number(factor.motion.position) + 1;
  if (factor.fixed.kind == FactorKind::totp) {
    const std::int64_t step = verify::totp_step(now, factor.fixed.oath.period_seconds);
    // No further than the drift that will be followed, or the next code would be refused again;
    // one step is left for the second code.
    const std::int64_t reach =
        std::min<std::int64_t>(windows.totp_resynchronise_steps, windows.totp_drift_steps_max);
    return {std::max(above, step - reach), step + reach - 1};
  }
  // One counter is left for the second code.
  const std::int64_t ceiling = std::numeric_limits<std::int64_t>::max() - 1;
  if (above > ceiling - windows.hotp_resynchronise_counters) return {above, ceiling};
  return {above, above + windows.hotp_resynchronise_counters - 1};
}

hsm::MatchOath question(const FactorRecord& factor, std::span<const std::uint64_t> counters,
                        const verify::Typed& typed) {
  return {.sealed = factor.fixed.sealed,
          .algorithm = factor.fixed.oath.algorithm,
          .digits = factor.fixed.oath.digits,
          .counters = counters,
          .passcode = typed.code};
}

}  // namespace

// Where the first code stands with the second right behind it. A first code alone proves little
// among a thousand counters, so the search goes on behind a chance hit.
awaitable<Result<std::optional<std::uint64_t>>> ResynchroniseService::search(
    const FactorRecord& factor, const ResynchroniseFactor& ask, const policies::Windows& windows,
    Time now) {
  const verify::Typed first_typed = verify::typed_from(ask.first);
  const verify::Typed second_typed = verify::typed_from(ask.second);
  Range range = range_of(factor, windows, now);
  while (range.first <= range.last) {
    verify::Window packet;
    const std::int64_t count =
        std::min<std::int64_t>(range.last - range.first + 1, verify::Window::kCountersMax);
    for (std::int64_t i = 0; i < count; ++i) packet.add(range.first + i);
    CS_CO_TRY(const auto first,
              co_await hsm_.match_oath(question(factor, packet.counters(), first_typed)));
    if (!first) {
      range.first += count;
      continue;
    }
    verify::Window behind;
    behind.add(static_cast<std::int64_t>(*first) + 1);
    CS_CO_TRY(const auto second,
              co_await hsm_.match_oath(question(factor, behind.counters(), second_typed)));
    if (second) co_return second;
    range.first = static_cast<std::int64_t>(*first) + 1;
  }
  co_return std::nullopt;
}

awaitable<Result<Verdict>> ResynchroniseService::resynchronise(Peer peer,
                                                               const ResynchroniseFactor& ask) {
  const CurrentPolicy policy = policy_;
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_factor(peer, ask.factor));
  const policies::Policy& rules = policy->of(found->fixed.name.realm.text());
  // Its codes say where they stand, and can be as far ahead as they like.
  if (!is_oath(found->find(ask.factor)->fixed.kind)) {
    co_return Error{ErrorCode::malformed, "resynchronise.kind"};
  }
  const verify::Typed typed = verify::typed_from(ask.first);
  CS_CO_TRY(const Turns::Turn turn, co_await turns_.take(found->fixed.id));
  CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found->fixed.id));
  const verify::Circumstances circumstances{
      .event = Event::resynchronise, .now = clock_.now(), .peer_uid = peer.uid};

  const verify::Candidates candidates =
      verify::candidates(*subject, ask.factor, typed, rules.throttle, circumstances);
  if (candidates.refusal) {
    const Attempt refused = verify::refuse(*subject, *candidates.refusal, circumstances);
    CS_CO_CHECK(co_await store_.commit(subject, refused));
    co_return refused.verdict;
  }

  const FactorRecord& factor = *candidates.factors.front();
  const auto counter = co_await search(factor, ask, rules.windows, circumstances.now);
  std::optional<verify::Match> match;
  if (counter && *counter) match = verify::Match{&factor, **counter, true, std::nullopt};
  const Attempt attempt = verify::judge(*subject, candidates, match, rules, circumstances);
  CS_CO_CHECK(co_await store_.commit(subject, attempt));
  // A search that broke off has tried something all the same: it was charged.
  if (!counter) co_return counter.error();
  co_return attempt.verdict;
}

}  // namespace countersign
