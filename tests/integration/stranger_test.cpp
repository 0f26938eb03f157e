// SPDX-License-Identifier: Apache-2.0
// What somebody sees who asks at the companion's door about a name and has not signed in: byte for
// byte the same, whether nobody bears it or somebody does, whatever state that account is in, and
// however often it was asked before.
//
// Nothing is left out of the comparison but a challenge's number, which the contract calls random.
#include "tests/support/account_client.hpp"
#include "tests/support/courier_client.hpp"
#include "tests/support/daemon_clock.hpp"
#include "tests/support/raw_peer.hpp"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace countersign::test {
namespace {

using std::chrono::steady_clock;

constexpr std::int64_t kBegin = 1'900'000'000;
constexpr std::int64_t kDay = 86'400;
constexpr auto kStep = std::chrono::milliseconds{50};
constexpr const char* kPolicy =
    "[account]\nurl = \"https://accounts.example.com\"\n"
    "[throttle]\nfailures_free = 2\n"
    "[[sms.prefix]]\nprefix = \"+358\"\nper_hour = 1000\n"
    "[password]\nargon2_memory_kib = 8\n";
constexpr const char* kPassword = "Correct-Horse-42-Battery";
constexpr const char* kWrong = "Staple-Horse-43-Battery";
constexpr const char* kRequestId = "the same for all";

// Whose names are compared with that of nobody.
enum class Whose { nobody, signs_in, pending, suspended, has_no_password };
constexpr Whose kEverybody[] = {Whose::nobody, Whose::signs_in, Whose::pending, Whose::suspended,
                                Whose::has_no_password};

enum class Encoding { native, http };

std::string name_of(Whose whose, Encoding encoding) {
  return (encoding == Encoding::native ? "native" : "http") +
         std::to_string(static_cast<int>(whose));
}

using Question = v1::Request (*)(const std::string& name);

v1::Request sign_in(const std::string& name) {
  v1::Request request;
  request.mutable_sign_in()->mutable_subject()->set_username(name);
  request.mutable_sign_in()->set_password(kWrong);
  return request;
}

template <v1::Purpose purpose>
v1::Request link(const std::string& name) {
  v1::Request request;
  request.mutable_request_link()->mutable_subject()->set_username(name);
  request.mutable_request_link()->set_purpose(purpose);
  return request;
}

template <v1::Purpose purpose, v1::FactorKind channel>
v1::Request code(const std::string& name) {
  v1::Request request;
  request.mutable_start_challenge()->mutable_subject()->set_username(name);
  request.mutable_start_challenge()->set_kind(channel);
  request.mutable_start_challenge()->set_purpose(purpose);
  return request;
}

std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>(number | 0x80);
  return bytes + static_cast<char>(number);
}

std::string ask_natively(RawPeer& peer, v1::Request request) {
  request.set_request_id(kRequestId);
  EXPECT_TRUE(peer.send(frame_of(request)));
  const std::string bytes = peer.frame_bytes().value_or("");
  v1::Reply reply;
  EXPECT_TRUE(reply.ParseFromString(bytes.substr(8)));
  const std::uint64_t number = reply.challenge().challenge_id();
  if (number == 0) return bytes;
  // How it is written says how long the frame is, and the challenge in it.
  EXPECT_EQ(bytes.substr(0, 8), frame_header(static_cast<std::uint32_t>(bytes.size() - 8)));
  const std::string written = varint(number);
  std::string rest = bytes.substr(8);
  const std::size_t at = rest.find(written);
  if (at == std::string::npos || at < 2) return "no number";
  EXPECT_EQ(static_cast<std::size_t>(rest[at - 2]), reply.challenge().ByteSizeLong());
  rest[at - 2] = static_cast<char>(reply.challenge().ByteSizeLong() - written.size());
  return rest.erase(at, written.size());
}

std::string ask_over_http(RawPeer& peer, const v1::Request& request) {
  std::string json;
  const auto* asked = request.GetReflection()->GetOneofFieldDescriptor(
      request, request.GetDescriptor()->FindOneofByName("operation"));
  const auto& ask = request.GetReflection()->GetMessage(request, asked);
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(ask, &json).ok());
  std::string operation = asked->name();
  std::ranges::replace(operation, '_', '-');
  EXPECT_TRUE(peer.send(http_post(operation, json)));
  std::string bytes = peer.http_bytes().value_or("");
  static constexpr std::string_view kField = "\"challengeId\":\"";
  const std::size_t at = bytes.find(kField);
  if (at == std::string::npos) return bytes;
  const std::size_t begin = at + kField.size();
  const std::string number = bytes.substr(begin, bytes.find('"', begin) - begin);
  // Of its digits the header's length tells.
  const std::size_t body = bytes.size() - bytes.find("\r\n\r\n") - 4;
  const std::string length = "Content-Length: " + std::to_string(body);
  const std::size_t length_at = bytes.find(length);
  EXPECT_NE(length_at, std::string::npos);
  bytes.replace(length_at, length.size(), std::to_string(body - number.size()));
  return bytes.erase(bytes.find(number), number.size());
}

class Strangers : public testing::TestWithParam<Encoding> {
 protected:
  void SetUp() override {
    for (const Whose whose : kEverybody) {
      if (whose != Whose::nobody) make(whose);
    }
    // What was asked for to make them is no longer counted.
    pass(2 * kDay);
  }

  void make(Whose whose) {
    serve();
    const std::string name = name_of(whose, GetParam());
    ProvisionClient portal{appliance_};
    portal.create(name, name + "@example.com", whose == Whose::pending);
    if (whose == Whose::signs_in || whose == Whose::suspended) set_password(name);
    if (whose != Whose::suspended) return;
    v1::Request suspend;
    suspend.mutable_suspend_subject()->mutable_subject()->set_username(name);
    EXPECT_EQ(portal.call(suspend).subject().state(), v1::SUBJECT_SUSPENDED);
  }
  void set_password(const std::string& name) {
    AccountClient owner{appliance_};
    owner.request_link(name, v1::RESET);
    CourierClient courier{appliance_};
    const v1::OutboundMessage letter = courier.next();
    courier.report(letter.message_id(), v1::SENT);
    ASSERT_EQ(owner.open_ticket(ticket_in(letter)).verdict().answer(), v1::ACCEPTED);
    ASSERT_TRUE(owner.set_password(kPassword).set());
    EXPECT_EQ(owner.sign_in(name, kPassword).answer(), v1::ACCEPTED);
  }
  // A courier is there, and takes what is sent; says how many messages it took.
  std::size_t serve() {
    CourierClient courier{appliance_};
    std::size_t served = 0;
    for (auto letters = courier.take(); !letters.empty(); letters = courier.take()) {
      served += letters.size();
      for (const auto& letter : letters) courier.report(letter.message_id(), v1::SENT);
    }
    return served;
  }
  void pass(std::int64_t seconds) { clock_.set(now_ += seconds); }

  std::string ask(Question question, Whose whose) {
    const v1::Request request = question(name_of(whose, GetParam()));
    if (GetParam() == Encoding::native) return ask_natively(native_, request);
    return ask_over_http(http_, request);
  }

  // Asks about everybody at once, again and again, so many seconds later each time, and compares
  // with nobody's. Gives how many answers there were that differ from each other.
  std::size_t compare(Question question, const std::vector<std::int64_t>& pauses) {
    std::set<std::string> seen;
    for (const std::int64_t pause : pauses) {
      pass(pause);
      sent_ += serve();
      const std::string nobodys = ask(question, Whose::nobody);
      EXPECT_FALSE(nobodys.empty());
      seen.insert(nobodys);
      for (const Whose whose : kEverybody) {
        if (whose == Whose::nobody) continue;
        EXPECT_EQ(ask(question, whose), nobodys)
            << "of " << name_of(whose, GetParam()) << " after " << seen.size() << " others";
      }
    }
    sent_ += serve();
    return seen.size();
  }

  std::int64_t now_ = kBegin;
  DaemonClock clock_{kBegin};
  Appliance appliance_{Appliance::Options{.policy = kPolicy, .daemon_prefix = clock_.prefix()}};
  RawPeer native_{appliance_.socket("enroll")};
  RawPeer http_{appliance_.socket("enroll")};
  std::size_t sent_ = 0;
};

TEST_P(Strangers, SeeOneAnswerToAPasswordThatIsWrong) {
  // Two are free; then whoever does not wait is told how long to.
  EXPECT_GE(compare(sign_in, {0, 0, 0, 0, 0, 1, 0, 2, 0, 3, 4, 0, 10, 60, 3600, 0}), 4U);
}

TEST_P(Strangers, SeeOneAnswerToWhoeverWantsALink) {
  const std::vector<std::int64_t> pauses{0, 0, 59, 1, 0, 61, 61, 61, 61, 0, 61, kDay, 0};
  // Also to whoever asks too soon, or too often in a day.
  EXPECT_EQ(compare(link<v1::RESET>, pauses), 1U);
  EXPECT_GT(sent_, 0U);
  sent_ = 0;
  EXPECT_EQ(compare(link<v1::CONFIRMATION>, pauses), 1U);
  EXPECT_GT(sent_, 0U);
}

TEST_P(Strangers, SeeOneAnswerToWhoeverWantsACode) {
  std::vector<std::int64_t> pauses{0, 0, 10, 20, 0, 40, 120, 240, 480};
  pauses.insert(pauses.end(), 12, 901);
  EXPECT_GE((compare(code<v1::RESET, v1::EMAIL>, pauses)), 4U);
  EXPECT_GT(sent_, 0U);
  pass(2 * kDay);
  EXPECT_GE((compare(code<v1::UNLOCK, v1::EMAIL>, pauses)), 4U);
  pass(2 * kDay);
  EXPECT_GE((compare(code<v1::RESET, v1::SMS>, pauses)), 4U);
  pass(2 * kDay);
  EXPECT_GE((compare(code<v1::UNLOCK, v1::SMS>, pauses)), 4U);
}

// And no sooner for one name than for another.
TEST_P(Strangers, AreAnsweredAtAStepOfTime) {
  serve();
  for (const Question question :
       {Question{sign_in}, Question{link<v1::RESET>}, Question{code<v1::RESET, v1::EMAIL>}}) {
    for (const Whose whose : kEverybody) {
      const auto begin = steady_clock::now();
      EXPECT_FALSE(ask(question, whose).empty());
      EXPECT_GE(steady_clock::now() - begin, kStep);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Encodings, Strangers, testing::Values(Encoding::native, Encoding::http),
                         [](const auto& param) {
                           return param.param == Encoding::native ? "Native" : "Http";
                         });

}  // namespace
}  // namespace countersign::test
