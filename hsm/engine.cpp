// SPDX-License-Identifier: Apache-2.0
#include "hsm/engine.hpp"

#include "base/passcode.hpp"
#include "firmware-interface/oath.hpp"
#include "firmware-interface/yubico_otp.hpp"
#include "hsm/codes.hpp"
#include "hsm/key_set.hpp"
#include "hsm/login.hpp"
#include "hsm/mac_keys.hpp"
#include "hsm/messages.hpp"
#include "hsm/secrets.hpp"
#include "hsm/self_test.hpp"

#include <string.h>

namespace countersign::hsm {
namespace {

constexpr std::size_t kMacBytesMax = 64;

CK_MECHANISM_TYPE hmac_mechanism(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return CKM_SHA_1_HMAC;
    case HashAlgorithm::sha256:
      return CKM_SHA256_HMAC;
    case HashAlgorithm::sha512:
      break;
  }
  return CKM_SHA512_HMAC;
}

Status check_question(const MatchOath& question) {
  if (!is_known(question.algorithm)) return Error{ErrorCode::malformed, "match_oath.algorithm"};
  if (question.digits < oath::kDigitsMin || question.digits > oath::kDigitsMax) {
    return Error{ErrorCode::malformed, "match_oath.digits"};
  }
  if (question.counters.empty() || question.counters.size() > kCountersMax) {
    return Error{ErrorCode::malformed, "match_oath.counters"};
  }
  return {};
}

// Wiped when it goes out of scope: codes of the neighbouring counters are worth as much as the one
// that was typed, and a block holds a private id.
template <class Content>
struct Scratch : Content {
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { ::explicit_bzero(this, sizeof *this); }
};
struct OathScratch {
  std::array<std::byte, kMacBytesMax> mac{};
  oath::Code code;
};
struct ResponseScratch {
  std::array<std::byte, kMacBytesMax> mac{};
};
struct YubicoScratch {
  std::array<std::byte, kYubicoBlockBytes> block{};
  std::optional<YubicoPlain> plain;
};

}  // namespace

struct Engine::State {
  State(Module&& m, Session&& s, KeySet&& k)
      : module{std::move(m)}, session{std::move(s)}, keys{std::move(k)} {}

  // Opens a sealed secret and uses it; once more if its handle is one that the token has forgotten.
  template <class Open, class Use>
  auto with_key(BytesView sealed, Open open, Use use) -> decltype(use(KeptKey{}));
  Result<std::optional<std::uint64_t>> match(const MatchOath& question, Handle key);
  Result<std::optional<YubicoFields>> match(const MatchYubico& question, const KeptKey& key);
  Result<bool> match(const MatchResponse& question, Handle key);

  Module module;
  Session session;  // the only one, and open to the end: SoftHSM forgets its login with the last
  KeySet keys;
  std::optional<Secrets> secrets;
  std::optional<MacKeys> mac_keys;
  std::optional<Messages> messages;
};

Engine::Engine(std::unique_ptr<State> state) : state_{std::move(state)} {}
Engine::Engine(Engine&& other) noexcept = default;
Engine::~Engine() = default;

Result<Engine> Engine::open(const EngineSettings& settings) {
  if (settings.handles_max == 0) return Error{ErrorCode::malformed, "settings.handles_max"};
  CS_TRY(Module module, Module::load(settings.module_path));
  CS_TRY(const CK_SLOT_ID slot, module.slot_of(settings.token_label));
  // Read only: a session that cannot make or change an object of the token.
  CS_TRY(Session session, Session::open(module, slot, Access::read_only));
  CS_CHECK(log_in_once(module, slot, session, settings.pin_file, settings.refused_pin_file));
  CS_TRY(KeySet keys, KeySet::open(session));
  CS_CHECK(self_test(session, keys, settings.private_session_objects));

  auto state = std::make_unique<State>(std::move(module), std::move(session), std::move(keys));
  CS_TRY(Secrets secrets, Secrets::open(state->session, state->keys,
                                        {settings.handles_max, settings.private_session_objects}));
  state->secrets.emplace(std::move(secrets));
  CS_TRY(state->mac_keys,
         MacKeys::open(state->session, state->keys, settings.private_session_objects));
  state->messages.emplace(state->session, state->keys, *state->secrets);
  return Engine{std::move(state)};
}

template <class Open, class Use>
auto Engine::State::with_key(BytesView sealed, Open open, Use use) -> decltype(use(KeptKey{})) {
  CS_TRY(const KeptKey* key, open());
  auto answer = use(*key);
  if (answer || !is_forgotten(answer.error())) return answer;
  secrets->forget(sealed);
  CS_TRY(const KeptKey* fresh, open());
  return use(*fresh);
}

// ---- OATH ----

Result<std::optional<std::uint64_t>> Engine::match_oath(const MatchOath& question) {
  CS_CHECK(check_question(question));
  State& state = *state_;
  return state.with_key(
      question.sealed, [&] { return state.secrets->oath(question.sealed, question.algorithm); },
      [&](const KeptKey& key) { return state.match(question, key.handle); });
}

Result<std::optional<std::uint64_t>> Engine::State::match(const MatchOath& question, Handle key) {
  const auto digits = static_cast<oath::Digits>(question.digits);
  const CK_MECHANISM_TYPE mechanism = hmac_mechanism(question.algorithm);
  Scratch<OathScratch> scratch;
  for (const std::uint64_t counter : question.counters) {
    CS_TRY(const BytesView mac,
           session.sign(key, mechanism, oath::counter_bytes(counter), scratch.mac));
    if (mac.size() != digest_bytes(question.algorithm)) {
      return Error{ErrorCode::unavailable, "C_Sign.length", mac.size()};
    }
    scratch.code = oath::truncate(mac, digits);
    if (equal_in_constant_time(scratch.code.view(), question.passcode)) return counter;
  }
  return std::optional<std::uint64_t>{};
}

Result<Bytes> Engine::seal_oath(HashAlgorithm algorithm, BytesView secret) {
  return state_->secrets->seal_oath(algorithm, secret);
}

Result<Generated> Engine::generate_oath(HashAlgorithm algorithm) {
  if (!is_known(algorithm)) return Error{ErrorCode::malformed, "generate_oath.algorithm"};
  SecretBytes secret{digest_bytes(algorithm)};
  CS_CHECK(state_->session.random(secret.expose()));
  CS_TRY(Bytes sealed, seal_oath(algorithm, secret.expose()));
  return Generated{std::move(sealed), std::move(secret)};
}

// ---- YubiKeys ----

Result<std::optional<YubicoFields>> Engine::match_yubico(const MatchYubico& question) {
  State& state = *state_;
  return state.with_key(
      question.sealed, [&] { return state.secrets->yubico(question.sealed); },
      [&](const KeptKey& key) { return state.match(question, key); });
}

Result<std::optional<YubicoFields>> Engine::State::match(const MatchYubico& question,
                                                         const KeptKey& key) {
  Scratch<YubicoScratch> scratch;
  CS_CHECK(session.decrypt_blocks(key.handle, question.block, scratch.block));
  scratch.plain = parse_yubico_block(scratch.block);
  if (!scratch.plain) return std::optional<YubicoFields>{};
  if (!equal_in_constant_time(as_text(scratch.plain->private_id), as_text(key.private_id))) {
    return std::optional<YubicoFields>{};
  }
  return std::optional{YubicoFields{scratch.plain->session_counter, scratch.plain->session_use,
                                    scratch.plain->timestamp}};
}

Result<Bytes> Engine::seal_yubico(BytesView aes_key, BytesView private_id) {
  if (aes_key.size() != kYubicoKeyBytes) return Error{ErrorCode::malformed, "yubico.aes_key"};
  if (private_id.size() != kYubicoPrivateIdBytes) {
    return Error{ErrorCode::malformed, "yubico.private_id"};
  }
  return state_->secrets->seal_yubico(aes_key, private_id);
}

Result<GeneratedYubico> Engine::generate_yubico() {
  SecretBytes aes_key{kYubicoKeyBytes};
  SecretBytes private_id{kYubicoPrivateIdBytes};
  CS_CHECK(state_->session.random(aes_key.expose()));
  CS_CHECK(state_->session.random(private_id.expose()));
  CS_TRY(Bytes sealed, seal_yubico(aes_key.expose(), private_id.expose()));
  return GeneratedYubico{std::move(sealed), std::move(aes_key), std::move(private_id)};
}

// ---- Clients of the validation protocol ----

Result<Signature> Engine::sign_for_client(BytesView sealed, BytesView text) {
  if (text.size() > kSignedTextBytesMax) return Error{ErrorCode::limit_exceeded, "client.text"};
  State& state = *state_;
  const auto sign = [&](const KeptKey& key) -> Result<Signature> {
    Signature signature{};
    CS_TRY(const BytesView used, state.session.sign(key.handle, CKM_SHA_1_HMAC, text, signature));
    if (used.size() != signature.size()) return Error{ErrorCode::unavailable, "C_Sign.length"};
    return signature;
  };
  return state.with_key(
      sealed, [&] { return state.secrets->client(sealed); }, sign);
}

Result<Bytes> Engine::seal_client(BytesView api_key) {
  if (api_key.size() < kApiKeyBytesMin) return Error{ErrorCode::malformed, "client.api_key"};
  if (api_key.size() > kApiKeyBytesMax) return Error{ErrorCode::limit_exceeded, "client.api_key"};
  return state_->secrets->seal_client(api_key);
}

Result<Generated> Engine::generate_client() {
  SecretBytes api_key{kFreshApiKeyBytes};
  CS_CHECK(state_->session.random(api_key.expose()));
  CS_TRY(Bytes sealed, seal_client(api_key.expose()));
  return Generated{std::move(sealed), std::move(api_key)};
}

// ---- Challenge-response ----

Result<bool> Engine::match_response(const MatchResponse& question) {
  if (question.challenge.empty()) return Error{ErrorCode::malformed, "match_response.challenge"};
  if (question.challenge.size() > kChallengeBytesMax) {
    return Error{ErrorCode::limit_exceeded, "match_response.challenge"};
  }
  State& state = *state_;
  const auto match = [&](const KeptKey& key) { return state.match(question, key.handle); };
  return state.with_key(
      question.sealed, [&] { return state.secrets->challenge_response(question.sealed); }, match);
}

// A wrong length is found after the HMAC, so that it takes as long as any other wrong response.
Result<bool> Engine::State::match(const MatchResponse& question, Handle key) {
  Scratch<ResponseScratch> scratch;
  CS_TRY(const BytesView expected,
         session.sign(key, CKM_SHA_1_HMAC, question.challenge, scratch.mac));
  if (expected.size() != digest_bytes(HashAlgorithm::sha1)) {
    return Error{ErrorCode::unavailable, "C_Sign.length", expected.size()};
  }
  return equal_in_constant_time(as_text(expected), as_text(question.response));
}

Result<Bytes> Engine::seal_response_key(BytesView key) {
  if (key.size() != kResponseKeyBytes) return Error{ErrorCode::malformed, "response_key.length"};
  return state_->secrets->seal_challenge_response(key);
}

Result<Generated> Engine::generate_response_key() {
  SecretBytes key{kResponseKeyBytes};
  CS_CHECK(state_->session.random(key.expose()));
  CS_TRY(Bytes sealed, seal_response_key(key.expose()));
  return Generated{std::move(sealed), std::move(key)};
}

// ---- Codes and messages ----

Result<IssuedCode> Engine::issue_code(const IssueCode& question) {
  CS_CHECK(check_context(question.context));
  CS_TRY(const SecretBytes code, make_code(state_->session, question.digits));
  IssuedCode issued;
  CS_TRY(issued.mac, mac_of_code(*state_->mac_keys, question.context, code.expose()));
  CS_TRY(issued.sealed,
         state_->messages->seal(code.expose(), question.message, question.associated_data));
  return issued;
}

Result<bool> Engine::match_code(const MatchCode& question) {
  CS_CHECK(check_context(question.context));
  // As much of it as a code may have: a longer one is found after the MAC, so that it takes as long
  // as any other wrong code.
  const std::string_view typed = question.passcode.substr(0, kCodeDigitsMax);
  CS_TRY(const Mac mac, mac_of_code(*state_->mac_keys, question.context, as_bytes(typed)));
  const bool is_equal = equal_in_constant_time(as_text(mac), as_text(question.mac));
  return is_equal && typed.size() == question.passcode.size();
}

Result<Bytes> Engine::seal_message(BytesView message, BytesView associated_data) {
  if (message.empty()) return Error{ErrorCode::malformed, "message.empty"};
  return state_->messages->seal({}, message, associated_data);
}

Result<OpenedMessage> Engine::open_message(BytesView sealed, BytesView associated_data) {
  return state_->messages->open(sealed, associated_data);
}

// ---- The rest ----

Result<SecretBytes> Engine::random(std::size_t bytes) {
  if (bytes == 0 || bytes > kRandomBytesMax) return Error{ErrorCode::malformed, "random.bytes"};
  SecretBytes random{bytes};
  CS_CHECK(state_->session.random(random.expose()));
  return random;
}

Result<Mac> Engine::mac(MacKey key, BytesView message) {
  if (key != MacKey::record && key != MacKey::pepper) {
    return Error{ErrorCode::malformed, "mac.key"};
  }
  if (message.size() > kMacInputBytesMax) return Error{ErrorCode::limit_exceeded, "mac.message"};
  return state_->mac_keys->mac(key, message);
}

std::size_t Engine::handles() const { return state_->secrets->size(); }

bool is_lost(const Error& error) {
  switch (error.native) {
    case CKR_DEVICE_ERROR:
    case CKR_DEVICE_REMOVED:
    case CKR_DEVICE_MEMORY:
    case CKR_HOST_MEMORY:
    case CKR_SESSION_CLOSED:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_CRYPTOKI_NOT_INITIALIZED:
    case CKR_OPERATION_ACTIVE:
      return error.code == ErrorCode::unavailable;
    default:
      return false;
  }
}

}  // namespace countersign::hsm
