// SPDX-License-Identifier: Apache-2.0
#include "hsm/engine.hpp"

#include "base/passcode.hpp"
#include "firmware-interface/oath.hpp"
#include "hsm/factor_key.hpp"
#include "hsm/handle_cache.hpp"
#include "hsm/key_set.hpp"
#include "hsm/login.hpp"
#include "hsm/seal.hpp"
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

// The token forgot an object: it was destroyed behind our back, or the device was reset.
bool is_forgotten(const Error& error) {
  return error.native == CKR_KEY_HANDLE_INVALID || error.native == CKR_OBJECT_HANDLE_INVALID;
}

// What modules answer to a wrap that fails its integrity check. SoftHSM says GENERAL_ERROR.
bool may_be_damaged(const Error& error) {
  switch (error.native) {
    case CKR_GENERAL_ERROR:
    case CKR_FUNCTION_FAILED:
    case CKR_WRAPPED_KEY_INVALID:
    case CKR_WRAPPED_KEY_LEN_RANGE:
    case CKR_ENCRYPTED_DATA_INVALID:
    case CKR_ENCRYPTED_DATA_LEN_RANGE:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct Engine::State {
  State(Module&& m, Session&& s, KeySet&& k, const EngineSettings& settings)
      : module{std::move(m)},
        session{std::move(s)},
        keys{std::move(k)},
        handles{settings.handles_max},
        oath_key{oath_key_attributes(settings.private_session_objects)} {}

  // The handle of a sealed secret, unwrapped now if it is not yet.
  Result<CK_OBJECT_HANDLE> handle_of(const MatchOath& question);
  Result<CK_OBJECT_HANDLE> unwrap(const Sealed& sealed);
  Result<std::optional<std::uint64_t>> match(const MatchOath& question, CK_OBJECT_HANDLE key);
  Result<Bytes> seal(HashAlgorithm algorithm, BytesView secret);
  // Whether the token still unwraps what is known to be good.
  bool is_alive();

  Module module;
  Session session;  // the only one, and open to the end: SoftHSM forgets its login with the last
  KeySet keys;
  HandleCache handles;
  Attributes oath_key;
  Bytes known_good;  // a wrap by the newest seal key
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

  auto state =
      std::make_unique<State>(std::move(module), std::move(session), std::move(keys), settings);
  SecretBytes any{digest_bytes(HashAlgorithm::sha256)};
  CS_CHECK(state->session.random(any.expose()));
  CS_TRY(state->known_good,
         wrap_secret(state->session, state->keys.newest(KeyRole::seal).handle, any));
  return Engine{std::move(state)};
}

Result<std::optional<std::uint64_t>> Engine::match_oath(const MatchOath& question) {
  CS_CHECK(check_question(question));
  CS_TRY(const CK_OBJECT_HANDLE key, state_->handle_of(question));
  auto answer = state_->match(question, key);
  if (answer || !is_forgotten(answer.error())) return answer;

  state_->handles.forget(question.sealed);
  CS_TRY(const CK_OBJECT_HANDLE fresh, state_->handle_of(question));
  return state_->match(question, fresh);
}

Result<CK_OBJECT_HANDLE> Engine::State::handle_of(const MatchOath& question) {
  // Before the look into the cache, so that a row whose algorithm was changed gets one answer.
  CS_TRY(const Sealed sealed, parse_sealed(question.sealed, SecretKind::oath, question.algorithm));
  if (const auto kept = handles.find(question.sealed)) return *kept;
  CS_TRY(const CK_OBJECT_HANDLE key, unwrap(sealed));
  if (const auto displaced = handles.insert(question.sealed, key)) {
    // A handle that the token has forgotten by itself is gone as well.
    const Status destroyed = session.destroy(*displaced);
    if (!destroyed && !is_forgotten(destroyed.error())) return destroyed.error();
  }
  return key;
}

Result<CK_OBJECT_HANDLE> Engine::State::unwrap(const Sealed& sealed) {
  const auto seal_key = keys.of_version(KeyRole::seal, sealed.key_version);
  if (!seal_key) return Error{ErrorCode::corrupt, "sealed.key_version", sealed.key_version};
  auto key = session.unwrap(*seal_key, sealed.wrap, oath_key);
  // A bad row must never look like a dead HSM, nor a dead HSM like a bad row.
  if (!key && may_be_damaged(key.error()) && is_alive()) {
    return Error{ErrorCode::corrupt, "sealed.wrap", key.error().native};
  }
  return key;
}

bool Engine::State::is_alive() {
  const auto key = session.unwrap(keys.newest(KeyRole::seal).handle, known_good, oath_key);
  return key && session.destroy(*key);
}

Result<std::optional<std::uint64_t>> Engine::State::match(const MatchOath& question,
                                                          CK_OBJECT_HANDLE key) {
  const auto digits = static_cast<oath::Digits>(question.digits);
  const CK_MECHANISM_TYPE mechanism = hmac_mechanism(question.algorithm);
  // Codes of the neighbouring counters are worth as much as the one that was typed.
  struct Scratch {
    std::array<std::byte, kMacBytesMax> mac{};
    oath::Code code;
    ~Scratch() { ::explicit_bzero(this, sizeof *this); }
  } scratch;

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

Result<Mac> Engine::mac(MacKey key, BytesView message) {
  if (key != MacKey::record && key != MacKey::pepper) {
    return Error{ErrorCode::malformed, "mac.key"};
  }
  if (message.size() > kMacInputBytesMax) return Error{ErrorCode::limit_exceeded, "mac.message"};
  const KeyRole role = key == MacKey::record ? KeyRole::record : KeyRole::pepper;
  Mac mac{};
  CS_TRY(const BytesView signature,
         state_->session.sign(state_->keys.newest(role).handle, CKM_SHA256_HMAC, message, mac));
  if (signature.size() != mac.size()) return Error{ErrorCode::unavailable, "C_Sign.length"};
  return mac;
}

Result<Bytes> Engine::State::seal(HashAlgorithm algorithm, BytesView secret) {
  CS_TRY(const SecretBytes prepared, prepare_oath_secret(algorithm, secret));
  const FoundKey& seal_key = keys.newest(KeyRole::seal);
  CS_TRY(const Bytes wrap, wrap_secret(session, seal_key.handle, prepared));
  Bytes sealed = seal_bytes(SecretKind::oath, seal_key.name.version, wrap);
  // Nobody else would notice a token that wraps to another length, until the secret was needed.
  CS_CHECK(parse_sealed(sealed, SecretKind::oath, algorithm));
  return sealed;
}

Result<Bytes> Engine::seal_oath(HashAlgorithm algorithm, BytesView secret) {
  return state_->seal(algorithm, secret);
}

Result<Generated> Engine::generate_oath(HashAlgorithm algorithm) {
  if (!is_known(algorithm)) return Error{ErrorCode::malformed, "generate_oath.algorithm"};
  SecretBytes secret{digest_bytes(algorithm)};
  CS_CHECK(state_->session.random(secret.expose()));
  CS_TRY(Bytes sealed, state_->seal(algorithm, secret.expose()));
  return Generated{std::move(sealed), std::move(secret)};
}

std::size_t Engine::handles() const { return state_->handles.size(); }

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
