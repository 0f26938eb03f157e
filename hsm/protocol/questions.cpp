// SPDX-License-Identifier: Apache-2.0
#include "base/passcode.hpp"
#include "hsm/protocol/packet.hpp"
#include "hsm/protocol/packet_parts.hpp"

#include <algorithm>

namespace countersign::hsm {
namespace {

// What a question must be like, asked by both sides: a bad one never reaches a packet, where it
// would take its neighbours down with it.
constexpr bool is_known(HashAlgorithm algorithm) {
  return algorithm >= HashAlgorithm::sha1 && algorithm <= HashAlgorithm::sha512;
}

bool is_valid(const MatchOath& question) {
  return within(question.sealed.size(), kSealedBytesMax) &&
         within(question.counters.size(), kCountersMax) && is_known(question.algorithm) &&
         question.digits >= 6 && question.digits <= 8;
}

bool is_valid(const MacQuestion& question) {
  return (question.key == MacKey::record || question.key == MacKey::pepper) &&
         question.message.size() <= kMacInputBytesMax;
}

bool is_valid(const SealQuestion& question) {
  return is_known(question.algorithm) && within(question.secret.size(), kOathSecretBytesMax);
}

bool is_valid(const GenerateQuestion& question) { return is_known(question.algorithm); }

bool is_valid(const MatchYubico& question) {
  return within(question.sealed.size(), kSealedBytesMax);
}

bool is_valid(const SealYubicoQuestion& question) {
  return question.aes_key.size() == kYubicoKeyBytes &&
         question.private_id.size() == kYubicoPrivateIdBytes;
}

bool is_valid(const SealClientQuestion& question) {
  return within(question.api_key.size(), kApiKeyBytesMax, kApiKeyBytesMin);
}

bool is_valid(const SignForClientQuestion& question) {
  return within(question.sealed.size(), kSealedBytesMax) &&
         question.text.size() <= kSignedTextBytesMax;
}

bool is_valid(const MatchResponse& question) {
  return within(question.sealed.size(), kSealedBytesMax) &&
         within(question.challenge.size(), kChallengeBytesMax) &&
         question.response.size() <= kResponseBytesMax;
}

bool is_valid(const SealResponseKeyQuestion& question) {
  return question.key.size() == kResponseKeyBytes;
}

bool is_valid(const RandomQuestion& question) { return within(question.bytes, kRandomBytesMax); }

bool is_valid(const IssueCode& question) {
  return within(question.digits, kCodeDigitsMax, kCodeDigitsMin) &&
         within(question.context.size(), kCodeContextBytesMax) &&
         question.message.size() <= kMessageBytesMax &&
         within(question.associated_data.size(), kAssociatedDataBytesMax);
}

bool is_valid(const MatchCode& question) {
  return within(question.context.size(), kCodeContextBytesMax);
}

bool is_valid(const SealMessageQuestion& question) {
  return within(question.message.size(), kMessageBytesMax) &&
         within(question.associated_data.size(), kAssociatedDataBytesMax);
}

bool is_valid(const OpenMessageQuestion& question) {
  return within(question.sealed.size(), kSealedMessageBytesMax) &&
         within(question.associated_data.size(), kAssociatedDataBytesMax);
}

}  // namespace

void begin_questions(Bytes& packet) { begin(packet, PacketType::questions); }

Status append(Bytes& packet, const MatchOath& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.match_oath"};
  auto writer = item(packet, OperationKind::match_oath);
  writer.blob(question.sealed).integer(question.algorithm).integer(question.digits);
  writer.integer(static_cast<std::uint8_t>(question.counters.size()));
  for (const std::uint64_t counter : question.counters) writer.integer(counter);
  writer.text(question.passcode.substr(0, Passcode::kBytesMax));
  return {};
}

Status append(Bytes& packet, const MacQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.mac"};
  item(packet, OperationKind::mac).integer(question.key).blob(question.message);
  return {};
}

Status append(Bytes& packet, const SealQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.seal_oath"};
  item(packet, OperationKind::seal_oath).integer(question.algorithm).blob(question.secret);
  return {};
}

Status append(Bytes& packet, const GenerateQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.generate_oath"};
  item(packet, OperationKind::generate_oath).integer(question.algorithm);
  return {};
}

Status append(Bytes& packet, const MatchYubico& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.match_yubico"};
  item(packet, OperationKind::match_yubico).blob(question.sealed).raw(question.block);
  return {};
}

Status append(Bytes& packet, const SealYubicoQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.seal_yubico"};
  item(packet, OperationKind::seal_yubico).raw(question.aes_key).raw(question.private_id);
  return {};
}

Status append(Bytes& packet, const GenerateYubicoQuestion& /*question*/) {
  item(packet, OperationKind::generate_yubico);
  return {};
}

Status append(Bytes& packet, const SealClientQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.seal_client"};
  item(packet, OperationKind::seal_client).blob(question.api_key);
  return {};
}

Status append(Bytes& packet, const GenerateClientQuestion& /*question*/) {
  item(packet, OperationKind::generate_client);
  return {};
}

Status append(Bytes& packet, const SignForClientQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.sign_for_client"};
  item(packet, OperationKind::sign_for_client).blob(question.sealed).blob(question.text);
  return {};
}

Status append(Bytes& packet, const MatchResponse& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.match_response"};
  auto writer = item(packet, OperationKind::match_response);
  writer.blob(question.sealed).blob(question.challenge).blob(question.response);
  return {};
}

Status append(Bytes& packet, const SealResponseKeyQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.response_key"};
  item(packet, OperationKind::seal_response_key).raw(question.key);
  return {};
}

Status append(Bytes& packet, const GenerateResponseKeyQuestion& /*question*/) {
  item(packet, OperationKind::generate_response_key);
  return {};
}

Status append(Bytes& packet, const RandomQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.random"};
  item(packet, OperationKind::random).integer(question.bytes);
  return {};
}

Status append(Bytes& packet, const IssueCode& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.issue_code"};
  auto writer = item(packet, OperationKind::issue_code);
  writer.integer(question.digits).blob(question.context);
  writer.blob(question.message).blob(question.associated_data);
  return {};
}

Status append(Bytes& packet, const MatchCode& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.match_code"};
  auto writer = item(packet, OperationKind::match_code);
  writer.raw(question.mac).blob(question.context);
  writer.text(question.passcode.substr(0, Passcode::kBytesMax));
  return {};
}

Status append(Bytes& packet, const SealMessageQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.seal_message"};
  auto writer = item(packet, OperationKind::seal_message);
  writer.blob(question.message).blob(question.associated_data);
  return {};
}

Status append(Bytes& packet, const OpenMessageQuestion& question) {
  if (!is_valid(question)) return Error{ErrorCode::limit_exceeded, "hsm_packet.open_message"};
  auto writer = item(packet, OperationKind::open_message);
  writer.blob(question.sealed).blob(question.associated_data);
  return {};
}

Result<QuestionsReader> QuestionsReader::open(BytesView packet) {
  if (packet.size() > kQuestionsBytesMax) {
    return Error{ErrorCode::limit_exceeded, "hsm_packet.length"};
  }
  Reader reader{packet};
  CS_TRY(const PacketHeader header, read_header(reader, PacketType::questions, 0));
  CS_CHECK(check_count(header.count));
  return QuestionsReader{reader, header.number, header.count};
}

Result<Question> QuestionsReader::next() {
  --left_;
  auto asked = question(static_cast<OperationKind>(reader_.integer<std::uint8_t>()));
  if (!asked) return asked;
  if (!reader_.good() || (left_ == 0 && !reader_.whole())) {
    return Error{ErrorCode::malformed, "hsm_packet.length"};
  }
  return asked;
}

Result<Question> QuestionsReader::question(OperationKind kind) {
  switch (kind) {
    case OperationKind::match_oath:
      return match_oath();
    case OperationKind::mac:
      return mac();
    case OperationKind::seal_oath:
      return seal_oath();
    case OperationKind::generate_oath:
      return generate_oath();
    case OperationKind::match_yubico:
      return match_yubico();
    case OperationKind::seal_yubico:
      return seal_yubico();
    case OperationKind::generate_yubico:
      return Question{GenerateYubicoQuestion{}};
    case OperationKind::seal_client:
      return seal_client();
    case OperationKind::generate_client:
      return Question{GenerateClientQuestion{}};
    case OperationKind::sign_for_client:
      return sign_for_client();
    case OperationKind::match_response:
      return match_response();
    case OperationKind::seal_response_key:
      return seal_response_key();
    case OperationKind::generate_response_key:
      return Question{GenerateResponseKeyQuestion{}};
    case OperationKind::random:
      return random();
    case OperationKind::issue_code:
      return issue_code();
    case OperationKind::match_code:
      return match_code();
    case OperationKind::seal_message:
      return seal_message();
    case OperationKind::open_message:
      return open_message();
  }
  return Error{ErrorCode::malformed, "hsm_packet.operation"};
}

Result<Question> QuestionsReader::match_oath() {
  MatchOath question;
  question.sealed = reader_.blob();
  question.algorithm = static_cast<HashAlgorithm>(reader_.integer<std::uint8_t>());
  question.digits = reader_.integer<std::uint8_t>();
  const std::size_t count = reader_.integer<std::uint8_t>();
  if (count > kCountersMax) return Error{ErrorCode::malformed, "hsm_packet.counters"};
  for (std::size_t i = 0; i < count; ++i) counters_[i] = reader_.integer<std::uint64_t>();
  question.counters = std::span{counters_}.first(count);
  question.passcode = as_text(reader_.blob());
  if (!is_valid(question) || question.passcode.size() > Passcode::kBytesMax) {
    return Error{ErrorCode::malformed, "hsm_packet.match_oath"};
  }
  return question;
}

Result<Question> QuestionsReader::mac() {
  MacQuestion question;
  question.key = static_cast<MacKey>(reader_.integer<std::uint8_t>());
  question.message = reader_.blob();
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.mac"};
  return question;
}

Result<Question> QuestionsReader::seal_oath() {
  SealQuestion question;
  question.algorithm = static_cast<HashAlgorithm>(reader_.integer<std::uint8_t>());
  question.secret = reader_.blob();
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.seal_oath"};
  return question;
}

Result<Question> QuestionsReader::generate_oath() {
  const GenerateQuestion question{static_cast<HashAlgorithm>(reader_.integer<std::uint8_t>())};
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.generate_oath"};
  return question;
}

Result<Question> QuestionsReader::match_yubico() {
  MatchYubico question;
  question.sealed = reader_.blob();
  std::ranges::copy(reader_.raw(question.block.size()), question.block.begin());
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.match_yubico"};
  return question;
}

Result<Question> QuestionsReader::seal_yubico() {
  SealYubicoQuestion question;
  question.aes_key = reader_.raw(kYubicoKeyBytes);
  question.private_id = reader_.raw(kYubicoPrivateIdBytes);
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.seal_yubico"};
  return question;
}

Result<Question> QuestionsReader::seal_client() {
  const SealClientQuestion question{reader_.blob()};
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.seal_client"};
  return question;
}

Result<Question> QuestionsReader::sign_for_client() {
  SignForClientQuestion question;
  question.sealed = reader_.blob();
  question.text = reader_.blob();
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.sign_for_client"};
  return question;
}

Result<Question> QuestionsReader::match_response() {
  MatchResponse question;
  question.sealed = reader_.blob();
  question.challenge = reader_.blob();
  question.response = reader_.blob();
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.match_response"};
  return question;
}

Result<Question> QuestionsReader::seal_response_key() {
  return Question{SealResponseKeyQuestion{reader_.raw(kResponseKeyBytes)}};
}

Result<Question> QuestionsReader::random() {
  const RandomQuestion question{reader_.integer<std::uint8_t>()};
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.random"};
  return question;
}

Result<Question> QuestionsReader::issue_code() {
  IssueCode question;
  question.digits = reader_.integer<std::uint8_t>();
  question.context = reader_.blob();
  question.message = reader_.blob();
  question.associated_data = reader_.blob();
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.issue_code"};
  return question;
}

Result<Question> QuestionsReader::match_code() {
  MatchCode question;
  std::ranges::copy(reader_.raw(question.mac.size()), question.mac.begin());
  question.context = reader_.blob();
  question.passcode = as_text(reader_.blob());
  if (!is_valid(question) || question.passcode.size() > Passcode::kBytesMax) {
    return Error{ErrorCode::malformed, "hsm_packet.match_code"};
  }
  return question;
}

Result<Question> QuestionsReader::seal_message() {
  SealMessageQuestion question;
  question.message = reader_.blob();
  question.associated_data = reader_.blob();
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.seal_message"};
  return question;
}

Result<Question> QuestionsReader::open_message() {
  OpenMessageQuestion question;
  question.sealed = reader_.blob();
  question.associated_data = reader_.blob();
  if (!is_valid(question)) return Error{ErrorCode::malformed, "hsm_packet.open_message"};
  return question;
}

}  // namespace countersign::hsm
