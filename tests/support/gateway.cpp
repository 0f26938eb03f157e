// SPDX-License-Identifier: Apache-2.0
#include "tests/support/gateway.hpp"

#include "firmware-interface/modhex.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>

namespace countersign::test {
namespace {

constexpr timeval kReceivePatience{20, 0};

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error{what};
}

v1::Reply call(client::Client client, const v1::Request& request) {
  auto reply = client.call(request);
  require(static_cast<bool>(reply), "the daemon did not answer");
  require(!reply->has_error(), "the daemon refused: " + reply->error().message());
  return std::move(*reply);
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
  return bytes;
}

std::string base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string hmac_sha1(const std::string& key, const std::string& text) {
  std::string mac(20, '\0');
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  return mac;
}

std::string in_url(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    if (c == '+') {
      encoded += "%2B";
    } else if (c == '/') {
      encoded += "%2F";
    } else if (c == '=') {
      encoded += "%3D";
    } else {
      encoded += c;
    }
  }
  return encoded;
}

std::map<std::string, std::string> lines_of(const std::string& body) {
  std::map<std::string, std::string> lines;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find("\r\n", at);
    require(end != std::string::npos, "a line without its end");
    const std::string line = body.substr(at, end - at);
    at = end + 2;
    if (line.empty()) continue;
    const std::size_t equals = line.find('=');
    require(equals != std::string::npos, "a line without a value");
    require(lines.emplace(line.substr(0, equals), line.substr(equals + 1)).second, "a line twice");
  }
  return lines;
}

}  // namespace

YubicoKey enrol_yubico_key(const Appliance& appliance, const std::string& username) {
  YubicoKey key = random_yubico_key(username, modhex::encode(as_bytes(random_bytes(6))));
  enrol(appliance, key);
  return key;
}

std::string on_dvorak(const std::string& otp) {
  static constexpr std::string_view kDvorak = "jxe.uidchtnbpygk";
  std::string typed;
  for (const char c : otp) typed += kDvorak[modhex::kAlphabet.find(c)];
  return typed;
}

std::string in_capitals(std::string otp) {
  for (char& c : otp) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return otp;
}

std::string ApiClient::key_base64() const { return base64(key); }
std::string ApiClient::sign(const std::string& text) const { return base64(hmac_sha1(key, text)); }

ApiClient add_client(const Appliance& appliance, bool require_signature,
                     const std::string& network) {
  v1::Request request;
  auto& add = *request.mutable_add_client();
  add.set_name("test");
  add.set_require_signature(require_signature);
  if (!network.empty()) add.add_networks(network);
  const v1::Reply reply = call(appliance.admin_client(), request);
  return {reply.client().id(), reply.client().api_key()};
}

void revoke_client(const Appliance& appliance, const ApiClient& client) {
  v1::Request request;
  request.mutable_revoke_client()->set_client_id(client.id);
  call(appliance.admin_client(), request);
}

Gateway::Gateway(const Appliance& appliance, const std::string& settings) {
  static int starts = 0;
  const std::string name = appliance.path("gateway-" + std::to_string(++starts));
  std::ofstream{name + ".toml"} << settings;
  process_ = std::make_unique<Process>(Process::Settings{
      .arguments = {program_folder() / "countersign-gateway", "--config", name + ".toml",
                    "--listen", "127.0.0.1:0", "--socket", appliance.socket("verify")},
      .log_file = name + ".log"});
  const bool ready =
      wait_until([&] { return process_->has_logged("gateway.ready") || !process_->alive(); });
  require(ready && process_->alive(), "the gateway did not start: " + process_->log());
  const std::string log = process_->log();
  port_ = static_cast<std::uint16_t>(std::stoi(log.substr(log.find("port=") + 5)));
}

Gateway::~Gateway() { process_->terminate(); }

std::string HttpAnswer::operator[](const std::string& key) const {
  const auto lines = lines_of(body);
  const auto found = lines.find(key);
  return found == lines.end() ? "" : found->second;
}

bool HttpAnswer::is_signed_with(const std::string& key) const {
  std::string text;
  for (const auto& [name, value] : lines_of(body)) {
    if (name != "h") text += (text.empty() ? "" : "&") + name + "=" + value;
  }
  return (*this)["h"] == base64(hmac_sha1(key, text));
}

HttpPeer::HttpPeer(std::uint16_t port) : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kReceivePatience, sizeof kReceivePatience);
  require(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
          "no connection to the gateway");
}

HttpPeer::HttpPeer(HttpPeer&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)}, buffer_{std::move(other.buffer_)} {}

HttpPeer::~HttpPeer() {
  if (fd_ >= 0) ::close(fd_);
}

void HttpPeer::send(const std::string& bytes) const {
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  require(sent == static_cast<ssize_t>(bytes.size()), "the gateway takes nothing");
}

void HttpPeer::ask(const std::string& target) const {
  send("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n");
}

HttpAnswer HttpPeer::receive() {
  for (;;) {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t length_at = buffer_.find("Content-Length: ");
      require(length_at < end, "an answer without its length");
      const auto length = static_cast<std::size_t>(std::stoi(buffer_.substr(length_at + 16)));
      if (buffer_.size() >= end + 4 + length) {
        HttpAnswer answer{.status = static_cast<unsigned>(std::stoi(buffer_.substr(9))),
                          .head = buffer_.substr(0, end),
                          .body = buffer_.substr(end + 4, length)};
        buffer_.erase(0, end + 4 + length);
        return answer;
      }
    }
    std::string chunk(16384, '\0');
    const ssize_t count = ::recv(fd_, chunk.data(), chunk.size(), 0);
    if (count <= 0) return {};
    buffer_.append(chunk, 0, static_cast<std::size_t>(count));
  }
}

HttpAnswer HttpPeer::get(const std::string& target) {
  ask(target);
  return receive();
}

std::string fresh_nonce() { return modhex::encode(as_bytes(random_bytes(16))); }

std::string query_for(const ApiClient& client, const std::string& otp, const std::string& nonce,
                      bool is_signed) {
  const std::string text =
      "id=" + std::to_string(client.id) + "&nonce=" + nonce + "&otp=" + otp + "&timestamp=1";
  return is_signed ? text + "&h=" + in_url(client.sign(text)) : text;
}

std::string target_for(const ApiClient& client, const std::string& otp) {
  return "/wsapi/2.0/verify?" + query_for(client, otp, fresh_nonce());
}

}  // namespace countersign::test
