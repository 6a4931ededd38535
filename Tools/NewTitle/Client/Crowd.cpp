// A lock, some counts, and a wait for the end.
#include "Client/Crowd.h"

namespace mytitle {

bool Crowd::OnEntered(std::uint64_t player) {
    servercore::MutexLock lock(mutex_);
    players_.insert(player);
    return players_.size() == bots_;
}

bool Crowd::IsOurs(std::uint64_t player) const {
    servercore::MutexLock lock(mutex_);
    return players_.contains(player);
}

void Crowd::OnFinished() {
    servercore::MutexLock lock(mutex_);
    ++finished_;
    over_.notify_all();
}

void Crowd::Fail(const std::string& problem) {
    servercore::MutexLock lock(mutex_);
    if (problem_.empty()) {
        problem_ = problem;
    }
    over_.notify_all();
}

bool Crowd::IsOver() const {
    servercore::MutexLock lock(mutex_);
    return IsOverLocked();
}

bool Crowd::WaitUntilOver(std::chrono::milliseconds timeout) const {
    servercore::MutexLock lock(mutex_);
    return over_.wait_for(lock, timeout, [this]() SC_REQUIRES(mutex_) { return IsOverLocked(); });
}

std::size_t Crowd::Finished() const {
    servercore::MutexLock lock(mutex_);
    return finished_;
}

std::string Crowd::Problem() const {
    servercore::MutexLock lock(mutex_);
    return problem_;
}

}  // namespace mytitle
