#include "ServerCore/App/ServiceExecutor.h"

#include <utility>

#include "ServerCore/Base/Assert.h"

namespace servercore::app {

// What takes turns with the I/O on a worker.
class ServiceExecutor::Lane final : public IocpObject {
public:
    Lane(ServiceExecutor& executor, std::size_t index) noexcept : executor_(executor), index_(index) {}

    void OnTurn() override { executor_.RunTurn(index_); }

    // Has no operations and is not posted.
    void OnCompleted(IocpEvent& /*event*/, platform::IoResult& /*result*/) override { SC_VERIFY(false); }
    void OnPosted() override { SC_VERIFY(false); }

private:
    ServiceExecutor& executor_;
    const std::size_t index_;
};

ServiceExecutor::ServiceExecutor(Service& service, std::size_t lanes) : service_(service), states_(lanes, LaneState::Resting) {
    SC_VERIFY(lanes > 0);
    for (std::size_t i = 0; i < lanes; ++i) {
        lanes_.push_back(std::make_shared<Lane>(*this, i));
    }
}

ServiceExecutor::~ServiceExecutor() = default;

// What is pushed here is seen by a lane that starts or rests later, because both look under the lock or after it.
void ServiceExecutor::Schedule(std::shared_ptr<JobQueue> queue) noexcept {
    ready_.Push(std::move(queue));
    StartLane(false);
}

void ServiceExecutor::StartLane(bool onAnotherWorker) noexcept {
    std::size_t lane = 0;
    {
        MutexLock lock(mutex_);
        std::size_t tried = 0;
        do {
            if (tried++ == states_.size()) {
                return;  // those that run look once more before they rest, those that start will look
            }
            lane = nextLane_++ % states_.size();
        } while (states_[lane] != LaneState::Resting || IsStartingOnPortOf(lane));
        states_[lane] = LaneState::Starting;
    }
    service_.PostTurn(lane, lanes_[lane], onAnotherWorker);
}

bool ServiceExecutor::IsStartingOnPortOf(std::size_t lane) const {
    for (std::size_t other = lane % service_.Ports(); other < states_.size(); other += service_.Ports()) {
        if (states_[other] == LaneState::Starting) {
            return true;
        }
    }
    return false;
}

void ServiceExecutor::RunTurn(std::size_t lane) noexcept {
    {
        MutexLock lock(mutex_);
        states_[lane] = LaneState::Running;
    }
    if (std::shared_ptr<JobQueue> queue = ready_.TryPop()) {
        if (!ready_.IsEmpty()) {
            StartLane(true);
        }
        if (queue->RunSlice(IocpCore::ThisThreadsActivity())) {
            ready_.Push(std::move(queue));
        }
    }
    {
        MutexLock lock(mutex_);
        if (ready_.IsEmpty() || IsStartingOnPortOf(lane)) {
            states_[lane] = LaneState::Resting;
            return;
        }
        states_[lane] = LaneState::Starting;
    }
    service_.PostTurn(lane, lanes_[lane], false);
}

void ServiceExecutor::RunRest() {
    WorkerActivity nobodyLooks;
    while (ready_.RunOne(nobodyLooks)) {
    }
}

}  // namespace servercore::app
