#pragma once

#include <memory>
#include <string>
#include <vector>

#include "DummyClient/Attack/Attack.h"
#include "DummyClient/Attack/AttackSettings.h"
#include "DummyClient/Attack/HalfClosePeer.h"

namespace loadtest::attack {

// Logs in, asks, and closes its half before it reads. The server has to answer everything all the same, and then to close its own.
class HalfCloseAttack final : public Attack, private servercore::platform::CompletionHandler {
public:
    HalfCloseAttack(const AttackSettings& settings, const Surroundings& surroundings);
    ~HalfCloseAttack() override;

    [[nodiscard]] std::error_code Begin() override;
    void Step(servercore::TimePoint now) override;
    [[nodiscard]] bool IsOver(servercore::TimePoint now) const override;
    [[nodiscard]] Finding Judge(servercore::TimePoint now) override;
    [[nodiscard]] std::string Progress() const override;

private:
    void OnCompletion(servercore::platform::IoOperation& operation, servercore::platform::IoResult& result) noexcept override;
    void OnBatchEnd() noexcept override {}

    const AttackSettings settings_;
    const Surroundings surroundings_;
    servercore::TimePoint deadline_{};
    std::size_t withoutSocket_ = 0;
    std::error_code socketError_;
    std::unique_ptr<servercore::platform::IoBackend> port_;
    std::vector<std::unique_ptr<HalfClosePeer>> peers_;
};

}  // namespace loadtest::attack
