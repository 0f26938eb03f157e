// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/knowledge_service.hpp"

#include "daemon/service/factor/factor_facts.hpp"
#include "daemon/service/factor/factor_service.hpp"
#include "daemon/service/gate/standing.hpp"
#include "daemon/verify/device_secret.hpp"
#include "daemon/verify/recovery_codes.hpp"
#include "daemon/verify/temporary_code.hpp"

#include <algorithm>

namespace countersign {
namespace {

constexpr std::chrono::seconds kTemporaryMin{300};
constexpr std::uint16_t kTemporaryUsesMax = 100;

bool is_open(const FactorRecord& factor, FactorKind kind) {
  return factor.fixed.kind == kind && factor.fixed.state != FactorState::revoked;
}

Factor revoked(const FactorRecord& factor) {
  Factor row = factor.fixed;
  row.state = FactorState::revoked;
  return row;
}

// Nobody else asks for it.
bool is_owners_to_make(const policies::Policy& rules, FactorKind kind) {
  return policies::may_set_up(rules.factors, Role::enroll, static_cast<policies::KindNumber>(kind));
}

std::vector<Factor> all_revoked(const SubjectRecord& subject, FactorKind kind) {
  std::vector<Factor> rows;
  for (const FactorRecord& factor : subject.factors) {
    if (is_open(factor, kind)) rows.push_back(revoked(factor));
  }
  return rows;
}

// Those that are forgotten anyway, and of the others the oldest that leave no room for one more.
std::vector<Factor> devices_to_forget(const SubjectRecord& subject, std::size_t devices_max,
                                      Time now) {
  std::vector<const FactorRecord*> good;
  std::vector<Factor> gone;
  for (const FactorRecord& factor : subject.factors) {
    if (!is_open(factor, FactorKind::device)) continue;
    const auto row = verify::device_row_from(factor.fixed.sealed);
    if (row && now < row->until) good.push_back(&factor);
    if (!row || now >= row->until) gone.push_back(revoked(factor));
  }
  std::ranges::sort(good, {}, [](const FactorRecord* one) { return one->fixed.created_at; });
  for (std::size_t i = 0; i + devices_max <= good.size(); ++i) gone.push_back(revoked(*good[i]));
  return gone;
}

}  // namespace

// A row that is active at once, and what goes with it.
struct KnowledgeService::Addition {
  FactorKind kind{};
  SealedSecret sealed;
  std::string label;
  Event event{};
  Peer peer;
  std::optional<MessageKind> tells;
  std::vector<Factor> instead_of;
};

awaitable<Result<Factor>> KnowledgeService::add(const SubjectPtr& subject, Addition addition) {
  CS_CO_CHECK(FactorService::has_room(*subject, addition.instead_of.size()));
  const Time now = parts_.clock.now();
  Factor factor{.id = kNewFactor,
                .subject = subject->fixed.id,
                .kind = addition.kind,
                .state = FactorState::active,
                .label = std::move(addition.label),
                .oath = kNoOath,
                .sealed = std::move(addition.sealed),
                .created_at = now};
  JournalEntry entry{.at = now,
                     .event = addition.event,
                     .peer_uid = addition.peer.uid,
                     .subject = subject->fixed.id,
                     .kind = addition.kind};
  Aftermath also;
  also.factors = std::move(addition.instead_of);
  if (addition.tells) {
    CS_CO_TRY(Told told, co_await notices_.write(*addition.tells, *subject, factor, entry));
    std::move(told).leave_in(also);
  }
  CS_CO_TRY(factor.id,
            co_await parts_.store.enrol(subject, factor, Position::none, std::move(entry), also));
  notices_.queued(also.notices);
  co_return factor;
}

awaitable<Result<FactorReport>> KnowledgeService::report(SubjectId id, FactorId factor) {
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
  const FactorRecord& record = *subject->find(factor);
  FactorReport report{.subject = subject->fixed.name, .factor = record.fixed};
  const CurrentPolicy policy = parts_.policy;
  CS_CO_CHECK(add_facts(report, record, policy->of(subject->fixed.name.realm.text())));
  co_return report;
}

awaitable<Result<Answer>> KnowledgeService::make_recovery_codes(Peer peer, SubjectId id,
                                                                const Session* by) {
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(id));
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
  CS_CO_CHECK(co_await sessions_.stands(by));
  const CurrentPolicy policy = parts_.policy;
  const policies::Policy& rules = policy->of(subject->fixed.name.realm.text());
  const std::size_t count = rules.account.recovery_codes;
  if (count == 0 || !is_owners_to_make(rules, FactorKind::recovery_codes)) {
    co_return Error{ErrorCode::denied, "recovery_codes.policy"};
  }
  CS_CO_TRY(verify::FreshRecoveryCodes fresh,
            co_await verify::fresh_recovery_codes(parts_.hsm, id, count));
  Addition addition{.kind = FactorKind::recovery_codes,
                    .sealed = std::move(fresh.sealed),
                    .label = {},
                    .event = Event::recovery_codes_made,
                    .peer = peer,
                    .tells = MessageKind::recovery_codes_made,
                    .instead_of = all_revoked(*subject, FactorKind::recovery_codes)};
  CS_CO_CHECK(co_await add(subject, std::move(addition)));
  co_return Answer{RecoveryCodes{std::move(fresh.codes)}};
}

awaitable<Result<Answer>> KnowledgeService::remember_device(Peer peer, SubjectId id,
                                                            const Label& label, const Session* by) {
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(id));
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
  CS_CO_CHECK(co_await sessions_.stands(by));
  const CurrentPolicy policy = parts_.policy;
  const policies::Policy& rules = policy->of(subject->fixed.name.realm.text());
  if (!is_owners_to_make(rules, FactorKind::device)) {
    co_return Error{ErrorCode::denied, "device.policy"};
  }
  const Time now = parts_.clock.now();
  const Time until = now + rules.account.device_lifetime;
  CS_CO_TRY(SealedSecret sealed, co_await verify::fresh_device(parts_.hsm, until));
  Addition addition{.kind = FactorKind::device,
                    .sealed = std::move(sealed),
                    .label = label.text(),
                    .event = Event::device_remembered,
                    .peer = peer,
                    .tells = MessageKind::device_remembered,
                    .instead_of = devices_to_forget(*subject, rules.account.devices_max, now)};
  CS_CO_TRY(const Factor factor, co_await add(subject, std::move(addition)));
  CS_CO_TRY(SecretBytes text, co_await verify::device_text(parts_.hsm, factor, Position::none));
  CS_CO_TRY(FactorReport shown, co_await report(id, factor.id));
  co_return Answer{RememberedDevice{std::move(shown), std::move(text)}};
}

awaitable<Result<Answer>> KnowledgeService::issue_temporary_code(Peer peer,
                                                                 const IssueTemporaryCode& ask) {
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, ask.name));
  const SubjectId id = found->fixed.id;
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(id));
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
  const CurrentPolicy policy = parts_.policy;
  const policies::Policy& rules = policy->of(subject->fixed.name.realm.text());
  if (!may_set_up(rules, peer, FactorKind::temporary_code)) {
    co_return Error{ErrorCode::denied, "temporary_code.policy"};
  }
  const bool fits = ask.lifetime >= kTemporaryMin &&
                    ask.lifetime <= rules.account.temporary_code_max && ask.uses >= 1 &&
                    ask.uses <= kTemporaryUsesMax;
  if (!fits) co_return Error{ErrorCode::limit_exceeded, "temporary_code.lifetime"};
  const Time now = parts_.clock.now();
  const verify::TemporaryCodeRow draft{.from = now, .until = now + ask.lifetime, .uses = ask.uses};
  CS_CO_TRY(verify::FreshTemporaryCode fresh,
            co_await verify::fresh_temporary_code(parts_.hsm, id, draft));
  Addition addition{.kind = FactorKind::temporary_code,
                    .sealed = std::move(fresh.sealed),
                    .label = {},
                    .event = Event::temporary_code_issued,
                    .peer = peer,
                    .tells = MessageKind::factor_added,
                    .instead_of = all_revoked(*subject, FactorKind::temporary_code)};
  CS_CO_TRY(const Factor factor, co_await add(subject, std::move(addition)));
  CS_CO_TRY(FactorReport shown, co_await report(id, factor.id));
  co_return Answer{TemporaryCode{std::move(shown), std::move(fresh.code)}};
}

awaitable<Result<SecretBytes>> KnowledgeService::device_text(SubjectId id, FactorId device) {
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(id));
  const FactorRecord* record = subject->find(device);
  if (record == nullptr || !is_open(*record, FactorKind::device)) {
    co_return Error{ErrorCode::not_found, "device.id"};
  }
  co_return co_await verify::device_text(parts_.hsm, record->fixed, record->motion.position);
}

}  // namespace countersign
