// SPDX-License-Identifier: Apache-2.0
#include "hsm/protocol/packet.hpp"
#include "hsm/protocol/packet_parts.hpp"

#include <algorithm>

namespace countersign::hsm {
namespace {

constexpr std::uint8_t kDraining = 1;
constexpr std::uint8_t kAnswered = 0;  // any other status is an ErrorCode plus one
constexpr std::uint16_t kSessionCounterMax = 0x7fff;
constexpr std::uint32_t kTimestampMax = 0xff'ffff;

// A batch of the longest answers is one packet, whatever is asked.
constexpr std::size_t kAnswerHeadBytes = 2;
constexpr std::size_t kBlobHeadBytes = 2;
constexpr std::size_t kGeneratedBytesMax =
    kAnswerHeadBytes + kBlobHeadBytes + kSealedBytesMax + kBlobHeadBytes + kOathSecretBytesMax;
constexpr std::size_t kIssuedCodeBytesMax =
    kAnswerHeadBytes + sizeof(Mac) + kBlobHeadBytes + kSealedMessageBytesMax;
constexpr std::size_t kOpenedMessageBytesMax =
    kAnswerHeadBytes + kBlobHeadBytes + kCodeDigitsMax + kBlobHeadBytes + kMessageBytesMax;
static_assert(kHeaderBytes + kOperationsMax * std::max({kGeneratedBytesMax, kIssuedCodeBytesMax,
                                                        kOpenedMessageBytesMax}) <=
              kAnswersBytesMax);

constexpr Error kMalformed{ErrorCode::malformed, "hsm_packet.answer", 0};

struct WriteAnswer {
  Writer<Bytes>& writer;
  void operator()(const std::optional<std::uint64_t>& match) const {
    writer.integer(static_cast<std::uint8_t>(match.has_value())).integer(match.value_or(0));
  }
  void operator()(const Mac& mac) const { writer.raw(mac); }
  void operator()(const Bytes& sealed) const { writer.blob(sealed); }
  void operator()(const Generated& generated) const {
    writer.blob(generated.sealed).blob(generated.secret.expose());
  }
  void operator()(const std::optional<YubicoFields>& match) const {
    const YubicoFields fields = match.value_or(YubicoFields{});
    writer.integer(static_cast<std::uint8_t>(match.has_value())).integer(fields.session_counter);
    writer.integer(fields.session_use).integer(fields.timestamp);
  }
  void operator()(const GeneratedYubico& generated) const {
    writer.blob(generated.sealed);
    writer.raw(generated.aes_key.expose()).raw(generated.private_id.expose());
  }
  void operator()(const Signature& signature) const { writer.raw(signature); }
  void operator()(bool yes) const { writer.integer(static_cast<std::uint8_t>(yes)); }
  void operator()(const SecretBytes& random) const { writer.blob(random.expose()); }
  void operator()(const IssuedCode& issued) const { writer.raw(issued.mac).blob(issued.sealed); }
  void operator()(const OpenedMessage& opened) const {
    writer.blob(opened.code.expose()).blob(opened.message.expose());
  }
};

Result<Answer> read_match(Reader& reader) {
  const auto matched = reader.integer<std::uint8_t>();
  const auto counter = reader.integer<std::uint64_t>();
  if (matched > 1 || (matched == 0 && counter != 0)) return kMalformed;
  return Answer{matched == 1 ? std::optional{counter} : std::nullopt};
}

Result<Answer> read_yubico_match(Reader& reader) {
  const auto matched = reader.integer<std::uint8_t>();
  YubicoFields fields;
  fields.session_counter = reader.integer<std::uint16_t>();
  fields.session_use = reader.integer<std::uint8_t>();
  fields.timestamp = reader.integer<std::uint32_t>();
  if (matched > 1 || (matched == 0 && fields != YubicoFields{})) return kMalformed;
  if (fields.session_counter > kSessionCounterMax || fields.timestamp > kTimestampMax) {
    return kMalformed;
  }
  return Answer{matched == 1 ? std::optional{fields} : std::nullopt};
}

Result<Answer> read_yes(Reader& reader) {
  const auto yes = reader.integer<std::uint8_t>();
  if (yes > 1) return kMalformed;
  return Answer{yes == 1};
}

Result<Answer> read_random(Reader& reader) {
  const BytesView random = reader.blob();
  if (!within(random.size(), kRandomBytesMax)) return kMalformed;
  return Answer{SecretBytes{random}};
}

Result<Answer> read_issued_code(Reader& reader) {
  IssuedCode issued;
  std::ranges::copy(reader.raw(issued.mac.size()), issued.mac.begin());
  const BytesView sealed = reader.blob();
  if (!within(sealed.size(), kSealedMessageBytesMax)) return kMalformed;
  issued.sealed.assign(sealed.begin(), sealed.end());
  return Answer{std::move(issued)};
}

Result<Answer> read_opened_message(Reader& reader) {
  const BytesView code = reader.blob();
  const BytesView message = reader.blob();
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!code.empty() && !within(code.size(), kCodeDigitsMax, kCodeDigitsMin)) return kMalformed;
  if (!std::ranges::all_of(as_text(code), is_digit)) return kMalformed;
  if (message.size() > kMessageBytesMax) return kMalformed;
  return Answer{OpenedMessage{SecretBytes{code}, SecretBytes{message}}};
}

template <class Fixed>
Result<Answer> read_fixed(Reader& reader) {
  Fixed value{};
  std::ranges::copy(reader.raw(value.size()), value.begin());
  return Answer{value};
}

Result<Answer> read_sealed(Reader& reader, std::size_t sealed_bytes_max) {
  const BytesView sealed = reader.blob();
  if (!within(sealed.size(), sealed_bytes_max)) return kMalformed;
  return Answer{Bytes{sealed.begin(), sealed.end()}};
}

Result<Answer> read_generated(Reader& reader, std::size_t secret_bytes_max) {
  const BytesView sealed = reader.blob();
  const BytesView secret = reader.blob();
  if (!within(sealed.size(), kSealedBytesMax) || !within(secret.size(), secret_bytes_max)) {
    return kMalformed;
  }
  return Answer{Generated{{sealed.begin(), sealed.end()}, SecretBytes{secret}}};
}

Result<Answer> read_generated_yubico(Reader& reader) {
  const BytesView sealed = reader.blob();
  const BytesView aes_key = reader.raw(kYubicoKeyBytes);
  const BytesView private_id = reader.raw(kYubicoPrivateIdBytes);
  if (!within(sealed.size(), kSealedBytesMax)) return kMalformed;
  return Answer{GeneratedYubico{
      {sealed.begin(), sealed.end()}, SecretBytes{aes_key}, SecretBytes{private_id}}};
}

// What the reader could not read is found by its caller: good() is asked behind every answer.
Result<Answer> read_answer(Reader& reader, OperationKind kind) {
  switch (kind) {
    case OperationKind::match_oath:
      return read_match(reader);
    case OperationKind::mac:
      return read_fixed<Mac>(reader);
    case OperationKind::seal_oath:
    case OperationKind::seal_yubico:
    case OperationKind::seal_client:
    case OperationKind::seal_response_key:
      return read_sealed(reader, kSealedBytesMax);
    case OperationKind::generate_oath:
      return read_generated(reader, kOathSecretBytesMax);
    case OperationKind::match_yubico:
      return read_yubico_match(reader);
    case OperationKind::generate_yubico:
      return read_generated_yubico(reader);
    case OperationKind::generate_client:
      return read_generated(reader, kApiKeyBytesMax);
    case OperationKind::sign_for_client:
      return read_fixed<Signature>(reader);
    case OperationKind::match_response:
    case OperationKind::match_code:
      return read_yes(reader);
    case OperationKind::generate_response_key:
      return read_generated(reader, kResponseKeyBytes);
    case OperationKind::random:
      return read_random(reader);
    case OperationKind::issue_code:
      return read_issued_code(reader);
    case OperationKind::seal_message:
      return read_sealed(reader, kSealedMessageBytesMax);
    case OperationKind::open_message:
      return read_opened_message(reader);
  }
  return kMalformed;
}

}  // namespace

void begin_answers(Bytes& packet) { begin(packet, PacketType::answers); }

void mark_draining(Bytes& packet) { packet[kFlagsAt] = std::byte{kDraining}; }

void append(Bytes& packet, OperationKind asked, const Answer& answer) {
  auto writer = item(packet, asked);
  writer.integer(kAnswered);
  std::visit(WriteAnswer{writer}, answer);
}

void append(Bytes& packet, OperationKind asked, const Error& error) {
  const auto status = static_cast<std::uint8_t>(static_cast<std::uint8_t>(error.code) + 1);
  item(packet, asked).integer(status).integer(error.native);
}

Result<AnswersReader> AnswersReader::open(BytesView packet) {
  if (packet.size() > kAnswersBytesMax) {
    return Error{ErrorCode::limit_exceeded, "hsm_packet.length"};
  }
  Reader reader{packet};
  CS_TRY(const PacketHeader header, read_header(reader, PacketType::answers, kDraining));
  CS_CHECK(check_count(header.count));
  return AnswersReader{reader, header.number, header.count, header.flags != 0};
}

Result<Answered> AnswersReader::next() {
  --left_;
  const auto asked = static_cast<OperationKind>(reader_.integer<std::uint8_t>());
  const auto status = reader_.integer<std::uint8_t>();
  if (!is_known(asked) || status > static_cast<std::uint8_t>(ErrorCode::corrupt) + 1) {
    return kMalformed;
  }
  if (status == kAnswered) {
    Result<Answer> given = read_answer(reader_, asked);
    if (!given) return given.error();
    CS_CHECK(check_end());
    return Answered{asked, std::move(given)};
  }
  const auto native = reader_.integer<std::uint64_t>();
  CS_CHECK(check_end());
  return Answered{asked, Error{static_cast<ErrorCode>(status - 1), "hsm.worker", native}};
}

Status AnswersReader::check_end() const {
  if (reader_.good() && (left_ > 0 || reader_.whole())) return {};
  return Error{ErrorCode::malformed, "hsm_packet.answer_length"};
}

}  // namespace countersign::hsm
