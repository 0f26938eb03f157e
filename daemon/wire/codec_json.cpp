// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/codec.hpp"
#include "daemon/wire/fields.hpp"
#include "daemon/wire/json_fields.hpp"
#include "daemon/wire/message_fields.hpp"
#include "daemon/wire/own_subject.hpp"
#include "daemon/wire/public_error.hpp"
#include "daemon/wire/to_message.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

#include <google/protobuf/util/json_util.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace countersign::wire {
namespace {

using google::protobuf::Message;

constexpr std::size_t kOwnIdBytes = 16;

Result<RequestId> own_request_id() {
  std::array<std::byte, kOwnIdBytes> random;
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    return Error{ErrorCode::unavailable, "getrandom", static_cast<std::uint64_t>(errno)};
  }
  return request_id_from(random);
}

Result<RequestId> request_id_from_key(std::string_view key) {
  if (key.empty()) return own_request_id();
  const bool printable = std::ranges::all_of(key, [](char c) { return c >= '!' && c <= '~'; });
  if (!printable) return Error{ErrorCode::malformed, "wire.request_id"};
  return request_id_from(as_bytes(key));
}

Result<Ask> ask_from_json(const FieldRule& operation, std::string_view json) {
  WipedString message{json.size() + kJsonSlackBytes};
  CS_CHECK(fields_from_json(*operation.message, json, *message));
  CS_CHECK(check_message(*operation.message, as_bytes(*message)));
  return ask_from(operation.number, as_bytes(*message));
}

// Over HTTP the status line is the envelope: the body is the outcome's own message.
const Message& outcome_of(const v1::Reply& reply) {
  const auto& outcomes = *v1::Reply::descriptor()->FindOneofByName("outcome");
  const auto* set = v1::Reply::GetReflection()->GetOneofFieldDescriptor(reply, &outcomes);
  if (set == nullptr) return v1::Error::default_instance();
  return v1::Reply::GetReflection()->GetMessage(reply, set);
}

// The mapping leaves zeros out. In reports a zero is what one looks for.
bool shows_zeros(const v1::Reply& reply) {
  return reply.has_health_report() || reply.has_status() || reply.has_store_check() ||
         reply.has_courier_status() || reply.has_realm_description() ||
         reply.has_session_report() || reply.has_session_list() || reply.has_password_report() ||
         reply.has_explanation();
}

}  // namespace

Result<Request> decode_json(std::string_view operation, std::string_view json,
                            std::string_view idempotency_key, std::string_view session) {
  const FieldRule* known = find_operation(operation);
  if (known == nullptr) return Error{ErrorCode::not_found, "json.operation"};
  if (json.size() > kBodyBytesMax) return Error{ErrorCode::limit_exceeded, "http.body_length"};
  CS_TRY(const RequestId id, request_id_from_key(idempotency_key));
  CS_TRY(SecretBytes session_text, session_from(as_bytes(session)));
  Result<Ask> ask = ask_from_json(*known, json);
  wipe_stack_below();
  if (!ask) return ask.error();
  CS_CHECK(check_own(*ask, session_text.size() != 0));
  return Request{id, *std::move(ask), std::move(session_text)};
}

HttpAnswer encode_json(const Reply& reply) {
  v1::Reply message;
  write_reply(reply, message);
  HttpAnswer answer;
  answer.status = reply.answer ? 200 : public_face(reply.answer.error()).status;

  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = shows_zeros(message);
  const auto printed =
      google::protobuf::util::MessageToJsonString(outcome_of(message), &answer.body, options);
  wipe_secrets(message);
  wipe_stack_below();
  // Its text may quote what it was given.
  if (!printed.ok()) return HttpAnswer{503, R"({"code":"UNAVAILABLE"})"};
  return answer;
}

}  // namespace countersign::wire
