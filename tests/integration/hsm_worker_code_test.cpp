// SPDX-License-Identifier: Apache-2.0
// Codes and messages, asked of the workers: all four verbs, many at once, while workers die; and
// nothing of them stays in a worker's memory.
#include "tests/integration/canary_search.hpp"
#include "tests/integration/hsm_workers.hpp"
#include "tests/support/failure.hpp"

#include <gmock/gmock.h>
#include <openssl/rand.h>

#include <algorithm>

namespace countersign::hsm {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const BytesView kContext = as_bytes("sign-in of alice");
const BytesView kRow = as_bytes("message 17");

std::string random_text(std::size_t size) {
  std::string text(size, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(size));
  return text;
}

class HsmWorkerCodes : public HsmWorkers {
 protected:
  // Issues codes with messages of that length, opens each and asks for its code, all at once.
  // Returns how many came out right.
  std::size_t issue_many(
      std::size_t count, std::size_t message_bytes,
      const std::function<void()>& meanwhile = [] {}) {
    std::size_t answered = 0;
    std::size_t right = 0;
    const auto ask = [&](Client& client, std::size_t i) -> awaitable<void> {
      const Bytes message(message_bytes, static_cast<std::byte>(i));
      const IssueCode question{8, kContext, message, kRow};
      const auto issued = co_await client.issue_code(question);
      bool good = issued.has_value();
      if (good) good = co_await brings_its_code(client, *issued, message);
      ++answered;
      if (good) ++right;
    };
    const auto finished = [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    };
    for (std::size_t i = 0; i < count; ++i) {
      asio::co_spawn(loop_.get_executor(), ask(*client_, i), finished);
    }
    loop_.restart();
    meanwhile();
    run_until([&] { return answered == count; });
    return right;
  }

  static awaitable<bool> brings_its_code(Client& client, const IssuedCode& issued,
                                         const Bytes& message) {
    const auto opened = co_await client.open_message(issued.sealed, kRow);
    if (!opened || !std::ranges::equal(opened->message.expose(), message)) co_return false;
    const MatchCode question{issued.mac, kContext, as_text(opened->code.expose())};
    const auto yes = co_await client.match_code(question);
    co_return yes&&* yes;
  }
};

TEST_F(HsmWorkerCodes, AnswersEveryVerb) {
  start(2);
  const auto ask = [](Client& client) -> awaitable<void> {
    const IssueCode question{6, kContext, as_bytes("text"), kRow};
    const auto issued = co_await client.issue_code(question);
    EXPECT_TRUE(issued);
    const auto opened = co_await client.open_message(issued->sealed, kRow);
    EXPECT_TRUE(opened);
    EXPECT_EQ(as_text(opened->message.expose()), "text");
    std::string code{as_text(opened->code.expose())};
    EXPECT_EQ(code.size(), 6U);
    const MatchCode right{issued->mac, kContext, code};
    const auto yes = co_await client.match_code(right);
    EXPECT_TRUE(yes && *yes);
    const MatchCode elsewhere{issued->mac, kRow, code};
    const auto no = co_await client.match_code(elsewhere);
    EXPECT_TRUE(no && !*no);

    const auto sealed = co_await client.seal_message(as_bytes("notice"), kRow);
    EXPECT_TRUE(sealed);
    const auto notice = co_await client.open_message(*sealed, kRow);
    EXPECT_TRUE(notice);
    EXPECT_EQ(as_text(notice->message.expose()), "notice");
    EXPECT_EQ(notice->code.size(), 0U);
  };
  run(ask);
}

TEST_F(HsmWorkerCodes, RefusesATamperedMessageAndGoesOn) {
  start(1);
  const auto ask = [](Client& client) -> awaitable<void> {
    const auto sealed = co_await client.seal_message(as_bytes("notice"), kRow);
    EXPECT_TRUE(sealed);
    for (std::size_t i = 0; i < sealed->size(); ++i) {
      Bytes damaged = *sealed;
      damaged[i] ^= std::byte{1};
      const auto opened = co_await client.open_message(damaged, kRow);
      EXPECT_EQ(test::failure(opened), ErrorCode::corrupt) << "byte " << i;
    }
    const auto opened = co_await client.open_message(*sealed, kRow);
    EXPECT_TRUE(opened);
  };
  run(ask);
  EXPECT_FALSE(program_->has_logged("hsm.engine_lost"));
  EXPECT_FALSE(program_->has_logged("hsm.worker_died"));
}

TEST_F(HsmWorkerCodes, TakesManyOfTheLongestMessagesAtOnce) {
  start(2);
  EXPECT_EQ(issue_many(500, kMessageBytesMax), 500U);
}

TEST_F(HsmWorkerCodes, AKilledWorkerCostsNoCode) {
  start(2);
  const auto workers = test::children_of(program_->pid());
  const auto kill_one = [&] { kill_in_the_middle(workers.at(0)); };
  EXPECT_EQ(issue_many(500, 200, kill_one), 500U);
  run_until([this] { return client_->workers_ready() == 2; });
}

TEST_F(HsmWorkerCodes, LeaveNothingInTheWorkersMemory) {
  start(1);
  test::CanarySearch search;
  const std::string message = random_text(200);
  search.add_secret("the message", message);
  const std::string context = random_text(100);
  const auto ask = [&](Client& client) -> awaitable<void> {
    const IssueCode question{kCodeDigitsMax, as_bytes(context), as_bytes(message), kRow};
    const auto issued = co_await client.issue_code(question);
    EXPECT_TRUE(issued);
    const auto opened = co_await client.open_message(issued->sealed, kRow);
    EXPECT_TRUE(opened);
    const std::string code{as_text(opened->code.expose())};
    search.add_text("the code", code);
    const MatchCode right{issued->mac, as_bytes(context), code};
    const auto yes = co_await client.match_code(right);
    EXPECT_TRUE(yes && *yes);
    // The packet of the last question is wiped when the next one comes.
    const auto other = co_await client.random(8);
    EXPECT_TRUE(other);
  };
  run(ask);
  const pid_t worker = test::children_of(program_->pid()).at(0);
  EXPECT_THAT(search.in_memory_of(worker), IsEmpty());

  test::CanarySearch known;
  known.add_text("the name of the token", token_.engine_settings().token_label);
  EXPECT_THAT(known.in_memory_of(worker), Contains(HasSubstr("the name of the token")));
}

}  // namespace
}  // namespace countersign::hsm
