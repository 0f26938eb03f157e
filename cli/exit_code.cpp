// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.hpp"

namespace countersign::cli {

ExitCode exit_code_of(v1::ErrorCode code) {
  switch (code) {
    case v1::MALFORMED:
    case v1::DENIED:
    case v1::NOT_FOUND:
    case v1::ALREADY_EXISTS:
    case v1::CONFLICT:
    case v1::LIMIT_EXCEEDED:
      return ExitCode::refused;
    case v1::TAMPERED:
      return ExitCode::problem;
    default:
      return ExitCode::unavailable;
  }
}

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
    case ErrorCode::limit_exceeded:
    case ErrorCode::denied:
    case ErrorCode::not_found:
    case ErrorCode::already_exists:
    case ErrorCode::conflict:
    case ErrorCode::proof_required:
      return ExitCode::refused;
    case ErrorCode::corrupt:
      return ExitCode::problem;
    case ErrorCode::unavailable:
    case ErrorCode::busy:
      return ExitCode::unavailable;
  }
  return ExitCode::unavailable;
}

}  // namespace countersign::cli
