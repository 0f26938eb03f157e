// SPDX-License-Identifier: Apache-2.0
// Somebody at the companion, in the World: asks the whole service, with a session.
#pragma once

#include "daemon/service/service.hpp"
#include "daemon/service/session/sessions.hpp"
#include "tests/support/world.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace countersign::test {

class AccountVisits : public testing::Test {
 protected:
  static constexpr Peer kCompanion{.uid = 1000, .gid = 1000, .role = Role::enroll};

  AccountVisits() { world_.rules.peers[0].roles[static_cast<std::size_t>(Role::enroll)] = true; }

  // A session of Alice's, as if it had been come by.
  FreshSession begin(SessionScope scope, SessionProof proof = {}) {
    Session draft{.scope = scope, .proof = proof};
    FreshSession fresh =
        *run(sessions_.fresh(std::move(draft), world_.alice(), world_.clock.now()));
    world_.open_sessions[fresh.row.id] = fresh.row;
    return fresh;
  }
  // Signed in just now, by password and code.
  FreshSession signed_in() {
    const Time now = world_.clock.now();
    const auto kinds = bit_of(FactorKind::password) | bit_of(FactorKind::totp);
    return begin(SessionScope::account, {.password_at = now, .factor_at = now, .kinds = kinds});
  }
  // The password was right just now.
  FreshSession half_way() {
    return begin(SessionScope::sign_in,
                 {.password_at = world_.clock.now(), .kinds = bit_of(FactorKind::password)});
  }

  awaitable<Result<Answer>> answer_later(Ask ask, SecretBytes session, Peer peer = kCompanion) {
    Request request{World::request_id(next_request_++), std::move(ask), std::move(session)};
    co_return co_await service_.answer(peer, request);
  }
  Result<Answer> answer(Ask ask, const SecretBytes& session = {}, Peer peer = kCompanion) {
    SecretBytes copy{session.expose()};
    return run(answer_later(std::move(ask), std::move(copy), peer));
  }
  // Another one unless it was answered by such an answer.
  template <class Type>
  static Type get(Result<Answer> answer, Type otherwise = {}) {
    Type* found = answer ? std::get_if<Type>(&*answer) : nullptr;
    return found != nullptr ? std::move(*found) : std::move(otherwise);
  }
  // The name of what was wrong; empty when it was answered.
  static std::string refusal(const Result<Answer>& answer) {
    return answer ? "" : std::string{answer.error().operation.view()};
  }
  SessionReport seen_by(const SecretBytes& session) {
    SessionReport none{.session = {}, .subject = SubjectName::own()};
    return get<SessionReport>(answer(GetSession{}, session), std::move(none));
  }
  bool is_session(const SecretBytes& session) { return seen_by(session).current; }

  static SubjectName name(std::string_view username) {
    return {*Realm::from(""), *Username::from(username)};
  }
  static ProveFactor proof(std::string_view code, std::optional<FactorId> factor = std::nullopt) {
    return {factor, *Passcode::from(code), {}};
  }

  World world_;
  Service service_{{.store = world_,
                    .accounts = world_,
                    .hsm = world_,
                    .hasher = world_,
                    .policy = world_.parts().policy,
                    .clock = world_.clock,
                    .print_key = SecretBytes{outbox::Prints::kKeyBytes},
                    .hsm_health = {}}};
  Sessions sessions_{world_.parts()};
  int next_request_ = 1;
};

}  // namespace countersign::test
