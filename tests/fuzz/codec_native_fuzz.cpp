// SPDX-License-Identifier: Apache-2.0
// Any body: what is understood is bounded and canonical, and what Protobuf would make of it is the
// same.
#include "daemon/wire/codec.hpp"

#include "api/countersign.pb.h"

#include <cstdlib>

using namespace countersign;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView body = std::as_bytes(std::span{data, size});
  const auto id = wire::request_id_of(body);
  if (id.size != 0 && id.size < RequestId::kBytesMin) std::abort();

  const auto request = wire::decode_frame(body);
  if (!request) {
    if (request.error().operation.view().empty()) std::abort();
    return 0;
  }
  v1::Request message;
  if (!message.ParseFromArray(data, static_cast<int>(size))) std::abort();
  if (message.request_id() != as_text(request->id.view())) std::abort();
  if (message.session() != as_text(request->session.expose())) std::abort();
  if (request->session.size() > Request::kSessionBytesMax) std::abort();
  if (!message.GetReflection()->GetUnknownFields(message).empty()) std::abort();
  if (const auto* verify = std::get_if<Verify>(&request->ask)) {
    if (!message.has_verify()) std::abort();
    if (!verify->subject && !verify->factor) std::abort();
    if (verify->passcode.expose().empty()) std::abort();
  }
  return 0;
}
