// SPDX-License-Identifier: Apache-2.0
// What travels between the daemon and an HSM worker, byte by byte.
//
//   +-------+---------+------+-------+---------+---------+---------------------+
//   | magic | version | type | flags | number  | count   | `count` items,      |
//   | 0x48  | 1       |      |       | 4 bytes | 2 bytes | or a hello's fields |
//   +-------+---------+------+-------+---------+---------+---------------------+
//
// One SEQPACKET message is one packet: a hello, a batch of questions, or the answers to one batch,
// in the order of its questions and under its number. Integers are big-endian, blobs have two
// bytes of length in front. Both sides check every field; a packet with one bad byte is refused
// as a whole.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "hsm/protocol/operations.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

namespace countersign::hsm {

inline constexpr std::size_t kOperationsMax = 256;
inline constexpr std::size_t kHeaderBytes = 10;
inline constexpr std::size_t kQuestionsBytesMax = 200 * 1024;
// 256 answers of the longest kind: a code, sealed together with its message.
inline constexpr std::size_t kAnswersBytesMax = 352 * 1024;
inline constexpr std::uint16_t kWorkersMax = 64;
// Both directions; the kernel grants what net.core.wmem_max allows.
inline constexpr int kSocketBufferBytes = 1024 * 1024;

// The numbers are sent: they never change.
enum class OperationKind : std::uint8_t {
  match_oath = 1,
  mac = 2,
  seal_oath = 3,
  generate_oath = 4,
  match_yubico = 5,
  seal_yubico = 6,
  generate_yubico = 7,
  seal_client = 8,
  generate_client = 9,
  sign_for_client = 10,
  match_response = 11,
  seal_response_key = 12,
  generate_response_key = 13,
  random = 14,
  issue_code = 15,
  match_code = 16,
  seal_message = 17,
  open_message = 18,
};

// The first packet on every connection: who answers here.
struct Hello {
  std::uint16_t worker = 0;   // below `workers`
  std::uint16_t workers = 1;  // 1 to kWorkersMax
};
void write_hello(Bytes& packet, Hello hello);
Result<Hello> read_hello(BytesView packet);

struct MacQuestion {
  MacKey key{};
  BytesView message;
};
struct SealQuestion {
  HashAlgorithm algorithm{};
  BytesView secret;
};
struct GenerateQuestion {
  HashAlgorithm algorithm{};
};
struct SealYubicoQuestion {
  BytesView aes_key;
  BytesView private_id;
};
struct GenerateYubicoQuestion {};
struct SealClientQuestion {
  BytesView api_key;
};
struct GenerateClientQuestion {};
struct SignForClientQuestion {
  BytesView sealed;
  BytesView text;
};
struct SealResponseKeyQuestion {
  BytesView key;
};
struct GenerateResponseKeyQuestion {};
struct RandomQuestion {
  std::uint8_t bytes{};
};
struct SealMessageQuestion {
  BytesView message;
  BytesView associated_data;
};
struct OpenMessageQuestion {
  BytesView sealed;
  BytesView associated_data;
};
using Question = std::variant<MatchOath, MacQuestion, SealQuestion, GenerateQuestion, MatchYubico,
                              SealYubicoQuestion, GenerateYubicoQuestion, SealClientQuestion,
                              GenerateClientQuestion, SignForClientQuestion, MatchResponse,
                              SealResponseKeyQuestion, GenerateResponseKeyQuestion, RandomQuestion,
                              IssueCode, MatchCode, SealMessageQuestion, OpenMessageQuestion>;

// Starts a packet of questions. `append` adds one; `finish` writes number and count into it.
void begin_questions(Bytes& packet);
// Fails with `limit_exceeded` if a field is outside what operations.hpp allows, and leaves the
// packet as it was. A passcode longer than Passcode can hold is cut: it matches nothing anyway.
Status append(Bytes& packet, const MatchOath& question);
Status append(Bytes& packet, const MacQuestion& question);
Status append(Bytes& packet, const SealQuestion& question);
Status append(Bytes& packet, const GenerateQuestion& question);
Status append(Bytes& packet, const MatchYubico& question);
Status append(Bytes& packet, const SealYubicoQuestion& question);
Status append(Bytes& packet, const GenerateYubicoQuestion& question);
Status append(Bytes& packet, const SealClientQuestion& question);
Status append(Bytes& packet, const GenerateClientQuestion& question);
Status append(Bytes& packet, const SignForClientQuestion& question);
Status append(Bytes& packet, const MatchResponse& question);
Status append(Bytes& packet, const SealResponseKeyQuestion& question);
Status append(Bytes& packet, const GenerateResponseKeyQuestion& question);
Status append(Bytes& packet, const RandomQuestion& question);
Status append(Bytes& packet, const IssueCode& question);
Status append(Bytes& packet, const MatchCode& question);
Status append(Bytes& packet, const SealMessageQuestion& question);
Status append(Bytes& packet, const OpenMessageQuestion& question);
void finish(Bytes& packet, std::uint32_t number, std::size_t count);

// Reads a packet of questions, one after another, without a copy.
class QuestionsReader {
 public:
  // Fails with `malformed`, `limit_exceeded`, here and in next().
  static Result<QuestionsReader> open(BytesView packet);

  [[nodiscard]] std::uint32_t number() const { return number_; }
  // There is another question.
  [[nodiscard]] bool more() const { return left_ > 0; }
  // REQUIRES: more(). The question's views last until the next call. The last question fails with
  // `malformed` if bytes follow it.
  Result<Question> next();

 private:
  QuestionsReader(Reader reader, std::uint32_t number, std::size_t count)
      : reader_{reader}, number_{number}, left_{count} {}
  Result<Question> question(OperationKind kind);
  Result<Question> match_oath();
  Result<Question> mac();
  Result<Question> seal_oath();
  Result<Question> generate_oath();
  Result<Question> match_yubico();
  Result<Question> seal_yubico();
  Result<Question> seal_client();
  Result<Question> sign_for_client();
  Result<Question> match_response();
  Result<Question> seal_response_key();
  Result<Question> random();
  Result<Question> issue_code();
  Result<Question> match_code();
  Result<Question> seal_message();
  Result<Question> open_message();

  Reader reader_;
  std::uint32_t number_;
  std::size_t left_;
  std::array<std::uint64_t, kCountersMax> counters_{};
};

using Answer =
    std::variant<std::optional<std::uint64_t>, Mac, Bytes, Generated, std::optional<YubicoFields>,
                 GeneratedYubico, Signature, bool, SecretBytes, IssuedCode, OpenedMessage>;

// Starts a packet of answers to the questions of that number; end it with mark_draining(), if the
// worker wants no further questions, and finish().
void begin_answers(Bytes& packet);
// REQUIRES: the answer is of the type that Hsm's verb of that name gives.
void append(Bytes& packet, OperationKind asked, const Answer& answer);
void append(Bytes& packet, OperationKind asked, const Error& error);
void mark_draining(Bytes& packet);

struct Answered {
  OperationKind kind{};
  Result<Answer> outcome;
};

// Reads a packet of answers, one after another.
class AnswersReader {
 public:
  // Fails with `malformed`, `limit_exceeded`, here and in next().
  static Result<AnswersReader> open(BytesView packet);

  [[nodiscard]] std::uint32_t number() const { return number_; }
  [[nodiscard]] std::size_t left() const { return left_; }
  // The worker will stop: ask another one from now on.
  [[nodiscard]] bool draining() const { return draining_; }
  // REQUIRES: left() > 0. The last answer fails with `malformed` if bytes follow it.
  Result<Answered> next();

 private:
  AnswersReader(Reader reader, std::uint32_t number, std::size_t count, bool draining)
      : reader_{reader}, number_{number}, left_{count}, draining_{draining} {}
  [[nodiscard]] Status check_end() const;

  Reader reader_;
  std::uint32_t number_;
  std::size_t left_;
  bool draining_;
};

}  // namespace countersign::hsm
