// SPDX-License-Identifier: Apache-2.0
#include "daemon/hashing/argon2_pool.hpp"

#include "base/log.hpp"

#include <boost/asio/post.hpp>

#include <pthread.h>
#include <sodium.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>

namespace countersign {
namespace {

constexpr std::size_t kBytesPerKib = 1024;

static_assert(kArgon2SaltBytes == crypto_pwhash_argon2id_SALTBYTES);
static_assert(Argon2Pool::kMemoryKibMin * kBytesPerKib == crypto_pwhash_argon2id_MEMLIMIT_MIN);
static_assert(Argon2Pool::kPassesMin == crypto_pwhash_argon2id_OPSLIMIT_MIN);

// On Linux a thread has a priority of its own, reached by its number.
void step_back() {
  const auto thread = static_cast<id_t>(::gettid());
  if (::setpriority(PRIO_PROCESS, thread, Argon2Pool::kNiceness) != 0) {
    log::warning("hashing.priority", {{"errno", errno}});
  }
}

Result<SecretBytes> argon2id(const SecretBytes& text,
                             const std::array<std::byte, kArgon2SaltBytes>& salt,
                             Argon2Parameters parameters) {
  SecretBytes hash{kArgon2HashBytes};
  // Nothing is somewhere, too, for libsodium.
  const std::string_view typed = text.size() == 0 ? std::string_view{""} : as_text(text.expose());
  const int failed = ::crypto_pwhash_argon2id(
      reinterpret_cast<unsigned char*>(hash.expose().data()), hash.size(), typed.data(),
      typed.size(), reinterpret_cast<const unsigned char*>(salt.data()), parameters.passes,
      std::size_t{parameters.memory_kib} * kBytesPerKib, crypto_pwhash_argon2id_ALG_ARGON2ID13);
  if (failed != 0) {
    return Error{ErrorCode::unavailable, "crypto_pwhash", static_cast<std::uint64_t>(errno)};
  }
  return hash;
}

}  // namespace

// Lives in the frame of whoever waits for it.
struct Argon2Pool::Job {
  const SecretBytes& text;
  const std::array<std::byte, kArgon2SaltBytes>& salt;
  Argon2Parameters parameters;
  Result<SecretBytes> hash = Error{ErrorCode::unavailable, "hashing.closed"};
  Completion<Status> done = {};
};

Argon2Pool::Argon2Pool(Executor loop, Limits limits)
    : loop_{std::move(loop)}, queue_max_{limits.queue_max}, usable_{::sodium_init() >= 0} {
  const std::size_t threads = std::max<std::size_t>(limits.threads, 1);
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { run(); });
    ::pthread_setname_np(threads_.back().native_handle(), "argon2");
  }
}

awaitable<Result<SecretBytes>> Argon2Pool::hash(const SecretBytes& text,
                                                const std::array<std::byte, kArgon2SaltBytes>& salt,
                                                Argon2Parameters parameters, Rank rank) {
  if (!usable_) co_return Error{ErrorCode::unavailable, "sodium_init"};
  if (parameters.memory_kib < kMemoryKibMin || parameters.passes < kPassesMin) {
    co_return Error{ErrorCode::unavailable, "hashing.parameters"};
  }
  Job job{text, salt, parameters};
  CS_CO_CHECK(submit(job, rank));
  CS_CO_CHECK(co_await job.done.wait());
  co_return std::move(job.hash);
}

Status Argon2Pool::submit(Job& job, Rank rank) {
  {
    const std::lock_guard guard{mutex_};
    if (closed_) return Error{ErrorCode::unavailable, "hashing.closed"};
    auto& queue = rank == Rank::known ? known_ : strangers_;
    // Whoever is taken at once does not wait.
    if (queue.size() >= queue_max_ + idle_) return Error{ErrorCode::busy, "hashing.queue"};
    queue.push_back(&job);
  }
  awake_.notify_one();
  return {};
}

void Argon2Pool::close() {
  std::vector<Job*> refused;
  {
    const std::lock_guard guard{mutex_};
    closed_ = true;
    while (Job* job = next()) refused.push_back(job);
  }
  awake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  for (Job* job : refused) give_back(job);
}

void Argon2Pool::run() {
  step_back();
  while (Job* job = take()) {
    job->hash = argon2id(job->text, job->salt, job->parameters);
    give_back(job);
  }
}

Argon2Pool::Job* Argon2Pool::take() {
  std::unique_lock lock{mutex_};
  ++idle_;
  awake_.wait(lock, [this] { return closed_ || !known_.empty() || !strangers_.empty(); });
  --idle_;
  return next();
}

Argon2Pool::Job* Argon2Pool::next() {
  if (known_.empty() && strangers_.empty()) return nullptr;
  const bool is_passed_over = !strangers_.empty() && known_in_a_row_ >= kKnownInARowMax;
  const bool is_known = !known_.empty() && !is_passed_over;
  known_in_a_row_ = is_known && !strangers_.empty() ? known_in_a_row_ + 1 : 0;
  auto& queue = is_known ? known_ : strangers_;
  Job* job = queue.front();
  queue.pop_front();
  return job;
}

void Argon2Pool::give_back(Job* job) {
  boost::asio::post(loop_, [job] { job->done.complete({}); });
}

}  // namespace countersign
