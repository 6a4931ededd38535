#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "DummyClient/Kit/LoadRun.h"
#include "ServerCore/Platform/Terminal.h"

namespace loadtest {

// What the tester sees of a run: a dashboard with keys where there is a terminal, else a line each second.
// Owner: the run command.  Threads: confined to its owner's.
class RunScreen {
public:
    // `isPlain`: lines, whatever there is.
    RunScreen(std::string scenario, std::string target, bool isPlain);

    // Else TakeWish finds none.
    [[nodiscard]] bool TakesKeys() const { return isDashboard_ && terminal_->CanReadKeys(); }
    void Show(const RunView& view);
    [[nodiscard]] std::optional<RunWish> TakeWish();
    // From now on others write to the terminal.
    void Leave();

private:
    void Draw();

    const std::string scenario_;
    const std::string target_;
    const std::unique_ptr<servercore::platform::Terminal> terminal_;
    const bool isDashboard_;
    bool showsHelp_ = false;
    std::optional<RunView> last_;
    std::vector<double> p99History_;
};

}  // namespace loadtest
