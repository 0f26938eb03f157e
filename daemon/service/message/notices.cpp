// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/message/notices.hpp"

#include "daemon/outbox/letter.hpp"
#include "daemon/service/message/destinations.hpp"
#include "daemon/service/message/envelope.hpp"
#include "daemon/service/message/written_time.hpp"
#include "daemon/verify/challenge.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

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

using Kinds = std::initializer_list<FactorKind>;

constexpr auto kMailboxes = {FactorKind::primary_email, FactorKind::secondary_email,
                             FactorKind::email};
constexpr auto kPhones = {FactorKind::sms, FactorKind::reset_phone};

void append(std::vector<const Factor*>& all, const SubjectRecord& subject, Kinds kinds,
            FactorState state) {
  for (const FactorKind kind : kinds) {
    for (const FactorRecord& factor : subject.factors) {
      const bool is_one = factor.fixed.kind == kind && factor.fixed.state == state;
      if (is_one) all.push_back(&factor.fixed);
    }
  }
}

// Whom the subject has to be reached by; suspended ones too: else that is how an intruder would
// begin.
std::vector<const Factor*> reached_by(const SubjectRecord& subject) {
  std::vector<const Factor*> all;
  append(all, subject, kMailboxes, FactorState::active);
  if (all.empty()) append(all, subject, kPhones, FactorState::active);
  append(all, subject, kMailboxes, FactorState::suspended);
  append(all, subject, kPhones, FactorState::suspended);
  return all;
}

// Who else is concerned by this change.
void append_concerned(std::vector<const Factor*>& all, MessageKind kind,
                      const SubjectRecord& subject, const Factor& about) {
  if (!is_out_of_band(about.kind)) return;
  const bool is_replaced = kind == MessageKind::address_changed;
  if (is_replaced) append(all, subject, {about.kind}, FactorState::active);
  const bool was_somebodys =
      kind == MessageKind::factor_removed && about.state != FactorState::pending;
  if (is_replaced || was_somebodys) all.push_back(&about);
}

bool has_link(MessageKind kind) { return kind != MessageKind::suspended; }

// What the link puts out of use, beside the password. Whoever unlocked an account was sent a code
// where its owner is reached: that is not to be taken from the owner.
FactorId suspended_by_link(MessageKind kind, const Factor& about) {
  return kind == MessageKind::unlocked ? FactorId{} : about.id;
}

}  // namespace

void Told::leave_in(Aftermath& also) && {
  also.notices.insert(also.notices.end(), std::make_move_iterator(notices.begin()),
                      std::make_move_iterator(notices.end()));
  if (repudiation) also.account.issued.push_back(*std::move(repudiation));
}

awaitable<Result<Told>> Notices::write(MessageKind kind, const SubjectRecord& subject,
                                       const Factor& about, const JournalEntry& change) {
  CS_CO_TRY(const std::vector<Recipient> all, co_await recipients(kind, subject, about));
  Told told;
  if (all.empty()) co_return told;
  CS_CO_TRY(const Profile profile, co_await profiles_.of(subject.fixed.id));
  News news{kind, subject, change, profile.language, {{"factor", name_of(about)}}};
  CS_CO_TRY(told.repudiation, co_await add_link(about, news));
  for (const Recipient& to : all) {
    CS_CO_TRY(std::optional<Message> notice, co_await write_one(news, to));
    if (notice) told.notices.push_back(std::move(*notice));
  }
  if (told.notices.empty()) told.repudiation.reset();  // nobody has its text
  co_return told;
}

awaitable<Result<std::vector<Notices::Recipient>>> Notices::recipients(MessageKind kind,
                                                                       const SubjectRecord& subject,
                                                                       const Factor& about) {
  std::vector<const Factor*> all = reached_by(subject);
  append_concerned(all, kind, subject, about);
  std::vector<Recipient> once;
  for (const Factor* factor : all) {
    CS_CO_TRY(Destination destination, co_await open_destination(parts_.hsm, *factor));
    const auto is_same = [&destination](const Recipient& other) {
      return other.destination.text == destination.text;
    };
    if (std::ranges::any_of(once, is_same)) continue;
    once.push_back({factor->id, std::move(destination)});
  }
  co_return once;
}

// One ticket for all who are told: whoever opens it first says it for all.
awaitable<Result<std::optional<Ticket>>> Notices::add_link(const Factor& about, News& news) {
  using Issued = std::optional<Ticket>;
  const CurrentPolicy current = parts_.policy;
  const Realm& realm = news.subject.fixed.name.realm;
  const policies::Policy& policy = current->of(realm.text());
  if (!has_link(news.kind) || policy.account.url.empty()) co_return Issued{};
  Ticket draft{.purpose = TicketPurpose::repudiation,
               .subject = news.subject.fixed.id,
               .factor = suspended_by_link(news.kind, about),
               .details = {static_cast<std::byte>(news.kind)},
               .created_at = news.change.at,
               .expires_at = news.change.at + policy.account.repudiation_lifetime};
  CS_CO_TRY(IssuedTicket issued, co_await tickets_.fresh(std::move(draft), realm));
  news.values.push_back({"not_me_link", link_of(policy, issued.text)});
  news.values.push_back({"expires", written(issued.row.expires_at)});
  co_return Issued{std::move(issued.row)};
}

// None where the policy sends nothing.
awaitable<Result<std::optional<Message>>> Notices::write_one(const News& news,
                                                             const Recipient& to) {
  using Written = std::optional<Message>;
  const CurrentPolicy policy = parts_.policy;
  const Subject& subject = news.subject.fixed;
  outbox::Sending sending{.channel = to.destination.channel,
                          .kind = news.kind,
                          .subject = subject.id,
                          .factor = to.factor,
                          .destination = parts_.outbox.prints.print(to.destination),
                          .prefix = prefix_of(*policy, to.destination),
                          .peer_uid = news.change.peer_uid,
                          .expires_at = news.change.at + policy->messages.notice_lifetime};
  if (sending.channel == FactorKind::sms && sending.prefix.empty()) co_return Written{};
  CS_CO_TRY(const SecretBytes random, co_await parts_.hsm.random(verify::kNumberRandomBytes));
  const MessageId id{verify::fresh_number(random.expose())};
  CS_CO_TRY(const SecretBytes letter, outbox::write({.destination = to.destination,
                                                     .kind = news.kind,
                                                     .realm = subject.name.realm.text(),
                                                     .language = news.language,
                                                     .values = news.values}));
  const Bytes envelope = envelope_of(id);
  CS_CO_TRY(Bytes sealed, co_await parts_.hsm.seal_message(letter.expose(), envelope));
  co_return Written{row_of(id, sending, news.change.at, std::move(sealed))};
}

void Notices::queued(const std::vector<Message>& notices) {
  for (const Message& notice : notices) parts_.outbox.counted_and_queued(notice);
}

}  // namespace countersign
