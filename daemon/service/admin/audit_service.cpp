// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/admin/audit_service.hpp"

#include "policies/authorise.hpp"

namespace countersign {
namespace {

std::optional<FactorId> pending_factor(const SubjectRecord& subject, FactorKind kind) {
  for (const FactorRecord& factor : subject.factors) {
    const bool is_it = factor.fixed.kind == kind && factor.fixed.state == FactorState::pending;
    if (is_it) return factor.fixed.id;
  }
  return std::nullopt;
}

}  // namespace

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
  CS_CO_TRY(const auto sent, co_await prospect(hypothesis, ask, *subject));
  co_return Answer{
      countersign::explain(*policy, hypothesis, *subject, from, parts_.clock.now(), sent)};
}

awaitable<Result<std::optional<CodeService::Prospect>>> AuditService::prospect(
    const Hypothesis& hypothesis, const ExplainPolicy& ask, const SubjectRecord& subject) {
  std::optional<CodeService::Prospect> none;
  if (!is_sent(hypothesis)) co_return none;
  StartChallenge start{.subject = ask.name};
  start.kind = ask.kind;
  start.client_address = ask.client_address;
  // Whoever sets up an account confirms by codes, and does nothing else by them.
  const bool confirms =
      hypothesis.peer.role == Role::provision ||
      (hypothesis.peer.role == Role::enroll && subject.fixed.state == SubjectState::pending);
  if (confirms) {
    start.purpose = Purpose::confirmation;
    start.factor = pending_factor(subject, *ask.kind);
  }
  Result<CodeService::Prospect> found = co_await codes_.prospect(hypothesis.peer, start);
  // The rules that forbid the question itself are explained without it.
  if (!found && found.error().code == ErrorCode::denied) co_return none;
  if (!found) co_return found.error();
  co_return *found;
}

}  // namespace countersign
