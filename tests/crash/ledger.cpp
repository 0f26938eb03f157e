// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace countersign::test {
namespace {

// Further than the window reaches.
constexpr std::uint64_t kReach = 12;
// Each costs a failure when it is asked again, and there are never more than a hundred.
constexpr std::size_t kSpentMax = 50;

bool contains(const std::vector<std::string>& codes, const std::string& code) {
  return std::ranges::find(codes, code) != codes.end();
}

// The codes that the window reaches, from the next counter on.
std::vector<std::string> codes_ahead(const Token& token) {
  std::vector<std::string> codes;
  for (std::uint64_t ahead = 0; ahead < kReach; ++ahead) {
    codes.push_back(token.code(token.counter + ahead));
  }
  return codes;
}

bool was_accepted(const Question& question) {
  return question.has_verdict() && accepted(question.reply);
}

}  // namespace

v1::Request verify_request(const std::string& username, const std::string& passcode) {
  v1::Request request;
  request.set_request_id(*client::new_request_id());
  request.mutable_verify()->mutable_subject()->set_username(username);
  request.mutable_verify()->set_passcode(passcode);
  return request;
}

Ledger::Ledger(Appliance& appliance, unsigned seed, std::size_t guessing_rounds)
    : appliance_{appliance}, random_{seed}, guessing_rounds_{guessing_rounds} {
  for (std::size_t i = 0; i < kPeople; ++i) {
    people_.push_back({.token = appliance.enrol("person-" + std::to_string(i), v1::HOTP)});
  }
}

void Ledger::ask(Flight& flight) {
  ++round_;
  for (std::size_t i = 0; i < people_.size(); ++i) {
    Person& person = people_[i];
    const std::string& name = person.token.username;
    person.shown = nullptr;
    person.guesses.clear();
    if ((round_ + i) % (guessing_rounds_ + 1) == 0) {
      person.shown = &flight.add("verify", verify_request(name, person.token.press()));
      continue;
    }
    for (int guess = 0; guess < kGuessesAtOnce; ++guess) {
      const std::string code = wrong_code(person.token);
      person.guesses.push_back(&flight.add("verify", verify_request(name, code)));
    }
  }
}

void Ledger::expect_right_answers() {
  for (Person& person : people_) {
    if (person.shown != nullptr) {
      EXPECT_TRUE(was_accepted(*person.shown)) << person.shown->reply.ShortDebugString();
      EXPECT_FALSE(person.shown->reply.verdict().repeated());
      person.failures = 0;
    }
    for (const Question* guess : person.guesses) {
      EXPECT_EQ(guess->reply.verdict().reason(), v1::WRONG_CODE) << guess->reply.ShortDebugString();
      ++person.failures;
    }
  }
  const auto failures = failures_now();
  for (std::size_t i = 0; i < people_.size(); ++i) EXPECT_EQ(failures[i], people_[i].failures);
}

void Ledger::settle() {
  const auto failures = failures_now();
  settle_guesses(failures);
  settle_shown(failures);
  expect_refused_under_another_id();
}

std::vector<std::uint32_t> Ledger::failures_now() {
  Flight flight{appliance_};
  std::vector<const Question*> asked;
  for (const Person& person : people_) {
    v1::Request request;
    request.mutable_get_subject()->mutable_subject()->set_username(person.token.username);
    asked.push_back(&flight.add("provision", std::move(request)));
  }
  flight.send(seed());
  flight.take_all();
  std::vector<std::uint32_t> failures;
  for (const Question* question : asked) {
    EXPECT_TRUE(question->reply.has_subject()) << question->reply.ShortDebugString();
    failures.push_back(question->reply.subject().failures());
  }
  return failures;
}

// What was answered has been counted; what was not may have been.
void Ledger::settle_guesses(const std::vector<std::uint32_t>& failures) {
  for (std::size_t i = 0; i < people_.size(); ++i) {
    Person& person = people_[i];
    if (person.guesses.empty()) continue;
    const auto asked = static_cast<std::uint32_t>(person.guesses.size());
    std::uint32_t answered = 0;
    for (const Question* guess : person.guesses) {
      EXPECT_FALSE(was_accepted(*guess)) << guess->reply.ShortDebugString();
      answered += guess->has_verdict() ? 1 : 0;
    }
    EXPECT_GE(failures[i], person.failures + answered) << person.token.username;
    EXPECT_LE(failures[i], person.failures + asked) << person.token.username;
    person.failures = failures[i];
  }
}

// An acceptance whose answer was lost is answered again; one that was not durable happens now.
void Ledger::settle_shown(const std::vector<std::uint32_t>& failures) {
  Flight flight{appliance_};
  std::vector<const Question*> again(people_.size());
  for (std::size_t i = 0; i < people_.size(); ++i) {
    const Person& person = people_[i];
    if (person.shown == nullptr) continue;
    if (person.shown->has_verdict()) {
      EXPECT_TRUE(was_accepted(*person.shown)) << person.shown->reply.ShortDebugString();
      EXPECT_EQ(failures[i], 0U) << person.token.username;
    } else {
      again[i] = &flight.add("verify", person.shown->request);
    }
  }
  flight.send(seed());
  flight.take_all();
  for (std::size_t i = 0; i < people_.size(); ++i) {
    if (again[i] == nullptr) continue;
    const v1::Reply& reply = again[i]->reply;
    EXPECT_TRUE(was_accepted(*again[i])) << people_[i].token.username << reply.ShortDebugString();
    const bool was_durable = reply.verdict().repeated();
    EXPECT_EQ(failures[i], was_durable ? 0U : people_[i].failures) << people_[i].token.username;
    committed_unanswered_ += was_durable ? 1 : 0;
  }
}

void Ledger::expect_refused_under_another_id() {
  Flight flight{appliance_};
  std::vector<const Question*> asked;
  for (Person& person : people_) {
    if (person.shown == nullptr) continue;
    const std::string& code = person.shown->request.verify().passcode();
    asked.push_back(&flight.add("verify", verify_request(person.token.username, code)));
    person.spent.push_back(code);
    if (person.spent.size() > kSpentMax) person.spent.pop_front();
    person.failures = 1;  // this one
  }
  flight.send(seed());
  flight.take_all();
  for (const Question* question : asked) {
    EXPECT_EQ(question->reply.verdict().reason(), v1::REPLAYED)
        << question->request.verify().subject().username() << question->reply.ShortDebugString();
  }
}

void Ledger::expect_spent_codes_refused() {
  Flight flight{appliance_};
  for (const Person& person : people_) {
    const auto right = codes_ahead(person.token);
    for (const std::string& code : person.spent) {
      if (contains(right, code)) continue;
      flight.add("verify", verify_request(person.token.username, code));
    }
  }
  flight.send(seed());
  flight.take_all();
  for (const Question& question : flight.questions()) {
    EXPECT_TRUE(question.has_verdict() && !was_accepted(question))
        << question.reply.ShortDebugString();
  }
}

// A code of none of the counters that the window may reach.
std::string Ledger::wrong_code(const Token& token) {
  const auto right = codes_ahead(token);
  const std::string last = token.code(token.counter - 1);
  for (;;) {
    std::string code = std::to_string(1'000'000 + random_() % 1'000'000).substr(1);
    if (code != last && !contains(right, code)) return code;
  }
}

}  // namespace countersign::test
