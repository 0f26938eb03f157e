// SPDX-License-Identifier: Apache-2.0
// countersign-hsm and its client, on a real token: whatever happens to a worker, who asked gets
// the right answer.
#include "firmware-interface/oath.hpp"
#include "hsm/ceremony.hpp"
#include "hsm/client/client.hpp"
#include "tests/support/hmac.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <boost/asio/co_spawn.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace countersign::hsm {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::Process;

constexpr const char* kModule = "/usr/lib/softhsm/libsofthsm2.so";
constexpr std::uint64_t kCountersTried = 10;

// A token with every key, made once for all tests here.
struct Token {
  test::TemporaryFolder folder;
  bool made = false;

  Token() {
    std::filesystem::create_directory(folder.path() / "tokens");
    std::ofstream{folder.file("softhsm2.conf")}
        << "directories.tokendir = " << folder.file("tokens") << "\n";
    ::setenv("SOFTHSM2_CONF", folder.file("softhsm2.conf").c_str(), 1);
    CeremonySettings settings;
    settings.module_path = kModule;
    settings.service = {"service", folder.file("pin"), folder.file("so-pin")};
    settings.custody = {"custody", folder.file("custody-pin"), folder.file("custody-so-pin")};
    settings.escrow_folder = folder.file("escrow");
    settings.make_pin_files = true;
    const auto report = hold_ceremony(settings);
    if (!report) ADD_FAILURE() << report.error().operation.view() << " " << report.error().native;
    made = static_cast<bool>(report);
  }
};

std::string code_at(BytesView secret, std::uint64_t counter) {
  const Bytes mac = test::hmac(HashAlgorithm::sha1, secret, oath::counter_bytes(counter));
  return std::string{oath::truncate(mac, oath::Digits::six).view()};
}

struct Factor {
  Bytes secret;
  Bytes sealed;
};

class HsmWorker : public testing::Test {
 protected:
  static void SetUpTestSuite() { token_ = std::make_unique<Token>(); }
  static void TearDownTestSuite() { token_.reset(); }
  void SetUp() override { ASSERT_TRUE(token_->made); }

  std::vector<std::string> arguments(std::size_t workers, const std::string& pin_file) const {
    return {test::program_folder() / "countersign-hsm",
            "--module",
            kModule,
            "--token",
            "service",
            "--pin-file",
            pin_file,
            "--socket",
            socket_path(),
            "--workers",
            std::to_string(workers),
            "--state-dir",
            folder_.path()};
  }

  // Starts the program and waits until all its workers are ready.
  void start(std::size_t workers, const std::vector<std::string>& more = {}) {
    auto all = arguments(workers, token_->folder.file("pin"));
    all.insert(all.end(), more.begin(), more.end());
    program_.emplace(Process::Settings{all, {}, folder_.file("log")});
    ASSERT_TRUE(test::wait_until([this] { return program_->has_logged("hsm.ready"); }))
        << program_->log();
    client_ = std::make_unique<Client>(loop_.get_executor(), socket_path());
    run_until([this, workers] { return client_->workers_ready() == workers; });
  }

  void TearDown() override {
    if (client_) run([](Client& client) -> awaitable<void> { co_await client.stop(); });
    client_.reset();
    if (program_ && program_->alive()) {
      EXPECT_EQ(program_->terminate(), 0) << program_->log();
    }
  }

  // Runs one coroutine to its end.
  template <class Function>
  void run(Function function) {
    bool done = false;
    const auto finished = [&done](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
      done = true;
    };
    asio::co_spawn(loop_.get_executor(), function(*client_), finished);
    run_until([&done] { return done; });
  }

  void run_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + test::kPatience;
    loop_.restart();
    while (!condition() && std::chrono::steady_clock::now() < end) loop_.run_for(5ms);
    EXPECT_TRUE(condition());
  }

  std::vector<Factor> make_factors(std::size_t count) {
    std::vector<Factor> factors(count);
    for (std::size_t i = 0; i < count; ++i) {
      factors[i].secret = Bytes(20, std::byte(i + 1));
      const auto seal = [&factor = factors[i]](Client& client) -> awaitable<void> {
        auto sealed =
            co_await client.seal_oath(HashAlgorithm::sha1, SecretBytes{BytesView{factor.secret}});
        if (sealed) factor.sealed = *std::move(sealed);
      };
      run(seal);
      EXPECT_FALSE(factors[i].sealed.empty());
    }
    return factors;
  }

  // Lets the worker do nothing, until its questions are on their way, and then no more at all.
  void kill_in_the_middle(pid_t worker) {
    ::kill(worker, SIGSTOP);
    loop_.restart();
    loop_.run_for(20ms);
    ::kill(worker, SIGKILL);
  }

  // Asks all at once; every third passcode is wrong. Returns how many answers were right.
  std::size_t match_many(
      const std::vector<Factor>& factors, std::size_t count,
      const std::function<void()>& meanwhile = [] {}) {
    std::size_t answered = 0;
    std::size_t right = 0;
    const auto ask = [&](Client& client, std::size_t i) -> awaitable<void> {
      const Factor& factor = factors[i % factors.size()];
      const std::uint64_t counter = i % kCountersTried;
      const bool wrong = i % 3 == 0;
      const std::string passcode = wrong ? "00000x" : code_at(factor.secret, counter);
      const std::array<std::uint64_t, 2> counters{counter, counter + 100};
      const auto found =
          co_await client.match_oath({factor.sealed, HashAlgorithm::sha1, 6, counters, passcode});
      const auto expected = wrong ? std::optional<std::uint64_t>{} : std::optional{counter};
      ++answered;
      if (found && *found == expected) ++right;
      if (!found) last_error_ = found.error();
    };
    const auto finished = [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    };
    for (std::size_t i = 0; i < count; ++i) {
      asio::co_spawn(loop_.get_executor(), ask(*client_, i), finished);
    }
    meanwhile();
    run_until([&] { return answered == count; });
    return right;
  }

  [[nodiscard]] std::string socket_path() const { return folder_.file("hsm.sock"); }

  static std::unique_ptr<Token> token_;
  test::TemporaryFolder folder_;
  asio::io_context loop_;
  std::optional<Process> program_;
  std::unique_ptr<Client> client_;
  Error last_error_;
};
std::unique_ptr<Token> HsmWorker::token_;

TEST_F(HsmWorker, AnswersEveryVerb) {
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

TEST_F(HsmWorker, RefusesADamagedSecretAndGoesOn) {
  start(1);
  auto factors = make_factors(1);
  auto damaged = factors;
  damaged[0].sealed.back() ^= std::byte{1};
  EXPECT_EQ(match_many(damaged, 1), 0U);
  EXPECT_EQ(last_error_.code, ErrorCode::corrupt);
  EXPECT_EQ(match_many(factors, 10), 10U);
}

TEST_F(HsmWorker, AWorkerKilledUnderLoadCostsNoAnswer) {
  start(2);
  const auto factors = make_factors(16);
  const auto workers = test::children_of(program_->pid());
  ASSERT_EQ(workers.size(), 2U);
  const auto kill_one = [&] { kill_in_the_middle(workers[0]); };
  EXPECT_EQ(match_many(factors, 1000, kill_one), 1000U) << last_error_.operation.view();
  run_until([this] { return client_->workers_ready() == 2; });
}

TEST_F(HsmWorker, TheOnlyWorkerKilledUnderLoadCostsNoAnswer) {
  start(1);
  const auto factors = make_factors(4);
  const auto kill_all = [this] { kill_in_the_middle(test::children_of(program_->pid()).at(0)); };
  EXPECT_EQ(match_many(factors, 1000, kill_all), 1000U) << last_error_.operation.view();
}

TEST_F(HsmWorker, AFrozenWorkersQuestionsAreAnsweredByTheOther) {
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

TEST_F(HsmWorker, AWorkerThatGrowsTooLargeIsReplacedUnseen) {
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

TEST_F(HsmWorker, QuestionsFailWhenNobodyAnswers) {
  client_ = std::make_unique<Client>(loop_.get_executor(), socket_path());
  const auto began = std::chrono::steady_clock::now();
  const auto ask = [](Client& client) -> awaitable<void> {
    const auto mac = co_await client.mac(MacKey::record, {});
    EXPECT_FALSE(mac);
    EXPECT_EQ(mac.error().code, ErrorCode::unavailable);
  };
  run(ask);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 6s);
}

TEST_F(HsmWorker, EndsAtOnceOnAWrongPinAndNeverTriesItAgain) {
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

TEST_F(HsmWorker, SaysWhatIsMissing) {
  Process program{{arguments(1, folder_.file("no-such-pin")), {}, folder_.file("log")}};
  EXPECT_EQ(program.wait(), 1);
  EXPECT_TRUE(program.has_logged("no-such-pin")) << program.log();
}

TEST_F(HsmWorker, LeavesASocketAloneThatSomebodyListensOn) {
  start(1);
  Process second{{arguments(1, token_->folder.file("pin")), {}, folder_.file("second")}};
  EXPECT_EQ(second.wait(), 1);
  EXPECT_TRUE(second.has_logged("already_exists")) << second.log();
  EXPECT_EQ(match_many(make_factors(1), 10), 10U);
}

TEST_F(HsmWorker, SigtermEndsEveryProcess) {
  start(2);
  const auto workers = test::children_of(program_->pid());
  ASSERT_EQ(workers.size(), 2U);
  EXPECT_EQ(program_->terminate(), 0);
  for (const pid_t worker : workers) EXPECT_FALSE(test::is_running(worker));
  EXPECT_FALSE(std::filesystem::exists(socket_path()));
}

TEST_F(HsmWorker, NoWorkerOutlivesItsSupervisor) {
  start(2);
  const auto workers = test::children_of(program_->pid());
  program_->kill(SIGKILL);
  EXPECT_EQ(program_->wait(), 128 + SIGKILL);
  for (const pid_t worker : workers) {
    EXPECT_TRUE(test::wait_until([worker] { return !test::is_running(worker); }));
  }
}

// A client that talks nonsense loses its connection, and nobody else notices.
TEST_F(HsmWorker, ClosesAConnectionThatSendsNonsense) {
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
