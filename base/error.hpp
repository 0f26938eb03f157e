// SPDX-License-Identifier: Apache-2.0
// Why an operation could not be carried out.
//
// A wrong passcode is not an error: it is a Verdict. An Error means that no
// verdict could be reached, and the only safe reaction to it is to refuse.
#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace countersign {

enum class ErrorCode : std::uint8_t {
  malformed,       // the bytes do not follow the documented format
  limit_exceeded,  // a documented bound was crossed
  denied,          // policy forbids this peer to ask this question
  not_found,       // no such subject, factor or operation
  already_exists,  // that name is taken
  conflict,        // another request changed the record first, or its state forbids this
  unavailable,     // the HSM or the store did not answer
  corrupt,         // stored bytes fail their own checks: somebody edited them
  proof_required,  // who asks has to prove again who they are: "proof.password", "proof.factor"
  busy,            // a bounded pool is full; try again in a second
};

// A string literal, and nothing else. The constructor runs at compile time, so
// no request data and no secret can ever be formatted into an error.
class Literal {
 public:
  constexpr Literal() = default;
  consteval Literal(const char* text) : text_{text} {}
  [[nodiscard]] constexpr std::string_view view() const { return text_; }

 private:
  const char* text_ = "";
};

struct Error {
  ErrorCode code = ErrorCode::unavailable;  // an error nobody filled in still refuses
  Literal operation;                        // the call that failed: "C_Sign", "frame.length"
  std::uint64_t native{};                   // CK_RV, errno or SQLite code; 0 when there is none
};

// Boost's result, made impossible to ignore. `.value()` deliberately does not
// compile: check first, then dereference.
template <class T>
struct [[nodiscard]] Result : boost::system::result<T, Error> {
  using boost::system::result<T, Error>::result;
};
using Status = Result<void>;

}  // namespace countersign

// Declares a variable from a Result, or returns its error to the caller. A
// statement, never an expression: GCC mishandles statement expressions inside
// coroutines (PR 115851). The CO forms are the same for coroutines.
#define CS_TRY(declaration, expression) \
  CS_TRY_(return, CS_JOIN_(cs_result_, __LINE__), declaration, expression)
#define CS_CO_TRY(declaration, expression) \
  CS_TRY_(co_return, CS_JOIN_(cs_result_, __LINE__), declaration, expression)
#define CS_CHECK(expression) \
  if (auto cs_status = (expression); !cs_status) return cs_status.error()
#define CS_CO_CHECK(expression) \
  if (auto cs_status = (expression); !cs_status) co_return cs_status.error()
#define CS_TRY_(leave, result, declaration, expression) \
  auto result = (expression);                           \
  if (!result) leave result.error();                    \
  declaration = *std::move(result)
#define CS_JOIN_(a, b) CS_JOIN2_(a, b)
#define CS_JOIN2_(a, b) a##b
