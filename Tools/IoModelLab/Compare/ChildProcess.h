#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace iolab {

// This program once more, with its standard input and output at hand; what it logs is thrown away.
// Owner: compare.  Threads: one.
class ChildProcess {
public:
    ChildProcess() = default;
    // Closes its input, which a server takes for a stop, and waits for its end.
    virtual ~ChildProcess() = default;
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    // Throws SystemFailure.
    [[nodiscard]] static std::unique_ptr<ChildProcess> Start(const std::vector<std::string>& arguments);

    // False: it does not read any more.
    virtual bool WriteLine(const std::string& line) = 0;
    // Waits for a line, and returns it without its end. nullopt: it has ended.
    [[nodiscard]] virtual std::optional<std::string> ReadLine() = 0;
};

}  // namespace iolab
