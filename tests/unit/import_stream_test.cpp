// SPDX-License-Identifier: Apache-2.0
// Batches of tokens against a daemon that answers well, badly, out of order and not at all.
#include "cli/import_stream.hpp"

#include "tests/unit/client_fake_daemon.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace countersign::cli {
namespace {

using test::FakeDaemon;

files::TokenRow row(std::size_t secret_bytes = 20) {
  files::TokenRow row;
  row.serial = "serial";
  row.secret = SecretBytes{secret_bytes};
  return row;
}

std::string reply_to(const v1::Request& request, v1::ImportOutcome outcome, int extra = 0) {
  v1::Reply reply;
  reply.set_request_id(request.request_id());
  for (int i = 0; i < request.import_tokens().tokens_size() + extra; ++i) {
    reply.mutable_import_report()->add_outcomes(outcome);
    reply.mutable_import_report()->add_problems(outcome == v1::REFUSED ? "No room." : "");
  }
  return test::frame(reply.SerializeAsString());
}

struct Outcome {
  ImportTally tally;
  std::optional<v1::Error> error;
};

using Answer = std::function<std::optional<std::string>(const v1::Request&)>;

Outcome import_rows(const Answer& answer, std::size_t rows, std::size_t secret_bytes = 20,
                    bool dry_run = false) {
  FakeDaemon daemon{[&answer](int, std::string_view body) {
    v1::Request request;
    EXPECT_TRUE(request.ParseFromString(std::string{body}));
    return answer(request);
  }};
  auto client = client::Client::connect(daemon.path);
  EXPECT_TRUE(client);
  Outcome outcome;
  ImportStream stream{*std::move(client), dry_run, outcome.tally, [] {}};
  for (std::size_t line = 1; line <= rows && !outcome.error; ++line) {
    outcome.error = stream.add(line, row(secret_bytes));
  }
  if (!outcome.error) outcome.error = stream.finish();
  return outcome;
}

TEST(ImportStream, CountsWhatBecameOfTheRows) {
  int batches = 0;
  const auto outcome = import_rows(
      [&](const v1::Request& request) {
        static constexpr v1::ImportOutcome kOutcomes[] = {v1::IMPORTED, v1::KNOWN_ALREADY,
                                                          v1::REFUSED};
        return reply_to(request, kOutcomes[batches++ % 3]);
      },
      450);
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(batches, 3);
  EXPECT_EQ(outcome.tally.imported, 200u);
  EXPECT_EQ(outcome.tally.known, 200u);
  EXPECT_EQ(outcome.tally.refused, 50u);
  ASSERT_EQ(outcome.tally.problems.size(), 50u);
  EXPECT_EQ(outcome.tally.problems[0].line, 401u);
  EXPECT_EQ(outcome.tally.problems[0].why, "No room.");
}

TEST(ImportStream, KeepsWithinTheContractAndTheFrame) {
  for (const std::size_t secret_bytes : {20, 512}) {
    std::size_t tokens = 0;
    const auto outcome = import_rows(
        [&](const v1::Request& request) {
          EXPECT_LE(request.import_tokens().tokens_size(), 200);
          EXPECT_LE(request.ByteSizeLong(), 64u * 1024);
          EXPECT_TRUE(request.import_tokens().dry_run());
          tokens += static_cast<std::size_t>(request.import_tokens().tokens_size());
          return reply_to(request, v1::IMPORTED);
        },
        1000, secret_bytes, true);
    EXPECT_FALSE(outcome.error);
    EXPECT_EQ(tokens, 1000u);
    EXPECT_EQ(outcome.tally.imported, 1000u);
  }
}

TEST(ImportStream, EndsWithTheDaemonsError) {
  const auto outcome = import_rows(
      [](const v1::Request& request) {
        v1::Reply reply;
        reply.set_request_id(request.request_id());
        reply.mutable_error()->set_code(v1::DENIED);
        reply.mutable_error()->set_message("no!");
        return test::frame(reply.SerializeAsString());
      },
      1);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code(), v1::DENIED);
  EXPECT_EQ(outcome.error->message(), "no!");
}

TEST(ImportStream, TriesAgainWhatTheDaemonCannotDoJustNow) {
  int tries = 0;
  const auto outcome = import_rows(
      [&](const v1::Request& request) {
        if (++tries == 2) return reply_to(request, v1::IMPORTED);
        v1::Reply reply;
        reply.set_request_id(request.request_id());
        reply.mutable_error()->set_code(v1::UNAVAILABLE);
        return test::frame(reply.SerializeAsString());
      },
      10);
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.tally.imported, 10u);
}

TEST(ImportStream, EndsWhenTheDaemonIsLost) {
  int batches = 0;
  const auto outcome = import_rows(
      [&](const v1::Request& request) -> std::optional<std::string> {
        if (++batches == 3) return std::nullopt;
        return reply_to(request, v1::IMPORTED);
      },
      5000);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code(), v1::UNAVAILABLE);
  EXPECT_LE(outcome.tally.imported, 400u);
}

TEST(ImportStream, TakesNoAnswerThatDoesNotFit) {
  const std::vector<Answer> answers{
      [](const v1::Request& request) { return reply_to(request, v1::IMPORTED, 1); },
      [](const v1::Request& request) { return reply_to(request, v1::IMPORTED, -1); },
      [](const v1::Request& request) { return reply_to(request, v1::IMPORT_OUTCOME_UNSPECIFIED); },
      [](const v1::Request& request) {
        v1::Request other = request;
        other.set_request_id(std::string(16, 'x'));
        return reply_to(other, v1::IMPORTED);
      },
      [](const v1::Request& request) {
        v1::Reply reply;
        reply.set_request_id(request.request_id());
        reply.mutable_verdict()->set_answer(v1::ACCEPTED);
        return test::frame(reply.SerializeAsString());
      }};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto outcome = import_rows(answers[i], 1);
    ASSERT_TRUE(outcome.error) << i;
    EXPECT_EQ(outcome.error->code(), v1::UNAVAILABLE) << i;
  }
}

}  // namespace
}  // namespace countersign::cli
