// SPDX-License-Identifier: Apache-2.0
#include "hsm/worker.hpp"

#include "base/log.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <tuple>
#include <utility>

namespace countersign::hsm {
namespace {

// A client that does not take its answers, or goes on after it was told to stop, is left.
constexpr timeval kSendTimeout{5, 0};
constexpr timeval kDrainTimeout{5, 0};

class Descriptor {
 public:
  explicit Descriptor(int number) : number_{number} {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number_); }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Error failed(Literal call) {
  return {ErrorCode::unavailable, call, static_cast<std::uint64_t>(errno)};
}

template <class Value>
void set_option(int socket, int option, const Value& value) {
  // The kernel grants what it may; a smaller buffer is slower, not wrong.
  std::ignore = ::setsockopt(socket, SOL_SOCKET, option, &value, sizeof value);
}

// Resident memory, from the second number of /proc/self/statm; 0 if it cannot be told.
std::size_t resident_bytes() {
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const Descriptor closes{file};
  std::array<char, 128> text;
  const auto size = ::read(file, text.data(), text.size());
  if (size <= 0) return 0;
  const std::string_view line{text.data(), static_cast<std::size_t>(size)};
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  std::size_t pages = 0;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), pages);
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::int64_t monotonic_milliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

Worker::Worker(Engine& engine, WorkerSettings settings, BusySince& busy)
    : engine_{engine}, settings_{settings}, busy_{busy} {
  // Never grows, so that no copy of a fresh secret stays behind in a freed block.
  answers_.reserve(kAnswersBytesMax);
}

Status Worker::run(int listener) {
  while (!draining_) {
    const int connection = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return failed("accept");
    }
    const Descriptor closes{connection};
    serve(connection);
  }
  return {};
}

void Worker::serve(int connection) {
  set_option(connection, SO_SNDBUF, kSocketBufferBytes);
  set_option(connection, SO_RCVBUF, kSocketBufferBytes);
  set_option(connection, SO_SNDTIMEO, kSendTimeout);
  // A client that has gone while it waited for us is no news.
  if (!greet(connection)) return;
  for (;;) {
    const Result<bool> received = receive(connection);
    if (received && !*received) return;
    Status status = received
                        ? answer_packet(std::as_const(received_).expose().first(received_bytes_))
                        : Status{received.error()};
    busy_.store(0, std::memory_order_relaxed);
    if (status) status = send_answers(connection);
    if (status) continue;
    log::warning("hsm.connection", status.error(), {{"worker", settings_.place.worker}});
    return;
  }
}

Status Worker::greet(int connection) {
  write_hello(answers_, settings_.place);
  if (::send(connection, answers_.data(), answers_.size(), MSG_NOSIGNAL) < 0) return failed("send");
  return {};
}

Result<bool> Worker::receive(int connection) {
  // The last packet's passcodes are not kept while waiting for the next.
  ::explicit_bzero(received_.expose().data(), received_bytes_);
  received_bytes_ = 0;

  iovec space{received_.expose().data(), received_.size()};
  msghdr message{};
  message.msg_iov = &space;
  message.msg_iovlen = 1;
  const auto size = ::recvmsg(connection, &message, 0);
  if (size < 0) return errno == ECONNRESET ? Result<bool>{false} : Result<bool>{failed("recvmsg")};
  if (size == 0) return false;
  received_bytes_ = static_cast<std::size_t>(size);
  if ((message.msg_flags & MSG_TRUNC) != 0) {
    return Error{ErrorCode::limit_exceeded, "hsm_packet.length"};
  }
  return true;
}

// No verb has a side effect, so a packet may be found malformed in its middle: nothing of it is
// answered then.
Status Worker::answer_packet(BytesView packet) {
  CS_TRY(QuestionsReader reader, QuestionsReader::open(packet));
  begin_answers(answers_);
  std::size_t count = 0;
  for (; reader.more(); ++count) {
    CS_TRY(const Question question, reader.next());
    busy_.store(monotonic_milliseconds(), std::memory_order_relaxed);
    answer_question(question);
  }
  operations_ += count;
  draining_ = draining_ || must_drain();
  if (draining_) mark_draining(answers_);
  finish(answers_, reader.number(), count);
  return {};
}

void Worker::answer_question(const Question& question) {
  std::visit([this](const auto& asked) { answer_one(asked); }, question);
}

void Worker::answer_one(const MatchOath& asked) {
  answer(OperationKind::match_oath, engine_.match_oath(asked));
}
void Worker::answer_one(const MacQuestion& asked) {
  answer(OperationKind::mac, engine_.mac(asked.key, asked.message));
}
void Worker::answer_one(const SealQuestion& asked) {
  answer(OperationKind::seal_oath, engine_.seal_oath(asked.algorithm, asked.secret));
}
void Worker::answer_one(const GenerateQuestion& asked) {
  answer(OperationKind::generate_oath, engine_.generate_oath(asked.algorithm));
}
void Worker::answer_one(const MatchYubico& asked) {
  answer(OperationKind::match_yubico, engine_.match_yubico(asked));
}
void Worker::answer_one(const SealYubicoQuestion& asked) {
  answer(OperationKind::seal_yubico, engine_.seal_yubico(asked.aes_key, asked.private_id));
}
void Worker::answer_one(const GenerateYubicoQuestion& /*asked*/) {
  answer(OperationKind::generate_yubico, engine_.generate_yubico());
}
void Worker::answer_one(const SealClientQuestion& asked) {
  answer(OperationKind::seal_client, engine_.seal_client(asked.api_key));
}
void Worker::answer_one(const GenerateClientQuestion& /*asked*/) {
  answer(OperationKind::generate_client, engine_.generate_client());
}
void Worker::answer_one(const SignForClientQuestion& asked) {
  answer(OperationKind::sign_for_client, engine_.sign_for_client(asked.sealed, asked.text));
}

void Worker::answer_one(const MatchResponse& asked) {
  answer(OperationKind::match_response, engine_.match_response(asked));
}
void Worker::answer_one(const SealResponseKeyQuestion& asked) {
  answer(OperationKind::seal_response_key, engine_.seal_response_key(asked.key));
}
void Worker::answer_one(const GenerateResponseKeyQuestion& /*asked*/) {
  answer(OperationKind::generate_response_key, engine_.generate_response_key());
}
void Worker::answer_one(const RandomQuestion& asked) {
  answer(OperationKind::random, engine_.random(asked.bytes));
}

void Worker::answer_one(const IssueCode& asked) {
  answer(OperationKind::issue_code, engine_.issue_code(asked));
}
void Worker::answer_one(const MatchCode& asked) {
  answer(OperationKind::match_code, engine_.match_code(asked));
}
void Worker::answer_one(const SealMessageQuestion& asked) {
  answer(OperationKind::seal_message, engine_.seal_message(asked.message, asked.associated_data));
}
void Worker::answer_one(const OpenMessageQuestion& asked) {
  answer(OperationKind::open_message, engine_.open_message(asked.sealed, asked.associated_data));
}

template <class T>
void Worker::answer(OperationKind kind, Result<T> result) {
  if (result) return append(answers_, kind, Answer{*std::move(result)});
  append(answers_, kind, result.error());
  if (!is_lost(result.error()) || std::exchange(draining_, true)) return;
  log::error("hsm.engine_lost", result.error(), {{"worker", settings_.place.worker}});
}

Status Worker::send_answers(int connection) {
  const auto sent = ::send(connection, answers_.data(), answers_.size(), MSG_NOSIGNAL);
  const Status status = sent < 0 ? Status{failed("send")} : Status{};
  // An answer may hold a fresh secret.
  ::explicit_bzero(answers_.data(), answers_.size());
  if (draining_) set_option(connection, SO_RCVTIMEO, kDrainTimeout);
  return status;
}

bool Worker::must_drain() {
  if (operations_ - memory_checked_at_ < kMemoryCheckOperations) return false;
  memory_checked_at_ = operations_;
  const std::size_t resident = resident_bytes();
  if (resident <= settings_.memory_bytes_max) return false;
  log::info("hsm.worker_full", {{"worker", settings_.place.worker}, {"bytes", resident}});
  return true;
}

}  // namespace countersign::hsm
