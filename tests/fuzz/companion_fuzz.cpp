// SPDX-License-Identifier: Apache-2.0
// Any bytes from a browser, or from what pretends to be one: nothing of it leads astray, and what
// is read is text that can stand in a page, in an address and in a header.
#include "companion/door/own_path.hpp"
#include "companion/request/guard.hpp"
#include "companion/request/request.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

using namespace countersign;
using namespace countersign::companion;

namespace {

constexpr std::string_view kOrigin = "https://accounts.example.com";

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7f; }
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_plain(c); });
}

bool is_text(std::string_view text) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(at, left, &code_point);
    if (length <= 0 || code_point < 0x20 || code_point == 0x7f) return false;
    at += length;
    left -= length;
  }
  return true;
}

void check_form(const http::Form& form) {
  require(form.fields().size() <= Request::kFieldsMax);
  for (const http::Form::Field& field : form.fields()) {
    require(is_text(field.name) && is_text(field.value));
    // What we would lead on to leads to a page of ours.
    if (!is_path_of_ours(field.value)) continue;
    require(field.value.starts_with('/') && !field.value.starts_with("//"));
    require(is_plain(field.value) && field.value.find('\\') == std::string::npos);
  }
}

void check(const Request& request) {
  require(is_plain(request.path) && request.path.size() <= Request::kTargetBytesMax);
  check_form(request.query);
  check_form(request.form);
  for (const std::string* text : {&request.host, &request.origin, &request.fetch_site,
                                  &request.languages, &request.user_agent}) {
    require(is_plain(*text));
  }
  require(request.user_agent.size() <= Request::kUserAgentBytesMax);
  require(request.client_address == "192.0.2.7");
  if (request.method == Method::get) {
    require(request.form.fields().empty());
    return;
  }
  if (guard(request, kOrigin) != Guarded::passes) return;
  require(request.origin == kOrigin || request.origin.empty());
  require(!form_secret_of(request).empty());
  require(form_secret_of(request) == request.form.value_of(kFormSecretField));
}

// In pieces, as a network brings them.
void read_in_pieces(std::span<const std::byte> bytes, std::size_t piece) {
  const IpAddress source = *IpAddress::from("192.0.2.7");
  http::RequestReader reader{Request::kBodyBytesMax};
  for (;;) {
    const auto whole = reader.read();
    if (!whole) return require(status_of(whole.error()) >= 400);
    if (*whole) {
      const auto request = read_request(reader, source);
      if (request) check(*request);
      if (!request) require(status_of(request.error()) >= 400);
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
