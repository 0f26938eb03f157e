// SPDX-License-Identifier: Apache-2.0
// What a peer may ask, already decoded, bounded and canonical. One struct an operation.
#pragma once

#include "base/passcode.hpp"
#include "base/secret_bytes.hpp"
#include "daemon/model/account_requests.hpp"
#include "daemon/model/challenge.hpp"
#include "daemon/model/client.hpp"
#include "daemon/model/courier.hpp"
#include "daemon/model/token.hpp"

#include <array>
#include <optional>
#include <string>
#include <variant>

namespace countersign {

struct Verify {
  std::optional<SubjectName> subject;  // at least one of the two
  std::optional<FactorId> factor;
  Passcode passcode;
  std::string client_address;  // canonical text of an IP address, or empty
};
struct Health {};
// What was signed names the OTP, which may be good still.
struct CheckClient {
  static constexpr std::size_t kTextBytesMax = 2048;
  ClientId client{};
  SecretBytes text;
  Bytes signature;  // empty: the request bore none
  IpAddress source;
};
struct SignForClient {
  ClientId client{};
  SecretBytes text;  // kTextBytesMax at most
};
struct StartChallenge {
  static constexpr std::size_t kTransactionBytesMax = 400;  // 200 characters
  static constexpr std::size_t kLanguageBytesMax = 16;

  SubjectName subject;
  std::optional<FactorId> factor;
  std::string client_address;  // canonical text of an IP address, or empty
  std::optional<FactorKind> kind;
  std::optional<Purpose> purpose;
  std::string transaction;                 // not empty for Purpose::transaction alone
  std::string language;                    // BCP 47, or empty
  std::optional<Destination> destination;  // of Purpose::address alone
};
struct AnswerChallenge {
  static constexpr std::size_t kResponseBytesMax = 64;
  ChallengeId challenge{};
  SecretBytes response;        // 1 to kResponseBytesMax; empty when there is a passcode
  std::string client_address;  // canonical text of an IP address, or empty
  std::optional<Passcode> passcode;
  std::optional<Purpose> purpose;  // what the challenge has to have been for
  std::string transaction;
  std::optional<SubjectName> subject;  // whose it has to be
};
struct CreateSubject {
  SubjectName name;
  Profile profile;
  std::optional<Destination> primary_email;
  std::optional<Destination> secondary_email;
  std::optional<Destination> mobile;
  bool send_activation = false;  // REQUIRES: a primary e-mail address
};
struct GetSubject {
  SubjectName name;
};
struct SuspendSubject {
  SubjectName name;
};
struct ResumeSubject {
  SubjectName name;
};
struct UnlockSubject {
  SubjectName name;
};
struct EnrolOath {
  SubjectName name;
  FactorKind kind{};
  OathParameters oath;  // secret_bytes is the imported secret's length, or the digest's
  Label label;
  std::optional<SecretBytes> secret;  // imported; otherwise the HSM makes one
  std::uint64_t counter = 0;
  Label issuer;
  std::string token_identifier;  // HOTP: canonical, or empty
};
struct YubicoKey {
  SecretBytes aes_key;
  SecretBytes private_id;
};
struct EnrolYubicoOtp {
  SubjectName name;
  std::string public_id;  // canonical modhex; may be empty
  Label label;
  std::optional<YubicoKey> key;  // imported; otherwise the HSM makes one
};
struct EnrolChallengeResponse {
  SubjectName name;
  Label label;
  std::optional<SecretBytes> key;  // imported; otherwise the HSM makes one
};
struct EnrolOutOfBand {
  SubjectName name;
  FactorKind kind{};  // an out-of-band one
  // None: enroll.sock's e-mail factor, which goes to the primary address.
  std::optional<Destination> destination;
  Label label;
};
struct ConfirmFactor {
  FactorId factor{};
  Passcode passcode;
  std::string client_address = {};
};
struct ListFactors {
  SubjectName name;
};
struct RenameFactor {
  FactorId factor{};
  Label label;
};
struct SuspendFactor {
  FactorId factor{};
};
struct ResumeFactor {
  FactorId factor{};
};
struct RevokeFactor {
  FactorId factor{};
};
struct ResynchroniseFactor {
  FactorId factor{};
  Passcode first;
  Passcode second;
};
// A token and what is to be sealed of it: the secret of an OATH token, or the key of a YubiKey.
struct TokenSecret {
  Token fixed;  // its number, sealed secret and time are yet to come
  SecretBytes secret;
  std::optional<YubicoKey> key;
};
struct ImportTokens {
  static constexpr std::size_t kTokensMax = 200;
  std::vector<Result<TokenSecret>> tokens;  // or what is wrong with it
  bool dry_run = false;
};
struct ListTokens {
  TokenId after{};
};
struct AssignToken {
  SubjectName name;
  std::string serial;  // one of the two; the other is empty
  std::string public_id;
  Label label;
};
struct ClaimToken {
  SubjectName name;
  Passcode passcode;
  Label label;
  std::string client_address = {};
};
struct DiscardToken {
  TokenId token{};
};
struct AddClient {
  Label name;
  std::vector<Network> networks;  // Client::kNetworksMax at most
  bool require_signature = false;
  ClientId id{};                       // 0: the next free one
  std::optional<SecretBytes> api_key;  // imported; otherwise the HSM makes one
};
struct ListClients {
  ClientId after{};
};
struct RevokeClient {
  ClientId client{};
};
struct CheckStore {
  std::string cursor;
};
struct GetStatus {};
struct TakeMessages {
  static constexpr std::uint32_t kMessagesMax = 32;
  static constexpr std::chrono::seconds kWaitMax{20};
  std::uint32_t max = kMessagesMax;
  std::chrono::seconds wait{0};
  std::vector<Provider> providers;
  bool sms_full = false;  // the courier has no room for more of these
  bool email_full = false;
};
struct ReportMessages {
  static constexpr std::size_t kReportsMax = 256;
  std::vector<MessageReport> reports;
};
struct GetCourierStatus {};
struct SendTestMessage {
  Destination destination;
  std::string language;
  std::string realm;  // canonical
};

using Ask =
    std::variant<Verify, Health, CheckClient, SignForClient, StartChallenge, AnswerChallenge,
                 CreateSubject, GetSubject, SuspendSubject, ResumeSubject, UnlockSubject, EnrolOath,
                 ConfirmFactor, ListFactors, RenameFactor, SuspendFactor, ResumeFactor,
                 RevokeFactor, ResynchroniseFactor, EnrolYubicoOtp, EnrolChallengeResponse,
                 ImportTokens, ListTokens, AssignToken, ClaimToken, DiscardToken, AddClient,
                 ListClients, RevokeClient, EnrolOutOfBand, CheckStore, GetStatus, TakeMessages,
                 ReportMessages, GetCourierStatus, SendTestMessage, DescribeRealm, RequestLink,
                 InspectTicket, OpenTicket, SignIn, ProveFactor, Reauthenticate, GetSession,
                 ListSessions, EndSession, IssueHandOver, RedeemHandOver, SetPassword, SetQuestion,
                 GetQuestion, AnswerQuestion, MakeRecoveryCodes, IssueTemporaryCode, RememberDevice,
                 ShowPendingSecret, GetProfile, ChangeProfile, ListActivity, SendActivation,
                 ExportSubject, EraseSubject, ExplainPolicy, ReadJournal>;

// 16 to 64 bytes, as the peer chose them.
struct RequestId {
  static constexpr std::size_t kBytesMin = 16;
  static constexpr std::size_t kBytesMax = 64;
  std::array<std::byte, kBytesMax> bytes{};
  std::uint8_t size = 0;
  [[nodiscard]] BytesView view() const { return BytesView{bytes}.first(size); }
};

struct Request {
  static constexpr std::size_t kSessionBytesMax = 64;

  RequestId id;
  Ask ask;
  SecretBytes session;  // text, of enroll.sock alone; empty: none
};

}  // namespace countersign
