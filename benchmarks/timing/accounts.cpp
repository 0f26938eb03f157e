// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/timing/accounts.hpp"

#include "benchmarks/population/enrolment.hpp"

#include <cstring>
#include <vector>

namespace countersign::bench {
namespace {

constexpr std::size_t kOutstanding = 48;  // fewer than may wait for a password's hash
constexpr std::size_t kRequestIdBytes = 24;

client::Deadline soon() { return client::within(std::chrono::seconds{30}); }

// A bijection that leaves no order (the finaliser of SplitMix64).
std::uint64_t shuffled(std::uint64_t number) {
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

std::string address_of(Who who, std::size_t index) { return name_of(who, index) + "@example.com"; }

v1::Request account(Who who, std::size_t index) {
  v1::Request request;
  v1::CreateSubject& ask = *request.mutable_create_subject();
  ask.mutable_subject()->set_username(name_of(who, index));
  ask.set_first_name("Robin");
  ask.set_last_name("Example");
  ask.set_primary_email(address_of(who, index));
  ask.set_send_activation(who == Who::guest);
  return request;
}

Status took_nothing(std::size_t, const v1::Reply&) { return {}; }

}  // namespace

std::string name_of(Who who, std::size_t index) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::uint64_t bits = shuffled((static_cast<std::uint64_t>(who) + 1) << 48 | index);
  std::string name = "n";
  for (int i = 0; i < 16; ++i, bits >>= 4) name += kDigits[bits & 15];
  return name;
}

Status Accounts::make_people(std::size_t count) {
  const auto create = [](std::size_t i) { return Result<v1::Request>{account(Who::person, i)}; };
  CS_CHECK(ask_for_each("provision", count, create, took_nothing));
  CS_CHECK(add_tokens(count));
  return set_passwords(count);
}

Status Accounts::make_guests(std::size_t count) {
  const auto create = [](std::size_t i) { return Result<v1::Request>{account(Who::guest, i)}; };
  return ask_for_each("provision", count, create, took_nothing);
}

Status Accounts::add_tokens(std::size_t count) {
  const Tokens tokens{1};
  const Secret secret = secret_number(0);
  std::vector<std::uint64_t> factors(count);
  const auto enrol = [&secret](std::size_t i) {
    v1::Request request = add_oath(v1::HOTP, i, secret);
    request.mutable_enrol_oath()->mutable_subject()->set_username(name_of(Who::person, i));
    return Result<v1::Request>{request};
  };
  const auto enrolled = [&factors](std::size_t i, const v1::Reply& reply) {
    factors[i] = reply.enrolment().factor().id();
    return Status{};
  };
  CS_CHECK(ask_for_each("provision", count, enrol, enrolled));
  const std::string code = tokens.code(0, 0);
  const auto confirm = [&factors, &code](std::size_t i) {
    v1::Request request;
    request.mutable_confirm_factor()->set_factor_id(factors[i]);
    request.mutable_confirm_factor()->set_passcode(code);
    return Result<v1::Request>{request};
  };
  return ask_for_each("provision", count, confirm, took_nothing);
}

// As somebody does who has forgotten theirs.
Status Accounts::set_passwords(std::size_t count) {
  std::vector<std::string> sessions(count);
  const auto forget = [](std::size_t i) {
    v1::Request request;
    request.mutable_request_link()->mutable_subject()->set_username(name_of(Who::person, i));
    request.mutable_request_link()->set_purpose(v1::RESET);
    return Result<v1::Request>{request};
  };
  CS_CHECK(ask_for_each("enroll", count, forget, took_nothing));
  const auto open = [this](std::size_t i) -> Result<v1::Request> {
    v1::Request request;
    CS_TRY(const std::string ticket, letters_.ticket_for(address_of(Who::person, i)));
    request.mutable_open_ticket()->set_ticket(ticket);
    return request;
  };
  const auto opened = [&sessions](std::size_t i, const v1::Reply& reply) {
    sessions[i] = reply.ticket_opened().verdict().session();
    return Status{};
  };
  CS_CHECK(ask_for_each("enroll", count, open, opened));
  const auto set = [&sessions](std::size_t i) {
    v1::Request request;
    request.set_session(sessions[i]);
    request.mutable_set_password()->set_new_password(kPeoplesPassword);
    return Result<v1::Request>{request};
  };
  const auto was_set = [](std::size_t, const v1::Reply& reply) -> Status {
    if (!reply.password_report().set()) return Error{ErrorCode::denied, "accounts.password"};
    return {};
  };
  return ask_for_each("enroll", count, set, was_set);
}

Status Accounts::ask_for_each(const std::string& socket, std::size_t count, const Make& make,
                              const Took& took) {
  CS_TRY(client::Client client, client::Client::connect(run_directory_ + "/" + socket + ".sock"));
  std::size_t sent = 0;
  v1::Reply reply;
  for (std::size_t received = 0; received < count; ++received) {
    for (; sent < count && sent - received < kOutstanding; ++sent) {
      CS_TRY(v1::Request request, make(sent));
      CS_TRY(std::string id, client::new_request_id());
      id.resize(kRequestIdBytes);
      std::memcpy(id.data() + kRequestIdBytes - sizeof sent, &sent, sizeof sent);
      request.set_request_id(std::move(id));
      CS_CHECK(client.send(request));
    }
    CS_CHECK(client.receive(reply, soon()));
    if (reply.has_error()) {
      const auto code = static_cast<std::uint64_t>(reply.error().code());
      return Error{ErrorCode::unavailable, "accounts.step", code};
    }
    std::size_t index = count;
    if (reply.request_id().size() == kRequestIdBytes) {
      std::memcpy(&index, reply.request_id().data() + kRequestIdBytes - sizeof index, sizeof index);
    }
    if (index >= count) return Error{ErrorCode::malformed, "accounts.request_id"};
    CS_CHECK(took(index, reply));
  }
  return {};
}

}  // namespace countersign::bench
