// SPDX-License-Identifier: Apache-2.0
// pam_countersign.so: asks the daemon whether the code of the person who signs in is good.
//
// Loaded into programs of any kind, with threads and forks of their own: it keeps nothing between
// two calls, starts no thread, and each question has a connection of its own. Fails closed: only a
// verdict "accepted" is PAM_SUCCESS. When nobody can answer in time it is PAM_AUTHINFO_UNAVAIL, so
// that an administrator can let a few people in by another way (docs/pam.md); every other refusal
// is PAM_AUTH_ERR, and a mistake in the configuration PAM_SERVICE_ERR.
#include "clients/cpp/countersign.h"
#include "clients/pam/options.hpp"

#include <arpa/inet.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <string.h>
#include <syslog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>

namespace countersign::pam {
namespace {

using Clock = std::chrono::steady_clock;

// As pam_unix: what follows a refusal at once tells nobody why it was one.
constexpr unsigned kFailDelayMicroseconds = 2'000'000;

constexpr char kDelete = 0x7f;

struct WipeAndFree {
  void operator()(char* text) const {
    ::explicit_bzero(text, ::strlen(text));
    std::free(text);
  }
};
using Typed = std::unique_ptr<char, WipeAndFree>;

struct Close {
  void operator()(countersign_client* handle) const { countersign_close(handle); }
};
using Handle = std::unique_ptr<countersign_client, Close>;

// Who signs in, and from where.
struct Person {
  const char* user = nullptr;
  const char* address = nullptr;  // if it is an IP address
};

const char* words(countersign_result result) {
  switch (result) {
    case COUNTERSIGN_OK:
      return "answered";
    case COUNTERSIGN_MALFORMED:
      return "the daemon could not read the name or the code";
    case COUNTERSIGN_DENIED:
      return "neither policy nor socket let this process ask";
    case COUNTERSIGN_LIMIT_EXCEEDED:
      return "a limit of the daemon was reached";
    case COUNTERSIGN_UNAVAILABLE:
      return "the daemon did not answer in time";
    case COUNTERSIGN_TAMPERED:
      return "a stored record was edited; tell the security team";
    default:
      return "the daemon answered with an error";
  }
}

const char* words(countersign_reason reason) {
  switch (reason) {
    case COUNTERSIGN_REASON_WRONG_CODE:
      return "wrong code";
    case COUNTERSIGN_REASON_REPLAYED:
      return "code used before";
    case COUNTERSIGN_REASON_THROTTLED:
      return "too many wrong codes";
    case COUNTERSIGN_REASON_EXPIRED:
      return "expired";
    case COUNTERSIGN_REASON_SUSPENDED:
      return "suspended";
    default:
      return "no such factor";
  }
}

std::uint32_t milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<std::uint32_t>(std::max<std::int64_t>(left.count(), 0));
}

int refuse(pam_handle_t* pam, countersign_result result) {
  pam_syslog(pam, LOG_ERR, "refused: %s", words(result));
  return result == COUNTERSIGN_UNAVAILABLE ? PAM_AUTHINFO_UNAVAIL : PAM_AUTH_ERR;
}

int reject(pam_handle_t* pam, const Person& person, countersign_reason reason) {
  // A name that nobody bears may be a code or a password in the wrong field.
  if (reason == COUNTERSIGN_REASON_NO_SUCH_FACTOR) {
    pam_syslog(pam, LOG_NOTICE, "refused: %s", words(reason));
  } else {
    pam_syslog(pam, LOG_NOTICE, "refused %s: %s", person.user, words(reason));
  }
  return PAM_AUTH_ERR;
}

int verify(pam_handle_t* pam, const Options& options, const Person& person, const char* passcode) {
  const Clock::time_point deadline = Clock::now() + options.timeout;
  countersign_client* opened = nullptr;
  countersign_result result =
      countersign_connect_within(options.socket, milliseconds_until(deadline), &opened);
  const Handle handle{opened};
  if (result != COUNTERSIGN_OK) return refuse(pam, result);
  countersign_set_limit(handle.get(), milliseconds_until(deadline));
  countersign_verdict verdict;
  result = countersign_verify(handle.get(), options.realm, person.user, passcode, person.address,
                              &verdict);
  if (result != COUNTERSIGN_OK) return refuse(pam, result);
  if (verdict.accepted != 1) return reject(pam, person, verdict.reason);
  pam_syslog(pam, LOG_INFO, "accepted %s", person.user);
  return PAM_SUCCESS;
}

// An empty code is refused here: it is no attempt.
int verify_typed(pam_handle_t* pam, const Options& options, const Person& person,
                 const char* passcode) {
  if (passcode != nullptr && passcode[0] != '\0') return verify(pam, options, person, passcode);
  pam_syslog(pam, LOG_NOTICE, "refused: there is no code");
  return PAM_AUTH_ERR;
}

// Whatever a program's conversation fails with must not look like a daemon that is away.
int failed_conversation(int status) {
  return status == PAM_CONV_AGAIN ? PAM_INCOMPLETE : PAM_AUTH_ERR;
}

int ask_and_verify(pam_handle_t* pam, const Options& options, const Person& person) {
  char* response = nullptr;
  const int status = pam_prompt(pam, PAM_PROMPT_ECHO_OFF, &response, "%s", options.prompt);
  const Typed typed{response};
  if (status != PAM_SUCCESS) return failed_conversation(status);
  return verify_typed(pam, options, person, typed.get());
}

int verify_person(pam_handle_t* pam, const Options& options, const Person& person) {
  if (options.source == Source::prompt) return ask_and_verify(pam, options, person);
  const void* first = nullptr;
  const bool is_there = pam_get_item(pam, PAM_AUTHTOK, &first) == PAM_SUCCESS && first != nullptr;
  const char* passcode = is_there ? static_cast<const char*>(first) : nullptr;
  if (options.source == Source::first_pass) return verify_typed(pam, options, person, passcode);
  const int status =
      is_there ? verify_typed(pam, options, person, passcode) : static_cast<int>(PAM_AUTH_ERR);
  return status == PAM_AUTH_ERR ? ask_and_verify(pam, options, person) : status;
}

bool is_sound(std::string_view user) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == kDelete; };
  return !user.empty() && std::ranges::none_of(user, is_control);
}

const char* address_of(pam_handle_t* pam) {
  const void* host = nullptr;
  if (pam_get_item(pam, PAM_RHOST, &host) != PAM_SUCCESS || host == nullptr) return nullptr;
  const char* address = static_cast<const char*>(host);
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  const bool is_address = ::inet_pton(AF_INET, address, bytes.data()) == 1 ||
                          ::inet_pton(AF_INET6, address, bytes.data()) == 1;
  return is_address ? address : nullptr;
}

int authenticate(pam_handle_t* pam, std::span<const char* const> arguments) {
  const Result<Options> options = parse_options(arguments);
  if (!options) {
    pam_syslog(pam, LOG_ERR, "refused: option %s is unknown or has no such value",
               arguments[options.error().native]);
    return PAM_SERVICE_ERR;
  }
  if (options->has_fail_delay) pam_fail_delay(pam, kFailDelayMicroseconds);
  Person person{.user = nullptr, .address = address_of(pam)};
  const int status = pam_get_user(pam, &person.user, nullptr);
  if (status != PAM_SUCCESS) return failed_conversation(status);
  if (person.user == nullptr || !is_sound(person.user)) {
    pam_syslog(pam, LOG_NOTICE, "refused: the user's name is empty or has control characters");
    return PAM_AUTH_ERR;
  }
  return verify_person(pam, *options, person);
}

}  // namespace
}  // namespace countersign::pam

extern "C" {

// A thread that is cancelled unwinds through here as something that is no std::exception, and must.
int pam_sm_authenticate(pam_handle_t* pam, int /*flags*/, int count, const char** arguments) {
  try {
    return countersign::pam::authenticate(pam, {arguments, static_cast<std::size_t>(count)});
  } catch (const std::exception&) {
    pam_syslog(pam, LOG_ERR, "refused: out of memory");
    return PAM_AUTH_ERR;
  }
}

// There are no credentials to set. A stack that asks gets no objection.
int pam_sm_setcred(pam_handle_t* /*pam*/, int /*flags*/, int /*count*/,
                   const char** /*arguments*/) {
  return PAM_SUCCESS;
}

}  // extern "C"
