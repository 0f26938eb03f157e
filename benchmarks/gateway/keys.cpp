// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/gateway/keys.hpp"

#include "base/bytes.hpp"
#include "firmware-interface/modhex.hpp"
#include "tests/support/yubico_block.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>

namespace countersign::bench {
namespace {

constexpr std::size_t kOutstanding = 512;

using Mac = std::array<unsigned char, 20>;

Mac hmac_sha1(std::string_view key, std::string_view text) {
  Mac mac{};
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return mac;
}

std::string bytes_of(std::uint64_t number, std::size_t size) {
  std::string bytes(size, '\0');
  std::memcpy(bytes.data(), &number, std::min(size, sizeof number));
  return bytes;
}

// No secrets at all, and the same in every run.
std::string aes_key(std::size_t key) { return bytes_of(key + 1, 16); }
std::string private_id(std::size_t key) { return bytes_of(key + 1, 6); }
std::string public_id(std::size_t key) { return modhex::encode(as_bytes(bytes_of(key, 6))); }

std::string base64_in_url(const Mac& mac) {
  std::array<unsigned char, 29> text{};
  EVP_EncodeBlock(text.data(), mac.data(), static_cast<int>(mac.size()));
  std::string encoded;
  for (const unsigned char c : std::span{text}.first(28)) {
    const bool is_plain = c != '+' && c != '/' && c != '=';
    if (is_plain) encoded += static_cast<char>(c);
    if (!is_plain) encoded += c == '+' ? "%2B" : c == '/' ? "%2F" : "%3D";
  }
  return encoded;
}

client::Deadline soon() { return client::within(std::chrono::seconds{30}); }

}  // namespace

std::string Keys::press(std::size_t key) {
  const std::uint32_t presses = presses_[key]++;
  const auto block =
      test::yubico_block(as_bytes(aes_key(key)), as_bytes(private_id(key)),
                         {.session_counter = static_cast<std::uint16_t>(1 + presses / 256),
                          .session_use = static_cast<std::uint8_t>(presses % 256),
                          .timestamp = presses * 8});
  return public_id(key) + modhex::encode(block);
}

Status Keys::pipeline(client::Client& client, const Make& make, const Took& took) const {
  const std::size_t count = presses_.size();
  std::size_t sent = 0;
  v1::Reply reply;
  for (std::size_t received = 0; received < count;) {
    while (sent < count && sent - received < kOutstanding) {
      v1::Request request = make(sent);
      request.set_request_id(bytes_of(sent++, 16));
      CS_CHECK(client.send(request));
    }
    CS_CHECK(client.receive(reply, soon()));
    if (reply.has_error()) return Error{ErrorCode::unavailable, "setup"};
    std::uint64_t key = 0;
    std::memcpy(&key, reply.request_id().data(), sizeof key);
    CS_CHECK(took(key, reply));
    ++received;
  }
  return {};
}

Status Keys::add_client(const std::string& run_directory) {
  CS_TRY(auto admin, client::Client::connect(run_directory + "/admin.sock"));
  v1::Request request;
  request.mutable_add_client()->set_name("benchmark");
  request.mutable_add_client()->set_require_signature(true);
  CS_TRY(const v1::Reply reply, admin.call(request));
  if (!reply.has_client()) return Error{ErrorCode::denied, "add_client"};
  client_id_ = reply.client().id();
  api_key_ = reply.client().api_key();
  return {};
}

Status Keys::enrol(const std::string& run_directory,
                   const std::function<void(std::size_t, std::size_t)>& progress) {
  CS_CHECK(add_client(run_directory));
  CS_TRY(auto client, client::Client::connect(run_directory + "/provision.sock"));
  factor_ids_.resize(presses_.size());
  std::size_t done = 0;
  const auto count = [&] {
    if (++done % 1'000 == 0) progress(done, 3 * presses_.size());
  };
  const auto name = [](std::size_t key, v1::SubjectName& subject) {
    subject.set_username("k" + std::to_string(key));
  };

  const auto create = [&](std::size_t key) {
    v1::Request request;
    name(key, *request.mutable_create_subject()->mutable_subject());
    return request;
  };
  const auto created = [&](std::size_t, const v1::Reply&) -> Status {
    count();
    return {};
  };
  CS_CHECK(pipeline(client, create, created));

  const auto add = [&](std::size_t key) {
    v1::Request request;
    auto& ask = *request.mutable_enrol_yubico_otp();
    name(key, *ask.mutable_subject());
    ask.set_public_id(public_id(key));
    ask.set_aes_key(aes_key(key));
    ask.set_private_id(private_id(key));
    return request;
  };
  const auto added = [&](std::size_t key, const v1::Reply& reply) -> Status {
    factor_ids_[key] = reply.enrolment().factor().id();
    count();
    return {};
  };
  CS_CHECK(pipeline(client, add, added));

  const auto confirm = [&](std::size_t key) {
    v1::Request request;
    request.mutable_confirm_factor()->set_factor_id(factor_ids_[key]);
    request.mutable_confirm_factor()->set_passcode(press(key));
    return request;
  };
  const auto confirmed = [&](std::size_t, const v1::Reply& reply) -> Status {
    if (reply.verdict().answer() != v1::ACCEPTED) return Error{ErrorCode::denied, "confirm"};
    count();
    return {};
  };
  return pipeline(client, confirm, confirmed);
}

std::string Keys::next_query() {
  const std::string nonce = modhex::encode(as_bytes(bytes_of(++asked_, 16)));
  const std::string text = "id=" + std::to_string(client_id_) + "&nonce=" + nonce +
                           "&otp=" + press(next_++ % presses_.size()) + "&timestamp=1";
  return text + "&h=" + base64_in_url(hmac_sha1(api_key_, text));
}

}  // namespace countersign::bench
