// SPDX-License-Identifier: Apache-2.0
// Preloaded into a program under test: its wall clock stands where the test puts it.
//
// $CS_TEST_CLOCK names a file of eight bytes, microseconds since 1970 as the machine writes them,
// which the test changes while the program runs. The monotonic clock, and with it every timer, goes
// on. (libfaketime would do, but recurses without end when a program is linked as ours is.)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr std::int64_t kPerSecond = 1'000'000;

using Shared = std::atomic<std::int64_t>;
static_assert(Shared::is_always_lock_free && sizeof(Shared) == sizeof(std::int64_t));

const Shared* open_clock() {
  const char* path = std::getenv("CS_TEST_CLOCK");
  if (path == nullptr) std::abort();
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  void* page = ::mmap(nullptr, sizeof(Shared), PROT_READ, MAP_SHARED, file, 0);
  if (page == MAP_FAILED) std::abort();
  ::close(file);
  return static_cast<const Shared*>(page);
}

std::int64_t now() {
  static const Shared* const clock = open_clock();
  return clock->load();
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t which, timespec* time) noexcept {
  if (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE) {
    return static_cast<int>(::syscall(SYS_clock_gettime, which, time));
  }
  const std::int64_t at = now();
  *time = {at / kPerSecond, at % kPerSecond * 1000};
  return 0;
}

int gettimeofday(timeval* time, void*) noexcept {
  const std::int64_t at = now();
  *time = {at / kPerSecond, at % kPerSecond};
  return 0;
}

time_t time(time_t* place) noexcept {
  const time_t seconds = now() / kPerSecond;
  if (place != nullptr) *place = seconds;
  return seconds;
}

}  // extern "C"
