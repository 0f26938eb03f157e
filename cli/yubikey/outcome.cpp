// SPDX-License-Identifier: Apache-2.0
#include "cli/yubikey/outcome.hpp"

namespace countersign::cli {
namespace {

v1::ErrorCode code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
      return v1::MALFORMED;
    case ErrorCode::limit_exceeded:
      return v1::LIMIT_EXCEEDED;
    case ErrorCode::denied:
      return v1::DENIED;
    case ErrorCode::not_found:
      return v1::NOT_FOUND;
    case ErrorCode::already_exists:
      return v1::ALREADY_EXISTS;
    case ErrorCode::conflict:
      return v1::CONFLICT;
    case ErrorCode::corrupt:
      return v1::TAMPERED;
    case ErrorCode::proof_required:
      return v1::PROOF_REQUIRED;
    case ErrorCode::busy:
      return v1::BUSY;
    case ErrorCode::unavailable:
      return v1::UNAVAILABLE;
  }
  return v1::UNAVAILABLE;
}

}  // namespace

Trouble trouble_of(const Error& error) {
  return {code_of(error.code), std::string{yubikey::explain(error)}, Source::key};
}

Trouble trouble_of(const v1::Reply& reply) {
  if (!reply.has_error())
    return {v1::UNAVAILABLE, "The daemon answered another question.", Source::daemon};
  return {reply.error().code(), reply.error().message(), Source::daemon};
}

}  // namespace countersign::cli
