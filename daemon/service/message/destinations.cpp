// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/message/destinations.hpp"

namespace countersign {
namespace {

// Part of what is sealed: no message is ever opened as a destination, and no destination as one.
constexpr std::string_view kLabel = "countersign destination v1";

}  // namespace

awaitable<Result<Bytes>> seal_destination(hsm::Hsm& hsm, const Destination& destination) {
  co_return co_await hsm.seal_message(as_bytes(destination.text), as_bytes(kLabel));
}

awaitable<Result<Destination>> open_destination(hsm::Hsm& hsm, const Factor& factor) {
  CS_CO_TRY(const hsm::OpenedMessage opened,
            co_await hsm.open_message(factor.sealed, as_bytes(kLabel)));
  co_return Destination{channel_of(factor.kind), std::string{as_text(opened.message.expose())}};
}

}  // namespace countersign
