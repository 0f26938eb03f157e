// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/message/envelope.hpp"

#include "daemon/outbox/ledger.hpp"
#include "daemon/outbox/letter.hpp"

namespace countersign {
namespace {

constexpr std::string_view kLabel = "countersign message v1";

}  // namespace

Bytes envelope_of(MessageId id) {
  Bytes envelope;
  Writer{envelope}.raw(as_bytes(kLabel)).integer(number(id));
  return envelope;
}

awaitable<Result<OutboundMessage>> open_letter(hsm::Hsm& hsm, const Message& row) {
  const Bytes envelope = envelope_of(row.id);
  CS_CO_TRY(hsm::OpenedMessage opened, co_await hsm.open_message(row.sealed, envelope));
  Result<outbox::Letter> letter = outbox::read_letter(opened.message.expose());
  const bool is_its = letter && letter->kind == row.kind &&
                      letter->destination.channel == row.channel &&
                      (opened.code.size() != 0) == outbox::is_code(row.kind);
  if (!is_its) co_return Error{ErrorCode::corrupt, "message.letter"};
  co_return OutboundMessage{.id = row.id,
                            .destination = std::move(letter->destination),
                            .kind = letter->kind,
                            .realm = std::move(letter->realm),
                            .language = std::move(letter->language),
                            .code = std::move(opened.code),
                            .values = std::move(letter->values),
                            .created_at = row.created_at,
                            .expires_at = row.expires_at};
}

}  // namespace countersign
