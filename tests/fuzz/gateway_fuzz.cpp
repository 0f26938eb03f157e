// SPDX-License-Identifier: Apache-2.0
// Any bytes from the network: whatever is read as a question has the form that it promises, and
// nothing that is sent back holds a line that was not ours.
#include "gateway/answer.hpp"
#include "gateway/http.hpp"
#include "gateway/question.hpp"
#include "http/server/source.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>

using namespace countersign;
using namespace countersign::gateway;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_letter_or_dot(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
}

void check_question(const Question& question) {
  require(question.client_id != 0);
  require(question.otp.size() >= 32 && question.otp.size() <= 48);
  require(std::ranges::all_of(question.otp, is_letter_or_dot));
  require(question.canonical_otp.size() == question.otp.size());
  require(question.signed_text.size() <= kSignedBytesMax);
  require(question.nonce.empty() == (question.version == Version::one));
  require(request_id(question).size() == kRequestIdBytes);
  const Answer answer{.outcome = Outcome::ok,
                      .version = question.version,
                      .otp = question.otp,
                      .nonce = question.nonce};
  const std::string body = body_without_key(answer, Time{});
  const auto lines = std::ranges::count(body, '\n');
  require(lines == (question.version == Version::two ? 7 : 4));
}

void look_at(const HttpRequest& request, const std::string& forwarded) {
  static const std::vector<Network> trusted{*Network::from("0.0.0.0/0")};
  static_cast<void>(http::source_of(IpAddress{}, forwarded, trusted));
  const auto parameters = Parameters::parse(request.query, request.form);
  if (!parameters) return;
  const auto read = read_question(*parameters, request.version);
  if (const auto* question = std::get_if<Question>(&read)) check_question(*question);
}

// In pieces, as a network brings them.
void read_in_pieces(std::span<const std::byte> bytes, std::size_t piece) {
  http::RequestReader reader{kBodyBytesMax};
  for (;;) {
    const auto whole = reader.read();
    if (!whole) return require(status_of(whole.error()) >= 400);
    if (*whole) {
      const auto request = read_http(reader);
      if (!request) return require(status_of(request.error()) >= 400);
      look_at(*request, reader.joined("X-Forwarded-For"));
      reader.restart();
      continue;
    }
    if (bytes.empty()) return;
    const std::size_t taken = reader.take(bytes.first(std::min(bytes.size(), piece)));
    require(taken > 0);
    bytes = bytes.subspan(taken);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span{data, size});
  read_in_pieces(bytes, std::to_integer<std::size_t>(bytes.front()) + 1);
  read_in_pieces(bytes, 1);
  return 0;
}
