// SPDX-License-Identifier: Apache-2.0
#include "policies/describe_accounts.hpp"

#include "policies/assurance.hpp"
#include "policies/duration.hpp"

#include <array>
#include <iomanip>
#include <string>
#include <vector>

namespace countersign::policies {
namespace {

constexpr int kNameColumn = 16;

std::string_view yes_or_no(bool value) { return value ? "yes" : "no"; }

void describe_factors(std::ostream& out, const Factors& factors) {
  out << "factors\n";
  for (std::size_t i = 0; i < kFactorRules; ++i) {
    const FactorRule& rule = factors.rules[i];
    out << "  " << std::left << std::setw(kNameColumn) << kFactorRuleNames[i] << " "
        << (rule.offer ? "on offer" : "not on offer") << ", level " << +rule.level;
    if (rule.sole) out << ", may be the only one";
    if (is_restricted(static_cast<FactorRuleOf>(i))) out << ", restricted";
    out << "\n";
  }
}

// "lowercase letter, number": what is asked for.
std::string classes_of(const Password& password) {
  std::string classes;
  const auto add = [&classes](bool wanted, std::string_view name) {
    if (wanted) classes.append(classes.empty() ? "" : ", ").append(name);
  };
  add(password.lowercase, "lowercase letter");
  add(password.uppercase, "uppercase letter");
  add(password.number, "number");
  add(password.symbol, "symbol");
  return classes.empty() ? "nothing in particular" : classes;
}

void describe_password(std::ostream& out, const Password& password) {
  out << "passwords\n"
      << "  length           " << +password.length_min << " to " << kPasswordLengthMax
      << " characters\n"
      << "  must hold        " << classes_of(password) << "\n"
      << "  username         ";
  if (password.username_part_min == 0) {
    out << "is not looked for\n";
  } else {
    out << "no part of " << +password.username_part_min << " characters or more\n";
  }
  out << "  common ones      " << (password.common ? "refused" : "taken") << "\n"
      << "  strength         " << +password.strength_min << " of 4, by zxcvbn\n"
      << "  earlier ones     " << +password.history << " refused\n"
      << "  Argon2id         " << password.argon2_memory_kib << " KiB, " << +password.argon2_passes
      << " passes\n";
}

void describe_hashing(std::ostream& out, const Hashing& hashing) {
  out << "hashing\n"
      << "  threads          " << +hashing.threads << ", and " << hashing.queue_max
      << " strangers that wait, and as many others\n";
}

void describe_question(std::ostream& out, const Questions& question) {
  out << "question before a reset\n"
      << "  asked            " << yes_or_no(question.asked_before_reset) << ", answers of "
      << +question.answer_length_min << " characters or more\n";
}

std::string_view reset_ways(const Accounts& account) {
  if (account.reset_by_sms && account.reset_by_email) return "by SMS or e-mail";
  if (account.reset_by_sms) return "by SMS";
  return account.reset_by_email ? "by e-mail" : "by nobody";
}

void describe_account(std::ostream& out, const Accounts& account) {
  out << "accounts\n"
      << "  invitation       good for " << to_text(account.activation_lifetime) << "\n"
      << "  links            " << +account.links_per_day << " in a day to one person, "
      << to_text(account.link_wait) << " apart\n"
      << "  reset            " << reset_ways(account) << ", links good for "
      << to_text(account.reset_lifetime) << "\n"
      << "  not me           can be said for " << to_text(account.repudiation_lifetime) << "\n"
      << "  recovery codes   " << +account.recovery_codes << " in a set\n"
      << "  temporary codes  for " << to_text(account.temporary_code_max) << " at most\n"
      << "  devices          " << +account.devices_max << " remembered for "
      << to_text(account.device_lifetime) << "\n"
      << "  pages            " << (account.url.empty() ? "none: no links are sent" : account.url)
      << "\n";
  if (!account.portal_url.empty()) out << "  portal           " << account.portal_url << "\n";
}

void describe_session(std::ostream& out, const Sessions& session) {
  out << "sessions\n"
      << "  signed in        " << to_text(session.lifetime) << ", " << to_text(session.idle)
      << " without a request\n"
      << "  before that      " << to_text(session.sign_in_lifetime) << " to sign in, "
      << to_text(session.activation_lifetime) << " to set up, " << to_text(session.reset_lifetime)
      << " to reset\n"
      << "  proofs           a password serves for " << to_text(session.password_proof)
      << ", a factor for " << to_text(session.factor_proof) << "\n"
      << "  hand-over        redeemed within " << to_text(session.hand_over_lifetime) << "\n";
}

// docs/adr/0010 says who wished for them, and what is done about each.
std::vector<std::string_view> deviations_of(const Policy& policy) {
  const FactorRule& question = policy.factors.of(FactorRuleOf::question);
  const FactorRule& email = policy.factors.of(FactorRuleOf::email);
  const Password& password = policy.password;
  std::vector<std::string_view> lines;
  if (password.lowercase || password.uppercase || password.number || password.symbol) {
    lines.emplace_back("3.1.1.2  passwords must hold characters of certain kinds");
  }
  if (question.offer) lines.emplace_back("3.1.1.2  questions are a way to sign in");
  if (question.sole) lines.emplace_back("3.1.1.2  a question may be the only factor");
  if (policy.question.asked_before_reset) {
    lines.emplace_back("3.1.1.2  a question is asked before a reset (after a code or a link)");
  }
  if (email.offer && policy.email.sign_in) {
    lines.emplace_back("3.1.3.1  codes by e-mail are a way to sign in");
  }
  if (email.level == 2) lines.emplace_back("3.1.3.1  codes by e-mail count as a second factor");
  return lines;
}

void describe_deviations(std::ostream& out, const Policy& policy) {
  const auto lines = deviations_of(policy);
  if (lines.empty()) return;
  out << "deviates from NIST SP 800-63B\n";
  for (const std::string_view line : lines) out << "  " << line << "\n";
}

}  // namespace

void describe_accounts(std::ostream& out, const Policy& policy) {
  describe_factors(out, policy.factors);
  describe_password(out, policy.password);
  describe_hashing(out, policy.hashing);
  describe_question(out, policy.question);
  describe_account(out, policy.account);
  describe_session(out, policy.session);
  describe_deviations(out, policy);
}

}  // namespace countersign::policies
