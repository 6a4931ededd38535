#include "ServerCore/Job/ManualExecutor.h"

#include <utility>

namespace servercore {

bool ManualExecutor::RunOne() {
    std::shared_ptr<JobQueue> queue = ready_.TryPop();
    if (queue == nullptr) {
        return false;
    }
    if (queue->RunSlice(activity_)) {
        ready_.Push(std::move(queue));
    }
    return true;
}

std::size_t ManualExecutor::RunAll() {
    std::size_t slices = 0;
    while (RunOne()) {
        ++slices;
    }
    return slices;
}

}  // namespace servercore
