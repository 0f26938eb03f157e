// SPDX-License-Identifier: Apache-2.0
// One PKCS#11 session, closed when it goes out of scope.
//
// It can be moved and never shared. Login state belongs to the token, not to us. Every verb fails
// with `unavailable` (`denied` where a PIN was refused), named after the C_ call, with its CK_RV.
#pragma once

#include "base/bytes.hpp"
#include "base/secret_bytes.hpp"
#include "hsm/attributes.hpp"
#include "hsm/module.hpp"

#include <utility>
#include <vector>

namespace countersign::hsm {

// The one wrap that two independent modules compute alike: RFC 3394, no parameter.
inline constexpr CK_MECHANISM_TYPE kWrapMechanism = CKM_AES_KEY_WRAP;

enum class Access : std::uint8_t { read_only, read_write };

struct KeyPair {
  CK_OBJECT_HANDLE public_key;
  CK_OBJECT_HANDLE private_key;
};

// REQUIRES: no two messages under one key have the same IV.
struct Gcm {
  static constexpr std::size_t kTagBytes = 16;
  BytesView iv;
  BytesView associated_data;
};

class Session {
 public:
  static constexpr std::size_t kObjectsMax = 4096;
  static constexpr std::size_t kAttributeBytesMax = 4096;
  static constexpr std::size_t kWrapBytesMax = 1024;

  // REQUIRES: `module` outlives the session.
  static Result<Session> open(const Module& module, CK_SLOT_ID slot, Access access);

  Session(Session&& other) noexcept
      : functions_{other.functions_}, handle_{std::exchange(other.handle_, CK_INVALID_HANDLE)} {}
  Session& operator=(Session&&) = delete;
  ~Session();

  Status login(CK_USER_TYPE user, const SecretBytes& pin);
  Status logout();
  // Sets the user's PIN. REQUIRES: logged in as security officer.
  Status set_user_pin(const SecretBytes& pin);

  Result<std::vector<CK_OBJECT_HANDLE>> find(const Attributes& like);
  Result<CK_OBJECT_HANDLE> create(const Attributes& object);
  Result<CK_OBJECT_HANDLE> generate(CK_MECHANISM_TYPE mechanism, const Attributes& key);
  Result<KeyPair> generate_pair(CK_MECHANISM_TYPE mechanism, const Attributes& public_key,
                                const Attributes& private_key);
  Result<Bytes> wrap(CK_OBJECT_HANDLE by, CK_OBJECT_HANDLE key);
  Result<CK_OBJECT_HANDLE> unwrap(CK_OBJECT_HANDLE by, BytesView wrapped, const Attributes& as);
  Status set(CK_OBJECT_HANDLE object, const Attributes& values);
  // The value of one plain attribute. Fails with `limit_exceeded` above kAttributeBytesMax.
  Result<Bytes> attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
  // Whether an attribute is what it must be, inner lists included.
  Result<bool> has(CK_OBJECT_HANDLE object, const CK_ATTRIBUTE& expected);
  Status destroy(CK_OBJECT_HANDLE object);

  // Signs into `signature` and returns the used part of it.
  Result<BytesView> sign(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE mechanism, BytesView message,
                         std::span<std::byte> signature);
  // AES-GCM with a tag of 16 bytes behind what is encrypted.
  Result<Bytes> encrypt(CK_OBJECT_HANDLE key, const Gcm& how, BytesView plain);
  // REQUIRES: plain.size() >= hidden.size(). Returns the used part of `plain`.
  Result<BytesView> decrypt(CK_OBJECT_HANDLE key, const Gcm& how, BytesView hidden,
                            std::span<std::byte> plain);
  // AES-ECB: one block, or several that have nothing to do with each other.
  // REQUIRES: plain.size() == blocks.size().
  Status decrypt_blocks(CK_OBJECT_HANDLE key, BytesView blocks, std::span<std::byte> plain);
  Status random(std::span<std::byte> out);

 private:
  Session(CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE handle)
      : functions_{&functions}, handle_{handle} {}
  Result<BytesView> decrypt(CK_MECHANISM& how, CK_OBJECT_HANDLE key, BytesView hidden,
                            std::span<std::byte> plain);
  Result<bool> has_list(CK_OBJECT_HANDLE object, const CK_ATTRIBUTE& expected);

  CK_FUNCTION_LIST* functions_;
  CK_SESSION_HANDLE handle_;
};

// An object of a session that is destroyed with its owner. REQUIRES: the session outlives it.
class SessionObject {
 public:
  SessionObject() = default;
  SessionObject(Session& session, CK_OBJECT_HANDLE handle) : session_{&session}, handle_{handle} {}
  SessionObject(SessionObject&& other) noexcept
      : session_{std::exchange(other.session_, nullptr)}, handle_{other.handle_} {}
  SessionObject& operator=(SessionObject&& other) noexcept {
    std::swap(session_, other.session_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~SessionObject() {
    // If it cannot be destroyed now, it goes with the session.
    if (session_ != nullptr) (void)session_->destroy(handle_);
  }
  [[nodiscard]] CK_OBJECT_HANDLE handle() const { return handle_; }

 private:
  Session* session_ = nullptr;
  CK_OBJECT_HANDLE handle_ = CK_INVALID_HANDLE;
};

}  // namespace countersign::hsm
