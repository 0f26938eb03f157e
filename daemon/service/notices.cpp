// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/notices.hpp"

#include "daemon/outbox/letter.hpp"
#include "daemon/service/destinations.hpp"
#include "daemon/service/envelope.hpp"
#include "daemon/verify/challenge.hpp"

#include <algorithm>

namespace countersign {
namespace {

std::string_view words_for(FactorKind kind) {
  switch (kind) {
    case FactorKind::totp:
      return "authenticator app";
    case FactorKind::hotp:
      return "code token";
    case FactorKind::yubico_otp:
    case FactorKind::chalresp:
      return "YubiKey";
    case FactorKind::sms:
    case FactorKind::reset_phone:
    case FactorKind::mobile:
      return "phone number";
    case FactorKind::email:
    case FactorKind::primary_email:
    case FactorKind::secondary_email:
      return "e-mail address";
    case FactorKind::password:
      return "password";
    case FactorKind::question:
    case FactorKind::reset_question:
      return "secret question";
    case FactorKind::recovery_codes:
      return "recovery codes";
    case FactorKind::temporary_code:
      return "temporary access code";
    case FactorKind::device:
      return "remembered device";
  }
  return "factor";
}

// The kind comes first: whoever chose the label may have chosen it so that it says something else.
std::string name_of(const Factor& factor) {
  std::string name{words_for(factor.kind)};
  if (!factor.label.empty()) name += " (" + factor.label + ")";
  return name;
}

std::vector<const Factor*> destinations(const SubjectRecord& subject, FactorKind kind,
                                        FactorState state) {
  std::vector<const Factor*> found;
  for (const FactorRecord& factor : subject.factors) {
    const bool is_one = factor.fixed.kind == kind && factor.fixed.state == state;
    if (is_one) found.push_back(&factor.fixed);
  }
  return found;
}

// All active e-mail factors, or all active SMS factors of whoever has none; and whatever is
// suspended: else that is how an intruder would begin.
std::vector<const Factor*> told(const SubjectRecord& subject) {
  auto all = destinations(subject, FactorKind::email, FactorState::active);
  if (all.empty()) all = destinations(subject, FactorKind::sms, FactorState::active);
  for (const FactorKind kind : {FactorKind::email, FactorKind::sms}) {
    const auto suspended = destinations(subject, kind, FactorState::suspended);
    all.insert(all.end(), suspended.begin(), suspended.end());
  }
  return all;
}

}  // namespace

awaitable<Result<std::vector<Message>>> Notices::write(MessageKind kind,
                                                       const SubjectRecord& subject,
                                                       const Factor& about,
                                                       const JournalEntry& change) {
  std::vector<const Factor*> recipients = told(subject);
  const bool was_somebodys = is_out_of_band(about.kind) && about.state != FactorState::pending &&
                             kind == MessageKind::factor_removed;
  const auto is_it = [&about](const Factor* factor) { return factor->id == about.id; };
  if (was_somebodys && std::ranges::none_of(recipients, is_it)) recipients.push_back(&about);

  std::vector<Message> notices;
  for (const Factor* to : recipients) {
    CS_CO_TRY(std::optional<Message> notice, co_await write_one(kind, subject, about, *to, change));
    if (notice) notices.push_back(std::move(*notice));
  }
  co_return notices;
}

// None where the policy sends nothing.
awaitable<Result<std::optional<Message>>> Notices::write_one(MessageKind kind,
                                                             const SubjectRecord& subject,
                                                             const Factor& about, const Factor& to,
                                                             const JournalEntry& change) {
  using Written = std::optional<Message>;
  const CurrentPolicy policy = parts_.policy;
  CS_CO_TRY(const Destination destination, co_await open_destination(parts_.hsm, to));
  outbox::Sending sending{.channel = to.kind,
                          .kind = kind,
                          .subject = subject.fixed.id,
                          .factor = to.id,
                          .destination = parts_.outbox.prints.print(destination),
                          .prefix = prefix_of(*policy, destination),
                          .peer_uid = change.peer_uid,
                          .expires_at = change.at + policy->messages.notice_lifetime};
  if (to.kind == FactorKind::sms && sending.prefix.empty()) co_return Written{};
  CS_CO_TRY(const SecretBytes random, co_await parts_.hsm.random(verify::kNumberRandomBytes));
  const MessageId id{verify::fresh_number(random.expose())};
  CS_CO_TRY(const SecretBytes letter, outbox::write({.destination = destination,
                                                     .kind = kind,
                                                     .realm = subject.fixed.name.realm.text(),
                                                     .language = {},
                                                     .values = {{"factor", name_of(about)}}}));
  const Bytes envelope = envelope_of(id);
  CS_CO_TRY(Bytes sealed, co_await parts_.hsm.seal_message(letter.expose(), envelope));
  co_return Written{row_of(id, sending, change.at, std::move(sealed))};
}

void Notices::queued(const std::vector<Message>& notices) {
  for (const Message& notice : notices) parts_.outbox.counted_and_queued(notice);
}

}  // namespace countersign
