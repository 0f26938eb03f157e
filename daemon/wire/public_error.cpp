// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/public_error.hpp"

#include "daemon/wire/wordings.hpp"

#include "api/countersign.pb.h"

#include <algorithm>
#include <array>
#include <span>

namespace countersign::wire {
namespace {

// An operation is looked up by its whole name, then by what stands before its dot.
constexpr auto kWordings = std::to_array<Wording>({
    // How bytes become a request.
    {"frame.magic", 0,
     "frame: the first byte must be 0xC5 (native) or a capital letter (HTTP); see "
     "docs/wire-protocol.md"},
    {"frame.version", 0, "frame: this daemon speaks version 1"},
    {"frame.flags", 0, "frame: the flags must be zero"},
    {"frame.empty", 0, "frame: the body is empty; send a Request"},
    {"frame.length", 413, "frame: the body is larger than 65536 bytes"},
    {"frame.truncated", 0, "frame: the connection ended in the middle of a frame"},
    {"net.slow", 408, "the request did not arrive in time; send it in one piece"},
    {"net.connections", 429, "too many connections by this user; close some, or reuse them"},
    {"http.header", 0, "http: this is not a well-formed HTTP/1.1 request"},
    {"http.length_required", 411,
     "http: say with Content-Length how long the body is; chunks are not taken"},
    {"http.header_length", 431, "http: the header is larger than 8192 bytes"},
    {"http.body_length", 413, "http: the body is larger than 65536 bytes"},
    {"http.method", 405, "http: use POST (GET is for /v1/health alone)"},
    {"http.path", 404, "http: the path is /v1/ and an operation, such as /v1/verify"},
    {"http.truncated", 0, "http: the connection ended in the middle of a request"},
    {"http.idempotency_key", 0, "http: at most one Idempotency-Key header may be given"},
    // How a request must be written.
    {"wire.field_bytes", 0, "the body is not a well-formed Protobuf message"},
    {"wire.field_unknown", 0, "a field is not known here; see api/countersign.proto"},
    {"wire.field_twice", 0, "a field is given twice, or more than one operation"},
    {"wire.field_type", 0, "a field's value is of the wrong type; see api/countersign.proto"},
    {"wire.enum_unknown", 0, "an enum's value is not known here; see api/countersign.proto"},
    {"wire.enum_unspecified", 0, "an enum is UNSPECIFIED; leave it out or choose a value"},
    {"wire.number_range", 0, "a number is out of its type's range"},
    {"wire.text_not_utf8", 0, "a text is not valid UTF-8"},
    {"wire.depth", 0, "the message is nested too deeply"},
    {"wire.no_operation", 0, "the request names no operation; see api/countersign.proto"},
    {"wire.request_id", 0,
     "request_id: must be 16 to 64 bytes (as Idempotency-Key: printable ASCII), chosen at random"},
    {"json.syntax", 0, "the body is not well-formed JSON (RFC 8259)"},
    {"json.not_object", 0, "the body must be one JSON object"},
    {"json.depth", 0, "the JSON is nested too deeply"},
    {"json.field_unknown", 0, "a key is not known here; see api/countersign.proto"},
    {"json.field_twice", 0, "a key is given twice"},
    {"json.field_type", 0, "a key's value is of the wrong type; see api/countersign.proto"},
    {"json.base64", 0, "a key's value must be base64"},
    {"json.operation", 404, "there is no such operation; see docs/wire-protocol.md"},
    {"reply.length", 0, "the answer is larger than a frame; ask for less"},
    // What a request may say.
    {"passcode.empty", 0, "passcode: is empty"},
    {"passcode.not_ascii", 0, "passcode: must be printable ASCII, at most 128 bytes"},
    {"passcode.length", 400, "passcode: must be printable ASCII, at most 128 bytes"},
    {"realm", 400, "realm: must be lower-case letters, digits and hyphens, at most 32 bytes"},
    {"username", 400,
     "username: must be 1 to 256 bytes of UTF-8 without control, invisible or unassigned "
     "characters"},
    {"name", 400,
     "names and labels: must be UTF-8 without control, invisible or unassigned characters"},
    {"label", 400, "label or issuer: must be at most 64 characters, without control characters"},
    {"subject.missing", 0,
     "subject: is missing; give a realm and a username (on enroll.sock: or the session of whoever "
     "it "
     "is)"},
    {"factor_id.missing", 0, "factor_id: is missing"},
    {"factor_id.range", 0, "factor_id: is not one that this service has given out"},
    {"verify.nobody", 0, "verify: name a subject, a factor_id, or both"},
    {"public_id", 0, "public_id: must be an even number of letters of modhex, 16 at most"},
    {"token_identifier", 0,
     "token_identifier: must be 12 letters and digits, and is for HOTP alone"},
    {"enrol.yubico_key", 0,
     "aes_key and private_id: must be 16 and 6 bytes, or both absent to have them made"},
    {"enrol.response_key", 0, "secret: must be 20 bytes, or absent to have one made"},
    {"challenge_id", 0, "challenge_id: is missing, or not one that this service has given out"},
    {"response", 0, "response: must be 64 bytes at most"},
    {"response.one", 0, "give a response (CHALRESP) or a passcode (SMS, EMAIL), and not both"},
    {"challenge.kind", 0, "kind: must be CHALRESP, SMS or EMAIL, or absent"},
    {"transaction.purpose", 0,
     "transaction: goes with purpose TRANSACTION, which cannot do without, and with no other"},
    {"transaction.text", 0,
     "transaction: must be 1 to 200 characters (400 bytes at most) that can all be seen: no line "
     "breaks, no control characters, nothing invisible or that turns text around"},
    {"message_id", 0, "message_id: is missing, or not one that this service has given out"},
    {"take.max", 0, "max: must be 1 to 32"},
    {"take.wait", 0, "wait_seconds: must be 20 at most"},
    {"provider.count", 0, "providers: must be 16 at most"},
    {"provider.name", 0, "provider: its name must be 1 to 64 characters that can all be seen"},
    {"provider.channel", 0, "provider: its channel must be SMS or EMAIL"},
    {"provider.state", 0, "provider: its state is missing"},
    {"provider.health", 0, "provider: its health must be 0 to 100"},
    {"provider.problem", 0,
     "provider: its problem must be at most 200 characters (400 bytes) that can all be seen"},
    {"report.count", 0, "reports: must be 1 to 256"},
    {"report.outcome", 0, "report: its outcome is missing"},
    {"report.retry_after", 0, "retry_after_seconds: goes with DEFERRED, and is 86400 at most"},
    {"verify.public_id", 0, "passcode: must be a Yubico OTP where nobody is named"},
    {"resynchronise.kind", 0, "a YubiKey knows where it stands: nothing to resynchronise"},
    {"client_address", 0, "client_address: must be an IPv4 or IPv6 address, without a port"},
    {"enrol.kind", 0, "kind: must be TOTP or HOTP"},
    {"enrol.digits", 0, "digits: must be 6 to 8"},
    {"enrol.period", 0, "period_seconds: must be 15 to 120"},
    {"enrol.hotp_period", 0, "period_seconds: is for TOTP alone; leave it out with HOTP"},
    {"enrol.totp_counter", 0, "counter: is for HOTP alone; leave it out with TOTP"},
    {"enrol.counter", 0, "counter: must be less than 2 to the 63rd"},
    {"enrol.secret", 0, "secret: must be 10 to 512 bytes, or absent to have one made"},
    {"tokens", 0, "tokens: must be 200 at most; send them in several requests"},
    {"token_id", 0, "token_id: is missing, or not one that this service has given out"},
    {"token.kind", 0, "kind: must be TOTP, HOTP or YUBICO_OTP"},
    {"token.serial", 0,
     "serial: must be 1 to 64 characters without control characters; YUBICO_OTP alone may go "
     "without"},
    {"token.public_id", 0,
     "public_id: must be modhex, 2 to 16 letters; a HOTP token's identifier has 12 letters and "
     "digits"},
    {"token.secret", 0, "secret: must be 10 to 512 bytes"},
    {"token.counter", 0, "counter: of a YUBICO_OTP must be 32767 at most"},
    {"token.yubico_fields", 0, "algorithm, digits, period_seconds: are not for YUBICO_OTP"},
    {"token.oath_fields", 0,
     "private_id is for YUBICO_OTP alone, and public_id not for TOTP; leave them out"},
    {"token.name", 0, "give a serial or a public_id, and not both"},
    {"token.unknown", 0, "there is no such token; it may be somebody's already"},
    {"client_id", 0, "client_id: is missing"},
    {"text", 0, "text: must be at most 2048 bytes"},
    {"signature", 0, "signature: must be at most 64 bytes, or absent when there is none"},
    {"source_address", 0, "source_address: must be an IPv4 or IPv6 address, without a port"},
    {"network.count", 0, "networks: must be 16 at most"},
    {"network.address", 0, "networks: each must begin with an IPv4 or IPv6 address"},
    {"network.prefix", 0, "networks: each must end in / and a number of bits, as in 192.0.2.0/24"},
    {"network.host_bits", 0, "networks: no bit behind the prefix may be set: 192.0.2.0/24"},
    {"api_key", 0, "api_key: must be 16 to 64 bytes, or absent to have one made"},
    {"client.count", 409, "there are as many clients as there may be"},
    {"client.unknown", 0, "there is no such client"},
    {"cursor", 0, "cursor: give back the one of the last answer, or none to begin"},
    // How much may be asked.
    {"enrol.factors", 409, "this subject has as many factors as it may have; revoke one"},
    {"turns.waiting", 429, "too many requests about this subject at once; ask again later"},
});

PublicError face_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
      return {v1::MALFORMED, 400, "the request is malformed; see docs/wire-protocol.md"};
    case ErrorCode::limit_exceeded:
      return {v1::LIMIT_EXCEEDED, 429, "a limit was reached; ask for less, or later"};
    case ErrorCode::denied:
      return {v1::DENIED, 403, "the policy does not allow this peer to ask this"};
    case ErrorCode::not_found:
      return {v1::NOT_FOUND, 404, "there is no such subject or factor"};
    case ErrorCode::already_exists:
      return {
          v1::ALREADY_EXISTS, 409,
          "that name or public id is taken, or this person already has a factor with that secret"};
    case ErrorCode::conflict:
      return {v1::CONFLICT, 409,
              "its state does not allow this, or another request changed it first; look at it and "
              "ask again"};
    case ErrorCode::unavailable:
      break;
    case ErrorCode::corrupt:
      return {v1::TAMPERED, 500,
              "a stored record fails its integrity check; the security team must look into it"};
    case ErrorCode::proof_required:
      return {v1::PROOF_REQUIRED, 403, "prove again who you are, and then ask again: see `proof`"};
    case ErrorCode::busy:
      return {v1::BUSY, 503,
              "too many passwords are being verified just now; ask again in a second"};
  }
  return {v1::UNAVAILABLE, 503, "the service could not answer; ask again later"};
}

const Wording* find_in(std::span<const Wording> wordings, std::string_view operation) {
  const auto found = std::ranges::find(wordings, operation, &Wording::operation);
  return found != wordings.end() ? &*found : nullptr;
}

const Wording* find_wording(std::string_view operation) {
  const std::array<std::span<const Wording>, 3> tables{kWordings, account_wordings(),
                                                       destination_wordings()};
  const auto subject = operation.substr(0, operation.find('.'));
  for (const std::string_view name : {operation, subject}) {
    for (const std::span<const Wording> wordings : tables) {
      if (const Wording* found = find_in(wordings, name)) return found;
    }
  }
  return nullptr;
}

bool is_about_the_request(ErrorCode code) {
  return code == ErrorCode::malformed || code == ErrorCode::limit_exceeded ||
         code == ErrorCode::not_found;
}

// Of what is broken here a peer learns nothing.
bool is_explained(ErrorCode code) {
  return code != ErrorCode::unavailable && code != ErrorCode::corrupt;
}

}  // namespace

PublicError public_face(const Error& error) {
  PublicError face = face_of(error.code);
  const std::string_view operation = error.operation.view();
  const Wording* wording = nullptr;
  if (is_about_the_request(error.code)) {
    wording = find_wording(operation);
  } else if (is_explained(error.code)) {
    wording = find_in(refusal_wordings(), operation);
  }
  if (wording == nullptr) return face;
  face.message = wording->message;
  if (wording->status != 0) face.status = wording->status;
  return face;
}

}  // namespace countersign::wire
