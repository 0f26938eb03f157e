// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/attempt/verify_service.hpp"

#include "daemon/service/attempt/recovery_notice.hpp"
#include "policies/authorise.hpp"

namespace countersign {

namespace {

policies::Way way_of(const Verify& ask) {
  const bool named = ask.subject || ask.factor;
  return named ? policies::Way::by_name : policies::Way::by_public_id;
}

// Whoever has the account is told of the factor that it has now.
class NoticeOfNew : public Afterwards {
 public:
  NoticeOfNew(Notices& notices, Afterwards* next) : notices_{notices}, next_{next} {}

  awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) override {
    CS_CO_CHECK(co_await tell(subject, attempt));
    if (next_ != nullptr) CS_CO_CHECK(co_await next_->add(subject, attempt));
    co_return Status{};
  }

 private:
  awaitable<Status> tell(const SubjectRecord& subject, Attempt& attempt) {
    if (!attempt.verdict.accepted) co_return Status{};
    const Factor& added = subject.find(attempt.verdict.factor)->fixed;
    CS_CO_TRY(Told told,
              co_await notices_.write(MessageKind::factor_added, subject, added, attempt.entry));
    if (told.notices.empty()) co_return Status{};
    std::move(told).leave_in(attempt.also());
    co_return Status{};
  }

  Notices& notices_;
  Afterwards* next_;
};

}  // namespace

awaitable<Result<Verdict>> VerifyService::verify(Peer peer, const RequestId& id,
                                                 const Verify& ask) {
  const verify::Typed typed = verify::typed_from(ask.passcode);
  CS_CO_CHECK(authorise(*policy_, peer, ask, typed));
  CS_CO_TRY(const Whose whose, co_await this->whose(ask, typed));
  const Question question{.event = Event::verify,
                          .subject = whose.subject,
                          .factor = whose.factor,
                          .typed = &typed,
                          .client_address = ask.client_address,
                          .way = way_of(ask),
                          .realm = ask.subject ? &ask.subject->realm : nullptr};
  RecoveryNotice tells{notices_};
  co_return co_await attempts_.evaluate(peer, id, question, &tells);
}

Status VerifyService::authorise(const policies::Policy& policy, Peer peer, const Verify& ask,
                                const verify::Typed& typed) {
  const policies::Way way = way_of(ask);
  const Status allowed = policies::authorise_way(policy, peer, way);
  if (way == policies::Way::by_name) {
    CS_CHECK(allowed);
    return ask.subject ? policies::authorise_realm(policy, peer, ask.subject->realm.text())
                       : Status{};
  }
  // Whoever is no gateway forgot to say whom they mean.
  if (!allowed) return Error{ErrorCode::malformed, "verify.nobody"};
  if (!typed.yubico) return Error{ErrorCode::malformed, "verify.public_id"};
  return {};
}

awaitable<Result<Verdict>> VerifyService::confirm(Peer peer, const RequestId& id,
                                                  const ConfirmFactor& ask,
                                                  Afterwards* afterwards) {
  CS_CO_TRY(const SubjectId subject, co_await store_.owner(ask.factor));
  const verify::Typed typed = verify::typed_from(ask.passcode);
  const Question question{.event = Event::confirm,
                          .subject = subject,
                          .factor = ask.factor,
                          .typed = &typed,
                          .client_address = ask.client_address};
  FactorConfirmed completes{activation_, peer.role, afterwards};
  NoticeOfNew tells{notices_, &completes};
  co_return co_await attempts_.evaluate(peer, id, question, &tells);
}

// An unknown name and an unknown public id get their decoys, and an unknown factor one by its
// number: they go the same way as everyone.
awaitable<Result<VerifyService::Whose>> VerifyService::whose(const Verify& ask,
                                                             const verify::Typed& typed) {
  if (way_of(ask) == policies::Way::by_public_id) {
    CS_CO_TRY(const FactorOwner owner, co_await store_.owner_of_public_id(typed.yubico->public_id));
    co_return Whose{owner.subject, owner.factor};
  }
  if (ask.subject) {
    CS_CO_TRY(const SubjectId subject, co_await store_.identify(*ask.subject));
    co_return Whose{subject, ask.factor};
  }
  const auto owner = co_await store_.owner(*ask.factor);
  if (owner) co_return Whose{*owner, ask.factor};
  if (owner.error().code != ErrorCode::not_found) co_return owner.error();
  co_return Whose{decoy_of_name(number(*ask.factor)), ask.factor};
}

}  // namespace countersign
