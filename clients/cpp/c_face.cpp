// SPDX-License-Identifier: Apache-2.0
// The C face of the client. Nothing throws across it.
#include "clients/cpp/countersign.h"
#include "clients/cpp/countersign_client.hpp"

#include <string.h>

#include <exception>
#include <memory>
#include <string>
#include <utility>

using countersign::Error;
using countersign::ErrorCode;
using countersign::Result;
namespace v1 = countersign::v1;

struct countersign_client {
  countersign::client::Client client;
  std::chrono::milliseconds limit = countersign::client::kCallLimit;
  std::string message;
};

namespace {

static_assert(static_cast<int>(COUNTERSIGN_MALFORMED) == 1);
static_assert(static_cast<int>(COUNTERSIGN_REASON_SUSPENDED) == static_cast<int>(v1::SUSPENDED));

countersign_result result_of(v1::ErrorCode code) {
  switch (code) {
    case v1::MALFORMED:
      return COUNTERSIGN_MALFORMED;
    case v1::DENIED:
      return COUNTERSIGN_DENIED;
    case v1::NOT_FOUND:
      return COUNTERSIGN_NOT_FOUND;
    case v1::ALREADY_EXISTS:
      return COUNTERSIGN_ALREADY_EXISTS;
    case v1::CONFLICT:
      return COUNTERSIGN_CONFLICT;
    case v1::LIMIT_EXCEEDED:
      return COUNTERSIGN_LIMIT_EXCEEDED;
    case v1::TAMPERED:
      return COUNTERSIGN_TAMPERED;
    default:
      return COUNTERSIGN_UNAVAILABLE;
  }
}

// An error of the client itself: whatever it was, nobody answered.
countersign_result result_of(const Error& error) {
  return error.code == ErrorCode::limit_exceeded ? COUNTERSIGN_LIMIT_EXCEEDED
                                                 : COUNTERSIGN_UNAVAILABLE;
}

countersign_result refuse(countersign_client& handle, countersign_result result,
                          std::string_view message) {
  handle.message = message;
  return result;
}

struct Question {
  const char* realm;
  const char* username;
  const char* passcode;
  const char* client_address;
};

v1::Request request_of(const Question& question) {
  v1::Request request;
  v1::Verify& verify = *request.mutable_verify();
  if (question.realm != nullptr) verify.mutable_subject()->set_realm(question.realm);
  verify.mutable_subject()->set_username(question.username);
  verify.set_passcode(question.passcode);
  if (question.client_address != nullptr) verify.set_client_address(question.client_address);
  return request;
}

countersign_result read_verdict(countersign_client& handle, const v1::Reply& reply,
                                countersign_verdict& verdict) {
  if (reply.has_error()) {
    return refuse(handle, result_of(reply.error().code()), reply.error().message());
  }
  const v1::Verdict& answer = reply.verdict();
  if (answer.answer() != v1::ACCEPTED && answer.answer() != v1::REJECTED) {
    return refuse(handle, COUNTERSIGN_UNAVAILABLE, "the answer is not a verdict");
  }
  verdict.reason = v1::Reason_IsValid(answer.reason())
                       ? static_cast<countersign_reason>(answer.reason())
                       : COUNTERSIGN_REASON_NONE;
  verdict.factor_id = answer.factor_id();
  verdict.repeated = answer.repeated() ? 1 : 0;
  verdict.retry_after_seconds = answer.retry_after_seconds();
  verdict.accepted = answer.answer() == v1::ACCEPTED ? 1 : 0;
  return refuse(handle, COUNTERSIGN_OK, "");
}

countersign_result verify(countersign_client& handle, const Question& question,
                          countersign_verdict& verdict) {
  const Result<v1::Reply> reply =
      handle.client.call(request_of(question), countersign::client::within(handle.limit));
  if (!reply) {
    return refuse(handle, result_of(reply.error()), reply.error().operation.view());
  }
  return read_verdict(handle, *reply, verdict);
}

}  // namespace

countersign_result countersign_connect(const char* path, countersign_client** handle) {
  if (handle == nullptr) return COUNTERSIGN_MALFORMED;
  *handle = nullptr;
  if (path == nullptr) return COUNTERSIGN_MALFORMED;
  try {
    auto client = countersign::client::Client::connect(path);
    if (!client) return result_of(client.error());
    *handle = new countersign_client{*std::move(client)};
    return COUNTERSIGN_OK;
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
    return verify(*handle, {realm, username, passcode, client_address}, *verdict);
  } catch (const std::exception&) {
    *verdict = countersign_verdict{};
    return COUNTERSIGN_UNAVAILABLE;
  }
}

const char* countersign_message(const countersign_client* handle) {
  return handle == nullptr ? "there is no handle" : handle->message.c_str();
}
