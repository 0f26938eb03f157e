// SPDX-License-Identifier: Apache-2.0
// What the companion, and whoever provides accounts, may ask: decoded, bounded and canonical.
#pragma once

#include "base/passcode.hpp"
#include "base/secret_bytes.hpp"
#include "daemon/model/account.hpp"
#include "daemon/model/destination.hpp"
#include "daemon/model/message.hpp"

#include <optional>
#include <string>

namespace countersign {

// What was typed where more than a passcode is taken: a password, an answer. UTF-8, as it came.
inline constexpr std::size_t kTypedTextBytesMax = 1024;

struct DescribeRealm {
  std::string realm;  // canonical
};
struct RequestLink {
  SubjectName subject;
  TicketPurpose purpose{};  // activation or reset
  std::string client_address;
  std::string language;
};
struct InspectTicket {
  SecretBytes ticket;  // text, here and below
};
struct OpenTicket {
  SecretBytes ticket;
  SecretBytes password;  // empty: none was given
  std::string client_address;
  std::string user_agent;
};
struct SignIn {
  SubjectName subject;
  SecretBytes password;
  std::string client_address;
  std::string user_agent;
  SecretBytes device;  // empty: none
};
struct ProveFactor {
  std::optional<FactorId> factor;
  Passcode passcode;
  std::string client_address;
};
struct Reauthenticate {
  SecretBytes password;
  std::string client_address;
};
struct GetSession {};
struct ListSessions {};
struct EndSession {
  SessionId session{};  // 0: the one that asks
  bool all_others = false;
};
struct IssueHandOver {};
struct RedeemHandOver {
  SecretBytes ticket;
};
struct SetPassword {
  SecretBytes current;  // empty: none was given
  SecretBytes fresh;
  bool check_only = false;
  std::string client_address;
};
struct SetQuestion {
  bool is_factor = false;
  std::uint16_t stock_id = 0;  // 0: a custom one
  std::string custom;          // empty: a stock one
  SecretBytes answer;
};
struct GetQuestion {};
struct AnswerQuestion {
  SecretBytes answer;
  std::string client_address;
};
struct MakeRecoveryCodes {};
struct IssueTemporaryCode {
  SubjectName name;
  std::chrono::seconds lifetime{0};
  std::uint16_t uses = 1;
};
struct RememberDevice {
  Label label;
};
struct ShowPendingSecret {
  FactorId factor{};
};
struct GetProfile {
  std::optional<SubjectName> name;  // none: one's own
  bool unmasked = false;
};
struct ChangeProfile {
  std::optional<SubjectName> name;  // none: one's own
  Profile profile;                  // its version is the one that it was read at
};
struct ListActivity {
  std::optional<SubjectName> name;  // none: one's own
  std::uint64_t before = 0;
};
struct SendActivation {
  SubjectName name;
  std::string language;
};
struct ExportSubject {
  SubjectName name;
  std::uint64_t before = 0;  // a journal record's number; 0: from the newest
};
struct EraseSubject {
  SubjectName name;
};
struct ExplainPolicy {
  SubjectName name;
  std::string operation;  // as the schema has it: "sign_in"
  std::string client_address;
  std::string socket;     // "verify"
  std::uint32_t uid = 0;  // of who would ask there
  std::uint32_t gid = 0;
  std::optional<FactorKind> kind;
};
struct ReadJournal {
  static constexpr std::uint32_t kRecordsMax = 500;
  std::uint64_t after = 0;
  Time since{};
  std::uint32_t max = kRecordsMax;
};

}  // namespace countersign
