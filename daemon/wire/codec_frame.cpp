// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/codec.hpp"
#include "daemon/wire/fields.hpp"
#include "daemon/wire/message_fields.hpp"
#include "daemon/wire/own_subject.hpp"
#include "daemon/wire/to_message.hpp"

#include "api/countersign.pb.h"

#include <array>

namespace countersign::wire {
namespace {

void append_header(std::size_t body_bytes, std::string& out) {
  std::array<char, kHeaderBytes> header{static_cast<char>(kMagic), static_cast<char>(kVersion)};
  for (std::size_t i = kHeaderBytes; i-- > kHeaderBytes - sizeof(std::uint32_t); body_bytes >>= 8) {
    header[i] = static_cast<char>(body_bytes & 0xff);
  }
  out.append(header.data(), header.size());
}

void append_frame(const v1::Reply& message, std::size_t body_bytes, std::string& out) {
  append_header(body_bytes, out);
  const std::size_t at = out.size();
  out.resize(at + body_bytes);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(out.data() + at));
}

// Verdicts are nearly all there is: their message is kept, with every block it ever needed.
v1::Reply& verdict_message() {
  thread_local v1::Reply message;
  return message;
}

}  // namespace

Result<Request> decode_frame(BytesView body) {
  CS_TRY(const Envelope envelope, open_envelope(body));
  CS_TRY(const RequestId id, request_id_from(envelope.request_id));
  CS_TRY(SecretBytes session, session_from(envelope.session));
  Result<Ask> ask = ask_from(envelope.operation, envelope.message);
  if (!ask) return ask.error();
  CS_CHECK(check_own(*ask, session.size() != 0));
  return Request{id, *std::move(ask), std::move(session)};
}

RequestId request_id_of(BytesView body) {
  const Result<RequestId> id = request_id_from(find_request_id(body));
  return id ? *id : RequestId{};
}

void encode_frame(const Reply& reply, std::string& out) {
  const bool is_verdict = reply.answer && std::holds_alternative<Verdict>(*reply.answer);
  v1::Reply once;
  v1::Reply& message = is_verdict ? verdict_message() : once;
  write_reply(reply, message);
  std::size_t body_bytes = message.ByteSizeLong();
  if (body_bytes > kBodyBytesMax) {
    write_error(Error{ErrorCode::limit_exceeded, "reply.length"}, message);
    body_bytes = message.ByteSizeLong();
  }
  append_frame(message, body_bytes, out);
  wipe_secrets(message);
}

}  // namespace countersign::wire
