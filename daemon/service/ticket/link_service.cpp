// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/ticket/link_service.hpp"

#include "policies/authorise.hpp"

#include <algorithm>

namespace countersign {
namespace {

constexpr std::chrono::hours kDay{24};

// Whether one more may go out. The last one of a day is kept for where the person was accepted of
// late, so that strangers do not use up all of them.
bool may_be_issued(const std::vector<Time>& issued, bool familiar, const policies::Accounts& rules,
                   Time now) {
  if (!issued.empty() && now < issued.front() + rules.link_wait) return false;
  const std::size_t kept = familiar || rules.links_per_day == 1 ? 0 : 1;
  const std::size_t most = rules.links_per_day - kept;
  return issued.size() < most || now >= issued[most - 1] + kDay;
}

}  // namespace

awaitable<Result<LinkRequested>> LinkService::request(Peer peer, const RequestLink& ask) {
  const CurrentPolicy current = parts_.policy;
  const std::string& realm = ask.subject.realm.text();
  CS_CO_CHECK(policies::authorise_realm(*current, peer, realm));
  const bool is_known =
      ask.purpose == TicketPurpose::activation || ask.purpose == TicketPurpose::reset;
  if (!is_known) co_return Error{ErrorCode::malformed, "link.purpose"};
  const policies::Policy& policy = current->of(realm);
  // What becomes of it is nobody's business who asks here, nor when somebody asked before. Unknown
  // names share stand-ins: one that has to wait when it is first asked for would be nobody's.
  const LinkRequested report{.lifetime = lifetime_of(ask.purpose, policy.account),
                             .retry_after = policy.account.link_wait};
  CS_CO_TRY(const SubjectId id, co_await parts_.store.identify(ask.subject));
  const SourcePrint from = places_.print(ask.client_address, peer);
  // One at a time: the second of two finds that the first was counted.
  CS_CO_TRY(const Turns::Turn turn, co_await places_.take_turn(id, from));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    const Time now = parts_.clock.now();
    CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
    // Not `from`: whoever asks from nowhere does so from the peer itself, as codes are counted.
    const SourcePrint source = parts_.outbox.prints.print(ask.client_address, peer.uid);
    const bool familiar = is_familiar(subject->sources, source, now);
    CS_CO_TRY(const std::vector<Time> issued,
              co_await parts_.accounts.issued(id, ask.purpose, now));
    if (!may_be_issued(issued, familiar, policy.account, now)) co_return report;

    CS_CO_TRY(const Profile profile, co_await profiles_.of(id));
    const LinkErrand errand{.purpose = ask.purpose,
                            .subject = *subject,
                            .to = recipient_of(*subject, ask.purpose, policy),
                            .profile = profile,
                            .language = ask.language,
                            .peer_uid = peer.uid,
                            .client_address = ask.client_address,
                            .familiar = familiar};
    const Result<Delivery> sent = co_await send(errand, subject, policy, now);
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
