// SPDX-License-Identifier: Apache-2.0
#include "tests/model/walk_stage.hpp"

#include <cstdlib>

namespace countersign::model {
namespace {

using test::run;

constexpr std::string_view kLinkStart = "https://accounts.example.com/t/";

policies::PeerRule peer(const char* name, uid_t uid) {
  policies::PeerRule rule{.name = name, .uid = uid};
  rule.roles.fill(true);
  return rule;
}

// The defaults, but that nobody is slowed down: a walk's wrong guesses are fewer than their bound.
policies::Policy rules_of_walks() {
  policies::Policy rules = policies::defaults();
  rules.peers = {peer("everywhere", Stage::kEverywhere), peer("staff", Stage::kStaffOnly)};
  rules.peers.back().realms = {std::string{kStaff}};
  rules.throttle.failures_free = 100;
  rules.limits.answer_step_ms = 0;
  rules.code.resend_first = std::chrono::seconds{10};
  rules.code.resend_max = std::chrono::seconds{10};
  rules.challenge.open_max = 20;
  rules.messages.per_destination_per_day = 1000;
  rules.messages.per_subject_per_day = 1000;
  rules.messages.unfamiliar_per_day = 1000;
  rules.messages.per_source_per_hour = 1000;
  rules.account.links_per_day = 100;
  rules.account.url = "https://accounts.example.com";
  rules.sms.prefixes = {{"+358", 100'000}};
  rules.sms.conversion_min_percent = 0;
  auto staff = std::make_shared<policies::Policy>(rules);
  using policies::FactorRuleOf;
  staff->factors.rules[static_cast<std::size_t>(FactorRuleOf::question)].offer = true;
  staff->factors.rules[static_cast<std::size_t>(FactorRuleOf::device)].offer = true;
  rules.realms[std::string{kStaff}] = std::move(staff);
  return rules;
}

std::string value_of(const OutboundMessage& message, std::string_view name) {
  for (const MessageValue& value : message.values) {
    if (value.name == name) return value.value;
  }
  return {};
}

std::string ticket_of(const OutboundMessage& message, std::string_view name) {
  const std::string link = value_of(message, name);
  return link.starts_with(kLinkStart) ? link.substr(kLinkStart.size()) : std::string{};
}

}  // namespace

std::string text_of(const SecretBytes& secret) { return std::string{as_text(secret.expose())}; }
SecretBytes secret_of(std::string_view text) { return SecretBytes{as_bytes(text)}; }

Stage::Stage()
    : service_{{.store = world,
                .accounts = world,
                .hsm = world,
                .hasher = world,
                .policy = world.parts().policy,
                .clock = world.clock,
                .print_key = SecretBytes{outbox::Prints::kKeyBytes},
                .hsm_health = [] {
                  return HsmHealth{1, 1};
                }}} {
  static const policies::Policy rules = rules_of_walks();
  world.rules = rules;
  if (!run(service_.start())) std::abort();
  (void)letters();
}

Result<Answer> Stage::ask(Ask ask, Role role, const std::string& session, uid_t uid) {
  Request request{test::World::request_id(next_request_++), std::move(ask), secret_of(session)};
  const Peer peer{.uid = uid, .gid = uid, .role = role};
  return run(service_.answer(peer, request));
}

std::vector<Letter> Stage::letters() {
  std::vector<Letter> letters;
  TakeMessages take;
  take.providers = {{.name = "a", .channel = FactorKind::sms, .state = ProviderState::works},
                    {.name = "b", .channel = FactorKind::email, .state = ProviderState::works}};
  auto answer = ask(std::move(take), Role::courier);
  if (!answer) return letters;
  ReportMessages report;
  for (const OutboundMessage& message : std::get<MessageBatch>(*answer).messages) {
    letters.push_back({.to = message.destination.text,
                       .kind = message.kind,
                       .code = text_of(message.code),
                       .link = ticket_of(message, "link"),
                       .not_me = ticket_of(message, "not_me_link")});
    report.reports.push_back({.id = message.id, .outcome = MessageOutcome::sent});
  }
  if (!report.reports.empty()) (void)ask(std::move(report), Role::courier);
  return letters;
}

}  // namespace countersign::model
