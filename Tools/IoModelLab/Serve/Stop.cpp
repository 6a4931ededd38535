#include "Tools/IoModelLab/Serve/Stop.h"

#include <utility>

namespace iolab {

void Stop::Request() {
    requested_ = true;
    servercore::MutexLock lock(mutex_);
    for (const auto& wake : hooks_) {
        wake();
    }
}

Stop::Hook::Hook(Stop& stop, std::function<void()> wake) : stop_(stop) {
    servercore::MutexLock lock(stop_.mutex_);
    place_ = stop_.hooks_.insert(stop_.hooks_.end(), std::move(wake));
}

Stop::Hook::~Hook() {
    servercore::MutexLock lock(stop_.mutex_);
    stop_.hooks_.erase(place_);
}

}  // namespace iolab
