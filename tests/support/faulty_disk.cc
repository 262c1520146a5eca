#include "support/faulty_disk.h"

#include <sqlite3.h>

#include <cstring>

#include "core/mutex.h"
#include "core/result.h"

namespace selfheal::testing {
namespace {

/// Faults of the disk, and whoever waits for it.
class Faults {
 public:
  void FailAt(int nth, bool onwards) {
    const MutexLock lock(mutex_);
    calls_ = 0;
    fail_at_ = nth;
    onwards_ = onwards;
  }
  void Stall() {
    const MutexLock lock(mutex_);
    stalled_ = true;
  }
  void Heal() {
    {
      const MutexLock lock(mutex_);
      stalled_ = false;
      fail_at_ = 0;
    }
    healed_.notify_all();
  }
  int calls() const {
    const MutexLock lock(mutex_);
    return calls_;
  }
  /// Of one call: whether it fails; waits first while the disk is stalled.
  bool Fails() {
    MutexLock lock(mutex_);
    while (stalled_) healed_.wait(mutex_);
    ++calls_;
    return fail_at_ > 0 && (onwards_ ? calls_ >= fail_at_ : calls_ == fail_at_);
  }

 private:
  mutable Mutex mutex_;
  CondVar healed_;
  int calls_ GUARDED_BY(mutex_) = 0;
  int fail_at_ GUARDED_BY(mutex_) = 0;
  bool onwards_ GUARDED_BY(mutex_) = false;
  bool stalled_ GUARDED_BY(mutex_) = false;
};

/// SQLite lays the real VFS's file right behind ours.
struct File {
  sqlite3_file base;
  Faults* faults;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* Real(sqlite3_file* file) {
  return reinterpret_cast<File*>(file)->real();
}

bool Fails(sqlite3_file* file) {
  Faults* const faults = reinterpret_cast<File*>(file)->faults;
  return faults != nullptr && faults->Fails();
}

int Write(sqlite3_file* file, const void* bytes, int size,
          sqlite3_int64 offset) {
  if (Fails(file)) return SQLITE_IOERR_WRITE;
  return Real(file)->pMethods->xWrite(Real(file), bytes, size, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (Fails(file)) return SQLITE_IOERR_TRUNCATE;
  return Real(file)->pMethods->xTruncate(Real(file), size);
}

/// Nobody cuts the power of this disk, so that its syncs need not be real.
int Sync(sqlite3_file* file, int) {
  return Fails(file) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

int Close(sqlite3_file* file) {
  return Real(file)->pMethods->xClose(Real(file));
}
int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  return Real(file)->pMethods->xRead(Real(file), bytes, size, offset);
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Real(file)->pMethods->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int level) {
  return Real(file)->pMethods->xLock(Real(file), level);
}
int Unlock(sqlite3_file* file, int level) {
  return Real(file)->pMethods->xUnlock(Real(file), level);
}
int CheckReservedLock(sqlite3_file* file, int* out) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), out);
}
int FileControl(sqlite3_file* file, int op, void* argument) {
  return Real(file)->pMethods->xFileControl(Real(file), op, argument);
}
int SectorSize(sqlite3_file* file) {
  return Real(file)->pMethods->xSectorSize(Real(file));
}
int DeviceCharacteristics(sqlite3_file* file) {
  return Real(file)->pMethods->xDeviceCharacteristics(Real(file));
}
int ShmMap(sqlite3_file* file, int page, int size, int extend,
           void volatile** out) {
  return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, out);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Real(file)->pMethods->xShmLock(Real(file), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) {
  Real(file)->pMethods->xShmBarrier(Real(file));
}
int ShmUnmap(sqlite3_file* file, int remove) {
  return Real(file)->pMethods->xShmUnmap(Real(file), remove);
}

// Version 2: with shared memory, without the mapping that the product never
// uses.
constexpr sqlite3_io_methods kMethods = {2,
                                         Close,
                                         Read,
                                         Write,
                                         Truncate,
                                         Sync,
                                         FileSize,
                                         Lock,
                                         Unlock,
                                         CheckReservedLock,
                                         FileControl,
                                         SectorSize,
                                         DeviceCharacteristics,
                                         ShmMap,
                                         ShmLock,
                                         ShmBarrier,
                                         ShmUnmap,
                                         nullptr,
                                         nullptr};

}  // namespace

struct FaultyDisk::Disk {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  Faults faults;

  static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file,
                  int flags, int* flags_out) {
    auto* const disk = static_cast<Disk*>(vfs->pAppData);
    auto* const ours = reinterpret_cast<File*>(file);
    std::memset(ours, 0, sizeof *ours);
    const int counted =
        SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    if ((flags & counted) != 0) ours->faults = &disk->faults;
    const int code =
        disk->real->xOpen(disk->real, name, ours->real(), flags, flags_out);
    if (ours->real()->pMethods != nullptr) ours->base.pMethods = &kMethods;
    return code;
  }
};

FaultyDisk::FaultyDisk() : disk_(std::make_unique<Disk>()) {
  disk_->real = sqlite3_vfs_find(nullptr);
  SELFHEAL_CHECK(disk_->real != nullptr);
  // Everything but Open is the real one's, which looks at none of our fields.
  disk_->vfs = *disk_->real;
  disk_->vfs.pNext = nullptr;
  disk_->vfs.zName = "faulty";
  disk_->vfs.pAppData = disk_.get();
  disk_->vfs.szOsFile += static_cast<int>(sizeof(File));
  disk_->vfs.xOpen = Disk::Open;
  SELFHEAL_CHECK(sqlite3_vfs_register(&disk_->vfs, 1) == SQLITE_OK);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&disk_->vfs);
  sqlite3_vfs_register(disk_->real, 1);
}

void FaultyDisk::FailAt(int nth, Fault fault) {
  disk_->faults.FailAt(nth, fault == Fault::kOnwards);
}
void FaultyDisk::Heal() { disk_->faults.Heal(); }
void FaultyDisk::Stall() { disk_->faults.Stall(); }
int FaultyDisk::calls() const { return disk_->faults.calls(); }

}  // namespace selfheal::testing
