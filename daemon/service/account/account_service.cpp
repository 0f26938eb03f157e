// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/account/account_service.hpp"

#include "daemon/outbox/mask.hpp"
#include "daemon/service/message/destinations.hpp"
#include "policies/authorise.hpp"

namespace countersign {
namespace {

constexpr std::string_view kErasedContext = "countersign erased name v1";

Bytes name_as_bytes(const SubjectName& name) {
  Bytes bytes;
  Writer{bytes}.text(kErasedContext).text(name.realm.text()).text(name.username.text());
  return bytes;
}

// Nobody else's: the number stands behind the hash, so that a name may be erased twice.
std::string grave_of(const hsm::Mac& mac, SubjectId subject) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string grave = "erased:";
  for (const std::byte byte : mac) {
    grave += kDigits[std::to_integer<unsigned>(byte) >> 4];
    grave += kDigits[std::to_integer<unsigned>(byte) & 0xf];
  }
  return grave + '.' + std::to_string(number(subject));
}

const Factor* email_among(const std::vector<Factor>& contacts) {
  for (const Factor& contact : contacts) {
    if (contact.kind == FactorKind::primary_email) return &contact;
  }
  return nullptr;
}

}  // namespace

awaitable<Result<SubjectReport>> AccountService::create(Peer peer, const CreateSubject& ask) {
  const CurrentPolicy current = parts_.policy;
  const std::string& realm = ask.name.realm.text();
  CS_CO_CHECK(policies::authorise_realm(*current, peer, realm));
  if (ask.send_activation && !ask.primary_email) {
    co_return Error{ErrorCode::malformed, "activation.primary_email"};
  }
  const policies::Policy& policy = current->of(realm);
  const Time now = parts_.clock.now();
  CS_CO_TRY(std::vector<Factor> contacts, co_await contacts_of(ask, now));
  const SubjectRecord record{
      .fixed = {.id = parts_.accounts.reserve_subject(),
                .name = ask.name,
                .state = ask.send_activation ? SubjectState::pending : SubjectState::active,
                .created_at = now}};
  SubjectReport report{.subject = record.fixed};

  std::optional<DraftedLink> link;
  if (ask.send_activation) {
    const std::string no_address;
    const bool has_link = !policy.account.url.empty();
    const LinkErrand errand{.purpose = TicketPurpose::activation,
                            .subject = record,
                            .to = has_link ? email_among(contacts) : nullptr,
                            .profile = ask.profile,
                            .language = ask.profile.language,
                            .peer_uid = peer.uid,
                            .client_address = no_address};
    CS_CO_TRY(link, co_await links_.draft(errand, policy, now));
    report.activation = links_.begin(*link, now);
    if (!has_link) report.activation->outcome = DeliveryOutcome::not_allowed;
    if (report.activation->outcome != DeliveryOutcome::accepted_for_delivery) link.reset();
  }
  JournalEntry entry{.at = now, .event = Event::subject_created, .peer_uid = peer.uid};
  CS_CO_CHECK(
      co_await make(record.fixed, std::move(contacts), ask, std::move(link), std::move(entry)));
  co_return report;
}

// Subject, contacts, names, ticket and letter: one commit.
awaitable<Status> AccountService::make(const Subject& subject, std::vector<Factor> contacts,
                                       const CreateSubject& ask, std::optional<DraftedLink> link,
                                       JournalEntry entry) {
  Aftermath also;
  const Profile& profile = ask.profile;
  const bool has_profile =
      !profile.first_name.empty() || !profile.last_name.empty() || !profile.language.empty();
  if (has_profile) {
    Profile first = profile;
    first.version = next(Version{});
    const Result<SealedProfile> sealed = co_await profiles_.seal(first);
    if (!sealed && link) links_.given_up(*link);
    if (!sealed) co_return sealed.error();
    also.account.profile = *sealed;
  }
  if (link) {
    also.account.issued.push_back(link->ticket);
    also.notices.push_back(link->letter);
  }
  const Status made = co_await parts_.accounts.create_account(subject, std::move(contacts),
                                                              std::move(also), std::move(entry));
  if (made && link) links_.queued(*link);
  if (!made && link) links_.given_up(*link);
  co_return made;
}

awaitable<Result<std::vector<Factor>>> AccountService::contacts_of(const CreateSubject& ask,
                                                                   Time now) {
  struct Given {
    FactorKind kind{};
    const std::optional<Destination>& destination;
  };
  const std::array<Given, 3> all{{{FactorKind::primary_email, ask.primary_email},
                                  {FactorKind::secondary_email, ask.secondary_email},
                                  {FactorKind::mobile, ask.mobile}}};
  std::vector<Factor> contacts;
  for (const Given& given : all) {
    if (!given.destination) continue;
    CS_CO_TRY(const Bytes sealed, co_await seal_destination(parts_.hsm, *given.destination));
    contacts.push_back({.kind = given.kind,
                        .state = FactorState::active,
                        .oath = kNoOath,
                        .sealed = sealed,
                        .created_at = now});
  }
  co_return contacts;
}

awaitable<Result<SubjectExport>> AccountService::give_out(Peer peer, const ExportSubject& ask) {
  CS_CO_TRY(const SubjectPtr subject, co_await find_.by_name(peer, ask.name));
  const SubjectId id = subject->fixed.id;
  CS_CO_TRY(ProfileReport profile, co_await shown_.report(*subject, true));
  SubjectExport all{.subject = {.subject = subject->fixed,
                                .failures = subject->budget.failures,
                                .failures_unfamiliar = subject->budget.failures_unfamiliar},
                    .profile = std::move(profile)};
  for (const FactorRecord& record : subject->factors) {
    FactorReport report{.subject = subject->fixed.name,
                        .factor = record.fixed,
                        .failures = record.motion.failures,
                        .accepted_at = record.motion.accepted_at};
    if (is_out_of_band(record.fixed.kind)) {
      CS_CO_TRY(const Destination to, co_await open_destination(parts_.hsm, record.fixed));
      report.masked_destination = to.text;  // in full: it is the person's own
    }
    all.factors.push_back(std::move(report));
  }
  CS_CO_TRY(const std::vector<Session> sessions,
            co_await parts_.accounts.sessions(id, parts_.clock.now()));
  for (const Session& session : sessions) {
    all.sessions.push_back({.session = session, .subject = subject->fixed.name});
  }
  CS_CO_TRY(all.lines, co_await parts_.accounts.activity(id, ask.before));
  CS_CO_TRY(all.reset_question, co_await questions_.shown(*subject, FactorKind::reset_question));
  CS_CO_TRY(all.question, co_await questions_.shown(*subject, FactorKind::question));
  co_return all;
}

awaitable<Status> AccountService::erase(Peer peer, const EraseSubject& ask) {
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, ask.name));
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(found->fixed.id));
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(found->fixed.id));
  const Bytes name = name_as_bytes(subject->fixed.name);
  CS_CO_TRY(const hsm::Mac mac, co_await parts_.hsm.mac(hsm::MacKey::record, name));
  JournalEntry entry{.at = parts_.clock.now(),
                     .event = Event::subject_erased,
                     .peer_uid = peer.uid,
                     .subject = subject->fixed.id,
                     .count = load_big_endian<std::uint64_t>(BytesView{mac}.first(8))};
  co_return co_await parts_.accounts.erase(subject, grave_of(mac, subject->fixed.id),
                                           std::move(entry));
}

}  // namespace countersign
