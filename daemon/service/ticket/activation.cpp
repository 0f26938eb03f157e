// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/ticket/activation.hpp"

#include "daemon/service/gate/standing.hpp"

namespace countersign {

awaitable<Status> Activation::complete(Role role, const SubjectRecord& subject,
                                       const Factor& now_active, Aftermath& aftermath, Time now) {
  const CurrentPolicy current = parts_.policy;
  const policies::Policy& policy = current->of(subject.fixed.name.realm.text());
  const auto kind = static_cast<policies::KindNumber>(now_active.kind);
  const bool completes =
      subject.fixed.state == SubjectState::pending && policies::may_be_sole(policy.factors, kind);
  if (!completes) co_return Status{};
  // Whoever has an account for others may leave its password for later; its owner may not.
  const bool has_password = active_factor(subject, FactorKind::password) != nullptr;
  if (role == Role::enroll && !has_password) {
    co_return Error{ErrorCode::denied, "activation.password"};
  }
  CS_CO_TRY(const std::vector<Ticket> open,
            co_await parts_.accounts.open_tickets(subject.fixed.id, now));
  for (const Ticket& ticket : open) {
    const bool is_its = ticket.purpose == TicketPurpose::activation;
    if (is_its) aftermath.account.tickets.push_back({ticket, TicketState::spent});
  }
  aftermath.state = SubjectState::active;
  co_return Status{};
}

awaitable<Status> FactorConfirmed::add(const SubjectRecord& subject, Attempt& attempt) {
  if (attempt.verdict.accepted) {
    const Factor& confirmed = subject.find(attempt.verdict.factor)->fixed;
    Aftermath& also = attempt.also();
    if (is_oath(confirmed.kind)) also.account.forgotten = confirmed.id;
    CS_CO_CHECK(co_await activation_.complete(role_, subject, confirmed, also, attempt.entry.at));
  }
  if (next_ != nullptr) CS_CO_CHECK(co_await next_->add(subject, attempt));
  co_return Status{};
}

}  // namespace countersign
