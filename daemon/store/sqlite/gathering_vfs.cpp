// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/gathering_vfs.hpp"

#include <sqlite3.h>

#include <memory>
#include <new>
#include <vector>

namespace countersign::store::sqlite {
namespace {

constexpr const char* kName = "countersign-gathering";
// SQLite's own layer takes less than 128 KiB at a time.
constexpr std::size_t kGatheredMax = std::size_t{120} * 1024;

// SQLite reserves memory for this, at a multiple of eight, and right behind it for the file of the
// layer below.
struct GatheredFile {
  sqlite3_file base{};
  std::vector<char> bytes;       // not written yet
  sqlite3_int64 start = 0;       // where they belong
  sqlite3_file* file = nullptr;  // of the layer below
};
static_assert(alignof(GatheredFile) == 8 && sizeof(GatheredFile) % 8 == 0);

GatheredFile& gathered(sqlite3_file* base) { return *reinterpret_cast<GatheredFile*>(base); }
sqlite3_file* below(sqlite3_file* base) { return gathered(base).file; }

int write_out(GatheredFile& gathered) {
  if (gathered.bytes.empty()) return SQLITE_OK;
  const auto size = static_cast<int>(gathered.bytes.size());
  const int code =
      gathered.file->pMethods->xWrite(gathered.file, gathered.bytes.data(), size, gathered.start);
  // What could not be written is reported once; SQLite rolls the commit back.
  gathered.bytes.clear();
  return code;
}

// Calls the layer below once everything is written out.
template <class Call>
int after_writing(sqlite3_file* base, Call call) {
  const int code = write_out(gathered(base));
  return code == SQLITE_OK ? call(below(base)) : code;
}

int write(sqlite3_file* base, const void* bytes, int size, sqlite3_int64 offset) {
  GatheredFile& file = gathered(base);
  const auto* first = static_cast<const char*>(bytes);
  const auto count = static_cast<std::size_t>(size);
  const bool continues = offset == file.start + static_cast<sqlite3_int64>(file.bytes.size());
  if (!file.bytes.empty() && (!continues || file.bytes.size() + count > kGatheredMax)) {
    const int code = write_out(file);
    if (code != SQLITE_OK) return code;
  }
  if (count > kGatheredMax) return file.file->pMethods->xWrite(file.file, bytes, size, offset);
  if (file.bytes.empty()) file.start = offset;
  file.bytes.insert(file.bytes.end(), first, first + count);  // within what open() reserved
  return SQLITE_OK;
}

int read(sqlite3_file* base, void* bytes, int size, sqlite3_int64 offset) {
  return after_writing(
      base, [=](sqlite3_file* file) { return file->pMethods->xRead(file, bytes, size, offset); });
}

int truncate(sqlite3_file* base, sqlite3_int64 size) {
  return after_writing(base,
                       [=](sqlite3_file* file) { return file->pMethods->xTruncate(file, size); });
}

int sync(sqlite3_file* base, int flags) {
  return after_writing(base,
                       [=](sqlite3_file* file) { return file->pMethods->xSync(file, flags); });
}

int file_size(sqlite3_file* base, sqlite3_int64* size) {
  return after_writing(base,
                       [=](sqlite3_file* file) { return file->pMethods->xFileSize(file, size); });
}

int close(sqlite3_file* base) {
  const int written = write_out(gathered(base));
  const int closed = below(base)->pMethods->xClose(below(base));
  std::destroy_at(&gathered(base));
  return written == SQLITE_OK ? closed : written;
}

int lock(sqlite3_file* base, int level) { return below(base)->pMethods->xLock(below(base), level); }
int unlock(sqlite3_file* base, int level) {
  return below(base)->pMethods->xUnlock(below(base), level);
}
int check_lock(sqlite3_file* base, int* held) {
  return below(base)->pMethods->xCheckReservedLock(below(base), held);
}
int control(sqlite3_file* base, int operation, void* argument) {
  return below(base)->pMethods->xFileControl(below(base), operation, argument);
}
int sector_size(sqlite3_file* base) { return below(base)->pMethods->xSectorSize(below(base)); }
int characteristics(sqlite3_file* base) {
  return below(base)->pMethods->xDeviceCharacteristics(below(base));
}

// Version 1: a write-ahead log is neither shared nor mapped.
constexpr sqlite3_io_methods kMethods{
    1,       close,      read,    write,       truncate,        sync,    file_size, lock,
    unlock,  check_lock, control, sector_size, characteristics, nullptr, nullptr,   nullptr,
    nullptr, nullptr,    nullptr};

sqlite3_vfs* layer_below = nullptr;

// Whatever is no write-ahead log is the business of the layer below alone.
int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* base, int flags, int* granted) {
  if ((flags & SQLITE_OPEN_WAL) == 0) {
    return layer_below->xOpen(layer_below, name, base, flags, granted);
  }
  auto* file = new (base) GatheredFile;
  file->file = reinterpret_cast<sqlite3_file*>(file + 1);
  const int code = layer_below->xOpen(layer_below, name, file->file, flags, granted);
  if (code != SQLITE_OK) {
    std::destroy_at(file);
    base->pMethods = nullptr;  // there is nothing to close
    return code;
  }
  file->bytes.reserve(kGatheredMax);
  file->base.pMethods = &kMethods;
  return SQLITE_OK;
}

sqlite3_vfs make_layer() {
  layer_below = sqlite3_vfs_find(nullptr);
  sqlite3_vfs layer{};
  if (layer_below == nullptr) return layer;
  layer = *layer_below;
  layer.szOsFile += static_cast<int>(sizeof(GatheredFile));
  layer.zName = kName;
  layer.pNext = nullptr;
  layer.xOpen = open;
  return layer;
}

}  // namespace

const char* gathering_vfs() {
  static sqlite3_vfs layer = make_layer();
  static const bool registered =
      layer_below != nullptr && sqlite3_vfs_register(&layer, 0) == SQLITE_OK;
  return registered ? kName : nullptr;
}

}  // namespace countersign::store::sqlite
