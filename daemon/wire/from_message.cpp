// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/from_message.hpp"

#include "daemon/wire/account_asks.hpp"
#include "daemon/wire/challenge_asks.hpp"
#include "daemon/wire/client_asks.hpp"
#include "daemon/wire/enrol_asks.hpp"
#include "daemon/wire/message_asks.hpp"
#include "daemon/wire/message_fields.hpp"
#include "daemon/wire/profile_asks.hpp"
#include "daemon/wire/token_asks.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

#include <algorithm>
#include <array>
#include <span>

namespace countersign::wire {
namespace {

constexpr std::size_t kCursorBytesMax = 256;
constexpr std::string_view kIssuerDefault = "Countersign";

Result<Ask> ask(v1::Verify& message) {
  Result<Passcode> passcode = Passcode::from(message.passcode());
  // The message is used again for the next request; its buffer must not remember this one.
  wipe(*message.mutable_passcode());
  if (!passcode) return passcode.error();

  std::optional<SubjectName> subject;
  std::optional<FactorId> factor;
  if (message.has_subject()) {
    CS_TRY(subject, name_from(message.subject()));
  }
  if (message.factor_id() != 0) {
    CS_TRY(factor, factor_from(message.factor_id()));
  }
  CS_TRY(std::string address, canonical_address(message.client_address()));
  return Ask{Verify{std::move(subject), factor, *std::move(passcode), std::move(address)}};
}

Result<Ask> ask(v1::Health&) { return Ask{Health{}}; }
Result<Ask> ask(v1::GetStatus&) { return Ask{GetStatus{}}; }
Result<Ask> ask(v1::GetCourierStatus&) { return Ask{GetCourierStatus{}}; }

template <class Model, class Message>
Result<Ask> about_subject(const Message& message) {
  CS_TRY(SubjectName name, subject_of(message));
  return Ask{Model{std::move(name)}};
}
Result<Ask> ask(v1::GetSubject& message) { return about_subject<GetSubject>(message); }
Result<Ask> ask(v1::SuspendSubject& message) { return about_subject<SuspendSubject>(message); }
Result<Ask> ask(v1::ResumeSubject& message) { return about_subject<ResumeSubject>(message); }
Result<Ask> ask(v1::UnlockSubject& message) { return about_subject<UnlockSubject>(message); }
Result<Ask> ask(v1::ListFactors& message) {
  CS_TRY(SubjectName name, own_or_named(message));
  return Ask{ListFactors{std::move(name)}};
}

template <class Model, class Message>
Result<Ask> about_factor(const Message& message) {
  CS_TRY(const FactorId factor, factor_from(message.factor_id()));
  return Ask{Model{factor}};
}
Result<Ask> ask(v1::SuspendFactor& message) { return about_factor<SuspendFactor>(message); }
Result<Ask> ask(v1::ResumeFactor& message) { return about_factor<ResumeFactor>(message); }
Result<Ask> ask(v1::RevokeFactor& message) { return about_factor<RevokeFactor>(message); }

Result<Ask> ask(v1::RenameFactor& message) {
  CS_TRY(const FactorId factor, factor_from(message.factor_id()));
  CS_TRY(Label label, Label::from(message.label()));
  return Ask{RenameFactor{factor, std::move(label)}};
}

Result<Ask> ask(v1::ConfirmFactor& message) {
  Result<Passcode> passcode = Passcode::from(message.passcode());
  wipe(*message.mutable_passcode());
  if (!passcode) return passcode.error();
  CS_TRY(const FactorId factor, factor_from(message.factor_id()));
  CS_TRY(std::string address, canonical_address(message.client_address()));
  return Ask{ConfirmFactor{factor, *std::move(passcode), std::move(address)}};
}

Result<Ask> ask(v1::ResynchroniseFactor& message) {
  Result<Passcode> first = Passcode::from(message.first_passcode());
  Result<Passcode> second = Passcode::from(message.second_passcode());
  wipe(*message.mutable_first_passcode());
  wipe(*message.mutable_second_passcode());
  if (!first) return first.error();
  if (!second) return second.error();
  CS_TRY(const FactorId factor, factor_from(message.factor_id()));
  return Ask{ResynchroniseFactor{factor, *std::move(first), *std::move(second)}};
}

Result<FactorKind> kind_from(v1::FactorKind kind) {
  switch (kind) {
    case v1::TOTP:
      return FactorKind::totp;
    case v1::HOTP:
      return FactorKind::hotp;
    default:
      return Error{ErrorCode::malformed, "enrol.kind"};
  }
}

Result<Ask> ask(v1::EnrolOath& message) {
  std::optional<SecretBytes> secret;
  const std::size_t secret_bytes = message.secret().size();
  if (secret_bytes > kOathSecretBytesMax) return Error{ErrorCode::malformed, "enrol.secret"};
  if (secret_bytes != 0) secret.emplace(as_bytes(message.secret()));
  if (secret && secret_bytes < kOathSecretBytesMin)
    return Error{ErrorCode::malformed, "enrol.secret"};

  CS_TRY(SubjectName name, own_or_named(message));
  CS_TRY(const FactorKind kind, kind_from(message.kind()));
  CS_TRY(const OathParameters oath, oath_from({.kind = kind,
                                               .algorithm = message.algorithm(),
                                               .digits = message.digits(),
                                               .period_seconds = message.period_seconds(),
                                               .counter = message.counter(),
                                               .secret_bytes = secret_bytes}));
  CS_TRY(Label label, Label::from(message.label()));
  CS_TRY(Label issuer, Label::from(message.issuer().empty() ? kIssuerDefault : message.issuer()));
  CS_TRY(std::string identifier, token_identifier_from(message.token_identifier()));
  if (kind != FactorKind::hotp && !identifier.empty()) {
    return Error{ErrorCode::malformed, "token_identifier"};
  }
  return Ask{EnrolOath{std::move(name), kind, oath, std::move(label), std::move(secret),
                       message.counter(), std::move(issuer), std::move(identifier)}};
}

Result<Ask> ask(v1::CheckStore& message) {
  const std::string& cursor = message.cursor();
  const bool printable = std::ranges::all_of(cursor, [](char c) { return c >= '!' && c <= '~'; });
  if (!printable || cursor.size() > kCursorBytesMax) {
    return Error{ErrorCode::malformed, "cursor.unknown"};
  }
  return Ask{CheckStore{cursor}};
}

// Secrets in a message's own strings, for messages that end here. The strings of messages whose
// conversion wiped them already are empty.
template <class Message>
void forget(Message&) {}
void forget(v1::EnrolOath& message) { wipe(*message.mutable_secret()); }

template <class Message>
Result<Ask> parse_and_ask(Message& message, BytesView bytes) {
  CS_CHECK(parse(bytes, message));
  Result<Ask> result = ask(message);
  forget(message);
  return result;
}

template <class Message>
Result<Ask> ask_once(BytesView bytes) {
  Message message;
  return parse_and_ask(message, bytes);
}

// The hot one keeps its message, and with it every block that it ever needed.
Result<Ask> ask_verify(BytesView bytes) {
  thread_local v1::Verify message;
  return parse_and_ask(message, bytes);
}

// What is asked for most comes first.
constexpr auto kReaders = std::to_array<MessageReader>({
    {v1::Request::kVerify, &ask_verify},
    {v1::Request::kHealth, &ask_once<v1::Health>},
    {v1::Request::kCheckClient, &check_client_from},
    {v1::Request::kSignForClient, &sign_for_client_from},
    {v1::Request::kStartChallenge, &start_challenge_from},
    {v1::Request::kAnswerChallenge, &answer_challenge_from},
    {v1::Request::kGetSubject, &ask_once<v1::GetSubject>},
    {v1::Request::kSuspendSubject, &ask_once<v1::SuspendSubject>},
    {v1::Request::kResumeSubject, &ask_once<v1::ResumeSubject>},
    {v1::Request::kUnlockSubject, &ask_once<v1::UnlockSubject>},
    {v1::Request::kEnrolOath, &ask_once<v1::EnrolOath>},
    {v1::Request::kConfirmFactor, &ask_once<v1::ConfirmFactor>},
    {v1::Request::kListFactors, &ask_once<v1::ListFactors>},
    {v1::Request::kRenameFactor, &ask_once<v1::RenameFactor>},
    {v1::Request::kSuspendFactor, &ask_once<v1::SuspendFactor>},
    {v1::Request::kResumeFactor, &ask_once<v1::ResumeFactor>},
    {v1::Request::kRevokeFactor, &ask_once<v1::RevokeFactor>},
    {v1::Request::kResynchroniseFactor, &ask_once<v1::ResynchroniseFactor>},
    {v1::Request::kEnrolYubicoOtp, &enrol_yubico_otp_from},
    {v1::Request::kEnrolChallengeResponse, &enrol_challenge_response_from},
    {v1::Request::kImportTokens, &import_tokens_from},
    {v1::Request::kListTokens, &list_tokens_from},
    {v1::Request::kAssignToken, &assign_token_from},
    {v1::Request::kClaimToken, &claim_token_from},
    {v1::Request::kDiscardToken, &discard_token_from},
    {v1::Request::kAddClient, &add_client_from},
    {v1::Request::kListClients, &list_clients_from},
    {v1::Request::kRevokeClient, &revoke_client_from},
    {v1::Request::kCheckStore, &ask_once<v1::CheckStore>},
    {v1::Request::kGetStatus, &ask_once<v1::GetStatus>},
    {v1::Request::kEnrolOutOfBand, &enrol_out_of_band_from},
    {v1::Request::kTakeMessages, &take_messages_from},
    {v1::Request::kReportMessages, &report_messages_from},
    {v1::Request::kGetCourierStatus, &ask_once<v1::GetCourierStatus>},
    {v1::Request::kSendTestMessage, &send_test_message_from},
});

}  // namespace

Result<Ask> ask_from(unsigned operation, BytesView message) {
  const auto* const found = std::ranges::find(kReaders, operation, &MessageReader::operation);
  if (found != kReaders.end()) return found->read(message);
  for (const std::span<const MessageReader> readers : {account_readers(), profile_readers()}) {
    const auto own = std::ranges::find(readers, operation, &MessageReader::operation);
    if (own != readers.end()) return own->read(message);
  }
  return Error{ErrorCode::malformed, "wire.no_operation"};
}

Result<SubjectName> name_from(const v1::SubjectName& message) {
  CS_TRY(Realm realm, Realm::from(message.realm()));
  CS_TRY(Username username, Username::from(message.username()));
  return SubjectName{std::move(realm), std::move(username)};
}

Result<RequestId> request_id_from(BytesView bytes) {
  if (bytes.size() < RequestId::kBytesMin || bytes.size() > RequestId::kBytesMax) {
    return Error{ErrorCode::malformed, "wire.request_id"};
  }
  RequestId id;
  std::ranges::copy(bytes, id.bytes.begin());
  id.size = static_cast<std::uint8_t>(bytes.size());
  return id;
}

Result<std::string> canonical_address(std::string_view text) {
  if (text.empty()) return std::string{};
  const auto address = IpAddress::from(text);
  if (!address) return Error{ErrorCode::malformed, "client_address.unknown"};
  return address->text();
}

}  // namespace countersign::wire
