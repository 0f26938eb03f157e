// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/ticket/links.hpp"

#include "daemon/outbox/letter.hpp"
#include "daemon/outbox/mask.hpp"
#include "daemon/service/message/destinations.hpp"
#include "daemon/service/message/envelope.hpp"
#include "daemon/service/message/written_time.hpp"
#include "daemon/verify/challenge.hpp"

#include <algorithm>

namespace countersign {
namespace {

MessageKind kind_of(TicketPurpose purpose) {
  return purpose == TicketPurpose::activation ? MessageKind::activation : MessageKind::reset_link;
}

// What the letter tells. A link that nobody gets has no names in it.
std::vector<MessageValue> values_of(const LinkErrand& errand, const policies::Policy& policy,
                                    const IssuedTicket& ticket) {
  return {{"link", link_of(policy, ticket.text)},
          {"expires", written(ticket.row.expires_at)},
          {"username", errand.subject.fixed.name.username.text()},
          {"first_name", errand.profile.first_name}};
}

}  // namespace

std::chrono::seconds lifetime_of(TicketPurpose purpose, const policies::Accounts& rules) {
  return purpose == TicketPurpose::activation ? rules.activation_lifetime : rules.reset_lifetime;
}

const Factor* recipient_of(const SubjectRecord& subject, TicketPurpose purpose,
                           const policies::Policy& policy) {
  if (is_decoy(subject.fixed.id) || policy.account.url.empty()) return nullptr;
  const bool activates = purpose == TicketPurpose::activation;
  const SubjectState asked = activates ? SubjectState::pending : SubjectState::active;
  if (subject.fixed.state != asked) return nullptr;
  if (!activates && !policy.account.reset_by_email) return nullptr;
  for (const FactorRecord& record : subject.factors) {
    const Factor& factor = record.fixed;
    const bool is_it =
        factor.kind == FactorKind::primary_email && factor.state == FactorState::active;
    if (is_it) return &factor;
  }
  return nullptr;
}

awaitable<Result<DraftedLink>> Links::draft(const LinkErrand& errand,
                                            const policies::Policy& policy, Time now) {
  const Subject& subject = errand.subject.fixed;
  const bool is_nobodys = errand.to == nullptr;
  const std::chrono::seconds lifetime = lifetime_of(errand.purpose, policy.account);
  Ticket draft{.purpose = errand.purpose,
               .subject = subject.id,
               .created_at = now,
               .expires_at = now + lifetime};
  CS_CO_TRY(const IssuedTicket ticket,
            co_await tickets_.fresh(std::move(draft), subject.name.realm));
  const Factor& to = is_nobodys ? parts_.outbox.stand_in : *errand.to;
  CS_CO_TRY(const Destination destination, co_await open_destination(parts_.hsm, to));
  DraftedLink link{.ticket = ticket.row, .masked_destination = outbox::mask(destination)};
  link.sending = {.channel = FactorKind::email,
                  .kind = kind_of(errand.purpose),
                  .subject = subject.id,
                  .factor = is_nobodys ? FactorId{} : to.id,
                  .destination = parts_.outbox.prints.print(destination),
                  .source = parts_.outbox.prints.print(errand.client_address, errand.peer_uid),
                  .familiar = errand.familiar,
                  .nobodys = is_nobodys,
                  .peer_uid = errand.peer_uid,
                  .expires_at = now + std::min(lifetime, parts_.policy->messages.notice_lifetime)};
  CS_CO_TRY(const SecretBytes random, co_await parts_.hsm.random(verify::kNumberRandomBytes));
  const MessageId id{verify::fresh_number(random.expose())};
  const std::string& language = errand.language.empty() ? errand.profile.language : errand.language;
  CS_CO_TRY(const SecretBytes letter, outbox::write({.destination = destination,
                                                     .kind = link.sending.kind,
                                                     .realm = subject.name.realm.text(),
                                                     .language = language,
                                                     .values = values_of(errand, policy, ticket)}));
  const Bytes envelope = envelope_of(id);
  CS_CO_TRY(Bytes sealed, co_await parts_.hsm.seal_message(letter.expose(), envelope));
  link.letter = row_of(id, link.sending, now, std::move(sealed));
  co_return link;
}

// Decided and counted without a wait in between, as for codes.
Delivery Links::begin(const DraftedLink& link, Time now) {
  const CurrentPolicy policy = parts_.policy;
  Delivery delivery = parts_.outbox.allow(link.sending, *policy, now);
  const bool goes_out =
      delivery.outcome == DeliveryOutcome::accepted_for_delivery && !link.sending.nobodys;
  if (goes_out) parts_.outbox.ledger.count(link.letter.id, link.sending, now);
  if (!link.sending.nobodys) delivery.masked_destination = link.masked_destination;
  return delivery;
}

}  // namespace countersign
