// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/account/realm_description.hpp"

#include "policies/assurance.hpp"
#include "policies/stock_questions.hpp"

namespace countersign {
namespace {

PasswordRulesReport report_of(const policies::Password& rules) {
  return {.length_min = rules.length_min,
          .length_max = policies::kPasswordLengthMax,
          .lowercase = rules.lowercase,
          .uppercase = rules.uppercase,
          .number = rules.number,
          .symbol = rules.symbol,
          .username_part_min = rules.username_part_min,
          .common = rules.common,
          .strength_min = rules.strength_min,
          .history = rules.history};
}

}  // namespace

RealmDescription describe(const policies::Policy& realm) {
  RealmDescription told{.password = report_of(realm.password),
                        .answer_length_min = realm.question.answer_length_min,
                        .recovery_codes = realm.account.recovery_codes,
                        .reset_by_sms = realm.account.reset_by_sms,
                        .reset_by_email = realm.account.reset_by_email,
                        .activation_lifetime = realm.account.activation_lifetime,
                        .portal_url = realm.account.portal_url,
                        .support = realm.account.support,
                        .proof_lifetime = realm.session.password_proof};
  for (auto kind = FactorKind::totp; kind <= FactorKind::device;
       kind = static_cast<FactorKind>(static_cast<unsigned>(kind) + 1)) {
    const auto which = policies::rule_of(static_cast<policies::KindNumber>(kind));
    if (!which) continue;
    const policies::FactorRule& rule = realm.factors.of(*which);
    if (!rule.offer) continue;
    // What is made for its owner, or given to them, nobody sets up in a list of factors.
    if (kind == FactorKind::device) told.remember_devices = true;
    const bool is_set_up = kind <= FactorKind::email || kind == FactorKind::question;
    if (!is_set_up) continue;
    told.factors.push_back({.kind = kind,
                            .sole = rule.sole,
                            .level = rule.level,
                            .restricted = policies::is_restricted(*which)});
  }
  for (const policies::StockQuestionText& question : policies::stock_questions()) {
    told.questions.push_back({question.id, std::string{question.text}});
  }
  return told;
}

}  // namespace countersign
