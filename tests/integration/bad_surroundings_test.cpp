// SPDX-License-Identifier: Apache-2.0
// An HSM, a policy, sockets, a clock and a shutdown that are not as they should be: a clear
// refusal, nothing lost, and everything as before once it is mended.
#include "tests/integration/surroundings.hpp"
#include "tests/support/daemon_clock.hpp"

#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

// ---- The HSM ----

struct HsmSetting {
  std::string module = module_path();
  std::string token = "countersign";
  std::string pin_file;
};

// Runs the workers' program to its end.
Ended run_hsm(const Appliance& appliance, HsmSetting setting) {
  if (setting.pin_file.empty()) setting.pin_file = appliance.pin_file();
  Ended ended;
  ended.status =
      appliance.run({"countersign-hsm", "--module", setting.module, "--token", setting.token,
                     "--pin-file", setting.pin_file, "--socket", appliance.path("run/hsm.sock"),
                     "--workers", "2", "--state-dir", appliance.path("hsm-state")},
                    &ended.log);
  return ended;
}

void write_pin(const std::string& path, const std::string& pin, mode_t mode = 0600) {
  write_file(path, pin);
  ::chmod(path.c_str(), mode);
}

TEST(BadSurroundings, AWrongPinIsTriedOnceAndNeverAgain) {
  Appliance appliance{{.start = false}};
  write_pin(appliance.path("wrong"), "31415926");
  const Ended first = run_hsm(appliance, {.pin_file = appliance.path("wrong")});
  EXPECT_EQ(first.status, kExitConfiguration) << first.log;
  EXPECT_THAT(first.log, HasSubstr("operation=C_Login"));
  EXPECT_THAT(first.log, Not(HasSubstr("31415926")));
  // One worker asked, and the other one never did.
  EXPECT_EQ(first.log.find("operation=C_Login"), first.log.rfind("operation=C_Login"));
  for (int start = 0; start < 3; ++start) {
    const Ended again = run_hsm(appliance, {.pin_file = appliance.path("wrong")});
    EXPECT_EQ(again.status, kExitConfiguration) << again.log;
    EXPECT_THAT(again.log, HasSubstr("operation=pin.refused_before"));
    EXPECT_THAT(again.log, Not(HasSubstr("C_Login")));
  }
  appliance.start_hsm();
  appliance.start_daemon();
  const Token alice = appliance.enrol("alice");
  EXPECT_TRUE(accepted(verify_anew(appliance, "alice", alice.now())));
}

TEST(BadSurroundings, APinFileThatIsMissingEmptyOrOpenToAllSaysSo) {
  Appliance appliance{{.start = false}};
  const std::string pin_file = appliance.path("another-pin");
  const HsmSetting setting{.pin_file = pin_file};
  const Ended missing = run_hsm(appliance, setting);
  EXPECT_EQ(missing.status, kExitFailed);
  EXPECT_THAT(missing.log, HasSubstr("A PIN file cannot be read: No such file"));
  write_pin(pin_file, "\n");
  const Ended empty = run_hsm(appliance, setting);
  EXPECT_EQ(empty.status, kExitFailed);
  EXPECT_THAT(empty.log, HasSubstr("The PIN file is empty"));
  write_pin(pin_file, file_text(appliance.pin_file()), 0644);
  const Ended open = run_hsm(appliance, setting);
  EXPECT_EQ(open.status, kExitConfiguration);
  EXPECT_THAT(open.log, HasSubstr("Everybody on this machine may read the PIN file"));
}

TEST(BadSurroundings, AModuleOrATokenThatIsNotThereSaysSo) {
  Appliance appliance{{.start = false}};
  const Ended module = run_hsm(appliance, {.module = appliance.path("libnone.so")});
  EXPECT_EQ(module.status, kExitFailed);
  EXPECT_THAT(module.log, HasSubstr("The PKCS#11 module cannot be loaded"));
  const Ended token = run_hsm(appliance, {.token = "somebody-elses"});
  EXPECT_EQ(token.status, kExitFailed);
  EXPECT_THAT(token.log, HasSubstr("No token bears this label"));
}

TEST(BadSurroundings, ATokenWithoutKeysSaysSo) {
  Appliance appliance{{.start = false}};
  Process tool{{.arguments = {"/usr/bin/softhsm2-util", "--init-token", "--free", "--label",
                              "empty", "--so-pin", "12345678", "--pin", "27182818"},
                .environment = appliance.environment()}};
  ASSERT_EQ(tool.wait(), 0);
  write_pin(appliance.path("empty-pin"), "27182818");
  const Ended ended =
      run_hsm(appliance, {.token = "empty", .pin_file = appliance.path("empty-pin")});
  EXPECT_EQ(ended.status, kExitFailed);
  EXPECT_THAT(ended.log, HasSubstr("The token has no key `seal`"));
}

TEST(BadSurroundings, WithoutTheHsmAnswersAreRefusedInTimeAndItsReturnIsNoticed) {
  Appliance appliance;
  Token key = appliance.enrol("alice", v1::HOTP);
  const std::string code = key.press();
  ASSERT_EQ(appliance.hsm().terminate(), 0);
  const auto asked = std::chrono::steady_clock::now();
  EXPECT_EQ(verify_anew(appliance, "alice", code).error().code(), v1::UNAVAILABLE);
  EXPECT_LT(std::chrono::steady_clock::now() - asked, 7s);
  v1::Request health;
  health.mutable_health();
  EXPECT_FALSE(appliance.verify_client().call(health)->health_report().ready());
  appliance.start_hsm();
  EXPECT_TRUE(wait_until([&] { return accepted(verify_anew(appliance, "alice", code)); }));
  EXPECT_EQ(verify_anew(appliance, "alice", code).verdict().reason(), v1::REPLAYED);
}

TEST(BadSurroundings, AStopIsHeededWhileTheHsmIsAwaited) {
  const Appliance appliance{{.start = false}};
  for (const int signal : {SIGTERM, SIGINT}) {
    Process daemon{
        {.arguments = {program_folder() / "countersignd", "--run-dir", appliance.path("run"),
                       "--state-dir", appliance.path("state"), "--policy",
                       appliance.path("policy.toml"), "--hsm-socket", appliance.path("no.sock")},
         .log_file = appliance.path("waiting-" + std::to_string(signal) + ".log")}};
    ASSERT_TRUE(wait_until([&] { return daemon.has_logged("hsm.waiting"); })) << daemon.log();
    daemon.kill(signal);
    EXPECT_EQ(daemon.wait(2s), 0) << daemon.log();
    EXPECT_TRUE(daemon.has_logged("daemon.stopped"));
    EXPECT_FALSE(daemon.has_logged("daemon.ready"));
  }
}

// ---- The policy ----

TEST(BadSurroundings, APolicyWithAMistakeStopsTheStartAndSaysWhere) {
  Appliance appliance{
      {.policy = "[throttle]\nfailures_max = 30\n  failures_fre = 1\n", .start = false}};
  const Ended unknown = run_daemon(appliance);
  EXPECT_EQ(unknown.status, kExitConfiguration);
  EXPECT_THAT(unknown.log, HasSubstr("policy.mistake"));
  EXPECT_THAT(unknown.log, HasSubstr("line=3 column=3"));
  write_file(appliance.path("policy.toml"), "[throttle]\nfailures_max = 101\n");
  const Ended too_many = run_daemon(appliance);
  EXPECT_EQ(too_many.status, kExitConfiguration);
  EXPECT_THAT(too_many.log, HasSubstr("line=2 column="));
  write_file(appliance.path("policy.toml"), "[throttle\n");
  EXPECT_EQ(run_daemon(appliance).status, kExitConfiguration);
  fs::remove(appliance.path("policy.toml"));
  const Ended missing = run_daemon(appliance);
  EXPECT_EQ(missing.status, kExitConfiguration);
  EXPECT_THAT(missing.log, HasSubstr("policy.unreadable"));
}

TEST(BadSurroundings, AReloadWithAMistakeKeepsThePolicyAndAGoodOneApplies) {
  Appliance appliance;
  Token key = appliance.enrol("alice", v1::HOTP);
  const auto reload = [&](const std::string& policy, const std::string& event) {
    write_file(appliance.path("policy.toml"), policy);
    appliance.daemon().kill(SIGHUP);
    EXPECT_TRUE(wait_until([&] { return appliance.daemon().has_logged(event); })) << event;
  };
  const std::string strangers = "[[peer]]\nname = \"portal\"\nuid = 4242\nsockets = [\"verify\"]\n";
  reload(strangers + "mistake = 1\n", "policy.kept");
  EXPECT_THAT(appliance.daemon().log(), HasSubstr("line=5 column=1"));
  EXPECT_TRUE(accepted(verify_anew(appliance, "alice", key.press())));
  reload(strangers, "policy.loaded");
  EXPECT_EQ(verify_anew(appliance, "alice", key.code(key.counter)).error().code(), v1::DENIED);
  write_file(appliance.path("policy.toml"), "");
  appliance.daemon().kill(SIGHUP);
  const std::string code = key.press();
  EXPECT_TRUE(wait_until([&] { return accepted(verify_anew(appliance, "alice", code)); }));
}

// ---- Sockets ----

TEST(BadSurroundings, AFileWhereASocketShouldBeIsLeftAlone) {
  Appliance appliance{{.start = false}};
  appliance.start_hsm();
  write_file(appliance.socket("provision"), "precious");
  const Ended ended = run_daemon(appliance);
  EXPECT_EQ(ended.status, kExitFailed);
  EXPECT_THAT(ended.log, HasSubstr("door.socket"));
  EXPECT_EQ(file_text(appliance.socket("provision")), "precious");
  fs::remove(appliance.socket("provision"));
  appliance.start_daemon();
  appliance.enrol("alice");
}

TEST(BadSurroundings, ASocketThatADeadDaemonLeftIsTakenOver) {
  Appliance appliance;
  Token key = appliance.enrol("alice", v1::HOTP);
  appliance.daemon().kill(SIGKILL);
  ASSERT_TRUE(appliance.daemon().wait());
  ASSERT_TRUE(fs::is_socket(appliance.socket("verify")));
  appliance.start_daemon();
  EXPECT_TRUE(accepted(verify_anew(appliance, "alice", key.press())));
}

TEST(BadSurroundings, ASecondDaemonTakesNeitherSocketsNorStore) {
  Appliance appliance;
  Token key = appliance.enrol("alice", v1::HOTP);
  fs::create_directory(appliance.path("other-run"));
  fs::create_directory(appliance.path("other-state"));
  fs::permissions(appliance.path("other-state"), fs::perms::owner_all);
  // A worker has one daemon, so the second one needs workers of its own to get that far.
  Process workers{{.arguments = {program_folder() / "countersign-hsm", "--module", module_path(),
                                 "--token", "countersign", "--pin-file", appliance.pin_file(),
                                 "--socket", appliance.path("other-run/hsm.sock"), "--state-dir",
                                 appliance.path("hsm-state")},
                   .environment = appliance.environment()}};
  const Ended same_store = run_daemon(appliance, {.run = "other-run", .hsm = "other-run/hsm.sock"});
  EXPECT_EQ(same_store.status, kExitFailed);
  EXPECT_THAT(same_store.log, HasSubstr("another daemon has it open"));
  const Ended same_sockets =
      run_daemon(appliance, {.state = "other-state", .hsm = "other-run/hsm.sock"});
  EXPECT_EQ(same_sockets.status, kExitFailed);
  EXPECT_THAT(same_sockets.log, HasSubstr("socket.in_use"));
  EXPECT_TRUE(accepted(verify_anew(appliance, "alice", key.press())));
  EXPECT_EQ(appliance.check_store(), std::vector<std::string>{});
}

// ---- The clock ----

TEST(BadSurroundings, AClockThatStepsBackOpensNoReplay) {
  constexpr std::int64_t kStart = 2'000'000'010;
  constexpr std::uint64_t kStep = kStart / 30;
  constexpr int kSteps = 20;
  const DaemonClock clock{kStart};
  Appliance appliance{
      {.policy = "[throttle]\nfailures_free = 99\n", .daemon_prefix = clock.prefix()}};
  const Token phone = appliance.enrol("alice", v1::TOTP, false);
  client::Client provision = appliance.provision_client();
  v1::Request confirm;
  confirm.mutable_confirm_factor()->set_factor_id(phone.factor);
  confirm.mutable_confirm_factor()->set_passcode(phone.code(kStep));
  ASSERT_TRUE(accepted(*provision.call(confirm)));
  clock.set(kStart + 30L * kSteps);
  ASSERT_TRUE(accepted(verify_anew(appliance, "alice", phone.code(kStep + kSteps))));

  clock.set(kStart);
  const auto expect_no_replay = [&] {
    // Used ones, and ones that were never used but lie behind.
    for (const std::uint64_t step : {kStep - 1, kStep, kStep + 1, kStep + kSteps}) {
      EXPECT_FALSE(accepted(verify_anew(appliance, "alice", phone.code(step)))) << step - kStep;
    }
  };
  expect_no_replay();
  EXPECT_TRUE(appliance.daemon().has_logged("clock_stepped_back"));

  clock.set(kStart + 30L * kSteps);
  EXPECT_FALSE(accepted(verify_anew(appliance, "alice", phone.code(kStep + kSteps))));
  appliance.stop_daemon();
  clock.set(kStart);
  appliance.start_daemon();
  EXPECT_TRUE(appliance.daemon().has_logged("clock_behind_journal"));
  expect_no_replay();
  clock.set(kStart + 30L * (kSteps + 1));
  EXPECT_TRUE(accepted(verify_anew(appliance, "alice", phone.code(kStep + kSteps + 1))));
  EXPECT_EQ(appliance.check_store(), std::vector<std::string>{});
}

// ---- The end ----

// Whatever the daemon had begun is answered; whatever was not answered had not begun.
TEST(BadSurroundings, AShutdownFinishesWhatHasBegun) {
  constexpr int kPeople = 300;
  Appliance appliance;
  std::map<std::string, Token> waiting;
  client::Client portal = appliance.verify_client();
  for (int i = 0; i < kPeople; ++i) {
    Token token = appliance.enrol("person-" + std::to_string(i), v1::HOTP);
    const std::string id = *client::new_request_id();
    waiting[id] = token;
  }
  for (const auto& [id, token] : waiting) {
    v1::Request request;
    request.set_request_id(id);
    request.mutable_verify()->mutable_subject()->set_username(token.username);
    request.mutable_verify()->set_passcode(token.code(token.counter));
    ASSERT_TRUE(portal.send(request));
  }
  ASSERT_TRUE(portal.flush());
  appliance.daemon().kill(SIGTERM);
  std::vector<Token> answered;
  for (v1::Reply reply; portal.receive(reply);) {
    EXPECT_TRUE(accepted(reply)) << reply.ShortDebugString();
    const auto token = waiting.extract(reply.request_id());
    if (!token.empty()) answered.push_back(token.mapped());
  }
  EXPECT_EQ(appliance.daemon().wait(), 0);
  EXPECT_TRUE(appliance.daemon().has_logged("daemon.stopped"));
  EXPECT_FALSE(fs::exists(appliance.socket("verify")));

  appliance.start_daemon();
  for (const Token& token : answered) {
    EXPECT_EQ(verify_anew(appliance, token.username, token.code(token.counter)).verdict().reason(),
              v1::REPLAYED);
  }
  for (const auto& [id, token] : waiting) {
    EXPECT_TRUE(accepted(verify_anew(appliance, token.username, token.code(token.counter))));
  }
  EXPECT_EQ(appliance.check_store(), std::vector<std::string>{});
}

}  // namespace
}  // namespace countersign::test
