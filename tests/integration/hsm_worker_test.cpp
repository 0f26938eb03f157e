// SPDX-License-Identifier: Apache-2.0
// countersign-hsm and its client, on a real token: whatever happens to a worker, who asked gets
// the right answer.
#include "hsm/supervisor.hpp"
#include "tests/integration/hsm_workers.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/yubico_block.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>

namespace countersign::hsm {
namespace {

using namespace std::chrono_literals;

TEST_F(HsmWorkers, AnswersEveryVerb) {
  start(2);
  const auto ask = [](Client& client) -> awaitable<void> {
    const auto generated = co_await client.generate_oath(HashAlgorithm::sha256);
    EXPECT_TRUE(generated);
    EXPECT_EQ(generated->secret.size(), 32U);
    const Bytes message(100, std::byte{7});
    const auto first = co_await client.mac(MacKey::record, message);
    const auto second = co_await client.mac(MacKey::record, message);
    const auto other = co_await client.mac(MacKey::pepper, message);
    EXPECT_TRUE(first && second && other);
    EXPECT_EQ(*first, *second);
    EXPECT_NE(*first, *other);
  };
  run(ask);
  EXPECT_EQ(match_many(make_factors(8), 200), 200U) << last_error_.operation.view();
  EXPECT_EQ(client_->workers(), 2U);
}

TEST_F(HsmWorkers, AnswersEveryVerbAboutYubiKeysAndClients) {
  start(2);
  const auto ask = [](Client& client) -> awaitable<void> {
    const auto made = co_await client.generate_yubico();
    EXPECT_TRUE(made);
    SecretBytes aes_key{made->aes_key.expose()};
    SecretBytes private_id{made->private_id.expose()};
    const auto block = test::yubico_block(aes_key.expose(), private_id.expose(), {3, 4, 5});
    const auto again = co_await client.seal_yubico(std::move(aes_key), std::move(private_id));
    const auto other = co_await client.generate_yubico();
    EXPECT_TRUE(again && other);
    const MatchYubico question{made->sealed, block};
    const MatchYubico same{*again, block};
    const MatchYubico foreign{other->sealed, block};
    const std::optional<YubicoFields> fields{{3, 4, 5}};
    const auto matched = co_await client.match_yubico(question);
    const auto matched_again = co_await client.match_yubico(same);
    const auto not_matched = co_await client.match_yubico(foreign);
    EXPECT_TRUE(matched && matched_again && not_matched);
    EXPECT_EQ(*matched, fields);
    EXPECT_EQ(*matched_again, fields);
    EXPECT_EQ(*not_matched, std::nullopt);

    const auto api_key = co_await client.generate_client();
    EXPECT_TRUE(api_key);
    SecretBytes known{api_key->secret.expose()};
    const Bytes text(kSignedTextBytesMax, std::byte{7});
    const Bytes expected = test::hmac(HashAlgorithm::sha1, known.expose(), text);
    const auto sealed = co_await client.seal_client(std::move(known));
    EXPECT_TRUE(sealed);
    const auto signature = co_await client.sign_for_client(*sealed, text);
    EXPECT_TRUE(signature);
    EXPECT_TRUE(std::ranges::equal(*signature, expected));
    const auto refused = co_await client.sign_for_client(made->sealed, text);
    EXPECT_EQ(test::failure(refused), ErrorCode::corrupt);
  };
  run(ask);
}

TEST_F(HsmWorkers, RefusesADamagedSecretAndGoesOn) {
  start(1);
  auto factors = make_factors(1);
  auto damaged = factors;
  damaged[0].sealed.back() ^= std::byte{1};
  EXPECT_EQ(match_many(damaged, 1), 0U);
  EXPECT_EQ(last_error_.code, ErrorCode::corrupt);
  EXPECT_EQ(match_many(factors, 10), 10U);
}

TEST_F(HsmWorkers, KilledWorkersAreReplacedAndNothingIsLost) {
  start(2);
  const auto factors = make_factors(16);
  const auto workers = test::children_of(program_->pid());
  ASSERT_EQ(workers.size(), 2U);
  const auto kill_one = [&] { kill_in_the_middle(workers[0]); };
  EXPECT_EQ(match_many(factors, 1000, kill_one), 1000U) << last_error_.operation.view();
  run_until([this] { return client_->workers_ready() == 2; });
}

TEST_F(HsmWorkers, TheOnlyWorkerKilledUnderLoadCostsNoAnswer) {
  start(1);
  const auto factors = make_factors(4);
  const auto kill_all = [this] { kill_in_the_middle(test::children_of(program_->pid()).at(0)); };
  EXPECT_EQ(match_many(factors, 1000, kill_all), 1000U) << last_error_.operation.view();
}

TEST_F(HsmWorkers, AFrozenWorkersQuestionsAreAnsweredByTheOther) {
  start(2);
  const auto factors = make_factors(16);
  const pid_t frozen = test::children_of(program_->pid()).front();
  ::kill(frozen, SIGSTOP);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(match_many(factors, 1000), 1000U) << last_error_.operation.view();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
  ::kill(frozen, SIGCONT);
  run_until([this] { return client_->workers_ready() == 2; });
}

// A library that never returns looks like this from outside: the worker was busy, and stays so. A
// worker that was stopped between two packets is only idle, so packets are long, and there are
// several tries.
TEST_F(HsmWorkers, AWorkerThatHangsInTheLibraryIsReplaced) {
  start(2);
  const auto factors = make_factors(16);
  const auto before = test::children_of(program_->pid());
  counters_each_ = kCountersMax;
  const auto hang_one = [&] {
    // Past the answer itself, and well into the next packet.
    while (answered_ == 0) loop_.run_one();
    loop_.run_for(20ms);
    ::kill(before.front(), SIGSTOP);
  };
  const auto is_replaced = [this] { return program_->has_logged("hsm.worker_hangs"); };
  for (int tries = 0; tries < 3 && !is_replaced(); ++tries) {
    EXPECT_EQ(match_many(factors, 3000, hang_one), 3000U) << last_error_.operation.view();
    if (test::wait_until(is_replaced, Supervisor::kHangTimeout + 2s)) break;
    ::kill(before.front(), SIGCONT);
    run_until([this] { return client_->workers_ready() == 2; });
  }
  EXPECT_TRUE(is_replaced());
  run_until([this] { return client_->workers_ready() == 2; });
}

TEST_F(HsmWorkers, AWorkerThatGrowsTooLargeIsReplacedUnseen) {
  start(2, {"--worker-memory-mb", "1"});
  const auto factors = make_factors(16);
  const auto before = test::children_of(program_->pid());
  for (int round = 0; round < 4; ++round) {
    EXPECT_EQ(match_many(factors, 3000), 3000U) << last_error_.operation.view();
  }
  EXPECT_TRUE(program_->has_logged("hsm.worker_full"));
  EXPECT_FALSE(program_->has_logged("hsm.worker_died"));
  EXPECT_NE(test::children_of(program_->pid()), before);
}

TEST_F(HsmWorkers, QuestionsFailWhenNobodyAnswers) {
  client_ = std::make_unique<Client>(loop_.get_executor(), socket_path());
  const auto began = std::chrono::steady_clock::now();
  const auto ask = [](Client& client) -> awaitable<void> {
    const BytesView nothing;
    const auto mac = co_await client.mac(MacKey::record, nothing);
    EXPECT_FALSE(mac);
    EXPECT_EQ(mac.error().code, ErrorCode::unavailable);
  };
  run(ask);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 6s);
}

TEST_F(HsmWorkers, EndsAtOnceOnAWrongPinAndNeverTriesItAgain) {
  const std::string pin_file = folder_.file("wrong-pin");
  std::ofstream{pin_file} << "00000000\n";
  std::filesystem::permissions(pin_file, std::filesystem::perms::owner_read);
  for (const char* reason : {"operation=C_Login", "operation=pin.refused_before"}) {
    const std::string log_file = folder_.file(reason);
    Process program{{arguments(2, pin_file), {}, log_file}};
    EXPECT_EQ(program.wait(), 78) << program.log();
    const std::string log = program.log();
    EXPECT_NE(log.find(reason), std::string::npos) << log;
    EXPECT_EQ(log.find("worker_start"), log.rfind("worker_start")) << log;
  }
}

TEST_F(HsmWorkers, SaysWhatIsMissing) {
  Process program{{arguments(1, folder_.file("no-such-pin")), {}, folder_.file("log")}};
  EXPECT_EQ(program.wait(), 1);
  EXPECT_TRUE(program.has_logged("no-such-pin")) << program.log();
}

TEST_F(HsmWorkers, LeavesASocketAloneThatSomebodyListensOn) {
  start(1);
  Process second{{arguments(1, token_.pin_file()), {}, folder_.file("second")}};
  EXPECT_EQ(second.wait(), 1);
  EXPECT_TRUE(second.has_logged("already_exists")) << second.log();
  EXPECT_EQ(match_many(make_factors(1), 10), 10U);
}

TEST_F(HsmWorkers, SigtermEndsEveryProcess) {
  start(2);
  const auto workers = test::children_of(program_->pid());
  ASSERT_EQ(workers.size(), 2U);
  EXPECT_EQ(program_->terminate(), 0);
  for (const pid_t worker : workers) EXPECT_FALSE(test::is_running(worker));
  EXPECT_FALSE(std::filesystem::exists(socket_path()));
}

TEST_F(HsmWorkers, NoWorkerOutlivesItsSupervisor) {
  start(2);
  const auto workers = test::children_of(program_->pid());
  program_->kill(SIGKILL);
  EXPECT_EQ(program_->wait(), 128 + SIGKILL);
  for (const pid_t worker : workers) {
    EXPECT_TRUE(test::wait_until([worker] { return !test::is_running(worker); }));
  }
}

// A client that talks nonsense loses its connection, and nobody else notices.
TEST_F(HsmWorkers, ClosesAConnectionThatSendsNonsense) {
  start(2);
  client_.reset();
  loop_.restart();
  loop_.run_for(10ms);
  const int rogue = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  socket_path().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::connect(rogue, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  std::array<char, 64> buffer{};
  EXPECT_GT(::recv(rogue, buffer.data(), buffer.size(), 0), 0);  // the hello
  EXPECT_EQ(::send(rogue, "nonsense", 8, 0), 8);
  EXPECT_EQ(::recv(rogue, buffer.data(), buffer.size(), 0), 0);
  ::close(rogue);

  client_ = std::make_unique<Client>(loop_.get_executor(), socket_path());
  EXPECT_EQ(match_many(make_factors(1), 10), 10U);
  EXPECT_TRUE(program_->has_logged("hsm_packet.header")) << program_->log();
}

}  // namespace
}  // namespace countersign::hsm
