// SPDX-License-Identifier: Apache-2.0
// What the companion, and whoever provides accounts, is answered.
#pragma once

#include "base/secret_bytes.hpp"
#include "daemon/model/account.hpp"
#include "daemon/model/attempt.hpp"
#include "daemon/model/courier.hpp"
#include "daemon/model/factor_report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign {

struct PasswordRulesReport {
  std::uint32_t length_min = 0;
  std::uint32_t length_max = 0;
  bool lowercase = false;
  bool uppercase = false;
  bool number = false;
  bool symbol = false;
  std::uint32_t username_part_min = 0;
  bool common = false;
  std::uint32_t strength_min = 0;
  std::uint32_t history = 0;
};
struct FactorOffer {
  FactorKind kind{};
  bool sole = false;
  std::uint8_t level = 1;
  bool restricted = false;
};
struct StockQuestion {
  std::uint16_t id = 0;
  std::string text;
};
struct RealmDescription {
  PasswordRulesReport password;
  std::vector<FactorOffer> factors;
  std::uint32_t answer_length_min = 0;
  std::vector<StockQuestion> questions;
  std::uint32_t recovery_codes = 0;
  bool remember_devices = false;
  bool reset_by_sms = false;
  bool reset_by_email = false;
  std::chrono::seconds activation_lifetime{0};
  std::string portal_url;
  std::string support;
  std::chrono::seconds proof_lifetime{0};
};
struct LinkRequested {
  std::chrono::seconds lifetime{0};
  std::chrono::seconds retry_after{0};
};
// The numbers of api/countersign.proto.
enum class TicketCondition : std::uint8_t { open = 1, expired = 2, spent = 3 };
struct TicketReport {
  TicketCondition condition = TicketCondition::spent;
  std::optional<TicketPurpose> purpose;  // as all but the last, only where it is open or expired
  std::optional<SubjectName> subject;
  Time expires_at{};
  bool password_needed = false;
  std::optional<MessageKind> about;
  bool account_is_active = false;
};
// A verdict that changes what a session may do.
struct SessionVerdict {
  Verdict verdict;
  SecretBytes session;  // text of the session from now on; empty: as before
};
struct TicketOpened {
  SessionVerdict outcome;
  std::optional<TicketPurpose> purpose;  // where it was accepted
  std::optional<SubjectName> subject;
};
struct SignInReport {
  bool accepted = false;
  SecretBytes session;  // text
  SessionScope scope = SessionScope::sign_in;
  std::vector<FactorReport> factors;
  std::chrono::seconds retry_after{0};
  SecretBytes device;  // text; empty: as before
};
struct SessionReport {
  Session session;
  SubjectName subject;
  std::uint8_t level = 1;
  bool current = false;
  bool has_password = false;
  bool has_reset_question = false;
  std::uint32_t factors = 0;
};
struct SessionList {
  std::vector<SessionReport> sessions;
};
struct HandOver {
  SecretBytes ticket;  // text
  std::string url;
  std::chrono::seconds lifetime{0};
};
struct HandOverReport {
  bool accepted = false;
  std::optional<SubjectName> subject;
  SessionProof proof;
  std::uint8_t level = 0;
};
// The numbers of api/countersign.proto.
enum class PasswordFault : std::uint8_t {
  too_short = 1,
  too_long = 2,
  no_lowercase = 3,
  no_uppercase = 4,
  no_number = 5,
  no_symbol = 6,
  username_part = 7,
  common = 8,
  too_weak = 9,
  used_before = 10,
  not_text = 11,
};
struct PasswordReport {
  bool set = false;
  std::vector<PasswordFault> faults;
  std::string username_part;
  std::uint8_t strength = 0;
  SecretBytes session;  // text; empty: as before
  bool wrong_current = false;
};
struct QuestionReport {
  std::uint16_t stock_id = 0;
  std::string text;
};
struct RecoveryCodes {
  std::vector<SecretBytes> codes;  // text
};
struct TemporaryCode {
  FactorReport factor;
  SecretBytes code;  // text
};
struct RememberedDevice {
  FactorReport factor;
  SecretBytes device;  // text
};
struct Contact {
  FactorId factor{};
  FactorKind kind{};
  FactorState state{};
  std::string destination;  // masked, unless it was asked for in full
};
struct ProfileReport {
  SubjectName subject;
  Profile profile;
  std::vector<Contact> contacts;
};
struct JournalLine {
  std::uint64_t number = 0;
  JournalEntry entry;
  std::string realm;
};
struct JournalPage {
  std::vector<JournalLine> lines;
};
struct ActivityList {
  std::vector<JournalLine> lines;
};
struct Done {};
struct ExplainedRule {
  std::string rule;
  std::string value;
  std::string found;
  bool passed = false;
};
struct Explanation {
  bool allowed = false;
  std::vector<ExplainedRule> rules;
};

}  // namespace countersign
