// SPDX-License-Identifier: Apache-2.0
// What the daemon answers, before wire/codec gives it its public face.
#pragma once

#include "base/secret_bytes.hpp"
#include "daemon/model/account_replies.hpp"
#include "daemon/model/attempt.hpp"
#include "daemon/model/factor_report.hpp"
#include "daemon/model/requests.hpp"
#include "daemon/model/subject.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace countersign {

struct HealthReport {
  bool ready = false;
  std::uint32_t hsm_workers_ready = 0;
  std::uint32_t hsm_workers = 0;
};
struct SubjectReport {
  Subject subject;
  std::uint32_t failures = 0;
  std::chrono::seconds retry_after{0};
  std::uint32_t failures_unfamiliar = 0;
  std::optional<Delivery> activation;
};
struct FactorList {
  std::vector<FactorReport> factors;
};
// What is programmed into a slot of a YubiKey.
struct YubicoSecret {
  std::string public_id;
  YubicoKey key;
};
struct Enrolment {
  FactorReport factor;
  SecretBytes secret_base32;           // text; empty when the secret was imported
  SecretBytes otpauth_uri;             // text; empty when the secret was imported
  std::optional<YubicoSecret> yubico;  // of a Yubico OTP factor whose secret was made here
  SecretBytes challenge_response_key;  // empty when it was imported
};
enum class ImportOutcome : std::uint8_t { imported = 1, known_already = 2, refused = 3 };
struct ImportReport {
  struct Row {
    ImportOutcome outcome{};
    std::optional<Error> problem;  // set when refused
  };
  std::vector<Row> rows;  // in the order of the tokens
};
struct TokenList {
  std::vector<Token> tokens;  // their sealed secrets are not sent
};
struct ChallengeReport {
  ChallengeId id{};
  FactorId factor{};  // 0: nobody can answer it
  FactorKind kind{};
  Bytes value;  // of a challenge-response factor
  std::chrono::seconds lifetime{0};
  std::optional<Delivery> delivery;  // of a code
  Purpose purpose = Purpose::sign_in;
  std::uint8_t digits = 0;  // of a code
};
struct MessageBatch {
  std::vector<OutboundMessage> messages;
  std::chrono::seconds lease{0};
};
struct MessagesReported {};
struct CourierStatus {
  bool connected = false;
  std::vector<Provider> providers;
  std::vector<ChannelStatus> channels;
  std::vector<PrefixStatus> prefixes;
};
struct ClientReport {
  Client client;        // its sealed key is not sent
  SecretBytes api_key;  // empty but in the answer that made it
};
struct ClientList {
  std::vector<Client> clients;
};
enum class ClientOutcome : std::uint8_t {
  may = 1,
  no_such_client = 2,
  bad_signature = 3,
  may_not = 4
};
struct ClientCheck {
  ClientOutcome outcome = ClientOutcome::may_not;
};
struct Signature {
  std::array<std::byte, 20> bytes{};  // HMAC-SHA-1
};
struct StoreReport {
  std::string cursor;
  std::uint64_t records = 0;
  std::vector<std::string> problems;
};
struct StatusReport {
  Time started_at{};
  std::uint32_t hsm_workers_ready = 0;
  std::uint32_t hsm_workers = 0;
  std::uint64_t subjects = 0;
  std::uint64_t factors = 0;
  std::uint64_t journal_records = 0;
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::uint64_t failed = 0;
};

struct SubjectExport {
  SubjectReport subject;
  ProfileReport profile;
  std::vector<FactorReport> factors;
  std::vector<SessionReport> sessions;
  std::vector<JournalLine> lines;
  QuestionReport reset_question;
  QuestionReport question;
};

using Answer =
    std::variant<Verdict, HealthReport, SubjectReport, Enrolment, FactorReport, FactorList,
                 ImportReport, TokenList, Token, ClientReport, ClientList, ClientCheck, Signature,
                 ChallengeReport, StoreReport, StatusReport, MessageBatch, MessagesReported,
                 CourierStatus, Delivery, SessionVerdict, RealmDescription, LinkRequested,
                 TicketReport, TicketOpened, SignInReport, SessionReport, SessionList, HandOver,
                 HandOverReport, PasswordReport, QuestionReport, RecoveryCodes, TemporaryCode,
                 RememberedDevice, ProfileReport, ActivityList, SubjectExport, Done, Explanation,
                 JournalPage>;

struct Reply {
  RequestId id;
  Result<Answer> answer;
};

}  // namespace countersign
