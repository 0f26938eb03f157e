// SPDX-License-Identifier: Apache-2.0
// Bob at the companion: his links, his sessions, and what he asks by them.
#pragma once

#include "daemon/service/factor/password_service.hpp"
#include "daemon/service/factor/question_service.hpp"
#include "daemon/service/ticket/activation.hpp"
#include "daemon/service/ticket/open_ticket_service.hpp"
#include "daemon/service/ticket/recovery.hpp"
#include "tests/unit/account_flow_world.hpp"

namespace countersign::test {

inline constexpr std::string_view kPassword = "Correct-Horse-42-Battery";

inline SecretBytes secret(std::string_view text) { return SecretBytes{as_bytes(text)}; }

class AccountVisit : public AccountFlow {
 protected:
  Result<TicketOpened> open(std::string_view link, std::string_view password = {}) {
    const OpenTicket ask{.ticket = secret(link),
                         .password = secret(password),
                         .client_address = "192.0.2.7",
                         .user_agent = "Firefox"};
    const RequestId id = World::request_id(next_request_++);
    return run(opens.open(kCompanion, id, ask));
  }
  // As the gate lets it in.
  std::optional<Visit> visit_by(const SecretBytes& session) {
    auto found = run(sessions.find(session, world.clock.time));
    if (!found || !*found) return std::nullopt;
    return Visit{kCompanion, id_, std::move((*found)->session), std::move((*found)->subject)};
  }
  Result<PasswordReport> set_password(const Visit& visit, std::string_view fresh,
                                      std::string_view current = {}, bool check_only = false) {
    const SetPassword ask{.current = secret(current),
                          .fresh = secret(fresh),
                          .check_only = check_only,
                          .client_address = "192.0.2.7"};
    return run(passwords.set(visit, ask));
  }
  void set_first_password(std::string_view link) {
    const auto visit = visit_by(open(link)->outcome.session);
    ASSERT_TRUE(visit);
    ASSERT_TRUE(set_password(*visit, kPassword)->set);
  }
  Result<FactorReport> set_question(const Visit& visit, std::uint16_t stock_id,
                                    std::string_view answer, bool is_factor = false) {
    const SetQuestion ask{.is_factor = is_factor, .stock_id = stock_id, .answer = secret(answer)};
    return run_for(questions.set(visit, ask));
  }
  // A factor of Bob's that is active, past all services.
  void add_factor_of_bob(FactorKind kind) {
    const Factor factor{.subject = subject()->fixed.id, .kind = kind, .state = FactorState::active};
    const JournalEntry entry{.at = world.clock.time, .event = Event::factor_enrolled};
    ASSERT_TRUE(run(world.enrol(subject(), factor, Position::none, entry, Aftermath{})));
  }
  Status complete(FactorKind kind, Aftermath& also, Role role = Role::enroll) {
    const SubjectPtr bob = subject();
    for (const FactorRecord& record : bob->factors) {
      if (record.fixed.kind != kind) continue;
      return run(activation.complete(role, *bob, record.fixed, also, world.clock.time));
    }
    return Error{ErrorCode::not_found, "test.factor"};
  }

  OpenTicketService opens{world.parts()};
  Sessions sessions{world.parts()};
  PasswordService passwords{world.parts()};
  QuestionService questions{world.parts()};
  Activation activation{world.parts()};

 private:
  RequestId id_ = World::request_id(9'999);
  int next_request_ = 1'000;
};

}  // namespace countersign::test
