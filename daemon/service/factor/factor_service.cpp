// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/factor_service.hpp"

#include "daemon/outbox/mask.hpp"
#include "daemon/service/account/removal.hpp"
#include "daemon/service/factor/factor_facts.hpp"
#include "daemon/service/factor/former_position.hpp"
#include "daemon/service/gate/standing.hpp"
#include "daemon/service/message/destinations.hpp"

#include <algorithm>
#include <optional>

namespace countersign {
namespace {

// Where a HOTP factor starts: just below the first counter that it will accept.
Position start_of(const EnrolOath& ask) {
  if (ask.kind != FactorKind::hotp) return Position::none;
  return Position{static_cast<std::int64_t>(ask.counter) - 1};
}

}  // namespace

// What one change does to a factor, and from which states it may.
struct FactorService::Change {
  Event event{};
  std::optional<FactorState> from;  // none: any state but revoked
  std::optional<FactorState> to;
  const Label* label = nullptr;

  [[nodiscard]] bool allowed_from(FactorState state) const {
    return from ? state == *from : state != FactorState::revoked;
  }
  // What its owner is told of it.
  [[nodiscard]] MessageKind tells(const Factor& factor) const {
    if (to != FactorState::revoked) return MessageKind::factor_changed;
    return is_contact(factor.kind) ? MessageKind::address_changed : MessageKind::factor_removed;
  }
  void apply(Factor& factor) const {
    if (to) factor.state = *to;
    if (label != nullptr) factor.label = label->text();
  }
};

JournalEntry FactorService::entry(Peer peer, Event event) const {
  return {.at = clock_.now(), .event = event, .peer_uid = peer.uid};
}

awaitable<Result<hsm::Generated>> FactorService::secret_of(EnrolOath& ask) {
  if (!ask.secret) co_return co_await hsm_.generate_oath(ask.oath.algorithm);
  SecretBytes imported = std::move(*ask.secret);
  ask.secret.reset();
  CS_CO_TRY(Bytes sealed, co_await hsm_.seal_oath(ask.oath.algorithm, std::move(imported)));
  co_return hsm::Generated{std::move(sealed), SecretBytes{}};
}

awaitable<Result<hsm::GeneratedYubico>> FactorService::secret_of(EnrolYubicoOtp& ask) {
  if (!ask.key) co_return co_await hsm_.generate_yubico();
  YubicoKey imported = std::move(*ask.key);
  ask.key.reset();
  CS_CO_TRY(Bytes sealed,
            co_await hsm_.seal_yubico(std::move(imported.aes_key), std::move(imported.private_id)));
  co_return hsm::GeneratedYubico{std::move(sealed), SecretBytes{}, SecretBytes{}};
}

awaitable<Result<hsm::Generated>> FactorService::secret_of(EnrolChallengeResponse& ask) {
  if (!ask.key) co_return co_await hsm_.generate_response_key();
  SecretBytes imported = std::move(*ask.key);
  ask.key.reset();
  CS_CO_TRY(Bytes sealed, co_await hsm_.seal_response_key(std::move(imported)));
  co_return hsm::Generated{std::move(sealed), SecretBytes{}};
}

Status FactorService::has_room(const SubjectRecord& subject, std::size_t going) {
  const auto open = std::ranges::count_if(subject.factors, [](const FactorRecord& factor) {
    return factor.fixed.state != FactorState::revoked;
  });
  const bool full = static_cast<std::size_t>(open) >= kFactorsMax + going ||
                    subject.factors.size() >= kFactorsKeptMax;
  if (full) return Error{ErrorCode::limit_exceeded, "enrol.factors"};
  return {};
}

awaitable<Result<FactorService::Place>> FactorService::place_for(Peer peer, const SubjectName& name,
                                                                 FactorKind kind,
                                                                 const Session* by) {
  const CurrentPolicy policy = policy_;
  CS_CO_CHECK(may_set_up(policy->of(name.realm.text()), peer, kind));
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, name));
  CS_CO_TRY(Turns::Turn turn, co_await turns_.take(found->fixed.id));
  CS_CO_TRY(SubjectPtr subject, co_await store_.subject(found->fixed.id));
  CS_CO_CHECK(co_await sessions_.stands(by));
  CS_CO_CHECK(has_room(*subject));
  co_return Place{std::move(turn), std::move(subject)};
}

awaitable<Result<Answer>> FactorService::enrol(Peer peer, EnrolYubicoOtp ask) {
  CS_CO_TRY(const Place place, co_await place_for(peer, ask.name, FactorKind::yubico_otp, nullptr));
  CS_CO_TRY(hsm::GeneratedYubico made, co_await secret_of(ask));
  Factor factor{.subject = place.subject->fixed.id,
                .kind = FactorKind::yubico_otp,
                .label = ask.label.text(),
                .public_id = ask.public_id,
                .oath = kNoOath,
                .sealed = std::move(made.sealed),
                .created_at = clock_.now()};
  CS_CO_TRY(const Position start, co_await former_position(store_, factor.sealed));
  JournalEntry record = entry(peer, Event::factor_enrolled);
  CS_CO_TRY(factor.id, co_await store_.enrol(place.subject, factor, start, std::move(record)));
  Enrolment enrolment{
      .factor = {.subject = place.subject->fixed.name, .factor = std::move(factor)}};
  if (made.aes_key.size() != 0) {
    enrolment.yubico = YubicoSecret{std::move(ask.public_id),
                                    {std::move(made.aes_key), std::move(made.private_id)}};
  }
  co_return Answer{std::move(enrolment)};
}

awaitable<Result<Answer>> FactorService::enrol(Peer peer, EnrolChallengeResponse ask) {
  CS_CO_TRY(const Place place, co_await place_for(peer, ask.name, FactorKind::chalresp, nullptr));
  CS_CO_TRY(hsm::Generated made, co_await secret_of(ask));
  Factor factor{.subject = place.subject->fixed.id,
                .kind = FactorKind::chalresp,
                .label = ask.label.text(),
                .oath = kNoOath,
                .sealed = std::move(made.sealed),
                .created_at = clock_.now()};
  JournalEntry record = entry(peer, Event::factor_enrolled);
  CS_CO_TRY(factor.id,
            co_await store_.enrol(place.subject, factor, Position::none, std::move(record)));
  co_return Answer{
      Enrolment{.factor = {.subject = place.subject->fixed.name, .factor = std::move(factor)},
                .challenge_response_key = std::move(made.secret)}};
}

awaitable<Result<Answer>> FactorService::enrol(Peer peer, EnrolOutOfBand ask, const Session* by) {
  CS_CO_TRY(const Place place, co_await place_for(peer, ask.name, ask.kind, by));
  CS_CO_TRY(const Destination destination, co_await destination_of(peer, ask, *place.subject));
  if (is_contact(ask.kind)) {
    CS_CO_TRY(const FactorRecord* const pending,
              co_await contacts_.find_pending(*place.subject, ask.kind, destination));
    if (pending != nullptr) {
      CS_CO_TRY(FactorReport report, co_await described(*place.subject, *pending));
      co_return Answer{Enrolment{.factor = std::move(report)}};
    }
  } else {
    CS_CO_CHECK(co_await refuse_known(*place.subject, destination));
  }
  CS_CO_TRY(const Bytes sealed, co_await seal_destination(hsm_, destination));
  Factor factor{.subject = place.subject->fixed.id,
                .kind = ask.kind,
                .label = ask.label.text(),
                .oath = kNoOath,
                .sealed = sealed,
                .created_at = clock_.now()};
  JournalEntry record = entry(peer, Event::factor_enrolled);
  CS_CO_TRY(factor.id,
            co_await store_.enrol(place.subject, factor, Position::none, std::move(record)));
  co_return Answer{Enrolment{.factor = {.subject = place.subject->fixed.name,
                                        .factor = std::move(factor),
                                        .masked_destination = outbox::mask(destination)}}};
}

awaitable<Result<Destination>> FactorService::destination_of(Peer peer, EnrolOutOfBand& ask,
                                                             const SubjectRecord& subject) {
  if (ask.destination) co_return *std::move(ask.destination);
  const bool is_own = peer.role == Role::enroll && ask.kind == FactorKind::email;
  if (!is_own) co_return Error{ErrorCode::malformed, "destination.missing"};
  const Factor* const primary = Contacts::primary(subject);
  if (primary == nullptr) co_return Error{ErrorCode::conflict, "contact.primary"};
  co_return co_await open_destination(hsm_, *primary);
}

// Twice with one person, it would be good for twice as many guesses.
awaitable<Status> FactorService::refuse_known(const SubjectRecord& subject,
                                              const Destination& destination) {
  for (const FactorRecord& factor : subject.factors) {
    const bool is_other =
        factor.fixed.kind != destination.channel || factor.fixed.state == FactorState::revoked;
    if (is_other) continue;
    CS_CO_TRY(const Destination its, co_await open_destination(hsm_, factor.fixed));
    if (its.text == destination.text) co_return Error{ErrorCode::already_exists, "enrol.secret"};
  }
  co_return Status{};
}

awaitable<Result<Answer>> FactorService::enrol(Peer peer, EnrolOath ask, const Session* by) {
  CS_CO_TRY(const Place place, co_await place_for(peer, ask.name, ask.kind, by));
  const SubjectPtr& subject = place.subject;
  CS_CO_TRY(hsm::Generated made, co_await secret_of(ask));
  // Equal secrets are equal when sealed. Twice with one person, they would make one code good for
  // two factors, and a revoked token's used codes good again.
  for (const FactorRecord& factor : subject->factors) {
    if (factor.fixed.sealed == made.sealed) {
      co_return Error{ErrorCode::already_exists, "enrol.secret"};
    }
  }
  Factor factor{.subject = subject->fixed.id,
                .kind = ask.kind,
                .label = ask.label.text(),
                .public_id = ask.token_identifier,
                .oath = ask.oath,
                .sealed = std::move(made.sealed),
                .created_at = clock_.now()};
  CS_CO_TRY(ShownSecret shown,
            shown_to_owner(*subject, factor, ask.issuer.text(), ask.counter, made.secret.expose()));
  JournalEntry record = entry(peer, Event::factor_enrolled);
  Aftermath also;
  // A page has to show it again after a wrong code; nobody else asks twice.
  if (peer.role == Role::enroll && made.secret.size() != 0) {
    CS_CO_TRY(also.account.kept,
              co_await pending_.seal(ask, subject->fixed.id, made.secret, record.at));
  }
  CS_CO_TRY(factor.id, co_await store_.enrol(subject, factor, start_of(ask), std::move(record),
                                             std::move(also)));
  co_return Answer{
      Enrolment{.factor = {.subject = subject->fixed.name, .factor = std::move(factor)},
                .secret_base32 = std::move(shown.base32),
                .otpauth_uri = std::move(shown.uri)}};
}

awaitable<Result<Answer>> FactorService::list(Peer peer, const ListFactors& ask) {
  CS_CO_TRY(const SubjectPtr subject, co_await find_.by_name(peer, ask.name));
  FactorList list;
  for (const FactorRecord& factor : subject->factors) {
    CS_CO_TRY(FactorReport report, co_await described(*subject, factor));
    list.factors.push_back(std::move(report));
  }
  co_return Answer{std::move(list)};
}

awaitable<Result<Answer>> FactorService::report(Peer peer, FactorId factor) {
  CS_CO_TRY(const SubjectPtr subject, co_await find_.by_factor(peer, factor));
  CS_CO_TRY(FactorReport report, co_await described(*subject, *subject->find(factor)));
  co_return Answer{std::move(report)};
}

awaitable<Result<FactorReport>> FactorService::described(const SubjectRecord& subject,
                                                         const FactorRecord& factor) {
  FactorReport report{.subject = subject.fixed.name,
                      .factor = factor.fixed,
                      .failures = factor.motion.failures,
                      .accepted_at = factor.motion.accepted_at};
  if (is_out_of_band(factor.fixed.kind)) {
    CS_CO_TRY(const Destination destination, co_await open_destination(hsm_, factor.fixed));
    report.masked_destination = outbox::mask(destination);
  }
  const CurrentPolicy policy = policy_;
  CS_CO_CHECK(add_facts(report, factor, policy->of(subject.fixed.name.realm.text())));
  co_return report;
}

awaitable<Result<Answer>> FactorService::rename(Peer peer, const RenameFactor& ask,
                                                const Session* by) {
  const Change what{.event = Event::factor_renamed, .label = &ask.label};
  co_return co_await change(peer, ask.factor, what, by);
}

awaitable<Result<Answer>> FactorService::suspend(Peer peer, const SuspendFactor& ask) {
  const Change what{
      .event = Event::factor_suspended, .from = FactorState::active, .to = FactorState::suspended};
  co_return co_await change(peer, ask.factor, what, nullptr);
}

awaitable<Result<Answer>> FactorService::resume(Peer peer, const ResumeFactor& ask) {
  const Change what{
      .event = Event::factor_resumed, .from = FactorState::suspended, .to = FactorState::active};
  co_return co_await change(peer, ask.factor, what, nullptr);
}

awaitable<Result<Answer>> FactorService::revoke(Peer peer, const RevokeFactor& ask,
                                                const Session* by) {
  const Change what{.event = Event::factor_revoked, .to = FactorState::revoked};
  co_return co_await change(peer, ask.factor, what, by);
}

awaitable<Result<Answer>> FactorService::change(Peer peer, FactorId id, Change change,
                                                const Session* by) {
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_factor(peer, id));
  {
    CS_CO_TRY(const Turns::Turn turn, co_await turns_.take(found->fixed.id));
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found->fixed.id));
    CS_CO_CHECK(co_await sessions_.stands(by));
    const FactorRecord* record = subject->find(id);
    if (record == nullptr) co_return Error{ErrorCode::not_found, "factor.id"};
    if (!change.allowed_from(record->fixed.state)) {
      co_return Error{ErrorCode::conflict, "factor.state"};
    }
    if (peer.role == Role::enroll && change.to == FactorState::revoked) {
      const CurrentPolicy policy = policy_;
      CS_CO_CHECK(
          may_remove(*subject, record->fixed, policy->of(subject->fixed.name.realm.text())));
    }
    Factor changed = record->fixed;
    change.apply(changed);
    JournalEntry journalled = entry(peer, change.event);
    Aftermath also;
    // What was never confirmed was nobody's yet.
    if (record->fixed.state != FactorState::pending) {
      const MessageKind kind = change.tells(record->fixed);
      CS_CO_TRY(Told told, co_await notices_.write(kind, *subject, record->fixed, journalled));
      std::move(told).leave_in(also);
    }
    CS_CO_CHECK(co_await store_.change(subject, std::move(changed), std::move(journalled), also));
    notices_.queued(also.notices);
  }
  co_return co_await report(peer, id);
}

}  // namespace countersign
