#pragma once

#include <optional>
#include <string>
#include <vector>

#include "DummyClient/Report/RunReport.h"
#include "DummyClient/Report/Threshold.h"

namespace loadtest {

// For --abort-on-fail: says when it is no use to go on. Only demands with an upper limit (<, <=, ==) are watched, for the others may yet be
// met; the limit has to be exceeded, by the whole measured time so far, at several looks running.
// Owner: LoadRun.  Threads: confined to its owner's.
class AbortWatch {
public:
    static constexpr int kLooks = 5;

    explicit AbortWatch(const std::vector<Threshold>& thresholds);

    [[nodiscard]] bool IsIdle() const noexcept { return watched_.empty(); }
    // Once a second. The demand that ends the run, if one does.
    [[nodiscard]] std::optional<std::string> Look(const RunReport& soFar);

private:
    struct Watched {
        std::string text;
        Threshold exceeded;  // the opposite
        int looks = 0;       // running
    };

    std::vector<Watched> watched_;
};

}  // namespace loadtest
