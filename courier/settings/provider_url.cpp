// SPDX-License-Identifier: Apache-2.0
#include "courier/settings/provider_url.hpp"

#include "courier/settings/smtp_settings.hpp"

#include <curl/curl.h>

#include <memory>
#include <optional>

namespace countersign::courier {
namespace {

struct Free {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};
using Url = std::unique_ptr<CURLU, Free>;

std::optional<std::string> part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, Free> owned{text};
  return std::string{text};
}

// "[::1]" is written with brackets in a URL.
std::string bare(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

}  // namespace

std::string mistake_in_url(const std::string& text) {
  const Url url{curl_url()};
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return "must be a URL: https://sms.example.com/send";
  }
  const std::string scheme = part_of(url, CURLUPART_SCHEME).value_or("");
  if (scheme != "https" && scheme != "http") return "must begin with https://";
  if (part_of(url, CURLUPART_USER) || part_of(url, CURLUPART_PASSWORD)) {
    return "must name no user: credentials stand in files of their own";
  }
  if (part_of(url, CURLUPART_FRAGMENT)) return "must have no fragment (#)";
  const bool is_here = is_loopback(bare(part_of(url, CURLUPART_HOST).value_or("")));
  if (scheme == "http" && !is_here) {
    return "must begin with https://, unless the host is this very machine";
  }
  return {};
}

}  // namespace countersign::courier
