// SPDX-License-Identifier: Apache-2.0
// The RFCs' printed rows, and ten thousand random codes of oathtool's, through the whole way:
// socket, daemon, worker, SoftHSM2.
//
// A right code is shown by the daemon's accepting it, and that it belongs to its own counter or
// step alone by the daemon's refusing it as replayed the moment after.
#include "tests/support/appliance.hpp"
#include "tests/support/daemon_clock.hpp"
#include "tests/support/hex.hpp"
#include "tests/vectors/rfc4226.hpp"
#include "tests/vectors/rfc6238.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>

namespace countersign::test {
namespace {

constexpr std::int64_t kLongAgo = 1;  // before every row of RFC 6238

v1::HashAlgorithm to_wire(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return v1::SHA1;
    case HashAlgorithm::sha256:
      return v1::SHA256;
    case HashAlgorithm::sha512:
      return v1::SHA512;
  }
  return v1::HASH_ALGORITHM_UNSPECIFIED;
}

// Everything about a factor that decides its codes.
struct Parameters {
  std::string username;
  v1::FactorKind kind = v1::HOTP;
  HashAlgorithm algorithm = HashAlgorithm::sha1;
  std::uint32_t digits = 6;
  std::uint32_t period_seconds = 30;
  std::uint64_t counter = 0;  // HOTP: the first one
  std::string secret;
};

v1::Request create_request(const Parameters& parameters) {
  v1::Request request;
  request.mutable_create_subject()->mutable_subject()->set_username(parameters.username);
  return request;
}

v1::Request enrol_request(const Parameters& parameters) {
  v1::Request request;
  auto& factor = *request.mutable_enrol_oath();
  factor.mutable_subject()->set_username(parameters.username);
  factor.set_kind(parameters.kind);
  factor.set_algorithm(to_wire(parameters.algorithm));
  factor.set_digits(parameters.digits);
  if (parameters.kind == v1::TOTP) factor.set_period_seconds(parameters.period_seconds);
  if (parameters.kind == v1::HOTP) factor.set_counter(parameters.counter);
  factor.set_secret(parameters.secret);
  return request;
}

v1::Request confirm_request(std::uint64_t factor, const std::string& code) {
  v1::Request request;
  request.mutable_confirm_factor()->set_factor_id(factor);
  request.mutable_confirm_factor()->set_passcode(code);
  return request;
}

v1::Request verify_request(const std::string& username, const std::string& code) {
  v1::Request request;
  request.mutable_verify()->mutable_subject()->set_username(username);
  request.mutable_verify()->set_passcode(code);
  return request;
}

v1::Reply ask(client::Client& client, const v1::Request& request) {
  auto reply = client.call(request);
  if (!reply) throw std::runtime_error{"no answer"};
  return *std::move(reply);
}

// Asks all of them, many at once; the answers in the order of the questions.
std::vector<v1::Reply> ask_all(client::Client& client, std::vector<v1::Request> requests) {
  constexpr std::size_t kAtOnce = 256;
  std::vector<v1::Reply> replies(requests.size());
  for (std::size_t begin = 0; begin < requests.size(); begin += kAtOnce) {
    const std::size_t end = std::min(begin + kAtOnce, requests.size());
    std::map<std::string, std::size_t> place;
    for (std::size_t i = begin; i < end; ++i) {
      requests[i].set_request_id(*client::new_request_id());
      place[requests[i].request_id()] = i;
      if (!client.send(requests[i])) throw std::runtime_error{"send"};
    }
    for (std::size_t i = begin; i < end; ++i) {
      v1::Reply reply;
      if (!client.receive(reply)) throw std::runtime_error{"receive"};
      replies[place.at(reply.request_id())] = std::move(reply);
    }
  }
  return replies;
}

std::uint64_t enrol(client::Client& client, const Parameters& parameters) {
  if (!ask(client, create_request(parameters)).has_subject()) throw std::runtime_error{"create"};
  const v1::Reply enrolled = ask(client, enrol_request(parameters));
  if (!enrolled.has_enrolment()) throw std::runtime_error{enrolled.ShortDebugString()};
  return enrolled.enrolment().factor().id();
}

TEST(Vectors, Rfc4226AppendixD) {
  Appliance appliance;
  client::Client provision = appliance.provision_client();
  client::Client portal = appliance.verify_client();
  const Parameters alice{.username = "alice", .secret = std::string{vectors::kRfc4226Secret}};
  const std::uint64_t factor = enrol(provision, alice);
  for (const vectors::HotpRow& row : vectors::kRfc4226Rows) {
    const std::string code{row.code};
    const bool first = row.count == 0;
    const auto request = first ? confirm_request(factor, code) : verify_request("alice", code);
    const v1::Reply reply = ask(first ? provision : portal, request);
    EXPECT_TRUE(accepted(reply)) << "count " << row.count << ": " << reply.ShortDebugString();
    EXPECT_EQ(verify(portal, "alice", code).verdict().reason(), v1::REPLAYED) << row.count;
  }
}

// Each row at its own time: a window of one step in one direction or the other is all that a code
// has, so a wrong step would be refused.
TEST(Vectors, Rfc6238AppendixB) {
  const DaemonClock clock{kLongAgo};
  // Not one step more than the row's own.
  Appliance appliance{{.policy = "[windows]\ntotp_steps_before = 0\ntotp_steps_after = 0\n",
                       .daemon_prefix = clock.prefix()}};
  client::Client provision = appliance.provision_client();
  client::Client portal = appliance.verify_client();
  int rows = 0;
  for (const vectors::TotpRow& row : vectors::kRfc6238Rows) {
    clock.set(row.time_seconds);
    const std::string username = "row-" + std::to_string(++rows);
    const std::uint64_t factor =
        enrol(provision, {.username = username,
                          .kind = v1::TOTP,
                          .algorithm = row.algorithm,
                          .digits = 8,
                          .secret = std::string{vectors::rfc6238_secret(row.algorithm)}});
    const std::string code{row.code};
    clock.set(row.time_seconds - 30);
    EXPECT_FALSE(accepted(ask(provision, confirm_request(factor, code)))) << username;
    clock.set(row.time_seconds);
    const v1::Reply reply = ask(provision, confirm_request(factor, code));
    EXPECT_TRUE(accepted(reply)) << row.time_seconds << ": " << reply.ShortDebugString();
    EXPECT_EQ(verify(portal, username, code).verdict().reason(), v1::REPLAYED) << username;
  }
  EXPECT_EQ(rows, 18);
}

// ---- oathtool ----

constexpr int kFactors = 1000;
constexpr std::size_t kCodesEach = 10;
constexpr std::int64_t kTimeStep = 120;  // from one round to the next, at most 8 steps

template <class T>
T between(std::mt19937_64& random, T least, T most) {
  return std::uniform_int_distribution<T>{least, most}(random);
}

Parameters random_parameters(std::mt19937_64& random, int number) {
  static constexpr std::array kAlgorithms{HashAlgorithm::sha1, HashAlgorithm::sha256,
                                          HashAlgorithm::sha512};
  // Counters of all magnitudes; what oathtool takes for a time ends at about 2^55.
  constexpr int kCounterBitsMax = 50;
  Parameters parameters{
      .username = "person-" + std::to_string(number),
      .kind = number % 2 == 0 ? v1::HOTP : v1::TOTP,
      .algorithm = kAlgorithms[between<std::size_t>(random, 0, 2)],
      .digits = between(random, 6u, 8u),
      .period_seconds = between(random, 15u, 120u),
      .counter = random() >> between(random, 64 - kCounterBitsMax, 63),
      .secret = std::string(between<std::size_t>(random, 10, 200), '\0'),
  };
  for (char& c : parameters.secret) c = static_cast<char>(random());
  return parameters;
}

std::string describe(const Parameters& parameters) {
  std::ostringstream text;
  text << v1::FactorKind_Name(parameters.kind) << " SHA" << digest_bytes(parameters.algorithm) * 8
       << " digits " << parameters.digits << " period " << parameters.period_seconds << " counter "
       << parameters.counter << " secret " << to_hex(as_bytes(parameters.secret));
  return text.str();
}

// The codes of consecutive counters or steps. oathtool has HOTP with SHA-1 alone; with the others,
// HOTP is what TOTP gives for steps of one second, at a time that is the counter.
std::string oathtool(const Parameters& parameters, std::int64_t time, std::size_t count) {
  std::ostringstream line;
  line << "oathtool -d " << parameters.digits << " -w " << count - 1;
  const auto* algorithm = parameters.algorithm == HashAlgorithm::sha1     ? "sha1"
                          : parameters.algorithm == HashAlgorithm::sha256 ? "sha256"
                                                                          : "sha512";
  if (parameters.kind == v1::TOTP) {
    line << " --totp=" << algorithm << " -s " << parameters.period_seconds << "s -N @" << time;
  } else if (parameters.algorithm == HashAlgorithm::sha1) {
    line << " --hotp -c " << parameters.counter;
  } else {
    line << " --totp=" << algorithm << " -s 1s -N @" << parameters.counter;
  }
  line << " " << to_hex(as_bytes(parameters.secret)) << "\n";
  return line.str();
}

// Runs a shell script to its end; what it printed, by lines.
std::vector<std::string> lines_of_script(const std::string& script) {
  const TemporaryFolder folder;
  std::ofstream{folder.file("script")} << "set -e\n" << script;
  Process shell{{.arguments = {"/bin/sh", folder.file("script")},
                 .environment = {"TZ=UTC"},
                 .log_file = folder.file("output")}};
  const auto status = shell.wait(std::chrono::seconds{120});
  if (status != 0) throw std::runtime_error{"oathtool: " + shell.log()};
  std::istringstream output{shell.log()};
  std::vector<std::string> lines;
  for (std::string line; std::getline(output, line);) lines.push_back(line);
  return lines;
}

// codes[i] are those of factors[i], one a round.
std::vector<std::vector<std::string>> expected_codes(const std::vector<Parameters>& factors,
                                                     std::int64_t start) {
  const auto last = start + static_cast<std::int64_t>(kCodesEach - 1) * kTimeStep;
  const auto step_of = [](const Parameters& factor, std::int64_t time) {
    return static_cast<std::size_t>(time / factor.period_seconds);
  };
  std::string script;
  for (const Parameters& factor : factors) {
    const bool totp = factor.kind == v1::TOTP;
    const std::size_t steps = step_of(factor, last) - step_of(factor, start) + 1;
    script += oathtool(factor, start, totp ? steps : kCodesEach);
  }
  const std::vector<std::string> lines = lines_of_script(script);

  std::vector<std::vector<std::string>> codes;
  std::size_t line = 0;
  for (const Parameters& factor : factors) {
    std::vector<std::string>& own = codes.emplace_back();
    for (std::size_t round = 0; round < kCodesEach; ++round) {
      const auto time = start + static_cast<std::int64_t>(round) * kTimeStep;
      const std::size_t steps = step_of(factor, time) - step_of(factor, start);
      own.push_back(lines.at(line + (factor.kind == v1::TOTP ? steps : round)));
    }
    line +=
        factor.kind == v1::TOTP ? step_of(factor, last) - step_of(factor, start) + 1 : kCodesEach;
  }
  EXPECT_EQ(line, lines.size());
  return codes;
}

TEST(Vectors, TenThousandRandomCodesAreOathtools) {
  const auto seed = std::random_device{}();

  std::mt19937_64 random{seed};
  std::vector<Parameters> factors;
  for (int i = 0; i < kFactors; ++i) factors.push_back(random_parameters(random, i));
  const auto start = between<std::int64_t>(random, 1, 100'000'000'000);
  SCOPED_TRACE("seed " + std::to_string(seed) + ", start " + std::to_string(start));
  const auto codes = expected_codes(factors, start);

  const DaemonClock clock{start};
  Appliance appliance{{.policy = "[windows]\ntotp_steps_before = 0\ntotp_steps_after = 0\n"
                                 "hotp_look_ahead = 1\n",
                       .daemon_prefix = clock.prefix()}};
  client::Client provision = appliance.provision_client();
  client::Client portal = appliance.verify_client();
  std::vector<v1::Request> requests;
  for (const Parameters& factor : factors) requests.push_back(create_request(factor));
  for (const v1::Reply& reply : ask_all(provision, requests)) ASSERT_TRUE(reply.has_subject());
  requests.clear();
  for (const Parameters& factor : factors) requests.push_back(enrol_request(factor));
  const auto enrolled = ask_all(provision, std::move(requests));

  for (std::size_t round = 0; round < kCodesEach; ++round) {
    clock.set(start + static_cast<std::int64_t>(round) * kTimeStep);
    requests.clear();
    for (std::size_t i = 0; i < factors.size(); ++i) {
      requests.push_back(
          round == 0 ? confirm_request(enrolled[i].enrolment().factor().id(), codes[i][round])
                     : verify_request(factors[i].username, codes[i][round]));
    }
    const auto replies = ask_all(round == 0 ? provision : portal, requests);
    for (std::size_t i = 0; i < factors.size(); ++i) {
      ASSERT_TRUE(accepted(replies[i]))
          << describe(factors[i]) << " round " << round << " code " << codes[i][round] << ": "
          << replies[i].ShortDebugString() << enrolled[i].ShortDebugString();
    }
  }
}

}  // namespace
}  // namespace countersign::test
