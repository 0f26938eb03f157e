// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/ticket/tickets.hpp"

#include "daemon/service/session/bearer_secret.hpp"
#include "daemon/verify/challenge.hpp"

#include <algorithm>

namespace countersign {
namespace {

constexpr std::string_view kMacContext = "countersign ticket v1";
constexpr std::string_view kLinkPath = "/t/";

SecretBytes mac_input(const Ticket& ticket, const Realm& realm, BytesView secret) {
  Bytes head;
  Writer{head}
      .text(kMacContext)
      .integer(number(ticket.id))
      .integer(number(ticket.subject))
      .integer(ticket.purpose)
      .text(realm.text());
  SecretBytes input{head.size() + secret.size()};
  std::ranges::copy(head, input.expose().begin());
  std::ranges::copy(secret, input.expose().begin() + static_cast<std::ptrdiff_t>(head.size()));
  return input;
}

}  // namespace

awaitable<Result<IssuedTicket>> Tickets::fresh(Ticket draft, const Realm& realm) {
  CS_CO_TRY(const SecretBytes number, co_await parts_.hsm.random(verify::kNumberRandomBytes));
  draft.id = TicketId{verify::fresh_number(number.expose())};
  CS_CO_TRY(SecretBytes secret, co_await parts_.hsm.random(BearerSecret::kSecretBytes));
  const SecretBytes input = mac_input(draft, realm, secret.expose());
  CS_CO_TRY(draft.mac, co_await parts_.hsm.mac(hsm::MacKey::pepper, input.expose()));
  const BearerSecret bearer{countersign::number(draft.id), std::move(secret)};
  co_return IssuedTicket{std::move(draft), text_of(bearer)};
}

awaitable<Result<std::optional<Ticket>>> Tickets::find(const SecretBytes& text) {
  using Found = std::optional<Ticket>;
  std::optional<BearerSecret> bearer = bearer_secret_from(text);
  const bool is_text = bearer.has_value();
  // Whoever brings anything else waits as long as everybody.
  if (!is_text) bearer = BearerSecret{0, SecretBytes{BearerSecret::kSecretBytes}};
  const TicketId id{bearer->id};
  CS_CO_TRY(Found kept, co_await parts_.accounts.ticket(id));
  const bool is_kept = kept.has_value();
  if (!is_kept) kept = Ticket{.subject = decoy_of_name(bearer->id)};
  const auto subject = co_await parts_.store.subject(kept->subject);
  if (!subject && subject.error().code == ErrorCode::not_found) co_return Found{};  // erased
  if (!subject) co_return subject.error();
  const SecretBytes input = mac_input(*kept, (*subject)->fixed.name.realm, bearer->secret.expose());
  CS_CO_TRY(const hsm::Mac mac, co_await parts_.hsm.mac(hsm::MacKey::pepper, input.expose()));
  const bool matches = equal_in_constant_time(as_text(mac), as_text(kept->mac));
  if (!is_text || !is_kept || !matches) co_return Found{};
  co_return kept;
}

TicketCondition condition_of(const Ticket& ticket, Time now) {
  if (ticket.state != TicketState::open) return TicketCondition::spent;
  const bool is_over = now >= ticket.expires_at || verify::is_of_later(ticket.created_at, now);
  return is_over ? TicketCondition::expired : TicketCondition::open;
}

std::string link_of(const policies::Policy& policy, const SecretBytes& text) {
  if (policy.account.url.empty()) return {};
  return policy.account.url + std::string{kLinkPath} + std::string{as_text(text.expose())};
}

}  // namespace countersign
