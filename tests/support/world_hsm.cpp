// SPDX-License-Identifier: Apache-2.0
// The world's HSM; everything else is in world.cpp.
#include "tests/support/world.hpp"

#include <algorithm>

namespace countersign::test {
namespace {

const Error kBroken{ErrorCode::unavailable, "world.broken"};

}  // namespace

// The question's views are gone when the answer is awaited.
awaitable<Result<std::optional<std::uint64_t>>> World::match_oath(hsm::MatchOath question) {
  using Found = Result<std::optional<std::uint64_t>>;
  const auto give = [](Found found) -> awaitable<Found> { co_return found; };
  if (breaks()) return give(kBroken);
  if (++matches == fail_match) return give(kBroken);
  for (const std::uint64_t counter : question.counters) {
    if (match_any || code_at(counter) == question.passcode) return give(counter);
  }
  return give(std::nullopt);
}

awaitable<Result<hsm::Mac>> World::mac(hsm::MacKey, BytesView) { co_return kBroken; }
awaitable<Result<Bytes>> World::seal_oath(HashAlgorithm, SecretBytes) { co_return kBroken; }
awaitable<Result<hsm::Generated>> World::generate_oath(HashAlgorithm) { co_return kBroken; }

std::array<std::byte, 16> World::block_of(BytesView sealed, hsm::YubicoFields fields) {
  Bytes written;
  Writer{written}
      .integer(fields.session_counter)
      .integer(fields.session_use)
      .integer(fields.timestamp)
      .raw(sealed.first(std::min<std::size_t>(sealed.size(), 9)));
  std::array<std::byte, 16> block{};
  std::ranges::copy(written, block.begin());
  return block;
}

awaitable<Result<std::optional<hsm::YubicoFields>>> World::match_yubico(hsm::MatchYubico question) {
  using Found = Result<std::optional<hsm::YubicoFields>>;
  const auto give = [](Found found) -> awaitable<Found> { co_return found; };
  if (breaks()) return give(kBroken);
  if (++matches == fail_match) return give(kBroken);
  Reader reader{question.block};
  hsm::YubicoFields fields;
  fields.session_counter = reader.integer<std::uint16_t>();
  fields.session_use = reader.integer<std::uint8_t>();
  fields.timestamp = reader.integer<std::uint32_t>();
  if (match_any || block_of(question.sealed, fields) == question.block) return give(fields);
  return give(std::nullopt);
}

awaitable<Result<Bytes>> World::seal_yubico(SecretBytes, SecretBytes) { co_return kBroken; }
awaitable<Result<hsm::GeneratedYubico>> World::generate_yubico() { co_return kBroken; }
awaitable<Result<Bytes>> World::seal_client(SecretBytes) { co_return kBroken; }
awaitable<Result<hsm::Generated>> World::generate_client() { co_return kBroken; }
awaitable<Result<hsm::Signature>> World::sign_for_client(BytesView, BytesView) {
  co_return kBroken;
}

awaitable<Result<Bytes>> World::seal_response_key(SecretBytes) { co_return kBroken; }
awaitable<Result<hsm::Generated>> World::generate_response_key() { co_return kBroken; }

awaitable<Result<bool>> World::match_response(hsm::MatchResponse question) {
  const auto give = [](Result<bool> yes) -> awaitable<Result<bool>> { co_return yes; };
  if (breaks()) return give(kBroken);
  if (++matches == fail_match) return give(kBroken);
  const SecretBytes expected = response_to(question.challenge, question.sealed.front());
  return give(match_any || std::ranges::equal(expected.expose(), question.response));
}

awaitable<Result<SecretBytes>> World::random(std::size_t bytes) {
  if (breaks()) co_return kBroken;
  Bytes counted(bytes);
  for (std::byte& byte : counted) {
    next_random_ = next_random_ * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
    byte = std::byte(next_random_ >> 56);
  }
  co_return SecretBytes{counted};
}

}  // namespace countersign::test
