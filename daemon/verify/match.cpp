// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/match.hpp"

#include "daemon/verify/window.hpp"

namespace countersign::verify {

static_assert(Window::kCountersMax == hsm::kCountersMax);

namespace {

// The question is written down before the awaitable is returned, so that the window need not be
// kept while the HSM thinks.
awaitable<Result<std::optional<std::uint64_t>>> ask(const FactorRecord& factor,
                                                    const Passcode& passcode,
                                                    const policies::Windows& windows, Time now,
                                                    hsm::Hsm& hsm) {
  const Window window = window_of(factor, windows, now);
  const hsm::MatchOath question{.sealed = factor.fixed.sealed,
                                .algorithm = factor.fixed.oath.algorithm,
                                .digits = factor.fixed.oath.digits,
                                .counters = window.counters(),
                                .passcode = passcode.expose()};
  return hsm.match_oath(question);
}

}  // namespace

awaitable<Result<Outcome>> match(const Candidates& candidates, const Passcode& passcode,
                                 const policies::Windows& windows, Time now, hsm::Hsm& hsm) {
  Outcome outcome;
  bool tried = false;
  for (const FactorRecord* factor : candidates.all()) {
    const auto counter = co_await ask(*factor, passcode, windows, now, hsm);
    if (!counter && !tried) co_return counter.error();
    if (!counter) co_return Outcome{std::nullopt, counter.error()};
    tried = true;
    if (!*counter) continue;
    const Match found{factor, **counter, is_fresh(*factor, **counter)};
    if (found.fresh) co_return Outcome{found, std::nullopt};
    if (!outcome.match) outcome.match = found;
  }
  co_return outcome;
}

}  // namespace countersign::verify
