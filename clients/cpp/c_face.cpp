// SPDX-License-Identifier: Apache-2.0
// The C face of the client. Nothing throws across it, no Protobuf comes with it, and it keeps
// nothing outside of its handles: it is loaded into programs of any kind.
#include "clients/cpp/connection.hpp"
#include "clients/cpp/countersign.h"
#include "clients/cpp/request_id.hpp"
#include "clients/cpp/verify_messages.hpp"

#include <cerrno>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>

using countersign::Error;
using countersign::ErrorCode;
using countersign::Result;
using countersign::Status;
using countersign::client::Answer;
using countersign::client::Connection;
using countersign::client::Deadline;
using countersign::client::Question;

struct countersign_client {
  std::string path;
  std::unique_ptr<Connection> connection;
  std::chrono::milliseconds limit = countersign::client::kCallLimit;
  std::string message;
};

namespace {

// Of the schema's enum Answer.
constexpr std::uint64_t kAccepted = 1;
constexpr std::uint64_t kRejected = 2;

// COUNTERSIGN_* have the schema's numbers.
countersign_result result_of(std::uint64_t error_code) {
  const bool is_known =
      error_code >= COUNTERSIGN_MALFORMED && error_code <= std::uint64_t{COUNTERSIGN_TAMPERED};
  return is_known ? static_cast<countersign_result>(error_code) : COUNTERSIGN_UNAVAILABLE;
}

countersign_reason reason_of(std::uint64_t reason) {
  return reason <= COUNTERSIGN_REASON_SUSPENDED ? static_cast<countersign_reason>(reason)
                                                : COUNTERSIGN_REASON_NONE;
}

// An error of the client itself: whatever it was, nobody answered.
countersign_result result_of(const Error& error) {
  // The socket's mode or its folder's: the daemon may well be there, for others.
  if (error.native == EACCES) return COUNTERSIGN_DENIED;
  return error.code == ErrorCode::limit_exceeded ? COUNTERSIGN_LIMIT_EXCEEDED
                                                 : COUNTERSIGN_UNAVAILABLE;
}

countersign_result refuse(countersign_client& handle, countersign_result result,
                          std::string_view message) {
  handle.message = message;
  return result;
}

countersign_result read_answer(countersign_client& handle, const Answer& answer,
                               countersign_verdict& verdict) {
  if (answer.outcome == Answer::Outcome::error) {
    return refuse(handle, result_of(answer.error_code), answer.message);
  }
  if (answer.answer != kAccepted && answer.answer != kRejected) {
    return refuse(handle, COUNTERSIGN_UNAVAILABLE, "the answer is not a verdict");
  }
  verdict.reason = reason_of(answer.reason);
  verdict.factor_id = answer.factor_id;
  verdict.repeated = answer.repeated != 0 ? 1 : 0;
  verdict.retry_after_seconds = static_cast<std::uint32_t>(answer.retry_after_seconds);
  verdict.accepted = answer.answer == kAccepted ? 1 : 0;
  return refuse(handle, COUNTERSIGN_OK, "");
}

Status reconnect(countersign_client& handle, Deadline deadline) {
  CS_TRY(handle.connection, Connection::open(handle.path, deadline));
  return {};
}

// A refusal of the connection as a whole carries no id.
bool answers(const Answer& answer, const Question& question) {
  if (answer.request_id.empty()) return answer.outcome == Answer::Outcome::error;
  return answer.request_id == question.request_id;
}

// The answer's texts are valid until the next call.
Result<Answer> exchange(Connection& connection, const Question& question, Deadline deadline) {
  CS_TRY(const std::span<std::byte> body,
         connection.append(countersign::client::request_bytes(question)));
  countersign::client::write_request(question, body);
  CS_TRY(const countersign::BytesView reply, connection.receive(deadline));
  Result<Answer> answer = countersign::client::read_reply(reply);
  if (answer && answers(*answer, question)) return answer;
  connection.close();
  return Error{ErrorCode::malformed, "client.reply"};
}

// A connection that was lost is made anew, and a lost answer asked for again under the same id.
Result<Answer> ask(countersign_client& handle, Question question) {
  const Deadline deadline = countersign::client::within(handle.limit);
  CS_TRY(const std::string id, countersign::client::new_request_id());
  question.request_id = id;
  if (handle.connection->native_handle() < 0) CS_CHECK(reconnect(handle, deadline));
  Result<Answer> answer = exchange(*handle.connection, question, deadline);
  const bool is_lost = !answer && answer.error().code == ErrorCode::unavailable;
  if (!is_lost) return answer;
  CS_CHECK(reconnect(handle, deadline));
  return exchange(*handle.connection, question, deadline);
}

countersign_result verify(countersign_client& handle, const Question& question,
                          countersign_verdict& verdict) {
  const Result<Answer> answer = ask(handle, question);
  if (!answer) return refuse(handle, result_of(answer.error()), answer.error().operation.view());
  return read_answer(handle, *answer, verdict);
}

std::string_view text_or_nothing(const char* text) { return text == nullptr ? "" : text; }

countersign_result connect(const char* path, std::chrono::milliseconds limit,
                           countersign_client*& handle) {
  auto connection = Connection::open(path, countersign::client::within(limit));
  if (!connection) return result_of(connection.error());
  handle = new countersign_client{path, *std::move(connection)};
  return COUNTERSIGN_OK;
}

}  // namespace

countersign_result countersign_connect(const char* path, countersign_client** handle) {
  return countersign_connect_within(path, countersign::client::kCallLimit.count(), handle);
}

countersign_result countersign_connect_within(const char* path, uint32_t milliseconds,
                                              countersign_client** handle) {
  if (handle == nullptr) return COUNTERSIGN_MALFORMED;
  *handle = nullptr;
  if (path == nullptr) return COUNTERSIGN_MALFORMED;
  try {
    return connect(path, std::chrono::milliseconds{milliseconds}, *handle);
  } catch (const std::exception&) {
    return COUNTERSIGN_UNAVAILABLE;
  }
}

void countersign_close(countersign_client* handle) { delete handle; }

void countersign_set_limit(countersign_client* handle, uint32_t milliseconds) {
  if (handle != nullptr) handle->limit = std::chrono::milliseconds{milliseconds};
}

countersign_result countersign_verify(countersign_client* handle, const char* realm,
                                      const char* username, const char* passcode,
                                      const char* client_address, countersign_verdict* verdict) {
  if (verdict == nullptr) return COUNTERSIGN_MALFORMED;
  *verdict = countersign_verdict{};
  if (handle == nullptr) return COUNTERSIGN_MALFORMED;
  try {
    if (username == nullptr || passcode == nullptr) {
      return refuse(*handle, COUNTERSIGN_MALFORMED, "a username and a passcode are needed");
    }
    const Question question{.realm = text_or_nothing(realm),
                            .username = username,
                            .passcode = passcode,
                            .client_address = text_or_nothing(client_address)};
    return verify(*handle, question, *verdict);
  } catch (const std::exception&) {
    *verdict = countersign_verdict{};
    return COUNTERSIGN_UNAVAILABLE;
  }
}

const char* countersign_message(const countersign_client* handle) {
  return handle == nullptr ? "there is no handle" : handle->message.c_str();
}
