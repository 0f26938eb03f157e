// SPDX-License-Identifier: Apache-2.0
#include "courier/engine/transfer.hpp"

namespace countersign::courier {

Transfer::Transfer() : easy_{curl_easy_init()} {
  if (!easy_) {
    failed_ = CURLE_FAILED_INIT;
    return;
  }
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // A name server that hangs must not make the whole engine wait for its thread.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_WRITEFUNCTION, &Transfer::take);
  set(CURLOPT_WRITEDATA, this);
}

Transfer::~Transfer() = default;

void Transfer::use(Sockets& sockets) {
  sockets_ = &sockets;
  sockets.serve(easy_.get());
  set(CURLOPT_PREREQFUNCTION, &Transfer::note_ends);
  set(CURLOPT_PREREQDATA, this);
}

int Transfer::note_ends(void* self, char*, char*, int remote, int local) {
  static_cast<Transfer*>(self)->ends_ = {.local = local, .remote = remote};
  return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::take(char* bytes, std::size_t one, std::size_t count, void* self) {
  std::string& body = static_cast<Transfer*>(self)->body_;
  const std::size_t size = one * count;
  if (size > kBodyBytesMax - body.size()) return 0;
  body.append(bytes, size);
  return size;
}

void Transfer::add_header(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) return remember(CURLE_OUT_OF_MEMORY);
  static_cast<void>(headers_.release());  // the list is its first element
  headers_.reset(longer);
  set(CURLOPT_HTTPHEADER, longer);
}

void Transfer::remember(CURLcode code) {
  if (failed_ == CURLE_OK) failed_ = code;
}

Status Transfer::status() const {
  if (failed_ == CURLE_OK) return {};
  return Error{ErrorCode::unavailable, "curl_easy_setopt", static_cast<std::uint64_t>(failed_)};
}

}  // namespace countersign::courier
