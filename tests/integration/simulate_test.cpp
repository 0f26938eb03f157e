// SPDX-License-Identifier: Apache-2.0
// What `countersign policy simulate` says of a recorded day is what a daemon under the draft does:
// the same day is lived through twice.
#include "tests/support/appliance.hpp"
#include "tests/support/daemon_clock.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <fstream>
#include <map>
#include <sstream>

namespace countersign::test {
namespace {

constexpr std::int64_t kMorning = 1'800'000'000;
constexpr std::int64_t kPeriod = 30;

const char* const kLenient = R"([throttle]
failures_free = 50
)";
const char* const kDraft = R"([throttle]
failures_free = 2
failures_max = 12
kept_for_familiar = 3
kept_for_unlock = 1
delay_first = "1min"
delay_max = "10min"

[windows]
totp_steps_before = 0
)";

enum class Typed { right, one_step_late, wrong };

// Something that somebody does, so many seconds into the day.
struct Act {
  std::int64_t at = 0;
  std::string username;
  Typed typed = Typed::wrong;
  std::string from;
};

std::vector<Act> day() {
  std::vector<Act> acts{{0, "alice", Typed::right, "192.0.2.1"},
                        {60, "bob", Typed::right, "192.0.2.2"},
                        {600, "bob", Typed::one_step_late, "192.0.2.2"},
                        {1200, "bob", Typed::right, "192.0.2.2"}};
  // Strangers guess at Alice, while she goes on from where she always is.
  for (std::int64_t i = 0; i < 12; ++i) {
    acts.push_back({2000 + 40 * i, "alice", Typed::wrong, "203.0.113.9"});
  }
  acts.push_back({2700, "alice", Typed::right, "203.0.113.9"});
  acts.push_back({2760, "alice", Typed::right, "192.0.2.1"});
  for (std::int64_t i = 0; i < 14; ++i) {
    acts.push_back({4000 + 900 * i, "bob", Typed::wrong, "203.0.113.9"});
  }
  acts.push_back({30000, "bob", Typed::right, "203.0.113.9"});
  acts.push_back({30060, "bob", Typed::right, "192.0.2.2"});
  for (std::int64_t i = 0; i < 4; ++i) {
    acts.push_back({31000 + 10 * i, "nobody", Typed::wrong, "203.0.113.9"});
  }
  return acts;
}

// An appliance whose day it is.
class Day {
 public:
  explicit Day(const char* policy)
      : appliance{{.policy = policy, .daemon_prefix = clock_.prefix()}} {
    for (const char* name : {"alice", "bob"}) {
      tokens_[name] = appliance.enrol(name, v1::TOTP, false);
      clock_.set(kMorning - 3600);
      v1::Request request;
      request.mutable_confirm_factor()->set_factor_id(tokens_[name].factor);
      request.mutable_confirm_factor()->set_passcode(
          tokens_[name].code((kMorning - 3600) / kPeriod));
      request.set_request_id(*client::new_request_id());
      client::Client provision = appliance.provision_client();
      const auto reply = provision.call(request);
      EXPECT_TRUE(reply && accepted(*reply));
    }
  }

  // What the peer was told: "accepted", or the reason; whoever has to wait is throttled.
  std::vector<std::string> live_through(const std::vector<Act>& acts) {
    std::vector<std::string> told;
    client::Client client = appliance.verify_client();
    for (const Act& act : acts) {
      clock_.set(kMorning + act.at);
      v1::Request request;
      request.set_request_id(*client::new_request_id());
      request.mutable_verify()->mutable_subject()->set_username(act.username);
      request.mutable_verify()->set_passcode(passcode(act));
      request.mutable_verify()->set_client_address(act.from);
      const auto reply = client.call(request);
      if (!reply) throw std::runtime_error{"no answer"};
      const v1::Verdict& verdict = reply->verdict();
      const bool waits = verdict.retry_after_seconds() > 0 || verdict.reason() == v1::THROTTLED;
      std::string word = waits ? "THROTTLED" : v1::Reason_Name(verdict.reason());
      told.push_back(accepted(*reply) ? "ACCEPTED" : word);
    }
    return told;
  }

  DaemonClock& clock() { return clock_; }

 private:
  std::string passcode(const Act& act) const {
    if (act.typed == Typed::wrong) return "000000";
    const std::int64_t step = (kMorning + act.at) / kPeriod;
    return tokens_.at(act.username)
        .code(static_cast<std::uint64_t>(act.typed == Typed::right ? step : step - 1));
  }

  DaemonClock clock_{kMorning - 3600};
  std::map<std::string, Token> tokens_;

 public:
  Appliance appliance;
};

// What the command says would be otherwise, by the journal's numbers.
std::map<std::uint64_t, std::string> differences(const Day& day) {
  const std::string now = day.appliance.path("now.toml");
  const std::string draft = day.appliance.path("draft.toml");
  std::ofstream{now} << kLenient;
  std::ofstream{draft} << kDraft;
  std::string output;
  const int status =
      day.appliance.run({"countersign", "--run-dir", day.appliance.path("run"), "-o", "json",
                         "policy", "simulate", draft, "--now", now, "--since", "0"},
                        &output);
  EXPECT_EQ(status, 0) << output;
  std::map<std::uint64_t, std::string> found;
  std::istringstream lines{output};
  for (std::string line; std::getline(lines, line);) {
    const auto object = boost::json::parse(line).as_object();
    if (!object.contains("would_be")) continue;
    found[object.at("number").to_number<std::uint64_t>()] =
        std::string{object.at("would_be").as_string()};
  }
  return found;
}

// The journal's numbers of a day's attempts, in order.
std::vector<std::uint64_t> attempts(const Day& day) {
  v1::Request request;
  request.set_request_id(*client::new_request_id());
  request.mutable_read_journal()->set_max(500);
  client::Client admin = day.appliance.admin_client();
  const auto reply = admin.call(request);
  std::vector<std::uint64_t> numbers;
  for (const v1::JournalRecord& record : reply->journal_page().records()) {
    if (record.event() == "verify") numbers.push_back(record.number());
  }
  return numbers;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

TEST(Simulate, SaysOfARecordedDayWhatADaemonUnderTheDraftDoes) {
  const std::vector<Act> acts = day();
  Day recorded{kLenient};
  const std::vector<std::string> was = recorded.live_through(acts);
  Day under_draft{kDraft};
  const std::vector<std::string> is = under_draft.live_through(acts);

  const std::vector<std::uint64_t> numbers = attempts(recorded);
  ASSERT_EQ(numbers.size(), acts.size()) << "nothing was throttled on the recorded day";
  std::map<std::uint64_t, std::string> expected;
  for (std::size_t i = 0; i < acts.size(); ++i) {
    if (was[i] != is[i]) expected[numbers[i]] = lower(is[i]);
  }
  EXPECT_GE(expected.size(), 8U) << "a day on which the draft makes no difference shows nothing";
  EXPECT_EQ(differences(recorded), expected);
}

}  // namespace
}  // namespace countersign::test
