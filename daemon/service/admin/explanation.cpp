// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/admin/explanation.hpp"

#include "daemon/service/attempt/places.hpp"
#include "daemon/service/gate/gate_rules.hpp"
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
            const SubjectRecord& subject, const std::optional<CodeService::Prospect>& sent)
      : root_{policy},
        policy_{policy.of(hypothesis.realm)},
        hypothesis_{hypothesis},
        subject_{subject},
        sent_{sent} {}

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
    const SubjectState state = subject_.fixed.state;
    const bool passes = state == SubjectState::active ||
                        (state == SubjectState::pending && may_while_pending()) ||
                        asks_of_anybody();
    return rule("subject's state", "active", std::string{name_of(subject_.fixed.state)}, passes);
  }

  // What sets an account up, or looks after one that is being set up.
  [[nodiscard]] bool may_while_pending() const {
    switch (hypothesis_.operation) {
      case Operation::confirm_factor:
      case Operation::claim_token:
      case Operation::open_ticket:
      case Operation::request_link:
      case Operation::set_password:
        return true;
      case Operation::start_challenge:
      case Operation::answer_challenge:
        return hypothesis_.peer.role != Role::verify;
      default:
        return hypothesis_.peer.role == Role::enroll &&
               (entrance_of(hypothesis_.operation).scopes & bit_of(SessionScope::activation)) != 0;
    }
  }
  // What other sockets ask without trying a code, or sending one.
  [[nodiscard]] bool asks_of_anybody() const {
    return hypothesis_.peer.role != Role::enroll && !is_attempt(hypothesis_.operation) &&
           hypothesis_.operation != Operation::start_challenge;
  }

  // What an operation sets up, where it says or there is one kind that it can.
  [[nodiscard]] std::optional<FactorKind> kind_set_up() const {
    switch (hypothesis_.operation) {
      case Operation::claim_token:
        return FactorKind::yubico_otp;
      case Operation::make_recovery_codes:
        return FactorKind::recovery_codes;
      case Operation::remember_device:
        return FactorKind::device;
      case Operation::issue_temporary_code:
        return FactorKind::temporary_code;
      default:
        return sets_up(hypothesis_.operation) ? hypothesis_.kind : std::nullopt;
    }
  }

  // What somebody may set up by themselves; the security team may give them anything but codes that
  // nobody issues.
  bool is_on_offer() {
    const std::optional<FactorKind> set_up = kind_set_up();
    if (!set_up) return true;
    const auto kind = static_cast<policies::KindNumber>(*set_up);
    const auto which = policies::rule_of(kind);
    const bool may = policies::may_set_up(policy_.factors, hypothesis_.peer.role, kind);
    if (!which || (may && hypothesis_.peer.role != Role::enroll)) return true;
    const bool offered = policy_.factors.of(*which).offer;
    const std::string_view name = policies::kFactorRuleNames[static_cast<std::size_t>(*which)];
    return rule("[factors." + std::string{name} + "] offer", "true", offered ? "true" : "false",
                may);
  }

  bool may_attempt(const SourcePrint& from, Time now) {
    if (!is_attempt(hypothesis_.operation)) return true;
    const policies::Throttle& throttle = policy_.throttle;
    const policies::Lane lane = Places::lane_of(subject_, from, false, now);
    const Budget& budget = subject_.budget;
    const policies::Failures failures{budget.failures, budget.failures_unfamiliar};
    const policies::NotBefore not_before{budget.not_before, budget.not_before_unfamiliar};
    const bool familiar = policies::is_familiar(lane);
    const std::uint32_t bound = bound_of(lane);
    const std::string whence = familiar ? " (a familiar place)" : " (an unfamiliar place)";
    const bool open = rule("[throttle] failures_max", std::to_string(bound) + whence,
                           counted(budget), !policies::is_used_up(throttle, failures, lane));
    if (!open) return false;
    const auto shut = policies::closed(throttle, failures, not_before, lane, now);
    const std::string wait = shut ? policies::to_text(shut->retry_after) + " to wait" : "no wait";
    if (!rule("[throttle] delay_first, delay_max", "no wait", wait, !shut)) return false;
    return is_there(lane);
  }

  [[nodiscard]] std::uint32_t bound_of(policies::Lane lane) const {
    const policies::Throttle& throttle = policy_.throttle;
    return policies::is_familiar(lane) ? throttle.failures_max
                                       : policies::unfamiliar_max(throttle, lane);
  }

  // A factor of the kind that was named, in the state that is asked for and not closed by its own
  // failures. A token that is claimed is nobody's yet.
  bool is_there(policies::Lane lane) {
    if (!hypothesis_.kind || sets_up(hypothesis_.operation)) return true;
    const bool confirms = hypothesis_.operation == Operation::confirm_factor;
    const FactorState wanted = confirms ? FactorState::pending : FactorState::active;
    const policies::Throttle& throttle = policy_.throttle;
    std::optional<std::uint32_t> fewest;  // of several, whichever is open is tried
    bool is_open = false;
    for (const FactorRecord& factor : subject_.factors) {
      if (factor.fixed.kind != *hypothesis_.kind) continue;
      if (factor.fixed.state != wanted) continue;
      const policies::Failures own{factor.motion.failures, factor.motion.failures_unfamiliar};
      fewest = std::min(fewest.value_or(own.all), own.all);
      is_open = is_open || !policies::is_used_up(throttle, own, lane);
    }
    if (fewest) {
      return rule("a factor's own failures", std::to_string(bound_of(lane)),
                  std::to_string(*fewest), is_open);
    }
    return rule("factor", confirms ? "a pending one of this kind" : "an active one of this kind",
                "none", false);
  }

  bool may_be_sent() {
    if (!is_sent(hypothesis_) || !sent_) return true;
    const Outbox::Prospect& delivery = sent_->delivery;
    return rule("factor", "one of this kind, to send a code to",
                sent_->reaches_somebody ? "one" : "none", sent_->reaches_somebody) &&
           is_within_budgets(delivery.refused) &&
           rule("courier", "one that delivers by this channel", delivery.is_up ? "one" : "none",
                delivery.is_up) &&
           rule("[messages] queue_max", std::to_string(root_.messages.queue_max),
                delivery.has_room ? "room for more" : "full", delivery.has_room);
  }

  bool is_within_budgets(const std::optional<outbox::Refused>& refused) {
    if (!refused) {
      return rule("[code] resend_first, [messages], [email], [sms]", "no wait", "no wait", true);
    }
    const std::string name{refused->rule.view()};
    const std::string wait = policies::to_text(refused->retry_after) + " to wait";
    switch (refused->outcome) {
      case DeliveryOutcome::not_allowed:
        return rule(name, "to be allowed", "not allowed", false);
      case DeliveryOutcome::too_soon:
        return rule(name, policies::to_text(policy_.code.resend_first) + " or more", wait, false);
      default:
        return rule(name, std::to_string(refused->max), "used up, " + wait, false);
    }
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
  const std::optional<CodeService::Prospect>& sent_;
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

bool is_sent(const Hypothesis& hypothesis) {
  const bool is_channel =
      hypothesis.kind == FactorKind::sms || hypothesis.kind == FactorKind::email;
  return is_channel && hypothesis.operation == Operation::start_challenge;
}

Explanation explain(const policies::Policy& policy, const Hypothesis& hypothesis,
                    const SubjectRecord& subject, const SourcePrint& from, Time now,
                    const std::optional<CodeService::Prospect>& sent) {
  return Explainer{policy, hypothesis, subject, sent}.explain(from, now);
}

}  // namespace countersign
