// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/population/enrolment.hpp"

#include <cstring>
#include <random>
#include <vector>

namespace countersign::bench {
namespace {

constexpr std::size_t kOutstanding = 512;
constexpr std::size_t kProgressEvery = 1'000;
constexpr std::size_t kPasses = 3;
constexpr std::size_t kRequestIdBytes = 24;

client::Deadline soon() { return client::within(std::chrono::seconds{30}); }

class Enrolment {
 public:
  Enrolment(client::Client client, std::size_t subjects, const Progress& progress)
      : client_{std::move(client)}, subjects_{subjects}, progress_{progress} {}

  using Make = std::function<v1::Request(std::size_t)>;
  using Took = std::function<Status(std::size_t, const v1::Reply&)>;

  // One question a subject.
  Status pass(const Make& make, const Took& took) {
    ++pass_;
    std::size_t sent = 0;
    for (std::size_t received = 0; received < subjects_;) {
      for (; sent < subjects_ && sent - received < kOutstanding; ++sent) {
        v1::Request request = make(sent);
        request.set_request_id(request_id(sent));
        CS_CHECK(client_.send(request));
      }
      CS_CHECK(client_.flush(soon()));
      do {
        CS_CHECK(take(took));
        ++received;
      } while (received < sent && client_.has_answer());
    }
    return {};
  }

 private:
  Status take(const Took& took) {
    CS_CHECK(client_.receive(reply_, soon()));
    if (reply_.has_error()) return Error{ErrorCode::unavailable, "setup"};
    std::uint64_t subject = subjects_;
    if (reply_.request_id().size() == kRequestIdBytes) {
      std::memcpy(&subject, reply_.request_id().data(), sizeof subject);
    }
    if (subject >= subjects_) return Error{ErrorCode::malformed, "setup.request_id"};
    CS_CHECK(took(subject, reply_));
    if (++done_ % kProgressEvery == 0) progress_(done_, kPasses * subjects_);
    return {};
  }

  // The subject, the pass, and what tells this run from another.
  [[nodiscard]] std::string request_id(std::uint64_t subject) const {
    std::string id(kRequestIdBytes, '\0');
    std::memcpy(id.data(), &subject, 8);
    std::memcpy(id.data() + 8, &pass_, 8);
    std::memcpy(id.data() + 16, &run_, 8);
    return id;
  }

  client::Client client_;
  std::size_t subjects_;
  const Progress& progress_;
  std::uint64_t pass_ = 0;
  std::uint64_t run_ = std::mt19937_64{std::random_device{}()}();
  std::size_t done_ = 0;
  v1::Reply reply_;
};

}  // namespace

v1::Request add_oath(v1::FactorKind kind, std::size_t subject, const Secret& secret) {
  v1::Request request;
  auto& ask = *request.mutable_enrol_oath();
  ask.mutable_subject()->set_username(username(subject));
  ask.set_kind(kind);
  ask.set_secret(secret.data(), secret.size());
  return request;
}

v1::Request add_yubico_otp(std::size_t subject) {
  v1::Request request;
  auto& ask = *request.mutable_enrol_yubico_otp();
  ask.mutable_subject()->set_username(username(subject));
  ask.set_public_id(YubiKeys::public_id(subject));
  ask.set_private_id(YubiKeys::private_id(subject));
  ask.set_aes_key(YubiKeys::aes_key(subject));
  return request;
}

Status enrol(const std::string& run_directory, std::size_t subjects, const Factors& factors,
             const Progress& progress) {
  CS_TRY(auto client, client::Client::connect(run_directory + "/provision.sock"));
  Enrolment enrolment{std::move(client), subjects, progress};
  std::vector<std::uint64_t> factor_ids(subjects);

  const auto create = [](std::size_t subject) {
    v1::Request request;
    request.mutable_create_subject()->mutable_subject()->set_username(username(subject));
    return request;
  };
  CS_CHECK(enrolment.pass(create, [](std::size_t, const v1::Reply&) { return Status{}; }));

  const auto added = [&](std::size_t subject, const v1::Reply& reply) -> Status {
    factor_ids[subject] = reply.enrolment().factor().id();
    return {};
  };
  CS_CHECK(enrolment.pass(factors.add, added));

  const auto confirm = [&](std::size_t subject) {
    v1::Request request;
    request.mutable_confirm_factor()->set_factor_id(factor_ids[subject]);
    request.mutable_confirm_factor()->set_passcode(factors.first_code(subject));
    return request;
  };
  const auto confirmed = [](std::size_t, const v1::Reply& reply) -> Status {
    if (reply.verdict().answer() != v1::ACCEPTED) return Error{ErrorCode::denied, "confirm"};
    return {};
  };
  return enrolment.pass(confirm, confirmed);
}

}  // namespace countersign::bench
