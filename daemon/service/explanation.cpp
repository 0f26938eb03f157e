// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/explanation.hpp"

#include "daemon/service/gate_rules.hpp"
#include "daemon/service/places.hpp"
#include "policies/assurance.hpp"
#include "policies/authorise.hpp"
#include "policies/duration.hpp"

#include <algorithm>
#include <array>

namespace countersign {
namespace {

template <class Names>
std::optional<std::size_t> place_of(const Names& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

std::string_view name_of(SubjectState state) {
  switch (state) {
    case SubjectState::pending:
      return "pending";
    case SubjectState::active:
      return "active";
    case SubjectState::locked:
      return "locked";
    default:
      return "suspended";
  }
}

// What counts a failure, and so meets the throttle.
bool is_attempt(Operation operation) {
  switch (operation) {
    case Operation::verify:
    case Operation::answer_challenge:
    case Operation::confirm_factor:
    case Operation::claim_token:
    case Operation::resynchronise_factor:
    case Operation::open_ticket:
    case Operation::sign_in:
    case Operation::prove_factor:
    case Operation::reauthenticate:
    case Operation::set_password:
    case Operation::answer_question:
      return true;
    default:
      return false;
  }
}

bool sets_up(Operation operation) {
  return operation == Operation::enrol_oath || operation == Operation::enrol_out_of_band ||
         operation == Operation::claim_token || operation == Operation::set_question ||
         operation == Operation::make_recovery_codes || operation == Operation::remember_device;
}

std::string counted(const Budget& budget) {
  return std::to_string(budget.failures) + " failures, " +
         std::to_string(budget.failures_unfamiliar) + " of them from unfamiliar places";
}

class Explainer {
 public:
  Explainer(const policies::Policy& policy, const Hypothesis& hypothesis,
            const SubjectRecord& subject)
      : root_{policy},
        policy_{policy.of(hypothesis.realm)},
        hypothesis_{hypothesis},
        subject_{subject} {}

  Explanation explain(const SourcePrint& from, Time now) {
    const bool refused = !may_connect() || !may_ask() || !is_active() || !is_on_offer() ||
                         !may_attempt(from, now) || !may_be_sent();
    if (!refused) say_of_the_gate();
    explanation_.allowed = !refused;
    return std::move(explanation_);
  }

 private:
  // A rule, what it demands, what was found; whether that passes.
  bool rule(std::string name, std::string value, std::string found, bool passed) {
    explanation_.rules.push_back({std::move(name), std::move(value), std::move(found), passed});
    return passed;
  }

  [[nodiscard]] std::string socket() const {
    return std::string{kRoleNames[static_cast<std::size_t>(hypothesis_.peer.role)]};
  }

  bool may_connect() {
    return rule("[[peer]] sockets", socket(), "uid " + std::to_string(hypothesis_.peer.uid),
                policies::admit(root_, hypothesis_.peer).has_value());
  }

  bool may_ask() {
    const std::string operation{kOperationNames[static_cast<std::size_t>(hypothesis_.operation)]};
    return rule("operations of the socket", socket(), operation,
                policies::authorise(root_, hypothesis_.peer, hypothesis_.operation).has_value()) &&
           rule("[[peer]] realms", hypothesis_.realm, "uid " + std::to_string(hypothesis_.peer.uid),
                policies::authorise_realm(root_, hypothesis_.peer, hypothesis_.realm).has_value());
  }

  bool is_active() {
    if (is_decoy(subject_.fixed.id)) {
      return rule("subject", "somebody who is known", "a name that nobody bears", false);
    }
    const bool sets_itself_up = sets_up(hypothesis_.operation) ||
                                hypothesis_.operation == Operation::confirm_factor ||
                                hypothesis_.operation == Operation::open_ticket ||
                                hypothesis_.operation == Operation::set_password;
    const bool passes =
        subject_.fixed.state == SubjectState::active ||
        (subject_.fixed.state == SubjectState::pending && sets_itself_up) ||
        (!is_attempt(hypothesis_.operation) && hypothesis_.peer.role != Role::enroll);
    return rule("subject's state", "active", std::string{name_of(subject_.fixed.state)}, passes);
  }

  // What somebody may set up by themselves; the security team may give them anything.
  bool is_on_offer() {
    if (!sets_up(hypothesis_.operation) || hypothesis_.peer.role != Role::enroll) return true;
    if (!hypothesis_.kind) return true;
    const auto which = policies::rule_of(static_cast<policies::KindNumber>(*hypothesis_.kind));
    if (!which) return true;
    const bool offered = policy_.factors.of(*which).offer;
    const std::string_view name = policies::kFactorRuleNames[static_cast<std::size_t>(*which)];
    return rule("[factors." + std::string{name} + "] offer", "true", offered ? "true" : "false",
                offered);
  }

  bool may_attempt(const SourcePrint& from, Time now) {
    if (!is_attempt(hypothesis_.operation)) return true;
    const policies::Throttle& throttle = policy_.throttle;
    const policies::Lane lane = Places::lane_of(subject_, from, false, now);
    const Budget& budget = subject_.budget;
    const policies::Failures failures{budget.failures, budget.failures_unfamiliar};
    const policies::NotBefore not_before{budget.not_before, budget.not_before_unfamiliar};
    const bool familiar = policies::is_familiar(lane);
    const std::uint32_t bound =
        familiar ? throttle.failures_max : policies::unfamiliar_max(throttle, lane);
    const std::string whence = familiar ? " (a familiar place)" : " (an unfamiliar place)";
    const bool open = rule("[throttle] failures_max", std::to_string(bound) + whence,
                           counted(budget), !policies::is_used_up(throttle, failures, lane));
    if (!open) return false;
    const auto shut = policies::closed(throttle, failures, not_before, lane, now);
    const std::string wait = shut ? policies::to_text(shut->retry_after) + " to wait" : "no wait";
    if (!rule("[throttle] delay_first, delay_max", "no wait", wait, !shut)) return false;
    return is_there(lane);
  }

  // A factor of the kind that was named, which is active and not closed by its own failures.
  bool is_there(policies::Lane lane) {
    if (!hypothesis_.kind) return true;
    for (const FactorRecord& factor : subject_.factors) {
      if (factor.fixed.kind != *hypothesis_.kind) continue;
      if (factor.fixed.state != FactorState::active) continue;
      const policies::Failures own{factor.motion.failures, factor.motion.failures_unfamiliar};
      return rule("a factor's own failures", std::to_string(policy_.throttle.failures_max),
                  std::to_string(own.all), !policies::is_used_up(policy_.throttle, own, lane));
    }
    return rule("factor", "an active one of this kind", "none", false);
  }

  bool may_be_sent() {
    if (hypothesis_.operation != Operation::start_challenge || !hypothesis_.kind) return true;
    if (hypothesis_.peer.role == Role::provision) return true;
    if (*hypothesis_.kind == FactorKind::sms) {
      return rule("[sms] sign_in", "true", root_.sms.sign_in ? "true" : "false",
                  root_.sms.sign_in) &&
             rule("[[sms.prefix]]", "at least one", std::to_string(root_.sms.prefixes.size()),
                  !root_.sms.prefixes.empty());
    }
    if (*hypothesis_.kind == FactorKind::email) {
      return rule("[email] sign_in", "true", root_.email.sign_in ? "true" : "false",
                  root_.email.sign_in);
    }
    return true;
  }

  // Whoever asks on enroll.sock needs a session besides, which nobody can be asked for here.
  void say_of_the_gate() {
    if (hypothesis_.peer.role != Role::enroll) return;
    const Entrance entrance = entrance_of(hypothesis_.operation);
    if (entrance.without_session) return;
    rule("session", "one of the subject's, of the right scope", "it is asked with the request",
         true);
    if (!entrance.needs_proof) return;
    rule("[session] password_proof, factor_proof",
         policies::to_text(policy_.session.password_proof) + ", " +
             policies::to_text(policy_.session.factor_proof),
         "it is asked with the request", true);
  }

  const policies::Policy& root_;
  const policies::Policy& policy_;
  const Hypothesis& hypothesis_;
  const SubjectRecord& subject_;
  Explanation explanation_;
};

}  // namespace

Result<Hypothesis> hypothesis_of(const ExplainPolicy& ask) {
  const auto role = place_of(kRoleNames, ask.socket.empty() ? "verify" : ask.socket);
  if (!role) return Error{ErrorCode::malformed, "explain.socket"};
  const auto operation = place_of(kOperationNames, ask.operation);
  if (!operation) return Error{ErrorCode::malformed, "explain.operation"};
  return Hypothesis{.peer = {.uid = ask.uid, .gid = ask.gid, .role = static_cast<Role>(*role)},
                    .operation = static_cast<Operation>(*operation),
                    .realm = ask.name.realm.text(),
                    .kind = ask.kind};
}

Explanation explain(const policies::Policy& policy, const Hypothesis& hypothesis,
                    const SubjectRecord& subject, const SourcePrint& from, Time now) {
  return Explainer{policy, hypothesis, subject}.explain(from, now);
}

}  // namespace countersign
