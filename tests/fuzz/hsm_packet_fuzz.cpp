// SPDX-License-Identifier: Apache-2.0
// Any bytes as a packet, in either direction: nothing is read beyond its end, and what is accepted
// as questions is exactly what would be written for them.
#include "hsm/protocol/packet.hpp"

#include <algorithm>
#include <cstdlib>
#include <variant>

namespace {

using namespace countersign;
using namespace countersign::hsm;

void read_questions(BytesView packet) {
  auto reader = QuestionsReader::open(packet);
  if (!reader) return;
  Bytes again;
  begin_questions(again);
  std::size_t count = 0;
  for (; reader->more(); ++count) {
    const auto question = reader->next();
    if (!question) return;
    const auto write = [&again](const auto& one) { return append(again, one); };
    if (!std::visit(write, *question)) std::abort();
  }
  finish(again, reader->number(), count);
  if (!std::ranges::equal(again, packet)) std::abort();
}

void read_answers(BytesView packet) {
  auto reader = AnswersReader::open(packet);
  if (!reader) return;
  Bytes again;
  begin_answers(again);
  std::size_t count = 0;
  for (; reader->left() > 0; ++count) {
    const auto answered = reader->next();
    if (!answered) return;
    if (answered->outcome) {
      append(again, answered->kind, *answered->outcome);
    } else {
      append(again, answered->kind, answered->outcome.error());
    }
  }
  if (reader->draining()) mark_draining(again);
  finish(again, reader->number(), count);
  if (!std::ranges::equal(again, packet)) std::abort();
}

void read_greeting(BytesView packet) {
  const auto hello = read_hello(packet);
  if (!hello) return;
  Bytes again;
  write_hello(again, *hello);
  if (!std::ranges::equal(again, packet)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView packet = std::as_bytes(std::span{data, size});
  read_questions(packet);
  read_answers(packet);
  read_greeting(packet);
  return 0;
}
