// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/link_service.hpp"

#include "policies/authorise.hpp"

#include <algorithm>

namespace countersign {
namespace {

using std::chrono::seconds;

constexpr std::chrono::hours kDay{24};

// Whole seconds, and none too few.
seconds until(Time then, Time now) { return std::chrono::ceil<seconds>(then - now); }

}  // namespace

awaitable<Result<LinkRequested>> LinkService::request(Peer peer, const RequestLink& ask) {
  const CurrentPolicy current = parts_.policy;
  const std::string& realm = ask.subject.realm.text();
  CS_CO_CHECK(policies::authorise_realm(*current, peer, realm));
  const bool is_known =
      ask.purpose == TicketPurpose::activation || ask.purpose == TicketPurpose::reset;
  if (!is_known) co_return Error{ErrorCode::malformed, "link.purpose"};
  const policies::Policy& policy = current->of(realm);
  CS_CO_TRY(const SubjectId id, co_await parts_.store.identify(ask.subject));
  // One at a time: the second of two finds that the first was counted.
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(id));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    const Time now = parts_.clock.now();
    LinkRequested report{.lifetime = lifetime_of(ask.purpose, policy.account)};
    CS_CO_TRY(report.retry_after, co_await wait_before(id, ask.purpose, policy, now));
    if (report.retry_after > seconds{0}) co_return report;

    CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
    CS_CO_TRY(const Profile profile, co_await profiles_.of(id));
    const LinkErrand errand{.purpose = ask.purpose,
                            .subject = *subject,
                            .to = recipient_of(*subject, ask.purpose, policy),
                            .profile = profile,
                            .language = ask.language,
                            .peer_uid = peer.uid,
                            .client_address = ask.client_address};
    const Result<Delivery> sent = co_await send(errand, subject, policy, now);
    // What became of it is nobody's business who asks here.
    report.retry_after = policy.account.link_wait;
    if (sent) co_return report;
    if (sent.error().code != ErrorCode::conflict) co_return sent.error();
  }
  co_return Error{ErrorCode::conflict, "link.conflicts"};
}

awaitable<Result<Delivery>> LinkService::send_activation(Peer peer, const SendActivation& ask) {
  const CurrentPolicy current = parts_.policy;
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, ask.name));
  const policies::Policy& policy = current->of(ask.name.realm.text());
  const std::string no_address;
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(found->fixed.id));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(found->fixed.id));
    if (subject->fixed.state != SubjectState::pending) {
      co_return Error{ErrorCode::conflict, "subject.state"};
    }
    CS_CO_TRY(const Profile profile, co_await profiles_.of(subject->fixed.id));
    const LinkErrand errand{.purpose = TicketPurpose::activation,
                            .subject = *subject,
                            .to = recipient_of(*subject, TicketPurpose::activation, policy),
                            .profile = profile,
                            .language = ask.language,
                            .peer_uid = peer.uid,
                            .client_address = no_address};
    if (errand.to == nullptr) co_return Delivery{.outcome = DeliveryOutcome::not_allowed};
    Result<Delivery> sent = co_await send(errand, subject, policy, parts_.clock.now());
    if (sent || sent.error().code != ErrorCode::conflict) co_return sent;
  }
  co_return Error{ErrorCode::conflict, "link.conflicts"};
}

// How long until the next one may be asked for, by whomever.
awaitable<Result<seconds>> LinkService::wait_before(SubjectId subject, TicketPurpose purpose,
                                                    const policies::Policy& policy, Time now) {
  CS_CO_TRY(const std::vector<Time> issued, co_await parts_.accounts.issued(subject, purpose, now));
  const policies::Accounts& rules = policy.account;
  seconds wait{0};
  if (!issued.empty()) wait = std::max(wait, until(issued.front() + rules.link_wait, now));
  if (issued.size() >= rules.links_per_day) {
    const Time oldest = issued[std::size_t{rules.links_per_day} - 1];
    wait = std::max(wait, until(oldest + kDay, now));
  }
  co_return wait;
}

awaitable<Result<Delivery>> LinkService::send(const LinkErrand& errand, const SubjectPtr& subject,
                                              const policies::Policy& policy, Time now) {
  CS_CO_TRY(const DraftedLink link, co_await links_.draft(errand, policy, now));
  Delivery delivery = links_.begin(link, now);
  const bool goes_out =
      delivery.outcome == DeliveryOutcome::accepted_for_delivery && errand.to != nullptr;
  const Status kept = co_await keep(errand, subject, link, goes_out, now);
  if (!kept && goes_out) links_.given_up(link);
  if (!kept) co_return kept.error();
  if (goes_out) links_.queued(link);
  co_return delivery;
}

// The ticket, the end of those before it, and the letter: one commit. Of a link that does not go
// out nobody learns the text, and those before it stay good for whoever has one; it is counted all
// the same, so that nobody tells by waiting whether there is somebody.
awaitable<Status> LinkService::keep(const LinkErrand& errand, const SubjectPtr& subject,
                                    const DraftedLink& link, bool goes_out, Time now) {
  const SubjectId id = subject->fixed.id;
  CS_CO_TRY(const std::vector<Ticket> open, co_await parts_.accounts.open_tickets(id, now));
  Aftermath also;
  also.account.issued.push_back(link.ticket);
  for (const Ticket& ticket : open) {
    const bool gives_way = ticket.purpose == errand.purpose && (goes_out || errand.to == nullptr);
    if (gives_way) also.account.tickets.push_back({ticket, TicketState::superseded});
  }
  if (is_decoy(id)) co_return co_await parts_.accounts.apply(id, std::move(also.account));
  if (goes_out) also.notices.push_back(link.letter);
  JournalEntry entry{.at = now,
                     .event = Event::ticket_issued,
                     .peer_uid = errand.peer_uid,
                     .subject = id,
                     .count = static_cast<std::uint64_t>(errand.purpose),
                     .client_address = errand.client_address};
  co_return co_await parts_.accounts.apply(subject, std::move(also), std::move(entry));
}

}  // namespace countersign
