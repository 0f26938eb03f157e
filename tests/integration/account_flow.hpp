// SPDX-License-Identifier: Apache-2.0
// People who go through what an account asks of them, with all around it that is real: daemon, HSM
// workers and store, the courier, Kannel and a mail server.
//
// It takes seconds to start, and so it starts once for all tests of a program, which share it: each
// has people of its own. The wall clock of daemon and courier stands still but for pass().
#pragma once

#include "tests/support/account_client.hpp"
#include "tests/support/kannel.hpp"
#include "tests/support/mail_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace countersign::test {

inline constexpr const char* kPassword = "Correct-Horse-42-Battery";
inline constexpr const char* kOther = "Staple-Horse-43-Battery";
inline constexpr std::uint32_t kQuestion = 3;
inline constexpr const char* kAnswer = "for swimming";
inline constexpr std::chrono::seconds kActivationLifetime = std::chrono::days{7};

// What is said to whom, in the subjects of mails.
inline constexpr const char* kActivate = "Activate your account";
inline constexpr const char* kNewPassword = "Choose a new password";
inline constexpr const char* kConfirm = "Confirm this e-mail address";
inline constexpr const char* kFactorAdded = "a new way to sign in was added";
inline constexpr const char* kFactorRemoved = "a way to sign in was removed";
inline constexpr const char* kFactorChanged = "a part of your account was changed";
inline constexpr const char* kPasswordChanged = "your password was changed";
inline constexpr const char* kQuestionChanged = "your secret question was changed";
inline constexpr const char* kAddressChanged = "where your account reaches you was changed";
inline constexpr const char* kUnlocked = "your account was unlocked";
inline constexpr const char* kSuspended = "a part of your account was suspended";
inline constexpr const char* kCodesMade = "new recovery codes were made";
inline constexpr const char* kCodeUsed = "a recovery code was used";
inline constexpr const char* kDeviceRemembered = "a device is now remembered";
inline constexpr const char* kDeviceStolen = "a remembered device may have been copied";

struct Person {
  std::string username;
  std::string address;    // the primary one
  std::string secondary;  // and the other
  std::string number;     // of a mobile phone
  AccountClient visit;    // at the companion
  Token token{};          // HOTP, of whoever is settled
};

class AccountFlow : public testing::Test {
 protected:
  // The appliance, which everybody shares.
  static Appliance& appliance();
  // Returns when the courier is there again.
  static void pass(std::chrono::seconds time);
  static std::int64_t now_seconds();
  // What an authenticator app shows now.
  static std::string code_of(const Token& totp);
  // What neither shows within any window.
  static std::string wrong_code(const Token& token);

  // Somebody new, whom a letter was sent to. The account is PENDING. Usernames end in a number.
  static Person invite(const std::string& name = "bob");
  // The same after the letter: with a password, a question and a token, and signed in. All mails
  // so far are read.
  static Person settle();
  // Somebody else at the same account's door.
  static AccountClient visitor() { return AccountClient{appliance()}; }
  // By password and token, anew.
  static void sign_in(Person& person, AccountClient& visit, const char* password = kPassword);
  // Whether both let somebody in.
  static bool may_sign_in(Person& person, const char* password);
  // Confirms a destination by the code that is sent there; who it is then.
  static v1::Factor confirm(Person& person, v1::FactorKind kind, const std::string& destination);

  // The oldest mail there that nobody has read yet, with these words in its subject; a failure if
  // it does not come.
  static ReceivedMail next_mail(const std::string& address, const std::string& words);
  // How many such have come and are not read. Whoever expects none has to wait for a later one.
  static std::size_t unread(const std::string& address, const std::string& words);
  // Likewise of a phone, with these words in its text.
  static std::string next_text(const std::string& number, const std::string& words);
  // The same news at each address of this person, with one link for all; its ticket, if any.
  static std::string told(const Person& person, const std::string& words);
  // What stands behind /t/ in a mail's link.
  static std::string ticket_in(const ReceivedMail& mail);

  ProvisionClient portal_{appliance()};
};

// What an authenticator gets to know from a QR code.
Token token_of(const v1::Enrolment& enrolment, v1::FactorKind kind);

}  // namespace countersign::test
