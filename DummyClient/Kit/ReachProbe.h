#pragma once

#include <atomic>
#include <system_error>

#include "ServerCore/Net/Session.h"

namespace loadtest {

// A connection that only finds out whether anybody is there, and closes again.
// Owner: its service.  Threads: as Session; the queries are safe from any.
class ReachProbe final : public servercore::Session {
public:
    [[nodiscard]] bool IsOver() const noexcept { return isOver_.load(); }
    // Once it is over: none when somebody was there.
    [[nodiscard]] std::error_code Error() const noexcept { return error_; }

protected:
    void OnConnected() override {
        isOver_.store(true);
        Close(servercore::CloseReason::LocalClose);
    }
    void OnConnectFailed(const servercore::CloseInfo& info) override {
        error_ = info.error ? info.error : std::make_error_code(std::errc::connection_refused);
        isOver_.store(true);
    }
    void OnReceived(servercore::ConstBytes /*bytes*/) override {}

private:
    std::error_code error_;  // written before isOver_
    std::atomic<bool> isOver_ = false;
};

}  // namespace loadtest
