// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/match.hpp"

#include "daemon/verify/match_knowledge.hpp"
#include "daemon/verify/window.hpp"
#include "daemon/verify/yubico.hpp"

namespace countersign::verify {

static_assert(Window::kCountersMax == hsm::kCountersMax);

namespace {

// The question is written down before the awaitable is returned, so that the window need not be
// kept while the HSM thinks.
awaitable<Result<std::optional<std::uint64_t>>> ask(const FactorRecord& factor, const Typed& typed,
                                                    const policies::Windows& windows, Time now,
                                                    hsm::Hsm& hsm) {
  const Window window = window_of(factor, windows, now);
  const hsm::MatchOath question{.sealed = factor.fixed.sealed,
                                .algorithm = factor.fixed.oath.algorithm,
                                .digits = factor.fixed.oath.digits,
                                .counters = window.counters(),
                                .passcode = typed.code};
  return hsm.match_oath(question);
}

using Found = Result<std::optional<Match>>;

Found as_match(const FactorRecord& factor, const Result<std::optional<std::uint64_t>>& counter) {
  if (!counter) return counter.error();
  if (!*counter) return std::nullopt;
  return Match{&factor, **counter, is_fresh(factor, **counter), std::nullopt, {}};
}

Found as_match(const FactorRecord& factor, const Result<std::optional<hsm::YubicoFields>>& fields) {
  if (!fields) return fields.error();
  if (!*fields) return std::nullopt;
  const YubicoCounters counters{(*fields)->session_counter, (*fields)->session_use,
                                (*fields)->timestamp};
  const std::uint64_t counter = yubico_counter(counters);
  return Match{&factor, counter, is_fresh(factor, counter), counters, {}};
}

}  // namespace

awaitable<Result<Outcome>> match(const Candidates& candidates, const Typed& typed,
                                 const policies::Windows& windows, Time now, hsm::Hsm& hsm) {
  Outcome outcome;
  bool tried = false;
  for (const FactorRecord* factor : candidates.all()) {
    Found found = std::nullopt;
    if (typed.written) {
      found = co_await match_written(*factor, typed, now, hsm);
    } else if (typed.yubico) {
      const hsm::MatchYubico question{factor->fixed.sealed, typed.yubico->block};
      const auto fields = co_await hsm.match_yubico(question);
      found = as_match(*factor, fields);
    } else {
      const auto counter = co_await ask(*factor, typed, windows, now, hsm);
      found = as_match(*factor, counter);
    }
    if (!found && !tried) co_return found.error();
    if (!found) co_return Outcome{.match = {}, .failure = found.error(), .renewed = {}};
    tried = true;
    if (!*found) continue;
    if ((*found)->fresh) co_return Outcome{.match = *found, .failure = {}, .renewed = {}};
    if (!outcome.match) outcome.match = *found;
  }
  co_return outcome;
}

}  // namespace countersign::verify
