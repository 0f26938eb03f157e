// SPDX-License-Identifier: Apache-2.0
// The world's HSM; everything else is in world.cpp.
#include "tests/support/world.hpp"

#include <algorithm>
#include <functional>

namespace countersign::test {
namespace {

const Error kBroken{ErrorCode::unavailable, "world.broken"};

hsm::Mac mac_of(BytesView context, std::string_view code) {
  Bytes input;
  Writer{input}.blob(context).text(code);
  Bytes written;
  Writer{written}.integer(std::hash<std::string_view>{}(as_text(input)));
  hsm::Mac mac{};
  std::ranges::copy(written, mac.begin());
  return mac;
}

// What it is for, code and message, one behind the other and in clear.
Bytes seal(BytesView associated_data, std::string_view code, BytesView message) {
  Bytes sealed;
  Writer{sealed}.blob(associated_data).text(code).blob(message);
  return sealed;
}

}  // namespace

// The question's views are gone when the answer is awaited.
awaitable<Result<std::optional<std::uint64_t>>> World::match_oath(hsm::MatchOath question) {
  using Found = Result<std::optional<std::uint64_t>>;
  const auto give = [](Found found) -> awaitable<Found> { co_return found; };
  if (breaks()) return give(kBroken);
  if (++matches == fail_match) return give(kBroken);
  for (const std::uint64_t counter : question.counters) {
    const std::string code =
        question.sealed.empty() ? code_at(counter) : code_of(question.sealed, counter);
    if (match_any || code == question.passcode) return give(counter);
  }
  return give(std::nullopt);
}

awaitable<Result<hsm::Mac>> World::mac(hsm::MacKey key, BytesView message) {
  if (breaks()) co_return kBroken;
  ++macs;
  co_return mac_of(message, key == hsm::MacKey::pepper ? "pepper" : "record");
}

awaitable<Result<SecretBytes>> World::hash(const SecretBytes& text,
                                           const std::array<std::byte, kArgon2SaltBytes>& salt,
                                           Argon2Parameters parameters, Rank rank) {
  if (breaks()) co_return kBroken;
  hashed.push_back(parameters);
  hashed_for.push_back(rank);
  Bytes input;
  Writer{input}.raw(salt).integer(parameters.memory_kib).integer(parameters.passes);
  const hsm::Mac mac = mac_of(input, as_text(text.expose()));
  co_return SecretBytes{mac};
}

awaitable<Result<Bytes>> World::seal_oath(HashAlgorithm, SecretBytes) { co_return kBroken; }

// The sealed secret is the secret.
awaitable<Result<hsm::Generated>> World::generate_oath(HashAlgorithm) {
  constexpr std::size_t kBytes = 20;
  CS_CO_TRY(SecretBytes secret, co_await random(kBytes));
  const BytesView bytes = secret.expose();
  Bytes sealed{bytes.begin(), bytes.end()};
  co_return hsm::Generated{std::move(sealed), std::move(secret)};
}

std::string World::code_of(BytesView secret, std::uint64_t counter) {
  Bytes input;
  Writer{input}.blob(secret).integer(counter);
  return code_at(std::hash<std::string_view>{}(as_text(input)));
}

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

awaitable<Result<hsm::IssuedCode>> World::issue_code(hsm::IssueCode question) {
  using Issued = Result<hsm::IssuedCode>;
  const auto give = [](Issued issued) -> awaitable<Issued> { co_return issued; };
  if (breaks()) return give(kBroken);
  last_letter_bytes = question.message.size();
  const std::string digits = std::string(question.digits, '0') + std::to_string(next_code_++);
  last_code = digits.substr(digits.size() - question.digits);
  return give(hsm::IssuedCode{mac_of(question.context, last_code),
                              seal(question.associated_data, last_code, question.message)});
}

awaitable<Result<bool>> World::match_code(hsm::MatchCode question) {
  const auto give = [](Result<bool> yes) -> awaitable<Result<bool>> { co_return yes; };
  if (breaks()) return give(kBroken);
  if (++matches == fail_match) return give(kBroken);
  return give(match_any || mac_of(question.context, question.passcode) == question.mac);
}

awaitable<Result<Bytes>> World::seal_message(BytesView message, BytesView associated_data) {
  const auto give = [](Result<Bytes> sealed) -> awaitable<Result<Bytes>> { co_return sealed; };
  if (breaks()) return give(kBroken);
  return give(seal(associated_data, "", message));
}

awaitable<Result<hsm::OpenedMessage>> World::open_message(BytesView sealed,
                                                          BytesView associated_data) {
  using Opened = Result<hsm::OpenedMessage>;
  const auto give = [](Opened opened) -> awaitable<Opened> { co_return opened; };
  if (breaks()) return give(kBroken);
  Reader reader{sealed};
  const bool is_for_this = std::ranges::equal(reader.blob(), associated_data);
  const BytesView code = reader.blob();
  const BytesView message = reader.blob();
  if (!is_for_this || !reader.whole()) return give(Error{ErrorCode::corrupt, "world.sealed"});
  return give(hsm::OpenedMessage{SecretBytes{code}, SecretBytes{message}});
}

}  // namespace countersign::test
