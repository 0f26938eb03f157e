// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/account/profile_service.hpp"

#include "daemon/outbox/mask.hpp"
#include "daemon/service/message/destinations.hpp"

namespace countersign {
namespace {

bool is_shown(const Factor& factor) {
  const bool stands = factor.state != FactorState::revoked && factor.state != FactorState::lost;
  return is_contact(factor.kind) && stands;
}

}  // namespace

awaitable<Result<ProfileReport>> ProfileService::get(Peer peer, const GetProfile& ask) {
  CS_CO_TRY(const SubjectPtr subject, co_await named(peer, ask.name));
  co_return co_await report(*subject, ask.unmasked);
}

awaitable<Result<ProfileReport>> ProfileService::change(Peer peer, const ChangeProfile& ask,
                                                        const Session* by) {
  CS_CO_TRY(const SubjectPtr found, co_await named(peer, ask.name));
  const SubjectId id = found->fixed.id;
  {
    CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(id));
    CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
    CS_CO_CHECK(co_await sessions_.stands(by));
    CS_CO_TRY(const SealedProfile kept, co_await parts_.accounts.profile(id));
    if (kept.version != ask.profile.version) {
      co_return Error{ErrorCode::conflict, "profile.version"};
    }
    Profile profile = ask.profile;
    profile.version = next(kept.version);
    Aftermath also;
    CS_CO_TRY(also.account.profile, co_await profiles_.seal(profile));
    JournalEntry entry{.at = parts_.clock.now(),
                       .event = Event::profile_changed,
                       .peer_uid = peer.uid,
                       .subject = id};
    CS_CO_CHECK(co_await parts_.accounts.apply(subject, std::move(also), std::move(entry)));
  }
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
  co_return co_await report(*subject, false);
}

awaitable<Result<ActivityList>> ProfileService::activity(Peer peer, const ListActivity& ask) {
  CS_CO_TRY(const SubjectPtr subject, co_await named(peer, ask.name));
  CS_CO_TRY(std::vector<JournalLine> lines,
            co_await parts_.accounts.activity(subject->fixed.id, ask.before));
  co_return ActivityList{std::move(lines)};
}

awaitable<Result<ProfileReport>> ProfileService::report(const SubjectRecord& subject,
                                                        bool unmasked) {
  CS_CO_TRY(Profile profile, co_await profiles_.of(subject.fixed.id));
  ProfileReport report{.subject = subject.fixed.name, .profile = std::move(profile)};
  for (const FactorRecord& record : subject.factors) {
    const Factor& factor = record.fixed;
    if (!is_shown(factor)) continue;
    CS_CO_TRY(const Destination to, co_await open_destination(parts_.hsm, factor));
    Contact contact{.factor = factor.id, .kind = factor.kind, .state = factor.state};
    contact.destination = unmasked ? to.text : outbox::mask(to);
    report.contacts.push_back(std::move(contact));
  }
  co_return report;
}

awaitable<Result<SubjectPtr>> ProfileService::named(Peer peer,
                                                    const std::optional<SubjectName>& name) {
  // Of enroll.sock's the session names it.
  if (!name) co_return Error{ErrorCode::malformed, "subject.missing"};
  co_return co_await find_.by_name(peer, *name);
}

}  // namespace countersign
