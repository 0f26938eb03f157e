// SPDX-License-Identifier: Apache-2.0
#include "hsm/protocol/packet.hpp"

#include "base/passcode.hpp"

#include <algorithm>

namespace countersign::hsm {
namespace {

constexpr std::byte kMagic{0x48};
constexpr std::byte kFormatVersion{1};
constexpr std::size_t kFlagsAt = 3;
constexpr std::size_t kNumberAt = 4;
constexpr std::size_t kCountAt = 8;
constexpr std::uint8_t kDraining = 1;
constexpr std::uint8_t kAnswered = 0;  // any other status is an ErrorCode plus one

enum class PacketType : std::uint8_t { hello = 1, questions = 2, answers = 3 };

struct Header {
  std::uint8_t flags = 0;
  std::uint32_t number = 0;
  std::uint16_t count = 0;
};

void begin(Bytes& packet, PacketType type) {
  packet.clear();
  packet.resize(kHeaderBytes);
  packet[0] = kMagic;
  packet[1] = kFormatVersion;
  packet[2] = static_cast<std::byte>(type);
}

Result<Header> read_header(Reader& reader, PacketType type, std::uint8_t flags_allowed) {
  const BytesView start = reader.raw(3);
  Header header;
  header.flags = reader.integer<std::uint8_t>();
  header.number = reader.integer<std::uint32_t>();
  header.count = reader.integer<std::uint16_t>();
  if (!reader.good()) return Error{ErrorCode::malformed, "hsm_packet.header"};
  if (start[0] != kMagic) return Error{ErrorCode::malformed, "hsm_packet.magic"};
  if (start[1] != kFormatVersion) return Error{ErrorCode::malformed, "hsm_packet.version"};
  if (start[2] != static_cast<std::byte>(type))
    return Error{ErrorCode::malformed, "hsm_packet.type"};
  if ((header.flags & ~flags_allowed) != 0) return Error{ErrorCode::malformed, "hsm_packet.flags"};
  return header;
}

// A batch is never empty and never longer than both sides have room for.
Status check_count(std::size_t count) {
  if (count == 0) return Error{ErrorCode::malformed, "hsm_packet.count"};
  if (count > kOperationsMax) return Error{ErrorCode::limit_exceeded, "hsm_packet.count"};
  return {};
}

constexpr bool within(std::size_t size, std::size_t most) { return size >= 1 && size <= most; }

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

Writer<Bytes> item(Bytes& packet, OperationKind kind) {
  Writer writer{packet};
  writer.integer(kind);
  return writer;
}

}  // namespace

void write_hello(Bytes& packet, Hello hello) {
  begin(packet, PacketType::hello);
  Writer{packet}.integer(hello.worker).integer(hello.workers);
}

Result<Hello> read_hello(BytesView packet) {
  Reader reader{packet};
  CS_TRY(const Header header, read_header(reader, PacketType::hello, 0));
  Hello hello;
  hello.worker = reader.integer<std::uint16_t>();
  hello.workers = reader.integer<std::uint16_t>();
  if (!reader.whole() || header.number != 0 || header.count != 0) {
    return Error{ErrorCode::malformed, "hsm_packet.hello"};
  }
  if (!within(hello.workers, kWorkersMax) || hello.worker >= hello.workers) {
    return Error{ErrorCode::malformed, "hsm_packet.workers"};
  }
  return hello;
}

void begin_questions(Bytes& packet) { begin(packet, PacketType::questions); }

void finish(Bytes& packet, std::uint32_t number, std::size_t count) {
  Bytes fields;
  Writer{fields}.integer(number).integer(static_cast<std::uint16_t>(count));
  static_assert(kCountAt == kNumberAt + sizeof number);
  std::ranges::copy(fields, packet.begin() + kNumberAt);
}

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
  if (!is_known(question.algorithm)) {
    return Error{ErrorCode::limit_exceeded, "hsm_packet.generate_oath"};
  }
  item(packet, OperationKind::generate_oath).integer(question.algorithm);
  return {};
}

Result<QuestionsReader> QuestionsReader::open(BytesView packet) {
  if (packet.size() > kQuestionsBytesMax) {
    return Error{ErrorCode::limit_exceeded, "hsm_packet.length"};
  }
  Reader reader{packet};
  CS_TRY(const Header header, read_header(reader, PacketType::questions, 0));
  CS_CHECK(check_count(header.count));
  return QuestionsReader{reader, header.number, header.count};
}

Result<Question> QuestionsReader::next() {
  --left_;
  Result<Question> question = Error{ErrorCode::malformed, "hsm_packet.operation"};
  switch (reader_.integer<std::uint8_t>()) {
    case static_cast<std::uint8_t>(OperationKind::match_oath):
      question = match_oath();
      break;
    case static_cast<std::uint8_t>(OperationKind::mac):
      question = mac();
      break;
    case static_cast<std::uint8_t>(OperationKind::seal_oath):
      question = seal_oath();
      break;
    case static_cast<std::uint8_t>(OperationKind::generate_oath):
      question = generate_oath();
      break;
    default:
      return question;
  }
  if (question && left_ == 0 && !reader_.whole()) {
    return Error{ErrorCode::malformed, "hsm_packet.trailing"};
  }
  return question;
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
  if (!reader_.good() || !is_valid(question) || question.passcode.size() > Passcode::kBytesMax) {
    return Error{ErrorCode::malformed, "hsm_packet.match_oath"};
  }
  return question;
}

Result<Question> QuestionsReader::mac() {
  MacQuestion question;
  question.key = static_cast<MacKey>(reader_.integer<std::uint8_t>());
  question.message = reader_.blob();
  if (!reader_.good() || !is_valid(question)) {
    return Error{ErrorCode::malformed, "hsm_packet.mac"};
  }
  return question;
}

Result<Question> QuestionsReader::seal_oath() {
  SealQuestion question;
  question.algorithm = static_cast<HashAlgorithm>(reader_.integer<std::uint8_t>());
  question.secret = reader_.blob();
  if (!reader_.good() || !is_valid(question)) {
    return Error{ErrorCode::malformed, "hsm_packet.seal_oath"};
  }
  return question;
}

Result<Question> QuestionsReader::generate_oath() {
  const GenerateQuestion question{static_cast<HashAlgorithm>(reader_.integer<std::uint8_t>())};
  if (!is_known(question.algorithm)) {
    return Error{ErrorCode::malformed, "hsm_packet.generate_oath"};
  }
  return question;
}

void begin_answers(Bytes& packet) { begin(packet, PacketType::answers); }

void mark_draining(Bytes& packet) { packet[kFlagsAt] = std::byte{kDraining}; }

void append(Bytes& packet, const Answer& answer) {
  auto writer = item(packet, static_cast<OperationKind>(answer.index() + 1));
  writer.integer(kAnswered);
  if (const auto* match = std::get_if<std::optional<std::uint64_t>>(&answer)) {
    writer.integer(static_cast<std::uint8_t>(match->has_value()));
    writer.integer(match->value_or(0));
  } else if (const auto* mac = std::get_if<Mac>(&answer)) {
    writer.raw(*mac);
  } else if (const auto* sealed = std::get_if<Bytes>(&answer)) {
    writer.blob(*sealed);
  } else {
    const auto& generated = std::get<Generated>(answer);
    writer.blob(generated.sealed).blob(generated.secret.expose());
  }
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
  CS_TRY(const Header header, read_header(reader, PacketType::answers, kDraining));
  CS_CHECK(check_count(header.count));
  return AnswersReader{reader, header.number, header.count, header.flags != 0};
}

Result<Answered> AnswersReader::next() {
  --left_;
  const auto kind = reader_.integer<std::uint8_t>();
  const auto status = reader_.integer<std::uint8_t>();
  if (!within(kind, std::variant_size_v<Answer>) ||
      status > static_cast<std::uint8_t>(ErrorCode::corrupt) + 1) {
    return Error{ErrorCode::malformed, "hsm_packet.answer"};
  }
  const auto asked = static_cast<OperationKind>(kind);
  if (status == kAnswered) {
    Result<Answer> given = answer(asked);
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

Result<Answer> AnswersReader::answer(OperationKind kind) {
  switch (kind) {
    case OperationKind::match_oath: {
      const auto matched = reader_.integer<std::uint8_t>();
      const auto counter = reader_.integer<std::uint64_t>();
      if (matched > 1 || (matched == 0 && counter != 0)) break;
      return Answer{matched == 1 ? std::optional{counter} : std::nullopt};
    }
    case OperationKind::mac: {
      const BytesView bytes = reader_.raw(Mac{}.size());
      if (!reader_.good()) break;
      Mac mac;
      std::ranges::copy(bytes, mac.begin());
      return Answer{mac};
    }
    case OperationKind::seal_oath: {
      const BytesView sealed = reader_.blob();
      if (!within(sealed.size(), kSealedBytesMax)) break;
      return Answer{Bytes{sealed.begin(), sealed.end()}};
    }
    case OperationKind::generate_oath: {
      const BytesView sealed = reader_.blob();
      const BytesView secret = reader_.blob();
      if (!within(sealed.size(), kSealedBytesMax) || !within(secret.size(), kOathSecretBytesMax)) {
        break;
      }
      return Answer{Generated{{sealed.begin(), sealed.end()}, SecretBytes{secret}}};
    }
  }
  return Error{ErrorCode::malformed, "hsm_packet.answer"};
}

}  // namespace countersign::hsm
