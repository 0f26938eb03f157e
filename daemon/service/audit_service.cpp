// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/audit_service.hpp"

#include "daemon/service/explanation.hpp"
#include "policies/authorise.hpp"

namespace countersign {

awaitable<Result<Answer>> AuditService::read(Peer peer, const ReadJournal& ask) {
  const CurrentPolicy policy = parts_.policy;
  JournalPage page;
  std::uint64_t after = ask.after;
  // A page without a line of the peer's would look like the journal's end.
  while (page.lines.empty()) {
    CS_CO_TRY(std::vector<JournalLine> lines,
              co_await parts_.accounts.journal_lines(after, ask.since, ask.max));
    if (lines.empty()) break;
    after = lines.back().number;
    for (JournalLine& line : lines) {
      const bool may =
          line.realm.empty() || policies::authorise_realm(*policy, peer, line.realm).has_value();
      if (may) page.lines.push_back(std::move(line));
    }
  }
  co_return Answer{std::move(page)};
}

awaitable<Result<Answer>> AuditService::explain(Peer peer, const ExplainPolicy& ask) {
  const CurrentPolicy policy = parts_.policy;
  CS_CO_CHECK(policies::authorise_realm(*policy, peer, ask.name.realm.text()));
  CS_CO_TRY(const Hypothesis hypothesis, hypothesis_of(ask));
  CS_CO_TRY(const SubjectId id, co_await parts_.store.identify(ask.name));
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
  const SourcePrint from = parts_.outbox.prints.print(ask.client_address, hypothesis.peer.uid);
  co_return Answer{countersign::explain(*policy, hypothesis, *subject, from, parts_.clock.now())};
}

}  // namespace countersign
