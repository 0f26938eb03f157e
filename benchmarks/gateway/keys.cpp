// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/gateway/keys.hpp"

#include "base/bytes.hpp"
#include "firmware-interface/modhex.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>

namespace countersign::bench {
namespace {

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

}  // namespace

std::string Keys::press(std::size_t key) { return keys_.otp(key, presses_[key]++); }

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

Status Keys::enrol(const std::string& run_directory, const Progress& progress) {
  CS_CHECK(add_client(run_directory));
  const Factors factors{add_yubico_otp, [this](std::size_t key) { return press(key); }};
  return bench::enrol(run_directory, presses_.size(), factors, progress);
}

std::string Keys::next_query() {
  const std::string nonce = modhex::encode(as_bytes(bytes_of(++asked_, 16)));
  const std::string text = "id=" + std::to_string(client_id_) + "&nonce=" + nonce +
                           "&otp=" + press(next_++ % presses_.size()) + "&timestamp=1";
  return text + "&h=" + base64_in_url(hmac_sha1(api_key_, text));
}

}  // namespace countersign::bench
